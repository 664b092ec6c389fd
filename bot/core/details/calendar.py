"""Days, months and intervals: what a date in a text may mean.

A date is a claim with a span of days it may be: ``2025-03-14``, ``2025-03`` (a month) or ``2025-03-04/2025-04-03``.
Everything that decides uses both ends; everything that shows uses the text.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Span:
    """All days a date may be; both ends included."""

    first: date
    last: date

    @property
    def text(self) -> str:
        """The shortest form that says the same."""
        if self.first == self.last:
            return self.first.isoformat()
        if self == month_span(self.first.year, self.first.month):
            return self.first.isoformat()[:7]
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Dated:
    """One date in a folded text. ``sure`` says how well the words fix it."""

    start: int
    end: int
    span: Span
    sure: float
    note: str = ""
    floating: bool = False
    """told from the day of the mail ("yesterday", "Friday"): belongs to what stands right beside it"""


def parse_span(text: str) -> Span:
    """The span of a finding's value; raises ValueError when it is no date."""
    if "/" in text:
        first, _, last = text.partition("/")
        return Span(date.fromisoformat(first), date.fromisoformat(last))
    if len(text) == 7:
        return month_span(int(text[:4]), int(text[5:]))
    day = date.fromisoformat(text)
    return Span(day, day)


def shown_date(text: str) -> str | None:
    """A day or a month to show for a span: a narrow span by its middle day, a month-wide one by its month."""
    span = parse_span(text)
    if span.days == 1 or len(text) == 7:
        return text
    middle = span.first + timedelta(days=span.days // 2)
    if span.days <= 15:
        return middle.isoformat()
    return middle.isoformat()[:7] if span.days <= 100 else None


def month_span(year: int, month: int) -> Span:
    """A whole month."""
    return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or the last day of a shorter month."""
    total = day.year * 12 + day.month - 1 - months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def day_or_none(year: int, month: int, day: int) -> date | None:
    """The day, or None where there is no such day or no plausible year."""
    try:
        return date(year, month, day) if 2000 <= year <= 2100 else None
    except ValueError:
        return None
