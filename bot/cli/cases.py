"""``after-sales cases`` and ``after-sales case``: the database, readable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import ATTENTION, OK
from bot.cli.run import CONFIG
from bot.cli.show import heading, paint, table

if TYPE_CHECKING:
    from bot.store.engine import Store


def open_store(config: Path) -> Store:
    """The configured store, for looking; raises StoreError when there is none yet."""
    from bot.config import load_config
    from bot.store.engine import Store

    return Store(load_config(config).data.folder, prepare=False)


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
    Exit codes: 0 listed; 1 no data yet, or a filter nobody knows; 3 configuration cannot be used.
    """
    chosen = {name: value for name, value in filters.items() if value}
    with open_store(config) as store:
        rows = store.cases.queue() if queue else store.cases.list(limit=limit, **chosen)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return OK
    if not rows:
        click.echo("Nobody waits for a person." if queue else "No case fits.")
        return OK
    columns = [c for c in (QUEUE if queue else LIST) if c in rows[0]]
    table([[_cell(row[c]) for c in columns] for row in rows], [c.replace("_", " ") for c in columns])
    return OK


LIST = ("case_number", "state", "waiting_for", "service", "language", "model", "order_number", "flags")
QUEUE = ("case_number", "urgency", "answer_by", "customer", "model", "language", "why")


def _cell(value: object) -> str:
    return "" if value is None else str(value)


class _CaseGroup(click.Group):
    """``case NUMBER`` shows, ``case NUMBER ACTION`` acts; options may stand before and after the number."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from bot.core.warranty.actions import ACTIONS

        return list(ACTIONS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        from bot.cli.act import command_of

        return command_of(name)

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
@click.option("--json", "as_json", is_flag=True, help="One JSON object with everything.")
@click.pass_context
def case(ctx: click.Context, number: str, config: Path, as_json: bool) -> int:
    """One case: the conversation, what was found and where, the checks, and what is waited for.

    With an action: do it. The letter it writes is drafted in the customer's language and goes out with it;
    --dry-run shows it first.

    \b
    Examples:
      after-sales case K7F3Q9
      after-sales case k7f3q9 --json
      after-sales case K7F3Q9 approve --service free_repair --address eu --dry-run
      after-sales case K7F3Q9 correct order_number KS20418

    \b
    Exit codes: 0 shown or done; 1 there is no such case, the action is not possible now, or somebody was
    quicker; 2 something was said that cannot be; 3 configuration cannot be used.
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = (number, config)
        return OK
    from bot.config import load_config
    from bot.worker.ticking import upcoming

    with open_store(config) as store:
        parts = store.cases.show(number)
        coming = upcoming(store, load_config(config), parts["case"]["case_number"])
    parts["next"] = {"timer": coming[0], "on": coming[1].isoformat()} if coming else None
    if as_json:
        click.echo(json.dumps(parts, ensure_ascii=False, indent=1))
        return OK
    show_case(parts)
    return OK if parts["case"] else ATTENTION


def show_case(parts: dict[str, Any]) -> None:
    """A case for reading."""
    from bot.core.model import State
    from bot.core.warranty.actions import possible_actions

    row = parts["case"]
    heading(f"Case {row['case_number']}: {row['state']}, waiting for {row['waiting_for']}")
    if row.get("why"):
        click.echo(f"  {paint(row['why'], 'unknown')}")
    if parts.get("next"):
        click.echo(f"  if nobody writes {parts['next']['timer'].replace('_', ' ')} on {parts['next']['on']}")
    for name in (
        "service",
        "model",
        "order_number",
        "platform",
        "language",
        "flags",
        "missing",
        "answer_by",
        "reply_by",
        "assigned_to",
        "merged_into",
    ):
        if row.get(name):
            click.echo(f"  {name.replace('_', ' '):<14} {row[name]}")
    heading("Conversation")
    for mail in parts["conversation"]:
        who = mail.get("who") or mail.get("direction") or ""
        click.echo(paint(f"  {mail['at']}  {who}  {mail.get('subject') or ''}".rstrip(), "faint"))
        for line in str(mail.get("words") or mail.get("text") or "").strip().splitlines():
            click.echo(f"    {line}".rstrip())
        click.echo()
    if parts["files"]:
        heading("Files")
        for file in parts["files"]:
            look = file["look"] or {}
            faults = ", ".join(look.get("faults", ()))
            kind = look.get("kind", file["found_type"])
            click.echo(f"  mail {file['letter']}, file {file['place']}: {kind} {faults} ({file['size']} bytes)")
    heading("Found")
    for found in parts["findings"]:
        if not found["counts"] or found["field"] in ("how", "what", "when"):
            continue
        words = " ".join(str(found["words"]).split())[:50]
        source = paint(f"mail {found['letter']}, {found['place']}: {words}", "faint")
        click.echo(f"  {found['field']:<16} {found['value']:<26} {source}")
    heading("Checks")
    for check in parts["checks"]:
        click.echo(f"  {paint(check['outcome'].ljust(8), check['outcome'])} {check['rule']:<36} {check['clause']}")
    if parts["letters"]:
        heading("Our letters")
        for letter in parts["letters"]:
            when = letter["sent_at"] or letter["next_try"] or ""
            click.echo(f"  {letter['reply']:<26} {letter['state']:<10} {when} {letter['held_reason']}".rstrip())
    if parts["corrections"]:
        heading("Corrected by staff")
        for row in parts["corrections"]:
            what = "taken away" if row["gone"] else row["value"]
            click.echo(f"  {row['field']:<16} {what:<26} by {row['actor']} {row['because']}".rstrip())
    heading("What happened")
    for event in parts["events"]:
        why = event["data"].get("because") or event["data"].get("text") or event["data"].get("reason") or ""
        click.echo(f"  {event['at']}  {event['name']}  by {event['actor']}  {why}".rstrip())
    state = parts["case"]["state"]
    click.echo()
    click.echo(paint(f"Possible now: {', '.join(possible_actions(State(state)))}", "faint"))
