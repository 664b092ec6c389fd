"""Days go by: reminders, closing, apologies, what staff is told, and what never restarts a wait."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter import CLAIM, Counter, open_counter
from sink import Sink

from bot.worker.rounds import one_round
from bot.worker.ticking import tick, upcoming
from bot.worker.wiring import Wiring

CHAIN = ["details_needed", "reminder_1", "reminder_2", "closing_notice", "closed"]


def days(counter: Counter, count: int) -> None:
    for _ in range(count):
        counter.wait(days=1)


def test_a_silent_customer_is_reminded_and_then_closed(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    days(counter, 40)
    assert counter.replies(number) == CHAIN
    case = counter.case(number)
    assert (case["state"], case["next_actor"], case["reply_by"]) == ("closed", "nobody", None)
    # 10 March 2025 is a Monday, and so is every seventh day after it.
    assert [m["Date"][:11] for m in counter.letters()] == [
        "Mon, 10 Mar",
        "Mon, 17 Mar",
        "Mon, 24 Mar",
        "Mon, 31 Mar",
        "Mon, 07 Apr",
    ]
    assert all(m["Auto-Submitted"] for m in counter.letters())
    assert all("<mail-1@home.example.com>" in m["References"] for m in counter.letters())


def test_a_reminder_asks_for_what_is_open_and_names_the_day_of_the_question(counter: Counter) -> None:
    counter.mail(CLAIM)
    days(counter, 8)
    assert "10 March" in " ".join(counter.text().split())
    assert "picture or video" in counter.text()


def test_machine_mail_does_not_restart_the_wait(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    days(counter, 5)
    counter.answer(
        number, "I am out of office until 30 March.", Subject="Automatic reply", Auto_Submitted="auto-replied"
    )
    days(counter, 3)
    assert counter.replies(number) == CHAIN[:2]


def test_an_answer_restarts_it_and_a_complete_one_ends_it(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    days(counter, 8)
    counter.answer(number, "I will send the photo next week.")
    sent = len(counter.letters())
    days(counter, 5)
    assert len(counter.letters()) == sent
    days(counter, 60)
    assert counter.case(number)["state"] in ("closed", "ready_for_staff")


def test_a_bounced_letter_stops_the_reminders(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.w.store.delivery.bounced(counter.letters()[-1]["Message-ID"], counter.w.now(), "no such user")
    days(counter, 30)
    assert counter.replies(number) == ["details_needed"]
    assert counter.case(number)["next_actor"] == "staff"


def test_a_hazard_is_never_reminded_or_closed_and_staff_is_told(counter: Counter) -> None:
    number = counter.mail("My TANK T3 Ultra got burning hot while charging and the back is swollen. Order KS20418.")
    days(counter, 40)
    assert counter.replies(number) == ["hazard_stop_using"]
    assert counter.case(number)["state"] == "ready_for_staff"
    assert "overdue" in [a["kind"] for a in counter.w.store.alerts.open()]


def test_a_missed_promise_is_apologised_for_once(counter: Counter) -> None:
    number = counter.mail("Does the TANK T3 Ultra have a compass?")
    days(counter, 30)
    assert counter.replies(number) == ["general_question_received", "delay_apology"]
    kinds = [e["name"] for e in counter.events(number)]
    assert kinds.count("delay_apology") == 1
    assert "overdue" in kinds


def test_an_approved_parcel_that_never_comes_is_asked_for_and_then_closed(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "approve", service="free_repair", address="eu")
    days(counter, 50)
    assert counter.replies(number)[1:] == ["approved_repair", "ship_reminder", "closed"]
    assert counter.case(number)["state"] == "closed"


def test_a_parcel_that_was_announced_and_does_not_come_is_for_staff(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "approve", service="free_repair", address="eu")
    counter.answer(number, "I sent it today with DHL, tracking number 00340434161094042557.")
    assert counter.case(number)["state"] == "parcel_announced"
    days(counter, 20)
    case = counter.case(number)
    assert (case["next_actor"], case["doubt_id"]) == ("staff", "parcel_missing")
    assert case["why"]


def test_a_watch_that_went_back_is_completed_after_a_quiet_while(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    for action, values in (
        ("received", {}),
        ("inspected", {"result": "confirmed", "service": "free_repair"}),
        ("sent-back", {"tracking": ["00340434161094042557"]}),
    ):
        counter.staff(number, action, **values)
    days(counter, 25)
    assert counter.replies(number)[-1] == "completed"
    assert counter.case(number)["state"] == "completed"


def test_two_ticks_at_once_send_one_letter(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.clock.at = counter.clock.at.replace(day=17, hour=12)
    assert [tick(counter.w), tick(counter.w)] == [1, 0]
    one_round(counter.w)
    assert counter.replies(number) == CHAIN[:2]


def test_no_letter_at_night(counter: Counter) -> None:
    counter.mail(CLAIM)
    counter.clock.at = counter.clock.at.replace(day=17, hour=22)
    assert tick(counter.w) == 0
    counter.clock.at = counter.clock.at.replace(day=18, hour=9)
    assert tick(counter.w) == 1


@pytest.mark.parametrize("setting", ["[timers]\nletters = false\n", "[automation]\nreplies = false\n"])
def test_letters_of_timers_can_be_switched_off(tmp_path: Path, sink: Sink, shared: Wiring, setting: str) -> None:
    with open_counter(tmp_path, sink, shared, setting) as counter:
        number = counter.mail(CLAIM)
        days(counter, 60)
        assert set(counter.replies(number)) <= {"details_needed"}


def test_a_case_can_tell_what_comes_next(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    coming = upcoming(counter.w.store, counter.w.config, number)
    assert coming is not None
    assert (coming[0], coming[1].isoformat()) == ("reminder_1", "2025-03-17")
