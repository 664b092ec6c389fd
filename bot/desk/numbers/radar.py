"""Faults by model against the usual: what came in the period, what comes in as many days of an ordinary year.

A cell stands out when so many are hardly chance. While there is no ordinary year to compare with, nothing does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.desk.numbers.period import Period
from bot.desk.numbers.sums import is_unusual
from bot.store.engine import Store
from bot.store.radar import Pair

SYMPTOMS = 8  # columns of the page; the export has all
LEAST_HISTORY = 2  # periods


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One model and symptom."""

    model: str
    symptom: str
    cases: int
    usual: float | None
    """in as many days of the year before; None while there is too little of it"""
    unusual: bool
    months: tuple[int, ...]
    """cases in each of twelve calendar months, the last one last"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """The whole table."""

    models: tuple[str, ...]
    """most cases first"""
    symptoms: tuple[str, ...]
    """most cases first; what stands out always among the first"""
    cells: Mapping[Pair, Cell]
    too_young: bool
    """there is no ordinary year to compare with"""

    def at(self, model: str, symptom: str) -> Cell | None:
        """A cell; None when nothing was told of it."""
        return self.cells.get((model, symptom))

    def unusual(self, model: str) -> tuple[Cell, ...]:
        """What stands out at a model."""
        return tuple(cell for (name, _), cell in self.cells.items() if name == model and cell.unusual)

    def yearly(self) -> tuple[Cell, ...]:
        """Every cell with anything in twelve months, the fullest first."""
        return tuple(sorted(self.cells.values(), key=lambda c: (-sum(c.months), c.model, c.symptom)))


def look(store: Store, period: Period) -> Picture:
    """The table of a period."""
    now = store.radar.counts(period.span.begins, period.span.ends)
    before = store.radar.counts(period.usual.begins, period.usual.ends)
    months = store.radar.months(period.months)
    share = _share(store, period)
    cells = {
        pair: _cell(pair, now.get(pair, 0), before.get(pair, 0) * share if share else None, months)
        for pair in sorted({*now, *(pair for month in months for pair in month)})
    }
    by_model, by_symptom = Counter[str](), Counter[str]()
    for (model, symptom), cell in cells.items():
        by_model[model] += cell.cases
        by_symptom[symptom] += cell.cases
    shown = [cell for cell in cells.values() if cell.cases]
    loud = {cell.symptom for cell in shown if cell.unusual}
    return Picture(
        models=tuple(sorted({c.model for c in shown}, key=lambda m: (-by_model[m], m))),
        symptoms=tuple(sorted({c.symptom for c in shown}, key=lambda s: (s not in loud, -by_symptom[s], s))),
        cells=cells,
        too_young=share is None,
    )


def _share(store: Store, period: Period) -> float | None:
    """How much of the year before the period is: the year begins with the first case of all."""
    first = store.radar.first_case()
    if first is None:
        return None
    history = period.span.begins - max(period.usual.begins, first)
    length = timedelta(days=period.days)
    return length / history if history >= LEAST_HISTORY * length else None


def _cell(pair: Pair, cases: int, usual: float | None, months: tuple[Mapping[Pair, int], ...]) -> Cell:
    return Cell(
        model=pair[0],
        symptom=pair[1],
        cases=cases,
        usual=usual,
        unusual=usual is not None and is_unusual(cases, usual),
        months=tuple(month.get(pair, 0) for month in months),
    )
