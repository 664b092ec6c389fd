"""Mailboxes: their epoch, the baseline before which nothing is answered, and how polling goes.

UIDs hold only under one UIDVALIDITY (RFC 3501 2.3.1.1). When it changes a new epoch begins: rows of the old one
stay as history, but nothing that names an old uid may be carried out any more, it could hit another mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Database, Row
from bot.store.times import moment_or_none

REBUILT = "the mailbox was rebuilt and counts its mails anew"


@dataclass(frozen=True, kw_only=True, slots=True)
class Epoch:
    """Under which numbers a mailbox is read now."""

    mailbox: str
    uidvalidity: int
    number: int
    """1 at first, one more for each change of UIDVALIDITY"""
    changed: bool
    """this very call began a new epoch (the first one does not count)"""
    baseline_at: datetime | None
    """mails received before it are recorded as old; None answers everything"""


class Mailboxes:
    """The table ``mailbox``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def enter(self, mailbox: str, uidvalidity: int, baseline_at: datetime | None, now: datetime) -> Epoch:
        """Call after each select of a mailbox. ``baseline_at`` counts only the first time a mailbox is seen."""
        with self._db.write():
            before = self._db.row("SELECT * FROM mailbox WHERE name = :mailbox", mailbox=mailbox)
            changed = before is not None and before["uidvalidity"] != uidvalidity
            row = self._db.returning(
                "INSERT INTO mailbox (name, uidvalidity, baseline_at) VALUES (:mailbox, :uidvalidity, :baseline_at)"
                " ON CONFLICT (name) DO UPDATE SET uidvalidity = excluded.uidvalidity, epoch = epoch + :step"
                " RETURNING *",
                mailbox=mailbox,
                uidvalidity=uidvalidity,
                baseline_at=baseline_at,
                step=int(changed),
            )[0]
            if changed:
                self._leave_old_numbers(mailbox, uidvalidity, now)
        return Epoch(
            mailbox=mailbox,
            uidvalidity=uidvalidity,
            number=row["epoch"],
            changed=changed,
            baseline_at=moment_or_none(row["baseline_at"]),
        )

    def is_old(self, mailbox: str, received_at: datetime) -> bool:
        """Whether a mail came before the baseline: it may be recorded, but it gets no letter."""
        text = self._db.value("SELECT baseline_at FROM mailbox WHERE name = :mailbox", mailbox=mailbox)
        baseline = moment_or_none(text)
        return baseline is not None and received_at < baseline

    def polled(self, mailbox: str, now: datetime) -> None:
        """A poll went through to its end. Counts for letters whose fate is unknown, too."""
        with self._db.write():
            self._db.execute(
                "UPDATE mailbox SET last_ok_poll = :now, last_error = '' WHERE name = :mailbox",
                mailbox=mailbox,
                now=now,
            )
            self._db.execute("UPDATE outbox SET good_polls = good_polls + 1 WHERE state = 'unknown'")

    def poll_failed(self, mailbox: str, error: str) -> None:
        """A poll did not go through; ``error`` is shown to the operator. A mailbox never entered is not noted."""
        with self._db.write():
            self._db.execute(
                "UPDATE mailbox SET last_error = :error WHERE name = :mailbox", mailbox=mailbox, error=error
            )

    def all(self) -> list[Row]:
        """Each mailbox: name, uidvalidity, epoch, baseline_at, last_ok_poll, last_error."""
        return self._db.rows("SELECT * FROM mailbox ORDER BY name")

    def _leave_old_numbers(self, mailbox: str, uidvalidity: int, now: datetime) -> None:
        self._db.execute(
            "UPDATE arrival SET state = 'done', outcome = 'vanished', reason = :reason, updated_at = :now"
            " WHERE mailbox = :mailbox AND uidvalidity <> :uidvalidity AND state = 'seen'",
            reason=REBUILT,
            mailbox=mailbox,
            uidvalidity=uidvalidity,
            now=now,
        )
        self._db.execute(
            "UPDATE mailop SET state = 'failed', last_error = :reason"
            " WHERE op = 'move' AND state = 'open' AND arrival_id IN"
            " (SELECT id FROM arrival WHERE mailbox = :mailbox AND uidvalidity <> :uidvalidity)",
            reason=REBUILT,
            mailbox=mailbox,
            uidvalidity=uidvalidity,
        )
