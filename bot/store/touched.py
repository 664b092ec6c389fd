"""Which cases a row of the policy or a letter touched, for the people who own them; reads only.

A check counts as it stood after the last mail of its case. Nobody's name is read but the customer's.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Database
from bot.store.views import CUSTOMER, NAME

MOST = 500
_LAST = "k.letter_id = (SELECT max(letter_id) FROM checks WHERE case_id = c.id)"
_CHECKED = f"EXISTS (SELECT 1 FROM checks k WHERE k.case_id = c.id AND {_LAST} AND k.outcome <> 'passed' AND "
# Kind of a row -> the cases it touches.
WHERE: Mapping[str, str] = {
    "service": f"(c.service = :id OR {_CHECKED} k.rule LIKE :id || '.%'))",
    "exclusion": f"{_CHECKED} k.rule = 'exclusion.' || :id)",
    "open_question": f"{_CHECKED} k.rule = 'open_question.' || :id)",
    "required": "EXISTS (SELECT 1 FROM json_each(c.asked) a WHERE a.key = :id)",
    "platform": "c.platform = :id",
    "model": "', ' || c.model || ',' LIKE '%, ' || :id || ',%'",
    "rule": f"{_CHECKED} k.rule = :id)",
}
_RECENT = "c.updated_at >= :since"
# Kind of a row -> how many cases each of them touched.
SUMS: Mapping[str, str] = {
    "service": f"SELECT service AS id, count(*) AS n FROM cases c WHERE {_RECENT} AND service <> '' GROUP BY 1",
    "platform": f"SELECT platform AS id, count(*) AS n FROM cases c WHERE {_RECENT} AND platform <> '' GROUP BY 1",
    "model": f"SELECT model AS id, count(*) AS n FROM cases c WHERE {_RECENT} AND model <> '' GROUP BY 1",
    "required": f"SELECT a.key AS id, count(*) AS n FROM cases c, json_each(c.asked) a WHERE {_RECENT} GROUP BY 1",
    "rule": f"""SELECT k.rule AS id, count(DISTINCT k.case_id) AS n FROM cases c, checks k
        WHERE {_RECENT} AND k.case_id = c.id AND {_LAST} AND k.outcome <> 'passed' GROUP BY 1""",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A case as a choice in a list."""

    number: str
    customer: str
    model: str
    language: str


class Touched:
    """Questions over the tables of cases."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def cases_of(self, kind: str, id_: str, since: datetime) -> tuple[int, ...]:
        """The ids of the cases that changed since then and that the row touched, the newest first, at most MOST."""
        rows = self._db.rows(
            f"SELECT c.id FROM cases c WHERE c.updated_at >= :since AND {WHERE[kind]}"
            f" ORDER BY c.opened_at DESC, c.id DESC LIMIT {MOST}",
            id=id_,
            since=since,
        )
        return tuple(row["id"] for row in rows)

    def counts(self, since: datetime) -> dict[tuple[str, str], int]:
        """(kind, id) of a row -> how many cases it touched since then; rows that touched none are not in here."""
        found: dict[tuple[str, str], int] = {}
        for kind, sql in SUMS.items():
            for row in self._db.rows(sql, since=since):
                found[_row_of(row["id"]) if kind == "rule" else (kind, row["id"])] = row["n"]
        return found

    def cases_for_letter(self, reply: str, most: int) -> list[Shown]:
        """Cases that got this letter, then others, the newest first."""
        ids = [
            *self._ids(
                "SELECT case_id AS id FROM outbox WHERE reply = :reply ORDER BY id DESC LIMIT :most", reply, most
            ),
            *self._ids("SELECT id FROM cases WHERE :reply <> '' ORDER BY updated_at DESC LIMIT :most", reply, most),
        ]
        rows = self._db.rows(
            f"SELECT c.number, {NAME} AS customer, {CUSTOMER} AS address, c.model, c.language"
            " FROM json_each(:ids) w JOIN cases c ON c.id = w.value ORDER BY w.key",
            ids=json.dumps(list(dict.fromkeys(ids))[:most]),
        )
        return [
            Shown(
                number=row["number"],
                customer=row["customer"] or row["address"] or "",
                model=row["model"],
                language=row["language"],
            )
            for row in rows
        ]

    def _ids(self, sql: str, reply: str, most: int) -> list[int]:
        return [row["id"] for row in self._db.rows(sql, reply=reply, most=most) if row["id"]]

    def sent(self, since: datetime) -> dict[str, int]:
        """Letter -> how often it was sent since then."""
        rows = self._db.rows("SELECT reply, count(*) AS n FROM outbox WHERE sent_at >= :since GROUP BY 1", since=since)
        return {row["reply"]: row["n"] for row in rows}

    def open_checks(self, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
        """Case -> the checks that did not pass after its last mail."""
        rows = self._db.rows(
            "SELECT k.case_id, k.rule FROM json_each(:ids) w JOIN cases c ON c.id = w.value JOIN checks k"
            f" ON k.case_id = c.id WHERE {_LAST} AND k.outcome <> 'passed' ORDER BY k.id",
            ids=json.dumps(sorted(ids)),
        )
        found: dict[int, tuple[str, ...]] = {}
        for row in rows:
            found[row["case_id"]] = (*found.get(row["case_id"], ()), row["rule"])
        return found

    def models(self, ids: Collection[int]) -> dict[int, str]:
        """Case -> its model; empty where none is known."""
        sql = "SELECT c.id, c.model FROM json_each(:ids) w JOIN cases c ON c.id = w.value"
        return {row["id"]: row["model"] for row in self._db.rows(sql, ids=json.dumps(sorted(ids)))}


def _row_of(rule: str) -> tuple[str, str]:
    """``exclusion.water_damage`` -> its row; a check of a service belongs to the service."""
    kind, _, id_ = rule.partition(".")
    return (kind, id_) if kind in ("exclusion", "open_question") else ("rule", rule)
