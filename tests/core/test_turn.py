"""Whose turn a mail leaves it, and until when: a look at the state, thanks, a parcel, an offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from written import NOON, found, letter, shipped_policy

from bot.core.decide import decide
from bot.core.model import Case, Decision, State
from bot.core.warranty.answer import working_days_after

DAY = NOON.date()
FULL = (
    "My TANK T2 does not charge since Monday. Bought on kospet.com, order KS20418, delivered on June 2, 2025."
    " I cleaned the pins and tried another cable."
)
STATUS = "What is the status of my case?"
SHIP_BY = DAY + timedelta(days=9)


def case(state: State, next_actor: str, **changes: object) -> Case:
    base = Case(
        number="K7F3Q9",
        state=state,
        version=1,
        language="en",
        first_mail_on=date(2025, 6, 10),
        letters=1,
        details=found(FULL),
        asked={},
        next_actor=next_actor,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def decided(text: str, known: Case) -> Decision:
    return decide(
        letter(text), found(text), known, shipped_policy(), on=DAY, today=DAY, automatic=None, unanswerable=""
    )


@pytest.mark.parametrize(
    ("state", "actor", "named", "why"),
    [
        (State.APPROVED, "customer", "you", "the parcel is the customer's to send"),
        (State.APPROVED, "staff", "we", "a person has promised an answer"),
        (State.QUOTED, "customer", "you", "the offer waits for yes or no"),
        (State.PARCEL_ANNOUNCED, "carrier", "we", "we wait for the parcel and write"),
        (State.AT_SERVICE_CENTRE, "staff", "we", "the watch is here"),
        (State.INSPECTED, "customer", "you", "a choice was offered"),
        (State.RETURNING, "carrier", "you", "the customer knows when it is there"),
    ],
)
def test_who_asks_how_far_we_are_hears_whose_turn_it_is_and_changes_nothing(
    state: State, actor: str, named: str, why: str
) -> None:
    decision = decided(STATUS, case(state, actor, reply_by=SHIP_BY if actor == "customer" else None))
    assert decision.reply is not None
    assert decision.reply.name == "status_answer"
    assert decision.reply.facts["next_actor"] == named, why
    assert (decision.state, decision.next_actor) == (state, actor)
    assert decision.reply_by == (SHIP_BY if actor == "customer" else None)
    if decision.next_actor == "staff":
        assert decision.reply.facts["answer_by"] == str(decision.answer_by), "the letter's day is the case's"


def test_the_day_a_parcel_is_waited_for_is_named_kept_and_not_put_off() -> None:
    first = decided("Sent with DHL, tracking number 00340434161094042557.", case(State.APPROVED, "customer"))
    day = working_days_after(DAY + timedelta(days=15), 3)
    assert first.reply is not None
    assert (first.reply.facts["answer_by"], first.answer_by) == (day.isoformat(), day)
    later = decided(STATUS, case(State.PARCEL_ANNOUNCED, "carrier", answer_by=day - timedelta(days=4)))
    assert later.reply is not None
    assert later.reply.facts["answer_by"] == (day - timedelta(days=4)).isoformat()


@pytest.mark.parametrize(
    ("text", "service", "thanks"),
    [
        ("Thank you!", "not_covered", True),
        ("Thanks, number 1 please.", "not_covered", False),
        ("No thank you, please send the watch back as it is.", "not_covered", False),
        ("Thank you very much, what great news for me!", "free_repair", True),
    ],
)
def test_after_a_refusal_more_than_a_word_of_thanks_is_an_answer(text: str, service: str, thanks: bool) -> None:
    decision = decided(text, case(State.INSPECTED, "customer", terms={"service": service}))
    assert (decision.doubt is None) is thanks
    assert decision.next_actor == ("customer" if thanks else "staff")


@pytest.mark.parametrize(
    ("valid_until", "reply_by"),
    [(DAY + timedelta(days=5), DAY + timedelta(days=5)), (DAY + timedelta(days=30), DAY + timedelta(days=14))],
)
def test_no_answer_to_an_offer_is_asked_for_after_its_last_day(valid_until: date, reply_by: date) -> None:
    quote = {"repair": "", "shipping": "", "total": "39.90", "currency": "EUR"}
    terms = {"quote": quote, "valid_until": valid_until.isoformat()}
    decision = decided("Ok thanks.", case(State.QUOTED, "customer", terms=terms))
    assert decision.reply is not None
    assert decision.reply.name == "paid_consent_missing"
    assert decision.reply.facts["reply_by"] == reply_by.isoformat()


def test_a_countrys_post_has_no_name_in_a_letter() -> None:
    decision = decided("Sent, tracking number RR473018255CN.", case(State.APPROVED, "customer"))
    assert decision.reply is not None
    assert (decision.reply.facts["tracking"], decision.reply.facts["carrier"]) == (["RR473018255CN"], "")
