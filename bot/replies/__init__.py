"""Replies: a name, a language and facts become a letter.

letters     Letters: find the language, render subject, text and HTML
language    one language folder: phrases, dates, counts, words for ids
sandbox     the small part of Jinja2 a template may use, and what becomes of values
page        the HTML twin of a text
inventory   which letters and phrases must exist, and when a letter is sent
lint        everything that can be checked before a letter is sent
source      ... in its files
wording     ... in its words
phrasing    how a word list is read
promises    what a letter may promise, and what it does promise
samples     the facts that lint puts into every letter

No sentence a customer reads stands here: the words are in ``templates/``. Values are data and never source.
"""

from __future__ import annotations

from bot.replies.letters import Letters

__all__ = ["Letters"]
