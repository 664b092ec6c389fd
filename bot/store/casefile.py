"""One case as a person at the desk reads it: its mails with their files, what happened since, and cases beside it.

Only reading. What a decision needs of a case is ``cases.snapshot``; here is what eyes need.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from typing import Any

from bot.store.database import Database, Row
from bot.store.lookups import BLANK

MOST_OTHERS = 12
RECENT = 20_000
"""findings that are looked through for the same fault: some weeks of a busy desk"""
# Why another case stands beside this one -> the cases it has in common something with. ``:id`` is this case.
BESIDE = {
    "customer": "SELECT p.case_id AS id FROM party p WHERE p.case_id <> :id"
    " AND p.address IN (SELECT address FROM party WHERE case_id = :id)",
    "order": "SELECT f.case_id AS id FROM finding f WHERE f.field = 'order_number' AND f.confidence >= 0.5"
    " AND f.case_id <> :id AND f.value IN (SELECT value FROM finding WHERE case_id = :id"
    " AND field = 'order_number' AND confidence >= 0.5 AND counts = 1)",
    "photo": "SELECT l.case_id AS id FROM attachment t JOIN letter l ON l.id = t.letter_id"
    " WHERE l.case_id <> :id AND (t.sha256 IN (SELECT value FROM json_each(:files))"
    " OR json_extract(t.look, '$.picture_hash') IN (SELECT value FROM json_each(:prints)))",
    "linked": "SELECT id FROM cases WHERE linked_to = :id OR merged_into = :id"
    " UNION SELECT linked_to FROM cases WHERE id = :id UNION SELECT merged_into FROM cases WHERE id = :id",
}


class CaseFile:
    """Questions about one case."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def mails(self, case_id: int) -> list[Row]:
        """The mails that came, oldest first, each with its ``files``; ``look`` is opened."""
        mails = self._db.rows(
            "SELECT l.id, l.number, l.from_address, l.from_name, l.subject, l.own_words, l.quoted, l.language, l.kind,"
            " l.received_at, l.automatic_rule, l.automatic_reason, a.raw_sha256 FROM letter l"
            " LEFT JOIN arrival a ON a.id = l.arrival_id WHERE l.case_id = :id ORDER BY l.received_at, l.id",
            id=case_id,
        )
        files = self._db.rows(
            "SELECT t.* FROM attachment t JOIN letter l ON l.id = t.letter_id WHERE l.case_id = :id"
            " ORDER BY t.letter_id, t.place",
            id=case_id,
        )
        for mail in mails:
            mail["files"] = [_opened(file) for file in files if file["letter_id"] == mail["id"]]
        return mails

    def letters(self, case_id: int) -> list[Row]:
        """Our letters, oldest first."""
        return self._db.rows(
            "SELECT id, reply, language, recipient, subject, body_text, automatic, state, held_reason, released_by,"
            " not_before, created_at, data_started_at, sent_at, bounced_at, smtp_text FROM outbox"
            " WHERE case_id = :id ORDER BY id",
            id=case_id,
        )

    def attachment(self, attachment_id: int) -> Row | None:
        """One attached file and the number of its case."""
        row = self._db.row(
            "SELECT t.*, l.case_id, (SELECT number FROM cases WHERE id = l.case_id) AS case_number"
            " FROM attachment t JOIN letter l ON l.id = t.letter_id WHERE t.id = :id",
            id=attachment_id,
        )
        return _opened(row) if row else None

    def mail(self, letter_id: int) -> Row | None:
        """One mail with the whole of its text, and the hash of its original."""
        return self._db.row(
            "SELECT l.*, a.raw_sha256, a.size, (SELECT number FROM cases WHERE id = l.case_id) AS case_number"
            " FROM letter l LEFT JOIN arrival a ON a.id = l.arrival_id WHERE l.id = :id",
            id=letter_id,
        )

    def last_event(self, case_id: int) -> int:
        """The id of the last thing that happened."""
        return int(self._db.value("SELECT COALESCE(max(id), 0) FROM event WHERE case_id = :id", id=case_id))

    def since(self, case_id: int, event_id: int) -> list[Row]:
        """What happened after an event, oldest first; ``data`` is opened."""
        rows = self._db.rows(
            "SELECT id, at, actor, name, data FROM event WHERE case_id = :id AND id > :event_id ORDER BY id",
            id=case_id,
            event_id=event_id,
        )
        return [{**row, "data": json.loads(row["data"])} for row in rows]

    def at(self, case_id: int, event_id: int) -> str:
        """When an event of this case was; empty when there is none."""
        at = self._db.value(
            "SELECT at FROM event WHERE case_id = :id AND id = :event_id", id=case_id, event_id=event_id
        )
        return str(at or "")

    def mails_since(self, case_id: int, at: str) -> list[Row]:
        """The customer's mails that came in after a moment, oldest first."""
        return self._db.rows(
            "SELECT from_name, from_address, own_words, received_at FROM letter WHERE case_id = :id"
            " AND automatic_rule = '' AND received_at > :at ORDER BY id",
            id=case_id,
            at=at,
        )

    def others(self, case_id: int) -> list[Row]:
        """Cases beside this one, the newest first, with ``why`` (ids of BESIDE) each."""
        shown = self._db.rows(
            "SELECT t.sha256, json_extract(t.look, '$.picture_hash') AS print FROM attachment t"
            " JOIN letter l ON l.id = t.letter_id WHERE l.case_id = :id"
            " AND json_extract(t.look, '$.kind') IN ('photo', 'video')",
            id=case_id,
        )
        values: dict[str, Any] = {
            "id": case_id,
            "files": json.dumps([row["sha256"] for row in shown if row["sha256"]]),
            "prints": json.dumps([row["print"] for row in shown if row["print"] not in (None, *BLANK)]),
        }
        why: dict[int, list[str]] = {}
        for reason, sql in BESIDE.items():
            named = {name: value for name, value in values.items() if f":{name}" in sql}
            for row in self._db.rows(f"SELECT DISTINCT id FROM ({sql}) WHERE id IS NOT NULL LIMIT 50", **named):
                why.setdefault(row["id"], []).append(reason)
        rows = self._db.rows(
            "SELECT c.id, c.number, c.state, c.service, c.model, c.opened_at,"
            " (SELECT from_name FROM letter WHERE case_id = c.id AND from_name <> '' ORDER BY id LIMIT 1) AS customer"
            " FROM cases c WHERE c.id IN (SELECT value FROM json_each(:ids)) ORDER BY c.id DESC LIMIT :most",
            ids=json.dumps(list(why)),
            most=MOST_OTHERS,
        )
        return [{**row, "why": why[row["id"]]} for row in rows]

    def same_fault(self, case_id: int, model: str, symptoms: list[str]) -> list[Row]:
        """The newest cases with the same fault on the same model."""
        if not model or not symptoms:
            return []
        return self._db.rows(
            "SELECT DISTINCT c.id, c.number, c.state, c.service, c.model, c.opened_at FROM finding f"
            " JOIN cases c ON c.id = f.case_id WHERE f.field = 'symptom' AND f.value IN"
            " (SELECT value FROM json_each(:symptoms)) AND f.id > (SELECT max(id) FROM finding) - :recent"
            " AND c.model = :model AND c.id <> :id AND f.counts = 1 ORDER BY c.id DESC LIMIT 3",
            symptoms=json.dumps(symptoms),
            model=model,
            id=case_id,
            recent=RECENT,
        )


def _opened(file: Row) -> Row:
    return {**file, "look": json.loads(file["look"]) if file["look"] else {}}
