"""A parcel number that came before the approval is known after it; one that is told again is answered by the state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from delivered_letters import LANGUAGES, LETTERS, reply_of
from written import found, letter, shipped_policy

from bot.core.decide import decide
from bot.core.model import Case, Decision, Details, State
from bot.core.warranty.actions import act
from bot.core.warranty.lifecycle import TRANSITIONS
from bot.core.warranty.staff_facts import Desk, facts_for_action, terms_after

DAY = date(2025, 6, 18)
NUMBER, OTHER, MISTYPED = "1Z999AA10123456784", "1Z84F2A70398216654", "1Z999AA10123456785"
REPAIR = {"service": "free_repair", "address": "eu"}


def case_in(state: State, text: str, **terms: object) -> Case:
    return Case(
        number="K7F3Q9", state=state, version=1, language="en", first_mail_on=DAY, letters=1, details=found(text),
        asked={}, next_actor="staff" if state is State.READY_FOR_STAFF else "", terms=terms,
    )  # fmt: skip


SENT = f"My TANK T3 Ultra does not charge, order KS20418. I sent it, the UPS tracking number is {NUMBER}."


def approved(case: Case) -> tuple[State, str, object]:
    acted = act(case, "approve", REPAIR, "maria", shipped_policy(), DAY)
    facts = facts_for_action("approve", "approved_repair", case, REPAIR, Desk(), shipped_policy(), DAY)
    return acted.state, acted.next_actor, facts["tracking"]


def test_a_number_that_came_before_the_approval_is_a_parcel_on_its_way_after_it() -> None:
    assert approved(case_in(State.READY_FOR_STAFF, SENT)) == (State.PARCEL_ANNOUNCED, "carrier", [NUMBER])


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("My TANK T3 Ultra does not charge, order KS20418.", {}),  # nothing was sent
        (SENT.replace(NUMBER, MISTYPED), {}),  # nobody can follow it
        (SENT, {"parcels_done": [NUMBER]}),  # an earlier round: it came, or is lost
        (SENT, {"sent_back": [NUMBER]}),  # ours
    ],
)
def test_without_a_parcel_on_its_way_the_customer_is_told_to_send_it(text: str, terms: dict[str, object]) -> None:
    assert approved(case_in(State.READY_FOR_STAFF, text, **terms)) == (State.APPROVED, "customer", [])


@pytest.mark.parametrize("name", ["received", "lost"])
def test_a_parcel_that_came_or_is_lost_is_on_its_way_no_more(name: str) -> None:
    case = case_in(State.PARCEL_ANNOUNCED, SENT)
    assert terms_after(name, case, {}, {})["parcels_done"] == [NUMBER]


def test_a_yes_to_an_offer_knows_the_parcel_too() -> None:
    values = {"address": "eu"}
    acted = act(case_in(State.QUOTED, SENT), "consent", values, "maria", shipped_policy(), DAY)
    assert (acted.event.name, acted.state) == ("consent_sent", State.PARCEL_ANNOUNCED)


def test_wherever_staff_may_approve_the_parcel_may_be_on_its_way() -> None:
    assert all(("approve" in row) == ("approve_sent" in row) for row in TRANSITIONS.values())
    assert all(("consent" in row) == ("consent_sent" in row) for row in TRANSITIONS.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["approved_return", "approved_replacement", "approved_repair", "paid_consent_received"]
)
def test_an_approval_asks_for_no_number_that_we_have(name: str, language: str) -> None:
    ask, have = LETTERS.phrase(language, "parcel.number"), LETTERS.phrase(language, "parcel.announced", number=NUMBER)
    known = LETTERS.render(reply_of(name, language, tracking=[NUMBER]), "K7F3Q9").text
    assert have in known
    assert ask not in known
    new = LETTERS.render(reply_of(name, language, tracking=[]), "K7F3Q9").text
    assert ask in new
    assert have not in new


# --- told again -------------------------------------------------------------------------------------

HERE = (State.LOST, State.AT_SERVICE_CENTRE, State.INSPECTED, State.RETURNING)


def decided(case: Case, number: str) -> Decision:
    mail = letter(f"The tracking number is {number}.", "Tracking")
    fresh: Details = found(f"The tracking number is {number}.", "Tracking")
    return decide(mail, fresh, case, shipped_policy(), on=DAY, today=DAY, automatic=None)


@pytest.mark.parametrize("state", [*HERE, State.QUOTED, State.DECLINED])
def test_who_tells_a_parcel_number_again_reads_where_the_case_stands(state: State) -> None:
    decision = decided(case_in(state, SENT), NUMBER)
    assert decision.reply is not None
    assert (decision.reply.name, decision.state) == ("status_answer", state)


@pytest.mark.parametrize(
    ("state", "doubt"),
    [
        *((state, "later_mail") for state in HERE),
        (State.QUOTED, "tracking_before_approval"),
        (State.DECLINED, "tracking_before_approval"),
    ],
)
def test_a_new_parcel_after_the_decision_is_for_a_person(state: State, doubt: str) -> None:
    decision = decided(case_in(state, SENT), OTHER)
    assert decision.reply is not None
    assert decision.reply.name == "handed_to_person"
    assert (decision.next_actor, decision.doubt and decision.doubt.id) == ("staff", doubt)


def test_before_the_decision_the_number_is_noted() -> None:
    case = replace(case_in(State.READY_FOR_STAFF, SENT), next_actor="staff")
    reply = decided(case, OTHER).reply
    assert reply is not None
    assert reply.name == "tracking_before_approval"
