"""One case for reading: first what an agent needs to decide, then what it rests on.

Short by default: our letters by what matters of them, checks that passed only counted. ``full`` shows everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from bot.cli.proposals import show_proposals
from bot.cli.show import columns_now, columns_of, heading, padded, paint, wrap
from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, APPROVALS, possible_actions

FACTS = (
    "customer",
    "address",
    "service",
    "model",
    "order_number",
    "platform",
    "language",
    "flags",
    "missing",
    "assigned_to",
    "merged_into",
    "linked_to",
    "edition",
)
# What our letters' own list tells already.
LETTER_EVENTS = ("letter_queued", "letter_sent")
INDENT = 4


def show_case(parts: dict[str, Any], addresses: Sequence[str], *, full: bool) -> None:
    """A case, with what can be done now. ``addresses``: ids of the configured return addresses."""
    row = parts["case"]
    day = row.get("answer_by") if row["waiting_for"] == "staff" else row.get("reply_by")
    by = f" by {day}" if day else ""
    heading(f"Case {row['case_number']}: {row['state']}, waiting for {row['waiting_for']}{by}")
    if row.get("why"):
        click.echo(f"  {paint(row['why'], 'unknown')}")
    for name in FACTS:
        if row.get(name):
            click.echo(f"  {name.replace('_', ' '):<14} {row[name]}")
    if parts.get("next"):
        click.echo(f"  {'next timer':<14} {parts['next']['timer'].replace('_', ' ')} on {parts['next']['on']}")
    click.echo(f"  {'version':<14} {row['version']}")
    show_proposals(parts.get("proposals", ()), full=full)
    _checks(parts["checks"], full=full)
    _conversation(parts["conversation"], full=full)
    _files(parts["files"])
    _found(parts["findings"], full=full)
    if parts["corrections"]:
        heading("Corrected by staff")
        for row_ in parts["corrections"]:
            what = "taken away" if row_["gone"] else row_["value"]
            click.echo(f"  {row_['field']:<16} {what:<26} by {row_['actor']} {row_['because']}".rstrip())
    _letters(parts["letters"])
    _events(parts["events"], full=full)
    _possible(row, addresses)


def example_values(row: Mapping[str, Any], addresses: Sequence[str]) -> dict[str, str]:
    """What stands in the shown commands: of this case where it is known."""
    from bot.cli.act import EXAMPLES

    service = row.get("service") if row.get("service") in APPROVALS else EXAMPLES["service"]
    return {**EXAMPLES, "service": str(service), "address": addresses[0] if addresses else EXAMPLES["address"]}


def _possible(row: Mapping[str, Any], addresses: Sequence[str]) -> None:
    from bot.cli.act import example

    names = possible_actions(State(row["state"]))
    steps = [name for name in names if ACTIONS[name].event]
    said = {name: example(name, ACTIONS[name], example_values(row, addresses)) for name in steps}
    wide = max(map(len, said.values()), default=0) + 2
    heading("Possible now")
    for name, words in said.items():
        first, *rest = wrap(ACTIONS[name].does, max(24, columns_now() - wide - 2))
        click.echo(f"  {padded(words, wide)}{paint(first, 'faint')}")
        for line in rest:
            click.echo(f"  {' ' * wide}{paint(line, 'faint')}")
    for line in wrap(f"beside: {', '.join(n for n in names if n not in steps)}", columns_now() - 2):
        click.echo(f"  {line}")
    click.echo()
    click.echo(paint(f"As in: after-sales case {row['case_number']} ACTION --dry-run; --help tells the rest.", "faint"))


def _checks(checks: Sequence[Mapping[str, Any]], *, full: bool) -> None:
    heading("Checks")
    for outcome in ("failed", "unknown"):
        for check in (c for c in checks if c["outcome"] == outcome and not full):
            words = paint(f"  {' '.join(check['words'].split())[:60]}", "faint") if check["words"] else ""
            click.echo(f"  {paint(outcome.ljust(8), outcome)} {check['rule']:<36} {check['clause']}{words}")
    passed = sum(check["outcome"] == "passed" for check in checks)
    if not full:
        click.echo(f"  {paint('passed'.ljust(8), 'passed')} {passed} of {len(checks)}")
    for check in checks if full else ():
        click.echo(f"  {paint(check['outcome'].ljust(8), check['outcome'])} {check['rule']:<36} {check['clause']}")


def _conversation(mails: Sequence[Mapping[str, Any]], *, full: bool) -> None:
    from bot.replies.essence import essence

    heading("Conversation")
    for place, mail in enumerate(mails):
        status = "" if mail["status"] in ("received", "sent") else f"  ({mail['status']})"
        click.echo(paint(f"  {moment(mail['at'])}  {mail['who']}  {mail['subject']}{status}", "faint"))
        words = str(mail["words"]).strip()
        ours = mail["outbox_id"] is not None
        short = essence(words, automatic=mail["who"] == "bot") if ours and not full else ()
        for line in short or _flowing(words):
            for piece in wrap(line, columns_now() - INDENT) or [""]:
                click.echo(f"{' ' * INDENT}{piece}".rstrip())
        if place + 1 < len(mails):
            click.echo()


def _flowing(text: str) -> Iterator[str]:
    """The lines; those of a paragraph that is broken wider than the terminal are one."""
    for place, part in enumerate(text.split("\n\n")):
        lines = part.splitlines()
        yield from [""] * bool(place)
        yield from [" ".join(lines)] if any(columns_of(x) > columns_now() - INDENT for x in lines) else lines


def _files(files: Sequence[Mapping[str, Any]]) -> None:
    if not files:
        return
    heading("Files")
    for file in files:
        look = file["look"] or {}
        faults = ", ".join(look.get("faults", ()))
        kind = look.get("kind", file["found_type"])
        words = f"{kind}, {faults}" if faults else kind
        click.echo(f"  mail {file['letter']}, file {file['place']}: {words} ({file['size']} bytes)")


def _found(findings: Sequence[Mapping[str, Any]], *, full: bool) -> None:
    heading("Found")
    seen = set()
    for found in findings:
        what = (found["field"], found["value"])
        if not found["counts"] or (not full and (found["field"] in ("how", "what", "when") or what in seen)):
            continue
        seen.add(what)
        words = " ".join(str(found["words"]).split())[:50]
        source = paint(f"mail {found['letter']}, {found['place']}{': ' if words else ''}{words}", "faint")
        click.echo(f"  {found['field']:<16} {found['value']:<26} {source}")


def _letters(letters: Sequence[Mapping[str, Any]]) -> None:
    if not letters:
        return
    heading("Our letters")
    for letter in letters:
        when = moment(letter["sent_at"] or letter["next_try"])
        click.echo(f"  {letter['reply']:<26} {letter['state']:<10} {when}  {letter['held_reason']}".rstrip())


def _events(events: Sequence[Mapping[str, Any]], *, full: bool) -> None:
    heading("What happened")
    for event in events:
        if event["name"] in LETTER_EVENTS and not full:
            continue
        why = event["data"].get("because") or event["data"].get("text") or event["data"].get("reason") or ""
        click.echo(f"  {moment(event['at'])}  {event['name']:<18} by {event['actor']}  {why}".rstrip())


def moment(text: object) -> str:
    """2025-03-10T09:01:00Z as 2025-03-10 09:01."""
    return str(text or "")[:16].replace("T", " ")
