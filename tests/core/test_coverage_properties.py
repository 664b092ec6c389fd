"""What holds for every verdict: dates are spans, checks say what they rest on, better knowledge contradicts nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written import ROOT, shipped_policy

from bot.core.details.find import find_details
from bot.core.model import Details, Finding, Kind, Outcome, Verdict
from bot.core.reading.letter import open_mail
from bot.core.warranty.assess import DATE, Assessment, assess

DAY = date(2025, 6, 18)
# The best service first: an older watch never gets a better one.
BEST_FIRST = ("free_replacement", "free_repair", "not_covered")
SURE = 0.5


def finding(field: str, value: str, words: str = "their words", confidence: float = 0.9) -> Finding:
    return Finding(field=field, value=value, place="own_words", start=0, end=1, words=words, confidence=confidence)


def judged(details: Details, kind: Kind = Kind.NEW_CLAIM) -> Assessment:
    return assess(details, kind, None, shipped_policy(), DAY)


def delivered(first: date, last: date | None = None, *more: Finding) -> Details:
    value = first.isoformat() if last in (None, first) else f"{first}/{last}"
    return Details(findings=(finding("platform", "kospet_store"), finding("delivery_date", value), *more))


days = st.dates(DAY - timedelta(days=900), DAY)
spans = st.tuples(days, st.integers(0, 120)).map(lambda t: (t[0], min(t[0] + timedelta(days=t[1]), DAY)))
values = {
    "platform": ("kospet_store", "amazon", "retailer"),
    "seller": ("official_store", "authorised_dealer", "unknown"),
    "purchase_date": ("2025-06-02", "2024-03", "2025-05-10/2025-06-10"),
    "delivery_date": ("2025-06-04", "2023-06", "2025-05-01/2025-06-10"),
    "condition": ("unopened", "opened", "used"),
    "symptom": ("power", "charging"),
    "wish": ("price", "refund", "return"),
    "flag": ("physical_damage", "water_damage", "second_hand", "counterfeit", "wear_and_tear", "safety_hazard"),
}
facts = st.lists(
    st.sampled_from([(f, v) for f, options in values.items() for v in options]).flatmap(
        lambda pair: st.sampled_from([0.3, 0.6, 0.95]).map(lambda sure: finding(*pair, confidence=sure))
    ),
    max_size=8,
).map(lambda found: Details(findings=tuple(found)))
kinds = st.sampled_from([Kind.NEW_CLAIM, Kind.RETURN_REQUEST, Kind.GENERAL_QUESTION])


@settings(max_examples=300, deadline=None)
@given(facts, kinds)
def test_the_same_facts_and_the_same_policy_give_the_same_verdict(details: Details, kind: Kind) -> None:
    one, two = judged(details, kind), judged(Details(findings=details.findings), kind)
    assert one == two
    assert one.verdict.policy_hash == shipped_policy().hash


@settings(max_examples=300, deadline=None)
@given(facts, kinds)
def test_every_check_has_its_clause_and_says_what_it_rests_on(details: Details, kind: Kind) -> None:
    verdict = judged(details, kind).verdict
    for check in verdict.checks:
        assert check.clause, check
        assert check.outcome in Outcome
        if check.outcome is Outcome.FAILED:
            assert check.words, f"{check.rule} failed on nothing"
    for rule in {check.rule for check in verdict.checks}:
        assert sum(check.rule == rule for check in verdict.checks) == 1, f"{rule} stands there twice"


@settings(max_examples=150, deadline=None)
@given(spans)
def test_the_verdict_of_a_span_is_the_one_of_all_its_days_or_none(span: tuple[date, date]) -> None:
    first, last = span
    each = {judged(delivered(first + timedelta(days=n))).verdict.service for n in range((last - first).days + 1)}
    wide = judged(delivered(first, last))
    assert wide.verdict.service == (each.pop() if len(each) == 1 else "undecided")
    assert (DATE in wide.missing) is (wide.verdict.service == "undecided"), "the day is asked only where it decides"


@settings(max_examples=150, deadline=None)
@given(spans, st.integers(0, 120), st.integers(0, 120))
def test_a_narrower_span_never_contradicts_a_decided_verdict(span: tuple[date, date], left: int, right: int) -> None:
    wide = judged(delivered(*span)).verdict.service
    first = min(span[0] + timedelta(days=left), span[1])
    last = max(first, span[1] - timedelta(days=right))
    narrow = judged(delivered(first, last)).verdict.service
    assert wide in ("undecided", narrow)


@settings(max_examples=150, deadline=None)
@given(days, st.integers(0, 900))
def test_an_older_watch_never_gets_a_better_service(day: date, older: int) -> None:
    now, before = (judged(delivered(d)).verdict.service or "" for d in (day, day - timedelta(days=older)))
    assert BEST_FIRST.index(now) <= BEST_FIRST.index(before)


@settings(max_examples=100, deadline=None)
@given(spans, days)
def test_a_day_of_purchase_narrows_a_rough_day_of_delivery(span: tuple[date, date], purchase: date) -> None:
    alone = judged(delivered(*span)).verdict.service
    both = judged(delivered(*span, finding("purchase_date", purchase.isoformat()))).verdict.service
    assert alone in ("undecided", both)


@settings(max_examples=100, deadline=None)
@given(facts)
def test_one_more_mark_never_makes_the_verdict_better(details: Details) -> None:
    marked = Details(findings=(*details.findings, finding("flag", "water_damage")))
    assert judged(marked).verdict.service in ("not_covered", "paid_service")


def test_a_check_repeats_what_the_customer_wrote() -> None:
    text = "about two weeks ago"
    details = Details(
        findings=(
            finding("platform", "amazon", "Amazon"),
            finding("delivery_date", "2022-06-01/2022-06-07", text),
            finding("flag", "water_damage", "fell into the pool"),
        )
    )
    words = {c.rule: c.words for c in judged(details).verdict.checks}
    assert words["free_repair.window"] == f'delivery_date: 2022-06-01/2022-06-07 ("{text}")'
    assert words["free_repair.seller"] == "Amazon"
    assert words["exclusion.broken_or_wet"] == "fell into the pool"
    assert text in words["exclusion.warranty_period_over"]


def questions(verdict: Verdict) -> set[str]:
    return {c.rule.removeprefix("open_question.") for c in verdict.checks if c.rule.startswith("open_question.")}


def test_every_open_question_that_a_mail_can_show_leaves_an_unknown_check() -> None:
    cases = {
        "two_years_or_one": delivered(date(2024, 3, 1)),
        "authorised_marketplaces": Details(findings=(finding("platform", "amazon"),)),
        "second_hand": delivered(DAY, None, finding("flag", "second_hand")),
        "damage_in_transit": delivered(DAY, None, finding("flag", "physical_damage")),
        "water_rating": delivered(DAY, None, finding("flag", "water_damage")),
        "missing_label": delivered(DAY, None, finding("flag", "counterfeit")),
        "refund_for_a_quality_problem": delivered(DAY, None, finding("wish", "refund")),
    }
    for question, details in cases.items():
        verdict = judged(details).verdict
        assert question in questions(verdict)
        (check,) = [c for c in verdict.checks if c.rule == f"open_question.{question}"]
        assert (check.outcome, bool(check.words)) == (Outcome.UNKNOWN, True)
    opened = judged(delivered(DAY, None, finding("condition", "opened")), Kind.RETURN_REQUEST).verdict
    assert "withdrawal_in_the_eu" in questions(opened)
    assert questions(judged(delivered(DAY)).verdict) == set(), "a plain case touches none"


MAILS = sorted((ROOT / "fixtures" / "stories").glob("*/*-customer*.eml"))
# Rows that hang on words: what they conclude, they quote.
BY_WORDS = ("exclusion.", "first_owner", "open_question.")


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_check_of_every_story_has_clause_and_words(path: Path) -> None:
    mail = open_mail(path.read_bytes()).letter(tuple(shipped_policy().words))
    on = mail.sent_at.date() if mail.sent_at else DAY
    details = find_details(mail, shipped_policy(), on)
    for kind in (Kind.NEW_CLAIM, Kind.RETURN_REQUEST):
        verdict = assess(details, kind, None, shipped_policy(), on).verdict
        assert verdict.checks
        for check in verdict.checks:
            assert check.clause
            if check.outcome is Outcome.FAILED:
                assert check.words, check.rule
            said = [f.words for f in details.findings if f.words and f.words in check.words]
            if check.outcome is Outcome.FAILED and check.rule.startswith(BY_WORDS):
                assert said, f"{check.rule} fails without the customer's words"


def test_there_are_stories_to_look_at() -> None:
    assert len(MAILS) > 40
