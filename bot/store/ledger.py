"""The ledger: every mail the mailboxes ever showed us, each in exactly one row with one final outcome.

Attempts are counted and committed before the work, so that a mail which kills the process counts as well; after
three it is set aside and the next one has its turn. Neither ``\\Seen`` nor a Message-ID is ever the memory: mails
are known by mailbox and uid, copies by the hash of their bytes and by the key of their content.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import Overtaken, StoreError
from bot.store.database import Database, Row
from bot.store.states import ArrivalOutcome, ArrivalState, FileKind
from bot.store.times import moment

MAX_ATTEMPTS = 3
MAX_MISSES = 3
# wait before the second and the third attempt
PAUSES = (timedelta(minutes=1), timedelta(minutes=5))
STOPPED = "reading it was begun three times and never came to an end"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One row of the ledger."""

    id: int
    mailbox: str
    uidvalidity: int
    uid: int
    size: int
    received_at: datetime
    raw_sha256: str | None
    message_id: str
    content_key: str
    state: ArrivalState
    outcome: ArrivalOutcome | None
    reason: str
    attempts: int
    case_id: int | None
    dup_of: int | None


class Ledger:
    """The table ``arrival``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known_uids(self, mailbox: str, uidvalidity: int) -> frozenset[int]:
        """The uids that need not be listed again. Not those still to be fetched: see ``unfetched``."""
        rows = self._db.rows(
            "SELECT uid FROM arrival WHERE mailbox = :mailbox AND uidvalidity = :uidvalidity",
            mailbox=mailbox,
            uidvalidity=uidvalidity,
        )
        return frozenset(row["uid"] for row in rows)

    def see(
        self, mailbox: str, uidvalidity: int, mails: Iterable[tuple[int, int, datetime]], now: datetime
    ) -> tuple[Entry, ...]:
        """Record listed mails, each (uid, size, received_at); the entries that are new and to be fetched.

        A mail received before the mailbox's baseline is done at once as ``old``. Raises StoreError.
        """
        with self._db.write():
            if self._db.row("SELECT name FROM mailbox WHERE name = :mailbox", mailbox=mailbox) is None:
                raise StoreError(f"the mailbox {mailbox} was never entered")
            new = [
                row
                for uid, size, received_at in mails
                for row in self._db.returning(
                    "INSERT INTO arrival (mailbox, uidvalidity, uid, size, received_at, state, outcome, reason,"
                    " created_at, updated_at) SELECT name, :uidvalidity, :uid, :size, :received_at,"
                    " CASE WHEN baseline_at > :received_at THEN 'done' ELSE 'seen' END,"
                    " CASE WHEN baseline_at > :received_at THEN 'old' END,"
                    " CASE WHEN baseline_at > :received_at THEN 'it came before the first start' ELSE '' END,"
                    " :now, :now FROM mailbox WHERE name = :mailbox"
                    " ON CONFLICT (mailbox, uidvalidity, uid) DO NOTHING RETURNING *",
                    mailbox=mailbox,
                    uidvalidity=uidvalidity,
                    uid=uid,
                    size=size,
                    received_at=received_at,
                    now=now,
                )
            ]
        return tuple(_entry(row) for row in new if row["state"] == ArrivalState.SEEN)

    def unfetched(self, mailbox: str, uidvalidity: int) -> tuple[Entry, ...]:
        """Mails seen whose bytes are not ours yet, oldest first."""
        rows = self._db.rows(
            "SELECT * FROM arrival WHERE mailbox = :mailbox AND uidvalidity = :uidvalidity AND state = 'seen'"
            " ORDER BY received_at, id",
            mailbox=mailbox,
            uidvalidity=uidvalidity,
        )
        return tuple(_entry(row) for row in rows)

    def stored(self, entry_id: int, raw_sha256: str, size: int, now: datetime) -> None:
        """The raw bytes are on disk under this hash. Raises Overtaken when the mail is no longer ``seen``."""
        with self._db.write():
            self._db.execute(
                "INSERT INTO file (sha256, size, kind, created_at) VALUES (:raw_sha256, :size, :kind, :now)"
                " ON CONFLICT (sha256) DO NOTHING",
                raw_sha256=raw_sha256,
                size=size,
                kind=FileKind.MAIL,
                now=now,
            )
            self._change(entry_id, "seen", "state = 'stored', raw_sha256 = :raw", now, raw=raw_sha256)

    def missed(self, entry_id: int, now: datetime) -> bool:
        """The server did not hand the mail over. The third time it is given up as ``vanished``: True."""
        with self._db.write():
            self._change(entry_id, "seen", "misses = misses + 1", now)
            gone = bool(self.show(entry_id)["misses"] >= MAX_MISSES)
            if gone:
                self.finish(entry_id, ArrivalOutcome.VANISHED, now, reason="it was gone before it could be fetched")
        return gone

    def due(self, now: datetime, limit: int = 50) -> tuple[Entry, ...]:
        """Mails to work on, oldest first."""
        rows = self._db.rows(
            "SELECT * FROM arrival WHERE state = 'stored' AND (next_try IS NULL OR next_try <= :now)"
            " ORDER BY received_at, id LIMIT :limit",
            now=now,
            limit=limit,
        )
        return tuple(_entry(row) for row in rows)

    def begin(self, entry_id: int, now: datetime) -> bool:
        """Count an attempt, committed before the work. False: it had three already and is quarantined now."""
        with self._db.write():
            if self.get(entry_id).attempts >= MAX_ATTEMPTS:
                self.quarantine(entry_id, str(self.show(entry_id)["reason"]) or STOPPED, now)
                return False
            self._change(entry_id, "stored", "attempts = attempts + 1", now)
        return True

    def stumble(self, entry_id: int, reason: str, now: datetime) -> bool:
        """The attempt failed: try again later, or after the third set it aside. True when set aside."""
        with self._db.write():
            attempts = self.get(entry_id).attempts
            if attempts >= MAX_ATTEMPTS:
                self.quarantine(entry_id, reason, now)
                return True
            later = now + PAUSES[max(attempts, 1) - 1]
            self._change(entry_id, "stored", "reason = :reason, next_try = :later", now, reason=reason, later=later)
        return False

    def postpone(self, entry_id: int, reason: str, wait: timedelta, now: datetime) -> None:
        """The attempt could not be made, for no fault of the mail: later again, and it does not count."""
        with self._db.write():
            self._change(
                entry_id,
                "stored",
                "reason = :reason, next_try = :later, attempts = max(attempts - 1, 0)",
                now,
                reason=reason,
                later=now + wait,
            )

    def take_old(self, mailbox: str, uidvalidity: int, now: datetime) -> int:
        """Take in what was left alone as older than the first start; how many mails."""
        with self._db.write():
            return self._db.execute(
                "UPDATE arrival SET state = 'seen', outcome = NULL, reason = '', updated_at = :now"
                " WHERE mailbox = :mailbox AND uidvalidity = :uidvalidity AND outcome = 'old'",
                mailbox=mailbox,
                uidvalidity=uidvalidity,
                now=now,
            )

    def identify(self, entry_id: int, message_id: str, content_key: str, now: datetime) -> None:
        """What reading the mail showed about its identity."""
        with self._db.write():
            self._change(
                entry_id, "stored", "message_id = :mid, content_key = :key", now, mid=message_id, key=content_key
            )

    def original_of(self, entry_id: int) -> int | None:
        """The earlier mail this one is a copy of: same bytes or same content, in any mailbox and epoch."""
        found: int | None = self._db.value(
            "SELECT min(o.id) FROM arrival o JOIN arrival a ON a.id = :entry_id AND o.id < a.id"
            " AND (o.raw_sha256 = a.raw_sha256 OR (a.content_key <> '' AND o.content_key = a.content_key))",
            entry_id=entry_id,
        )
        return found

    def finish(
        self,
        entry_id: int,
        outcome: ArrivalOutcome,
        now: datetime,
        *,
        reason: str = "",
        case_id: int | None = None,
        dup_of: int | None = None,
    ) -> None:
        """The mail has reached its end. Raises Overtaken when it had already."""
        with self._db.write():
            self._change(
                entry_id,
                "seen, stored",
                "state = 'done', outcome = :outcome, reason = :reason, case_id = COALESCE(:case_id, case_id),"
                " dup_of = :dup_of, next_try = NULL",
                now,
                outcome=outcome,
                reason=reason,
                case_id=case_id,
                dup_of=dup_of,
            )

    def quarantine(self, entry_id: int, reason: str, now: datetime, case_id: int | None = None) -> None:
        """Set a mail aside that cannot be worked on; its bytes stay."""
        self.finish(entry_id, ArrivalOutcome.QUARANTINED, now, reason=reason, case_id=case_id)

    def retry(self, entry_id: int, now: datetime) -> None:
        """Take a mail out of quarantine, with fresh attempts. Raises StoreError when it is not in there."""
        with self._db.write():
            changed = self._db.execute(
                "UPDATE arrival SET state = CASE WHEN raw_sha256 IS NULL THEN 'seen' ELSE 'stored' END,"
                " outcome = NULL, attempts = 0, misses = 0, next_try = NULL, updated_at = :now"
                " WHERE id = :entry_id AND outcome = 'quarantined'",
                entry_id=entry_id,
                now=now,
            )
            if not changed:
                raise StoreError(f"mail {entry_id} is not in quarantine")
            # Its case stays and gets the mail once it is read; the stand-in that was shown there steps back.
            self._db.execute("UPDATE letter SET arrival_id = NULL WHERE arrival_id = :entry_id", entry_id=entry_id)

    def quarantined(self) -> list[Row]:
        """The mails set aside, oldest first: the view ``quarantine``."""
        return self._db.rows("SELECT * FROM quarantine")

    def get(self, entry_id: int) -> Entry:
        """One entry. Raises StoreError when there is none."""
        return _entry(self.show(entry_id))

    def show(self, entry_id: int) -> Row:
        """All columns of one entry. Raises StoreError when there is none."""
        row = self._db.row("SELECT * FROM arrival WHERE id = :entry_id", entry_id=entry_id)
        if row is None:
            raise StoreError(f"there is no mail {entry_id}")
        return row

    def counts(self) -> dict[str, int]:
        """How many mails came to which outcome; ``seen`` and ``stored`` for those under way."""
        rows = self._db.rows(
            "SELECT COALESCE(outcome, state) AS what, count(*) AS n FROM arrival GROUP BY 1 ORDER BY 1"
        )
        return {row["what"]: row["n"] for row in rows}

    def newest(self) -> datetime | None:
        """When the newest mail was received: a second opinion on our clock."""
        text = self._db.value("SELECT max(received_at) FROM arrival")
        return moment(text) if text else None

    def _change(self, entry_id: int, states: str, change: str, now: datetime, **values: object) -> None:
        wanted = ", ".join(f"'{state}'" for state in states.split(", "))
        changed = self._db.execute(
            f"UPDATE arrival SET {change}, updated_at = :now WHERE id = :entry_id AND state IN ({wanted})",
            entry_id=entry_id,
            now=now,
            **values,
        )
        if not changed:
            raise Overtaken(f"mail {entry_id} is no longer {states.replace(', ', ' or ')}")


def _entry(row: Row) -> Entry:
    return Entry(
        **{name: row[name] for name in Entry.__slots__ if name not in {"received_at", "state", "outcome"}},
        received_at=moment(row["received_at"]),
        state=ArrivalState(row["state"]),
        outcome=ArrivalOutcome(row["outcome"]) if row["outcome"] else None,
    )
