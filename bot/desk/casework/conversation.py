"""Mails and letters of a case, the newest first, as the left column shows them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk.casework.marks import LONGEST, Mark, Paragraph, fitting, paragraphs
from bot.desk.casework.plain import Writer, file_name, one_line, shown, writer
from bot.store.times import moment

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/heif")
ASKED_SHARPNESS = 42
"""per cent, as details/photo.py judges: a test holds both together"""
CLIPPED = 70
WIDEST = 45
"""characters of a mark"""
PASSING = {"when": 6, "how": 6}
"""fields whose shorter words ("since", "while") say nothing by themselves"""
# fields of findings -> the row of the details they lead to
ROWS = {
    "order_number": "order",
    "platform": "shop",
    "seller": "shop",
    "model": "model",
    "purchase_date": "bought",
    "delivery_date": "came",
    "condition": "condition",
    "symptom": "what",
    "what": "what",
    "when": "what",
    "how": "what",
    "tried": "tried",
    "evidence": "photo",
    "tracking_number": "tracking",
    "flag": "flags",
    "wish": "wish",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One attached file."""

    id: int
    name: str
    odd_name: bool
    picture: bool
    """it can be shown: as a JPEG made by us"""
    kind: str
    faults: tuple[str, ...]
    sharpness: int | None
    """per cent"""
    size: int
    taken_on: str
    seconds: float
    type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """One mail."""

    id: int
    place: int
    """1 for the first mail of the customer"""
    writer: Writer
    subject: str
    at: datetime
    language: str
    words: list[Paragraph]
    quoted: list[Paragraph]
    quoted_lines: int
    quoted_begins: str
    files: tuple[File, ...]
    machine: str = ""
    """why it is taken for a machine's; empty for a person's"""
    cut: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """One letter of ours."""

    id: int
    reply: str
    by_person: bool
    state: str
    at: datetime
    language: str
    subject: str
    body: list[Paragraph]
    bounced: bool
    leaves: datetime | None


def marks_of(findings: Sequence[Mapping[str, Any]], mails: Sequence[Mapping[str, Any]]) -> dict[int, list[Mark]]:
    """The marks of each mail, by the number of the mail. The same words are marked once, for the first row of ROWS.

    Whole sentences are no mark: where everything is yellow nothing stands out.
    """
    texts = {mail["number"]: mail["own_words"] for mail in mails if mail["number"] is not None}
    order = list(ROWS)
    marks: dict[int, dict[tuple[int, int], Mark]] = {}
    for found in sorted((f for f in findings if f["field"] in ROWS), key=lambda f: order.index(f["field"])):
        span = (found["span_start"], found["span_end"])
        if found["place"] != "own_words" or not found["counts"] or not telling(found):
            continue
        mark = Mark(
            start=span[0],
            end=span[1],
            words=found["words"],
            to=f"d-{ROWS[found['field']]}",
            id=mark_id(found["letter"], *span),
        )
        if fitting(texts.get(found["letter"], ""), [mark]):
            marks.setdefault(found["letter"], {}).setdefault(span, mark)
    return {letter: list(found.values()) for letter, found in marks.items()}


def telling(found: Mapping[str, Any]) -> bool:
    """Whether the words of a finding are worth a mark: neither a whole sentence nor a word in passing."""
    return PASSING.get(found["field"], 1) <= len(found["words"].strip()) <= WIDEST


def mark_id(letter: int, start: int, end: int) -> str:
    """The id of a mark on the page."""
    return f"w-{letter}-{start}-{end}"


def visible(entries: Sequence[Came | Sent]) -> frozenset[str]:
    """The ids of the marks that can really be seen: one that narrower ones cover has no place of its own."""
    return frozenset(
        piece.id
        for entry in entries
        if isinstance(entry, Came)
        for block in entry.words
        for line in block
        for piece in line
        if piece.id
    )


def conversation(
    mails: Sequence[Mapping[str, Any]],
    letters: Sequence[Mapping[str, Any]],
    marks: Mapping[int, Sequence[Mark]],
    own_hosts: Collection[str],
) -> list[Came | Sent]:
    """Everything that was written, the newest first."""
    entries: list[Came | Sent] = []
    place = 0
    for mail in mails:
        if not mail["automatic_rule"]:
            place += 1
        entries.append(_came(mail, place, marks.get(mail["number"], ()), own_hosts))
    entries += [_sent(letter) for letter in letters if letter["state"] != "superseded"]
    return sorted(entries, key=lambda entry: (entry.at, isinstance(entry, Sent)), reverse=True)


def _came(mail: Mapping[str, Any], place: int, marks: Sequence[Mark], own_hosts: Collection[str]) -> Came:
    quoted = mail["quoted"].strip()
    lines = [line for line in quoted.splitlines() if line.strip(" >\t")]
    return Came(
        id=mail["id"],
        place=place,
        writer=writer(mail["from_name"], mail["from_address"], own_hosts),
        subject=one_line(mail["subject"]),
        at=moment(mail["received_at"]),
        language=mail["language"],
        words=paragraphs(mail["own_words"], marks),
        quoted=paragraphs(quoted),
        quoted_lines=len(lines),
        quoted_begins=one_line(lines[0].lstrip("> \t"), CLIPPED) if lines else "",
        files=tuple(_file(row) for row in mail["files"]),
        machine=mail["automatic_reason"] or mail["automatic_rule"],
        cut=len(mail["own_words"]) > LONGEST,
    )


def _file(row: Mapping[str, Any]) -> File:
    look = row["look"] if isinstance(row["look"], dict) else json.loads(row["look"] or "{}")
    name, odd = file_name(row["name"])
    sharpness = look.get("sharpness")
    return File(
        id=row["id"],
        name=name,
        odd_name=odd,
        picture=row["found_type"] in PICTURES and bool(row["sha256"]),
        kind=look.get("kind", "other"),
        faults=tuple(look.get("faults", ())),
        sharpness=None if sharpness is None else round(sharpness * 100),
        size=row["size"],
        taken_on=look.get("taken_on", ""),
        seconds=look.get("seconds", 0.0),
        type=shown(row["found_type"]),
    )


def _sent(letter: Mapping[str, Any]) -> Sent:
    at = letter["sent_at"] or letter["data_started_at"] or letter["created_at"]
    return Sent(
        id=letter["id"],
        reply=letter["reply"],
        by_person=not letter["automatic"] or bool(letter["released_by"]),
        state=letter["state"],
        at=moment(at),
        language=letter["language"],
        subject=letter["subject"],
        body=paragraphs(letter["body_text"]),
        bounced=letter["bounced_at"] is not None,
        leaves=moment(letter["not_before"]) if letter["not_before"] and letter["state"] == "queued" else None,
    )
