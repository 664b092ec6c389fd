"""Which letter answers a mail, and with which facts.

REPLIES is the inventory of automatic letters: a name is a folder in ``templates/<language>/``, the tuple names
exactly the facts its template gets. Facts hold ids, counts, ISO dates and values of this very mail that passed a
strict pattern; never a name, never the customer's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.model import Case, Details, Letter, Policy, Promises
from bot.core.warranty.advice import steps_for
from bot.core.warranty.completeness import PRESENT
from bot.core.warranty.coverage import Facts
from bot.core.warranty.rough import rough_date
from bot.core.warranty.staff_letters import BY_EVENT

# What may stand in an automatic letter: letters, digits and the marks order numbers have.
_PLAIN_CODE = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9-]{3,39}")

# Facts, by name:
#   models       list of catalogue names, may be empty
#   orders       list of order numbers, may be empty
#   known        list of {"field": id of a required detail or date, "value": checked value, or "" for "received"};
#                a shop has its platform id as "id" too, for shops that each language names in its own words
#   asks         list of required-detail ids, in the order of the policy
#   again        those of asks that were asked before (other words are used)
#   rough        {"field": "delivery_date" or "purchase_date", "value": month or interval} that leaves the service
#                open, where the exact day is asked for; {} otherwise
#   steps        list of ids of steps to try, below the question what was tried; empty where none is asked
#   files        list of {"place": int, "of": int, "kind": "photo"|"video"|"document", "on": ISO date, "fault": id}
#   reply_by     ISO date: we ask for the customer's reply by then (the day included)
#   answer_by    ISO date: we answer by then (the day included)
#   days         int, working days until our answer after theirs
#   platform     display name of the shop or marketplace, or ""
#   tracking     list of parcel numbers
#   carrier      display name, or ""
#   step         int, 1 to 8
#   next_actor   "we" or "you"
#   limit_mb     int, largest mail in megabytes
REPLIES: dict[str, tuple[str, ...]] = {
    # a claim or return, something missing
    "details_needed": ("models", "known", "asks", "rough", "steps", "reply_by", "days"),
    "details_partly_received": ("models", "known", "asks", "rough", "again", "steps", "reply_by", "days"),
    "photo_unclear": ("known", "files", "reply_by", "days"),
    "condition_needed": ("models", "known", "reply_by", "days"),
    "date_needed": ("models", "known", "rough", "reply_by", "days"),
    "attachment_missing": ("known", "asks", "rough", "reply_by", "days"),
    "media_link": ("known", "asks", "rough", "reply_by", "days"),
    # everything is here, or only a person can go on
    "ready_for_staff": ("models", "known", "answer_by"),
    "terms_check": ("models", "known", "answer_by"),
    "details_corrected": ("known", "answer_by"),
    "received": ("known", "answer_by"),
    "handed_to_person": ("answer_by",),
    # parcels
    "tracking_received": ("tracking", "carrier", "answer_by"),
    "tracking_before_approval": ("tracking", "answer_by"),
    # at once
    "hazard_stop_using": ("answer_by",),
    "complaint_received": ("answer_by",),
    # questions
    "status_answer": ("models", "step", "next_actor", "asks", "rough", "answer_by", "reply_by"),
    "general_question_received": ("answer_by",),
    # mail we could not read or place
    "unreadable_mail": ("reply_by",),
    "attachment_too_large": ("limit_mb", "reply_by"),
    "sender_not_known": ("answer_by",),
}

# The shape that the posts of all countries share: it names none of them.
POST = "s10"
# Each answers a new question or a new parcel; every other letter goes to a case once.
REPEATABLE = frozenset(
    {
        "status_answer",
        "general_question_received",
        "tracking_received",
        "tracking_before_approval",
        "handed_to_person",  # and silence while its promise stands
    }
)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the letters' facts are made from."""

    letter: Letter
    fresh: Details
    """findings of this mail"""
    details: Details
    """findings of the whole thread"""
    letter_number: int
    case: Case | None
    policy: Policy
    promises: Promises
    today: date
    answer_by: date
    """the day a person answers by, should the letter name one"""
    request: str
    """quality, return or empty"""
    asks: tuple[str, ...]
    asked: Mapping[str, int]
    step: int
    waits_for_customer: bool
    limit_mb: int = 30
    flags: tuple[str, ...] = ()


def known_values(details: Details, policy: Policy, letter: int, request: str = "") -> list[dict[str, str]]:
    """What we understood, of mail number ``letter`` only: checked values, and "" for free text that is simply there.

    Only values of the very mail that is answered are repeated: an answer to a forged sender tells nothing of others.
    """
    own = Details(
        findings=tuple(f for f in details.findings if f.letter == letter and f.place in ("subject", "own_words"))
    )
    orders = [o for o in own.sure("order_number") if _PLAIN_CODE.fullmatch(o)]
    rows = [{"field": "order_number", "value": order} for order in orders]
    platform = own.one("platform")
    row = policy.platform(platform.value) if platform and platform.is_sure else None
    if row:
        rows.append({"field": "order_platform", "value": row.name, "id": row.id})
    rows += [{"field": "model", "value": m} for m in own.sure("model")]
    # Who gives back a sound watch has no problem to describe.
    if PRESENT["description"](own) and request != "return":
        rows.append({"field": "description", "value": ""})
    if PRESENT["troubleshooting"](own):
        rows.append({"field": "troubleshooting", "value": ""})
    files = Details(
        findings=tuple(f for f in details.findings if f.letter == letter and f.field in ("evidence", "symptom"))
    )
    if PRESENT["photo_or_video"](files):
        rows.append({"field": "photo_or_video", "value": ""})
    return rows


def poor_files(letter: Letter) -> list[dict[str, object]]:
    """Photos and videos that cannot serve, by place and fault; never by name."""
    shown = [a for a in letter.attachments if a.look and a.look.kind in ("photo", "video", "unreadable")]
    received = letter.sent_at.date().isoformat() if letter.sent_at else ""
    return [
        {
            "place": n,
            "of": len(shown),
            "kind": "video" if a.look.kind == "video" else "photo",
            "on": received,
            "fault": a.look.faults[0],
        }
        for n, a in enumerate(shown, 1)
        if a.look and a.look.faults
    ]


def working_days_after(day: date, count: int) -> date:
    """The day ``count`` working days (Monday to Friday) after ``day``."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def promised_day(case: Case | None, today: date, count: int, first: int = 0) -> date:
    """The day a person answers by, ``count`` working days from now or after ``first`` days that are left to a parcel.

    A promise already made and still to come stands: no later mail puts it off.
    """
    fresh = working_days_after(today + timedelta(days=first), count)
    made = case.answer_by if case else None
    return min(made, fresh) if made and made >= today else fresh


def sold_by_us(case: Case, policy: Policy) -> bool:
    """Whether KOSPET itself is the seller: the line on rights by law then names no other one."""
    return Facts(case.details, policy, "quality", frozenset(), case.first_mail_on).seller == "official_store"


def _steps(s: Situation) -> list[str]:
    """Steps to try: only below the question what was tried, and only the first time it is put."""
    if "troubleshooting" not in s.asks or s.asked.get("troubleshooting"):
        return []
    return list(steps_for(s.details, s.flags, s.policy))


def _reply_by(name: str, s: Situation) -> str:
    """The day we ask for a reply by: the one named before where a letter repeats it; never after an offer ends."""
    fresh = (s.today + timedelta(days=s.promises.reply_days)).isoformat()
    if name == "status_answer":
        return s.case.reply_by.isoformat() if s.case and s.case.reply_by and s.case.reply_by >= s.today else ""
    valid_until = str(s.case.terms.get("valid_until") or "") if s.case and name == "paid_consent_missing" else ""
    return min(fresh, valid_until) if valid_until >= s.today.isoformat() else fresh


def facts_for(name: str, situation: Situation) -> dict[str, object]:
    """Exactly the facts REPLIES lists for this letter."""
    s = situation
    everything: dict[str, object] = {
        "models": [m for m in s.details.sure("model") if m in {row.id for row in s.policy.models}][:3],
        "known": known_values(s.details, s.policy, s.letter_number, s.request),
        "asks": list(s.asks),
        "again": [a for a in s.asks if s.asked.get(a)],
        "rough": rough_date(s.details, s.asks),
        "steps": _steps(s),
        "files": poor_files(s.letter),
        "reply_by": _reply_by(name, s),
        "answer_by": s.answer_by.isoformat(),
        "days": s.promises.answer_working_days,
        "tracking": [t for t in s.fresh.sure("tracking_number") if _PLAIN_CODE.fullmatch(t)],
        "carrier": next(
            (c.name for f in s.fresh.all("tracking_number") for c in s.policy.carriers if c.id == f.note != POST), ""
        ),
        "step": s.step,
        "next_actor": "you" if s.waits_for_customer else "we",
        "limit_mb": s.limit_mb,
        "quote": s.case.terms.get("quote") if s.case else None,
        "valid_until": s.case.terms.get("valid_until") if s.case else None,
        "law": True,
        "own_store": sold_by_us(s.case, s.policy) if s.case else False,
    }
    return {fact: everything[fact] for fact in (REPLIES.get(name) or BY_EVENT[name])}
