"""What became of a letter given to a sender: accepted, to be tried again, failed, or unknown.

Between the server's acceptance and our own note of it nobody can know. So "payload started" is committed before
the payload leaves; a letter whose fate is open after that is settled by evidence, or shown to a person, never sent
blindly again.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.warranty.answer import working_days_after
from bot.errors import Overtaken
from bot.store.database import Database
from bot.store.events import Alerts, add_event
from bot.store.outbox import OutboxRow, bare_id, read_row
from bot.store.states import OUTBOX_MOVES, Evidence, OutboxState

# wait before the next try; the last one repeats
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60))
GIVE_UP_AFTER = timedelta(days=5)
UNKNOWN_FOR = timedelta(minutes=30)
GOOD_POLLS = 3
SETTLED_IN = 1  # working days until a person has seen to a letter that did not arrive


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """What a start found in the hands of a sender that is gone."""

    queued: int
    unknown: int


class Delivery:
    """The table ``outbox``: from a sender's hands to the end."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._alerts = Alerts(db)

    def data_started(self, outbox_id: int, now: datetime) -> None:
        """The payload leaves next. Committed before it does. Raises Overtaken."""
        with self._db.write():
            self._move(outbox_id, OutboxState.DATA_STARTED, {"data_started_at": now})

    def accepted(self, outbox_id: int, now: datetime, code: int, text: str) -> None:
        """The server took the letter over (2xx after the payload)."""
        with self._db.write():
            row = self._move(outbox_id, OutboxState.ACCEPTED, {"sent_at": now, "smtp_code": code, "smtp_text": text})
            self._tell(row, "letter_sent", now)

    def retry(self, outbox_id: int, now: datetime, code: int, text: str) -> OutboxState:
        """Not now (4xx, no connection): queued for later, or failed after five days of trying."""
        with self._db.write():
            row = self._get(outbox_id)
            later = now + BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)]
            if later > (row.first_try_at or now) + GIVE_UP_AFTER:
                self.failed(outbox_id, now, code, text)
                return OutboxState.FAILED
            self._move(
                outbox_id,
                OutboxState.QUEUED,
                {"attempts": row.attempts + 1, "next_try": later, "smtp_code": code, "smtp_text": text},
            )
        return OutboxState.QUEUED

    def failed(self, outbox_id: int, now: datetime, code: int, text: str) -> None:
        """Refused for good (5xx): a person must find another way."""
        with self._db.write():
            row = self._move(outbox_id, OutboxState.FAILED, {"smtp_code": code, "smtp_text": text})
            self._tell(row, "letter_failed", now, {"code": code, "text": text})
            self._hand_to_staff(row.case_id, now)
            self._alerts.report("letters_failed", f"A letter was refused: {code} {text}", now)

    def unknown(self, outbox_id: int, now: datetime, text: str) -> None:
        """The payload may have been accepted, the answer never came."""
        with self._db.write():
            row = self._move(outbox_id, OutboxState.UNKNOWN, {"unknown_at": now, "good_polls": 0, "smtp_text": text})
            self._tell(row, "letter_unknown", now)

    def awaiting_evidence(self) -> tuple[OutboxRow, ...]:
        """The letters whose fate is unknown: look for their Message-ID in Sent and for their echo."""
        return tuple(
            read_row(row)
            for row in self._db.rows("SELECT * FROM outbox WHERE state = 'unknown' ORDER BY unknown_at, id")
        )

    def evidence(self, message_id: str, kind: Evidence, now: datetime) -> OutboxRow | None:
        """Something proves that the letter with this Message-ID left us; the row, None when it is not ours.

        A letter whose payload never started is left as it is: nothing can prove what did not happen.
        """
        with self._db.write():
            found = self._db.row("SELECT * FROM outbox WHERE message_id = :id", id=bare_id(message_id))
            if found is None:
                return None
            row = read_row(found)
            if row.data_started_at is None or row.evidence is not None:
                return row
            proof: dict[str, object] = {"evidence": kind, "evidence_at": now}
            if OutboxState.ACCEPTED in OUTBOX_MOVES[row.state]:
                proof |= {"sent_at": row.data_started_at, "held_reason": ""}
                row = self._move(row.id, OutboxState.ACCEPTED, proof)
                self._tell(row, "letter_sent", now, {"evidence": kind})
            elif row.state == OutboxState.ACCEPTED:
                row = self._set(row.id, proof)
        return row

    def hold_unknown(self, now: datetime) -> tuple[OutboxRow, ...]:
        """Give letters without evidence to staff, 30 minutes and three good polls after they became unknown."""
        with self._db.write():
            late = self._db.rows(
                "SELECT id FROM outbox WHERE state = 'unknown' AND unknown_at <= :before AND good_polls >= :polls",
                before=now - UNKNOWN_FOR,
                polls=GOOD_POLLS,
            )
            held = tuple(self._move(row["id"], OutboxState.HELD, {"held_reason": "maybe_sent"}) for row in late)
            for row in held:
                self._tell(row, "letter_held", now, {"reason": "maybe_sent"})
                self._alerts.report("letters_held", "A letter was perhaps sent, nothing proves it", now)
        return held

    def release(self, outbox_id: int, now: datetime, actor: str) -> None:
        """A person decided that a held or failed letter shall be sent, to the case as it stands now."""
        with self._db.write():
            self._require(outbox_id, OutboxState.HELD, OutboxState.FAILED)
            row = self._move(
                outbox_id,
                OutboxState.QUEUED,
                {
                    "held_reason": "",
                    "released_by": actor,
                    "attempts": 0,
                    "first_try_at": None,
                    "next_try": now,
                    "case_version": self._version_of(self._get(outbox_id).case_id),
                },
            )
            self._tell(row, "letter_released", now, actor=actor)

    def discard(self, outbox_id: int, now: datetime, actor: str) -> None:
        """A person decided that a held letter shall never be sent; it stays where it can be read.

        If the customer would now wait for nothing, because nothing else was written, the case goes to staff.
        """
        with self._db.write():
            self._require(outbox_id, OutboxState.HELD)
            row = self._move(outbox_id, OutboxState.SUPERSEDED, {"held_reason": ""})
            self._tell(row, "letter_discarded", now, actor=actor)
            other = self._db.row(
                "SELECT 1 FROM outbox WHERE case_id = :case_id AND id > :id AND state NOT IN ('superseded', 'held')",
                case_id=row.case_id,
                id=row.id,
            )
            if other is None:
                self._hand_to_staff(row.case_id, now)

    def mark_sent(self, outbox_id: int, now: datetime, actor: str) -> None:
        """A person knows that a letter which was perhaps sent did arrive. Raises Overtaken for every other letter."""
        with self._db.write():
            row = self._require(outbox_id, OutboxState.HELD)
            if row.data_started_at is None:
                raise Overtaken(f"letter {outbox_id} was not perhaps sent")
            proof = {"evidence": Evidence.STAFF, "evidence_at": now, "sent_at": row.data_started_at, "held_reason": ""}
            row = self._move(outbox_id, OutboxState.ACCEPTED, proof)
            self._tell(row, "letter_sent", now, {"evidence": Evidence.STAFF}, actor=actor)

    def recover(self, now: datetime) -> Recovered:
        """At start, before anything is sent: nothing had left for ``claimed``, nobody knows for ``data_started``."""
        with self._db.write():
            claimed = self._ids(OutboxState.CLAIMED)
            started = self._ids(OutboxState.DATA_STARTED)
            for id_ in claimed:
                self._move(id_, OutboxState.QUEUED, {"next_try": now})
            for id_ in started:
                self.unknown(id_, now, "stopped in the middle of sending")
        return Recovered(queued=len(claimed), unknown=len(started))

    def bounced(self, message_id: str, now: datetime, reason: str) -> OutboxRow | None:
        """A delivery report says that this letter did not arrive; the row, None when it is not ours."""
        with self._db.write():
            row = self.evidence(message_id, Evidence.DELIVERY_REPORT, now)
            if row is None or row.data_started_at is None:
                return row
            row = self._set(row.id, {"bounced_at": now})
            self._tell(row, "letter_bounced", now, {"reason": reason})
            self._hand_to_staff(row.case_id, now)
        return row

    def _ids(self, state: OutboxState) -> list[int]:
        return [
            row["id"] for row in self._db.rows("SELECT id FROM outbox WHERE state = :state ORDER BY id", state=state)
        ]

    def _get(self, outbox_id: int) -> OutboxRow:
        row = self._db.row("SELECT * FROM outbox WHERE id = :outbox_id", outbox_id=outbox_id)
        if row is None:
            raise Overtaken(f"there is no letter {outbox_id} in the outbox")
        return read_row(row)

    def _require(self, outbox_id: int, *states: OutboxState) -> OutboxRow:
        """The letter, still where the person saw it."""
        row = self._get(outbox_id)
        if row.state not in states:
            raise Overtaken(f"letter {outbox_id} is {row.state}: somebody settled it already")
        return row

    def _move(self, outbox_id: int, state: OutboxState, changes: Mapping[str, object]) -> OutboxRow:
        before = self._get(outbox_id)
        if state not in OUTBOX_MOVES[before.state]:
            raise Overtaken(f"letter {outbox_id} is {before.state}, it cannot become {state}")
        return self._set(outbox_id, {**changes, "state": state})

    def _set(self, outbox_id: int, changes: Mapping[str, object]) -> OutboxRow:
        pairs = ", ".join(f"{name} = :{name}" for name in changes)
        sql = f"UPDATE outbox SET {pairs} WHERE id = :outbox_id RETURNING *"
        return read_row(self._db.returning(sql, outbox_id=outbox_id, **changes)[0])

    def _version_of(self, case_id: int | None) -> int | None:
        version: int | None = self._db.value("SELECT version FROM cases WHERE id = :case_id", case_id=case_id)
        return version

    def _hand_to_staff(self, case_id: int | None, now: datetime) -> None:
        """A person finds another way, by the day that was promised already or else on the next working day."""
        self._db.execute(
            "UPDATE cases SET next_actor = 'staff', answer_by = COALESCE(answer_by, :day), updated_at = :now"
            " WHERE id = :case_id",
            day=working_days_after(now.date(), SETTLED_IN),
            case_id=case_id,
            now=now,
        )

    def _tell(
        self, row: OutboxRow, name: str, now: datetime, data: Mapping[str, object] | None = None, actor: str = "bot"
    ) -> None:
        if row.case_id is not None:
            add_event(self._db, row.case_id, now, name, actor=actor, data={"reply": row.reply, **(data or {})})
