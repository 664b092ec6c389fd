"""``after-sales case NUMBER ACTION``: one command for each row of the table of actions, made from the table."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import ATTENTION, OK, USAGE
from bot.cli.show import heading, paint
from bot.core.warranty.action_values import VALUES
from bot.core.warranty.actions import ACTIONS, ALWAYS, Action
from bot.errors import NotAllowed, WrongValue

if TYPE_CHECKING:
    from bot.worker.acting import Performed


def default_actor() -> str:
    """Who acts when nobody is named: the login name."""
    return os.environ.get("USER") or getpass.getuser()


def command_of(name: str) -> click.Command | None:
    """The command of one action, or None when there is no such action."""
    action = ACTIONS.get(name)
    if action is None:
        return None
    return click.Command(
        name,
        params=[*_said(action), *COMMON],
        callback=lambda **given: _act(name, **given),
        help=f"{action.does}\n\n\b\nExamples:\n  after-sales case K7F3Q9 {_example(name, action)}",
        short_help=action.does,
    )


def _said(action: Action) -> list[click.Parameter]:
    """What is said with an action. Beside the life cycle there is little to say, and it needs no names."""
    params: list[click.Parameter] = []
    for value in action.needs:
        if action.event:
            params.append(_option(value, required=True))
        else:
            params.append(click.Argument([value]))
    return params + [_option(value) for value in (*action.may, *ALWAYS)]


def _option(name: str, *, required: bool = False) -> click.Option:
    row = VALUES[name]
    words = f" One of: {', '.join(row.choices)}." if row.choices else ""
    several = " May be given several times." if row.many else ""
    return click.Option(
        [f"--{name}"], required=required, multiple=row.many, help=f"{row.means}{words}{several}", metavar="TEXT"
    )


COMMON: list[click.Parameter] = [
    click.Option(["--actor"], default=default_actor, help="Who does it; the login name if not given."),
    click.Option(
        ["--version"], type=int, help="Only if the case still has this version (see --json); else nothing happens."
    ),
    click.Option(["--dry-run"], is_flag=True, help="Show the letter and what would follow; change nothing."),
    click.Option(["-c", "--config"], type=click.Path(path_type=Path), help="The configuration file."),
]
EXAMPLES = {
    "service": "free_repair",
    "address": "eu",
    "reason": "out_of_warranty",
    "total": "39.90",
    "currency": "EUR",
    "asks": "photo_or_video",
    "result": "confirmed",
    "tracking": "00340434161094042557",
    "text": "'called the customer'",
    "to": "maria",
    "flag": "second_hand",
    "field": "order_number",
    "value": "KS20418",
    "into": "M4T7P3",
}


def _example(name: str, action: Action) -> str:
    said = [f"--{n} {EXAMPLES[n]}" if action.event else EXAMPLES[n] for n in action.needs]
    return " ".join([name, *said])


@click.pass_context
def _act(
    ctx: click.Context,
    /,
    action: str,
    actor: str,
    version: int | None,
    dry_run: bool,
    config: Path | None,
    **values: Any,
) -> int:
    from bot.config import load_config
    from bot.worker.acting import perform, rehearse
    from bot.worker.logs import set_up_logs
    from bot.worker.wiring import open_desk

    number, above = ctx.obj
    loaded = load_config(config or above)
    set_up_logs("error", loaded.log.format)
    given = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items() if v}
    with open_desk(loaded) as desk:
        try:
            if dry_run:
                show(rehearse(desk, number, action, given, actor), dry_run=True)
            else:
                show(perform(desk, number, action, given, actor, version), dry_run=False)
        except WrongValue as error:
            click.echo(f"{error}. See: after-sales case {number} {action} --help", err=True)
            return USAGE
        except NotAllowed as error:
            click.echo(f"Not possible: {error}.", err=True)
            return ATTENTION
    return OK


def show(done: Performed, *, dry_run: bool) -> None:
    """What an action came to, and its letter."""
    whose = f", waiting for {done.next_actor}" if done.next_actor else ""
    heading(f"Case {done.number} {'would be' if dry_run else 'is'} {done.state}{whose}")
    if done.draft is None:
        return
    if done.held:
        click.echo(paint(f"The letter is held: {done.held.replace('_', ' ')}", "failed"))
    click.echo(paint(f"To: {done.recipient}", "faint"))
    click.echo(paint(f"Subject: {done.draft.subject}", "faint"))
    click.echo()
    click.echo(done.draft.text)
