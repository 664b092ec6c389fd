"""The desk's lists as rows of plain values, the same for every file and for other programs.

One table says which columns a list has and of which kind they are; what a row holds is read in pieces, so that a list
of any length is never whole in memory. Customers' words are values here and are made safe by whoever writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from bot.desk.numbers.board import Board
from bot.desk.numbers.sums import share
from bot.store.engine import Store
from bot.store.figures import LOST, Span
from bot.store.queue import Listed, Reader
from bot.store.times import stamp

PIECE = 200
Record = dict[str, Any]
# list -> column -> kind: text, words (several), number, day, time, yes
COLUMNS: dict[str, dict[str, str]] = {
    "cases": {
        "number": "text",
        "version": "number",
        "state": "text",
        "next_actor": "text",
        "urgency": "text",
        "answer_by": "day",
        "reply_by": "day",
        "customer": "text",
        "address": "text",
        "language": "text",
        "kind": "text",
        "service": "text",
        "flags": "words",
        "doubt": "text",
        "why": "text",
        "missing": "words",
        "order_number": "text",
        "platform": "text",
        "model": "text",
        "assigned_to": "text",
        "letter_held": "text",
        "undelivered": "text",
        "opened_at": "time",
        "last_mail_at": "time",
    },
    "held": {
        "id": "number",
        "case_number": "text",
        "state": "text",
        "reply": "text",
        "language": "text",
        "recipient": "text",
        "customer": "text",
        "subject": "text",
        "automatic": "yes",
        "held_reason": "text",
        "created_at": "time",
    },
    "unreadable": {
        "id": "number",
        "received_at": "time",
        "size": "number",
        "attempts": "number",
        "outcome": "text",
        "reason": "text",
        "case_number": "text",
        "raw_sha256": "text",
    },
    "mails": {
        "mail": "number",
        "received_at": "time",
        "outcome": "text",
        "reason": "text",
        "size": "number",
        "case_number": "text",
    },
    "numbers": {"name": "text", "about": "text", "value": "number"},
    "overrides": {
        "doubt": "text",
        "decided": "number",
        "otherwise": "number",
        "share": "number",
        "mostly_action": "text",
        "mostly_what": "text",
    },
    "corrected": {"field": "text", "read": "number", "corrected": "number"},
    "radar": {
        "model": "text",
        "symptom": "text",
        "cases": "number",
        "usual": "number",
        "unusual": "yes",
        "month": "text",
        "month_cases": "number",
    },
}


def record(list_: str, row: dict[str, Any]) -> Record:
    """The columns of a list, in their order."""
    return {name: _plain(row.get(name), kind) for name, kind in COLUMNS[list_].items()}


def case(listed: Listed) -> Record:
    """One case of a list."""
    return record("cases", {**asdict(listed), "doubt": listed.doubt_id})


def cases(store: Store, ids: Sequence[int], reader: Reader) -> Iterator[Record]:
    """These cases, read piece by piece."""
    for first in range(0, len(ids), PIECE):
        for listed in store.queue.shown(ids[first : first + PIECE], reader):
            yield case(listed)


def held(store: Store) -> Iterator[Record]:
    """The letters that wait for a person."""
    for row in store.set_aside.held():
        yield record("held", row)


def unreadable(store: Store) -> Iterator[Record]:
    """The mails that could not be read."""
    for row in store.set_aside.unreadable(settled=True):
        yield record("unreadable", row)


def mails(store: Store, span: Span, group: str) -> Iterator[Record]:
    """The mails behind a number of the account."""
    offset = 0
    while rows := store.figures.mails_of(group, span, limit=PIECE, offset=offset):
        yield from (record("mails", row) for row in rows)
        offset += PIECE


def overrides(board: Board) -> Iterator[Record]:
    """Where people decided otherwise."""
    for row in board.overrides:
        told = {"mostly_action": row.mostly[0], "mostly_what": row.mostly[1], "share": row.share}
        yield record("overrides", {**asdict(row), **told})


def corrected(board: Board) -> Iterator[Record]:
    """Details that people corrected."""
    return (record("corrected", asdict(row)) for row in board.corrected)


def radar(board: Board) -> Iterator[Record]:
    """Faults by model and month: one row for each month with a case."""
    for cell in board.radar.yearly():
        for span, cases_ in zip(board.period.months, cell.months, strict=True):
            if cases_ or cell.cases:
                told = {"usual": None if cell.usual is None else round(cell.usual, 2)}
                month = {"month": span.first.strftime("%Y-%m"), "month_cases": cases_}
                yield record("radar", {**asdict(cell), **told, **month})


def numbers(board: Board) -> Iterator[Record]:
    """Every figure of the page as one row: its name, what it is about, its value."""

    def say(name: str, about: object, value: float | None) -> Record:
        return record("numbers", {"name": name, "about": about, "value": value})

    account, sums = board.account, board.sums
    yield say("mails", "", account.total)
    yield from (say("mails", group, count) for group, count in [*account.groups.items(), (LOST, account.lost)])
    yield say("cases_of_mails", "", account.cases)
    yield say("cases", "", sums.cases)
    yield say("by_person", "", sums.by_person)
    yield say("share_alone", "percent", share(sums.cases - sums.by_person, sums.cases))
    yield say("first_answer", "half_seconds", sums.answers.half)
    yield say("first_answer", "nine_in_ten_seconds", sums.answers.most)
    yield from (say("first_answer_within", name, count) for name, count in sums.answers.stretches.items())
    yield say("time_to_decide", "half_seconds", board.took.half)
    yield say("time_to_decide", "nine_in_ten_seconds", board.took.most)
    yield from (say("time_to_decide_within", name, count) for name, count in board.took.stretches.items())
    yield say("decided", "", sums.decided)
    yield say("otherwise", "", sums.otherwise)
    yield say("late", "", sums.late)
    for part in board.parts:
        yield say("cases_opened", part.span.first.isoformat(), part.cases)
        yield say("cases_by_person", part.span.first.isoformat(), part.by_person)
    yield from (say("asked_for", detail, count) for detail, count in board.asked.items())
    yield from (say("standing", f"{actor}/{state}", count) for (actor, state), count in board.standing.items())


def _plain(value: Any, kind: str) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if kind == "words":
        return list(value or ())
    if kind == "yes":
        return bool(value)
    if kind == "text":
        return "" if value is None else str(value)
    return value
