"""A return that cannot be taken: the reason that is proposed, and what the letter holds."""

from __future__ import annotations

from datetime import date

import pytest
from delivered_letters import LANGUAGES, LETTERS, reply_of
from written import found, shipped_policy

from bot.core.model import Case, Kind, State
from bot.core.warranty.actions import act
from bot.core.warranty.proposals import proposed_actions
from bot.core.warranty.rough import DATE, rough_date
from bot.core.warranty.staff_facts import Desk, facts_for_action

DAY = date(2025, 6, 18)
SEALED = "I want to return my TANK T3 Ultra, order KS20418 from kospet.com, unopened and unused"


def returned(text: str) -> Case:
    return Case(
        number="K7F3Q9", state=State.READY_FOR_STAFF, version=1, language="en", first_mail_on=DAY, letters=1,
        details=found(text), asked={}, kind=Kind.RETURN_REQUEST, next_actor="staff",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{SEALED}. Delivered on 1 April 2025.", "return_late"),
        ("I want to return my TANK T3 Ultra, order KS20418 from kospet.com. I opened it. Delivered on 10 June 2025.",
         "return_opened"),
        ("I want to return my TANK T3 Ultra, bought on AliExpress, unopened. Delivered on 10 June 2025.",
         "return_elsewhere"),
    ],
)  # fmt: skip
def test_a_return_is_refused_for_the_condition_it_does_not_meet(text: str, reason: str) -> None:
    proposals = proposed_actions(returned(text), shipped_policy(), Desk())
    assert [p.values["reason"] for p in proposals if p.action == "decline"] == [reason]


def test_the_letter_gets_the_days_of_the_policy_and_the_dates_we_know() -> None:
    case, values = returned(f"{SEALED}. Delivered in April 2025."), {"reason": "return_late"}
    acted = act(case, "decline", values, "maria", shipped_policy(), DAY)
    assert acted.reply is not None
    assert (acted.reply.name, acted.state) == ("declined_return", State.DECLINED)
    facts = facts_for_action("decline", "declined_return", case, values, Desk(), shipped_policy(), DAY)
    assert (facts["window"], facts["written_on"], facts["law"]) == (30, "2025-06-18", True)
    assert facts["bought"] == {"delivery_date": "2025-04", "purchase_date": ""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_return_leaves_the_warranty_and_the_law_as_they_are(language: str) -> None:
    late = LETTERS.render(reply_of("declined_return", language, ground="return_late"), "K7F3Q9").text
    opened = LETTERS.render(reply_of("declined_return", language, ground="return_opened"), "K7F3Q9").text
    for text, ground in ((late, "return_late"), (opened, "return_opened")):
        assert LETTERS.phrase(language, f"ground.{ground}") in text
        for phrase in ("law.withdrawal", "law.with_seller", "refusal.object"):
            assert LETTERS.phrase(language, phrase) in text
        assert LETTERS.speech(language).plural("return_window", 30) in text
    assert LETTERS.phrase(language, "clause.broken_or_wet") not in late


# --- the date that is known roughly -----------------------------------------------------------------


def test_a_month_is_named_only_where_the_date_is_asked_for() -> None:
    details = found("My TANK T3 Ultra was delivered in March 2025.")
    assert rough_date(details, (DATE,)) == {"field": "delivery_date", "value": "2025-03"}
    assert rough_date(details, ("model",)) == {}
    assert rough_date(found("Delivered on 14 March 2025."), (DATE,)) == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", ["delivery_date", "purchase_date"])
def test_who_gave_the_month_is_asked_for_the_day_and_sees_the_month(field: str, language: str) -> None:
    speech = LETTERS.speech(language)
    rough = {"field": field, "value": "2025-03"}
    usual = LETTERS.phrase(language, f"ask.{DATE}")
    exact = LETTERS.phrase(language, f"ask_exact.{field}", on=speech.date("2025-03"))
    again = LETTERS.phrase(language, f"ask_exact_again.{field}", on=speech.date("2025-03"))
    first = LETTERS.render(reply_of("date_needed", language, rough=rough), "K7F3Q9").text
    assert exact in first
    assert usual not in first
    later = reply_of("details_partly_received", language, asks=[DATE], again=[DATE], rough=rough)
    assert again in LETTERS.render(later, "K7F3Q9").text
    assert exact != again
    assert usual in LETTERS.render(reply_of("date_needed", language, rough={}), "K7F3Q9").text
