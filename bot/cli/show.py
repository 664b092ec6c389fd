"""How the command line looks: colour only on a terminal and never with NO_COLOR, progress on long work."""

from __future__ import annotations

import os
import shutil
import sys
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
    """Columns as wide as needed; the last one takes what is left of the terminal."""
    if not rows:
        return
    width = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
    left = max(20, _columns() - sum(width[:-1]) - 2 * (len(head) - 1))
    click.echo(paint("  ".join(h.ljust(w) for h, w in zip(head, width, strict=True)).rstrip(), "faint"))
    for row in rows:
        last = row[-1] if len(row[-1]) <= left else row[-1][: left - 1] + "…"
        click.echo("  ".join([c.ljust(w) for c, w in zip(row[:-1], width, strict=False)] + [last]).rstrip())


def _columns() -> int:
    return shutil.get_terminal_size((120, 40)).columns
