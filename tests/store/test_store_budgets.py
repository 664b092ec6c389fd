"""Who gets no automatic letter: limits counted where the letters are, mutes, and the stop of a loop."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenes import ANNA, NOON, Scene, letter

from bot.core.model import Kind
from bot.store.budgets import Budgets
from bot.store.engine import Store
from bot.store.records import Received
from bot.store.states import OutboxState

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def refusals(scene: Scene, recipients: list[str], pause: timedelta) -> list[str]:
    """Why each of these letters, sent one after the other to cases of their own, was held."""
    reasons = []
    for recipient in recipients:
        reasons.append(scene.answer(scene.open_case(), recipient=recipient).held_reason)
        scene.send()
        scene.now += pause
    return reasons


@pytest.mark.parametrize(
    ("recipients", "pause", "limits", "expected"),
    [
        ([ANNA] * 4, HOUR, {}, ["", "", "", "address_day"]),
        ([ANNA.upper(), ANNA, ANNA, ANNA], HOUR, {}, ["", "", "", "address_day"]),  # one address, written twice
        ([ANNA] * 4, DAY + HOUR, {}, ["", "", "", ""]),  # spread out
        ([ANNA] * 9, timedelta(hours=12, minutes=1), {}, [""] * 8 + ["address_week"]),
        ([ANNA, "bert@example.com"] * 3, HOUR, {}, [""] * 6),  # two people
        (["a@shop.example", "b@shop.example", "c@shop.example"], HOUR, {"domain_per_day": 2}, ["", "", "domain_day"]),
        (["a@gmail.com", "b@gmail.com", "c@gmail.com"], HOUR, {"domain_per_day": 2}, ["", "", ""]),  # strangers
        (
            ["a@a.example", "b@b.example", "c@c.example"],
            timedelta(minutes=1),
            {"bot_per_hour": 2},
            ["", "", "bot_hour"],
        ),
        (["a@a.example", "b@b.example", "c@c.example"], timedelta(minutes=31), {"bot_per_hour": 2}, ["", "", ""]),
        (["a@a.example", "b@b.example", "c@c.example"], HOUR, {"bot_per_day": 2}, ["", "", "bot_day"]),
        ([ANNA], HOUR, {"address_per_day": 0}, ["address_day"]),  # switched off
    ],
)
def test_a_budget_that_is_used_up_holds_the_letter(
    scene: Scene, recipients: list[str], pause: timedelta, limits: dict[str, int], expected: list[str]
) -> None:
    scene.budgets = Budgets(**limits)  # type: ignore[arg-type]
    assert refusals(scene, recipients, pause) == expected
    held = [reason for reason in expected if reason]
    alerts = scene.store.alerts.open()
    assert [(alert["kind"], alert["count"]) for alert in alerts] == ([("letters_held", len(held))] if held else [])


def test_a_case_gets_the_same_letter_once(scene: Scene) -> None:
    case = scene.open_case()
    first, second, other = scene.answer(case), scene.answer(case), scene.answer(case, reply="received")
    assert [posted.held_reason for posted in (first, second, other)] == ["", "same_reply", ""]


def test_a_letter_that_answers_a_new_question_may_come_again(scene: Scene) -> None:
    scene.budgets = Budgets(repeatable=frozenset({"status_answer"}), address_per_day=2)
    case = scene.open_case()
    asked = [scene.answer(case, reply="status_answer") for _ in range(3)]
    assert [posted.held_reason for posted in asked] == ["", "", "address_day"], "the other limits stay"


def test_a_superseded_letter_was_never_sent_and_does_not_count(scene: Scene) -> None:
    case = scene.open_case()
    scene.answer(case)
    scene.store.outbox.supersede(case.case_id, NOON)
    assert scene.answer(case).held_reason == ""


def test_letters_waiting_for_a_server_count_however_old(scene: Scene) -> None:
    for _ in range(3):
        scene.answer(scene.open_case())
        scene.later(days=2)
    assert scene.answer(scene.open_case()).held_reason == "address_day"


def test_a_letter_perhaps_sent_counts_as_sent(scene: Scene) -> None:
    scene.budgets = Budgets(address_per_day=1)
    first = scene.answer(scene.open_case())
    scene.store.outbox.claim(NOON)
    scene.store.delivery.data_started(first.id, NOON)
    scene.store.delivery.unknown(first.id, NOON, "no answer")
    assert scene.answer(scene.open_case()).held_reason == "address_day"
    scene.store.mailboxes.enter("INBOX", 7, None, NOON)
    for _ in range(3):
        scene.store.mailboxes.polled("INBOX", NOON)
    scene.later(hours=1)
    assert [row.id for row in scene.store.delivery.hold_unknown(scene.now)] == [first.id]
    assert scene.answer(scene.open_case()).held_reason == "address_day"
    scene.later(days=1)
    assert scene.answer(scene.open_case()).held_reason == ""


def test_letters_of_people_know_no_budget_and_use_none(scene: Scene) -> None:
    scene.budgets = Budgets(address_per_day=1, bot_per_hour=1)
    by_hand = [scene.answer(scene.open_case(), automatic=False).state for _ in range(3)]
    assert by_hand == [OutboxState.QUEUED] * 3
    assert scene.answer(scene.open_case()).state == OutboxState.QUEUED


def test_a_budget_is_counted_with_the_rows_of_the_same_transaction(scene: Scene) -> None:
    cases = [scene.open_case() for _ in range(4)]
    with scene.store.write():
        reasons = [scene.answer(case).held_reason for case in cases]
    assert reasons == ["", "", "", "address_day"]


@pytest.mark.parametrize(
    ("days", "muted"),
    [(0, True), (6, True), (7, False)],
)
def test_a_muted_address_gets_no_automatic_letter(scene: Scene, days: int, muted: bool) -> None:
    scene.store.gate.mute(ANNA.upper(), NOON + timedelta(days=7), "asked by phone to stop")
    scene.store.gate.mute(ANNA, NOON + timedelta(days=1), "shorter")  # the longer one stays
    scene.later(days=days)
    assert scene.store.gate.muted(ANNA, scene.now) == ("asked by phone to stop" if muted else "")
    assert scene.answer(scene.open_case()).held_reason == ("muted" if muted else "")


def test_a_mute_reaches_letters_that_already_wait(scene: Scene) -> None:
    waiting = scene.answer(scene.open_case())
    scene.store.gate.mute(ANNA, NOON + DAY, "test")
    assert scene.store.outbox.claim(NOON) is None
    assert scene.store.outbox.get(waiting.id).held_reason == "muted"
    assert scene.store.gate.unmute(ANNA)
    assert not scene.store.gate.unmute(ANNA)
    assert scene.store.gate.muted(ANNA, NOON) == ""


def talk(scene: Scene, letters: int, gap: int, answer: int) -> None:
    """Letters of ours ``gap`` seconds apart, each answered ``answer`` seconds later."""
    scene.budgets = Budgets(address_per_day=99, address_per_week=99)
    for number in range(letters):
        scene.answer(scene.open_case(sent=letter("bert@example.com", message_id=f"<cause{number}@example.com>")))
        sent_at = scene.now
        assert scene.send() is not None
        answered = sent_at + timedelta(seconds=answer)
        echo = Received(letter=letter(message_id=f"<loop{number}@example.com>"), received_at=answered)
        scene.store.records.keep(echo, Kind.OTHER, answered)
        scene.now = sent_at + timedelta(seconds=gap)


@pytest.mark.parametrize(
    ("letters", "gap", "answer", "rounds"),
    [
        (4, 60, 10, 3),  # two machines
        (3, 60, 10, 2),  # not yet
        (4, 121, 10, 0),  # a quick person
        (4, 60, 400, 0),  # answered, but not at once
        (4, 120, 120, 3),  # just inside
    ],
)
def test_a_loop_is_seen(scene: Scene, letters: int, gap: int, answer: int, rounds: int) -> None:
    talk(scene, letters, gap, answer)
    scene.later(seconds=200)
    assert scene.store.gate.quick_rounds(ANNA, scene.budgets, scene.now) == rounds
    assert scene.store.gate.stop_loop(ANNA, scene.budgets, scene.now) is (rounds >= 3)


def test_a_loop_ends_by_muting_the_address_for_a_week(scene: Scene) -> None:
    talk(scene, 4, 60, 10)
    assert scene.answer(scene.open_case()).held_reason == "muted"
    assert scene.store.gate.muted(ANNA, scene.now + timedelta(days=6, hours=23))
    assert not scene.store.gate.muted(ANNA, scene.now + timedelta(days=7))
    assert not scene.store.gate.muted("bert@example.com", scene.now)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 59, 61, 600, 1439, 1441])),
        st.tuples(st.just("queue"), st.integers(0, 3)),
        st.tuples(st.just("send"), st.integers(0, 3)),
        st.tuples(st.just("fail"), st.just(0)),
        st.tuples(st.just("lose"), st.just(0)),
    ),
    max_size=50,
)
PEOPLE = ("a@shop.example", "b@shop.example", "c@gmail.com", "d@gmail.com")
TIGHT = Budgets(address_per_day=2, address_per_week=3, domain_per_day=3, bot_per_hour=3, bot_per_day=5)


def most_in(window: timedelta, times: list[datetime]) -> int:
    return max((sum(start <= time < start + window for time in times) for start in times), default=0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_no_history_ever_passes_a_budget(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("history") / "data"
    left: dict[str, list[datetime]] = {person: [] for person in PEOPLE}
    with Store(folder) as store:
        scene = Scene(store=store, folder=folder, budgets=TIGHT)
        case = scene.open_case()
        for number, (what, value) in enumerate(steps):
            if what == "wait":
                scene.later(minutes=value)
            elif what == "queue":
                scene.answer(case, recipient=PEOPLE[value], reply=f"reply{number}")
            elif (row := store.outbox.claim(scene.now)) is not None:
                if what == "fail":
                    store.delivery.retry(row.id, scene.now, 451, "later")
                    continue
                store.delivery.data_started(row.id, scene.now)
                left[row.recipient].append(scene.now)
                if what == "send":
                    store.delivery.accepted(row.id, scene.now, 250, "Ok")
                else:
                    store.delivery.unknown(row.id, scene.now, "no answer")
    everyone = [time for times in left.values() for time in times]
    assert max(most_in(DAY, times) for times in left.values()) <= TIGHT.address_per_day
    assert max(most_in(timedelta(days=7), times) for times in left.values()) <= TIGHT.address_per_week
    assert most_in(DAY, left[PEOPLE[0]] + left[PEOPLE[1]]) <= TIGHT.domain_per_day
    assert most_in(HOUR, everyone) <= TIGHT.bot_per_hour
    assert most_in(DAY, everyone) <= TIGHT.bot_per_day
