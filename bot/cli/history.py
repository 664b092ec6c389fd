"""``after-sales history``: what was published, when, by whom, and what became of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import ATTENTION, OK, USAGE
from bot.cli.cases import open_store
from bot.cli.publish import day_and_minute, show_difference
from bot.cli.run import CONFIG
from bot.cli.show import heading, paint, table

if TYPE_CHECKING:
    from bot.store.editions import Edition
    from bot.store.engine import Store

NAMED = 3  # changed files that a row names


@click.command()
@click.argument("number", required=False, type=int)
@click.option("--restore", is_flag=True, help="Copy the files of edition NUMBER into the working folders.")
@click.option("--force", is_flag=True, help="With --restore: also where you changed files and did not publish them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, or one object for NUMBER.")
@CONFIG
def history(number: int | None, restore: bool, force: bool, as_json: bool, config: Path) -> int:
    """The published editions, the newest first; with NUMBER that one, and what it changed line by line.

    --restore brings the files of an edition back into the working folders, to go on from them. Files that you
    changed and did not publish are named first and not overwritten without --force. Customers notice nothing of it.

    \b
    Examples:
      after-sales history
      after-sales history 3
      after-sales history 3 --restore

    \b
    Exit codes: 0 shown or restored; 1 no data yet, no such edition, its stored copy is damaged, or unpublished
    changes would be lost; 2 --restore without NUMBER; 3 configuration cannot be used.
    """
    if restore and number is None:
        click.echo("Which edition? For example: after-sales history 3 --restore", err=True)
        return USAGE
    with open_store(config) as store:
        if number is None:
            return _list(store, as_json=as_json)
        edition = store.editions.get(number)
        if restore:
            return _restore(store, edition, config, force=force)
        return _one(store, edition, as_json=as_json)


def row_of(edition: Edition, live: int | None, cases: int) -> dict[str, Any]:
    """An edition as JSON."""
    return {
        "edition": edition.number,
        "live": edition.number == live,
        "published_at": edition.published_at.isoformat().replace("+00:00", "Z"),
        "author": edition.author,
        "note": edition.note,
        "kind": str(edition.kind),
        "back_to": edition.back_to,
        "hash": edition.hash,
        "files": edition.files,
        "changed": [{"file": file, "how": how} for file, how in edition.changed],
        "cases_decided": cases,
    }


def _list(store: Store, *, as_json: bool) -> int:
    live, cases = store.editions.live_number(), store.editions.cases_decided()
    editions = store.editions.every()
    if as_json:
        rows = [row_of(e, live, cases.get(e.number, 0)) for e in editions]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return OK
    table(
        [
            [
                f"{e.number}{' live' if e.number == live else ''}",
                day_and_minute(e.published_at),
                e.author,
                str(cases.get(e.number, 0)),
                _what(e),
                e.note,
            ]
            for e in editions
        ],
        ["edition", "when", "who", "cases", "what", "note"],
    )
    if not editions:
        click.echo("Nothing was published yet: the first start does it.")
    return OK


def _what(edition: Edition) -> str:
    if edition.kind == "first":
        return f"{edition.files} files"
    named = ", ".join(file for file, _ in edition.changed[:NAMED])
    more = f" and {len(edition.changed) - NAMED} more" if len(edition.changed) > NAMED else ""
    back = f"back to edition {edition.back_to}: " if edition.back_to else ""
    return f"{back}{named}{more}"


def _one(store: Store, edition: Edition, *, as_json: bool) -> int:
    from bot.editions.contents import differences, unified
    from bot.editions.shelf import Shelf
    from bot.errors import EditionError, StoreError

    live, cases = store.editions.live_number(), store.editions.cases_decided().get(edition.number, 0)
    shelf = Shelf(store.folder)
    damaged = ""
    try:
        new = shelf.read(edition.hash).files
        old = shelf.read(store.editions.get(edition.number - 1).hash).files
    except EditionError as error:
        new, old, damaged = {}, {}, str(error)
    except StoreError:  # there is none before the first
        old = new
    if as_json:
        row = row_of(edition, live, cases)
        row["diff"] = {name: unified(old.get(name), new.get(name), name) for name, _ in differences(old, new)}
        click.echo(json.dumps(row, ensure_ascii=False, indent=1))
        return OK
    heading(f"Edition {edition.number}{', live' if edition.number == live else ''}")
    for name, value in (
        ("published", f"{day_and_minute(edition.published_at)} by {edition.author}"),
        ("note", edition.note),
        ("files of", f"edition {edition.back_to}" if edition.back_to else ""),
        ("files", f"{edition.files}, {edition.hash[:12]}"),
        ("cases", f"{cases} decided by it"),
    ):
        if value:
            click.echo(f"  {name:<12} {value}")
    if damaged:
        click.echo(paint(f"  {damaged}", "failed"))
        return ATTENTION
    if old is not new:
        show_difference(old, new, diff=True, against=edition.number - 1)
    return OK


def _restore(store: Store, edition: Edition, config: Path, *, force: bool) -> int:
    from bot.config import load_config
    from bot.editions.restoring import restore, would_lose

    loaded = load_config(config, logins=False)
    lost = would_lose(store, loaded)
    if lost and not force:
        click.echo("Changed and not published; this would overwrite it:")
        for file, how in lost:
            click.echo(f"  {how:<8} {file}")
        click.echo("Publish it first, or say --force.")
        return ATTENTION
    changes = restore(store, loaded, edition)
    heading(f"The working files are those of edition {edition.number}")
    for file, how in changes:
        click.echo(f"  {how:<8} {file}")
    if not changes:
        click.echo("  they were already")
    return OK
