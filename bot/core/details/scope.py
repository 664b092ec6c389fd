"""What every finder works on: the texts of one mail, its policy and its day.

Own words and subject are the customer's. Forwarded mails and the text of files are evidence: read for numbers,
names and dates, never for what the customer says or wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core.details.phrases import Compiled, Folded, Phrasebook, fold
from bot.core.model import Finding, Letter, Policy

LONGEST = 20_000  # letters of one text that are searched: no customer writes more, and time is bounded


@dataclass(frozen=True)
class Passage:
    """One text of the mail and how far its words count."""

    place: str
    text: Folded
    weight: float
    """1 for the customer's own words, less for evidence"""


@dataclass(frozen=True)
class Scope:
    """The mail as the finders see it."""

    letter: Letter
    policy: Policy
    on: date
    book: Phrasebook
    own: tuple[Passage, ...]
    """subject and own words"""
    evidence: tuple[Passage, ...]
    """forwarded mails and texts of files"""

    def finding(
        self,
        field: str,
        value: str,
        passage: Passage,
        span: tuple[int, int],
        confidence: float,
        *,
        replaces: bool = False,
        note: str = "",
    ) -> Finding:
        """A finding with its words; ``span`` is in the folded text."""
        start, end = passage.text.original(*span)
        return Finding(
            field=field,
            value=value,
            place=passage.place,
            start=start,
            end=end,
            words=passage.text.text[start:end],
            confidence=round(confidence * passage.weight, 2),
            replaces=replaces,
            note=note,
        )


_BOOKS: dict[tuple[str, tuple[str, ...]], Phrasebook] = {}
_COMPILED: dict[str, Compiled] = {}
"""by the hash of the policy"""


def phrasebook(policy: Policy, language: str) -> Phrasebook:
    """The phrases to read a mail with: its language and the default one; all of them when the language is unknown."""
    wanted = (language, policy.default_language) if language in policy.words else tuple(policy.words)
    languages = tuple(dict.fromkeys(code for code in wanted if code in policy.words))
    key = (policy.hash, languages)
    if key not in _BOOKS:
        _BOOKS[key] = Phrasebook([policy.words[code] for code in languages], _COMPILED.setdefault(policy.hash, {}))
    return _BOOKS[key]


def open_scope(letter: Letter, policy: Policy, on: date) -> Scope:
    """Everything the finders need for one mail."""
    own = [
        Passage("subject", fold(letter.subject[:LONGEST]), 1.0),
        Passage("own_words", fold(letter.own_words[:LONGEST]), 1.0),
    ]
    evidence = [
        Passage(f"forwarded {n}", fold(f"{e.subject}\n\n{e.text}"[:LONGEST]), 0.8)
        for n, e in enumerate(letter.enclosures, 1)
    ]
    evidence += [
        Passage(f"file {a.place}", fold(a.look.text[:LONGEST]), 0.8)
        for a in letter.attachments
        if a.look and a.look.text
    ]
    return Scope(
        letter=letter,
        policy=policy,
        on=on,
        book=phrasebook(policy, letter.language),
        own=tuple(p for p in own if p.text.folded.strip()),
        evidence=tuple(p for p in evidence if p.text.folded.strip()),
    )
