"""``after-sales token``: what other programs ask the desk with. A token is shown once and never kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from bot.cli import OK
from bot.cli.act import default_actor
from bot.cli.run import CONFIG
from bot.cli.show import table
from bot.cli.user import ROLES, prepared

LONGEST_NAME = 60


@click.group()
def token() -> None:
    """Tokens for other programs, which read the desk's lists and act on cases over /api/v1.

    \b
    Examples:
      after-sales token add order-system --role agent --expires 2026-12-31
      after-sales token list
      after-sales token revoke order-system

    \b
    Exit codes: 0 done; 1 there is no such token, or one already; 2 a name or day that cannot be;
    3 configuration cannot be used.
    """


@token.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="reader", show_default=True, help="What the program may do.")
@click.option("--expires", metavar="DAY", help="Last day on which it holds, such as 2026-12-31; for ever if not given.")
@CONFIG
def add(name: str, role: str, expires: str | None, config: Path) -> int:
    """Make a token and print it, this once. Only its hash is kept: who loses it needs another one.

    \b
    Examples:
      after-sales token add dashboard
      after-sales token add order-system --role agent --expires 2026-12-31 > order-system.token
    """
    from bot.config import load_config
    from bot.store.states import Role
    from bot.worker.wiring import wall_clock

    if not (name.isprintable() and 0 < len(name.strip()) <= LONGEST_NAME):
        raise click.UsageError(f"a name is one line of at most {LONGEST_NAME} characters")
    with prepared(load_config(config, logins=False)) as store:
        now = store.logical_now(wall_clock())
        ends = _end_of(expires, now)
        text = store.tokens.add(name.strip(), Role(role), ends, default_actor(), now)
    click.echo(text)
    until = f" until {expires}" if expires else ""
    click.echo(f"The token {name.strip()} holds{until}, as {role}. It is not shown again.", err=True)
    return OK


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@CONFIG
def list_(as_json: bool, config: Path) -> int:
    """All tokens, without what proves them: role, state, when made, when last used.

    \b
    Examples:
      after-sales token list
      after-sales token list --json
    """
    from bot.config import load_config
    from bot.worker.wiring import wall_clock

    with prepared(load_config(config, logins=False)) as store:
        rows = store.tokens.list(store.logical_now(wall_clock()))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif not rows:
        click.echo("There is no token.")
    else:
        table(
            [["" if v is None else str(v) for v in row.values()] for row in rows],
            [n.replace("_", " ") for n in rows[0]],
        )
    return OK


@token.command()
@click.argument("name")
@CONFIG
def revoke(name: str, config: Path) -> int:
    """End a token at once and for good.

    \b
    Examples:
      after-sales token revoke order-system
    """
    from bot.config import load_config
    from bot.worker.wiring import wall_clock

    with prepared(load_config(config, logins=False)) as store:
        store.tokens.revoke(name, store.logical_now(wall_clock()))
    click.echo(f"The token {name} holds no more.")
    return OK


def _end_of(text: str | None, now: datetime) -> datetime | None:
    """The end of that day, everywhere on earth."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f'"{text}" is no day; write it like 2026-12-31') from None
    ends = datetime.combine(day + timedelta(days=1), time(12), tzinfo=UTC)
    if ends <= now:
        raise click.UsageError(f"{text} is over")
    return ends
