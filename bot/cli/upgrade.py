"""``after-sales upgrade``: what a new version of the program changed in its defaults, beside what you made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import ATTENTION, OK
from bot.cli.show import heading, paint

if TYPE_CHECKING:
    from bot.editions.laid_out import Step

# what a new version means for a file -> the line above those files
HEADINGS = {
    "added": "New files",
    "untouched": "Changed, and you did not touch them",
    "removed": "No longer part of the program, and you did not touch them",
    "both": "Changed by you and by the new version",
    "yours gone": "Changed, and you removed them (they stay removed)",
}


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--take", "taking", is_flag=True, help="Add new files and bring those up to date that you did not touch.")
@click.option("--write-new", is_flag=True, help="Write FILE.new beside each file that both changed, merged.")
@click.option("--keep-mine", is_flag=True, help="Your files are right as they are: do not show these changes again.")
@click.option("--diff", is_flag=True, help="Show the changed lines of every file.")
def upgrade(directory: Path, taking: bool, write_new: bool, keep_mine: bool, diff: bool) -> int:
    """What the new version changed in the working folder's defaults. Your own changes are never overwritten.

    Without options it only looks. For files that you changed and the new version changed too, the lines that would
    come to yours are shown; where both changed the same lines both stand between marks. Whatever is taken is in the
    working files only: customers get it after after-sales publish.

    \b
    Examples:
      after-sales upgrade my-desk
      after-sales upgrade my-desk --take
      after-sales upgrade my-desk --write-new
      after-sales upgrade my-desk --keep-mine

    \b
    Exit codes: 0 nothing is left to look at; 1 there is, or this is no working folder.
    """
    from bot.editions.laid_out import Change, keep_yours, kept_defaults, steps, take, write_beside

    if kept_defaults(directory) is None:
        click.echo("It is not known what this folder was laid out from: every difference is shown.")
    todo = steps(directory)
    if not todo:
        click.echo("The new version changed nothing that you do not have.")
        if taking:
            take(directory, todo)
        return OK
    for change, words in HEADINGS.items():
        _show(words, [step for step in todo if step.change == change], diff=diff)
    left = todo
    if taking:
        done = take(directory, todo)
        left = [step for step in todo if step not in done and step.change is Change.BOTH]
        heading(f"{len(done)} files taken")
    written = write_beside(directory, todo) if write_new else []
    if written:
        heading("Written for you to look at")
    for path in written:
        click.echo(f"  {path}")
    if keep_mine:
        keep_yours(directory)
        click.echo()
        click.echo("Noted: from now on only what later versions change is shown.")
        return OK
    _next(directory, todo, taking=taking, left=len(left))
    return ATTENTION if left else OK


def _show(words: str, chosen: Sequence[Step], *, diff: bool) -> None:
    if chosen:
        heading(f"{words}: {len(chosen)}")
    for step in chosen:
        merged = step.merged
        marks = f"  {merged.conflicts} to decide" if merged and merged.conflicts else ""
        click.echo(f"  {step.name}{paint(marks, 'failed')}")
        if diff or (step.change == "both" and merged is not None):
            _lines(step)


def _lines(step: Step) -> None:
    """What would come to the file as it is now."""
    from bot.editions.contents import unified

    after = step.merged.text.encode() if step.merged else step.new
    for line in unified(step.yours, after, step.name)[2:]:
        meaning = {"+": "passed", "-": "failed", "@": "title"}.get(line[:1])
        click.echo(f"      {paint(line, meaning) if meaning else line}".rstrip())


def _next(directory: Path, todo: Sequence[Step], *, taking: bool, left: int) -> None:
    heading("Next")
    if not taking and any(step.change in ("added", "untouched", "removed") for step in todo):
        click.echo(f"  after-sales upgrade {directory} --take         takes what you did not touch")
    if left:
        click.echo(f"  after-sales upgrade {directory} --write-new    writes FILE.new for what both changed")
    click.echo(f"  after-sales publish -c {directory / 'config.toml'}    makes the working files live")
