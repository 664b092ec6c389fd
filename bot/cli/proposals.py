"""The proposed actions of a case on the command line: the command, and the letter it would send."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from bot.cli.show import heading, paint
from bot.core.warranty.action_values import VALUES
from bot.core.warranty.actions import ACTIONS
from bot.errors import PolicyError, TemplateError

if TYPE_CHECKING:
    from bot.config import Config
    from bot.worker.proposing import Offered


def proposal_rows(number: str, offers: Iterable[Offered]) -> list[dict[str, Any]]:
    """The proposals as JSON values: action, values, needs, clause, command, letter or why none."""
    return [
        {
            "action": offer.proposal.action,
            "values": dict(offer.proposal.values),
            "needs": list(offer.proposal.open),
            "clause": offer.proposal.clause,
            "command": command_line(number, offer),
            "state_after": offer.state,
            "letter": {"to": offer.recipient, "subject": offer.draft.subject, "text": offer.draft.text}
            if offer.draft
            else None,
            "why_none": offer.why_none,
        }
        for offer in offers
    ]


def proposals_of(config: Config, number: str) -> list[dict[str, Any]]:
    """The proposals of a case; none where the letters cannot be opened, so that the case itself can still be seen."""
    from bot.worker.proposing import offered
    from bot.worker.wiring import open_desk

    try:
        with open_desk(config) as desk:
            return proposal_rows(number, offered(desk, number))
    except (PolicyError, TemplateError):
        return []


def command_line(number: str, offer: Offered) -> str:
    """What to type; a word in capitals stands for what a person must still say."""
    action = ACTIONS[offer.proposal.action]
    words = ["after-sales", "case", number, offer.proposal.action]
    for name in action.needs:
        given = offer.proposal.values.get(name)
        values = given if isinstance(given, list | tuple) else [given or name.upper()]
        for value in values:
            words += [f"--{name}", str(value)] if action.event else [str(value)]
    words += [part for name in offer.proposal.open if name not in action.needs for part in (f"--{name}", name.upper())]
    for name, value in offer.proposal.values.items():
        if name not in action.needs:
            words += [f"--{name}", str(value)]
    return shlex.join([*words, "--version", str(offer.version)])


def show_proposals(rows: Iterable[Mapping[str, Any]], *, full: bool) -> None:
    """The proposals for reading; the letters with ``full``, their first lines without."""
    for place, row in enumerate(rows, 1):
        if place == 1:
            heading("Proposed")
        clause = paint(f"  ({row['clause']})", "faint") if row["clause"] else ""
        click.echo(f"  {place}  {row['command']}{clause}")
        for need in row["needs"]:
            click.echo(f"     {need.upper()}: {VALUES[need].means}")
        if row["why_none"]:
            click.echo(paint(f"     not possible as it stands: {row['why_none']}", "failed"))
        if row["letter"]:
            click.echo(paint(f"     letter: {row['letter']['subject']}", "faint"))
            for line in row["letter"]["text"].strip().splitlines() if full else ():
                click.echo(f"     | {line}".rstrip())
