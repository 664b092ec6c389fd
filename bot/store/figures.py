"""The numbers of the desk: how many mails came and where each is, how fast cases were answered, where they stand.

Everything counts cases or mails, nothing counts people. What is shown as a number can be listed: ``cases_of`` and
``mails_of`` give exactly what was counted. No clock: the moments a period begins and ends come from above.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.warranty.proposal import DECISIONS
from bot.store.database import Database, Row
from bot.store.list_tables import ENDED
from bot.store.times import stamp

JOINED = "outcome = 'human' AND case_id IS NOT NULL"
# What became of a mail: each is in exactly one group. A mail in none of them would be lost, and the account says so.
GROUPS: dict[str, str] = {
    "joined": JOINED,
    "machine": "outcome IN ('machine', 'list', 'spam')",
    "notices": "outcome IN ('bounce', 'echo')",
    "unreadable": "outcome IN ('quarantined', 'oversize')",
    "copies": "outcome = 'duplicate'",
    "under_way": "outcome IS NULL",
    "before": "outcome = 'old'",
    "gone": "outcome = 'vanished'",
}
LOST = "lost"
_RECEIVED = "received_at >= :begins AND received_at < :ends"
_OPENED = "c.opened_at >= :begins AND c.opened_at < :ends"
_NAMES = ", ".join(f"'{name}'" for name in DECISIONS)
# A person decided, or somebody still waits for one: only the other cases were answered without anybody.
BY_PERSON = (
    f"((c.next_actor = 'staff' AND c.state NOT IN {ENDED}) OR EXISTS (SELECT 1 FROM deed d WHERE d.case_id = c.id"
    f" AND d.actor <> 'bot' AND d.undone_at IS NULL AND d.action IN ({_NAMES})))"
)
_WROTE_AT = "(SELECT min(received_at) FROM letter WHERE case_id = c.id AND automatic_rule = '')"
_ANSWERED_AT = "(SELECT min(sent_at) FROM outbox WHERE case_id = c.id AND state = 'accepted')"
_SECONDS = f"strftime('%s', {_ANSWERED_AT}) - strftime('%s', {_WROTE_AT})"
# name of a list -> condition on cases that were opened in the period; :value is what the list is about
LISTS: dict[str, str] = {
    "opened": "1 = 1",
    "by_person": BY_PERSON,
    "alone": f"NOT {BY_PERSON}",
    "asked": "EXISTS (SELECT 1 FROM json_each(c.asked) WHERE key = :value)",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of time: from ``begins`` to before ``ends``, with the first and the last day of it."""

    first: date
    last: date
    begins: datetime
    ends: datetime

    @property
    def values(self) -> dict[str, datetime]:
        """As bound values."""
        return {"begins": self.begins, "ends": self.ends}


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Where the mails are that came in: ``groups`` sum up to ``total``, unless something was lost."""

    total: int
    groups: Mapping[str, int]
    cases: int
    """that the mails which belong to a case belong to"""

    @property
    def lost(self) -> int:
        """Mails that are in no group: more than none is a fault of ours."""
        return self.total - sum(self.groups.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The cases of one part of a period: a day, a week, a month."""

    span: Span
    cases: int
    by_person: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """How long the first answer to a case took."""

    case_id: int
    seconds: int | None
    """None: none was sent yet"""


class Figures:
    """Counts over all tables; reads only."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def account(self, span: Span) -> Account:
        """Every mail that came in the period, by what became of it."""
        sums = ", ".join(f"COALESCE(sum({where}), 0) AS {name}" for name, where in GROUPS.items())
        row = self._db.rows(
            f"SELECT count(*) AS total, {sums}, count(DISTINCT CASE WHEN {JOINED} THEN case_id END) AS cases"
            f" FROM arrival WHERE {_RECEIVED}",
            **span.values,
        )[0]
        return Account(
            total=int(row["total"]), groups={name: int(row[name]) for name in GROUPS}, cases=int(row["cases"])
        )

    def parts(self, spans: Sequence[Span]) -> tuple[Part, ...]:
        """The cases opened in each of these stretches, and how many of them needed a person."""
        bounds = json.dumps([[n, stamp(s.begins), stamp(s.ends)] for n, s in enumerate(spans)])
        rows = self._db.rows(
            "SELECT json_extract(part.value, '$[0]') AS n, count(c.id) AS cases,"
            f" COALESCE(sum({BY_PERSON}), 0) AS by_person FROM json_each(:bounds) part LEFT JOIN cases c"
            " ON c.opened_at >= json_extract(part.value, '$[1]') AND c.opened_at < json_extract(part.value, '$[2]')"
            " GROUP BY 1 ORDER BY 1",
            bounds=bounds,
        )
        # A stretch without a case still has its row of NULLs, of which BY_PERSON is no case.
        return tuple(
            Part(span=spans[row["n"]], cases=row["cases"], by_person=row["by_person"] if row["cases"] else 0)
            for row in rows
        )

    def answers(self, span: Span) -> tuple[Answer, ...]:
        """How long the first letter to each case of the period took, from the first mail on."""
        rows = self._db.rows(f"SELECT c.id, {_SECONDS} AS seconds FROM cases c WHERE {_OPENED}", **span.values)
        return tuple(Answer(case_id=row["id"], seconds=row["seconds"]) for row in rows)

    def asked(self, span: Span) -> dict[str, int]:
        """Detail that was asked for -> in how many cases of the period, most often first."""
        rows = self._db.rows(
            f"SELECT a.key AS detail, count(*) AS cases FROM cases c, json_each(c.asked) a WHERE {_OPENED}"
            " GROUP BY a.key ORDER BY cases DESC, detail",
            **span.values,
        )
        return {row["detail"]: row["cases"] for row in rows}

    def standing(self) -> dict[tuple[str, str], int]:
        """(whose turn it is, state) -> how many open cases there are now."""
        rows = self._db.rows(
            f"SELECT next_actor, state, count(*) AS cases FROM cases WHERE state NOT IN {ENDED} GROUP BY 1, 2"
        )
        return {(row["next_actor"], row["state"]): row["cases"] for row in rows}

    def languages(self, span: Span) -> dict[str, int]:
        """Language -> cases of the period, most often first."""
        rows = self._db.rows(
            f"SELECT language, count(*) AS cases FROM cases c WHERE {_OPENED} GROUP BY 1 ORDER BY 2 DESC, 1",
            **span.values,
        )
        return {row["language"]: row["cases"] for row in rows}

    def cases_of(self, name: str, span: Span, value: str = "") -> tuple[int, ...]:
        """The ids of the cases that were counted, newest first; ``mails`` for those that mails of the period joined."""
        if name == "mails":
            where = f"c.id IN (SELECT case_id FROM arrival WHERE {_RECEIVED} AND {JOINED})"
        else:
            where = f"{_OPENED} AND {LISTS[name]}"
        sql = f"SELECT c.id FROM cases c WHERE {where} ORDER BY c.opened_at DESC, c.id DESC"
        return tuple(row["id"] for row in self._db.rows(sql, **span.values, value=value))

    def mails_of(self, group: str, span: Span, *, limit: int, offset: int = 0) -> list[Row]:
        """The mails of a group, newest first, without their words; ``lost`` for those in none, ``all`` for all."""
        if group == LOST:
            where = " AND ".join(f"({condition}) IS NOT TRUE" for condition in GROUPS.values())
        else:
            where = GROUPS.get(group, "1 = 1")
        return self._db.rows(
            "SELECT a.id AS mail, a.received_at, COALESCE(a.outcome, a.state) AS outcome, a.reason, a.size, a.attempts,"
            " (SELECT number FROM cases WHERE id = a.case_id) AS case_number"
            f" FROM (SELECT * FROM arrival WHERE {_RECEIVED} AND {where}) a"
            " ORDER BY a.received_at DESC, a.id DESC LIMIT :limit OFFSET :offset",
            **span.values,
            limit=limit,
            offset=offset,
        )
