"""Faults by model: how often a symptom was told of a model, now, before, and month by month.

A symptom counts once a case, and only where the reader was sure of it; a case about two models counts for both.
CROSS JOIN keeps the order of reading: first the cases of the time, then what was found in each.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.store.database import Database
from bot.store.figures import Span
from bot.store.times import moment_or_none

VAGUE = "vague"  # "it is broken" says nothing about the fault
# Exactly what the index is made for.
_TOLD = (
    "finding f INDEXED BY finding_symptom ON f.case_id = c.id AND f.field = 'symptom' AND f.counts = 1"
    f" AND f.confidence >= 0.5 AND f.value <> '{VAGUE}'"
)
_KNOWN = "c.model <> '' AND c.opened_at"
Pair = tuple[str, str]


class Radar:
    """The tables ``cases`` and ``finding``; reads only."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def counts(self, begins: datetime, ends: datetime) -> dict[Pair, int]:
        """(model, symptom) -> cases opened in that time."""
        rows = self._db.rows(
            "SELECT c.model, f.value AS symptom, count(DISTINCT c.id) AS cases FROM cases c"
            f" CROSS JOIN {_TOLD} WHERE {_KNOWN} >= :begins AND c.opened_at < :ends GROUP BY 1, 2",
            begins=begins,
            ends=ends,
        )
        return _each_model(((row["model"], row["symptom"]), row["cases"]) for row in rows)

    def months(self, spans: Sequence[Span]) -> tuple[Mapping[Pair, int], ...]:
        """The same for each of these stretches, which follow one another."""
        if not spans:
            return ()
        # One reading of the whole time: which stretch a case belongs to is said by where the next one begins.
        ends = {f"end_{n}": span.ends for n, span in enumerate(spans)}
        which = " ".join(f"WHEN c.opened_at < :end_{n} THEN {n}" for n in range(len(spans)))
        rows = self._db.rows(
            f"SELECT CASE {which} END AS n, c.model, f.value AS symptom, count(DISTINCT c.id) AS cases FROM cases c"
            f" CROSS JOIN {_TOLD} WHERE {_KNOWN} >= :begins AND c.opened_at < :end_{len(spans) - 1}"
            " GROUP BY 1, 2, 3",
            begins=spans[0].begins,
            **ends,
        )
        return tuple(
            _each_model(((row["model"], row["symptom"]), row["cases"]) for row in rows if row["n"] == n)
            for n in range(len(spans))
        )

    def first_case(self) -> datetime | None:
        """When the first case of all was opened: before that nothing was usual."""
        return moment_or_none(self._db.value("SELECT min(opened_at) FROM cases"))


def _each_model(rows: Iterable[tuple[Pair, int]]) -> dict[Pair, int]:
    counted: dict[Pair, int] = {}
    for (models, symptom), cases in rows:
        for model in models.split(", "):
            counted[model, symptom] = counted.get((model, symptom), 0) + cases
    return counted
