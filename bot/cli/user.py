"""``after-sales user``: who may sign in at the desk. A password comes from a prompt or standard input, never an option:
options stand in the shell's history and in the list of processes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import OK
from bot.cli.run import CONFIG
from bot.cli.show import table

if TYPE_CHECKING:
    from bot.config import Config
    from bot.store.engine import Store

ROLES = ("reader", "agent", "lead", "operator")
WRONG = {
    "too_short": "it needs at least 12 characters; a sentence is fine",
    "too_long": "it has more than 200 characters",
    "too_plain": "it repeats too few characters",
    "like_name": "it holds the name",
}


@click.group()
def user() -> None:
    """Who may sign in at the desk: reader looks, agent decides, lead releases, operator sets up.

    \b
    Examples:
      after-sales user add ana@example.com --role agent --shown "Ana Ferreira"
      after-sales user passwd ana@example.com
      after-sales user disable ana@example.com
      after-sales user list

    \b
    Exit codes: 0 done; 1 there is no such person, or one already; 2 a password that cannot be used;
    3 configuration cannot be used.
    """


@contextmanager
def prepared(config: Config) -> Iterator[Store]:
    """The store; made when there is none yet, so that people can be added before the first mail."""
    from bot.store.engine import DATABASE, Store
    from bot.store.folder import FolderLock

    folder = config.data.folder
    if not (folder / DATABASE).is_file():
        with FolderLock(folder), Store(folder):
            pass
    with Store(folder, prepare=False) as store:
        yield store


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True, help="What the person may do.")
@click.option("--shown", default="", help="The name that colleagues see; the name itself if not given.")
@CONFIG
def add(name: str, role: str, shown: str, config: Path) -> int:
    """Let somebody in. The password is asked for, or read from standard input (one line).

    \b
    Examples:
      after-sales user add ana@example.com --role agent --shown "Ana Ferreira"
      pass show desk/ana | after-sales user add ana@example.com
    """
    from bot.config import load_config
    from bot.desk.people import HASHER, NAME, plain_name
    from bot.store.states import Role
    from bot.worker.wiring import wall_clock

    name = plain_name(name)
    if not NAME.fullmatch(name):
        raise click.UsageError("a name is a mail address or a word of letters, digits, dots and dashes")
    with prepared(load_config(config, logins=False)) as store:
        hashed = HASHER.hash(_password(name))
        store.people.add(name, shown.strip() or name, Role(role), hashed, store.logical_now(wall_clock()))
    click.echo(f"{name} can sign in, as {role}.")
    return OK


@user.command()
@click.argument("name")
@CONFIG
def passwd(name: str, config: Path) -> int:
    """A new password for somebody, who is signed out everywhere.

    \b
    Examples:
      after-sales user passwd ana@example.com
    """
    from bot.config import load_config
    from bot.desk.people import HASHER, plain_name
    from bot.worker.wiring import wall_clock

    with prepared(load_config(config, logins=False)) as store:
        person = store.people.named(plain_name(name))
        store.people.set_password(person.id, HASHER.hash(_password(person.name)), store.logical_now(wall_clock()))
    click.echo(f"{person.name} has a new password and is signed out everywhere.")
    return OK


@user.command()
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let the person in again.")
@CONFIG
def disable(name: str, undo: bool, config: Path) -> int:
    """Shut somebody out, at once and everywhere. What the person did stays in the history.

    \b
    Examples:
      after-sales user disable ana@example.com
      after-sales user disable ana@example.com --undo
    """
    from bot.config import load_config
    from bot.desk.people import plain_name

    with prepared(load_config(config, logins=False)) as store:
        person = store.people.named(plain_name(name))
        store.people.set_disabled(person.id, not undo)
    click.echo(f"{person.name} can sign in again." if undo else f"{person.name} is shut out and signed out everywhere.")
    return OK


@user.command()
@click.argument("name")
@click.argument("new_role", metavar="ROLE", type=click.Choice(ROLES))
@CONFIG
def role(name: str, new_role: str, config: Path) -> int:
    """Change what somebody may do, from the next click on.

    \b
    Examples:
      after-sales user role ana@example.com lead
    """
    from bot.config import load_config
    from bot.desk.people import plain_name
    from bot.store.states import Role

    with prepared(load_config(config, logins=False)) as store:
        person = store.people.named(plain_name(name))
        store.people.set_role(person.id, Role(new_role))
    click.echo(f"{person.name} is {new_role} now.")
    return OK


@user.command("list")
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_(config: Path, as_json: bool) -> int:
    """Who may sign in, with open sessions.

    \b
    Examples:
      after-sales user list
      after-sales user list --json
    """
    from bot.config import load_config

    with prepared(load_config(config, logins=False)) as store:
        rows = store.people.every()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif not rows:
        click.echo("Nobody can sign in yet.")
    else:
        heads = ["name", "shown", "role", "may sign in", "sessions", "last seen"]
        shown = [
            [r["name"], r["shown"], r["role"], "no" if r["disabled"] else "yes", str(r["sessions"]), r["seen_at"] or ""]
            for r in rows
        ]
        table(shown, heads)
    return OK


def _password(name: str) -> str:
    """Asked twice on a terminal, else the first line of standard input."""
    from bot.desk.people import wrong_with

    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if why := wrong_with(password, name):
        raise click.UsageError(f"this password cannot be used: {WRONG[why]}")
    return password
