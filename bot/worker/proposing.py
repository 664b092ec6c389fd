"""What staff may do next with a case, with the letter already drafted; nothing is written.

The choice is the core's (``proposed_actions``); each proposal that lacks nothing is rehearsed, exactly as the action
itself would be. A proposal that cannot be carried out says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.model import Draft
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
