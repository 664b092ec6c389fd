"""Dates in a customer's text: absolute and relative, in the language's own forms, as spans of days.

FORMS lists what is read, in order; the first form at a place wins. A date without a year is the last such day
before the mail. 05/12 is settled by the language, a second date that allows one reading only, or the sender's
time zone; what stays open is kept as a span with both readings. Dates after the mail are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from bot.core.details.calendar import Dated, Span, day_or_none, month_span
from bot.core.details.phrases import Folded, fold
from bot.core.details.relative import counted_back, periods, relative_days, weekdays
from bot.core.details.scope import Passage, Scope
from bot.core.model import Words


def dates_in(scope: Scope, passage: Passage) -> list[Dated]:
    """All dates of a passage in order, without overlaps."""
    found: list[Dated] = []
    for form in FORMS:
        for dated in form(scope, passage.text):
            if dated.span.first <= scope.on and not any(d.start < dated.end and dated.start < d.end for d in found):
                last = min(dated.span.last, scope.on)
                found.append(replace(dated, span=Span(dated.span.first, last)))
    return sorted(found, key=lambda d: d.start)


# --- absolute forms -----------------------------------------------------------------------------


def _iso(scope: Scope, text: Folded) -> Iterator[Dated]:
    for m in re.finditer(r"(?<!\d)(20\d\d)[-./](\d{1,2})[-./](\d{1,2})(?!\d)", text.folded):
        day = day_or_none(int(m[1]), int(m[2]), int(m[3]))
        if day:
            yield Dated(m.start(), m.end(), Span(day, day), 0.95)


def _cjk(scope: Scope, text: Folded) -> Iterator[Dated]:
    for m in re.finditer(
        r"(?:(20\d\d|去年|今年|昨年)\s?年?\s?的?)?(?<!\d)(\d{1,2})\s?月(?:份)?(?:\s?(\d{1,2})\s?[日号號])?", text.folded
    ):
        month, day = int(m[2]), int(m[3] or 0)
        if not 1 <= month <= 12:
            continue
        year = {"去年": scope.on.year - 1, "昨年": scope.on.year - 1, "今年": scope.on.year}.get(m[1] or "")
        year = year or (int(m[1]) if m[1] and m[1].isdigit() else None)
        span = _dated_span(scope.on, year, month, day)
        if span:
            yield Dated(m.start(), m.end(), span, 0.9)


def _numeric(scope: Scope, text: Folded) -> Iterator[Dated]:
    shape = re.compile(r"(?<![\d.,/-])(\d{1,2})([./-])\s?(\d{1,2})(?:\2\s?((?:20)?\d\d))?(?![\d/-]|\.\d)\.?")
    matches = [m for m in shape.finditer(text.folded) if _is_date(m, text)]
    day_first = _day_first(scope, matches)
    for m in matches:
        first, second = int(m[1]), int(m[3])
        year = int(m[4]) if m[4] else None
        year = year + 2000 if year is not None and year < 100 else year
        readings = {
            order: span
            for order, (day, month) in {"day": (first, second), "month": (second, first)}.items()
            if 1 <= month <= 12 and (span := _dated_span(scope.on, year, month, day)) and span.first <= scope.on
        }
        if m[2] == "." and "day" in readings:
            readings.pop("month", None)  # nobody writes 05.12. for May 12
        if len(readings) == 2 and readings["day"] != readings["month"]:
            if day_first is None:
                spans = sorted(readings.values(), key=lambda s: s.first)
                yield Dated(m.start(), m.end(), Span(spans[0].first, spans[1].last), 0.5, "day or month first")
                continue
            yield Dated(m.start(), m.end(), readings["day" if day_first else "month"], 0.85, "order of day and month")
        elif readings:
            yield Dated(m.start(), m.end(), next(iter(readings.values())), 0.95)


def _is_date(m: re.Match[str], text: Folded) -> bool:
    if m[4]:
        return True
    # Two numbers alone are a date only as "12.03." or "3/12" beside nothing that makes them a size or a version.
    if m[2] == ".":
        return m.group().endswith(".") and len(m[3]) <= 2 and not re.match(r"\s?\d", text.folded[m.end() : m.end() + 2])
    return m[2] == "/" and not re.search(r"[a-z]$", text.folded[max(0, m.start() - 1) : m.start()]) and int(m[3]) > 0


def _day_first(scope: Scope, matches: list[re.Match[str]]) -> bool | None:
    for m in matches:
        if int(m[1]) > 12 or m[2] == ".":
            return True
        if int(m[3]) > 12:
            return False
    language = scope.letter.language
    words = scope.policy.words.get(language)
    if words is None:
        return None
    if words.day_first or not words.spaces:
        return words.day_first
    # English: the United States write the month first, nearly all others the day.
    west = _hours_from_utc(scope)
    return None if west is None else west > -3.5


def _hours_from_utc(scope: Scope) -> float | None:
    for value in scope.letter.header_values("date"):
        m = re.search(r"([+-])(\d\d)(\d\d)\s*(?:\(.*\))?\s*$", value)
        if m and m.group(0).strip() != "-0000":  # RFC 5322 3.3: no zone is told
            return (1 if m[1] == "+" else -1) * (int(m[2]) + int(m[3]) / 60)
    return None


def _named(scope: Scope, text: Folded) -> Iterator[Dated]:
    for words in scope.book.words:
        if not words.spaces:
            continue
        names = {fold(n).folded: i for i, forms in enumerate(words.months, 1) for n in forms}
        month = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        if not month:
            continue
        year = r"(?:[\W_]{1,4}(?:(?:de|del|of|r|г|year)\.?[\W_]{1,2})?(20\d\d)(?!\d))?"
        ordinal = r"(?:st|nd|rd|th|er|º|ª|\.|-?(?:го|е))?"
        day_month = rf"(?<![\w.])(\d{{1,2}}){ordinal}[\W_]{{0,2}}(?:(?:de|of|den)[\W_])?({month})(?!\w)\.?{year}"
        month_day = rf"(?<!\w)({month})\.?[\W_]{{1,2}}(?:the\s)?(\d{{1,2}})(?:st|nd|rd|th)?(?![\w:]|[.,]\d){year}"
        month_only = rf"(?<!\w)({month})(?!\w)\.?{year}"
        for m in re.finditer(day_month, text.folded):
            span = _dated_span(
                scope.on, int(m[3]) if m[3] else _year_word(scope, words, text, m), names[m[2]], int(m[1])
            )
            if span:
                yield Dated(m.start(), m.end(), span, 0.95 if m[3] else 0.85)
        for m in re.finditer(month_day, text.folded):
            span = _dated_span(
                scope.on, int(m[3]) if m[3] else _year_word(scope, words, text, m), names[m[1]], int(m[2])
            )
            if span:
                yield Dated(m.start(), m.end(), span, 0.95 if m[3] else 0.85)
        for m in re.finditer(month_only, text.folded):
            if not m[2] and not _stands_as_month(words, text, m):
                continue
            span = _dated_span(scope.on, int(m[2]) if m[2] else _year_word(scope, words, text, m), names[m[1]], 0)
            if span:
                yield Dated(m.start(), m.end(), span, 0.8 if m[2] else 0.7)


def _stands_as_month(words: Words, text: Folded, m: re.Match[str]) -> bool:
    # "may", "mar", "set", "mars", "sep" are words too: a bare month needs a capital letter or a word of time before it.
    start, _ = text.original(m.start(), m.end())
    if len(m[1]) <= 3 or words.language == "en":
        capital = text.text[start].isupper()
        before = text.folded[max(0, m.start() - 14) : m.start()]
        return (
            capital
            and bool(
                re.search(
                    r"\b(?:in|since|of|last|early|late|mid|this|from|until|before|after|around|end of)\W$", before
                )
            )
            if words.language == "en"
            else False
        )
    return True


def _year_word(scope: Scope, words: Words, text: Folded, m: re.Match[str]) -> int | None:
    around = fold(text.folded[max(0, m.start() - 14) : m.end() + 18])
    for topic, year in (("date.last_year", scope.on.year - 1), ("date.this_year", scope.on.year)):
        pattern = scope.book.pattern(words, topic)
        if pattern and pattern.search(around.folded):
            return year
    return None


def _dated_span(on: date, year: int | None, month: int, day: int) -> Span | None:
    """The span for a day or (day 0) a month; without a year the last one that is not after ``on``."""
    if not 1 <= month <= 12:
        return None
    for candidate in (year,) if year else (on.year, on.year - 1):
        if day == 0:
            span = month_span(candidate, month)
            if year or span.first <= on:
                return span
        else:
            found = day_or_none(candidate, month, day)
            if found and (year or found <= on):
                return Span(found, found)
    return None


FORMS: tuple[Callable[[Scope, Folded], Iterator[Dated]], ...] = (
    _iso,
    _cjk,
    _numeric,
    _named,
    counted_back,
    relative_days,
    periods,
    weekdays,
)
