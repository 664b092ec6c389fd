"""Counts as drawings: whole numbers of where each bar and line stands, for the template to write.

Two kinds: columns over time, in two parts, and rows of one bar each. Colours are classes; the numbers are said in
words beside the drawing and once more as a table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk.numbers.sums import step_of

WIDE, TALL = 872, 210
LEFT, TOP, BASE = 32, 16, 190
MOST_BAR = 48
NARROW = 520
ROW = 36
LEAST_LEFT, MOST_LEFT, LETTER = 112, 240, 9  # a letter as it is drawn on a phone, where it is largest


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column: the lower part in front."""

    label: str
    """what it is, in words"""
    href: str
    tick: str
    """below the axis; empty for most"""
    x: int
    width: int
    hit_x: int
    hit_width: int
    top: int
    """of the whole column"""
    middle: int
    """where the lower part begins"""
    values: tuple[int, ...]

    @property
    def centre(self) -> int:
        """For the tick."""
        return self.x + self.width // 2

    @property
    def upper(self) -> int:
        """Height of the upper part; a hair is left between the two."""
        return max(0, self.middle - self.top - (1 if self.middle < BASE else 0))

    @property
    def lower(self) -> int:
        """Height of the lower part."""
        return BASE - self.middle


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """Columns over time."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[int, int], ...]
    """(place, number) of each grid line"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One row."""

    label: str
    href: str
    count: int
    y: int
    width: int
    kind: str
    """class of its colour"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """Rows of one bar each."""

    bars: tuple[Bar, ...]
    left: int
    height: int


def columns(rows: Sequence[tuple[str, str, str, int, int]], most: int = 0) -> Columns:
    """Columns of (label, href, tick, whole, lower part); ``most`` fixes the scale."""
    top = most or max((whole for *_, whole, _ in rows), default=0) or 1
    step = step_of(top)
    scale = (BASE - TOP) / max(top, step)
    slot = (WIDE - LEFT) / max(len(rows), 1)
    width = min(MOST_BAR, max(3, int(slot * 2 / 3)))
    made = []
    for n, (label, href, tick, whole, lower) in enumerate(rows):
        hit = LEFT + int(n * slot)
        made.append(
            Column(
                label=label,
                href=href,
                tick=tick,
                x=hit + int((slot - width) / 2),
                width=width,
                hit_x=hit,
                hit_width=max(3, int(slot) - 2),
                top=BASE - _length(whole, scale),
                middle=BASE - _length(lower, scale),
                values=(whole, lower),
            )
        )
    lines = tuple((BASE - round(n * scale), n) for n in range(step, top + 1, step))
    return Columns(columns=tuple(made), lines=lines)


def bars(rows: Sequence[tuple[str, str, int, str]]) -> Bars:
    """Rows of (label, href, count, kind); the bars begin where the longest label ends."""
    left = min(MOST_LEFT, max(LEAST_LEFT, LETTER * max((_letters(label) for label, *_ in rows), default=0)))
    most = max((count for *_, count, _ in rows), default=0) or 1
    scale = (NARROW - left - 56) / most
    made = tuple(
        Bar(label=label, href=href, count=count, y=n * ROW, width=_length(count, scale), kind=kind)
        for n, (label, href, count, kind) in enumerate(rows)
    )
    return Bars(bars=made, left=left, height=ROW * len(rows) + 2)


def _letters(label: str) -> int:
    """How long a label is; Chinese and Japanese letters are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)


def _length(count: int, scale: float) -> int:
    """At least a line for something, nothing for nothing."""
    return max(2, round(count * scale)) if count else 0
