"""What staff can do with a case: one table, used by the command line and by every other screen.

An action has an event of the life cycle (or none), the letter it drafts, what must be said with it and who may do it.
In which states it is allowed follows from the life cycle alone. ``act`` is pure: a case, an action and its values in,
the next state, the letter's name and facts out; the caller writes and sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.core.model import Case, Event, Policy, Reply, State
from bot.core.warranty.answered import turn_after_answer
from bot.core.warranty.lifecycle import TRANSITIONS, TURNS, next_state
from bot.core.warranty.parcels import on_the_way
from bot.core.warranty.staff_letters import CLAUSES
from bot.errors import NotAllowed, WrongValue

AGENT, LEAD = "agent", "lead"

# approve: the service -> its letter
APPROVALS = {
    "unconditional_return": "approved_return",
    "free_replacement": "approved_replacement",
    "free_repair": "approved_repair",
}
# decline: the reason -> its letter; every other reason is a clause of the policy and gets the plain one
DECLINES = {
    "out_of_warranty": "declined_out_of_warranty",
    "second_hand": "declined_second_hand",
    "return_elsewhere": "return_elsewhere",
    "return_late": "declined_return",
    "return_opened": "declined_return",
}


# The same decision where the parcel is on its way already, or the watch is here.
PARCEL_SENT = {"approve": "approve_sent", "consent": "consent_sent"}
WATCH_HERE = {"consent": "consent_here"}
# With every action a person may say why; it stands in the history.
ALWAYS = ("because",)
# Who answered already is thanked, and asked in other words.
AGAIN = "details_partly_received"
# Letters after which another one acts than the state says.
TURN_AFTER = {"inspection_other_damage": "customer", "safety_followup": "staff"}
# While a case is marked so nothing may be sent in, and nothing is tried.
HAZARD = "safety_hazard"
SENDS_IN = ("approve", "consent")
NOT_AT_RISK = ("troubleshooting", "photo_or_video")


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One row of the table."""

    does: str
    """one sentence for staff"""
    event: str = ""
    """event of the life cycle; empty: the state stays"""
    letter: str | Callable[[Mapping[str, object]], str] = ""
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    role: str = AGENT


ACTIONS: dict[str, Action] = {
    # deciding
    "approve": Action(
        does="Approve a service; the customer gets address and steps.",
        event="approve",
        letter=lambda v: APPROVALS[str(v["service"])],
        needs=("service", "address"),
        may=("carrier", "payer", "label", "name", "note"),
    ),
    "decline": Action(
        does="Refuse the free services, with the reason and what is possible instead.",
        event="decline",
        letter=lambda v: DECLINES.get(str(v["reason"]), "declined"),
        needs=("reason",),
        may=("basis", "offers", "name", "note"),
    ),
    "quote": Action(
        does="Offer a paid repair or part at a price.",
        event="quote",
        letter="paid_quote",
        needs=("total", "currency"),
        may=("repair", "shipping", "name", "note"),
    ),
    "consent": Action(
        does="The customer agreed to the offer.",
        event="consent",
        letter="paid_consent_received",
        may=("address", "name", "note"),
    ),
    "ask": Action(does="Ask the customer for details.", event="ask", letter="details_needed", needs=("asks",)),
    # the parcel and the inspection
    "received": Action(does="The parcel is here.", event="received", letter="parcel_received", may=("on",)),
    "inspected": Action(
        does="The result of the inspection and what follows from it.",
        event="inspected",
        letter=lambda v: "inspection_other_damage" if v.get("reason") else "inspection_result",
        needs=("result",),
        may=("service", "reason", "offers", "name", "note"),
    ),
    "sent-back": Action(
        does="The repaired or new watch is on its way.",
        event="sent_back",
        letter="sent_back",
        needs=("tracking",),
        may=("carrier", "on"),
    ),
    "refunded": Action(
        does="The refund was ordered.",
        event="refunded",
        letter="refund_ordered",
        needs=("total", "currency"),
        may=("on",),
    ),
    "lost": Action(does="A parcel did not arrive.", event="lost", letter="parcel_not_arrived"),
    # beginning and end
    "close": Action(
        does="The case is done; with a text it is answered by the same letter.",
        event="close",
        letter=lambda v: "answer" if v.get("text") else "completed",
        may=("text", "name"),
    ),
    "withdraw": Action(does="The customer takes the request back.", event="withdraw", letter="withdrawn"),
    "reopen": Action(does="Open a closed case again.", event="reopen", letter="reopened"),
    "safety": Action(
        does="Write to a customer who told of a hazard.", letter="safety_followup", needs=("note",), may=("name",)
    ),
    "answer": Action(
        does="Answer the customer in your own words; the case stays where it is.",
        event="answered",
        letter="answer",
        needs=("text",),
        may=("name",),
    ),
    # beside the life cycle
    "note": Action(does="A note for colleagues; never sent.", needs=("text",)),
    "assign": Action(does="Give the case to a colleague.", needs=("to",)),
    "take": Action(does="Take the case over: no automatic letter any more."),
    "give-back": Action(does="Let the bot write to this customer again."),
    "flag": Action(does="Mark the case.", needs=("flag",)),
    "unflag": Action(does="Take a mark away.", needs=("flag",)),
    "correct": Action(does="Correct a detail; the one that was read is kept beside it.", needs=("field", "value")),
    "merge": Action(does="This case belongs to another one.", needs=("into",), role=LEAD),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Acted:
    """What an action leads to."""

    state: State
    event: Event
    reply: Reply | None
    """name and language; the caller adds the facts of the configuration"""
    next_actor: str
    """empty: as before"""
    values: Mapping[str, object] = field(default_factory=dict)


def allowed_states(name: str) -> tuple[State, ...]:
    """The states in which an action may be done, from the life cycle."""
    event = ACTIONS[name].event
    return tuple(s for s in State if not event or event in TRANSITIONS[s])


def possible_actions(state: State) -> tuple[str, ...]:
    """The actions a case in this state offers, in the order of the table."""
    return tuple(name for name in ACTIONS if state in allowed_states(name))


def act(case: Case, name: str, values: Mapping[str, object], actor: str, policy: Policy, today: date) -> Acted:
    """The case after an action. ``values`` passed ``check_values``. Raises NotAllowed with what is possible instead."""
    action = ACTIONS.get(name)
    if action is None:
        raise NotAllowed(f"there is no action {name}; there are {', '.join(ACTIONS)}")
    if case.merged_into:
        raise NotAllowed(f"case {case.number} went into {case.merged_into}: go on there")
    happens = _event(case, name, policy)
    state = next_state(case.state, happens) if happens else case.state
    if state is None:
        options = ", ".join(possible_actions(case.state))
        raise NotAllowed(f"a case that is {case.state} cannot be changed by {name}; possible are {options}")
    _require(name, action, values)
    if name == "consent" and happens not in WATCH_HERE.values() and not values.get("address"):
        raise WrongValue("consent needs address: the watch is not here yet")
    if HAZARD in case.flags:
        _keep_at_home(happens if happens in WATCH_HERE.values() else action.event, values)
    letter = action.letter(values) if callable(action.letter) else action.letter
    if name == "ask" and case.asked and case.state is State.READY_FOR_STAFF:
        letter = AGAIN
    reply = Reply(name=letter, language=case.language or policy.default_language, facts={}) if letter else None
    data = {**values, "on": values.get("on") or today.isoformat()}
    event = Event(name=happens or name.replace("-", "_"), actor=actor, data=data)
    next_actor = TURN_AFTER.get(letter, TURNS[state].actor if action.event else "")
    if name == "answer":
        next_actor = turn_after_answer(case)
    return Acted(state=state, event=event, reply=reply, next_actor=next_actor, values=dict(values))


def _event(case: Case, name: str, policy: Policy) -> str:
    """The event of the life cycle: a decision is another one where the customer did not wait for it."""
    if case.terms.get("result") and name in WATCH_HERE:
        return WATCH_HERE[name]
    if name in PARCEL_SENT and on_the_way(case, policy):
        return PARCEL_SENT[name]
    return ACTIONS[name].event


def _require(name: str, action: Action, values: Mapping[str, object]) -> None:
    if missing := [need for need in action.needs if values.get(need) in (None, "", (), [])]:
        raise WrongValue(f"{name} needs {', '.join(missing)}")
    if unknown := sorted(set(values) - {*action.needs, *action.may, *ALWAYS}):
        raise WrongValue(f"{name} knows no {', '.join(unknown)}")
    if name == "unflag" and values["flag"] == HAZARD and not values.get("because"):
        raise WrongValue(f"because: say why the case is no {HAZARD}; from then on the watch may be sent in")
    if name == "approve" and values["service"] not in APPROVALS:
        raise WrongValue(f"{values['service']} cannot be approved; {', '.join(APPROVALS)} can")
    if name == "inspected" and values.get("service") == "not_covered":
        raise WrongValue("not_covered is a refusal: give the reason, and the letter with it is written")
    if name == "inspected" and values.get("service") and values.get("reason"):
        raise WrongValue("give the service that follows, or the reason why none does, not both")
    if name == "inspected" and values.get("reason") and values["reason"] not in CLAUSES:
        raise WrongValue(f"after an inspection the reason is a clause: {', '.join(CLAUSES)}")


def _keep_at_home(event: str, values: Mapping[str, object]) -> None:
    """A watch that may burn stays where it is until a person has said, with a name and a reason, that it does not."""
    if event in SENDS_IN:
        raise NotAllowed(
            f"nothing may be sent in while the case is marked {HAZARD}; unflag it first, or write by safety"
        )
    asks = values.get("asks", ())
    if event == "ask" and isinstance(asks, list | tuple) and set(asks) & set(NOT_AT_RISK):
        raise NotAllowed(f"no tests and no photos are asked for while the case is marked {HAZARD}; unflag it first")
