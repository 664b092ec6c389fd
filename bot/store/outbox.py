"""The outbox: a letter is written here, final bytes included, in the transaction that decided on it.

This file adds letters, and gives them out to a sender, one winner each. What became of them stands in
``delivery.py``. The dedupe key makes the same cause and the same letter one row for ever; its Message-ID stays
the same through every try.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import StoreError
from bot.store.budgets import Budgets, Gate, domain_of
from bot.store.database import Database, Row
from bot.store.events import Alerts, add_event
from bot.store.states import Evidence, OutboxState
from bot.store.times import moment, moment_or_none

_TIMES = ("next_try", "created_at")
_TIMES_OR_NONE = ("not_before", "first_try_at", "data_started_at", "unknown_at", "evidence_at", "bounced_at", "sent_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLetter:
    """A letter of ours, ready to be sent. The file of its bytes must be on disk and recorded."""

    dedupe_key: str
    """the same for the same cause, reply and recipient"""
    case_id: int | None
    case_version: int | None
    """the version ``record`` gave: a case that moves on supersedes the letter"""
    cause_key: str
    reply: str
    language: str
    recipient: str
    message_id: str
    """with or without angle brackets; kept without"""
    subject: str
    body_text: str
    raw_sha256: str
    edition: int | None = None
    """the one whose templates wrote it"""
    automatic: bool
    """False for a letter a person wrote or approved: no budget, no mute"""
    not_before: datetime | None = None
    hold: str = ""
    """hold it for staff from the start, for this reason (an id)"""
    released_by: str = ""
    """whose action an automatic letter follows from: no budget and no mute for it either"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """What ``queue`` did."""

    id: int
    state: OutboxState
    held_reason: str
    existed: bool
    """the dedupe key was known: nothing was added"""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxRow:
    """One letter in the outbox."""

    id: int
    dedupe_key: str
    case_id: int | None
    case_version: int | None
    cause_key: str
    reply: str
    language: str
    recipient: str
    message_id: str
    subject: str
    body_text: str
    raw_sha256: str
    edition: int | None
    automatic: bool
    state: OutboxState
    attempts: int
    next_try: datetime
    not_before: datetime | None
    first_try_at: datetime | None
    data_started_at: datetime | None
    unknown_at: datetime | None
    good_polls: int
    smtp_code: int
    smtp_text: str
    evidence: Evidence | None
    evidence_at: datetime | None
    bounced_at: datetime | None
    held_reason: str
    released_by: str
    created_at: datetime
    sent_at: datetime | None


def bare_id(message_id: str) -> str:
    """A Message-ID without its angle brackets, as the store keeps and compares it."""
    return message_id.strip().strip("<>").strip()


class Outbox:
    """The table ``outbox``: in, and out to a sender."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._gate = Gate(db)
        self._alerts = Alerts(db)

    def queue(self, letter: NewLetter, budgets: Budgets, now: datetime) -> Posted:
        """Add a letter in the caller's transaction, held when a budget, a mute or the caller says so."""
        with self._db.write():
            known = self._db.row("SELECT * FROM outbox WHERE dedupe_key = :key", key=letter.dedupe_key)
            if known is not None:
                row = read_row(known)
                return Posted(id=row.id, state=row.state, held_reason=row.held_reason, existed=True)
            recipient = letter.recipient.lower()
            held = letter.hold
            if letter.automatic and not held and not letter.released_by:
                held = self._gate.refusal(recipient, letter.case_id, letter.reply, budgets, now)
            state = OutboxState.HELD if held else OutboxState.QUEUED
            id_ = self._db.insert(
                "outbox",
                {
                    "dedupe_key": letter.dedupe_key,
                    "case_id": letter.case_id,
                    "case_version": letter.case_version,
                    "cause_key": letter.cause_key,
                    "reply": letter.reply,
                    "language": letter.language,
                    "recipient": recipient,
                    "recipient_domain": domain_of(recipient),
                    "message_id": bare_id(letter.message_id),
                    "subject": letter.subject,
                    "body_text": letter.body_text,
                    "raw_sha256": letter.raw_sha256,
                    "edition": letter.edition,
                    "automatic": letter.automatic,
                    "state": state,
                    "next_try": letter.not_before or now,
                    "not_before": letter.not_before,
                    "held_reason": held,
                    "released_by": letter.released_by,
                    "created_at": now,
                },
            )
            if letter.case_id is not None:
                name = "letter_held" if held else "letter_queued"
                add_event(self._db, letter.case_id, now, name, data={"reply": letter.reply, "reason": held})
            if held:
                self._alerts.report("letters_held", f"A letter is held: {held}", now)
        return Posted(id=id_, state=state, held_reason=held, existed=False)

    def supersede(self, case_id: int, now: datetime) -> int:
        """A newer mail arrived: automatic letters not yet on their way stay here. How many.

        A letter a person wrote is held instead: only a person takes it back.
        """
        return self._set_aside("case_id = :case_id AND state = 'queued'", "case_changed", now, case_id=case_id)

    def give_way(self, case_id: int, case_version: int, now: datetime) -> int:
        """A person moved the case: what was decided before and has not left stays here. How many.

        Letters about what happened (a parcel came) stay true and go with the case.
        """
        where = "case_id = :case_id AND state = 'queued' AND released_by = ''"
        with self._db.write():
            count = self._set_aside(where, "case_changed", now, case_id=case_id)
            self.carry_over(case_id, case_version)
        return count

    def carry_over(self, case_id: int, case_version: int) -> int:
        """A newer mail arrived and changes nothing about the letters still queued: they go with the case. How many."""
        with self._db.write():
            return self._db.execute(
                "UPDATE outbox SET case_version = :case_version WHERE case_id = :case_id AND state = 'queued'",
                case_id=case_id,
                case_version=case_version,
            )

    def claim(self, now: datetime) -> OutboxRow | None:
        """The oldest letter that is due, for this sender alone; None when there is none."""
        due = "state = 'queued' AND next_try <= :now AND (not_before IS NULL OR not_before <= :now)"
        if self._db.row(f"SELECT id FROM outbox WHERE {due} LIMIT 1", now=now) is None:
            return None
        with self._db.write():
            self._set_aside(
                f"{due} AND case_version <> (SELECT version FROM cases WHERE id = outbox.case_id)", "case_changed", now
            )
            self._hold_forbidden(due, now)
            claimed = self._db.returning(
                "UPDATE outbox SET state = 'claimed', first_try_at = COALESCE(first_try_at, :now) WHERE id ="
                f" (SELECT id FROM outbox WHERE {due} ORDER BY next_try, id LIMIT 1)"
                " AND state = 'queued' RETURNING *",
                now=now,
            )
        return read_row(claimed[0]) if claimed else None

    def get(self, outbox_id: int) -> OutboxRow:
        """One letter. Raises StoreError when there is none."""
        row = self._db.row("SELECT * FROM outbox WHERE id = :outbox_id", outbox_id=outbox_id)
        if row is None:
            raise StoreError(f"there is no letter {outbox_id} in the outbox")
        return read_row(row)

    def find(self, message_id: str) -> OutboxRow | None:
        """The letter of ours that carries this Message-ID."""
        row = self._db.row("SELECT * FROM outbox WHERE message_id = :id", id=bare_id(message_id))
        return read_row(row) if row else None

    def open(self) -> list[Row]:
        """The letters not at their end: the view ``open_outbox``."""
        return self._db.rows("SELECT * FROM open_outbox")

    def _set_aside(self, where: str, reason: str, now: datetime, **values: object) -> int:
        with self._db.write():
            moved = self._db.returning(
                "UPDATE outbox SET state = CASE automatic WHEN 1 THEN 'superseded' ELSE 'held' END,"
                " held_reason = CASE automatic WHEN 1 THEN '' ELSE :reason END"
                f" WHERE {where} RETURNING case_id, reply, state",
                reason=reason,
                now=now,
                **values,
            )
            self._note(moved, reason, now)
        return len(moved)

    def _hold_forbidden(self, due: str, now: datetime) -> None:
        rules = {
            "case_taken_over": "EXISTS (SELECT 1 FROM cases WHERE id = outbox.case_id AND held = 1)",
            "muted": "EXISTS (SELECT 1 FROM mute WHERE address = outbox.recipient AND until > :now)",
        }
        for reason, where in rules.items():
            moved = self._db.returning(
                f"UPDATE outbox SET state = 'held', held_reason = :reason WHERE {due} AND automatic = 1"
                f" AND released_by = '' AND {where} RETURNING case_id, reply, state",
                reason=reason,
                now=now,
            )
            self._note(moved, reason, now)

    def _note(self, moved: list[Row], reason: str, now: datetime) -> None:
        for row in moved:
            if row["case_id"] is not None:
                add_event(
                    self._db,
                    row["case_id"],
                    now,
                    f"letter_{row['state']}",
                    data={"reply": row["reply"], "reason": reason},
                )
            if row["state"] == OutboxState.HELD:
                self._alerts.report("letters_held", f"A letter is held: {reason}", now)


def read_row(row: Row) -> OutboxRow:
    """A database row as the type the rooms above work with."""
    plain = {name: row[name] for name in OutboxRow.__slots__}
    return OutboxRow(
        **{
            **plain,
            **{name: moment(row[name]) for name in _TIMES},
            **{name: moment_or_none(row[name]) for name in _TIMES_OR_NONE},
            "automatic": bool(row["automatic"]),
            "state": OutboxState(row["state"]),
            "evidence": Evidence(row["evidence"]) if row["evidence"] else None,
        }
    )
