"""Parcel numbers in the life of a case: whose they are, whose carrier, and when the customer is asked to look again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from written import NOON, found, letter, shipped_policy

from bot.core.decide import decide
from bot.core.model import Case, Decision, State

DAY = NOON.date()
CLAIM = (
    "My TANK T2 does not charge since Monday. I cleaned the pins. KS20418 from kospet.com, delivered on 2 June 2025."
)
DHL, UPS, BAD = "00340434161094042557", "1Z999AA10123456784", "1Z999AA10123456785"
APPROVED = Case(
    number="K7F3Q9",
    state=State.APPROVED,
    version=1,
    language="en",
    first_mail_on=DAY,
    letters=1,
    details=found(CLAIM),
    asked={},
    next_actor="customer",
    terms={"service": "free_repair"},
)


def decided(text: str, case: Case = APPROVED) -> Decision:
    return decide(letter(text), found(text), case, shipped_policy(), on=DAY, today=DAY, automatic=None)


def after(text: str, case: Case = APPROVED) -> tuple[str, State, str, str]:
    """Letter, state, whose turn, question for staff."""
    d = decided(text, case)
    return d.reply.name if d.reply else "", d.state, d.next_actor, d.doubt.id if d.doubt else ""


ANNOUNCED = (State.PARCEL_ANNOUNCED, "carrier", "")
HANDED = ("handed_to_person", State.APPROVED, "staff", "later_mail")


@pytest.mark.parametrize(
    ("text", "carrier", "numbers"),
    [
        (f"Sent today with DHL, tracking number {DHL}.", "DHL", [DHL]),
        (f"Order KS20418, UPS tracking {UPS}", "UPS", [UPS]),
        ("Sent by DPD: 01505012345679", "DPD", ["01505012345679"]),  # also Hermes, GLS and BRT: the word decides
        ("Sent with Hermes, tracking 01505012345679", "Hermes", ["01505012345679"]),
        ("My order is 302-7741093-2265841, I sent it with UPS, 1Z999AA10123456784", "UPS", [UPS]),
        ("tracking number: 73489105562819", "", ["73489105562819"]),  # no carrier is named: none is guessed
    ],
)
def test_a_number_is_taken_and_its_carrier_named_where_it_is_certain(
    text: str, carrier: str, numbers: list[str]
) -> None:
    d = decided(text)
    assert d.reply is not None
    assert (d.reply.name, d.state, d.next_actor) == ("tracking_received", State.PARCEL_ANNOUNCED, "carrier")
    assert (d.reply.facts["carrier"], d.reply.facts["tracking"]) == (carrier, numbers)
    assert d.details.values("order_number")[0] != numbers[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Two parcels: DHL {DHL} and UPS {UPS}", ("tracking_several", *ANNOUNCED)),
        (f"UPS tracking number {BAD}", ("tracking_invalid", State.APPROVED, "customer", "")),
        ("Here is the number again: KS20418", HANDED),  # the order number is no parcel
        ("tracking number: KS20418", HANDED),  # whatever it is called
        ("I sent the watch today.", HANDED),  # without a number
    ],
)
def test_what_follows_from_a_mail_about_a_parcel(text: str, expected: tuple[str, ...]) -> None:
    assert after(text) == expected


def test_a_mistyped_number_is_asked_about_once_and_then_goes_to_a_person() -> None:
    first = decided(f"UPS tracking number {BAD}")
    assert first.reply is not None
    assert first.reply.name == "tracking_invalid"
    again = replace(APPROVED, details=first.details, letters=2)
    assert after(f"It is {BAD}, UPS, as I said.", again) == (
        "handed_to_person",
        State.APPROVED,
        "staff",
        "tracking_invalid",
    )
    assert after(f"Sorry, UPS tracking number {UPS}", again)[:2] == ("tracking_received", State.PARCEL_ANNOUNCED)


@pytest.mark.parametrize("state", [State.WAITING_FOR_DETAILS, State.READY_FOR_STAFF])
def test_before_the_approval_it_is_noted_and_staff_is_told(state: State) -> None:
    early = replace(
        APPROVED, state=state, terms={}, next_actor="staff" if state is State.READY_FOR_STAFF else "customer"
    )
    text = f"I already sent it with DHL, tracking number {DHL}."
    assert after(text, early) == (
        "tracking_before_approval",
        State.READY_FOR_STAFF,
        "staff",
        "tracking_before_approval",
    )
    assert decided(text, early).details.values("tracking_number") == (DHL,)


@pytest.mark.parametrize(
    ("text", "state", "expected"),
    [
        (f"Where is my parcel {DHL}?", State.RETURNING, ("status_answer", State.RETURNING, "carrier", "")),
        (
            f"The tracking number {DHL} shows nothing.",
            State.RETURNING,
            ("handed_to_person", State.RETURNING, "staff", "later_mail"),
        ),
        (f"tracking number {DHL}", State.APPROVED, HANDED),
        (f"Sent it again, UPS tracking {UPS}. Yours was {DHL}.", State.APPROVED, ("tracking_received", *ANNOUNCED)),
    ],
)
def test_the_number_of_our_own_parcel_is_not_theirs(text: str, state: State, expected: tuple[str, ...]) -> None:
    turn = "carrier" if state is State.RETURNING else "customer"
    back = replace(APPROVED, state=state, next_actor=turn, terms={"service": "free_repair", "sent_back": [DHL]})
    assert after(text, back) == expected
    assert DHL not in decided(text, back).details.values("tracking_number")
