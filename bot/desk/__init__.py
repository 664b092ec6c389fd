"""The desk: the pages where staff sees what needs a person, and decides.

app       all pages, guarded, as one ASGI application
serve     the application on a socket: alone, or as a thread beside the worker
state     what all requests share: configuration, store, letters, words, threads
security  what is checked before a page is asked and said after it answered
session   who is signed in, from which browser
people    passwords: hashing, trying, the door that closes
request   what a page function begins with: person, desk, form, needed role
render    a template as a response
words     the words of the interface, dates and times
pages     one module per page, each with its ``routes``

Pages are server-rendered and whole without a script. Words come from ``words/*.toml``; a customer's text is only
ever escaped text. What a person does goes through ``bot.worker.acting``, like the command line.
"""
