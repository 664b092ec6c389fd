"""``after-sales policy dealers``: a list of authorised dealers, taken from a table of a spreadsheet into the policy."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import ATTENTION, OK, SETUP
from bot.cli.operator_files import files_options, working_files
from bot.cli.show import heading, paint

if TYPE_CHECKING:
    from bot.core.warranty.dealer_list import Changed, Row
    from bot.core.warranty.dealer_sheet import Sheet

SHOWN = 12  # rows of each kind on the terminal


@click.command()
@click.argument("table", metavar="FILE.csv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@files_options
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--skip-bad", is_flag=True, help="Take the good rows although others cannot be used.")
@click.option("--replace", "whole", is_flag=True, help="The table is the whole list: who is not in it is taken out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def dealers(
    table: Path,
    config: Path | None,
    policy: Path | None,
    templates: Path | None,
    dry_run: bool,
    skip_bad: bool,
    whole: bool,
    as_json: bool,
) -> int:
    """Take a list of authorised dealers from a CSV file into policy/dealers.toml, a file of its own.

    The first line names the columns: name, and if you have them host, country and also (other names). Separator and
    encoding are found out. Nothing is written while a row cannot be used, unless --skip-bad; each is named with
    its line. Customers get it when you publish.

    \b
    Examples:
      after-sales policy dealers dealers.csv --dry-run
      after-sales policy dealers dealers.csv --replace

    \b
    Exit codes: 0 written, or nothing to change; 1 rows that cannot be used; 2 no table, or no folder of
    your own; 3 the policy cannot be used, with these dealers or without.
    """
    from bot.config import default_folder, load_policy
    from bot.core.warranty.dealer_list import change
    from bot.core.warranty.dealer_sheet import NoTable, read_sheet
    from bot.core.warranty.policy_dealers import FILE, PREFIX, owners_of
    from bot.errors import PolicyError

    files = working_files(config, policy, templates)
    if files.policy.resolve() == default_folder("policy").resolve() and policy is None:
        raise click.UsageError("The policy is the one that came with the program; lay out your own: after-sales init")
    rules = load_policy(files.policy)
    owners = owners_of([row for row in rules.platforms if not row.id.startswith(PREFIX)])
    try:
        sheet = read_sheet(table.read_bytes(), owners)
    except NoTable as error:
        raise click.UsageError(f"{table}: {error}.") from error
    target = files.policy / FILE
    old = target.read_text(encoding="utf-8-sig") if target.is_file() else ""
    changed = change(old, sheet.dealers, whole=whole)
    held = bool(sheet.problems) and not skip_bad
    writes = not held and not dry_run and bool(changed.added or changed.changed or (whole and changed.absent))
    if writes:
        try:
            _write(files.policy, target, changed.text)
        except PolicyError as error:
            click.echo(f"{target} was not written:", err=True)
            for problem in error.problems:
                click.echo(f"  - {problem}", err=True)
            return SETUP
    if as_json:
        click.echo(json.dumps(_as_json(sheet, changed, written=writes, whole=whole), ensure_ascii=False, indent=1))
    else:
        _show(table, sheet, changed, whole=whole)
        _say(target, changed, held=held, dry_run=dry_run, writes=writes)
    return ATTENTION if sheet.problems else OK


def _write(folder: Path, target: Path, text: str) -> None:
    """The file, whole or not at all. Raises PolicyError when the policy could not be used with it."""
    from bot.cli.operator_files import read_toml
    from bot.core.warranty.policy import parse_policy

    sources = {name: source.encode() for name, source in read_toml(folder).items()}
    parse_policy(sources | {target.name: text.encode()})
    fresh = target.with_name(f".{target.name}.new")
    with fresh.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)


def _show(table: Path, sheet: Sheet, changed: Changed, *, whole: bool) -> None:
    heading(f"{table}: {len(sheet.dealers)} {'dealer' if len(sheet.dealers) == 1 else 'dealers'}")
    for note in sheet.notes:
        click.echo(paint(f"  {note}", "faint"))
    _rows("+", "added", "passed", [_told(row) for row in changed.added])
    _rows("~", "changed", "unknown", [f"{_told(was)} -> {_told(now)}" for was, now in changed.changed])
    click.echo(f"  {changed.unchanged:>6} unchanged")
    _rows("-", "taken out" if whole else "not in the table, kept", "failed", [_told(row) for row in changed.absent])
    _rows(" ", "there twice", "faint", sheet.repeated)
    _rows("!", "cannot be used", "failed", sheet.problems, all_of_them=True)


def _rows(sign: str, what: str, meaning: str, lines: list[str], *, all_of_them: bool = False) -> None:
    if not lines:
        return
    click.echo(f"  {len(lines):>6} {what}")
    shown = lines if all_of_them else lines[:SHOWN]
    for line in shown:
        click.echo(f"         {paint(sign, meaning)} {line}")
    if len(lines) > len(shown):
        click.echo(paint(f"           and {len(lines) - len(shown)} more", "faint"))


def _told(row: Row) -> str:
    more = ", ".join((*row.hosts, *row.countries))
    return f"{row.name} ({more})" if more else row.name


def _say(target: Path, changed: Changed, *, held: bool, dry_run: bool, writes: bool) -> None:
    click.echo()
    if held:
        click.echo("Nothing was written. Mend the rows, or take the good ones with --skip-bad.")
    elif writes:
        click.echo(f"{target} is written. Customers get it with: after-sales publish")
    elif dry_run and (changed.added or changed.changed or changed.absent):
        click.echo("All is well. Nothing was written.")
    else:
        click.echo("There is nothing to change.")


def _as_json(sheet: Sheet, changed: Changed, *, written: bool, whole: bool) -> dict[str, object]:
    return {
        "added": [row.name for row in changed.added],
        "changed": [now.name for _, now in changed.changed],
        "unchanged": changed.unchanged,
        "removed" if whole else "kept": [row.name for row in changed.absent],
        "repeated": sheet.repeated,
        "bad": sheet.problems,
        "notes": sheet.notes,
        "written": written,
    }
