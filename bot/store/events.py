"""What happened, written down once: the events of cases, and the alerts an operator must see.

Events are append-only (the schema refuses anything else). An alert is one row per kind, counted up, so that a
trouble that repeats every minute stays one line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from bot.store.announcing import announce
from bot.store.database import Database, Row

BOT = "bot"


def add_event(
    db: Database, case_id: int, now: datetime, name: str, actor: str = BOT, data: Mapping[str, object] | None = None
) -> None:
    """Write one event of a case, and what other programs are told of it, inside the caller's ``write()``.

    ``data`` holds JSON values.
    """
    text = json.dumps(dict(data or {}), ensure_ascii=False, default=str)
    event_id = db.insert("event", {"case_id": case_id, "at": now, "actor": actor, "name": name, "data": text})
    announce(db, event_id, case_id, now, name, actor)


def by_edition(data: Mapping[str, object], edition: int | None) -> dict[str, object]:
    """What an event says, with the edition in use where there is one."""
    return {**data, "edition": edition} if edition else dict(data)


class Alerts:
    """The table ``alert``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def report(self, kind: str, text: str, now: datetime) -> None:
        """Tell the operator; the same kind again only counts up, until it was acknowledged."""
        with self._db.write():
            self._db.execute(
                "INSERT INTO alert (kind, since, last, count, text, acked) VALUES (:kind, :now, :now, 1, :text, 0)"
                " ON CONFLICT (kind) DO UPDATE SET last = excluded.last, text = excluded.text,"
                " since = CASE alert.acked WHEN 1 THEN excluded.since ELSE alert.since END,"
                " count = CASE alert.acked WHEN 1 THEN 1 ELSE alert.count + 1 END, acked = 0",
                kind=kind,
                text=text,
                now=now,
            )

    def acknowledge(self, kind: str) -> bool:
        """Put an alert away; whether it was open."""
        with self._db.write():
            return self._db.execute("UPDATE alert SET acked = 1 WHERE kind = :kind AND acked = 0", kind=kind) == 1

    def open(self) -> list[Row]:
        """The alerts nobody has acknowledged, oldest first: kind, since, last, count, text."""
        return self._db.rows("SELECT kind, since, last, count, text FROM alert WHERE acked = 0 ORDER BY since, kind")
