"""``after-sales publish`` and ``after-sales rollback``: what customers get, changed in one step, undone in one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import OK
from bot.cli.cases import open_store
from bot.cli.run import CONFIG
from bot.cli.show import heading, paint

if TYPE_CHECKING:
    from bot.editions.publishing import Published
    from bot.store.engine import Store

SIGNS = {"changed": "~", "added": "+", "removed": "-"}
MEANS = {"changed": "unknown", "added": "passed", "removed": "failed"}
BY = click.option("--by", "author", default="", help="Who publishes; you, as this machine knows you, otherwise.")


@click.command()
@click.option("--note", default="", help="What was changed and why, for the history.")
@BY
@click.option("--dry-run", is_flag=True, help="Check everything and show the changes; publish nothing.")
@click.option("--diff", is_flag=True, help="Show the changed lines too.")
@CONFIG
def publish(note: str, author: str, dry_run: bool, diff: bool, config: Path) -> int:
    """Check the working files whole and make them the live edition: from the next mail on customers get them.

    The working files are the policy and templates folders of the configuration. A running bot takes the new edition
    up by itself, between two mails. When anything is wrong nothing is published and the live edition stays.

    \b
    Examples:
      after-sales publish --dry-run --diff
      after-sales publish --note "the window of returns is 45 days from June on"

    \b
    Exit codes: 0 published, or the live edition holds the same files; 1 no data yet, or somebody was
    quicker; 3 the files cannot be used: every mistake is named.
    """
    from bot.cli.act import default_actor
    from bot.config import load_config
    from bot.editions.publishing import publish as make_live
    from bot.editions.publishing import rehearse_publish
    from bot.errors import NothingToPublish
    from bot.worker.wiring import wall_clock

    loaded = load_config(config, logins=False)
    with open_store(config) as store:
        live = store.editions.live()
        try:
            if dry_run:
                contents = rehearse_publish(loaded)
                same = _show_changes(store, contents.files, diff=diff)
                click.echo()
                click.echo("There is nothing to publish." if same else "All is well. Nothing was published.")
                return OK
            now = store.logical_now(wall_clock())
            before = _files_of(store)
            number = live.number if live else None
            made = make_live(store, loaded, author or default_actor(), note, now, expected=number)
        except NothingToPublish as error:
            click.echo(_sentence(str(error)))
            return OK
        show_difference(before, made.contents.files, diff=diff, against=live.number if live else None)
        _close_alerts(store)
    _say(made)
    return OK


@click.command()
@click.argument("number", required=False, type=int)
@click.option("--note", default="", help="Why, for the history.")
@BY
@CONFIG
def rollback(number: int | None, note: str, author: str, config: Path) -> int:
    """Make the files of an earlier edition live again: those before the live ones, or those of edition NUMBER.

    The history keeps everything: this is a new edition with old files. The working files stay as they are; they
    are then said to be changed and not published.

    \b
    Examples:
      after-sales rollback --note "the new sentence promised too much"
      after-sales rollback 3

    \b
    Exit codes: 0 done; 1 there is nothing to go back to, or its stored copy is damaged; 3 those files
    cannot be used with this version of the program or this configuration.
    """
    from bot.cli.act import default_actor
    from bot.config import load_config
    from bot.editions.publishing import roll_back
    from bot.errors import NothingToPublish
    from bot.worker.wiring import wall_clock

    loaded = load_config(config, logins=False)
    with open_store(config) as store:
        live, before = store.editions.live(), _files_of(store)
        try:
            now = store.logical_now(wall_clock())
            made = roll_back(store, loaded, number, author or default_actor(), note, now)
        except NothingToPublish as error:
            click.echo(_sentence(str(error)))
            return OK
        show_difference(before, made.contents.files, diff=False, against=live.number if live else None)
        _close_alerts(store)
    _say(made)
    return OK


def day_and_minute(moment: datetime) -> str:
    """2025-03-10 09:01 UTC."""
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def show_difference(
    old: Mapping[str, bytes], new: Mapping[str, bytes], *, diff: bool, against: int | None = None
) -> bool:
    """The files that differ, each with how many lines; whether there are none."""
    from bot.editions.contents import differences, unified

    changes = differences(old, new)
    heading(f"Changed since edition {against}" if against else "Files")
    if not changes:
        click.echo("  nothing")
    for name, how in changes if old else ():
        lines = unified(old.get(name), new.get(name), name)
        more, less = (sum(line.startswith(sign) for line in lines[2:]) for sign in "+-")
        click.echo(f"  {paint(SIGNS[how], MEANS[how])} {name}  {paint(f'+{more} -{less} lines', 'faint')}")
        for line in lines[2:] if diff else ():
            meaning = {"+": "passed", "-": "failed", "@": "title"}.get(line[:1])
            click.echo(f"      {paint(line, meaning) if meaning else line}".rstrip())
    if not old:
        click.echo(f"  {len(new)}, all new")
    return not changes


def _show_changes(store: Store, files: Mapping[str, bytes], *, diff: bool) -> bool:
    number = store.editions.live_number()
    return show_difference(_files_of(store), files, diff=diff, against=number)


def _files_of(store: Store) -> Mapping[str, bytes]:
    """The files of the live edition; none when there is none, or its copy is damaged."""
    from bot.editions.shelf import Shelf
    from bot.errors import EditionError

    live = store.editions.live()
    try:
        return Shelf(store.folder).read(live.hash).files if live else {}
    except EditionError as error:
        click.echo(paint(_sentence(str(error)), "failed"), err=True)
        return {}


def _close_alerts(store: Store) -> None:
    """What was said of files that were not published is over; a running bot says what is left of it."""
    from bot.editions.working import ALERT

    store.alerts.acknowledge(ALERT)


def _say(made: Published) -> None:
    edition = made.edition
    back = f" with the files of edition {edition.back_to}" if edition.back_to else ""
    heading(f"Edition {edition.number} is live{back}")
    click.echo(f"  {edition.files} files, by {edition.author}, {day_and_minute(edition.published_at)}")
    if edition.note:
        click.echo(f"  {edition.note}")
    click.echo(paint("  A running bot uses it from the next mail on. To undo: after-sales rollback", "faint"))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
