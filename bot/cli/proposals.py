"""The proposed actions of a case on the command line: the command, and the letter it would send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from bot.cli.show import heading, paint
from bot.core.warranty.action_values import VALUES
from bot.errors import PolicyError, TemplateError

if TYPE_CHECKING:
    from bot.config import Config


def proposals_of(config: Config, number: str) -> list[dict[str, Any]]:
    """The proposals of a case; none where the letters cannot be opened, so that the case itself can still be seen."""
    from bot.worker.proposing import offered, proposal_rows
    from bot.worker.wiring import open_desk

    try:
        with open_desk(config) as desk:
            return proposal_rows(number, offered(desk, number))
    except (PolicyError, TemplateError):
        return []


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
