"""Whose turn it is after a mail that decides nothing by itself, beside what the life cycle says. Pure looks, no rules
of the policy: a letter that asks or offers something hands the turn to the customer, whatever the state.
"""

from __future__ import annotations

from datetime import date

from bot.core.model import Case, Letter, Reply, State
from bot.core.warranty.lifecycle import TURNS

MOST_THANKS = 24  # so long is a mere "thank you" at most


def may_choose(case: Case | None, letter: Letter) -> bool:
    """Where a refusal left the customer a choice, a mail with more than a word of thanks may be the answer."""
    if case is None or case.state not in (State.DECLINED, State.INSPECTED):
        return False
    words, refused = letter.own_words, case.state is State.DECLINED or case.terms.get("service") == "not_covered"
    return refused and (len(words) > MOST_THANKS or any(sign.isdigit() for sign in words))


def parcel_runs(case: Case | None, state: State) -> bool:
    """A parcel is on its way to us, and nobody of staff has been told to look for it."""
    return state is State.PARCEL_ANNOUNCED and not (case and case.state is state and case.next_actor == "staff")


def is_customers(case: Case | None, state: State) -> bool:
    """Whether a letter names the customer as next. A watch on its way back: the customer tells us when it is there."""
    turn = case.next_actor if case and case.state is state else ""
    turn = turn or TURNS[state].actor
    return turn == "customer" or (state is State.RETURNING and turn == "carrier")


def is_answered(case: Case | None) -> bool:
    """A mere question has its answer, and only the customer may still ask on: thanks for it are nobody's work."""
    return case is not None and case.state is State.READY_FOR_STAFF and case.next_actor == "customer"


def told_day(reply: Reply | None) -> date | None:
    """The day a letter asks to be answered by: what it says stands in the queue too."""
    told = str(reply.facts.get("reply_by") or "") if reply else ""
    return date.fromisoformat(told) if told else None
