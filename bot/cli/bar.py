"""A bar for long work: how far, how fast, how long still. Plain lines where nobody watches a terminal."""

from __future__ import annotations

import os
import sys

import click

from bot.cli.show import columns_now

WIDTH = 24
EVERY = 0.2  # seconds between two drawings of the bar
PLAIN_EVERY = 10.0  # ... between two plain lines
STEADY = 2.0  # seconds after which a rate is worth telling


class Bar:
    """``update`` as often as there is news; ``close`` before anything else is printed. All on standard error."""

    def __init__(self, label: str, unit: str) -> None:
        self._label, self._unit = label, unit
        self._drawn = 0.0
        self._watched = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._open = False

    def update(self, done: int, total: int, seconds: float, note: str = "") -> None:
        """Tell how far it is: ``done`` of ``total`` after ``seconds``."""
        pause = EVERY if self._watched else PLAIN_EVERY
        if seconds - self._drawn < pause and not (self._watched and done == total):
            return
        self._drawn = seconds
        told = " · ".join(filter(None, (f"{done:,} of {total:,} {self._unit}", *_speed(done, total, seconds), note)))
        if not self._watched:
            click.echo(f"{self._label}: {told}", err=True)
            return
        filled = WIDTH * done // total if total else WIDTH
        line = f"{self._label} [{'#' * filled}{'-' * (WIDTH - filled)}] {told}"
        click.echo(f"\r\x1b[K{line[: columns_now() - 1]}", err=True, nl=False)
        self._open = True

    def close(self) -> None:
        """Take the bar away."""
        if self._open:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._open = False


def _speed(done: int, total: int, seconds: float) -> tuple[str, ...]:
    if not done or seconds < STEADY:
        return ()
    rate = done / seconds
    left = round((total - done) / rate)
    about = f"{left // 60} min {left % 60} s left" if left >= 60 else f"{left} s left"
    return (f"{rate:.0f} a second" if rate >= 10 else f"{rate:.1f} a second", about)
