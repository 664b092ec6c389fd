"""The facts of the letters that staff actions write: exactly the listed ones, from case, values and configuration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from written import found, shipped_policy

from bot.core.model import Case, State
from bot.core.warranty.action_values import VALUES, Context, check_values
from bot.core.warranty.actions import ACTIONS, ALWAYS, APPROVALS, DECLINES, act
from bot.core.warranty.staff_facts import ALL_LETTERS, FACTS, Desk, decided_service, facts_for_action, terms_after
from bot.core.warranty.staff_letters import CLAUSES, LATER
from bot.errors import NotAllowed, WrongValue

TODAY = date(2025, 6, 18)  # a Wednesday
DESK = Desk(addresses={"eu": ("Repair", "Street 1")}, payment={"EUR": ("Bank of Example", "Account 7")})
DETAILS = found("My TANK T3 Ultra is dead. Order KS20418 from your official store, delivered on 3 June 2025.")
CASE = Case(
    number="K7F3Q9",
    state=State.READY_FOR_STAFF,
    version=1,
    language="en",
    first_mail_on=TODAY,
    letters=1,
    details=DETAILS,
    asked={},
    service="free_replacement",
)


def facts(action: str, letter: str, case: Case = CASE, desk: Desk = DESK, **values: Any) -> dict[str, Any]:
    checked = check_values(values, Context(policy=shipped_policy(), addresses=("eu",), today=TODAY))
    return facts_for_action(action, letter, case, checked, desk, shipped_policy(), TODAY)


@pytest.mark.parametrize("letter", list(LATER))
def test_a_letter_gets_exactly_its_listed_facts(letter: str) -> None:
    assert tuple(facts("approve", letter)) == LATER[letter]


def test_every_fact_of_every_letter_can_be_made() -> None:
    later = {fact for name, letter in LATER.items() if name != "answer" for fact in letter}
    assert later <= FACTS.keys()


@pytest.mark.parametrize(
    ("service", "way", "payer"),
    [
        ("unconditional_return", "label", "customer"),
        ("free_replacement", "refunded", "refunded"),
        ("free_repair", "refunded", "refunded"),
    ],
)
def test_who_pays_the_way_follows_from_the_service(service: str, way: str, payer: str) -> None:
    desk = replace(DESK, way_paid_by=way)
    made = facts("approve", APPROVALS[service], desk=desk, service=service, address="eu")
    assert made["payer"] == payer
    assert (made["address"], made["ship_by"]) == (["Repair", "Street 1"], "2025-07-02")
    assert (made["models"], made["orders"]) == (["TANK T3 Ultra"], ["KS20418"])


def test_a_consent_repeats_the_offer_that_was_made() -> None:
    values = {"total": "39,9", "repair": "29.9", "currency": "eur"}
    offer = facts("quote", "paid_quote", **values)
    assert offer["quote"] == {"repair": "29.90", "shipping": "", "total": "39.90", "currency": "EUR"}
    assert offer["valid_until"] == "2025-07-02"
    case = replace(CASE, state=State.QUOTED, terms=terms_after("quote", CASE, offer, values))
    assert facts("consent", "paid_consent_received", case, address="eu")["quote"] == offer["quote"]
    assert case.terms["service"] == "paid_service"


@pytest.mark.parametrize(
    ("currency", "note", "lines"),
    [
        ("EUR", "", ["Bank of Example", "Account 7"]),
        ("EUR", "Or in cash.", ["Bank of Example", "Account 7"]),
        ("USD", "Please use the link in our next letter.", []),  # staff say it themselves
    ],
)
def test_who_agreed_to_a_price_learns_how_to_pay_it(currency: str, note: str, lines: list[str]) -> None:
    offer = facts("quote", "paid_quote", total="39.90", currency=currency)
    case = replace(CASE, state=State.QUOTED, terms=terms_after("quote", CASE, offer, {}))
    assert facts("consent", "paid_consent_received", case, address="eu", note=note)["pay"] == lines


def test_nobody_is_asked_for_money_without_being_told_how_to_pay() -> None:
    offer = facts("quote", "paid_quote", total="39.90", currency="USD")
    case = replace(CASE, state=State.QUOTED, terms=terms_after("quote", CASE, offer, {}))
    with pytest.raises(WrongValue, match="how to pay"):
        facts("consent", "paid_consent_received", case, address="eu")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"service": "free_repair", "payer": "label"}, "name its file"),  # a label that is not there
        ({"service": "free_repair", "payer": "refunded", "label": "a" * 64}, "a label is for the payer label"),
        ({"service": "free_repair", "payer": "customer"}, "the policy lets us pay"),
        ({"service": "free_replacement", "payer": "customer"}, "the policy lets us pay"),
    ],
)
def test_who_pays_must_agree_with_the_policy_and_with_what_is_enclosed(said: dict[str, str], why: str) -> None:
    with pytest.raises(WrongValue, match=why):
        facts("approve", APPROVALS[said["service"]], address="eu", **said)


def test_a_label_that_is_enclosed_is_the_way_that_is_paid() -> None:
    made = facts("approve", "approved_repair", service="free_repair", address="eu", label="a" * 64)
    assert made["payer"] == "label"
    with pytest.raises(WrongValue, match="name its file"):  # an operator who always sends labels
        facts(
            "approve", "approved_repair", desk=replace(DESK, way_paid_by="label"), service="free_repair", address="eu"
        )


@pytest.mark.parametrize(
    ("granted", "said", "service", "law"),
    [
        ("free_repair", {"result": "confirmed"}, "free_repair", False),  # what was granted goes on
        ("", {"result": "confirmed"}, "undecided", True),  # nobody ever granted anything
        ("free_repair", {"result": "impact"}, "undecided", True),  # a new finding needs a new decision
        ("free_repair", {"result": "no_fault_found"}, "undecided", True),
        ("free_repair", {"result": "wear", "service": "free_repair"}, "free_repair", False),  # staff say so
        ("free_repair", {"result": "other_fault", "service": "paid_service"}, "paid_service", True),
        ("not_covered", {"result": "confirmed"}, "not_covered", True),
    ],
)
def test_what_follows_from_an_inspection(granted: str, said: dict[str, str], service: str, law: bool) -> None:
    case = replace(CASE, terms={"service": granted} if granted else {})
    made = facts("inspected", "inspection_result", case, **said)
    assert (made["service"], made["law"]) == (service, law)
    assert decided_service(case, terms_after("inspected", case, made, said)) == service


def test_a_refusal_takes_back_what_was_granted() -> None:
    case = replace(CASE, terms={"service": "free_repair"})
    said = {"reason": "broken_or_wet"}
    assert decided_service(case, terms_after("decline", case, facts("decline", "declined", case, **said), said)) == (
        "not_covered"
    )
    found = {"result": "liquid", **said}
    made = facts("inspected", "inspection_other_damage", case, **found)
    assert decided_service(case, terms_after("inspected", case, made, found)) == "not_covered"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"result": "liquid", "service": "not_covered"}, "give the reason"),
        ({"result": "liquid", "service": "free_repair", "reason": "broken_or_wet"}, "not both"),
    ],
)
def test_a_refusal_after_an_inspection_has_its_own_letter(said: dict[str, str], why: str) -> None:
    here = replace(CASE, state=State.AT_SERVICE_CENTRE)
    with pytest.raises(WrongValue, match=why):
        act(here, "inspected", said, "maria", shipped_policy(), TODAY)


def test_a_watch_that_is_here_is_not_asked_for_again() -> None:
    quoted = replace(CASE, state=State.QUOTED, terms={"result": "liquid", "quote": {"total": "5", "currency": "EUR"}})
    acted = act(quoted, "consent", {}, "maria", shipped_policy(), TODAY)
    assert (acted.state, acted.next_actor, acted.event.name) == (State.INSPECTED, "staff", "consent_here")
    assert facts("consent", "paid_consent_received", quoted, address="eu")["address"] == []
    away = replace(quoted, terms={})
    assert act(away, "consent", {"address": "eu"}, "maria", shipped_policy(), TODAY).state is State.APPROVED
    with pytest.raises(WrongValue, match="not here yet"):
        act(away, "consent", {}, "maria", shipped_policy(), TODAY)


@pytest.mark.parametrize(
    ("state", "action", "said"),
    [
        (State.READY_FOR_STAFF, "approve", {"service": "free_repair", "address": "eu"}),
        (State.QUOTED, "consent", {"address": "eu"}),
        (State.READY_FOR_STAFF, "ask", {"asks": ["troubleshooting"]}),
        (State.READY_FOR_STAFF, "ask", {"asks": ["order_number", "photo_or_video"]}),
    ],
)
def test_a_hazard_is_neither_sent_in_nor_tested(state: State, action: str, said: dict[str, Any]) -> None:
    hot = replace(CASE, state=state, flags=("safety_hazard",))
    with pytest.raises(NotAllowed, match="safety_hazard"):
        act(hot, action, said, "maria", shipped_policy(), TODAY)
    assert act(replace(hot, flags=()), action, said, "maria", shipped_policy(), TODAY).reply is not None


def test_a_hazard_is_written_to_by_a_person_and_stays_with_staff() -> None:
    hot = replace(CASE, state=State.READY_FOR_STAFF, flags=("safety_hazard",))
    acted = act(hot, "safety", {"note": "We arrange a pick-up."}, "maria", shipped_policy(), TODAY)
    assert acted.reply is not None
    assert (acted.reply.name, acted.state, acted.next_actor) == ("safety_followup", State.READY_FOR_STAFF, "staff")


@pytest.mark.parametrize(
    ("reason", "offers"),
    [
        ("out_of_warranty", ["paid_repair", "spare_part"]),
        ("broken_or_wet", ["paid_repair", "spare_part", "worry_free"]),
        ("no_genuine_mark", []),
    ],
)
def test_what_can_be_had_instead_follows_from_the_reason(reason: str, offers: list[str]) -> None:
    made = facts("decline", DECLINES.get(reason, "declined"), reason=reason)
    assert made["offers"] == offers
    assert facts("decline", "declined", reason=reason, offers=["spare_part"])["offers"] == ["spare_part"]


def test_a_refusal_says_whether_we_are_the_seller_too() -> None:
    assert facts("decline", "declined", reason="broken_or_wet")["own_store"] is True
    elsewhere = replace(CASE, details=found("My TANK T3 Ultra is dead, order 302-1234567-7654321 from Amazon."))
    assert facts("decline", "declined", elsewhere, reason="broken_or_wet")["own_store"] is False


def test_the_dates_are_repeated_as_exactly_as_they_are_known() -> None:
    assert facts("decline", "declined_out_of_warranty")["bought"]["delivery_date"] == "2025-06-03"
    vague = replace(CASE, details=found("My TANK T3 Ultra is dead, bought in May 2022."))
    assert facts("decline", "declined_out_of_warranty", vague)["bought"] == {
        "delivery_date": "",
        "purchase_date": "2022-05",
    }


def test_a_hazard_is_answered_sooner() -> None:
    hot = replace(CASE, flags=("safety_hazard",))
    assert facts("received", "parcel_received")["answer_by"] == "2025-06-23"
    assert facts("received", "parcel_received", hot)["answer_by"] == "2025-06-19"


@pytest.mark.parametrize("action", list(ACTIONS))
def test_every_value_of_an_action_is_in_the_table_of_values(action: str) -> None:
    row = ACTIONS[action]
    assert {*row.needs, *row.may, *ALWAYS} <= VALUES.keys()


def test_every_reason_of_a_refusal_has_its_letter() -> None:
    for reason in VALUES["reason"].choices:
        acted = act(CASE, "decline", {"reason": reason}, "maria", shipped_policy(), TODAY)
        assert acted.reply is not None
        assert acted.reply.name in ALL_LETTERS
        assert (reason in CLAUSES) is (acted.reply.name == "declined")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("39.9", "39.90"), ("39,90", "39.90"), (" 5 ", "5.00"), ("0", "0.00")],
)
def test_an_amount_is_stored_in_one_form(typed: str, stored: str) -> None:
    context = Context(policy=shipped_policy(), addresses=(), today=TODAY)
    assert check_values({"total": typed}, context) == {"total": stored}


@pytest.mark.parametrize("typed", ["1e9", "39.999", "NaN", "ten", "-5", "inf", "12345678"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    context = Context(policy=shipped_policy(), addresses=(), today=TODAY)
    with pytest.raises(WrongValue, match="no amount"):
        check_values({"total": typed}, context)


def test_a_typed_paragraph_loses_what_cannot_be_seen() -> None:
    context = Context(policy=shipped_policy(), addresses=(), today=TODAY)
    made = check_values({"note": "Please add\u200b the \u202echarger.\r\n\x07 Thanks."}, context)
    assert made["note"] == "Please add the charger.\nThanks."
