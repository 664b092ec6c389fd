"""What the timers need to know of the cases, and the memory of what they did: the table ``timer``.

The due days are not stored: they follow from the case and the settings, so that changed settings count at once.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime, tzinfo

from bot.core.model import State
from bot.core.warranty.waiting import Waiting
from bot.store.database import Database, Row
from bot.store.times import day_or_none, moment, moment_or_none
from bot.store.views import CLOSED, UNSETTLED

# A letter that is on its way or that a person must see to: nothing is written beside it.
_OPEN = "o.state IN ('queued', 'claimed', 'data_started', 'unknown', 'held')"


class Timers:
    """Cases in which something may be due."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def waiting(self, asking: Collection[str], zone: tzinfo, number: str = "") -> list[tuple[int, int, Waiting]]:
        """Id, version and facts of every case that waits for somebody, longest first; of one case with ``number``.

        ``asking`` are the names of the letters that ask the customer something; days are those of ``zone``.
        """
        names = ", ".join(f"'{name}'" for name in sorted(asking))
        rows = self._db.rows(
            "SELECT c.*, (SELECT max(sent_at) FROM outbox o WHERE o.case_id = c.id AND o.state = 'accepted'"
            f" AND o.reply IN ({names})) AS asked_at,"
            " (SELECT max(received_at) FROM letter l WHERE l.case_id = c.id AND l.automatic_rule = '') AS wrote_at,"
            f" EXISTS (SELECT 1 FROM outbox o WHERE o.case_id = c.id AND ({_OPEN} OR ({UNSETTLED}))) AS unsettled,"
            " (SELECT json_group_array(flag) FROM flag WHERE case_id = c.id) AS flags,"
            " (SELECT json_group_array(json_array(kind, period, at)) FROM timer WHERE case_id = c.id) AS fired"
            f" FROM cases c WHERE c.merged_into IS NULL AND (c.state NOT IN {CLOSED} OR :number <> '')"
            " AND (:number = '' OR c.number = :number) ORDER BY c.state_since, c.id",
            number=number,
        )
        return [(row["id"], row["version"], _read(row, zone)) for row in rows]

    def fire(self, case_id: int, kind: str, period: date, now: datetime) -> bool:
        """Note that a timer fired, in the caller's transaction; False when it had already."""
        with self._db.write():
            return bool(
                self._db.execute(
                    "INSERT INTO timer (case_id, kind, period, at) VALUES (:case_id, :kind, :period, :now)"
                    " ON CONFLICT (case_id, kind, period) DO NOTHING",
                    case_id=case_id,
                    kind=kind,
                    period=period,
                    now=now,
                )
            )


def _read(row: Row, zone: tzinfo) -> Waiting:
    def day(text: str | None) -> date | None:
        at = moment_or_none(text)
        return at.astimezone(zone).date() if at else None

    terms = json.loads(row["terms"])
    return Waiting(
        number=row["number"],
        state=State(row["state"]),
        next_actor=row["next_actor"],
        since=moment(row["state_since"]).astimezone(zone).date(),
        asked_on=day(row["asked_at"]),
        last_mail_on=day(row["wrote_at"]),
        answer_by=day_or_none(row["answer_by"]),
        reply_by=day_or_none(row["reply_by"]),
        ship_by=day_or_none(terms.get("ship_by")),
        doubt=row["doubt_id"],
        flags=tuple(json.loads(row["flags"])),
        held=bool(row["held"]),
        unsettled=bool(row["unsettled"]),
        fired={
            (kind, date.fromisoformat(period)): moment(at).astimezone(zone).date()
            for kind, period, at in json.loads(row["fired"])
        },
    )
