"""What customers write after the decision: parcel numbers, yes and no, "forget it", objections, and after the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter import CLAIM, Counter, open_counter
from sink import Sink

from bot.worker.wiring import Wiring

GOOD, OTHER, BAD = "00340434161094042557", "1Z999AA10123456784", "00340434161094042558"


def approved(counter: Counter) -> str:
    number = counter.mail(CLAIM)
    counter.staff(number, "approve", service="free_repair", address="eu")
    return number


def quoted(counter: Counter) -> str:
    number = counter.mail(CLAIM)
    counter.staff(number, "quote", repair="29.90", shipping="10.00", total="39.90", currency="EUR")
    return number


def after(counter: Counter, number: str) -> tuple[str, str, str, str]:
    """Letter, state, whose turn, question for staff."""
    case = counter.case(number)
    return counter.replies(number)[-1], case["state"], case["next_actor"], case["doubt_id"]


# --- parcels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (f"Sent today with DHL, tracking number {GOOD}.", ("tracking_received", "parcel_announced", "carrier", "")),
        (
            f"Sent today: DHL tracking {GOOD} and UPS tracking {OTHER}.",
            ("tracking_several", "parcel_announced", "carrier", ""),
        ),
        (f"Sent today with DHL, tracking number {BAD}.", ("tracking_invalid", "approved", "customer", "")),
    ],
    ids=["right", "several", "mistyped"],
)
def test_a_parcel_number_after_the_approval(counter: Counter, words: str, expected: tuple[str, ...]) -> None:
    number = approved(counter)
    counter.answer(number, words)
    assert after(counter, number) == expected


def test_the_right_number_after_a_mistyped_one_is_taken(counter: Counter) -> None:
    number = approved(counter)
    counter.answer(number, f"Sent with DHL, tracking number {BAD}.")
    counter.answer(number, f"Sorry, it is DHL tracking number {GOOD}.")
    assert after(counter, number)[:2] == ("tracking_received", "parcel_announced")


# --- an open offer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Yes, please go ahead.", ("handed_to_person", "quoted", "staff", "consent_given")),
        ("I accept the offer.", ("handed_to_person", "quoted", "staff", "consent_given")),
        ("No thanks, that is too expensive.", ("handed_to_person", "quoted", "staff", "offer_refused")),
        ("Ok thanks.", ("paid_consent_missing", "quoted", "customer", "")),
        ("Please cancel my request.", ("withdrawn", "withdrawn", "nobody", "")),
    ],
)
def test_an_answer_to_an_offer(counter: Counter, words: str, expected: tuple[str, ...]) -> None:
    number = quoted(counter)
    counter.answer(number, words)
    assert after(counter, number) == expected


def test_yes_with_a_question_is_read_by_a_person(counter: Counter) -> None:
    number = quoted(counter)
    counter.answer(number, "Yes, but can you do it for 20 euro?")
    assert after(counter, number)[1:3] == ("quoted", "staff")
    assert counter.case(number)["doubt_id"] != "consent_given"


def test_after_a_yes_staff_confirm_and_thanks_do_not_take_the_case_away_from_them(counter: Counter) -> None:
    number = quoted(counter)
    counter.answer(number, "Yes, please go ahead.")
    counter.answer(number, "Thank you very much!")
    assert counter.case(number)["doubt_id"] == "consent_given"
    assert counter.case(number)["next_actor"] == "staff"
    counter.staff(number, "consent", address="eu")
    assert after(counter, number)[:3] == ("paid_consent_received", "approved", "customer")
    assert "39.90" in counter.text()


# --- taking the request back ----------------------------------------------------------------------


@pytest.mark.parametrize("words", ["Please cancel my request.", "It works again, you can close the case.", "Done."])
def test_a_request_can_be_taken_back(counter: Counter, words: str) -> None:
    number = counter.mail(CLAIM)
    counter.answer(number, words)
    assert after(counter, number)[:3] == ("withdrawn", "withdrawn", "nobody")
    counter.wait(days=60)
    assert counter.replies(number)[-1] == "withdrawn", "no timer runs for it"


def test_a_watch_that_is_here_is_not_let_go_by_a_mail(counter: Counter) -> None:
    number = approved(counter)
    counter.staff(number, "received")
    counter.answer(number, "Please cancel my request.")
    assert after(counter, number)[1:] == ("at_service_centre", "staff", "withdraw_late")


@pytest.mark.parametrize(
    "words",
    [
        "It never works again after an update, the screen is black.",
        "Never mind my last mail, the order number is KS20999.",
        "It works again, but only for an hour, then the display is black. What now?",
    ],
)
def test_what_only_sounds_like_the_end_is_none(counter: Counter, words: str) -> None:
    number = counter.mail(CLAIM)
    counter.answer(number, words)
    assert counter.case(number)["state"] != "withdrawn"


# --- after the decision ---------------------------------------------------------------------------


def test_an_objection_goes_to_a_person(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "decline", reason="misuse_or_accident")
    counter.answer(number, "I do not agree. It never fell, and I want you to look at the watch.")
    assert after(counter, number) == ("handed_to_person", "ready_for_staff", "staff", "objection")
    assert counter.case(number)["answer_by"] == "2025-03-13"


def test_nothing_is_asked_any_more_after_the_approval(counter: Counter) -> None:
    number = approved(counter)
    counter.answer(number, "The strap is also a bit loose by the way.")
    assert after(counter, number) == ("handed_to_person", "approved", "staff", "later_mail")
    sent = len(counter.letters())
    counter.answer(number, "And the buckle too.")
    assert len(counter.letters()) == sent, "the promise of a person's answer stands"
    counter.staff(number, "note", text="told him by phone")


def test_a_hazard_is_answered_at_once_in_every_state(counter: Counter) -> None:
    number = approved(counter)
    counter.answer(number, "It got burning hot now and the back is swollen!")
    assert after(counter, number)[0] == "hazard_stop_using"
    assert counter.case(number)["next_actor"] == "staff"


# --- after the end --------------------------------------------------------------------------------


def closed(counter: Counter) -> str:
    number = counter.mail(CLAIM)
    counter.staff(number, "close")
    return number


def test_an_answer_opens_an_ended_case_again(counter: Counter) -> None:
    number = closed(counter)
    counter.wait(days=20)
    counter.answer(number, "It is dead again since yesterday.")
    assert after(counter, number) == ("reopened", "ready_for_staff", "staff", "reopened")


def test_thanks_open_nothing(counter: Counter) -> None:
    number = closed(counter)
    counter.answer(number, "Thank you, great service!")
    assert after(counter, number)[:2] == ("completed", "completed")


def test_a_case_closed_for_silence_is_opened_by_the_answer(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    for _ in range(30):
        counter.wait(days=1)
    assert counter.case(number)["state"] == "closed"
    counter.answer(number, "Sorry, I was ill. I will send the video tomorrow.")
    assert after(counter, number)[:2] == ("reopened", "ready_for_staff")


def test_long_after_the_end_an_answer_is_a_new_case(counter: Counter) -> None:
    number = closed(counter)
    counter.wait(days=61)
    fresh = counter.answer(number, CLAIM)
    assert fresh != number
    assert counter.case(number)["state"] == "completed"
    rows = counter.w.store.db.rows("SELECT linked_to FROM case_overview WHERE case_number = :n", n=fresh)
    assert rows == [{"linked_to": number}]


def test_how_long_a_reply_reopens_is_a_setting(tmp_path: Path, sink: Sink, shared: Wiring) -> None:
    with open_counter(tmp_path, sink, shared, "[timers]\nreopen = 5\n") as counter:
        number = closed(counter)
        counter.wait(days=6)
        assert counter.answer(number, CLAIM) != number
