"""Which service applies if the customer's facts are true, with a receipt: every check, passed ones too.

A check has three outcomes. Dates are spans of days: a window is passed when every day of the span lies inside,
failed when none does, unknown when it depends on the day. The verdict is a recommendation to staff: a failed
exclusion makes it "not_covered" or, when the customer asks for a price, "paid_service"; an unknown check on which
the service depends makes it "undecided".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.details.calendar import Span, months_before, parse_span
from bot.core.model import SELLERS, Check, Details, Finding, Outcome, Policy, Service, Verdict, Window
from bot.core.warranty.open_points import open_points

# Suspicion is no fact: these flags make a person decide and never exclude by themselves.
NEVER_EXCLUDES = frozenset({"counterfeit"})
PERIOD_OVER = "out_of_warranty"
TERMS = "terms"


@dataclass(frozen=True)
class Facts:
    """What the rules look at."""

    details: Details
    policy: Policy
    request: str
    """quality or return"""
    flags: frozenset[str]
    first_mail_on: date

    @property
    def seller(self) -> str:
        """official_store, authorised_dealer, unknown (named, but not checked), or empty (not named)."""
        return self.sold_by[0]

    @property
    def sold_by(self) -> tuple[str, str]:
        """The seller, and the words that say so."""
        told = self._sure("seller")
        if told and told.value in SELLERS:  # a person knows the seller
            return told.value, told.words
        if told and told.value == "official_marketplace":
            return "authorised_dealer", told.words
        found = self._sure("platform")
        platform = self.policy.platform(found.value) if found else None
        return (platform.seller, found.words or found.value) if found and platform else ("", "")

    def bought(self, since: str) -> tuple[Span, str] | None:
        """The span of the event a window counts from, with the words; the other event when it is unknown."""
        order = ("delivery_date", "purchase_date") if since == "delivery" else ("purchase_date", "delivery_date")
        spans = {name: (parse_span(f.value), f) for name in order if (f := self._sure(name))}
        for name in order:
            if name in spans:
                span, found = spans[name]
                others = [other for n, (other, _) in spans.items() if n != name]
                return _in_order(span, others[0], name) if others else span, _said(found)
        return None

    def _sure(self, name: str) -> Finding | None:
        found = self.details.one(name)
        return found if found and found.is_sure else None


def _in_order(span: Span, other: Span, name: str) -> Span:
    """Nothing is delivered before it is bought: a rough day is narrowed by the other one, unless they contradict."""
    if name == "delivery_date":
        return Span(max(span.first, other.first), span.last) if other.first <= span.last else span
    return Span(span.first, min(span.last, other.last)) if other.last >= span.first else span


def _said(found: Finding) -> str:
    """The customer's words for a day, and what they were taken for."""
    words = " ".join(found.words.split())
    return f"{found.field}: {found.value}" + (f' ("{words}")' if words and words != found.value else "")


def judge(facts: Facts) -> Verdict:
    """The service and all checks. No service is named for a mail that asks for none."""
    if facts.request not in ("quality", "return"):
        return Verdict(service=None, checks=(), policy_hash=facts.policy.hash)
    checks = [*_exclusions(facts), _first_owner(facts)]
    excluded = any(c.outcome is Outcome.FAILED for c in checks)
    doubted = bool(NEVER_EXCLUDES & facts.flags)
    chosen, undecided = "", doubted
    for service in (s for s in facts.policy.services if s.request == facts.request):
        own = [_seller(facts, service), _window(facts, service), *_needs(facts, service)]
        checks += own
        if chosen or undecided:
            continue
        if all(c.outcome is Outcome.PASSED for c in own):
            chosen = service.id
        elif not any(c.outcome is Outcome.FAILED for c in own):
            undecided = True
    checks += open_points(facts.policy, facts.details, facts.request, facts.flags, _named_questions(facts, checks))
    if excluded:
        service_id = "paid_service" if "price" in facts.details.sure("wish") else "not_covered"
    else:
        service_id = chosen or ("undecided" if undecided else "not_covered")
    return Verdict(service=service_id, checks=tuple(checks), policy_hash=facts.policy.hash)


# --- the rules ----------------------------------------------------------------------------------


def _exclusions(facts: Facts) -> list[Check]:
    checks = []
    for row in facts.policy.exclusions:
        hit = bool(row.flag) and row.flag in facts.flags
        if hit and row.flag in NEVER_EXCLUDES:
            outcome = Outcome.UNKNOWN
        elif hit:
            outcome = Outcome.FAILED
        else:
            outcome = Outcome.PASSED if row.checked_at == "mail" else Outcome.UNKNOWN
        words = _flag_words(facts, row.flag) if hit else ""
        checks.append(Check(rule=f"exclusion.{row.id}", outcome=outcome, clause=row.clause, words=words))
    return checks


def _flag_words(facts: Facts, flag: str) -> str:
    """What a flag rests on: the customer's words, else the day that set it."""
    said = next((f.words for f in facts.details.all("flag") if f.value == flag and f.is_sure), "")
    bought = facts.bought("delivery")
    return said or (bought[1] if bought and flag == PERIOD_OVER else "")


def _first_owner(facts: Facts) -> Check:
    used = "second_hand" in facts.flags
    words = _flag_words(facts, "second_hand") if used else ""
    return Check(
        rule="first_owner",
        outcome=Outcome.FAILED if used else Outcome.PASSED,
        clause="last paragraph",
        words=words,
    )


def _seller(facts: Facts, service: Service) -> Check:
    seller, words = facts.sold_by
    if not seller:
        outcome = Outcome.UNKNOWN
    elif seller in service.sellers:
        outcome = Outcome.PASSED
    elif seller == "unknown" and "authorised_dealer" in service.sellers:
        outcome = Outcome.PASSED  # recommended on the condition that staff knows the dealer: always flagged
    else:
        outcome = Outcome.FAILED
    return Check(rule=f"{service.id}.seller", outcome=outcome, clause=service.clause, words=words)


def _window(facts: Facts, service: Service) -> Check:
    bought = facts.bought(service.window.since)
    if bought is None:
        return Check(rule=f"{service.id}.window", outcome=Outcome.UNKNOWN, clause=service.clause)
    span, words = bought
    return Check(
        rule=f"{service.id}.window",
        outcome=inside(service.window, span, facts.first_mail_on),
        clause=service.clause,
        words=words,
    )


def inside(window: Window, span: Span, day: date) -> Outcome:
    """Whether ``day`` lies in a window that opened on some day of ``span``; the last day counts."""
    if window.days:
        earliest = day - timedelta(days=window.days)
    else:
        earliest = months_before(day, window.months + 12 * window.years)
    if span.first >= earliest:
        return Outcome.PASSED
    return Outcome.FAILED if span.last < earliest else Outcome.UNKNOWN


def _needs(facts: Facts, service: Service) -> list[Check]:
    if not service.needs:
        return []
    found = facts.details.one("condition")
    value = found.value if found and found.is_sure else ""
    outcome = {"unopened": Outcome.PASSED, "opened": Outcome.FAILED, "used": Outcome.FAILED}.get(value, Outcome.UNKNOWN)
    return [
        Check(
            rule=f"{service.id}.condition", outcome=outcome, clause=service.clause, words=found.words if found else ""
        )
    ]


def _named_questions(facts: Facts, checks: list[Check]) -> set[str]:
    """Open questions of exclusions that were hit, and of services whose undisputed time may be over."""
    named = {row.open_question for row in facts.policy.exclusions if row.flag in facts.flags}
    passed = {c.rule for c in checks if c.outcome is Outcome.PASSED}
    for service in facts.policy.services:
        bought = facts.bought(service.window.since)
        if not service.undisputed or bought is None or f"{service.id}.window" not in passed:
            continue
        if inside(service.undisputed, bought[0], facts.first_mail_on) is not Outcome.PASSED:
            named.add(service.open_question)
    return named - {""}


def date_settles(verdict: Verdict) -> bool:
    """Whether a better date decides: a service that nothing else rules out hangs on its window, or the terms do."""
    if verdict.service != "undecided":
        return False
    out = {c.rule.rpartition(".")[0] for c in verdict.checks if c.outcome is Outcome.FAILED}
    hanging = (c.rule for c in verdict.checks if c.outcome is Outcome.UNKNOWN and c.rule.endswith(".window"))
    terms = any(c.rule == TERMS and c.outcome is Outcome.UNKNOWN for c in verdict.checks)
    return terms or any(rule.rpartition(".")[0] not in out for rule in hanging)


# --- flags that follow from dates and seller ------------------------------------------------------


def derived_flags(details: Details, policy: Policy, request: str, first_mail_on: date) -> Collection[str]:
    """out_of_warranty, between_one_and_two_years and third_party_seller, from the rows of the policy."""
    facts = Facts(details, policy, request, frozenset(), first_mail_on)
    flags: list[str] = []
    if facts.seller and facts.seller != "official_store":
        flags.append("third_party_seller")
    longest = [s for s in policy.services if s.request == "quality"][-1:]
    for service in longest if request == "quality" else []:
        bought = facts.bought(service.window.since)
        if bought is None:
            continue
        if inside(service.window, bought[0], first_mail_on) is Outcome.FAILED:
            flags.append(PERIOD_OVER)
        elif service.undisputed and inside(service.undisputed, bought[0], first_mail_on) is not Outcome.PASSED:
            question = next((q for q in policy.open_questions if q.id == service.open_question), None)
            if question and question.flag:
                flags.append(question.flag)
    return tuple(flags)
