"""``after-sales case NUMBER ACTION``: one command for each row of the table of actions, made from the table."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import ATTENTION, OK, USAGE
from bot.cli.show import heading, paint
from bot.core.model import State
from bot.core.warranty.action_values import VALUES
from bot.core.warranty.actions import ACTIONS, AGENT, ALWAYS, Action, allowed_states
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
        params=[
            *_said(action),
            *([TEXT_FILE] if _has_text(action) else []),
            *([LETTER] if action.letter else []),
            *COMMON,
        ],
        callback=lambda **given: _act(name, **given),
        help=_help(name, action),
        short_help=action.does,
    )


def _has_text(action: Action) -> bool:
    """Whether words of one's own go into its letter; they may lie in a file."""
    return bool(action.letter) and "text" in (*action.needs, *action.may)


def _said(action: Action) -> list[click.Parameter]:
    """What is said with an action. Beside the life cycle there is little to say, and it needs no names."""
    params: list[click.Parameter] = []
    for value in action.needs:
        if action.event:
            params.append(_option(value, required=not (value == "text" and _has_text(action))))
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
        ["--version"], type=int, help="Only if the case still has the version you looked at; else nothing happens."
    ),
    click.Option(["--dry-run"], is_flag=True, help="Show the letter and what would follow; change nothing."),
    click.Option(["-c", "--config"], type=click.Path(path_type=Path), help="The configuration file."),
]
LETTER = click.Option(
    ["--letter"],
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the letter in your own words, sent instead of the drafted one (see it with --dry-run).",
)
TEXT_FILE = click.Option(
    ["--text-file", "text_file"],
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A file with that text; - reads what comes in.",
)
EXIT_CODES = """\b
Exit codes: 0 done, or shown with --dry-run; 1 there is no such case, it is not possible now, or
somebody was quicker; 2 something was said that cannot be; 3 configuration cannot be used."""
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
    "note": "'Please leave the watch where it is.'",
    "to": "maria",
    "flag": "second_hand",
    "field": "order_number",
    "value": "KS20418",
    "into": "M4T7P3",
}


# What an example says instead, where the same name means something else, and its other ways.
OWN_EXAMPLES = {"answer": "answer --text 'The strap is 22 mm wide.'"}
MORE_EXAMPLES = {
    "answer": ("answer --text-file answer.txt", "answer --text-file -"),
    "close": ("close --text 'Yes, the watch stores music.'",),
}


def example(name: str, action: Action, values: Mapping[str, str] = EXAMPLES) -> str:
    """The action with everything that must be said."""
    if name in OWN_EXAMPLES:
        return OWN_EXAMPLES[name]
    return " ".join([name, *(f"--{n} {values[n]}" if action.event else values[n] for n in action.needs)])


def _help(name: str, action: Action) -> str:
    """What it does, when, and how it is written."""
    states = allowed_states(name)
    when = (
        f"Possible while the case is {', '.join(states)}." if len(states) < len(State) else "Possible in every state."
    )
    who = f" Only for a {action.role}." if action.role != AGENT else ""
    line = f"  after-sales case K7F3Q9 {example(name, action)}"
    lines = [f"{line} --dry-run", line] if action.letter else [line]
    lines += [f"  after-sales case K7F3Q9 {more}" for more in MORE_EXAMPLES.get(name, ())]
    return "\n\n".join([action.does, when + who, "\b\nExamples:\n" + "\n".join(lines), EXIT_CODES])


@click.pass_context
def _act(
    ctx: click.Context,
    /,
    action: str,
    actor: str,
    version: int | None,
    dry_run: bool,
    config: Path | None,
    letter: Path | None = None,
    text_file: Path | None = None,
    **values: Any,
) -> int:
    from bot.cli.cases import known
    from bot.config import load_config
    from bot.worker.acted import Wish
    from bot.worker.acting import perform, rehearse
    from bot.worker.logs import set_up_logs
    from bot.worker.wiring import open_desk

    number, above = ctx.obj
    loaded = load_config(config or above, logins=False)
    set_up_logs("error", loaded.log.format)
    given = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items() if v}
    with open_desk(loaded) as desk:
        number = known(desk.store, number)
        try:
            label, text = _read(str(given.pop("label", ""))), _read(letter).decode("utf-8", "replace")
            if text_file is not None:
                given["text"] = _read_text(text_file, given)
            wish = Wish(body=text or None, label=label)
            if dry_run:
                show(rehearse(desk, number, action, given, actor, wish), dry_run=True)
            else:
                show(perform(desk, number, action, given, actor, version, wish), dry_run=False)
        except WrongValue as error:
            click.echo(f"{error}. See: after-sales case {number} {action} --help", err=True)
            return USAGE
        except NotAllowed as error:
            click.echo(f"Not possible: {error}.", err=True)
            return ATTENTION
    return OK


def _read(file: Path | str | None) -> bytes:
    """The bytes of a file that was named; none when none was."""
    if not file:
        return b""
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise WrongValue(f"{file} cannot be read ({error.strerror})") from error


def _read_text(file: Path, given: Mapping[str, Any]) -> str:
    """The words that were written beforehand, or come from standard input."""
    if given.get("text"):
        raise WrongValue("give the text or its file, not both")
    raw = sys.stdin.buffer.read() if str(file) == "-" else _read(file)
    text = raw.decode("utf-8-sig", "replace")
    if not text.strip():
        raise WrongValue(f"{'nothing came in' if str(file) == '-' else f'{file} is empty'}: a text is needed")
    return text


def show(done: Performed, *, dry_run: bool) -> None:
    """What an action came to, and its letter."""
    whose = f", waiting for {done.next_actor}" if done.next_actor else ""
    heading(f"Case {done.number} {'would be' if dry_run else 'is'} {done.state}{whose}")
    if dry_run:
        click.echo(
            paint(f"Nothing is changed or sent. Decide on what you saw with: --version {done.version}", "unknown")
        )
    if done.draft is None:
        return
    if done.held:
        click.echo(paint(f"The letter is held for a person: {done.held.replace('_', ' ')}", "failed"))
    elif not dry_run:
        click.echo("The letter goes out with the next round of the bot.")
    click.echo(paint(f"To: {done.recipient}", "faint"))
    click.echo(paint(f"Subject: {done.draft.subject}", "faint"))
    click.echo()
    click.echo(done.draft.text)
