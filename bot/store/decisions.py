"""What people decided and what stood with the case before: the numbers from which rules get better.

Nobody's name is read here: a decision is looked at, never who made it.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.warranty.proposal import DECISIONS
from bot.store.database import Database
from bot.store.figures import Span

_NAMES = ", ".join(f"'{name}'" for name in DECISIONS)
# What a person can correct and a finder reads; a mark is set by a person and never a wrong reading.
READ = "field <> 'flag'"
# The answers that followed a proposal, or took another way.
_PROPOSED = "proposed = :proposed AND at >= :begins AND at < :ends AND otherwise IS NOT NULL AND undone_at IS NULL"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """One decision of a person."""

    case_id: int
    action: str
    what: str
    """the service that was approved, the reason of a refusal; else empty"""
    doubt: str
    """the question that was put to staff"""
    otherwise: bool | None
    """than was proposed first; None where that says nothing about us"""
    late: bool
    """after the day the customer was promised"""
    seconds: int | None
    """from opening the case to deciding; None when it was not opened at the desk"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Corrected:
    """How often one kind of detail was read, and corrected by a person."""

    field: str
    read: int
    corrected: int


class Decisions:
    """The table ``deed`` and what belongs to it; reads only."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, begins: datetime, ends: datetime) -> tuple[Decided, ...]:
        """The decisions of a stretch of time that were not taken back, oldest first."""
        rows = self._db.rows(
            "SELECT d.case_id, d.action, json_extract(d.told, '$.service') AS granted,"
            " json_extract(d.told, '$.reason') AS reason, d.otherwise,"
            " json_extract(d.before, '$.doubt_id') AS doubt,"
            " substr(d.at, 1, 10) > json_extract(d.before, '$.answer_by') AS late,"
            " strftime('%s', d.at) - strftime('%s', d.opened_at) AS seconds FROM deed d"
            " WHERE d.at >= :begins AND d.at < :ends AND d.actor <> 'bot' AND d.undone_at IS NULL"
            f" AND d.action IN ({_NAMES}) ORDER BY d.at, d.rowid",
            begins=begins,
            ends=ends,
        )
        return tuple(
            Decided(
                case_id=row["case_id"],
                action=row["action"],
                what=row["granted"] or row["reason"] or "",
                doubt=row["doubt"] or "",
                otherwise=None if row["otherwise"] is None else bool(row["otherwise"]),
                late=bool(row["late"]),
                seconds=row["seconds"],
            )
            for row in rows
        )

    def agreed(self, proposed: str, span: Span) -> tuple[int, int]:
        """In how many cases this first answer was followed, of how many in which it or another one was given."""
        rows = self._db.rows(
            "SELECT count(DISTINCT case_id) AS cases, count(DISTINCT CASE WHEN otherwise THEN case_id END) AS instead"
            f" FROM deed WHERE {_PROPOSED}",
            **span.values,
            proposed=proposed,
        )
        return rows[0]["cases"] - rows[0]["instead"], rows[0]["cases"]

    def proposed_cases(self, proposed: str, span: Span) -> tuple[int, ...]:
        """The ids of those cases, newest decision first."""
        rows = self._db.rows(
            f"SELECT case_id, max(at) AS last FROM deed WHERE {_PROPOSED} GROUP BY case_id ORDER BY last DESC, case_id",
            **span.values,
            proposed=proposed,
        )
        return tuple(row["case_id"] for row in rows)

    def corrected(self, span: Span) -> tuple[Corrected, ...]:
        """Of each kind of detail: in how many cases of the period it was read, and in how many it was corrected."""
        rows = self._db.rows(
            "SELECT f.field, count(DISTINCT f.case_id) AS read, count(DISTINCT r.case_id) AS corrected FROM cases c"
            " CROSS JOIN finding f ON f.case_id = c.id"
            " LEFT JOIN correction r ON r.case_id = f.case_id AND r.field = f.field"
            f" WHERE c.opened_at >= :begins AND c.opened_at < :ends AND f.{READ}"
            " GROUP BY f.field HAVING corrected > 0 ORDER BY corrected * 1.0 / read DESC, f.field",
            **span.values,
        )
        return tuple(Corrected(**row) for row in rows)

    def corrected_cases(self, span: Span, field: str) -> tuple[int, ...]:
        """The ids of the cases of the period in which this kind of detail was corrected, newest first."""
        rows = self._db.rows(
            "SELECT DISTINCT c.id, c.opened_at FROM cases c JOIN correction r ON r.case_id = c.id"
            " JOIN finding f ON f.case_id = c.id AND f.field = r.field"
            " WHERE c.opened_at >= :begins AND c.opened_at < :ends AND r.field = :field"
            " ORDER BY c.opened_at DESC, c.id DESC",
            **span.values,
            field=field,
        )
        return tuple(row["id"] for row in rows)
