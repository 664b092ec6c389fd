"""What a person typed into a letter and has not sent: one draft per person, case and answer.

A draft belongs to who typed it: it outlives a closed window, a sign-out and a case that a colleague took over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Database, Row
from bot.store.times import moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """One draft."""

    answer: str
    """which answer it belongs to: the action and what it decides, for example approve.free_repair"""
    language: str
    """of the letter; empty: the case's"""
    told: Mapping[str, object]
    """the values that were said with the action"""
    body: str
    saved_at: datetime


class Drafts:
    """The table ``draft``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(
        self,
        case_id: int,
        actor: str,
        answer: str,
        told: Mapping[str, object],
        body: str,
        now: datetime,
        language: str = "",
    ) -> None:
        """Keep this text; an older one of the same answer is replaced. Inside or outside a ``write()``."""
        with self._db.write():
            self._db.execute(
                "INSERT INTO draft (case_id, actor, answer, language, told, body, saved_at)"
                " VALUES (:case_id, :actor, :answer, :language, :told, :body, :now)"
                " ON CONFLICT (case_id, actor, answer) DO UPDATE SET language = excluded.language,"
                " told = excluded.told, body = excluded.body, saved_at = excluded.saved_at",
                case_id=case_id,
                actor=actor,
                answer=answer,
                language=language,
                told=json.dumps(dict(told), ensure_ascii=False),
                body=body,
                now=now,
            )

    def drop(self, case_id: int, actor: str, answer: str = "") -> None:
        """The letter went out, or the person wants the written one back. Without an answer: all of this case."""
        with self._db.write():
            self._db.execute(
                "DELETE FROM draft WHERE case_id = :case_id AND actor = :actor AND :answer IN ('', answer)",
                case_id=case_id,
                actor=actor,
                answer=answer,
            )

    def of(self, case_id: int, actor: str) -> dict[str, Kept]:
        """This person's drafts of a case, by answer."""
        rows = self._db.rows(
            "SELECT * FROM draft WHERE case_id = :case_id AND actor = :actor ORDER BY saved_at DESC, answer",
            case_id=case_id,
            actor=actor,
        )
        return {row["answer"]: _kept(row) for row in rows}


def _kept(row: Row) -> Kept:
    return Kept(
        answer=row["answer"],
        language=row["language"],
        told=json.loads(row["told"]),
        body=row["body"],
        saved_at=moment(row["saved_at"]),
    )
