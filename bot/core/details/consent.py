"""What a short mail decides: yes or no to an offer with a price, and "forget my request".

Silence and thanks are never a yes. A yes with a question or a condition is none either: then a person reads it. A
lone "yes" counts only where it stands as an answer, at the head of a sentence with nothing or a mark behind it.
"""

from __future__ import annotations

from datetime import date

from bot.core.details.phrases import Hit
from bot.core.details.scope import Passage, Scope, open_scope
from bot.core.model import Letter, Policy

YES, NO = "yes", "no"
MOST_WORDS, MOST_LETTERS = 40, 240  # a longer mail has more to say than yes or no
LONE_ANSWER = 3  # words


def find_consent(letter: Letter, policy: Policy, on: date) -> str:
    """``yes`` or ``no`` to an open offer; empty when the mail says both, neither, or asks something."""
    scope = open_scope(letter, policy, on)
    own = _own_words(scope)
    if own is None or not is_short(letter) or _asks(letter):
        return ""
    refused = [hit for hit in scope.book.hits("consent.no", own.text) if _stands(scope, own, hit)]
    agreed = [
        hit
        for hit in scope.book.hits("consent.yes", own.text)
        if _stands(scope, own, hit)
        and not scope.book.negated(hit, own.text)
        and not any(r.start <= hit.start and hit.end <= r.end for r in refused)  # "not agreed" holds "agreed"
    ]
    yes, no = bool(agreed), bool(refused)
    if yes == no:
        return ""
    return YES if yes else NO


def takes_back(letter: Letter, policy: Policy, on: date) -> bool:
    """A short mail that says only that the request is over: cancelled, solved, works again."""
    scope = open_scope(letter, policy, on)
    own = _own_words(scope)
    if own is None or not is_short(letter) or _asks(letter) or letter.attachments:
        return False
    if any(not scope.book.negated(hit, own.text) for hit in scope.book.hits("wish.withdraw", own.text)):
        return True
    said = own.text.folded.strip(" \n.!。！\"'“”„«»")
    return any(own.text.folded[hit.start : hit.end] == said for hit in scope.book.hits("consent.done", own.text))


def is_short(letter: Letter) -> bool:
    """A mail that holds one thought."""
    return len(letter.own_words.split()) <= MOST_WORDS and len(letter.own_words) <= MOST_LETTERS


def _own_words(scope: Scope) -> Passage | None:
    return next((p for p in scope.own if p.place == "own_words"), None)


def _asks(letter: Letter) -> bool:
    return any(mark in letter.own_words for mark in "?？¿")


def _stands(scope: Scope, own: Passage, hit: Hit) -> bool:
    """Whether the phrase is an answer where it stands: several words, a long one, or one at the head of a sentence."""
    text = own.text
    word = text.folded[hit.start : hit.end]
    if not scope.policy.words[hit.language].spaces or len(word.split()) > 1:
        return True
    first, last = text.sentence_at(hit.start)
    behind = text.folded[hit.end : last].strip(" ")
    head = not text.folded[first : hit.start].strip()
    alone = len(text.folded[first:last].split()) <= LONE_ANSWER
    return len(word) > 4 or (head and (alone or behind[:1] in ("", ",", ".", "!", ";", ":", "-", "\n")))
