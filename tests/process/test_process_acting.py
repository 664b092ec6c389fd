"""What staff do: the case moves, the letter goes out, nobody overwrites anybody, and everything is written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from counter import CLAIM, Counter, open_counter
from sink import Sink

from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, possible_actions
from bot.core.warranty.lifecycle import TRANSITIONS
from bot.errors import NotAllowed, Overtaken, StoreError, WrongValue
from bot.worker.acting import perform, rehearse
from bot.worker.wiring import Wiring

# What must be said with each action, for the tests that go through all of them.
SAID: dict[str, dict[str, Any]] = {
    "approve": {"service": "free_repair", "address": "eu"},
    "decline": {"reason": "misuse_or_accident"},
    "quote": {"total": "39.90", "currency": "EUR"},
    "consent": {"address": "eu"},
    "ask": {"asks": ["photo_or_video"]},
    "inspected": {"result": "confirmed"},
    "sent-back": {"tracking": ["00340434161094042557"]},
    "refunded": {"total": "39.90", "currency": "EUR"},
    "safety": {"note": "Please keep it outside; we arrange a pick-up."},
    "answer": {"text": "The strap is 22 mm wide."},
    "note": {"text": "called him"},
    "assign": {"to": "otto"},
    "flag": {"flag": "second_hand"},
    "unflag": {"flag": "second_hand"},
    "correct": {"field": "order_number", "value": "KS99999"},
}

# What was offered before, where an action takes it up.
TERMS = {"quote": {"repair": "", "shipping": "", "total": "39.90", "currency": "EUR"}, "valid_until": "2025-03-24"}


def test_an_approval_names_the_service_the_address_and_the_day(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    done = counter.staff(number, "approve", service="free_repair", address="eu", because="seen the video")
    case, letter = counter.case(number), counter.letters()[-1]
    assert (done.state, done.next_actor, case["state"]) == (State.APPROVED, "customer", "approved")
    assert case["reply_by"] == "2025-03-24"
    assert "Repair Street 1" in counter.text()
    assert "March 24" in counter.text() or "24 March" in counter.text()
    assert letter["To"] == "anna@example.com"
    assert letter["Auto-Submitted"] is None, "a person wrote it"
    assert letter["In-Reply-To"] == "<mail-1@home.example.com>"
    assert counter.replies(number)[-1] == "approved_repair"
    event = next(e for e in counter.events(number) if e["name"] == "approve")
    assert (event["actor"], event["data"]["because"]) == ("maria", "seen the video")


def test_the_letter_greets_by_name_and_holds_the_typed_paragraph_only_when_a_person_writes(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "approve", service="free_repair", address="eu", name="Anna", note="Please add the charger.")
    assert "Anna" in counter.text().splitlines()[0]
    assert "Please add the charger." in counter.text()
    counter.staff(number, "received")
    assert "Anna" not in counter.text()
    assert counter.letters()[-1]["Auto-Submitted"], "what happened is told by the bot"


def test_a_whole_life_from_mail_to_completed(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    steps = [
        ("approve", {"service": "free_repair", "address": "eu"}, "approved", "customer"),
        ("received", {"on": "2025-03-10"}, "at_service_centre", "staff"),
        ("inspected", {"result": "confirmed", "service": "free_repair"}, "inspected", "staff"),
        ("sent-back", {"tracking": ["00340434161094042557"], "carrier": "dhl"}, "returning", "carrier"),
        ("close", {}, "completed", "nobody"),
        ("reopen", {}, "ready_for_staff", "staff"),
    ]
    for action, values, state, next_actor in steps:
        counter.staff(number, action, **values)
        case = counter.case(number)
        assert (case["state"], case["next_actor"]) == (state, next_actor), action
    assert counter.replies(number)[1:] == [
        "approved_repair",
        "parcel_received",
        "inspection_result",
        "sent_back",
        "completed",
        "reopened",
    ]
    assert counter.case(number)["answer_by"] == "2025-03-13"


@pytest.mark.parametrize("state", list(State), ids=str)
def test_in_each_state_exactly_the_actions_of_the_life_cycle_are_allowed(counter: Counter, state: State) -> None:
    number = counter.mail(CLAIM)
    with counter.w.store.write():
        counter.w.store.db.execute(
            "UPDATE cases SET state = :s, terms = :t WHERE number = :n", s=state, t=json.dumps(TERMS), n=number
        )
    for action, row in ACTIONS.items():
        if action == "merge":
            continue
        allowed = not row.event or row.event in TRANSITIONS[state]
        assert (action in possible_actions(state)) is allowed
        if allowed:
            done = rehearse(counter.w, number, action, SAID.get(action, {}), "maria")
            assert done.state == (TRANSITIONS[state][row.event] if row.event else state)
        else:
            before = counter.everything()
            with pytest.raises(NotAllowed, match="possible are"):
                perform(counter.w, number, action, SAID.get(action, {}), "maria")
            assert counter.everything() == before


@pytest.mark.parametrize(
    ("action", "values", "words"),
    [
        ("approve", {"service": "free_repair"}, "needs address"),
        ("approve", {"service": "free_repair", "address": "mars"}, "address: .* not one of eu, us"),
        ("approve", {"service": "free_lunch", "address": "eu"}, "service: "),
        ("approve", {"service": "free_repair", "address": "eu", "colour": "red"}, "knows no colour"),
        ("decline", {"reason": "ugly"}, "reason: "),
        ("quote", {"total": "a lot", "currency": "EUR"}, "total: .* no amount"),
        ("quote", {"total": "-1", "currency": "EUR"}, "no amount"),
        ("quote", {"total": "39.90", "currency": "euro"}, "no currency"),
        ("received", {"on": "2025-12-24"}, "has not come yet"),
        ("received", {"on": "yesterday"}, "is no day"),
        ("ask", {"asks": ["shoe_size"]}, "asks: "),
        ("correct", {"field": "colour", "value": "red"}, "not one of"),
        ("correct", {"field": "platform", "value": "amazone"}, "did you mean amazon"),
        ("correct", {"field": "delivery_date", "value": "soon"}, "is no day"),
        ("correct", {"field": "delivery_date", "value": "2025-02-31"}, "no day of the calendar"),
        ("flag", {"flag": "rude"}, "flag: "),
        ("dance", {}, "no action dance"),
    ],
)
def test_what_cannot_be_said_changes_nothing(counter: Counter, action: str, values: dict[str, Any], words: str) -> None:
    number = counter.mail(CLAIM)
    before = counter.everything()
    with pytest.raises(NotAllowed, match=words):
        perform(counter.w, number, action, values, "maria")
    assert counter.everything() == before


def test_a_case_that_is_not_there_is_said_so(counter: Counter) -> None:
    with pytest.raises(StoreError, match="there is no case A3A3A3"):
        perform(counter.w, "A3A3A3", "note", {"text": "hello"}, "maria")


# --- two people -----------------------------------------------------------------------------------


def test_the_second_of_two_is_told_who_was_first(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    seen = counter.case(number)["version"]
    counter.staff(number, "approve", service="free_repair", address="eu", actor="maria", version=seen)
    before = counter.everything()
    with pytest.raises(Overtaken, match=r"changed since you looked at it: approve by maria"):
        perform(counter.w, number, "decline", {"reason": "second_hand"}, "otto", version=seen)
    assert counter.everything() == before
    assert counter.replies(number)[-1] == "approved_repair"


def test_two_programs_at_once_cannot_both_decide(counter: Counter) -> None:
    """The second looked before the first wrote, as two processes do."""
    number = counter.mail(CLAIM)
    stale = counter.w.store.cases.snapshot(counter.w.store.cases.id_of(number))
    counter.staff(number, "approve", service="free_repair", address="eu")
    with pytest.raises(Overtaken), counter.w.store.write():
        counter.w.store.acts.apply(stale, next_event("decline"), {"state": "declined"}, counter.w.now())
    assert counter.case(number)["state"] == "approved"


def next_event(name: str) -> Any:
    from bot.core.model import Event

    return Event(name=name, actor="otto")


def test_a_mail_that_comes_in_between_is_not_overlooked(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    seen = counter.case(number)["version"]
    counter.answer(number, "By the way, it also fell into the pool last week.")
    with pytest.raises(Overtaken, match="by customer"):
        perform(counter.w, number, "approve", {"service": "free_repair", "address": "eu"}, "maria", version=seen)


# --- letters --------------------------------------------------------------------------------------


def test_a_letter_of_the_bot_that_has_not_left_gives_way(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    with counter.w.store.write():  # as if the mail server had been away
        counter.w.store.db.execute("UPDATE outbox SET state = 'queued', sent_at = NULL")
    counter.staff(number, "decline", reason="second_hand")
    assert counter.replies(number) == ["details_needed superseded", "declined_second_hand"]


def test_a_letter_of_staff_waits_to_be_taken_back(tmp_path: Path, sink: Sink, shared: Wiring) -> None:
    with open_counter(tmp_path, sink, shared, "[schedule]\nundo_seconds = 600\n") as counter:
        number = counter.mail(CLAIM)
        counter.staff(number, "approve", service="free_repair", address="eu")
        assert counter.replies(number)[-1] == "approved_repair queued"
        counter.staff(number, "decline", reason="second_hand")
        assert counter.replies(number)[1:] == ["approved_repair held", "declined_second_hand queued"]
        assert [str(m["Subject"]) for m in counter.wait(minutes=11)] != []
        assert counter.replies(number)[1:] == ["approved_repair held", "declined_second_hand"]


def test_a_note_does_not_stop_the_letter_before_it(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    perform(counter.w, number, "approve", {"service": "free_repair", "address": "eu"}, "maria")
    counter.staff(number, "note", text="will call on Friday")
    assert counter.replies(number)[-1] == "approved_repair"
    assert counter.case(number)["state"] == "approved"


def test_a_letter_that_promises_too_much_is_held(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    done = counter.staff(number, "decline", reason="misuse_or_accident", note="Of course we repair it free of charge.")
    assert done.held == "promise"
    assert counter.replies(number)[-1] == "declined held"
    assert counter.case(number)["state"] == "declined"


def test_a_dry_run_writes_nothing(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    before = counter.everything()
    done = rehearse(counter.w, number, "approve", {"service": "free_repair", "address": "eu"}, "maria")
    assert done.draft is not None
    assert "Repair Street 1" in done.draft.text
    assert counter.everything() == before


def test_the_same_step_twice_is_refused_not_sent_twice(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "received")
    with pytest.raises(NotAllowed, match="at_service_centre cannot be changed by received"):
        counter.staff(number, "received")
    assert counter.replies(number).count("parcel_received") == 1


def test_a_case_taken_over_still_gets_the_letters_of_a_person(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "take")
    counter.staff(number, "received")
    assert counter.replies(number)[-1] == "parcel_received"
    counter.answer(number, "Is it there? Order KS20418.")
    assert counter.replies(number)[-1] == "parcel_received", "the bot is silent while a person has the case"
    counter.staff(number, "give-back")
    assert counter.case(number)["held"] == 0


def test_without_any_return_address_nothing_can_be_approved(counter: Counter) -> None:
    from dataclasses import replace

    number = counter.mail(CLAIM)
    bare = replace(counter.w, config=counter.w.config.model_copy(update={"return_address": ()}))
    with pytest.raises(WrongValue, match="none is configured"):
        perform(bare, number, "approve", {"service": "free_repair", "address": "eu"}, "maria")
