"""The warranty part of the core: what is missing, which service applies, the life of a case."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import shipped_policy

from bot.core.details.calendar import Span, months_before, parse_span, shown_date
from bot.core.model import Details, Finding, Outcome, State, Window
from bot.core.warranty.completeness import PRESENT, missing_details
from bot.core.warranty.coverage import Facts, derived_flags, inside, judge
from bot.core.warranty.lifecycle import CUSTOMER, STAFF, STEPS, TIMER, TRANSITIONS, TURNS, next_state

DAY = date(2025, 6, 18)


def finding(field, value, confidence=0.9, **more):
    values = {"place": "own_words", "start": 0, "end": 1, "words": "x"} | more
    return Finding(field=field, value=value, confidence=confidence, **values)


def details(*pairs, **dates):
    return Details(findings=tuple(finding(f, v) for f, v in (*pairs, *dates.items())))


def verdict(found, *, request="quality", flags=(), day=DAY):
    policy = shipped_policy()
    flags = frozenset(flags) | frozenset(derived_flags(found, policy, request, day))
    return judge(Facts(found, policy, request, flags, day))


STORE, AMAZON = ("platform", "kospet_store"), ("platform", "amazon")


@pytest.mark.parametrize(
    ("bought", "request_", "flags", "service"),
    [
        ((STORE, ("delivery_date", "2025-06-01")), "quality", (), "free_replacement"),
        ((STORE, ("delivery_date", "2025-05-19")), "quality", (), "free_replacement"),  # day 30 is inside
        ((STORE, ("delivery_date", "2025-05-18")), "quality", (), "free_repair"),  # day 31 is not
        ((STORE, ("delivery_date", "2023-06-18")), "quality", (), "free_repair"),  # the last day of two years
        ((STORE, ("delivery_date", "2023-06-17")), "quality", (), "not_covered"),  # a day later
        ((STORE, ("purchase_date", "2025-06-01")), "quality", (), "free_replacement"),  # the other date serves
        ((STORE,), "quality", (), "undecided"),  # no date at all
        ((STORE, ("delivery_date", "2025-05")), "quality", (), "undecided"),  # a month over the edge
        ((STORE, ("delivery_date", "2025-04")), "quality", (), "free_repair"),  # a month on one side of it
        ((AMAZON, ("delivery_date", "2025-06-01")), "quality", (), "free_repair"),  # never a 30-day service
        ((AMAZON,), "quality", (), "undecided"),
        ((("delivery_date", "2025-06-01"),), "quality", (), "undecided"),  # bought who knows where
        ((STORE, ("delivery_date", "2025-06-01")), "quality", ("physical_damage",), "not_covered"),
        ((STORE, ("delivery_date", "2025-06-01")), "quality", ("water_damage",), "not_covered"),
        ((STORE, ("delivery_date", "2025-06-01")), "quality", ("counterfeit",), "undecided"),  # suspicion is no fact
        ((STORE, ("delivery_date", "2025-06-01")), "quality", ("second_hand",), "not_covered"),
        ((STORE, ("delivery_date", "2025-06-01"), ("wish", "price")), "quality", ("physical_damage",), "paid_service"),
        ((STORE, ("delivery_date", "2025-06-01"), ("condition", "unopened")), "return", (), "unconditional_return"),
        ((STORE, ("delivery_date", "2025-06-01")), "return", (), "undecided"),  # opened or not?
        ((STORE, ("delivery_date", "2025-06-01"), ("condition", "used")), "return", (), "not_covered"),
        ((STORE, ("delivery_date", "2025-05-18"), ("condition", "unopened")), "return", (), "not_covered"),
        ((AMAZON, ("delivery_date", "2025-06-01"), ("condition", "unopened")), "return", (), "not_covered"),
    ],
)
def test_the_service_follows_from_seller_window_condition_and_exclusions(bought, request_, flags, service):
    assert verdict(details(*bought), request=request_, flags=flags).service == service


def test_a_mail_that_asks_for_nothing_gets_no_service():
    assert verdict(details(STORE), request="").service is None


def test_the_receipt_names_every_check_with_its_clause():
    checks = verdict(details(STORE, ("delivery_date", "2025-06-01"))).checks
    assert {c.rule for c in checks} >= {
        "first_owner",
        "free_replacement.seller",
        "free_replacement.window",
        "exclusion.broken_or_wet",
    }
    assert all(c.clause for c in checks)
    assert any(c.outcome is Outcome.PASSED for c in checks)


@pytest.mark.parametrize(
    ("delivered", "flag"),
    [
        ("2025-01-10", ()),  # five months
        ("2024-06-18", ()),  # one year to the day
        ("2024-06-17", ("between_one_and_two_years",)),
        ("2023-06-17", ("out_of_warranty",)),
    ],
)
def test_age_flags_come_from_the_windows_of_the_policy(delivered, flag):
    assert derived_flags(details(STORE, delivery_date=delivered), shipped_policy(), "quality", DAY) == flag


def test_any_shop_but_the_official_store_is_flagged():
    assert "third_party_seller" in derived_flags(details(AMAZON), shipped_policy(), "quality", DAY)
    assert "third_party_seller" not in derived_flags(details(STORE), shipped_policy(), "quality", DAY)


@given(st.dates(date(2020, 1, 1), date(2025, 6, 18)), st.integers(0, 400))
def test_same_facts_give_the_same_verdict_and_a_wider_span_never_a_surer_one(first, width):
    last = min(first + timedelta(days=width), DAY)
    wide = verdict(details(STORE, delivery_date=f"{first}/{last}"))
    assert wide == verdict(details(STORE, delivery_date=f"{first}/{last}"))
    ends = {verdict(details(STORE, delivery_date=str(d))).service for d in (first, last)}
    if wide.service != "undecided":
        assert ends == {wide.service}


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 36))
def test_a_window_of_months_ends_on_the_same_day_of_the_month(day, months):
    start = months_before(day, months)
    assert inside(Window(months=months), Span(start, start), day) is Outcome.PASSED
    before = start - timedelta(days=1)
    assert inside(Window(months=months), Span(before, before), day) is Outcome.FAILED


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2025-03-14", "2025-03-14"),
        ("2025-03", "2025-03"),
        ("2025-03-04/2025-03-10", "2025-03-07"),  # narrow: its middle
        ("2025-02-01/2025-04-01", "2025-03"),  # about a month
        ("2024-01-01/2024-12-31", None),  # too wide to show
    ],
)
def test_a_span_is_shown_as_a_day_or_a_month_or_not_at_all(text, shown):
    assert shown_date(text) == shown
    assert parse_span(text).first <= parse_span(text).last


# --- completeness -------------------------------------------------------------------------------


FULL = (
    ("order_number", "KS20418"),
    STORE,
    ("model", "TANK T2"),
    ("what", "charging"),
    ("when", "said"),
    ("tried", "steps"),
    ("evidence", "photo"),
)


def test_nothing_is_missing_from_a_full_claim():
    assert missing_details(details(*FULL), "quality", (), shipped_policy()) == ()


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ("order_number", "order_number"),
        ("platform", "order_platform"),
        ("model", "model"),
        ("what", "description"),
        ("when", "description"),
        ("tried", "troubleshooting"),
        ("evidence", "photo_or_video"),
    ],
)
def test_each_detail_that_is_left_out_is_asked(left_out, missing):
    rest = [pair for pair in FULL if pair[0] != left_out]
    assert missing_details(details(*rest), "quality", (), shipped_policy()) == (missing,)


def test_a_return_is_asked_for_its_condition_and_never_for_a_photo():
    base = [("order_number", "KS20418"), STORE, ("model", "TANK T2")]
    assert missing_details(details(*base), "return", (), shipped_policy()) == ("item_condition",)


@pytest.mark.parametrize("flag", ["safety_hazard", "physical_damage", "water_damage"])
def test_nobody_is_asked_to_try_things_with_a_damaged_or_dangerous_watch(flag):
    rest = [pair for pair in FULL if pair[0] != "tried"]
    assert missing_details(details(*rest), "quality", (flag,), shipped_policy()) == ()


@pytest.mark.parametrize("evidence", ["photo_blurred", "photo_dark", "screenshot", "media_link", "announced"])
def test_what_shows_no_defect_is_no_evidence(evidence):
    assert not PRESENT["photo_or_video"](details(("evidence", evidence), ("symptom", "strap")))


def test_an_unsure_finding_is_asked_again():
    unsure = Details(findings=(finding("order_number", "KS12345", 0.3),))
    assert "order_number" in missing_details(unsure, "quality", (), shipped_policy())


def test_every_required_row_of_the_policy_can_be_recognised():
    assert {row.id for row in shipped_policy().required} <= set(PRESENT)


# --- joining and the life of a case ---------------------------------------------------------------


def test_details_add_up_and_a_later_fact_corrects_an_earlier_one():
    first = details(("order_number", "KS1"), STORE, ("symptom", "touch"))
    later = Details(
        findings=(
            finding("platform", "amazon"),
            finding("order_number", "KS2", replaces=True),
            finding("model", "TANK T2"),
        )
    )
    joined = first.joined_with(later, 2)
    assert joined.value("platform") == "amazon"
    assert joined.values("order_number") == ("KS2",)
    assert joined.values("symptom") == ("touch",)
    assert {f.letter for f in joined.all("model")} == {2}


def test_an_unsure_later_value_does_not_replace_a_sure_one():
    first = details(STORE)
    joined = first.joined_with(Details(findings=(finding("platform", "amazon", 0.3),)), 2)
    assert joined.value("platform") == "kospet_store"


def test_every_state_says_what_it_accepts_and_has_a_step():
    assert set(TRANSITIONS) == set(State)
    assert set(STEPS) == set(TURNS) == set(State)
    assert {e for row in TRANSITIONS.values() for e in row} <= {*CUSTOMER, *STAFF, *TIMER}
    assert all(1 <= step <= 8 for step in STEPS.values())


@pytest.mark.parametrize("state", list(State))
def test_an_event_a_state_does_not_accept_leads_nowhere(state):
    assert next_state(state, "no such event") is None


def test_a_later_mail_never_takes_a_case_away_from_staff():
    for event in CUSTOMER[:3]:
        assert next_state(State.READY_FOR_STAFF, event) is State.READY_FOR_STAFF
