"""What staff may do next with a case, with the letter already drafted; nothing is written.

The choice is the core's (``proposed_actions``); each proposal that lacks nothing is rehearsed, exactly as the action
itself would be. A proposal that cannot be carried out says why.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.core.model import Draft
from bot.core.warranty.actions import ACTIONS
from bot.core.warranty.proposals import Proposal, proposed_actions
from bot.errors import BotError
from bot.worker.acting import rehearse
from bot.worker.wiring import Wiring

NOBODY = "staff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """One proposal, and what it would come to."""

    proposal: Proposal
    version: int
    """of the case that was looked at"""
    state: str = ""
    """the case would be so; empty while something must still be said"""
    recipient: str = ""
    draft: Draft | None = None
    why_none: str = ""
    """why it cannot be carried out as it stands"""


def offered(w: Wiring, number: str) -> tuple[Offered, ...]:
    """The proposals of a case, the most likely first. Raises StoreError when there is no such case."""
    case = w.store.cases.snapshot(w.store.cases.id_of(number))
    return tuple(_rehearsed(w, case.number, case.version, p) for p in proposed_actions(case, w.policy, w.desk))


def _rehearsed(w: Wiring, number: str, version: int, proposal: Proposal) -> Offered:
    if proposal.open:
        return Offered(proposal=proposal, version=version)
    try:
        done = rehearse(w, number, proposal.action, proposal.values, NOBODY)
    except BotError as error:
        return Offered(proposal=proposal, version=version, why_none=str(error))
    return Offered(proposal=proposal, version=version, state=done.state, recipient=done.recipient, draft=done.draft)


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
