"""What a person's own answer leaves to be done: whose turn it is then, which question stands, and the days it names.

An answer decides nothing. A case that only a later mail had put to staff goes back to whom its state waits for; where
something else is due, staff stay next and so does the question for them. Pure looks at a case as it stood before.
"""

from __future__ import annotations

from datetime import date, timedelta

from bot.core.model import CLAIM_KINDS, Case, Policy, Promises, State
from bot.core.warranty.answer import promised_day, working_days_after
from bot.core.warranty.assess import assess_again
from bot.core.warranty.lifecycle import ENDED, STEPS, TURNS
from bot.core.warranty.rough import rough_date

HAZARD = "safety_hazard"
# Questions for staff that a word to the customer settles; every other one asks for a decision.
SETTLED = ("question", "later_mail", "person_wanted", "unanswered", "tracking_invalid")


def is_mere_question(case: Case) -> bool:
    """Whether nothing is claimed and nothing else is asked of staff: with the answer the matter is over."""
    return (
        case.state is State.READY_FOR_STAFF
        and case.kind not in CLAIM_KINDS
        and not case.service
        and HAZARD not in case.flags
        and _is_settled(case)
    )


def _is_settled(case: Case) -> bool:
    return case.doubt is None or case.doubt.id in SETTLED


def question_stands(case: Case) -> bool:
    """Whether what staff are asked is still to be decided after the answer."""
    return case.doubt is not None and not _is_settled(case)


def turn_after_answer(case: Case) -> str:
    """Who acts next: customer, staff, carrier or nobody."""
    if case.next_actor not in ("", "staff"):
        return case.next_actor  # nobody had put it to staff: a word in between changes no turn
    if case.state in ENDED:
        return TURNS[case.state].actor
    if HAZARD in case.flags or question_stands(case):
        return "staff"
    if is_mere_question(case) or (case.state is State.INSPECTED and case.terms.get("service") == "not_covered"):
        return "customer"  # who may ask on; who must choose what happens with the watch
    return TURNS[case.state].actor


def goes_on(case: Case) -> bool:
    """Whether anything comes after the answer, so that the letter has a next step to tell."""
    return case.state not in (*ENDED, State.DECLINED) and not is_mere_question(case)


def still_asked(case: Case, policy: Policy) -> list[str]:
    """The details that were asked for and have not come, while the case waits for them."""
    if case.state is not State.WAITING_FOR_DETAILS or turn_after_answer(case) != "customer":
        return []
    return [m for m in assess_again(case, case.details, policy).missing if case.asked.get(m)]


def answer_reply_by(case: Case, today: date, promises: Promises) -> str:
    """ISO date until which the customer's next step is due; "" where no day was ever told, or it has passed."""
    if turn_after_answer(case) != "customer":
        return ""
    told = case.reply_by.isoformat() if case.reply_by else ""
    if case.state is State.QUOTED:
        told = str(case.terms.get("valid_until") or "")
    if case.state is State.APPROVED:
        told = str(case.terms.get("ship_by") or "")
    if told >= today.isoformat():
        return told
    fresh = case.state in (State.WAITING_FOR_DETAILS, State.READY_FOR_STAFF, State.INSPECTED)
    return (today + timedelta(days=promises.reply_days)).isoformat() if fresh else ""


def answer_promised(case: Case, today: date, promises: Promises) -> str:
    """ISO date by which we write again: a promise that stands, or the days of the desk, after those of a parcel."""
    days = promises.hazard_working_days if HAZARD in case.flags else promises.answer_working_days
    if turn_after_answer(case) != "carrier":
        return promised_day(case, today, days).isoformat()
    after_parcel = working_days_after(today + timedelta(days=promises.parcel_days), days)
    made = case.answer_by
    kept = made if made and working_days_after(today, days) < made < after_parcel else after_parcel
    return kept.isoformat()


def answer_facts(
    case: Case, text: str, policy: Policy, today: date, promises: Promises, *, ends: bool
) -> dict[str, object]:
    """The facts of the letter ``answer``: the typed lines, and the next step of the case; none where it ``ends``."""
    turn, asks = turn_after_answer(case), still_asked(case, policy)
    # A watch on its way back: the customer tells us when it is there.
    customers = turn == "customer" or (case.state is State.RETURNING and turn == "carrier")
    return {
        "text": text.splitlines(),
        "open": not ends and goes_on(case),
        "step": STEPS[case.state],
        "next_actor": "you" if customers else "we",
        "asks": asks,
        "rough": rough_date(case.details, asks),
        "answer_by": answer_promised(case, today, promises),
        "reply_by": answer_reply_by(case, today, promises),
    }
