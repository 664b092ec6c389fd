"""``after-sales quarantine``: mails that could not be read; nothing of them is lost."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from bot.cli import OK
from bot.cli.cases import open_store
from bot.cli.run import CONFIG
from bot.cli.show import table


@click.group()
def quarantine() -> None:
    """Mails that could not be read after three attempts. Each is also a case for staff.

    \b
    Examples:
      after-sales quarantine list
      after-sales quarantine show 17 > original.eml
      after-sales quarantine retry 17

    \b
    Exit codes: 0 done; 1 there is no such mail in quarantine, or no data yet; 3 configuration cannot be used.
    """


@quarantine.command("list")
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_(config: Path, as_json: bool) -> int:
    """The mails in quarantine, oldest first, with the reason.

    \b
    Examples:
      after-sales quarantine list
      after-sales quarantine list --json
    """
    with open_store(config) as store:
        rows = store.ledger.quarantined()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif not rows:
        click.echo("Nothing is in quarantine.")
    else:
        table([["" if v is None else str(v) for v in row.values()] for row in rows], [*rows[0]])
    return OK


@quarantine.command()
@click.argument("mail", type=int)
@CONFIG
def show(mail: int, config: Path) -> int:
    """The original bytes of one mail, on standard output. Open them only with a program you trust.

    \b
    Examples:
      after-sales quarantine show 17 > original.eml
    """
    with open_store(config) as store:
        entry = store.ledger.get(mail)
        raw = store.files.read(entry.raw_sha256) if entry.raw_sha256 else b""
    sys.stdout.buffer.write(raw)
    return OK


@quarantine.command()
@click.argument("mail", type=int)
@CONFIG
def retry(mail: int, config: Path) -> int:
    """Take one mail out of quarantine: the next round reads it again, with fresh attempts.

    \b
    Examples:
      after-sales quarantine retry 17
    """
    from bot.worker.wiring import wall_clock

    with open_store(config) as store:
        store.ledger.retry(mail, store.logical_now(wall_clock()))
    click.echo(f"Mail {mail} is read again in the next round.")
    return OK
