"""What a person did to a case, so that the same form counts once and a letter that has not left can be taken back.

The cause of a deed is its key: the same action with the same words on the case as it stood then. A deed keeps the
row of the case from before. Taking back puts exactly that row back and stops the letter, in one transaction, and only
while nothing else happened to the case: what a customer or a colleague did meanwhile is never undone.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.errors import Overtaken, TooLate
from bot.store.database import Database, Row
from bot.store.events import add_event
from bot.store.states import OutboxState
from bot.store.times import moment, moment_or_none

UNDONE = "undone"
# What a deed never changes back: the row's key, and what only ever grows.
_KEPT = ("id", "number", "version", "updated_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """A case as it stood before something was done."""

    row: Mapping[str, object]
    queued: tuple[int, ...]
    """ids of the letters that waited to go out"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """One thing a person did."""

    cause: str
    case_id: int
    actor: str
    action: str
    at: datetime
    version_after: int
    outbox_id: int | None
    told: Mapping[str, object]
    body: str | None
    """the letter as the person wrote it; None when it went out as it was drafted"""
    undone_at: datetime | None


class Deeds:
    """The table ``deed``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, cause: str) -> Deed | None:
        """What was done for this cause."""
        row = self._db.row("SELECT * FROM deed WHERE cause = :cause", cause=cause)
        return _deed(row) if row else None

    def of_letter(self, outbox_id: int) -> Deed | None:
        """What this letter went out for."""
        row = self._db.row("SELECT * FROM deed WHERE outbox_id = :id", id=outbox_id)
        return _deed(row) if row else None

    def before(self, case_id: int) -> Before:
        """The case as it stands, to be kept with what is done next."""
        row = self._db.rows("SELECT * FROM cases WHERE id = :id", id=case_id)[0]
        queued = self._db.rows("SELECT id FROM outbox WHERE case_id = :id AND state = 'queued' ORDER BY id", id=case_id)
        return Before(
            row={name: value for name, value in row.items() if name not in _KEPT},
            queued=tuple(letter["id"] for letter in queued),
        )

    def note(
        self,
        cause: str,
        case_id: int,
        version_after: int,
        action: str,
        actor: str,
        before: Before,
        now: datetime,
        *,
        told: Mapping[str, object],
        proposed: str = "",
        otherwise: bool | None = None,
        body: str | None = None,
        outbox_id: int | None = None,
    ) -> None:
        """Write down what was done, in the caller's transaction.

        ``proposed`` is the answer that was proposed first, with the question it was proposed to;
        ``otherwise`` whether this is another one.
        """
        self._db.execute(
            "INSERT INTO deed (cause, case_id, actor, action, at, version_after, outbox_id, before, gave_way, told,"
            " body, proposed, otherwise, opened_at) VALUES (:cause, :case_id, :actor, :action, :now, :version_after,"
            " :outbox_id, :before, :gave_way, :told, :body, :proposed, :otherwise,"
            " (SELECT since FROM hold WHERE case_id = :case_id AND actor = :actor AND has_it = 1))",
            cause=cause,
            case_id=case_id,
            actor=actor,
            action=action,
            now=now,
            version_after=version_after,
            outbox_id=outbox_id,
            before=json.dumps(dict(before.row), ensure_ascii=False),
            gave_way=json.dumps(before.queued),
            told=json.dumps(dict(told), ensure_ascii=False),
            body=body,
            proposed=proposed,
            otherwise=otherwise,
        )

    def undo(self, outbox_id: int, actor: str, now: datetime) -> Deed:
        """Take the letter back and put the case where it stood. Raises TooLate and Overtaken; then nothing changed."""
        with self._db.write():
            row = self._db.row("SELECT * FROM deed WHERE outbox_id = :id", id=outbox_id)
            if row is None or row["undone_at"] is not None:
                raise TooLate
            stopped = self._db.execute(
                "UPDATE outbox SET state = :gone, held_reason = '' WHERE id = :id AND state IN ('queued', 'held')"
                " AND data_started_at IS NULL",
                gone=OutboxState.SUPERSEDED,
                id=outbox_id,
            )
            if not stopped:
                raise TooLate
            self._put_back(row, now)
            self._wake(row)
            letter = self._db.value("SELECT reply FROM outbox WHERE id = :id", id=outbox_id)
            data = {"action": row["action"], "reply": letter, "after": int((now - moment(row["at"])).total_seconds())}
            add_event(self._db, row["case_id"], now, UNDONE, actor=actor, data=data)
            self._db.execute("UPDATE deed SET undone_at = :now WHERE cause = :cause", now=now, cause=row["cause"])
        return _deed({**row, "undone_at": None})

    def _put_back(self, row: Row, now: datetime) -> None:
        before = json.loads(row["before"])
        pairs = ", ".join(f"{name} = :{name}" for name in before)
        changed = self._db.execute(
            f"UPDATE cases SET {pairs}, version = version + 1, updated_at = :now"
            " WHERE id = :case_id AND version = :version_after",
            **{**before, "now": now, "case_id": row["case_id"], "version_after": row["version_after"]},
        )
        if changed:
            # Whose turn it is was put back too, and the table noted it as a new turn.
            self._db.execute(
                "UPDATE cases SET turn_since = :since WHERE id = :id", since=before["turn_since"], id=row["case_id"]
            )
        else:
            raise Overtaken("the case changed since the letter was written: it stays as it is")

    def _wake(self, row: Row) -> None:
        """The letters that gave way wait again as before; all that wait go with the case."""
        for id_ in json.loads(row["gave_way"]):
            self._db.execute(
                "UPDATE outbox SET state = 'queued', held_reason = '' WHERE id = :id AND data_started_at IS NULL"
                " AND (state = 'superseded' OR (state = 'held' AND held_reason = 'case_changed'))",
                id=id_,
            )
        self._db.execute(
            "UPDATE outbox SET case_version = (SELECT version FROM cases WHERE id = :case_id)"
            " WHERE case_id = :case_id AND state = 'queued'",
            case_id=row["case_id"],
        )


def _deed(row: Row) -> Deed:
    return Deed(
        cause=row["cause"],
        case_id=row["case_id"],
        actor=row["actor"],
        action=row["action"],
        at=moment(row["at"]),
        version_after=row["version_after"],
        outbox_id=row["outbox_id"],
        told=json.loads(row["told"]),
        body=row["body"],
        undone_at=moment_or_none(row["undone_at"]),
    )
