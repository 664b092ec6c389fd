"""The one function the worker calls: a mail, its findings and its case in; a decision out.

Pure: same letter, details, case, policy and days give the same decision. Nothing here sends, stores or approves.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.core.details.answers import find_answers
from bot.core.model import (
    CLAIM_KINDS,
    Automatic,
    Case,
    Decision,
    Details,
    Event,
    Finding,
    Kind,
    Letter,
    Policy,
    Promises,
    Reply,
    State,
    Verdict,
)
from bot.core.warranty.answer import Situation, facts_for, promised_day
from bot.core.warranty.choice import Picture, choose_doubt, choose_letter
from bot.core.warranty.completeness import PRESENT, missing_details
from bot.core.warranty.coverage import Facts, derived_flags, judge
from bot.core.warranty.kind import DAMAGE, kind_of
from bot.core.warranty.lifecycle import STEPS, TURNS, next_state

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
# After one of these a person has the case: no automatic letter may follow it, whatever the customer writes.
HUSHED_BY = frozenset({"safety_hazard", "threat_or_legal"})


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
    promises: Promises | None = None,
    limit_mb: int = 30,
) -> Decision:
    """What one mail means for its case.

    ``fresh`` are the findings of this mail, ``on`` is its day, ``today`` the day promises count from.
    ``unanswerable`` is why this human may get no automatic letter (empty when he may). ``stranger`` is the
    number of somebody else's case that the mail names: ``case`` is then None and the mail opens a case of its own.
    """
    promises = promises or Promises()
    if case is not None and automatic is None:
        open_ = [id_ for id_ in case.asked if id_ in PRESENT and not PRESENT[id_](case.details)]
        fresh = find_answers(letter, policy, on, fresh, open_)
    kind = kind_of(letter, fresh, case, automatic)
    number = case.letters + 1 if case else 1
    details = (case.details if case else Details()).joined_with(fresh, number)
    language = _language(letter, case, policy)
    if automatic is not None or kind is Kind.SPAM:
        ours = bool(_OUR_MARK.match(letter.message_id) or letter.header_values("x-loop"))
        return _silent(kind, automatic, language, details, policy, case, ours=ours)

    first_day = case.first_mail_on if case else on
    request = request_of(kind, details, case)
    flags = _flags(details, policy, request, first_day)
    verdict = judge(Facts(details, policy, request, frozenset(flags), first_day))
    missing = missing_details(details, request, flags, policy)
    if "safety_hazard" in flags:
        missing = tuple(m for m in missing if m != "troubleshooting")
    if verdict.service == "undecided" and _date_decides(verdict, details):
        missing += ("purchase_or_delivery_date",)
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
    )
    name = choose_letter(picture)
    silence = _silence(kind, case, picture, unanswerable)
    asks = missing if name in ASKING else _still_asked(case, missing)
    waits = name in ASKING and not silence
    state, event = _moved(case, kind, missing, waits, name)
    hazard = "safety_hazard" in flags
    answer_days = promises.hazard_working_days if hazard else promises.answer_working_days
    answer_by = promised_day(case, today, answer_days)
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
        request=request,
        asks=asks,
        asked=case.asked if case else {},
        step=STEPS[state],
        waits_for_customer=state is State.WAITING_FOR_DETAILS,
        limit_mb=limit_mb,
    )
    reply = None if silence else Reply(name=name, language=language, facts=facts_for(name, situation))
    needs_person = state is State.READY_FOR_STAFF or (bool(silence) and kind is not Kind.OTHER) or name == QUESTION
    goes_on = case.reply_by if case and state is State.WAITING_FOR_DETAILS else None
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
        doubt=choose_doubt(picture) if needs_person else None,
        next_actor="staff" if needs_person else TURNS[state].actor,
        answer_by=answer_by if needs_person else None,
        reply_by=today + timedelta(days=promises.reply_days) if waits else goes_on,
    )


def _needs_person(state: State, kind: Kind, letter_name: str, silence: str) -> bool:
    """Whether staff must look at the case now: it is theirs to decide, or the mail got no answer that settles it."""
    if state is State.READY_FOR_STAFF:
        return True
    if kind is Kind.OTHER:
        return False
    # Later in the process a mail that is neither a parcel number nor a question we answered is for a person.
    settled = letter_name in SETTLING and not silence
    return bool(silence) or (TURNS[state].step > 2 and not settled)


def request_of(kind: Kind, details: Details, case: Case | None) -> str:
    """quality, return or empty: what the thread asks the warranty for."""
    if kind is Kind.RETURN_REQUEST:
        return "return"
    if kind not in CLAIM_KINDS:
        return request_of(case.kind, details, None) if case and case.kind in CLAIM_KINDS else ""
    harmed = DAMAGE - {"disassembled"} if case and case.kind is Kind.RETURN_REQUEST else DAMAGE
    faulty = bool(details.all("symptom")) or bool(harmed & set(details.values("flag", SURE)))
    if case and case.kind is Kind.RETURN_REQUEST and not faulty:
        return "return"
    return "quality"


def _language(letter: Letter, case: Case | None, policy: Policy) -> str:
    if letter.language and (letter.language_confidence >= SURE or case is None):
        return letter.language
    return (case.language if case else "") or letter.language or policy.default_language


def _flags(details: Details, policy: Policy, request: str, first_day: date) -> tuple[str, ...]:
    found = list(details.values("flag", SURE))
    if request == "return":
        # "I opened it", says who gives back a sound watch, and means the box.
        found = [f for f in found if f != "disassembled"]
    found += derived_flags(details, policy, request, first_day)
    if request and len(details.values("order_number", SURE)) > 1:
        found.append("multiple_items")
    told = details.all("symptom") or details.all("wish") or DAMAGE & set(found)
    if request and not told and not details.all("order_number"):
        found.append("unclear")
    evidence = details.values("evidence")
    if "photo" in evidence or "video" in evidence:
        # A good picture came: the poor one no longer matters.
        found = [f for f in found if f not in ("blurry_photo", "dark_photo")]
    return tuple(dict.fromkeys(found))


def _date_decides(verdict: Verdict, details: Details) -> bool:
    dated: tuple[Finding, ...] = (*details.all("delivery_date"), *details.all("purchase_date"))
    exact = any(len(f.value) == 10 and f.confidence >= SURE for f in dated)
    return not exact and any(c.rule.endswith(".window") and c.outcome == "unknown" for c in verdict.checks)


def _still_asked(case: Case | None, missing: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(m for m in missing if case and case.asked.get(m))


def _silence(kind: Kind, case: Case | None, picture: Picture, unanswerable: str) -> str:
    if unanswerable:
        return unanswerable
    if kind is Kind.OTHER:
        return "a mere thank-you needs no answer"
    if case and case.held:
        return "a person has taken this case over"
    hushed = HUSHED_BY & set(case.flags if case else ())
    if hushed and not HUSHED_BY & picture.new_flags:
        return f"a person writes to this customer: {', '.join(sorted(hushed))}"
    return ""


def _moved(case: Case | None, kind: Kind, missing: tuple[str, ...], waits: bool, name: str) -> tuple[State, str]:
    state = case.state if case else State.NEW
    if kind is Kind.OTHER:
        return state, "thanked"
    if kind is Kind.TRACKING_FOLLOWUP and next_state(state, "parcel_announced"):
        event = "parcel_announced"
    elif waits:
        event = "details_missing"
    elif kind in CLAIM_KINDS and not missing:
        event = "details_complete"
    elif kind is Kind.GENERAL_QUESTION and case is not None and name != QUESTION:
        return state, "asked"
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
