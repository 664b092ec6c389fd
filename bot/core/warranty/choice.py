"""Which letter, and which question for staff: two tables, read from the top.

A letter never says no and never approves. What only a person can decide gets a neutral letter and a doubt: one
plain question for staff, worded by ``doubt.<id>`` in phrases.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core.details.consent import NO, YES, is_short
from bot.core.details.parcel import is_mistyped
from bot.core.model import Case, Details, Doubt, Kind, Letter, Policy, State, Verdict
from bot.core.warranty.lifecycle import ENDED, STEPS
from bot.core.warranty.parcels import mistyped_before, nothing_new

MOST_ASKS = 2  # the third time a person takes over
# After one of these a person has the case: no automatic letter may follow it, whatever the customer writes.
HUSHED_BY = frozenset({"safety_hazard", "threat_or_legal"})
EXCLUDING = ("physical_damage", "water_damage", "disassembled", "rooted_or_flashed", "continued_use", "wear_and_tear")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Everything the two tables look at."""

    letter: Letter
    kind: Kind
    fresh: Details
    details: Details
    flags: tuple[str, ...]
    new_flags: frozenset[str]
    missing: tuple[str, ...]
    verdict: Verdict
    case: Case | None
    policy: Policy
    stranger: str
    """number of the other customer's case this mail names, or empty"""
    consent: str = ""
    """yes or no to the open offer; empty when the mail says neither"""
    takes_back: bool = False
    """the mail says only that the request is over"""
    notice: bool = False
    """a shop's form wrote it for the customer"""

    @property
    def short(self) -> bool:
        """The mail holds one thought and brings no file."""
        return is_short(self.letter) and not self.letter.attachments

    @property
    def state(self) -> State:
        """Where the case stood before this mail."""
        return self.case.state if self.case else State.NEW

    @property
    def decided(self) -> bool:
        """Staff decided before this mail came: nothing is asked any more, a person reads what the customer adds."""
        return self.state in DECIDED

    @property
    def wishes(self) -> tuple[str, ...]:
        """What the customer wants, in this mail."""
        return self.fresh.sure("wish")

    @property
    def asked(self) -> Mapping[str, int]:
        """How often each detail was asked before."""
        return self.case.asked if self.case else {}

    @property
    def asked_too_often(self) -> bool:
        """A detail that is still missing was asked as often as we ever ask."""
        return any(self.asked.get(m, 0) >= MOST_ASKS for m in self.missing)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The evidence of this mail."""
        return self.fresh.values("evidence")

    @property
    def claims(self) -> bool:
        """The mail belongs to a claim or a return."""
        return self.kind in (Kind.NEW_CLAIM, Kind.DETAILS_FOLLOWUP, Kind.RETURN_REQUEST)


# The states after the decision. A mail that is no parcel number and no question is for a person then.
DECIDED = frozenset(STEPS) - ENDED - {State.NEW, State.WAITING_FOR_DETAILS, State.READY_FOR_STAFF}
# From these the customer may still take the request back; later the watch is on its way or here.
STILL_OURS = (State.WAITING_FOR_DETAILS, State.READY_FOR_STAFF, State.QUOTED, State.APPROVED)


def _withdraws(p: Picture) -> bool:
    return p.takes_back and p.state in STILL_OURS and not HUSHED_BY & set(p.flags)


def _unclear_answer(p: Picture) -> bool:
    """A short answer to an offer that is neither yes nor no, such as "ok thanks"."""
    open_ = p.case is not None and p.state is State.QUOTED and p.case.next_actor != "staff"
    return open_ and not p.consent and p.short and p.kind in (Kind.OTHER, Kind.DETAILS_FOLLOWUP)


def _photo_poor(p: Picture) -> bool:
    return "photo_or_video" in p.missing and any(e.startswith(("photo_", "video_")) for e in p.evidence)


def _only_missing(p: Picture, detail: str) -> bool:
    return p.claims and p.missing == (detail,)


LETTERS: tuple[tuple[str, Callable[[Picture], bool]], ...] = (
    # what cannot wait
    ("hazard_stop_using", lambda p: "safety_hazard" in p.new_flags),
    ("complaint_received", lambda p: "threat_or_legal" in p.new_flags),
    ("sender_not_known", lambda p: bool(p.stranger)),
    ("handed_to_person", lambda p: "person" in p.wishes or "possible_fraud" in p.flags),
    # the end, and after it
    ("withdrawn", _withdraws),
    ("reopened", lambda p: p.state in ENDED),
    # an open offer
    ("handed_to_person", lambda p: p.state is State.QUOTED and bool(p.consent)),
    ("paid_consent_missing", _unclear_answer),
    # the same request by another way
    ("case_joined", lambda p: p.notice and p.case is not None),
    # parcels
    ("handed_to_person", lambda p: _mistyped_parcel(p) and mistyped_before(p.case, p.policy)),
    ("tracking_invalid", lambda p: _mistyped_parcel(p)),
    ("tracking_several", lambda p: p.kind is Kind.TRACKING_FOLLOWUP and _approved(p) and len(_parcels(p)) > 1),
    ("tracking_received", lambda p: p.kind is Kind.TRACKING_FOLLOWUP and _approved(p)),
    ("tracking_before_approval", lambda p: p.kind is Kind.TRACKING_FOLLOWUP and not p.decided),
    # told again: where the watch is; a new parcel after the decision is for a person
    ("status_answer", lambda p: p.kind is Kind.TRACKING_FOLLOWUP and _told_again(p)),
    # questions
    ("status_answer", lambda p: _status_of_claim(p)),
    ("general_question_received", lambda p: p.kind is Kind.GENERAL_QUESTION),
    # after the decision nothing is asked any more
    ("handed_to_person", lambda p: p.decided),
    # something is missing
    ("handed_to_person", lambda p: p.asked_too_often),
    ("photo_unclear", lambda p: _only_missing(p, "photo_or_video") and _photo_poor(p)),
    ("condition_needed", lambda p: _only_missing(p, "item_condition") and not p.asked),
    ("date_needed", lambda p: _only_missing(p, "purchase_or_delivery_date") and not p.asked),
    ("media_link", lambda p: "photo_or_video" in p.missing and "media_link" in p.evidence),
    ("attachment_missing", lambda p: "photo_or_video" in p.missing and _announced_in_vain(p)),
    ("details_needed", lambda p: bool(p.missing) and not p.asked),
    ("details_partly_received", lambda p: bool(p.missing)),
    # everything is here
    ("details_corrected", lambda p: p.claims and any(f.replaces for f in p.fresh.findings)),
    ("terms_check", lambda p: p.claims and "between_one_and_two_years" in p.flags),
    ("ready_for_staff", lambda p: p.claims),
    ("received", lambda p: True),
)


def _approved(p: Picture) -> bool:
    return p.case is not None and p.case.state in (State.APPROVED, State.PARCEL_ANNOUNCED)


def _unapproved(p: Picture) -> bool:
    return not p.decided or p.state in (State.QUOTED, State.DECLINED)


def _told_again(p: Picture) -> bool:
    """Nothing that the case does not know. Where we wait for no parcel, "sent" without a number is news."""
    if p.case is None or not nothing_new(p.fresh, p.case):
        return False
    return bool(_parcels(p)) or not _unapproved(p)


def _parcels(p: Picture) -> tuple[str, ...]:
    return p.fresh.sure("tracking_number")


def _mistyped_parcel(p: Picture) -> bool:
    return p.kind is Kind.TRACKING_FOLLOWUP and _approved(p) and _mistyped(p)


def _mistyped(p: Picture) -> bool:
    """Every number of the mail has the shape of its carrier and a wrong check digit."""
    numbers = [f for f in p.fresh.all("tracking_number") if f.is_sure]
    return bool(numbers) and all(is_mistyped(f, p.policy) for f in numbers)


def _status_of_claim(p: Picture) -> bool:
    """Asked how far a case is: the letter answers, and what staff must decide stays as it was."""
    asks = bool({"status", "where_is_order"} & set(p.wishes))
    return p.kind is Kind.GENERAL_QUESTION and p.case is not None and asks


def _announced_in_vain(p: Picture) -> bool:
    return "announced" in p.evidence and not p.letter.attachments


def choose_letter(picture: Picture) -> str:
    """The name of the letter that answers this mail."""
    return next(name for name, fits in LETTERS if fits(picture))


def _shop(p: Picture) -> str:
    row = p.policy.platform(p.details.value("platform") or "")
    return row.name if row else ""


def _first_exclusion(p: Picture) -> str:
    return next((f for f in EXCLUDING if f in p.flags), "")


DOUBTS: tuple[tuple[str, Callable[[Picture], bool], Callable[[Picture], dict[str, object]]], ...] = (
    ("hazard", lambda p: "safety_hazard" in p.flags, lambda p: {}),
    ("stranger", lambda p: bool(p.stranger), lambda p: {"number": p.stranger}),
    ("threat", lambda p: "threat_or_legal" in p.flags, lambda p: {}),
    ("possible_fraud", lambda p: "possible_fraud" in p.flags, lambda p: {}),
    ("person_wanted", lambda p: "person" in p.wishes, lambda p: {}),
    ("reopened", lambda p: p.state in ENDED, lambda p: {}),
    ("consent_given", lambda p: p.state is State.QUOTED and p.consent == YES, lambda p: {}),
    ("offer_refused", lambda p: p.state is State.QUOTED and p.consent == NO, lambda p: {}),
    ("withdraw_late", lambda p: p.takes_back and p.decided, lambda p: {}),
    ("tracking_before_approval", lambda p: p.kind is Kind.TRACKING_FOLLOWUP and _unapproved(p), lambda p: {}),
    ("objection", lambda p: p.state is State.DECLINED, lambda p: {}),
    ("tracking_invalid", lambda p: _mistyped_parcel(p), lambda p: {}),
    ("question", lambda p: p.decided and p.kind is Kind.GENERAL_QUESTION, lambda p: {}),
    ("later_mail", lambda p: p.decided, lambda p: {}),
    ("asked_twice", lambda p: p.asked_too_often, lambda p: {"missing": p.missing[0]}),
    ("price_wanted", lambda p: p.verdict.service == "paid_service", lambda p: {}),
    ("second_hand", lambda p: "second_hand" in p.flags, lambda p: {}),
    ("excluded", lambda p: bool(_first_exclusion(p)), lambda p: {"flag": _first_exclusion(p)}),
    ("out_of_warranty", lambda p: "out_of_warranty" in p.flags, lambda p: {}),
    ("between_one_and_two_years", lambda p: "between_one_and_two_years" in p.flags, lambda p: {"months": 0}),
    ("multiple_items", lambda p: "multiple_items" in p.flags, lambda p: {"count": _count(p)}),
    ("return_elsewhere", lambda p: _returns(p) and "third_party_seller" in p.flags, lambda p: {"platform": _shop(p)}),
    ("return_opened", lambda p: _returns(p) and p.details.value("condition") in ("opened", "used"), lambda p: {}),
    ("question", lambda p: p.kind is Kind.GENERAL_QUESTION and not _status_of_claim(p), lambda p: {}),
    ("unclear", lambda p: "unclear" in p.flags, lambda p: {}),
    ("third_party_seller", lambda p: "third_party_seller" in p.flags, lambda p: {"platform": _shop(p)}),
    ("no_date", lambda p: p.verdict.service == "undecided", lambda p: {}),
    (
        "complete",
        lambda p: True,
        lambda p: {"service": p.verdict.service or "", "model": next(iter(p.details.sure("model")), "")},
    ),
)


def _returns(p: Picture) -> bool:
    return any(c.rule.startswith("unconditional_return") for c in p.verdict.checks)


def _count(p: Picture) -> int:
    return max(2, len(p.details.sure("order_number")))


def choose_doubt(picture: Picture) -> Doubt:
    """The question a person must answer."""
    return next(Doubt(id=name, facts=facts(picture)) for name, fits, facts in DOUBTS if fits(picture))
