"""``after-sales webhook``: what other programs still have to be told, and what was given up."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli import OK
from bot.cli.cases import open_store
from bot.cli.run import CONFIG
from bot.cli.show import table

LIST = ("webhook", "listener", "type", "case_number", "state", "tries", "error", "next_try")


@click.group()
def webhook() -> None:
    """What other programs are told of cases: [[webhook]] in the configuration.

    \b
    Examples:
      after-sales webhook list
      after-sales webhook retry 17

    \b
    Exit codes: 0 done; 1 there is no such webhook, or no data yet; 3 configuration cannot be used.
    """


@webhook.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@CONFIG
def list_(as_json: bool, config: Path) -> int:
    """Those that wait and those that were given up, oldest first, with the reason.

    \b
    Examples:
      after-sales webhook list
      after-sales webhook list --json
    """
    with open_store(config) as store:
        rows = store.webhooks.open()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif not rows:
        click.echo("Every program was told everything.")
    else:
        table(
            [["" if row[c] is None else str(row[c]) for c in LIST] for row in rows], [c.replace("_", " ") for c in LIST]
        )
    return OK


@webhook.command()
@click.argument("webhook", type=int)
@CONFIG
def retry(webhook: int, config: Path) -> int:
    """Tell it once more after all, with fresh tries.

    \b
    Examples:
      after-sales webhook retry 17
    """
    from bot.worker.wiring import wall_clock

    with open_store(config) as store:
        store.webhooks.again(webhook, store.logical_now(wall_clock()))
    click.echo(f"Webhook {webhook} is sent again with the next round.")
    return OK
