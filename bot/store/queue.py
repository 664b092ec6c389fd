"""The desk's lists of cases: one page of a list, how many each list holds, what lies before and behind a case.

A page is read in two steps: which cases, from indexes alone, and then everything that is shown of just these. So a
page costs the same with a hundred cases and with a hundred thousand. No clock: the day and who asks come from above.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.store.database import Database, Row
from bot.store.holds import LASTS
from bot.store.listings import NEED, NEEDED, VIEWS, Wanted
from bot.store.times import day_or_none, moment, moment_or_none
from bot.store.views import CUSTOMER, FLAGS, LAST_MAIL, NAME, UNSETTLED

PAGE = 100
# ``+field``: by the case, never by the index over all findings of that name.
_SHOWN = f"""SELECT c.id, c.number, c.version, c.state, c.next_actor, c.answer_by, c.reply_by, c.language, c.service,
        c.kind, c.model, c.platform, c.why, c.doubt_id, c.doubt_facts, c.assigned_to, c.opened_at, c.updated_at,
        c.turn_since, c.missing, c.order_number, {NAME} AS customer, {CUSTOMER} AS address, {FLAGS} AS flags,
        {LAST_MAIL} AS last_mail_at, h.actor AS holder, h.since AS holder_since,
        (SELECT group_concat(DISTINCT value) FROM finding WHERE case_id = c.id AND +field = 'symptom' AND counts)
            AS symptoms,
        (SELECT o.held_reason FROM outbox o WHERE o.case_id = c.id AND o.state = 'held' ORDER BY o.id DESC LIMIT 1)
            AS letter_held,
        (SELECT CASE WHEN o.bounced_at IS NOT NULL THEN 'came_back' ELSE 'refused' END FROM outbox o
            WHERE o.case_id = c.id AND {UNSETTLED} ORDER BY o.id DESC LIMIT 1) AS undelivered,
        COALESCE((SELECT at FROM looked_at WHERE case_id = c.id) < {LAST_MAIL}, 1) AS is_new
    FROM json_each(:ids) wanted JOIN cases c ON c.id = wanted.value
    LEFT JOIN hold h ON h.case_id = c.id AND h.has_it = 1
        AND max(h.seen_at, COALESCE(h.typed_at, h.seen_at)) > :signs_since
    ORDER BY wanted.key"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One case in a list."""

    id: int
    number: str
    version: int
    state: str
    next_actor: str
    urgency: str
    """hazard, overdue, today, tomorrow, later; none where nobody waits for us"""
    answer_by: date | None
    reply_by: date | None
    customer: str
    """the name as written; empty when none was"""
    address: str
    why: str
    """the question, worded in the desk's first language when the case was recorded"""
    doubt_id: str
    doubt_facts: Mapping[str, object]
    letter_held: str
    """why a letter to this customer is held; empty when none is"""
    undelivered: str
    """refused, came_back, or empty"""
    service: str
    kind: str
    flags: tuple[str, ...]
    symptoms: tuple[str, ...]
    model: str
    platform: str
    language: str
    missing: tuple[str, ...]
    order_number: str
    assigned_to: str
    holder: str
    """who has it open now"""
    opened_at: datetime
    last_mail_at: datetime
    turn_since: datetime
    is_new: bool
    """nobody has had it open since its last mail"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One page of a list as it was at one moment."""

    wanted: Wanted
    rows: tuple[Listed, ...]
    total: int
    offset: int
    counts: Mapping[str, int]
    """view -> how many cases, without filters"""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Fresh:
    """What changed in a list since it was read."""

    new: int
    done: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbours:
    """Where a case stands in a list. ``position`` counts from 1; 0 when the case is not, or no longer, in it."""

    position: int = 0
    total: int = 0
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Who asks, and when it is there: the day of the person's own clock and when that day began."""

    actor: str
    now: datetime
    today: date
    today_begins: datetime

    @property
    def values(self) -> dict[str, Any]:
        """As bound values."""
        return {"actor": self.actor, "today": self.today, "today_begins": self.today_begins}


@dataclass(slots=True)
class Queue:
    """The table ``cases`` as lists."""

    _db: Database = field()

    def page(self, wanted: Wanted, reader: Reader, *, offset: int = 0, limit: int = PAGE) -> Listing:
        """One page of a list, most urgent first unless the list says otherwise, and what the other lists hold."""
        with self._db.read():
            ids, total = self._ids(wanted, reader, offset, limit)
            if total is None:
                total = len(ids) + offset if 0 < len(ids) < limit else self.total(wanted, reader)
            return Listing(
                wanted=wanted,
                rows=self.shown(ids, reader),
                total=total,
                offset=offset,
                counts=self.counts(reader),
                at=reader.now,
            )

    def total(self, wanted: Wanted, reader: Reader) -> int:
        """How many cases a list holds."""
        return int(self._db.value(f"SELECT count(*) {wanted.condition()}", **self._values(wanted, reader)))

    def counts(self, reader: Reader) -> dict[str, int]:
        """How many cases each view holds."""
        sums = ", ".join(f"COALESCE(sum({VIEWS[name].where}), 0) AS {name}" for name in NEEDED)
        with self._db.read():
            found = self._db.rows(f"SELECT {sums} FROM ({NEED})", **reader.values)[0]
            rest = [name for name in VIEWS if name not in NEEDED]
            more = {
                name: self._db.value(f"SELECT count(*) FROM ({VIEWS[name].source})", **reader.values) for name in rest
            }
        return {name: int(count) for name, count in {**found, **more}.items()}

    def fresh(self, wanted: Wanted, reader: Reader, since: datetime, shown: int) -> Fresh:
        """What changed in a list that was read at ``since`` and held ``shown`` cases then. Cheap: asked often."""
        values = {**self._values(wanted, reader), "since": since}
        row = self._db.rows(
            f"SELECT count(*) AS total, COALESCE(sum(turn_since > :since), 0) AS new {wanted.condition()}", **values
        )[0]
        # Cases that came within the same second as the list, or by a held letter, show only in the sum.
        new = max(int(row["new"]), int(row["total"]) - shown, 0)
        return Fresh(new=new, done=shown + new - int(row["total"]))

    def neighbours(self, wanted: Wanted, number: str, reader: Reader) -> Neighbours:
        """The cases before and behind one, in the list it was opened from; those that others have open are passed."""
        values = {**self._values(wanted, reader), "number": number}
        order, condition = wanted.order, wanted.condition()
        keys = ", ".join(f"{column} AS k{n}" for n, column in enumerate(order.columns))
        with self._db.read():
            own = self._db.row(
                f"SELECT {keys} {condition} AND id = (SELECT id FROM cases WHERE number = :number)", **values
            )
            total = self.total(wanted, reader)
            if own is None:
                return Neighbours(total=total, next=self._beside(wanted, values, reader, None, back=False))
            before = int(self._db.value(f"SELECT count(*) {condition} AND {_side(wanted, back=True)}", **values, **own))
            return Neighbours(
                position=before + 1,
                total=total,
                previous=self._beside(wanted, values, reader, own, back=True),
                next=self._beside(wanted, values, reader, own, back=False),
            )

    def ids(self, wanted: Wanted, reader: Reader) -> tuple[int, ...]:
        """The ids of all cases of a list, in its order: for files, which are written piece by piece."""
        sql = f"SELECT id {wanted.condition()} ORDER BY {wanted.order.clause}"
        return tuple(row["id"] for row in self._db.rows(sql, **self._values(wanted, reader)))

    def shown(self, ids: Sequence[int], reader: Reader) -> tuple[Listed, ...]:
        """These cases as rows of a list, in this order."""
        rows = self._db.rows(_SHOWN, ids=json.dumps(list(ids)), signs_since=reader.now - LASTS)
        return tuple(_listed(row, reader.today) for row in rows)

    def _ids(self, wanted: Wanted, reader: Reader, offset: int, limit: int) -> tuple[list[int], int | None]:
        """The cases of a page; with a filter, for which all cases are looked at anyway, also how many fit."""
        counted = "count(*) OVER ()" if wanted.filters else "NULL"
        rows = self._db.rows(
            f"SELECT id, {counted} AS total {wanted.condition()} ORDER BY {wanted.order.clause}"
            " LIMIT :limit OFFSET :offset",
            **self._values(wanted, reader),
            limit=limit,
            offset=offset,
        )
        return [row["id"] for row in rows], rows[0]["total"] if rows else None

    def _beside(self, wanted: Wanted, values: Mapping[str, Any], reader: Reader, own: Row | None, *, back: bool) -> str:
        order = wanted.order
        way = "DESC" if order.down != back else "ASC"
        sort = ", ".join(f"{column} {way}" for column in order.columns)
        side = f" AND {_side(wanted, back=back)}" if own else ""
        number: str | None = self._db.value(
            f"SELECT (SELECT number FROM cases WHERE id = listed.id) FROM (SELECT * {wanted.condition()}) listed"
            " WHERE NOT EXISTS (SELECT 1 FROM hold h WHERE h.case_id = listed.id AND h.has_it = 1"
            " AND h.actor <> :actor AND max(h.seen_at, COALESCE(h.typed_at, h.seen_at)) > :signs_since)"
            f"{side} ORDER BY {sort} LIMIT 1",
            **values,
            **(own or {}),
            signs_since=reader.now - LASTS,
        )
        return number or ""

    def _values(self, wanted: Wanted, reader: Reader) -> dict[str, Any]:
        zone = reader.today_begins.tzinfo  # a day is a day of the reader's own clock
        days = {
            name: datetime.combine(date.fromisoformat(day) + timedelta(days=more), time(), zone)
            for name, more in (("opened_from", 0), ("opened_until", 1))
            if (day := wanted.filters.get(name))
        }
        return {**reader.values, **wanted.filters, **days}


def _side(wanted: Wanted, *, back: bool) -> str:
    """The cases on one side of that with the keys k0, k1 ..."""
    order = wanted.order
    keys = ", ".join(f":k{n}" for n in range(len(order.columns)))
    return f"({', '.join(order.columns)}) {'>' if order.down == back else '<'} ({keys})"


def _urgency(row: Row, flags: tuple[str, ...], today: date) -> str:
    if row["next_actor"] != "staff" and not row["letter_held"]:
        return "none"
    if "safety_hazard" in flags:
        return "hazard"
    answer_by = day_or_none(row["answer_by"])
    if answer_by is None:
        return "later"
    near = {today: "today", today + timedelta(days=1): "tomorrow"}
    return "overdue" if answer_by < today else near.get(answer_by, "later")


def _listed(row: Row, today: date) -> Listed:
    flags = tuple(filter(None, (row["flags"] or "").split(", ")))
    return Listed(
        urgency=_urgency(row, flags, today),
        flags=flags,
        symptoms=tuple(filter(None, (row["symptoms"] or "").split(","))),
        answer_by=day_or_none(row["answer_by"]),
        reply_by=day_or_none(row["reply_by"]),
        customer=row["customer"] or "",
        address=row["address"] or "",
        doubt_facts=json.loads(row["doubt_facts"]),
        letter_held=row["letter_held"] or "",
        undelivered=row["undelivered"] or "",
        service=row["service"] or "",
        missing=tuple(filter(None, row["missing"].split(", "))),
        holder=row["holder"] or "",
        opened_at=moment(row["opened_at"]),
        last_mail_at=moment_or_none(row["last_mail_at"]) or moment(row["opened_at"]),
        turn_since=moment_or_none(row["turn_since"]) or moment(row["opened_at"]),
        is_new=bool(row["is_new"]),
        **{
            name: row[name]
            for name in (
                "id", "number", "version", "state", "next_actor", "why", "doubt_id", "kind", "model", "platform",
                "language", "order_number", "assigned_to",
            )
        },
    )  # fmt: skip
