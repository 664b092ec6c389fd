"""How the command line looks: colour only on a terminal and never with NO_COLOR, progress on long work."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

T = TypeVar("T")

# A meaning has a colour; the words alone say it too.
COLOURS = {"passed": "green", "failed": "red", "unknown": "yellow", "title": "cyan", "faint": "bright_black"}


def coloured() -> bool:
    """Whether this output may carry colour."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def paint(text: str, meaning: str) -> str:
    """The text in the colour of its meaning, where colour is wanted."""
    return click.style(text, fg=COLOURS[meaning], bold=meaning == "title") if coloured() else text


def heading(text: str) -> None:
    """A short line above a part of the output."""
    click.echo()
    click.echo(paint(text, "title"))


def progress(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """The items, with a bar on standard error while somebody watches it."""
    if total < 2 or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, length=total, label=label, file=sys.stderr, show_pos=True) as bar:
        yield from bar


def table(rows: list[list[str]], head: list[str]) -> None:
    """Columns as wide as needed; those that the terminal has no room for go on below their row, whole."""
    if not rows:
        return
    width = [max(columns_of(row[i]) for row in [head, *rows]) for i in range(len(head))]
    room, fits = columns_now(), 1
    while fits < len(head) and sum(width[: fits + 1]) + 2 * fits <= room:
        fits += 1
    click.echo(paint("  ".join(padded(h, w) for h, w in zip(head[:fits], width, strict=False)).rstrip(), "faint"))
    for row in rows:
        click.echo("  ".join(padded(cell, w) for cell, w in zip(row[:fits], width, strict=False)).rstrip())
        for line in wrap(" · ".join(filter(None, row[fits:])), room - 4):
            click.echo(f"    {line}")


def columns_now() -> int:
    """How wide the terminal is."""
    return shutil.get_terminal_size((120, 40)).columns


def columns_of(text: str) -> int:
    """The width of a text: wide characters (Chinese, Japanese, Korean) take two columns, marks on a letter none."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def padded(text: str, width: int) -> str:
    """The text with blanks up to ``width`` columns."""
    return text + " " * (width - columns_of(text))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns. Words that are longer, and scripts without blanks, break anywhere."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if columns_of(joined) <= width:
            line = joined
        elif columns_of(word) <= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} " if line else ""
            for letter in word:
                if columns_of(line + letter) > width:
                    lines.append(line.rstrip())
                    line = ""
                line += letter
    return [*lines, line] if line else lines
