"""What staff will most likely do next with a case: at most two actions, ready to be carried out.

One table for every screen: PROPOSALS says for each doubt which actions answer it; a case without a doubt is proposed
what its state waits for. Nothing here decides anything. A value that only a person can know (a price, a parcel number)
stays open and is named; what the state or the case does not allow is left out. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.core.model import Case, Policy, State, Verdict
from bot.core.warranty.actions import ACTIONS, APPROVALS, HAZARD, SENDS_IN, possible_actions
from bot.core.warranty.answered import is_mere_question
from bot.core.warranty.assess import assess_again
from bot.core.warranty.corrections import mark
from bot.core.warranty.regions import address_for
from bot.core.warranty.staff_facts import Desk
from bot.core.warranty.staff_letters import CLAUSES
from bot.core.warranty.versions import terms_for

MOST = 2
# Condition of a return that is not met -> the reason, and what it rests on.
RETURNS = {
    "seller": ("return_elsewhere", "your_description"),
    "window": ("return_late", "your_dates"),
    "condition": ("return_opened", "your_description"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """One action with its values."""

    action: str
    values: Mapping[str, object] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    """what a person must still say; empty: the letter can be drafted"""
    clause: str = ""
    """where the policy says so"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Desk:
    """What the proposals are made from."""

    case: Case
    policy: Policy
    desk: Desk
    verdict: Verdict
    lenient: Verdict
    """the same case if its marks do not count: what is due when staff think so"""

    def plan(self, action: str, clause: str = "", **values: object) -> Proposal | None:
        said = {name: value for name, value in values.items() if value}
        missing = tuple(need for need in ACTIONS[action].needs if need not in said)
        return Proposal(action=action, values=said, open=missing, clause=clause)


Plan = Callable[[_Desk], Proposal | None]


def _approve(service: Callable[[_Desk], str]) -> Plan:
    def plan(d: _Desk) -> Proposal | None:
        chosen = service(d)
        if chosen not in APPROVALS:
            return None
        row = next((row for row in d.policy.services if row.id == chosen), None)
        address = address_for(d.case, d.desk)
        return d.plan("approve", row.clause if row else "", service=chosen, address=address)

    return plan


def _due(d: _Desk) -> str:
    return d.verdict.service or ""


def _if_marks_do_not_count(d: _Desk) -> str:
    return next((s for s in (d.verdict.service, d.lenient.service) if s in APPROVALS), "") or ""


def _decline(d: _Desk) -> Proposal | None:
    """The first reason of the verdict that a letter can give: of a return, its own conditions come first."""
    failed = {c.rule.removeprefix("exclusion."): c.clause for c in d.verdict.checks if c.outcome == "failed"}
    for service in (s.id for s in d.policy.services if s.request == "return"):
        for check, (reason, basis) in RETURNS.items():
            if clause := failed.get(f"{service}.{check}"):
                return d.plan("decline", clause, reason=reason, basis=basis)
    if "warranty_period_over" in failed:
        return d.plan("decline", failed["warranty_period_over"], reason="out_of_warranty", basis="your_dates")
    for id_ in CLAUSES:
        if id_ in failed:
            return d.plan("decline", failed[id_], reason=id_, basis="your_description")
    if "first_owner" in failed:
        return d.plan("decline", failed["first_owner"], reason="second_hand", basis="your_description")
    return None


def _too_old(d: _Desk) -> Proposal | None:
    row = next((row for row in d.policy.exclusions if row.id == "warranty_period_over"), None)
    return d.plan("decline", row.clause if row else "", reason="out_of_warranty", basis="your_dates")


def _elsewhere(d: _Desk) -> Proposal | None:
    row = next((row for row in d.policy.services if row.request == "return"), None)
    return d.plan("decline", row.clause if row else "", reason="return_elsewhere")


def _ask(*asks: str) -> Plan:
    """These details, else those that are missing."""

    def plan(d: _Desk) -> Proposal | None:
        wanted = list(asks) or list(assess_again(d.case, d.case.details, d.policy).missing)
        return d.plan("ask", asks=wanted) if wanted else None

    return plan


def _do(action: str, **values: str) -> Plan:
    return lambda d: d.plan(action, "", **values)


def _merge(d: _Desk) -> Proposal | None:
    return d.plan("merge", into=d.case.doubt.facts.get("number", "") if d.case.doubt else "")


def _answer_and_close(d: _Desk) -> Proposal | None:
    """A mere question is over with its answer."""
    return Proposal(action="close", open=("text",)) if is_mere_question(d.case) else None


def _as_granted(d: _Desk) -> Proposal | None:
    return d.plan("inspected", result="confirmed")


_BY_VERDICT: tuple[Plan, ...] = (_approve(_if_marks_do_not_count), _decline)
_PRICE_FIRST: tuple[Plan, ...] = (_do("quote"), _decline)

PROPOSALS: dict[str, tuple[Plan, ...]] = {
    # the most likely answer first
    "complete": (_approve(_due), _decline, _ask("photo_or_video")),
    "excluded": (_decline, _approve(_if_marks_do_not_count)),
    "price_wanted": _PRICE_FIRST,
    "out_of_warranty": (_decline, _do("quote")),
    "between_one_and_two_years": (_approve(_due), _too_old),
    "second_hand": (_decline, _approve(_if_marks_do_not_count)),
    "third_party_seller": (_approve(_due), _do("correct", field="seller", value="authorised_dealer")),
    "return_elsewhere": (_elsewhere, _approve(lambda d: "unconditional_return")),
    "return_opened": (_decline, _approve(lambda d: "unconditional_return")),
    "no_date": (_ask("purchase_or_delivery_date"), _approve(lambda d: "free_repair")),
    "multiple_items": (_ask("description", "model"), _approve(_due)),
    "unclear": (_ask("description"), _do("close")),
    "asked_twice": (_approve(_due), _ask()),
    "photo_refused": (_approve(_due), _ask("photo_or_video")),
    # a person's voice
    "hazard": (_do("safety"), _do("take")),
    "threat": _BY_VERDICT,
    "possible_fraud": (_ask("photo_or_video", "order_number"), _do("take")),
    "person_wanted": (_do("take"), *_BY_VERDICT),
    "stranger": (_merge, _ask()),
    "question": (_answer_and_close, _do("answer")),
    "unreadable": (_do("take"),),
    "language": (_do("take"),),
    "terms": _BY_VERDICT,
    # after the decision
    "consent_given": (_do("consent"), _do("quote")),
    "offer_refused": (_do("withdraw"), _do("quote")),
    "objection": _BY_VERDICT,
    "reopened": _BY_VERDICT,
    "later_mail": (_do("answer"), _do("take")),
    "withdraw_late": (_do("sent-back"), _do("close")),
    # parcels and the inspection
    "tracking_before_approval": (_approve(_if_marks_do_not_count), _decline),
    "tracking_invalid": (_do("received"), _do("note")),
    "parcel_missing": (_do("lost"), _do("received")),
    "not_inspected": (_as_granted, _do("inspected", result="no_fault_found", service="undecided")),
    "not_sent_back": (_do("sent-back"), _do("refunded")),
    "no_choice": (_do("sent-back"), _do("close")),
    "unanswered": (_do("close"), _ask()),
}
# What a state waits for when nobody put a question.
BY_STATE: dict[State, tuple[Plan, ...]] = {
    State.READY_FOR_STAFF: (_ask(), *_BY_VERDICT),
    State.PARCEL_ANNOUNCED: (_do("received"),),
    State.AT_SERVICE_CENTRE: PROPOSALS["not_inspected"],
    State.INSPECTED: PROPOSALS["not_sent_back"],
    State.LOST: (_do("received"), _approve(_if_marks_do_not_count)),
}


def proposed_actions(case: Case, policy: Policy, desk: Desk) -> tuple[Proposal, ...]:
    """At most two actions, the most likely first; none where it is not staff's turn and no parcel is awaited."""
    if case.merged_into or (case.next_actor != "staff" and case.state is not State.PARCEL_ANNOUNCED):
        return ()
    terms = terms_for(policy, case.details)[0]
    bare = case.details
    for flag in case.flags:
        bare = bare.corrected(mark(flag, "", stands=False))
    looked = _Desk(
        case=case,
        policy=terms,
        desk=desk,
        verdict=assess_again(case, case.details, policy).verdict,
        lenient=assess_again(case, bare, policy).verdict,
    )
    plans = PROPOSALS.get(case.doubt.id, ()) if case.doubt else BY_STATE.get(case.state, ())
    possible = possible_actions(case.state)
    made = (plan(looked) for plan in (*plans, *BY_STATE.get(case.state, ())))
    fitting = [p for p in made if p is not None and p.action in possible and not _forbidden(p, case)]
    unique = [p for n, p in enumerate(fitting) if p not in fitting[:n]]
    return tuple(unique[:MOST])


def _forbidden(proposal: Proposal, case: Case) -> bool:
    """A watch that may burn stays where it is."""
    return HAZARD in case.flags and proposal.action in (*SENDS_IN, "ask")
