"""Which mail files belong to one case, told from a glance at their heads.

A glance is a search for a few lines in the first bytes, never a parse: strangers' mails are only taken apart in the
limited child. Mails of one writer that name one another, or one letter of ours, or our case number, are one case,
oldest first, as at the desk. A writer who starts anew is a new case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from bot.store.cases import DIGITS, LETTERS

GLANCE = 64 * 1024
MOST_IDS = 50
_END = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(rb"^(from|date|subject|message-id|in-reply-to|references):[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)
_ID = re.compile(r"<[^<>\s]{3,250}>")
_ADDRESS = re.compile(r"[^\s<>,;\"]{1,64}@[^\s<>,;\"]{1,190}")
_NUMBER = re.compile(rf"(?<![A-Za-z0-9])(?:[{LETTERS}][{DIGITS}]){{3}}(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Head:
    """What a glance shows."""

    sender: str = ""
    at: datetime | None = None
    """aware UTC"""
    marks: frozenset[str] = frozenset()
    """ids and case numbers that tie it to other mails"""


def glance(path: Path) -> Head:
    """The head of a mail file; an empty one where there is nothing to see. Never raises."""
    try:
        with path.open("rb") as file:
            raw = file.read(GLANCE)
    except OSError:
        return Head()
    raw = raw.lstrip(b"\r\n")
    end = _END.search(raw)
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", raw[: end.start() if end else None])
    lines: dict[str, str] = {}
    for name, value in _LINE.findall(unfolded):
        lines.setdefault(name.decode().lower(), value.decode("latin-1").strip())
    address = _ADDRESS.search(lines.get("from", "")[-400:])
    ids = [i for name in ("message-id", "in-reply-to", "references") for i in _ID.findall(lines.get(name, ""))]
    numbers = _NUMBER.findall(lines.get("subject", "")[:1000])
    return Head(
        sender=address[0].lower() if address else "",
        at=_moment(lines.get("date", "")),
        marks=frozenset([*ids[:MOST_IDS], *numbers]),
    )


def _moment(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text[:100])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def threads(heads: Sequence[Head]) -> list[list[int]]:
    """Places in ``heads``, a list a case, each oldest first; cases in the order of their first place."""
    over = list(range(len(heads)))

    def root(place: int) -> int:
        while over[place] != place:
            over[place] = over[over[place]]
            place = over[place]
        return place

    first: dict[tuple[str, str], int] = {}
    for place, head in enumerate(heads):
        for mark in head.marks if head.sender else ():
            other = root(first.setdefault((head.sender, mark), place))
            one = root(place)
            over[max(one, other)] = min(one, other)
    cases: dict[int, list[int]] = {}
    for place in range(len(heads)):
        cases.setdefault(root(place), []).append(place)
    return [sorted(places, key=lambda place: _order(heads[place], place)) for places in cases.values()]


def _order(head: Head, place: int) -> tuple[bool, float, int]:
    return head.at is None, head.at.timestamp() if head.at else 0.0, place


def glances(paths: Iterable[Path]) -> list[Head]:
    """The heads of many files."""
    return [glance(path) for path in paths]
