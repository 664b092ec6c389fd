"""Webhooks to other programs on their way out: the tables ``listener`` and ``webhook``.

Written in the transaction of the event (``announcing.py``), given out here in order: a listener gets the webhooks of
one case one after the other, the next only when the one before was taken or given up. A webhook that was taken but
not noted because the process ended is sent again with the same id: the other side knows it by that.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import StoreError
from bot.store.database import Database, Row
from bot.store.events import Alerts
from bot.store.states import WebhookState

# wait before the next try; after the last one the webhook is dead
BACK_OFF = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
KEEP = timedelta(days=30)
NOBODY_LISTENS = "it is no longer in the configuration"


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """One webhook to be sent."""

    id: int
    listener: str
    case_number: str
    message_id: str
    body: str
    attempts: int


class Webhooks:
    """The tables ``listener`` and ``webhook``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._alerts = Alerts(db)

    def listen(self, listeners: Iterable[tuple[str, str, Sequence[str]]], now: datetime) -> None:
        """Who listens from now on, each (name, url, names of events); what waits for others is given up."""
        wanted = {name: (url, list(events)) for name, url, events in listeners}
        if self._listening() == wanted:
            return
        with self._db.write():
            self._db.execute("UPDATE listener SET active = 0")
            for name, (url, events) in wanted.items():
                self._db.execute(
                    "INSERT INTO listener (name, url, events, active, since) VALUES (:name, :url, :events, 1, :now)"
                    " ON CONFLICT (name) DO UPDATE SET url = excluded.url, events = excluded.events, active = 1",
                    name=name,
                    url=url,
                    events=json.dumps(events),
                    now=now,
                )
            self._db.execute(
                "UPDATE webhook SET state = 'dead', error = :error, done_at = :now WHERE state = 'queued'"
                " AND listener IN (SELECT name FROM listener WHERE active = 0)",
                error=NOBODY_LISTENS,
                now=now,
            )

    def due(self, now: datetime, without: Collection[str] = ()) -> Webhook | None:
        """The webhook to be sent next: the first of its listener and case, and its time has come."""
        marks = ", ".join(f":without_{n}" for n in range(len(without)))
        row = self._db.row(
            "SELECT w.id, w.listener, w.message_id, w.body, w.attempts, c.number AS case_number FROM webhook w"
            " JOIN cases c ON c.id = w.case_id WHERE w.state = 'queued' AND w.next_try <= :now"
            f" AND w.listener NOT IN ({marks})"
            " AND NOT EXISTS (SELECT 1 FROM webhook b WHERE b.listener = w.listener AND b.case_id = w.case_id"
            " AND b.id < w.id AND b.state = 'queued') ORDER BY w.next_try, w.id LIMIT 1",
            now=now,
            **{f"without_{n}": name for n, name in enumerate(without)},
        )
        return Webhook(**row) if row else None

    def taken(self, webhook_id: int, now: datetime, status: int) -> None:
        """The other side answered 2xx."""
        with self._db.write():
            self._db.execute(
                "UPDATE webhook SET state = 'taken', attempts = attempts + 1, status = :status, error = '',"
                " done_at = :now WHERE id = :id AND state = 'queued'",
                id=webhook_id,
                status=status,
                now=now,
            )

    def refused(self, webhook_id: int, now: datetime, status: int, error: str, *, final: bool = False) -> WebhookState:
        """Not taken: later again, or dead after the last try or when it is ``final``; an operator is told of that."""
        with self._db.write():
            row = self._get(webhook_id)
            tries = row["attempts"] + 1
            dead = final or tries > len(BACK_OFF)
            self._db.execute(
                "UPDATE webhook SET state = :state, attempts = :tries, next_try = :later, status = :status,"
                " error = :error, done_at = :done WHERE id = :id AND state = 'queued'",
                id=webhook_id,
                state=WebhookState.DEAD if dead else WebhookState.QUEUED,
                tries=tries,
                later=now if dead else now + BACK_OFF[tries - 1],
                status=status,
                error=error,
                done=now if dead else None,
            )
            if dead:
                self._alerts.report(
                    "webhooks", f"A webhook to {row['listener']} was given up after {tries} tries: {error}", now
                )
        return WebhookState.DEAD if dead else WebhookState.QUEUED

    def again(self, webhook_id: int, now: datetime) -> None:
        """An operator wants a dead webhook sent once more, with fresh tries. Raises StoreError when it is not dead."""
        with self._db.write():
            changed = self._db.execute(
                "UPDATE webhook SET state = 'queued', attempts = 0, next_try = :now, done_at = NULL"
                " WHERE id = :id AND state = 'dead'"
                " AND listener IN (SELECT name FROM listener WHERE active = 1)",
                id=webhook_id,
                now=now,
            )
            if not changed:
                raise StoreError(f"there is no dead webhook {webhook_id} to a program that is still configured")

    def open(self) -> list[Row]:
        """The webhooks that wait or are dead, oldest first, without their bodies."""
        return self._db.rows(
            "SELECT w.id AS webhook, w.listener, json_extract(w.body, '$.type') AS type, c.number AS case_number,"
            " w.state, w.attempts AS tries, w.status, w.error, w.next_try, w.created_at FROM webhook w"
            " JOIN cases c ON c.id = w.case_id WHERE w.state <> 'taken' ORDER BY w.id"
        )

    def sweep(self, now: datetime) -> int:
        """Forget what was taken long ago; how many."""
        old = "state = 'taken' AND done_at < :before"
        if self._db.row(f"SELECT 1 FROM webhook WHERE {old} LIMIT 1", before=now - KEEP) is None:
            return 0
        with self._db.write():
            return self._db.execute(f"DELETE FROM webhook WHERE {old}", before=now - KEEP)

    def _listening(self) -> dict[str, tuple[str, list[str]]]:
        rows = self._db.rows("SELECT name, url, events FROM listener WHERE active = 1")
        return {row["name"]: (row["url"], json.loads(row["events"])) for row in rows}

    def _get(self, webhook_id: int) -> Row:
        row = self._db.row("SELECT * FROM webhook WHERE id = :id", id=webhook_id)
        if row is None:
            raise StoreError(f"there is no webhook {webhook_id}")
        return row
