"""The numbers as the page shows them: labels, links, bars. Every word comes from words/*.toml."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from babel.dates import format_skeleton
from babel.numbers import format_percent

from bot.desk.numbers import links
from bot.desk.numbers.bars import Bars, Columns, bars, columns
from bot.desk.numbers.board import NOT_YET, SLOW, TOOK, Board
from bot.desk.numbers.period import Period
from bot.desk.numbers.sums import share
from bot.desk.words import Words
from bot.store.figures import Span

DESK, PERSON, CONCERN = "by-desk", "by-person", "of-concern"
# What is shown of where cases stand, in this order: whose turn it is, then the steps of the process.
STANDING = (
    ("customer", "waiting_for_details"),
    ("customer", "quoted"),
    ("customer", "declined"),
    ("customer", "approved"),
    ("customer", "inspected"),
    ("carrier", "parcel_announced"),
    ("carrier", "returning"),
)
_UNITS = ((60, 1, "seconds"), (3600, 60, "minutes"), (172_800, 3600, "hours"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One of the large numbers."""

    title: str
    value: str
    href: str
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """One drawing, and the same as a table."""

    id: str
    title: str
    note: str
    drawing: Bars | Columns
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...] = ()
    """(class, words)"""

    @property
    def wide(self) -> bool:
        """Whether it goes over time."""
        return isinstance(self.drawing, Columns)


def duration(words: Words, seconds: int) -> str:
    """``34 s``, ``2 min``, ``5 h``, ``3 days``."""
    size, unit = next(((size, unit) for most, size, unit in _UNITS if seconds < most), (86_400, "days"))
    return words.t(f"numbers.{unit}", n=round(seconds / size))


def percent(words: Words, value: int | None) -> str:
    """``17 %`` as it is written in the language; a dash for nothing."""
    return "–" if value is None else str(format_percent(value / 100, locale=words.locale))


def when(words: Words, span: Span, part: str) -> str:
    """A day, the days of a week, or a month, in words."""
    if part == "day":
        return f"{words.weekday(span.first)} {words.short_day(span.first)}"
    if part == "month":
        return str(format_skeleton("yMMMM", span.first, locale=words.locale))
    return f"{words.short_day(span.first)} – {words.short_day(span.last)}"


def figures(board: Board, words: Words) -> list[Figure]:
    """The five large numbers."""
    t, now, then, period = words.t, board.sums, board.before, board.period
    nothing = t("numbers.nothing_yet")
    answers, took = now.answers, board.took
    before = percent(words, share(then.by_person, then.cases))
    return [
        Figure(
            title=t("numbers.first_answer"),
            value="–" if answers.half is None else duration(words, answers.half),
            href=links.cases(period, "opened"),
            change=nothing if answers.most is None else t("numbers.within", most=duration(words, answers.most)),
        ),
        Figure(
            title=t("numbers.by_person"),
            value=words.number(now.by_person),
            href=links.cases(period, "by_person"),
            change=t("numbers.of_cases", share=percent(words, share(now.by_person, now.cases)), before=before),
        ),
        Figure(
            title=t("numbers.decide_time"),
            value="–" if took.half is None else duration(words, took.half),
            href=links.cases(period, "timed"),
            change=nothing if took.most is None else t("numbers.under", most=duration(words, took.most)),
        ),
        Figure(
            title=t("numbers.otherwise"),
            value=percent(words, share(now.otherwise, now.decided)),
            href=links.cases(period, "otherwise"),
            change=t(
                "numbers.of_decided",
                part=now.otherwise,
                whole=now.decided,
                before=percent(words, share(then.otherwise, then.decided)),
            ),
        ),
        Figure(
            title=t("numbers.late"),
            value=words.number(now.late),
            href=links.cases(period, "late"),
            change=t("numbers.late_before", n=then.late),
        ),
    ]


def cases_chart(board: Board, words: Words) -> Chart:
    """Cases over time, in two parts."""
    t, part = words.t, board.period.part
    rows = [(when(words, p.span, part), p) for p in board.parts]
    drawn = columns(
        [
            (
                t("numbers.column_cases", n=p.cases, when=label, persons=p.by_person),
                links.part(p.span, "opened"),
                _tick(words, board.period, n),
                p.cases,
                p.by_person,
            )
            for n, (label, p) in enumerate(rows)
        ]
    )
    middle = round(statistics.median(p.cases for p in board.parts))
    return Chart(
        id="cases",
        title=t(f"numbers.per_{part}"),
        note=t("numbers.median", n=middle),
        drawing=drawn,
        head=(t("numbers.when"), t("numbers.count"), t("numbers.person")),
        rows=tuple((label, words.number(p.cases), words.number(p.by_person)) for label, p in rows),
        legend=((DESK, t("numbers.alone")), (PERSON, t("numbers.person"))),
    )


def share_chart(board: Board, words: Words) -> Chart:
    """Over time: how many of a hundred cases needed no person."""
    t, part = words.t, board.period.part
    rows = [(when(words, p.span, part), p, share(p.cases - p.by_person, p.cases)) for p in board.parts]
    drawn = columns(
        [
            (
                t("numbers.column_share", when=label, share=percent(words, alone), cases=p.cases),
                links.part(p.span, "alone"),
                _tick(words, board.period, n),
                alone or 0,
                0,
            )
            for n, (label, p, alone) in enumerate(rows)
        ],
        most=100,
    )
    now, then = board.sums, board.before
    return Chart(
        id="share",
        title=t("numbers.share_title"),
        note=t(
            "numbers.share_now",
            share=percent(words, share(now.cases - now.by_person, now.cases)),
            before=percent(words, share(then.cases - then.by_person, then.cases)),
        ),
        drawing=drawn,
        head=(t("numbers.when"), t("numbers.alone"), t("numbers.count")),
        rows=tuple((label, percent(words, alone), words.number(p.cases)) for label, p, alone in rows),
    )


def answers_chart(board: Board, words: Words) -> Chart:
    """How long customers waited for the first letter."""
    times = board.sums.answers
    rows = [
        (words.t(f"numbers_answered.{name}"), links.cases(board.period, "answered", name), count, kind)
        for name, count in times.stretches.items()
        for kind in [CONCERN if name in ("3_days", "longer", NOT_YET) else DESK]
        if count or name != NOT_YET
    ]
    return _rows("answers", "numbers.answers_title", _cases(words, board.sums.cases), rows, words)


def took_chart(board: Board, words: Words) -> Chart:
    """How long people took to decide."""
    rows = [
        (
            words.t(f"numbers_took.{name}"),
            links.cases(board.period, "took", name),
            board.took.stretches[name],
            CONCERN if name in SLOW else PERSON,
        )
        for name in TOOK
    ]
    note = words.t("numbers.decisions", n=board.took.counted)
    return _rows("took", "numbers.took_title", note, rows, words)


def asked_chart(board: Board, words: Words) -> Chart:
    """What customers had to be asked for."""
    rows = [
        (_capital(words.said("missing", detail)), links.cases(board.period, "asked", detail), count, DESK)
        for detail, count in board.asked.items()
    ]
    return _rows("asked", "numbers.asked_title", _cases(words, board.sums.cases), rows, words)


def standing_chart(board: Board, words: Words, needs: int, unreadable: int) -> Chart:
    """Where all open cases stand now. ``needs`` and ``unreadable`` are what the queue says of itself."""
    t = words.t
    rows = [(t("numbers_stand.staff"), links.standing("staff"), needs, PERSON)]
    rows += [
        (t(f"numbers_stand.{state}"), links.standing(actor, state), board.standing.get((actor, state), 0), DESK)
        for actor, state in STANDING
    ]
    known = {("staff", ""), *STANDING}
    rows += [
        (t(f"numbers_stand.{state}"), links.standing(actor, state), count, DESK)
        for (actor, state), count in sorted(board.standing.items())
        if actor != "staff" and (actor, state) not in known
    ]
    rows.append((t("numbers_stand.unreadable"), "/unreadable", unreadable, CONCERN))
    note = t("numbers.open", n=sum(board.standing.values()))
    return _rows("standing", "numbers.standing_title", note, [row for row in rows if row[2]], words)


def _rows(id_: str, title: str, note: str, rows: list[tuple[str, str, int, str]], words: Words) -> Chart:
    return Chart(
        id=id_,
        title=words.t(title),
        note=note,
        drawing=bars(rows),
        head=(words.t(title), words.t("numbers.count")),
        rows=tuple((label, words.number(count)) for label, _, count, _ in rows),
    )


def _cases(words: Words, n: int) -> str:
    return words.t("numbers.cases", n=n)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tick(words: Words, period: Period, n: int) -> str:
    """What stands below a column: Mondays, every fourth week, every month; each day of a few."""
    first, few = period.parts[n].first, len(period.parts) <= 10
    if period.part == "month":
        return str(format_skeleton("MMM", first, locale=words.locale)) if few or len(period.parts) <= 16 else ""
    if period.part == "week":
        return words.short_day(first) if n % 4 == 1 else ""
    monday = first.weekday() == 0 and n > 0
    return str(format_skeleton("MMMEd", first, locale=words.locale)) if few or monday else ""
