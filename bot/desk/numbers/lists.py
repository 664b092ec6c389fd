"""The cases behind a number: exactly those that were counted, by the same reading of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.desk.numbers.board import ANSWERED, NOT_YET, TOOK, stretch_of
from bot.desk.numbers.period import Period
from bot.store.decisions import Decided
from bot.store.engine import Store
from bot.store.figures import LISTS

# name of a list -> which decisions it is about, given its value
DECIDED: dict[str, Callable[[Decided, str], bool]] = {
    "decided": lambda d, _: d.otherwise is not None,
    "otherwise": lambda d, _: bool(d.otherwise),
    "late": lambda d, _: d.late,
    "took": lambda d, name: d.seconds is not None and stretch_of(d.seconds, TOOK) == name,
    "timed": lambda d, _: d.seconds is not None,
    "doubt": lambda d, doubt: d.otherwise is not None and d.doubt == doubt,
    "doubt_otherwise": lambda d, doubt: bool(d.otherwise) and d.doubt == doubt,
}
NAMES = (*LISTS, "mails", "answered", "corrected", "proposed", *DECIDED)
# Lists that are about one thing of a kind, and what values it has where that is a closed list.
VALUES: dict[str, Sequence[str]] = {"answered": (*ANSWERED, NOT_YET), "took": tuple(TOOK)}


def cases_of(store: Store, period: Period, name: str, value: str = "") -> tuple[int, ...]:
    """The ids of the cases of a list, newest first. Raises KeyError for a list that is none."""
    if name in DECIDED:
        chosen = DECIDED[name]
        decisions = store.decisions.of(period.span.begins, period.span.ends)
        return tuple(dict.fromkeys(d.case_id for d in reversed(decisions) if chosen(d, value)))
    if name == "corrected":
        return store.decisions.corrected_cases(period.span, value)
    if name == "proposed":
        return store.decisions.proposed_cases(value, period.span)
    if name == "answered":
        return tuple(a.case_id for a in reversed(store.figures.answers(period.span)) if _stretch(a.seconds) == value)
    if name not in NAMES:
        raise KeyError(name)
    return store.figures.cases_of(name, period.span, value)


def _stretch(seconds: int | None) -> str:
    return NOT_YET if seconds is None else stretch_of(max(seconds, 0), ANSWERED)
