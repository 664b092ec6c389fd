"""What is still to be done in mailboxes: mail to be filed, copies of letters to be put into Sent.

Asked for in the transaction that decided on it, done later, and harmless when done twice. A move is given out only
while the mailbox still counts as it did when the mail arrived.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Database, Row
from bot.store.events import Alerts
from bot.store.states import Mailop

# wait after each failure; the last one repeats until the tries are used up
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
MAX_ATTEMPTS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """One thing to do. A move has a uid; a copy for Sent has the file and the Message-ID."""

    id: int
    uid: int | None
    raw_sha256: str | None
    message_id: str
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Errands of one kind to one folder: one command does them."""

    op: Mailop
    target: str
    errands: tuple[Errand, ...]


class Mailops:
    """The table ``mailop``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._alerts = Alerts(db)

    def move(self, arrival_id: int, target: str, now: datetime) -> None:
        """File an arrived mail into a folder of its mailbox. Asked for again, the newest target counts."""
        with self._db.write():
            mailbox = self._db.value("SELECT mailbox FROM arrival WHERE id = :id", id=arrival_id)
            self._add("arrival_id", arrival_id, mailbox, Mailop.MOVE, target, now)

    def append_sent(self, outbox_id: int, mailbox: str, target: str, now: datetime) -> None:
        """Put a copy of a sent letter into a folder."""
        with self._db.write():
            self._add("outbox_id", outbox_id, mailbox, Mailop.APPEND_SENT, target, now)

    def open(self, mailbox: str, now: datetime, limit: int = 100) -> tuple[Batch, ...]:
        """What is due in a mailbox, grouped; each batch holds at most ``limit`` errands, oldest first."""
        rows = self._db.rows(
            "SELECT m.id, m.op, m.target, m.attempts, a.uid, COALESCE(o.raw_sha256, a.raw_sha256) AS raw_sha256,"
            " COALESCE(o.message_id, a.message_id) AS message_id"
            " FROM mailop m JOIN mailbox b ON b.name = m.mailbox"
            " LEFT JOIN arrival a ON a.id = m.arrival_id LEFT JOIN outbox o ON o.id = m.outbox_id"
            " WHERE m.mailbox = :mailbox AND m.state = 'open' AND m.next_try <= :now"
            " AND (a.id IS NULL OR a.uidvalidity = b.uidvalidity) ORDER BY m.id",
            mailbox=mailbox,
            now=now,
        )
        groups: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            groups.setdefault((row["op"], row["target"]), []).append(row)
        return tuple(
            Batch(op=Mailop(op), target=target, errands=tuple(_errand(row) for row in group[:limit]))
            for (op, target), group in groups.items()
        )

    def done(self, ids: Sequence[int]) -> None:
        """These errands are done."""
        with self._db.write():
            for id_ in ids:
                self._db.execute("UPDATE mailop SET state = 'done', last_error = '' WHERE id = :id", id=id_)

    def failed(self, ids: Sequence[int], error: str, now: datetime) -> None:
        """Not now: later again, given up with an alert after 100 tries."""
        with self._db.write():
            for id_ in ids:
                tries = int(self._db.value("SELECT attempts FROM mailop WHERE id = :id", id=id_) or 0) + 1
                given_up = tries >= MAX_ATTEMPTS
                self._db.execute(
                    "UPDATE mailop SET attempts = :tries, last_error = :error, next_try = :later, state = :state"
                    " WHERE id = :id AND state = 'open'",
                    id=id_,
                    tries=tries,
                    error=error,
                    later=now + BACK_OFF[min(tries, len(BACK_OFF)) - 1],
                    state="failed" if given_up else "open",
                )
                if given_up:
                    self._alerts.report("mail_not_filed", f"Mail could not be filed: {error}", now)

    def _add(self, owner: str, owner_id: int, mailbox: str, op: Mailop, target: str, now: datetime) -> None:
        self._db.execute(
            f"INSERT INTO mailop ({owner}, mailbox, op, target, state, next_try)"
            " VALUES (:owner_id, :mailbox, :op, :target, 'open', :now)"
            f" ON CONFLICT ({owner}, op) DO UPDATE SET state = CASE WHEN mailop.target = excluded.target"
            " THEN mailop.state ELSE 'open' END, target = excluded.target, next_try = excluded.next_try",
            owner_id=owner_id,
            mailbox=mailbox,
            op=op,
            target=target,
            now=now,
        )


def _errand(row: Row) -> Errand:
    return Errand(**{name: row[name] for name in Errand.__slots__})
