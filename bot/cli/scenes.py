"""How the demo shows a life: one block a scene, two languages side by side where the terminal is wide enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest

import click

from bot.cli.show import columns_now, padded, paint, wrap
from bot.demo.life import STAFF, STEPS, Page, Scene

WIDEST = 120
SIDE_BY_SIDE = 100
GAP = 4
MOST_SAID = 3  # lines of a customer's mail: enough to hear the voice
WHO = {"customer": "The customer ", "staff": f"{STAFF.capitalize()} ", "time": ""}


def width_now() -> int:
    """Columns to write into."""
    return min(WIDEST, columns_now())


def show_scene(scene: Scene, width: int, *, named: bool) -> None:
    """One scene. ``named``: the customers are introduced above their column."""
    title = f"Step {scene.beat.step} of {len(STEPS)}  {STEPS[scene.beat.step]}"
    day = f"{scene.on:%A} {scene.on.day} {scene.on:%B %Y}"
    click.echo()
    click.echo(paint(title, "title") + " " * max(2, width - len(title) - len(day)) + day)
    click.echo(f"  {WHO[scene.beat.who]}{scene.beat.does}.")
    for line in wrap(scene.pages[0].command, width - 6):
        click.echo(paint(f"    {line}", "passed"))
    click.echo()
    if width >= SIDE_BY_SIDE:
        _beside(scene.pages, width, named=named)
    else:
        for page in scene.pages:
            for line, meaning in _page(page, width - 4, named=named):
                click.echo(f"  {_painted(line, meaning)}".rstrip())
            click.echo()
    for line in wrap(_then(scene.pages[0]), width - 2):
        click.echo(paint(f"  {line}", "faint"))


def _page(page: Page, width: int, *, named: bool) -> list[tuple[str, str]]:
    """The lines of one language, each with the meaning it is painted with."""
    lines = [(f"{page.customer}, {page.language}, case {page.number}", "unknown")] if named else []
    said = wrap(page.said, width - 4)
    if len(said) > MOST_SAID:
        said = [*said[: MOST_SAID - 1], said[MOST_SAID - 1][: width - 6].rstrip() + " …"]
    lines += [(f"> {line}", "") for line in said]
    lines += [(line, "title") for line in wrap(page.subject, width)]
    return lines + [(line, "") for part in page.lines for line in wrap(part, width)]


def _beside(pages: Sequence[Page], width: int, *, named: bool) -> None:
    each = (width - 2 - GAP * (len(pages) - 1)) // len(pages)
    for row in zip_longest(*(_page(p, each, named=named) for p in pages), fillvalue=("", "")):
        cells = [_painted(padded(line, each), meaning) for line, meaning in row]
        click.echo(f"  {(' ' * GAP).join(cells)}".rstrip())
    click.echo()


def _painted(line: str, meaning: str) -> str:
    return paint(line, meaning) if meaning else line


def _then(page: Page) -> str:
    """State, whose turn, until when, and what comes if nobody writes."""
    parts = [f"State {page.state}"]
    parts.append(f"next is {page.next_actor}" + (f" by {_short(page.until)}" if page.until else ""))
    if page.timer:
        parts.append(f"if nothing comes: {page.timer[0].replace('_', ' ')} on {_short(page.timer[1])}")
    return ", ".join(parts)


def _short(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.day} {on:%B}"
