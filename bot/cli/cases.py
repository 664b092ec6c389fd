"""``after-sales cases`` and ``after-sales case``: the database, readable."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import OK, USAGE
from bot.cli.run import CONFIG
from bot.cli.show import table
from bot.core.model import FLAGS, State
from bot.core.warranty.action_values import SERVICES, among
from bot.errors import StoreError, WrongValue

if TYPE_CHECKING:
    from bot.store.engine import Store


def open_store(config: Path) -> Store:
    """The configured store, for looking; raises StoreError when there is none yet."""
    from bot.config import load_config
    from bot.store.engine import Store

    return Store(load_config(config, logins=False).data.folder, prepare=False)


@click.command()
@CONFIG
@click.option("--state", help="Only cases in this state, for example ready_for_staff.")
@click.option("--waiting-for", type=click.Choice(["customer", "staff", "carrier", "nobody"]), help="Whose turn it is.")
@click.option("--flag", help="Only cases with this flag, for example safety_hazard.")
@click.option("--language", help="Only cases in this language, for example de.")
@click.option("--service", help="Only cases with this recommended service.")
@click.option("--order", "order_number", help="Only cases about this order number.")
@click.option("--address", help="Only cases of this customer's address.")
@click.option("--queue", is_flag=True, help="Only what needs a person, most urgent first, with the question to decide.")
@click.option("--limit", default=100, show_default=True, help="At most so many cases.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def cases(config: Path, queue: bool, limit: int, as_json: bool, **filters: str | None) -> int:
    """The list of cases, last changed first.

    \b
    Examples:
      after-sales cases --queue
      after-sales cases --state waiting_for_details --language de
      after-sales cases --order KS20418 --json

    \b
    Exit codes: 0 listed; 1 no data yet; 2 a state, flag or service that there is not; 3 configuration
    cannot be used.
    """
    chosen = {name: value for name, value in filters.items() if value}
    try:
        for name in CHOICES.keys() & chosen.keys():
            among(str(chosen[name]), CHOICES[name])
    except WrongValue as error:
        click.echo(f"{name}: {error}.", err=True)
        return USAGE
    with open_store(config) as store:
        rows = store.cases.queue() if queue else store.cases.list(limit=limit, **chosen)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return OK
    if not rows:
        click.echo("Nobody waits for a person." if queue else "No case fits.")
        return OK
    list_cases(rows, QUEUE if queue else LIST)
    return OK


# column -> its heading
LIST = {
    "case_number": "case",
    "state": "state",
    "waiting_for": "waiting for",
    "due": "by",
    "customer": "customer",
    "model": "model",
    "service": "service",
    "order_number": "order",
    "flags": "flags",
    "language": "language",
}
QUEUE = {
    "case_number": "case",
    "urgency": "urgency",
    "answer_by": "answer by",
    "customer": "customer",
    "model": "model",
    "language": "language",
    "why": "what to decide",
}
CHOICES: dict[str, tuple[str, ...]] = {"state": tuple(State), "flag": FLAGS, "service": SERVICES}


def list_cases(rows: Sequence[dict[str, Any]], columns: Mapping[str, str]) -> None:
    """The rows as a table for reading."""
    due = [{**row, "due": row.get("answer_by") or row.get("reply_by")} for row in rows]
    table([["" if row[c] is None else str(row[c]) for c in columns] for row in due], list(columns.values()))


def known(store: Store, number: str) -> str:
    """The number of a case as it is stored. Raises StoreError with the nearest one, when there is no such case."""
    numbers = [str(row["number"]) for row in store.db.rows("SELECT number FROM cases ORDER BY id DESC")]
    wanted = number.strip().lstrip("#").upper()
    if wanted in numbers:
        return wanted
    near = get_close_matches(wanted, numbers, n=1)
    hint = f"; did you mean {near[0]}?" if near else "; after-sales cases lists all"
    raise StoreError(f"there is no case {wanted}{hint}")


class _CaseGroup(click.Group):
    """``case NUMBER`` shows, ``case NUMBER ACTION`` acts; options may stand before and after the number."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from bot.core.warranty.actions import ACTIONS

        return list(ACTIONS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        from bot.cli.act import command_of

        return command_of(name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            near = get_close_matches(args[0].replace("_", "-"), names, 1)
            hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(names)}."
            raise click.UsageError(f"No such action '{args[0]}'. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own, rest = _own_words(args)
        return super().parse_args(ctx, [*own, *rest])


def _own_words(args: list[str]) -> tuple[list[str], list[str]]:
    """The group's options and then the number; and whatever follows the number, an action and what is said with it."""
    options: list[str] = []
    number: list[str] = []
    words = list(args)
    while words and not (number and not words[0].startswith("-")):
        word = words.pop(0)
        if not word.startswith("-"):
            number = [word]
        elif word in ("-c", "--config") and words:
            options += [word, words.pop(0)]
        else:
            options.append(word)
    return [*options, *number], words


@click.group(cls=_CaseGroup, invoke_without_command=True, subcommand_metavar="[ACTION [OPTIONS]...]")
@click.argument("number")
@CONFIG
@click.option("--full", is_flag=True, help="Our letters whole, every check, and every event.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with everything.")
@click.pass_context
def case(ctx: click.Context, number: str, config: Path, full: bool, as_json: bool) -> int:
    """One case: what to decide and how, the conversation, what was found and where, the checks.

    With an action: do it. The letter it writes is drafted in the customer's language and goes out with it;
    --dry-run shows it first.

    \b
    Examples:
      after-sales case K7F3Q9
      after-sales case k7f3q9 --full
      after-sales case K7F3Q9 approve --service free_repair --address eu --dry-run
      after-sales case K7F3Q9 correct order_number KS20418

    \b
    Exit codes: 0 shown or done; 1 there is no such case, the action is not possible now, or somebody was
    quicker; 2 something was said that cannot be; 3 configuration cannot be used.
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = (number, config)
        return OK
    from bot.cli.case_page import show_case
    from bot.cli.proposals import proposals_of
    from bot.config import load_config
    from bot.worker.ticking import upcoming

    loaded = load_config(config, logins=False)
    with open_store(config) as store:
        parts = store.cases.show(known(store, number))
        parts["case"]["why"] = store.cases.why(parts["case"]["case_number"]) or parts["case"]["why"]
        coming = upcoming(store, loaded, parts["case"]["case_number"])
    parts["next"] = {"timer": coming[0], "on": coming[1].isoformat()} if coming else None
    parts["proposals"] = proposals_of(loaded, parts["case"]["case_number"])
    if as_json:
        click.echo(json.dumps(parts, ensure_ascii=False, indent=1))
        return OK
    show_case(parts, addresses=[row.id for row in loaded.return_address], full=full)
    return OK
