"""What the case page shows, made from the store's rows: no HTML and no sentence in here.

plain         names and texts of strangers without what nobody sees
marks         a text with the places its facts came from
conversation  mails and letters, the newest first
facts         verdict, checks, details
clock         the warranty's windows as a drawing
answers       the likely answers with their letters
forms         what an action asks of a person, from the table of actions
history       what happened, in words
"""
