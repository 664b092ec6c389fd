"""Which days the numbers are about, in the person's own time zone, and the parts they are drawn in.

``?days=28`` are the last 28 days with today, ``?from=2025-03-01&until=2025-03-31`` any others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.store.figures import Span

CHOICES = (7, 28, 91, 365)
USUAL = 28
LONGEST = 366 * 5
# A part is a day, a week or a month: so many days at most, then the next.
MOST_DAYS, MOST_WEEKS = 35, 7 * 27
YEAR = 364  # whole weeks: a year ago was the same day of the week


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """The chosen days."""

    span: Span
    zone: ZoneInfo
    days: int
    chosen: int
    """one of CHOICES; 0 when the days were given"""
    part: str
    """day, week or month"""
    parts: tuple[Span, ...]

    @property
    def before(self) -> Span:
        """As many days before it."""
        return span_of(self.span.first - timedelta(days=self.days), self.span.first - timedelta(days=1), self.zone)

    @property
    def usual(self) -> Span:
        """The year before it."""
        return span_of(self.span.first - timedelta(days=YEAR), self.span.first - timedelta(days=1), self.zone)

    @property
    def months(self) -> tuple[Span, ...]:
        """The twelve calendar months up to its last day."""
        first = self.span.last.replace(day=1)
        starts = [first]
        for _ in range(11):
            starts.insert(0, (starts[0] - timedelta(days=1)).replace(day=1))
        return tuple(span_of(start, min(_month_end(start), self.span.last), self.zone) for start in starts)

    @property
    def query(self) -> dict[str, str]:
        """How it is said in an address."""
        if self.chosen:
            return {"days": str(self.chosen)}
        return {"from": self.span.first.isoformat(), "until": self.span.last.isoformat()}


def period_of(query: Mapping[str, str], today: date, zone: ZoneInfo) -> Period:
    """The period an address names; what cannot be becomes the usual one."""
    first, last = _day(query.get("from", "")), _day(query.get("until", ""))
    if first and last and first <= last and (last - first).days < LONGEST:
        return _period(first, last, zone, 0)
    text = query.get("days", "")
    days = next((choice for choice in CHOICES if str(choice) == text), USUAL)
    return _period(today - timedelta(days=days - 1), today, zone, days)


def span_of(first: date, last: date, zone: ZoneInfo) -> Span:
    """From the midnight before the first day to the one after the last."""
    return Span(first=first, last=last, begins=_midnight(first, zone), ends=_midnight(last + timedelta(days=1), zone))


def _period(first: date, last: date, zone: ZoneInfo, chosen: int) -> Period:
    days = (last - first).days + 1
    part = "day" if days <= MOST_DAYS else "week" if days <= MOST_WEEKS else "month"
    parts, start = [], first
    while start <= last:
        end = {"day": start, "week": start + timedelta(days=6 - start.weekday()), "month": _month_end(start)}[part]
        parts.append(span_of(start, min(end, last), zone))
        start = end + timedelta(days=1)
    return Period(span=span_of(first, last, zone), zone=zone, days=days, chosen=chosen, part=part, parts=tuple(parts))


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text and 2000 < day.year < 2200 else None
