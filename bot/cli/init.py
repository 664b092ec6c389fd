"""``after-sales init``: a working folder that an operator understands at once."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import ATTENTION, OK
from bot.cli.show import heading

# what is laid out, and what it is for
CONTENTS = (
    ("README.md", "what lies where, and what to try first"),
    ("config.toml", "mailbox, sender, limits: every setting with its default and a sentence"),
    ("policy/", "the warranty as tables: services, windows, exclusions, shops, models, carriers, words"),
    ("templates/", "the letters, one folder a language; phrases.toml holds the short ones"),
    ("data/", "database, mails and files; made by the bot, never edited by hand"),
)


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
def init(directory: Path) -> int:
    """Lay out a working folder: config, policy and templates to edit. Existing files are never overwritten.

    What a later version of the program changed in them is shown by after-sales upgrade.

    \b
    Examples:
      after-sales init my-desk

    \b
    Exit codes: 0 laid out; 1 some files were there already and stayed as they are.
    """
    kept = lay_out(directory)
    heading(f"{directory}/")
    for name, line in CONTENTS:
        click.echo(f"  {name:<14} {line}")
    for path in kept:
        click.echo(f"  kept as it was: {path}")
    heading("Next")
    click.echo(f"  1. write your servers and addresses into {directory / 'config.toml'}")
    click.echo(f"  2. after-sales check -c {directory / 'config.toml'}")
    click.echo(f"  3. after-sales once -c {directory / 'config.toml'}     (a dry run)")
    if kept:
        click.echo(f"  after-sales upgrade {directory} shows what the defaults say instead of what was kept")
    return ATTENTION if kept else OK


def lay_out(directory: Path) -> list[Path]:
    """Write what is missing; the files that were there already and stayed."""
    from bot.editions.laid_out import lay_out as lay

    directory.mkdir(parents=True, exist_ok=True)
    return lay(directory)
