"""The likely answers of a case page: what the core proposes, filled up with what the state usually brings.

The core proposes only where it is staff's turn; a person looks at other cases too and finds two answers there as well.
Nothing is done by proposing.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.model import Case, Policy, State
from bot.core.warranty.actions import HAZARD, possible_actions
from bot.core.warranty.proposals import MOST, Proposal, proposed_actions
from bot.core.warranty.staff_facts import Desk

# state -> what usually comes next
NEXT: Mapping[State, tuple[Proposal, ...]] = {
    # Not the approval first: what stands first is chosen already, and here details are missing.
    State.WAITING_FOR_DETAILS: (
        Proposal(action="answer"),
        Proposal(action="approve", values={"service": "free_repair"}),
    ),
    State.READY_FOR_STAFF: (Proposal(action="approve", values={"service": "free_repair"}), Proposal(action="answer")),
    State.QUOTED: (Proposal(action="consent"), Proposal(action="withdraw")),
    State.DECLINED: (Proposal(action="close"), Proposal(action="approve", values={"service": "free_repair"})),
    State.APPROVED: (Proposal(action="received"), Proposal(action="close")),
    State.PARCEL_ANNOUNCED: (Proposal(action="received"), Proposal(action="lost")),
    State.LOST: (Proposal(action="received"), Proposal(action="refunded")),
    State.AT_SERVICE_CENTRE: (
        Proposal(action="inspected", values={"result": "confirmed"}),
        Proposal(action="inspected", values={"result": "no_fault_found"}),
    ),
    State.INSPECTED: (Proposal(action="sent-back"), Proposal(action="quote")),
    State.RETURNING: (Proposal(action="close"), Proposal(action="lost")),
    State.COMPLETED: (Proposal(action="reopen"), Proposal(action="note")),
    State.WITHDRAWN: (Proposal(action="reopen"), Proposal(action="note")),
    State.CLOSED: (Proposal(action="reopen"), Proposal(action="note")),
}
# A watch that may burn: the safety letter, or a person says that it is none.
DANGER = (Proposal(action="safety"), Proposal(action="unflag", values={"flag": HAZARD}))


def likely_actions(case: Case, policy: Policy, desk: Desk) -> tuple[Proposal, ...]:
    """At most two, each possible now by the life cycle, the likeliest first."""
    if HAZARD in case.flags:
        return DANGER
    possible = possible_actions(case.state)
    found: dict[tuple[str, str], Proposal] = {}
    for proposal in (*proposed_actions(case, policy, desk), *NEXT.get(case.state, ())):
        if proposal.action in possible:
            found.setdefault((proposal.action, str(sorted(proposal.values.items(), key=str))), proposal)
    return tuple(found.values())[:MOST]
