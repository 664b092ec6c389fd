"""What waits beside the cases: letters that are held, refused or of unknown fate, and mails that could not be read.

Only reading. What a person does about a letter stands in ``delivery.py``, about a mail in ``ledger.py``.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from bot.store.database import Database, Row
from bot.store.views import CLOSED, UNSETTLED

_LETTER = """SELECT o.id, o.state, o.reply, o.language, o.recipient, o.subject, o.body_text, o.automatic, o.held_reason,
        o.smtp_code, o.smtp_text, o.bounced_at, o.data_started_at, o.unknown_at, o.created_at, o.sent_at,
        c.number AS case_number, c.state AS case_state,
        (SELECT from_name FROM letter WHERE case_id = c.id AND from_name <> '' ORDER BY id LIMIT 1) AS customer
    FROM outbox o LEFT JOIN cases c ON c.id = o.case_id"""
# A mail is open until the case that stands for it is answered; one without a case always is.
_OPEN = f"(c.id IS NULL OR (c.next_actor = 'staff' AND c.doubt_id = 'unreadable' AND c.state NOT IN {CLOSED}))"


class SetAside:
    """Letters and mails that need a person's hand."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def held(self) -> list[Row]:
        """The letters that wait for a person, those that may have been sent first, then the oldest."""
        return self._db.rows(
            f"{_LETTER} WHERE o.state = 'held' ORDER BY o.held_reason <> 'maybe_sent', o.created_at, o.id"
        )

    def troubled(self) -> list[Row]:
        """The letters that did not arrive and were not followed by another, and those nobody knows of; newest first."""
        return self._db.rows(
            f"{_LETTER} WHERE o.id IN (SELECT id FROM outbox WHERE state IN ('unknown', 'failed')"
            " UNION SELECT id FROM outbox WHERE bounced_at IS NOT NULL)"
            f" AND (o.state = 'unknown' OR ({UNSETTLED})) ORDER BY o.created_at DESC, o.id DESC LIMIT 200"
        )

    def unreadable(self, *, settled: bool = False) -> list[Row]:
        """The mails that could not be read, oldest first; ``settled``: also those whose case was answered meanwhile."""
        return self._db.rows(
            "SELECT a.id, a.mailbox, a.received_at, a.size, a.attempts, a.reason, a.outcome, a.raw_sha256,"
            " c.number AS case_number, l.from_address, l.from_name, l.subject, l.own_words,"
            f" {_OPEN} AS open"
            " FROM arrival a LEFT JOIN cases c ON c.id = a.case_id LEFT JOIN letter l ON l.arrival_id = a.id"
            f" WHERE a.outcome IN ('quarantined', 'oversize') AND (:settled OR {_OPEN})"
            " ORDER BY a.received_at, a.id",
            settled=settled,
        )

    def counts(self) -> dict[str, int]:
        """How many letters are held and how many mails wait."""
        held = "SELECT count(*) FROM outbox WHERE state = 'held'"
        mails = (
            "SELECT count(*) FROM arrival a LEFT JOIN cases c ON c.id = a.case_id"
            f" WHERE a.outcome IN ('quarantined', 'oversize') AND {_OPEN}"
        )
        return {"held": int(self._db.value(held)), "unreadable": int(self._db.value(mails))}
