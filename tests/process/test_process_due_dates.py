"""Whatever happens to a case: as long as it is open somebody is next, and there is a day on which something happens."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from counter import ANNA, CLAIM, Counter, open_counter, photo
from sink import Sink

from bot.core.warranty.lifecycle import ENDED
from bot.worker.ticking import upcoming
from bot.worker.wiring import Wiring

PARCEL = "I sent it today with DHL, tracking number 00340434161094042557."
SENT_BACK = ("sent-back", {"tracking": ["1Z999AA10123456784"]})
APPROVE = ("approve", {"service": "free_replacement", "address": "eu"})
QUOTE = ("quote", {"total": "39.90", "currency": "EUR"})
# Each list is one life: mails are texts, actions are pairs. Every step must leave somebody next, and a day.
LIVES: dict[str, list[Any]] = {
    "asked": ["I will look for it."],
    "questions": ["Any news?", "Does it have a compass?", "Thank you!"],
    "approved": [APPROVE, "Any news?", "Thanks!", PARCEL, "Any news?", ("received", {}), "Any news?"],
    "mistyped": [APPROVE, "UPS tracking number 1Z999AA10123456785.", "Ok thanks."],
    "back": [APPROVE, PARCEL, ("received", {}), ("inspected", {"result": "confirmed"}), SENT_BACK, "Any news?"],
    "lost": [APPROVE, PARCEL, ("lost", {}), APPROVE],
    "quoted": [QUOTE, "Ok thanks.", "Any news?", "Yes, please go ahead."],
    "declined": [("decline", {"reason": "second_hand"}), "Thanks.", "I do not agree, look at it again."],
    "asked by staff": [("ask", {"asks": ["photo_or_video"]}), "Any news?"],
    "taken": [("take", {}), "Hello?", ("give-back", {})],
    "hazard": ["It gets burning hot and the back is swollen!", "Hello?"],
    "threat": ["I will call my lawyer.", "Hello?"],
    "too late": [APPROVE, PARCEL, "Please cancel my request."],
}  # fmt: skip


def due(counter: Counter, number: str) -> list[date]:
    """Every day on which something happens by itself or was promised."""
    case = counter.case(number)
    days = [date.fromisoformat(case[name][:10]) for name in ("answer_by", "reply_by") if case[name]]
    coming = upcoming(counter.w.store, counter.w.config, number)
    return [*days, *([coming[1]] if coming else [])]


def watched(counter: Counter, number: str) -> None:
    """An open case has a next actor, and a timer that wakes somebody up."""
    case = counter.case(number)
    if case["state"] in ENDED:
        return
    assert case["next_actor"] in ("customer", "staff", "carrier"), case["state"]
    assert due(counter, number), f"{case['state']} waits for {case['next_actor']} without a day"
    if case["next_actor"] == "staff":
        assert case["answer_by"], f"staff has no day in {case['state']}"
        assert number in [row["case_number"] for row in counter.w.store.cases.queue()]
    else:
        assert upcoming(counter.w.store, counter.w.config, number), f"no timer runs in {case['state']}"


@pytest.mark.parametrize("life", LIVES, ids=str)
def test_every_open_case_has_a_next_actor_and_a_day(counter: Counter, life: str) -> None:
    number = counter.mail(CLAIM)
    watched(counter, number)
    for step in LIVES[life]:
        if isinstance(step, str):
            counter.answer(number, step)
        else:
            counter.staff(number, step[0], **step[1])
        watched(counter, number)
        counter.wait(days=2)
        watched(counter, number)


@pytest.mark.parametrize("life", LIVES, ids=str)
def test_a_case_nobody_touches_any_more_ends_or_is_put_to_staff(counter: Counter, life: str) -> None:
    number = counter.mail(CLAIM)
    for step in LIVES[life]:
        counter.answer(number, step) if isinstance(step, str) else counter.staff(number, step[0], **step[1])
    for _ in range(75):
        counter.wait(days=1)
        watched(counter, number)
    case = counter.case(number)
    assert case["state"] in ENDED or case["next_actor"] == "staff"


def test_a_case_that_a_person_took_and_forgot_comes_back_to_the_queue(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "take")
    for _ in range(20):
        counter.wait(days=1)
    case = counter.case(number)
    assert (case["next_actor"], case["doubt_id"]) == ("staff", "unanswered")
    assert counter.replies(number) == ["details_needed"], "no letter goes out beside the person"


def test_the_day_a_reminder_names_stands_in_the_list(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    for _ in range(7):
        counter.wait(days=1)
    assert counter.replies(number)[-1] == "reminder_1"
    assert counter.case(number)["reply_by"] == "2025-03-24"
    assert "24 March" in " ".join(counter.text().split())


# --- letters that come back, machines -----------------------------------------------------------

REPORT = """This is the mail system at host mx.example.com.

I'm sorry to have to inform you that your message could not be delivered.

<anna@example.com>: user unknown

Message-ID: <{id}>
"""


def bounce(counter: Counter) -> None:
    sent = str(counter.letters()[-1]["Message-ID"]).strip("<>")
    counter.mail(
        REPORT.format(id=sent),
        sender="mailer-daemon@mx.example.com",
        Subject="Undelivered Mail Returned to Sender",
        Auto_Submitted="auto-replied",
    )


def test_a_bounced_letter_shows_on_its_case_and_in_the_list(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    bounce(counter)
    queue = counter.w.store.cases.queue()
    assert [(row["case_number"], row["why"]) for row in queue] == [(number, f"our letter came back from {ANNA}")]
    case = counter.case(number)
    assert (case["next_actor"], case["answer_by"]) == ("staff", "2025-03-11"), "the next working day"
    assert "letter_bounced" in [e["name"] for e in counter.events(number)]
    told = counter.w.store.cases.show(number)["conversation"]
    assert sorted(row["who"] for row in told) == ["bot", "customer", "machine"]
    watched(counter, number)


def test_a_bounced_letter_of_an_approved_case_shows_too(counter: Counter) -> None:
    number = counter.mail(CLAIM, photo=photo())
    counter.staff(number, "approve", service="free_replacement", address="eu")
    bounce(counter)
    assert counter.case(number)["next_actor"] == "staff"
    watched(counter, number)
    counter.wait(days=40)
    assert counter.case(number)["state"] == "approved", "nothing is closed that the customer never heard of"


@pytest.mark.parametrize("state", ["waiting", "quoted", "approved", "announced"])
def test_no_machine_restarts_a_wait(counter: Counter, state: str) -> None:
    number = counter.mail(CLAIM)
    if state == "quoted":
        counter.staff(number, "quote", total="39.90", currency="EUR")
    elif state != "waiting":
        counter.staff(number, *APPROVE[:1], **APPROVE[1])
    if state == "announced":
        counter.answer(number, PARCEL)
    counter.wait(days=2)
    before, case = upcoming(counter.w.store, counter.w.config, number), counter.case(number)
    counter.answer(number, "I am out of office.", Subject="Automatic reply: your case", Auto_Submitted="auto-replied")
    assert upcoming(counter.w.store, counter.w.config, number) == before
    after = counter.case(number)
    assert {n: after[n] for n in ("state", "next_actor", "answer_by", "reply_by", "state_since")} == {
        n: case[n] for n in ("state", "next_actor", "answer_by", "reply_by", "state_since")
    }


def test_with_letters_of_timers_switched_off_staff_is_told(tmp_path: Path, sink: Sink, shared: Wiring) -> None:
    with open_counter(tmp_path / "off", sink, shared, "[timers]\nletters = false\n") as counter:
        number = counter.mail(CLAIM)
        for _ in range(20):
            counter.wait(days=1)
        assert counter.case(number)["doubt_id"] == "unanswered"
