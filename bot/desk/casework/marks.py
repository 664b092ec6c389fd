"""A text with the places its facts came from, ready for a template: paragraphs of lines of pieces.

A piece that a fact was read from is a link to that detail. Where two places overlap the narrower one shows. A place
that does not hold the words any more is no mark at all: better none than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.desk.casework.plain import shown

LONGEST = 20_000
"""characters of one mail on the page; the rest stands on the page of the whole mail"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One place of a text that a fact came from."""

    start: int
    end: int
    words: str
    """what stood there when it was read"""
    to: str
    """id of the detail it leads to"""
    id: str
    """id of the mark itself"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A run of text, marked or not."""

    text: str
    to: str = ""
    id: str = ""
    """only on the first piece of a mark: an id stands once"""


Line = list[Piece]
Paragraph = list[Line]


def fitting(text: str, marks: Iterable[Mark]) -> list[Mark]:
    """The marks whose words still stand where they were read."""
    return [m for m in marks if 0 <= m.start < m.end <= len(text) and _same(text[m.start : m.end], m.words)]


def paragraphs(text: str, marks: Iterable[Mark] = ()) -> list[Paragraph]:
    """The text cut at blank lines and line ends, with its marks."""
    kept = sorted(fitting(text, marks), key=lambda m: m.end - m.start, reverse=True)
    text = text[:LONGEST]
    owner: list[Mark | None] = [None] * len(text)
    for mark in kept:  # the narrowest comes last and wins
        owner[mark.start : mark.end] = [mark] * (min(mark.end, len(text)) - mark.start)
    named: set[str] = set()
    result: list[Paragraph] = []
    at = 0
    for block in re.split(r"(\n[ \t]*\n[\s]*)", text):
        if block.strip():
            result.append(_lines(block, at, owner, named))
        at += len(block)
    return result


def _lines(block: str, at: int, owner: list[Mark | None], named: set[str]) -> Paragraph:
    lines: Paragraph = []
    for line in block.split("\n"):
        pieces = _pieces(line, at, owner, named)
        if pieces:
            lines.append(pieces)
        at += len(line) + 1
    return lines


def _pieces(line: str, at: int, owner: list[Mark | None], named: set[str]) -> Line:
    pieces: Line = []
    start = 0
    for end in range(1, len(line) + 1):
        if end < len(line) and owner[at + end] is owner[at + start]:
            continue
        text = shown(line[start:end])
        mark = owner[at + start] if any(c.isalnum() for c in text) else None
        if text:
            first = mark is not None and mark.id not in named
            if mark is not None:
                named.add(mark.id)
            pieces.append(Piece(text=text, to=mark.to if mark else "", id=mark.id if mark and first else ""))
        start = end
    return pieces


def _same(text: str, words: str) -> bool:
    return "".join(text.split()).casefold() == "".join(words.split()).casefold()
