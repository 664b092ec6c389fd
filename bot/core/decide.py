"""The one function the worker calls: a mail, its findings and its case in; a decision out.

Pure: same letter, details, case, policy and days give the same decision. Nothing here sends, stores or approves.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from bot.core.details.answers import DATE, find_answers
from bot.core.details.consent import find_consent, takes_back
from bot.core.model import (
    CLAIM_KINDS,
    Automatic,
    Case,
    Decision,
    Details,
    Event,
    Kind,
    Letter,
    Policy,
    Promises,
    Reply,
    State,
    Verdict,
)
from bot.core.warranty.answer import Situation, facts_for, promised_day
from bot.core.warranty.assess import assess
from bot.core.warranty.choice import HUSHED_BY, Picture, choose_doubt, choose_letter
from bot.core.warranty.completeness import PRESENT
from bot.core.warranty.kind import kind_of
from bot.core.warranty.lifecycle import STEPS, TURNS, next_state
from bot.core.warranty.parcels import theirs
from bot.core.warranty.quiet import QUIET_FLAGS, older_picture
from bot.core.warranty.turn import is_answered, is_customers, may_choose, parcel_runs, told_day

SURE = 0.5
# Letters that ask the customer for something; after any other one the next move is ours.
ASKING = frozenset(
    {
        "details_needed",
        "details_partly_received",
        "photo_unclear",
        "condition_needed",
        "date_needed",
        "media_link",
        "attachment_missing",
    }
)
QUESTION = "general_question_received"  # promises a person's answer, in whatever state the case is
# Letters after which nobody has to do anything about this mail.
SETTLING = frozenset({"tracking_received", "status_answer"})
_OUR_MARK = re.compile(r"<?kb\.")
# Letters that promise a person's answer and nothing else: while such a promise stands they are not repeated.
HANDED = frozenset({"handed_to_person", QUESTION, "case_joined"})
# After the decision a mail is for a person, unless one of these answers it.
ANSWERED = frozenset(
    {"tracking_received", "tracking_several", "tracking_invalid", "paid_consent_missing", "withdrawn", "status_answer"}
)
# What a mail may bring that is more than the end of a request.
NEWS = (
    "symptom",
    "order_number",
    "model",
    "tracking_number",
    "condition",
    "purchase_date",
    "delivery_date",
    "evidence",
)


def decide(
    letter: Letter,
    fresh: Details,
    case: Case | None,
    policy: Policy,
    *,
    on: date,
    today: date,
    automatic: Automatic | None,
    unanswerable: str = "",
    stranger: str = "",
    noticed: Collection[str] = (),
    notice: bool = False,
    promises: Promises | None = None,
    limit_mb: int = 30,
) -> Decision:
    """What one mail means for its case.

    ``fresh`` are the findings of this mail, ``on`` is its day, ``today`` the day promises count from.
    ``unanswerable`` is why this human may get no automatic letter (empty when he may). ``stranger`` is the
    number of somebody else's case that the mail names: ``case`` is then None and the mail opens a case of its own.
    ``noticed`` are flags that a look at other cases gave. ``notice``: a shop's form wrote for the customer.
    """
    promises = promises or Promises()
    if case is not None and automatic is None:
        # A rough date may be there and still be asked for.
        open_ = [id_ for id_ in case.asked if id_ == DATE or (id_ in PRESENT and not PRESENT[id_](case.details))]
        fresh = theirs(find_answers(letter, policy, on, fresh, open_), case)
    kind = kind_of(letter, fresh, case, automatic)
    number = case.letters + 1 if case else 1
    details = (case.details if case else Details()).joined_with(fresh, number)
    language = _language(letter, case, policy)
    if automatic is not None or kind is Kind.SPAM:
        ours = bool(_OUR_MARK.match(letter.message_id) or letter.header_values("x-loop"))
        return _silent(kind, automatic, language, details, policy, case, ours=ours)

    seen = {*noticed, *(QUIET_FLAGS & set(case.flags if case else ()))}  # what was once seen stays seen
    if older_picture(letter, details):
        seen.add("picture_older_than_delivery")
    facts = assess(details, kind, case, policy, case.first_mail_on if case else on, sorted(seen))
    flags, verdict, missing = facts.flags, facts.verdict, facts.missing
    picture = Picture(
        letter=letter,
        kind=kind,
        fresh=fresh,
        details=details,
        flags=flags,
        new_flags=frozenset(flags) - frozenset(case.flags if case else ()),
        missing=missing,
        verdict=verdict,
        case=case,
        policy=policy,
        stranger=stranger,
        consent=find_consent(letter, policy, on) if case and case.state is State.QUOTED else "",
        takes_back=case is not None and not _brings_news(fresh, case) and takes_back(letter, policy, on),
        notice=notice,
    )
    name = choose_letter(picture)
    silence = _silence(picture, name, unanswerable, today)
    waits = name in ASKING and not silence
    state, event = _moved(picture, name, waits)
    asks = missing if name in ASKING else _still_asked(case, missing, state)
    hazard = "safety_hazard" in flags
    answer_days = promises.hazard_working_days if hazard else promises.answer_working_days
    answer_by = promised_day(case, today, answer_days, promises.parcel_days if parcel_runs(case, state) else 0)
    situation = Situation(
        letter=letter,
        fresh=fresh,
        details=details,
        letter_number=number,
        case=case,
        policy=policy,
        promises=promises,
        today=today,
        answer_by=answer_by,
        request=facts.request,
        asks=asks,
        asked=case.asked if case else {},
        step=STEPS[state],
        waits_for_customer=is_customers(case, state),
        limit_mb=limit_mb,
        flags=flags,
    )
    reply = None if silence else Reply(name=name, language=language, facts=facts_for(name, situation))
    thanks = _mere_thanks(picture, name)
    handed = picture.decided and name not in ANSWERED and not thanks
    needs_person = (
        (state is State.READY_FOR_STAFF and not (thanks and is_answered(case)))
        or (bool(silence) and not thanks)
        or name == QUESTION
        or handed
        or (_still_with_staff(case, state) and (name in SETTLING or thanks))
    )
    doubt = choose_doubt(picture) if needs_person else None
    if case and case.doubt and needs_person and (name in SETTLING or thanks):
        doubt = case.doubt  # thanks and a look at the state answer nothing: the question for staff stands
    settled = case is not None and case.state is state and (name in SETTLING or thanks)
    turn = (case.next_actor if case and settled else "") or TURNS[state].actor
    next_actor = "staff" if needs_person else turn
    unmoved = case is not None and case.state is state and next_actor == "customer"
    stays = unmoved or state is State.WAITING_FOR_DETAILS
    told = told_day(reply) if waits or unmoved else None
    promised = next_actor == "staff" and (needs_person or name in SETTLING or answer_by == (case and case.answer_by))
    return Decision(
        kind=kind,
        automatic=None,
        language=language,
        details=details,
        missing=missing,
        verdict=verdict,
        flags=flags,
        state=state,
        events=(Event(name=event, actor="customer", data={"kind": str(kind)}),),
        reply=reply,
        silence=silence,
        doubt=doubt,
        next_actor=next_actor,
        answer_by=answer_by if promised or parcel_runs(case, state) else None,
        reply_by=told or (case.reply_by if case and stays else None),
    )


def _language(letter: Letter, case: Case | None, policy: Policy) -> str:
    if letter.language and (letter.language_confidence >= SURE or case is None):
        return letter.language
    return (case.language if case else "") or letter.language or policy.default_language


def _still_asked(case: Case | None, missing: tuple[str, ...], state: State) -> tuple[str, ...]:
    waits = state is State.WAITING_FOR_DETAILS  # after the decision nothing of it is waited for any more
    return tuple(m for m in missing if waits and case and case.asked.get(m))


def _brings_news(fresh: Details, case: Case) -> bool:
    told = [f for f in fresh.findings if f.field in NEWS and f.place != "subject"]
    return any(not case.details.has(f.field, f.value) for f in told)


def _mere_thanks(picture: Picture, name: str) -> bool:
    """Thanks that say nothing else: neither that the request is over nor what is thought of an offer."""
    says_more = name in ("withdrawn", "paid_consent_missing") or bool(picture.consent)
    return picture.kind is Kind.OTHER and not says_more and not may_choose(picture.case, picture.letter)


def _still_with_staff(case: Case | None, state: State) -> bool:
    """It was staff's turn although the state waits for somebody else, and this mail changed nothing."""
    return case is not None and case.state is state and case.next_actor == "staff" != TURNS[state].actor


def _silence(picture: Picture, name: str, unanswerable: str, today: date) -> str:
    case = picture.case
    if unanswerable:
        return unanswerable
    if _mere_thanks(picture, name):
        return "a mere thank-you needs no answer"
    if case and case.held:
        return "a person has taken this case over"
    hushed = HUSHED_BY & set(case.flags if case else ())
    if hushed and not HUSHED_BY & picture.new_flags:
        return f"a person writes to this customer: {', '.join(sorted(hushed))}"
    if case and name == "case_joined" and picture.missing and case.state is State.WAITING_FOR_DETAILS:
        return "the shop's form repeats a request that waits for the customer's details"
    if case and picture.decided and name in HANDED and case.answer_by and case.answer_by >= today:
        return f"a person's answer is promised already, by {case.answer_by.isoformat()}"
    return ""


def _moved(picture: Picture, name: str, waits: bool) -> tuple[State, str]:
    case, kind, missing, state = picture.case, picture.kind, picture.missing, picture.state
    if name == "withdrawn":
        event = "withdraw"
    elif _mere_thanks(picture, name):
        return state, "thanked"
    elif name in ("tracking_received", "tracking_several"):
        event = "parcel_announced"
    elif name in ("tracking_invalid", "paid_consent_missing"):
        return state, name
    elif name == "case_joined" and (missing or state is not State.WAITING_FOR_DETAILS):
        return state, "notice_joined"
    elif waits:
        event = "details_missing"
    elif kind in CLAIM_KINDS and not missing and not picture.decided and name != "reopened":
        event = "details_complete"
    elif name == "status_answer" or (
        kind is Kind.GENERAL_QUESTION and case is not None and name not in (QUESTION, "reopened")
    ):
        return state, "asked"
    elif state is State.QUOTED:
        return state, "offer_answered"  # the offer stays open until a person has read the answer
    else:
        event = "person_needed"
    return next_state(state, event) or state, event


def _silent(
    kind: Kind,
    automatic: Automatic | None,
    language: str,
    details: Details,
    policy: Policy,
    case: Case | None,
    *,
    ours: bool,
) -> Decision:
    reason = automatic.reason if automatic else "unwanted advertising"
    # Our address on a mail we did not write: nothing is answered, and staff can see it.
    forged = automatic is not None and automatic.rule == "echo" and not ours
    return Decision(
        kind=kind,
        automatic=automatic,
        language=language,
        details=details,
        missing=(),
        verdict=Verdict(service=None, checks=(), policy_hash=policy.hash),
        flags=("possible_fraud",) if forged else (),
        state=case.state if case else State.NEW,
        events=(
            Event(name="machine_mail" if automatic else "unwanted_mail", actor="customer", data={"reason": reason}),
        ),
        reply=None,
        silence=reason,
        doubt=None,
        next_actor="nobody",
        answer_by=None,
        reply_by=None,
    )
