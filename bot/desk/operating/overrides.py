"""Which checks people decide against, and for which models: where the rules can get better.

A decision counts for every check that had not passed in its case; where all had, it counts for none. Nobody's name
is in here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from bot.store.decisions import Decided
from bot.store.engine import Store
from bot.store.touched import Touched

ALL_PASSED = "all_passed"
STANDS_OUT = (3, 30)  # so many cases and percent decided otherwise


@dataclass(frozen=True, kw_only=True, slots=True)
class Overridden:
    """One check."""

    rule: str
    """as in the verdict; ALL_PASSED where every check had passed"""
    decided: int
    """cases that a person decided while it had not passed"""
    otherwise: int
    """of these, otherwise than we would have"""
    model: str
    """the one most of them were about; empty when none was overridden"""
    of_model: int

    @property
    def share(self) -> int:
        """Percent."""
        return round(100 * self.otherwise / self.decided) if self.decided else 0

    @property
    def stands_out(self) -> bool:
        """Whether somebody should look at the row."""
        return self.otherwise >= STANDS_OUT[0] and self.share >= STANDS_OUT[1]


def report(store: Store, begins: datetime, ends: datetime) -> list[Overridden]:
    """Every check that stood open in a decided case, the most overridden first."""
    by_rule, models = _by_rule(store, begins, ends)
    rows = []
    for rule, decisions in by_rule.items():
        against = {d.case_id for d in decisions if d.otherwise}
        mostly = Counter(models.get(id_, "") for id_ in against).most_common(1)
        rows.append(
            Overridden(
                rule=rule,
                decided=len({d.case_id for d in decisions}),
                otherwise=len(against),
                model=mostly[0][0] if mostly else "",
                of_model=mostly[0][1] if mostly else 0,
            )
        )
    return sorted(rows, key=lambda row: (-row.otherwise, -row.decided, row.rule))


def cases_of(store: Store, begins: datetime, ends: datetime, rule: str) -> tuple[int, ...]:
    """The ids of the cases behind ``otherwise``, the newest decision first."""
    by_rule, _ = _by_rule(store, begins, ends)
    return tuple(dict.fromkeys(d.case_id for d in reversed(by_rule.get(rule, [])) if d.otherwise))


def _by_rule(store: Store, begins: datetime, ends: datetime) -> tuple[dict[str, list[Decided]], dict[int, str]]:
    with store.read():
        judged = [d for d in store.decisions.of(begins, ends) if d.otherwise is not None]
        ids = {d.case_id for d in judged}
        touched = Touched(store.db)
        checks, models = touched.open_checks(ids), touched.models(ids)
    found: dict[str, list[Decided]] = {}
    for decision in judged:
        for rule in dict.fromkeys(checks.get(decision.case_id, (ALL_PASSED,))):
            found.setdefault(rule, []).append(decision)
    return found, models
