"""The warranty's windows as a drawing: where the first mail lies between receiving and the end. Numbers only.

Green is covered by every reading of the policy, amber by one of them, grey lies ahead. Widths are in the units of the
drawing; the template writes them as attributes, so no style is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.details.calendar import parse_span
from bot.core.model import Case, Policy, Window
from bot.core.warranty.coverage import Facts

WIDTH = 400
ROOM = 1.12
"""of the longest day, so that a late mail has its label inside"""
APART = 62
"""between two labels of the scale"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """One end on the scale."""

    x: float
    on: date
    window: Window
    anchor: str = "middle"
    """start, middle or end: where its label is tied"""
    worded: bool = True
    """there is room for its label"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """A drawing 400 wide."""

    began: date
    by: str
    """delivery or purchase"""
    today: date
    days: int
    x: float
    """of the first mail"""
    anchor: str
    sure: float
    """end of the green"""
    unsure: float
    """end of the amber; where it begins the green ended"""
    ticks: tuple[Tick, ...]


def clock(case: Case, policy: Policy, request: str) -> Clock | None:
    """The clock of a case; None when no day is known or nothing is asked of the warranty."""
    facts = Facts(case.details, policy, request, frozenset(case.flags), case.first_mail_on)
    services = [s for s in policy.services if s.request == request and (not facts.seller or _sold(facts, s.sellers))]
    if not services:
        return None
    found = [(n, facts.details.one(f"{n}_date")) for n in ("delivery", "purchase")]
    told = next(((n, f) for n, f in found if f and f.confidence >= 0.5), None)
    if told is None or told[1] is None:
        return None
    by, began = told[0], parse_span(told[1].value).first
    today = case.first_mail_on
    days = (today - began).days
    if days < 0:
        return None
    windows = [s.window for s in services] + [s.undisputed for s in services if s.undisputed]
    ends = sorted({end_of(began, w): w for w in windows}.items())
    # In its first weeks a watch is looked at in weeks, later in years.
    near = [e for e in ends if (e[0] - began).days >= days][:1] if days <= 60 else []
    scale = near or ends
    longest = max((scale[-1][0] - began).days, int(days * (ROOM if days > (scale[-1][0] - began).days else 1)), 1)
    sure_end = max((end_of(began, s.undisputed or s.window) for s in services), default=began)
    last_end = max(end_of(began, s.window) for s in services)
    return Clock(
        began=began,
        by=by,
        today=today,
        days=days,
        x=_x(days, longest),
        anchor=_anchor(_x(days, longest)),
        sure=_x(min(days, (sure_end - began).days), longest),
        unsure=_x(min(days, (last_end - began).days), longest),
        ticks=_ticks(scale, began, longest),
    )


def end_of(began: date, window: Window) -> date:
    """The last day of a window."""
    if window.days:
        return began + timedelta(days=window.days)
    months = window.months + 12 * window.years + began.month - 1
    year, month = began.year + months // 12, months % 12 + 1
    day = min(began.day, 28) if month == 2 else min(began.day, 30)
    return date(year, month, began.day if _exists(year, month, began.day) else day)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _sold(facts: Facts, sellers: tuple[str, ...]) -> bool:
    return facts.seller in sellers or (facts.seller == "unknown" and "authorised_dealer" in sellers)


def _ticks(ends: list[tuple[date, Window]], began: date, longest: int) -> tuple[Tick, ...]:
    ticks: list[Tick] = []
    last = float(APART) / 2  # the day it began stands at the left
    for index, (on, window) in enumerate(ends):
        x = _x((on - began).days, longest)
        room = x - last >= APART or index == len(ends) - 1
        ticks.append(Tick(x=x, on=on, window=window, anchor=_anchor(x), worded=room))
        last = x if room else last
    return tuple(ticks)


def _x(days: int, longest: int) -> float:
    return round(WIDTH * days / longest, 1)


def _anchor(x: float) -> str:
    return "start" if x < 70 else "end" if x > WIDTH - 70 else "middle"
