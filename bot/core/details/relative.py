"""Dates counted from the day of the mail: "yesterday", "two weeks ago", "vor drei Monaten", "last Friday"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.core.details.calendar import Dated, Span, month_span, months_before
from bot.core.details.phrases import Folded, fold
from bot.core.details.scope import Scope
from bot.core.model import Words

_FEASTS = {"christmas": (12, 24), "black_friday": (11, 27)}
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def relative_days(scope: Scope, text: Folded) -> Iterator[Dated]:
    """Today, yesterday, the day before."""
    for topic, days in (("day_before_yesterday", 2), ("yesterday", 1), ("today", 0)):
        for hit in scope.book.hits(f"date.{topic}", text):
            day = scope.on - timedelta(days=days)
            yield Dated(hit.start, hit.end, Span(day, day), 0.85, floating=True)


def counted_back(scope: Scope, text: Folded) -> Iterator[Dated]:
    """ "two weeks ago", "vor drei Monaten", "hace un año", "3 months old"."""
    for words in scope.book.words:
        numbers = _number_words(words)
        count = (
            rf"(\d{{1,3}}|{'|'.join(sorted(map(re.escape, numbers), key=len, reverse=True))})"
            if numbers
            else r"(\d{1,3})"
        )
        gap = r"[\W_]{1,3}" if words.spaces else r"\s?(?:个|個|か|ヶ|カ)?\s?"
        edge = (r"(?<!\w)", r"(?!\w)") if words.spaces else ("", "")
        for unit in ("day", "week", "month", "year"):
            unit_words = _plain(words, f"date.{unit}")
            if not unit_words:
                continue
            for m in re.finditer(rf"{edge[0]}{count}{gap}(?:{unit_words}){edge[1]}", text.folded):
                if not _counts_back(scope, words, text, m):
                    continue
                number = int(m[1]) if m[1].isdigit() else numbers[m[1]]
                span = _back(scope.on, number, unit)
                if span:
                    yield Dated(m.start(), m.end(), span, 0.75 if unit in ("day", "week") else 0.65, "counted back")
        half = _plain(words, "date.half_year")
        for m in re.finditer(rf"{edge[0]}(?:{half}){edge[1]}", text.folded) if half else ():
            if _counts_back(scope, words, text, m):
                yield Dated(m.start(), m.end(), _around(months_before(scope.on, 6), 20), 0.6, "counted back")


def _counts_back(scope: Scope, words: Words, text: Folded, m: re.Match[str]) -> bool:
    before, after = text.folded[max(0, m.start() - 24) : m.start()], text.folded[m.end() : m.end() + 14]
    lead = scope.book.pattern(words, "date.ago_before")
    tail = scope.book.pattern(words, "date.ago_after")
    old = scope.book.pattern(words, "date.old")
    had = scope.book.pattern(words, "date.have_had")
    about = scope.book.pattern(words, "date.about")
    if about:
        before = about.sub("", before)
    if lead and (found := list(lead.finditer(before))) and len(before[found[-1].end() :].strip()) <= 1:
        return True
    if had and (found := list(had.finditer(before))) and len(before[found[-1].end() :].strip()) <= 1:
        return True
    return any(p and (hit := p.search(after)) and hit.start() <= 3 for p in (tail, old))


def _number_words(words: Words) -> dict[str, int]:
    return {
        fold(phrase).folded: value
        for value, name in enumerate(_NUMBERS, 1)
        for phrase in words.phrases.get(f"number.{name}", ())
        if "*" not in phrase and "(" not in phrase
    }


def _plain(words: Words, topic: str) -> str:
    phrases = sorted(words.phrases.get(topic, ()), key=len, reverse=True)
    return "|".join(re.escape(fold(p).folded).replace(r"\*", r"\w*") for p in phrases if "(" not in p)


def _back(on: date, number: int, unit: str) -> Span | None:
    if unit == "day":
        day = on - timedelta(days=min(number, 2000))
        return Span(day, day)
    if unit == "week":
        return _around(on - timedelta(weeks=min(number, 300)), 3)
    if unit == "month":
        return _around(months_before(on, number), 15) if number <= 60 else None
    return _around(months_before(on, 12 * number), 45) if number <= 12 else None


def _around(day: date, slack: int) -> Span:
    return Span(day - timedelta(days=slack), day + timedelta(days=slack))


def periods(scope: Scope, text: Folded) -> Iterator[Dated]:
    """Last week, this month, last year, Christmas."""
    on = scope.on
    monday = on - timedelta(days=on.weekday())
    before = months_before(on.replace(day=1), 1)
    spans = (
        ("last_week", Span(monday - timedelta(days=7), monday - timedelta(days=1))),
        ("this_week", Span(monday, on)),
        ("last_month", month_span(before.year, before.month)),
        ("this_month", Span(on.replace(day=1), on)),
        ("last_year", Span(date(on.year - 1, 1, 1), date(on.year - 1, 12, 31))),
        *((topic, _feast(on, *day)) for topic, day in _FEASTS.items()),
    )
    for topic, span in spans:
        for hit in scope.book.hits(f"date.{topic}", text):
            year = re.match(r"\W{1,3}(20\d\d)(?!\d)", text.folded[hit.end : hit.end + 8])
            if year and topic in _FEASTS:
                month, day = _FEASTS[topic]
                yield Dated(hit.start, hit.end + year.end(), _around(date(int(year[1]), month, day), 3), 0.7)
            else:
                yield Dated(hit.start, hit.end, span, 0.6, floating=topic not in _FEASTS)


def _feast(on: date, month: int, day: int) -> Span:
    year = on.year if date(on.year, month, day) <= on else on.year - 1
    return _around(date(year, month, day), 3)


def weekdays(scope: Scope, text: Folded) -> Iterator[Dated]:
    """The last such day before the mail."""
    for words in scope.book.words:
        for number, forms in enumerate(words.weekdays):
            names = "|".join(
                re.escape(fold(n).folded)
                for n in sorted(forms, key=len, reverse=True)
                if len(n) > 3 or not words.spaces
            )
            if not names:
                continue
            edge = (r"(?<!\w)", r"(?!\w)") if words.spaces else ("", "")
            for m in re.finditer(rf"{edge[0]}(?:{names}){edge[1]}", text.folded):
                back = (scope.on.weekday() - number) % 7
                day = scope.on - timedelta(days=back or 7)
                yield Dated(m.start(), m.end(), Span(day, day), 0.7, floating=True)
