"""Everything the numbers are made of, gathered once for a period: the page, the export and the API say the same.

Cases are counted in the period they were opened in, decisions in the period they were made in. A case that was
decided twice is one case. Nobody is counted: a decision has no name in here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk.numbers import radar
from bot.desk.numbers.period import Period
from bot.desk.numbers.sums import quantile, share
from bot.store.decisions import Corrected, Decided
from bot.store.engine import Store
from bot.store.figures import Account, Answer, Part, Span

HALF, MOST = 0.5, 0.9
# name of a stretch of waiting -> seconds it is shorter than; the last one has no end
ANSWERED = {
    "2_minutes": 120,
    "10_minutes": 600,
    "1_hour": 3600,
    "1_day": 86_400,
    "3_days": 3 * 86_400,
    "longer": None,
}
NOT_YET = "not_yet"
TOOK = {"15_seconds": 15, "30_seconds": 30, "1_minute": 60, "2_minutes": 120, "5_minutes": 300, "longer": None}
# From here on deciding takes longer than it should.
SLOW = ("2_minutes", "5_minutes", "longer")
STANDS_OUT = (3, 30)  # so many cases and percent decided otherwise


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """How long something took."""

    counted: int
    half: int | None
    most: int | None
    """nine in ten took no longer"""
    stretches: dict[str, int]
    """name of a stretch -> cases or decisions"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """Cases that were put to staff with one question, and how many of them were decided otherwise than we would."""

    doubt: str
    decided: int
    otherwise: int
    mostly: tuple[str, str]
    """(action, service or reason) that was chosen instead most often"""

    @property
    def share(self) -> int:
        """Percent."""
        return share(self.otherwise, self.decided) or 0

    @property
    def stands_out(self) -> bool:
        """Whether somebody should look at the rule."""
        return self.otherwise >= STANDS_OUT[0] and self.share >= STANDS_OUT[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """The figures of a period that are compared with the period before."""

    cases: int
    by_person: int
    decided: int
    """cases with a decision for which we had a proposal"""
    otherwise: int
    late: int
    answers: Times


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """All of it."""

    period: Period
    account: Account
    sums: Sums
    before: Sums
    parts: tuple[Part, ...]
    took: Times
    overrides: tuple[Override, ...]
    corrected: tuple[Corrected, ...]
    asked: dict[str, int]
    standing: dict[tuple[str, str], int]
    radar: radar.Picture


def gather(store: Store, period: Period) -> Board:
    """The numbers of a period, all read from one state of the database."""
    with store.read():
        decisions = store.decisions.of(period.span.begins, period.span.ends)
        parts = store.figures.parts(period.parts)
        return Board(
            period=period,
            account=store.figures.account(period.span),
            sums=_sums(store, period.span, decisions),
            before=_sums(store, period.before, store.decisions.of(period.before.begins, period.before.ends)),
            parts=parts,
            took=_times([d.seconds for d in decisions if d.seconds is not None], TOOK),
            overrides=_overrides(decisions),
            corrected=store.decisions.corrected(period.span),
            asked=store.figures.asked(period.span),
            standing=store.figures.standing(),
            radar=radar.look(store, period),
        )


def stretch_of(seconds: int, stretches: dict[str, int | None]) -> str:
    """The name of the stretch so many seconds fall into."""
    return next(name for name, end in stretches.items() if end is None or seconds < end)


def first_answers(answers: Sequence[Answer]) -> Times:
    """How long first answers took; those that were not given yet are counted apart."""
    times = _times([max(a.seconds, 0) for a in answers if a.seconds is not None], ANSWERED)
    times.stretches[NOT_YET] = sum(a.seconds is None for a in answers)
    return times


def cases_with(decisions: Sequence[Decided]) -> int:
    """How many cases these decisions are about."""
    return len({d.case_id for d in decisions})


def _sums(store: Store, span: Span, decisions: Sequence[Decided]) -> Sums:
    part = store.figures.parts([span])[0]
    return Sums(
        cases=part.cases,
        by_person=part.by_person,
        decided=cases_with([d for d in decisions if d.otherwise is not None]),
        otherwise=cases_with([d for d in decisions if d.otherwise]),
        late=cases_with([d for d in decisions if d.late]),
        answers=first_answers(store.figures.answers(span)),
    )


def _times(seconds: Sequence[int], stretches: dict[str, int | None]) -> Times:
    counted = Counter(stretch_of(s, stretches) for s in seconds)
    return Times(
        counted=len(seconds),
        half=quantile(seconds, HALF),
        most=quantile(seconds, MOST),
        stretches={name: counted[name] for name in stretches},
    )


def _overrides(decisions: Sequence[Decided]) -> tuple[Override, ...]:
    judged = [d for d in decisions if d.otherwise is not None]
    rows = []
    for doubt in {d.doubt for d in judged}:
        about = [d for d in judged if d.doubt == doubt]
        instead = [d for d in about if d.otherwise]
        mostly = Counter((d.action, d.what) for d in instead).most_common(1)
        rows.append(
            Override(
                doubt=doubt,
                decided=cases_with(about),
                otherwise=cases_with(instead),
                mostly=mostly[0][0] if mostly else ("", ""),
            )
        )
    return tuple(sorted(rows, key=lambda r: (not r.stands_out, -r.decided, r.doubt)))
