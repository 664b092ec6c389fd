"""The life of a case as one table: (state, event) -> state. The numbers are the policy's process steps.

A pair that is not in the table is not allowed and changes nothing; every state lists what it accepts, also when
that is nothing.
"""

from __future__ import annotations

from bot.core.model import State

# Events of the bot, from one mail of the customer:
#   details_missing   something required is not there        details_complete  everything is there
#   person_needed     only a person can go on                parcel_announced  the customer names a parcel
TRANSITIONS: dict[State, dict[str, State]] = {
    State.NEW: {
        "details_missing": State.WAITING_FOR_DETAILS,
        "details_complete": State.READY_FOR_STAFF,
        "person_needed": State.READY_FOR_STAFF,
    },
    State.WAITING_FOR_DETAILS: {
        "details_missing": State.WAITING_FOR_DETAILS,
        "details_complete": State.READY_FOR_STAFF,
        "person_needed": State.READY_FOR_STAFF,
    },
    # Once a person is to decide, a later mail never takes the case away from that person.
    State.READY_FOR_STAFF: {
        "details_missing": State.READY_FOR_STAFF,
        "details_complete": State.READY_FOR_STAFF,
        "person_needed": State.READY_FOR_STAFF,
    },
    State.APPROVED: {"parcel_announced": State.PARCEL_ANNOUNCED},
    State.DECLINED: {"person_needed": State.READY_FOR_STAFF},
    State.PARCEL_ANNOUNCED: {"parcel_announced": State.PARCEL_ANNOUNCED},
    State.AT_SERVICE_CENTRE: {},
    State.INSPECTED: {},
    State.RETURNING: {},
    State.COMPLETED: {"person_needed": State.READY_FOR_STAFF},
    State.WITHDRAWN: {"person_needed": State.READY_FOR_STAFF},
}

# Step of the policy's warranty process, told to customers who ask.
STEPS: dict[State, int] = {
    State.NEW: 2,
    State.WAITING_FOR_DETAILS: 2,
    State.READY_FOR_STAFF: 3,
    State.APPROVED: 4,
    State.DECLINED: 3,
    State.PARCEL_ANNOUNCED: 5,
    State.AT_SERVICE_CENTRE: 6,
    State.INSPECTED: 6,
    State.RETURNING: 7,
    State.COMPLETED: 8,
    State.WITHDRAWN: 8,
}


def next_state(state: State, event: str) -> State | None:
    """The state after an event, or None when the state does not accept it."""
    return TRANSITIONS[state].get(event)
