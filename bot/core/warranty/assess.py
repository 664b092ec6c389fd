"""What all findings of a case come to: flags, verdict, and what is still missing.

The same for a mail that just came and for a detail that staff corrected. Flags set or taken away by a person stand,
whatever the rules say; ``noticed`` are flags that only a look at other cases can give.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from bot.core.model import CLAIM_KINDS, Case, Check, Details, Kind, Outcome, Policy, Verdict
from bot.core.warranty.completeness import missing_details
from bot.core.warranty.coverage import TERMS, Facts, date_settles, derived_flags, judge
from bot.core.warranty.kind import DAMAGE
from bot.core.warranty.versions import day_of_purchase, terms_for

DATE = "purchase_or_delivery_date"


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """Where a case stands by its facts alone."""

    request: str
    """quality, return or empty"""
    flags: tuple[str, ...]
    verdict: Verdict
    missing: tuple[str, ...]


def assess(
    details: Details, kind: Kind, case: Case | None, policy: Policy, first_day: date, noticed: Collection[str] = ()
) -> Assessment:
    """Flags, verdict and what is missing. ``kind`` is that of the mail, ``first_day`` the one the policy counts to."""
    request = request_of(kind, details, case)
    each = [_under(terms, details, request, first_day, noticed) for terms in terms_for(policy, details)]
    return each[0] if len({a.verdict.service for a in each}) == 1 else _torn(each, details)


def _under(policy: Policy, details: Details, request: str, first_day: date, noticed: Collection[str]) -> Assessment:
    found = (*_flags(details, policy, request, first_day), *noticed)
    flags = tuple(dict.fromkeys(f for f in found if f not in details.unflagged))
    verdict = judge(Facts(details, policy, request, frozenset(flags), first_day))
    missing = missing_details(details, request, flags, policy)
    if "safety_hazard" in flags:
        missing = tuple(m for m in missing if m != "troubleshooting")
    if date_settles(verdict):
        missing += (DATE,)
    return Assessment(request=request, flags=flags, verdict=verdict, missing=missing)


def _torn(each: list[Assessment], details: Details) -> Assessment:
    """The terms that may hold lead to different services: the day of purchase decides between them."""
    newest, day = each[0], day_of_purchase(details)
    words = f"{day.field}: {day.value}" if day else ""
    doubt = Check(rule=TERMS, outcome=Outcome.UNKNOWN, clause="services table", words=words)
    verdict = replace(newest.verdict, service="undecided", checks=(*newest.verdict.checks, doubt))
    return replace(newest, verdict=verdict, missing=tuple(dict.fromkeys((*newest.missing, DATE))))


def assess_again(case: Case, details: Details, policy: Policy, noticed: Collection[str] = ()) -> Assessment:
    """The same for a case without a new mail, after staff changed its facts."""
    kind = Kind.DETAILS_FOLLOWUP if case.kind in CLAIM_KINDS else case.kind
    return assess(details, kind, case, policy, case.first_mail_on, noticed)


def request_of(kind: Kind, details: Details, case: Case | None) -> str:
    """quality, return or empty: what the thread asks the warranty for."""
    if kind is Kind.RETURN_REQUEST:
        return "return"
    if kind not in CLAIM_KINDS:
        return request_of(case.kind, details, None) if case and case.kind in CLAIM_KINDS else ""
    harmed = DAMAGE - {"disassembled"} if case and case.kind is Kind.RETURN_REQUEST else DAMAGE
    faulty = bool(details.all("symptom")) or bool(harmed & set(details.sure("flag")))
    if case and case.kind is Kind.RETURN_REQUEST and not faulty:
        return "return"
    return "quality"


def _flags(details: Details, policy: Policy, request: str, first_day: date) -> tuple[str, ...]:
    found = list(details.sure("flag"))
    if request == "return":
        # "I opened it", says who gives back a sound watch, and means the box.
        found = [f for f in found if f != "disassembled"]
    found += derived_flags(details, policy, request, first_day)
    if request and len(details.sure("order_number")) > 1:
        found.append("multiple_items")
    told = details.all("symptom") or details.all("wish") or DAMAGE & set(found)
    if request and not told and not details.all("order_number"):
        found.append("unclear")
    evidence = details.values("evidence")
    if "photo" in evidence or "video" in evidence:
        # A good picture came: the poor one no longer matters.
        found = [f for f in found if f not in ("blurry_photo", "dark_photo")]
    return tuple(dict.fromkeys(found))
