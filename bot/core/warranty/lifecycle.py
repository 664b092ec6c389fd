"""The life of a case as one table: (state, event) -> state, and for each state who acts next and on which step.

A pair that is not in the table is not allowed and changes nothing; every state lists what it accepts, dead ends
included. The picture and the table in docs/lifecycle.md are made from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.model import State

S = State

# Events, by who causes them.
CUSTOMER = ("details_missing", "details_complete", "person_needed", "parcel_announced")
STAFF = (
    "ask",
    "answered",
    "approve",
    "approve_sent",
    "quote",
    "consent",
    "consent_sent",
    "consent_here",
    "decline",
    "received",
    "inspected",
    "sent_back",
    "refunded",
    "lost",
    "close",
    "withdraw",
    "reopen",
)
TIMER = ("silence",)

_DECIDED_BY_STAFF = {
    "ask": S.WAITING_FOR_DETAILS,
    "approve": S.APPROVED,
    "approve_sent": S.PARCEL_ANNOUNCED,  # the parcel number came before the approval
    "quote": S.QUOTED,
    "decline": S.DECLINED,
    "withdraw": S.WITHDRAWN,
    "close": S.COMPLETED,
}

TRANSITIONS: dict[State, dict[str, State]] = {
    # step 2: the request and its details
    S.NEW: {
        "details_missing": S.WAITING_FOR_DETAILS,
        "details_complete": S.READY_FOR_STAFF,
        "person_needed": S.READY_FOR_STAFF,
    },
    S.WAITING_FOR_DETAILS: {
        "details_missing": S.WAITING_FOR_DETAILS,
        "details_complete": S.READY_FOR_STAFF,
        "person_needed": S.READY_FOR_STAFF,
        "received": S.AT_SERVICE_CENTRE,  # sent without waiting for us
        "silence": S.CLOSED,
        **_DECIDED_BY_STAFF,
        "answered": S.WAITING_FOR_DETAILS,
    },
    # step 3: the Customer Center decides. A later mail never takes the case away from a person.
    S.READY_FOR_STAFF: {
        "details_missing": S.READY_FOR_STAFF,
        "details_complete": S.READY_FOR_STAFF,
        "person_needed": S.READY_FOR_STAFF,
        "received": S.AT_SERVICE_CENTRE,
        **_DECIDED_BY_STAFF,
        "answered": S.READY_FOR_STAFF,
        "silence": S.COMPLETED,  # a mere question was answered
    },
    S.QUOTED: {
        "person_needed": S.READY_FOR_STAFF,
        "consent": S.APPROVED,
        "consent_sent": S.PARCEL_ANNOUNCED,
        "consent_here": S.INSPECTED,  # the watch is at the service centre already
        "silence": S.CLOSED,
        **_DECIDED_BY_STAFF,
        "answered": S.QUOTED,
    },
    S.DECLINED: {
        "person_needed": S.READY_FOR_STAFF,  # the customer objects
        "details_missing": S.READY_FOR_STAFF,
        "details_complete": S.READY_FOR_STAFF,
        "approve": S.APPROVED,
        "approve_sent": S.PARCEL_ANNOUNCED,
        "quote": S.QUOTED,
        "close": S.COMPLETED,
        "silence": S.COMPLETED,
        "reopen": S.READY_FOR_STAFF,
        "answered": S.DECLINED,
    },
    # steps 4 and 5: the parcel to us
    S.APPROVED: {
        "parcel_announced": S.PARCEL_ANNOUNCED,
        "received": S.AT_SERVICE_CENTRE,
        "approve": S.APPROVED,
        "approve_sent": S.PARCEL_ANNOUNCED,
        "decline": S.DECLINED,
        "refunded": S.COMPLETED,
        "withdraw": S.WITHDRAWN,
        "close": S.COMPLETED,
        "silence": S.CLOSED,
        "answered": S.APPROVED,
    },
    S.PARCEL_ANNOUNCED: {
        "parcel_announced": S.PARCEL_ANNOUNCED,
        "received": S.AT_SERVICE_CENTRE,
        "lost": S.LOST,
        "withdraw": S.WITHDRAWN,
        "answered": S.PARCEL_ANNOUNCED,
    },
    S.LOST: {
        "received": S.AT_SERVICE_CENTRE,
        "approve": S.APPROVED,
        "approve_sent": S.PARCEL_ANNOUNCED,
        "sent_back": S.RETURNING,
        "refunded": S.COMPLETED,
        "close": S.COMPLETED,
        "answered": S.LOST,
    },
    # step 6: inspection
    S.AT_SERVICE_CENTRE: {"inspected": S.INSPECTED, "answered": S.AT_SERVICE_CENTRE},
    S.INSPECTED: {
        "inspected": S.INSPECTED,  # what was open after the first look
        "sent_back": S.RETURNING,
        "quote": S.QUOTED,
        "decline": S.DECLINED,
        "refunded": S.COMPLETED,
        "close": S.COMPLETED,
        "answered": S.INSPECTED,
    },
    # steps 7 and 8
    S.RETURNING: {
        "lost": S.LOST,
        "close": S.COMPLETED,
        "silence": S.COMPLETED,
        "answered": S.RETURNING,
    },
    S.COMPLETED: {
        "person_needed": S.READY_FOR_STAFF,
        "reopen": S.READY_FOR_STAFF,
        "answered": S.COMPLETED,
    },
    S.WITHDRAWN: {
        "person_needed": S.READY_FOR_STAFF,
        "reopen": S.READY_FOR_STAFF,
        "answered": S.WITHDRAWN,
    },
    S.CLOSED: {
        "details_missing": S.WAITING_FOR_DETAILS,
        "details_complete": S.READY_FOR_STAFF,
        "person_needed": S.READY_FOR_STAFF,
        "reopen": S.READY_FOR_STAFF,
        "answered": S.CLOSED,
    },
}


@dataclass(frozen=True, slots=True)
class Turn:
    """Who acts next in a state, and which step of the policy's process it is."""

    step: int
    actor: str
    """customer, staff, carrier or nobody"""


TURNS: dict[State, Turn] = {
    S.NEW: Turn(2, "staff"),
    S.WAITING_FOR_DETAILS: Turn(2, "customer"),
    S.READY_FOR_STAFF: Turn(3, "staff"),
    S.QUOTED: Turn(3, "customer"),
    S.DECLINED: Turn(3, "customer"),
    S.APPROVED: Turn(4, "customer"),
    S.PARCEL_ANNOUNCED: Turn(5, "carrier"),
    S.LOST: Turn(5, "staff"),
    S.AT_SERVICE_CENTRE: Turn(6, "staff"),
    S.INSPECTED: Turn(6, "staff"),
    S.RETURNING: Turn(7, "carrier"),
    S.COMPLETED: Turn(8, "nobody"),
    S.WITHDRAWN: Turn(8, "nobody"),
    S.CLOSED: Turn(2, "nobody"),
}

STEPS: dict[State, int] = {state: turn.step for state, turn in TURNS.items()}
ENDED = frozenset({S.COMPLETED, S.WITHDRAWN, S.CLOSED})


def next_state(state: State, event: str) -> State | None:
    """The state after an event, or None when the state does not accept it."""
    return TRANSITIONS[state].get(event)
