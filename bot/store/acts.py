"""Writing down what a person or a timer did to a case, in the caller's one transaction.

The case is changed only when it still has the version that was looked at; otherwise ``Overtaken`` is raised and
nothing of the transaction stays. Which change is allowed and what follows from it was decided before.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.model import FIELDS, Case, Details, Event, Finding, Verdict
from bot.errors import Overtaken
from bot.store.database import Database
from bot.store.events import add_event, by_edition
from bot.store.judged import columns_of, write_checks
from bot.store.merges import move_parts
from bot.store.records import Recorded
from bot.store.search import index_case

MOST_REFERENCES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Correspondent:
    """Whom a letter of a case goes to, and which mail it answers."""

    address: str
    """of the first party; empty when the case has none"""
    message_id: str
    """of that party's last mail, with angle brackets; empty when there is none"""
    references: tuple[str, ...]
    """the ids of the conversation, oldest first"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a case's details come to after a person changed them."""

    details: Details
    verdict: Verdict
    flags: tuple[str, ...]
    missing: tuple[str, ...]


class Acts:
    """The table ``cases`` and its parts, for what is not a mail."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def correspondent(self, case_id: int, never: Collection[str] = ()) -> Correspondent:
        """The first party, the last mail it wrote, and the thread so far. ``never`` are addresses of shops' forms."""
        parties = self._db.rows("SELECT address FROM party WHERE case_id = :id ORDER BY since, rowid", id=case_id)
        address = next((row["address"] for row in parties if row["address"] not in never), "")
        rows = self._db.rows(
            "SELECT message_id, received_at AS at, from_address = :address AS theirs FROM letter"
            " WHERE case_id = :id AND message_id <> '' AND automatic_rule = ''"
            " UNION ALL SELECT message_id, sent_at, 0 FROM outbox"
            " WHERE case_id = :id AND state = 'accepted' ORDER BY at",
            id=case_id,
            address=address,
        )
        theirs = [row["message_id"] for row in rows if row["theirs"]]
        return Correspondent(
            address=address,
            message_id=f"<{theirs[-1]}>" if theirs else "",
            references=tuple(f"<{row['message_id']}>" for row in rows[-MOST_REFERENCES:]),
        )

    def apply(
        self,
        case: Case,
        event: Event,
        changes: Mapping[str, Any],
        now: datetime,
        *,
        facts: Facts | None = None,
        asked: Iterable[str] = (),
        edition: int | None = None,
    ) -> Recorded:
        """Change a case and note why. ``changes`` are columns of ``cases``; ``asked`` is what the letter asks for,
        ``edition`` the one in use.

        Raises Overtaken when the case has another version than ``case``.
        """
        values: dict[str, Any] = {**changes, "updated_at": now, "edition": edition}
        if "terms" in values:
            values["terms"] = json.dumps(values["terms"], ensure_ascii=False)
        if values.get("state", case.state) != case.state:
            values["state_since"] = now
        if counted := list(asked):
            values["asked"] = json.dumps({**case.asked, **{id_: case.asked.get(id_, 0) + 1 for id_ in counted}})
        if facts is not None:
            values |= columns_of(facts.details, facts.verdict, facts.missing)
        with self._db.write():
            pairs = ", ".join(f"{name} = :{name}" for name in values)
            changed = self._db.returning(
                f"UPDATE cases SET {pairs}, version = version + 1"
                " WHERE number = :number AND version = :version RETURNING id",
                **{**values, "number": case.number, "version": case.version},
            )
            if not changed:
                raise Overtaken(self.who_was_first(case))
            case_id = int(changed[0]["id"])
            if facts is not None:
                self._write_facts(case_id, facts, now)
            data = by_edition(event.data, edition)
            add_event(self._db, case_id, now, event.name, actor=event.actor, data=data)
            index_case(self._db, case_id)
        return Recorded(case_id=case_id, number=case.number, version=case.version + 1, letter_id=0)

    def who_was_first(self, case: Case) -> str:
        """What overtook the one who looked at this version of the case, in words for him."""
        row = self._db.row(
            "SELECT e.at, e.actor, e.name FROM event e JOIN cases c ON c.id = e.case_id WHERE c.number = :number"
            " AND e.name NOT LIKE 'letter_%' ORDER BY e.id DESC LIMIT 1",
            number=case.number,
        )
        what = f": {row['name'].replace('_', ' ')} by {row['actor']} at {row['at']}" if row else ""
        return f"case {case.number} changed since you looked at it{what}. Look at it again before you decide."

    def correct(self, case_id: int, finding: Finding, actor: str, because: str, now: datetime) -> None:
        """Note one correction; that it counts is written with the details."""
        with self._db.write():
            self._db.insert(
                "correction",
                {
                    "case_id": case_id,
                    "at": now,
                    "actor": actor,
                    "field": finding.field,
                    "value": finding.value,
                    "gone": not finding.confidence,
                    "because": because,
                },
            )

    def merge(self, gone: int, into: int) -> int:
        """Move mails, parties and letters of ``gone`` to ``into``; by how much its mails' numbers grew."""
        with self._db.write():
            step = move_parts(self._db, gone, into)
            for case_id in (gone, into):
                index_case(self._db, case_id)
        return step

    def _write_facts(self, case_id: int, facts: Facts, now: datetime) -> None:
        counting = {
            (f.letter, f.field, f.value, f.place, f.start, f.end)
            for name in FIELDS
            for f in facts.details.all(name)
            if f.place != "staff"
        }
        rows = self._db.rows("SELECT * FROM finding WHERE case_id = :id", id=case_id)
        for row in rows:
            key = (
                row["letter_number"], row["field"], row["value"], row["place"], row["span_start"], row["span_end"],
            )  # fmt: skip
            counts = key in counting
            if bool(row["counts"]) != counts:
                self._db.execute("UPDATE finding SET counts = :counts WHERE id = :id", id=row["id"], counts=counts)
        self._write_checks(case_id, facts.verdict)
        before = {row["flag"] for row in self._db.rows("SELECT flag FROM flag WHERE case_id = :id", id=case_id)}
        words = {finding.value: finding.words for finding in facts.details.all("flag")}
        for flag in before - set(facts.flags):
            self._db.execute("DELETE FROM flag WHERE case_id = :id AND flag = :flag", id=case_id, flag=flag)
        for flag in set(facts.flags) - before:
            self._db.execute(
                "INSERT INTO flag (case_id, flag, since, words) VALUES (:id, :flag, :now, :words)",
                id=case_id,
                flag=flag,
                now=now,
                words=words.get(flag, ""),
            )

    def _write_checks(self, case_id: int, verdict: Verdict) -> None:
        """The checks of the newest mail, as they come out now; those of earlier mails stay as they were."""
        letter_id = self._db.value("SELECT max(id) FROM letter WHERE case_id = :id AND number IS NOT NULL", id=case_id)
        if letter_id is None:
            return
        self._db.execute("DELETE FROM checks WHERE letter_id = :letter_id", letter_id=letter_id)
        write_checks(self._db, case_id, letter_id, verdict)
