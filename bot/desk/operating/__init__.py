"""What the pages for operators stand on: the working files, what is typed into them, long work, the policy as tables.

working    the files an operator edits: read, saved whole or not at all, never over somebody else's words
typed      what is wrong with files as they are typed, before they are saved
facts      whose facts a letter is shown with, and how it differs from the live one
bench      work that takes longer than a page: trying, publishing, going back
rows       the policy as tables
overrides  which checks people decide against, and for which models
testing    a letter to the operator's own address

A name of a file is never put together from what a browser sent: it is looked up among names that are there.
"""

from __future__ import annotations
