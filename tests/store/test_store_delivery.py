"""What becomes of a letter in a sender's hands: every answer of a server, and no answer at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from scenes import ANNA, NOON, Scene, for_staff, taken

from bot.errors import Overtaken
from bot.store.states import Evidence, OutboxState

MINUTE = timedelta(minutes=1)


def events(scene: Scene) -> list[object]:
    return scene.column("SELECT name FROM event ORDER BY id")[1:]


def state(scene: Scene, outbox_id: int) -> OutboxState:
    return scene.store.outbox.get(outbox_id).state


def given_out(scene: Scene) -> int:
    """A letter whose payload has begun to leave; its id."""
    scene.answer(scene.open_case())
    row = scene.store.outbox.claim(scene.now)
    assert row is not None
    scene.store.delivery.data_started(row.id, scene.now)
    return row.id


# --- the answers of a server ------------------------------------------------------------------


def test_an_accepted_letter_is_sent_for_good(scene: Scene) -> None:
    id_ = given_out(scene)
    scene.store.delivery.accepted(id_, scene.later(seconds=3), 250, "2.0.0 Ok")
    row = scene.store.outbox.get(id_)
    assert (row.state, row.sent_at, row.smtp_code) == (OutboxState.ACCEPTED, NOON + timedelta(seconds=3), 250)
    assert events(scene) == ["letter_queued", "letter_sent"]
    for again in (scene.store.delivery.accepted, scene.store.delivery.retry, scene.store.delivery.failed):
        with pytest.raises(Overtaken):
            again(id_, NOON, 250, "Ok")
    assert scene.store.outbox.claim(NOON + timedelta(days=9)) is None


def test_a_payload_starts_only_after_a_claim(scene: Scene) -> None:
    queued = scene.answer(scene.open_case())
    with pytest.raises(Overtaken, match="cannot become data_started"):
        scene.store.delivery.data_started(queued.id, NOON)


def test_the_pauses_between_tries_grow(scene: Scene) -> None:
    letter_ = scene.answer(scene.open_case())
    pauses: list[float] = []
    for _ in range(7):
        assert scene.store.outbox.claim(scene.now) is not None
        assert scene.store.delivery.retry(letter_.id, scene.now, 451, "try later") == OutboxState.QUEUED
        row = scene.store.outbox.get(letter_.id)
        pauses.append((row.next_try - scene.now) / MINUTE)
        assert scene.store.outbox.claim(row.next_try - timedelta(seconds=1)) is None
        scene.now = row.next_try
    assert pauses == [5, 15, 30, 60, 60, 60, 60]
    assert scene.store.outbox.get(letter_.id).attempts == 7


def test_after_five_days_of_tries_a_person_must_look(scene: Scene) -> None:
    case = scene.open_case()
    letter_ = scene.answer(case)
    while scene.store.outbox.claim(scene.now) is not None:
        scene.store.delivery.retry(letter_.id, scene.now, 421, "busy")
        scene.now = scene.store.outbox.get(letter_.id).next_try
    row = scene.store.outbox.get(letter_.id)
    assert row.state == OutboxState.FAILED
    assert timedelta(days=4, hours=22) < scene.now - NOON <= timedelta(days=5)
    assert [line["case_number"] for line in scene.store.cases.queue()] == [case.number]
    scene.store.delivery.release(letter_.id, scene.later(days=1), "Kim")  # tried anew, all five days
    assert scene.store.outbox.claim(scene.now) is not None
    assert scene.store.delivery.retry(letter_.id, scene.now, 421, "busy") == OutboxState.QUEUED


def test_a_letter_held_for_a_week_still_gets_all_its_tries(scene: Scene) -> None:
    held = scene.answer(scene.open_case(), hold="staff_first")
    scene.later(days=7)
    scene.store.delivery.release(held.id, scene.now, "Kim")
    assert scene.store.outbox.claim(scene.now) is not None
    assert scene.store.delivery.retry(held.id, scene.now, 451, "later") == OutboxState.QUEUED


def test_a_refused_letter_goes_to_a_person(scene: Scene) -> None:
    case = scene.open_case()
    letter_ = scene.answer(case)
    scene.store.outbox.claim(NOON)
    scene.store.delivery.failed(letter_.id, NOON, 550, "no such user")
    assert state(scene, letter_.id) == OutboxState.FAILED
    assert scene.store.cases.list()[0]["waiting_for"] == "staff"
    assert "no such user" in scene.store.cases.queue()[0]["why"]
    assert scene.store.alerts.open()[0]["kind"] == "letters_failed"
    assert events(scene) == ["letter_queued", "letter_failed"]


# --- nobody knows -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Evidence.ECHO, Evidence.SENT_FOLDER, Evidence.STAFF])
def test_evidence_settles_an_unknown_letter(scene: Scene, kind: Evidence) -> None:
    id_ = given_out(scene)
    scene.store.delivery.unknown(id_, NOON, "no answer")
    assert [row.id for row in scene.store.delivery.awaiting_evidence()] == [id_]
    scene.store.delivery.evidence("<kb.2@desk.example.com>", kind, scene.later(minutes=1))
    row = scene.store.outbox.get(id_)
    assert (row.state, row.evidence, row.sent_at) == (OutboxState.ACCEPTED, kind, NOON)
    assert scene.store.delivery.awaiting_evidence() == ()


@pytest.mark.parametrize(
    ("minutes", "polls", "held"),
    [
        (29, 9, False),  # too early
        (30, 2, False),  # the mailbox could not be looked at often enough
        (30, 3, True),
        (500, 0, False),  # the server is away: nothing was looked at
    ],
)
def test_an_unknown_letter_without_evidence_is_held(scene: Scene, minutes: int, polls: int, held: bool) -> None:
    scene.store.mailboxes.enter("INBOX", 7, None, NOON)
    for _ in range(5):
        scene.store.mailboxes.polled("INBOX", NOON)  # polls from before count for nothing
    id_ = given_out(scene)
    scene.store.delivery.unknown(id_, NOON, "no answer")
    for _ in range(polls):
        scene.store.mailboxes.polled("INBOX", NOON)
    assert [row.id for row in scene.store.delivery.hold_unknown(NOON + minutes * MINUTE)] == ([id_] if held else [])
    assert state(scene, id_) == (OutboxState.HELD if held else OutboxState.UNKNOWN)
    if held:
        assert "perhaps sent" in scene.store.cases.queue()[0]["why"]


def test_a_letter_unknown_for_the_second_time_waits_as_long_again(scene: Scene) -> None:
    scene.store.mailboxes.enter("INBOX", 7, None, NOON)
    id_ = given_out(scene)
    for _ in range(2):
        scene.store.delivery.unknown(id_, scene.now, "no answer")
        assert scene.store.delivery.hold_unknown(scene.later(hours=1)) == ()
        for _ in range(3):
            scene.store.mailboxes.polled("INBOX", scene.now)
        assert len(scene.store.delivery.hold_unknown(scene.now)) == 1
        scene.store.delivery.release(id_, scene.now, "Kim")
        assert scene.store.outbox.claim(scene.now) is not None
        scene.store.delivery.data_started(id_, scene.now)


@pytest.mark.parametrize("state_", [OutboxState.QUEUED, OutboxState.HELD])
def test_nothing_proves_a_letter_whose_payload_never_left(scene: Scene, state_: OutboxState) -> None:
    letter_ = scene.answer(scene.open_case(), hold="staff_first" if state_ == OutboxState.HELD else "")
    assert scene.store.delivery.evidence("<kb.2@desk.example.com>", Evidence.ECHO, NOON) is not None
    row = scene.store.outbox.get(letter_.id)
    assert (row.state, row.evidence) == (state_, None)


def test_an_echo_of_a_letter_to_be_tried_again_stops_the_second_copy(scene: Scene) -> None:
    id_ = given_out(scene)
    scene.store.delivery.retry(id_, NOON, 451, "after the payload")
    scene.store.delivery.evidence("kb.2@desk.example.com", Evidence.ECHO, NOON)
    assert scene.store.outbox.claim(NOON + timedelta(days=1)) is None
    assert state(scene, id_) == OutboxState.ACCEPTED


def test_an_echo_of_a_sent_letter_is_noted_once(scene: Scene) -> None:
    id_ = given_out(scene)
    scene.store.delivery.accepted(id_, NOON, 250, "Ok")
    for minute in range(2):
        scene.store.delivery.evidence("<kb.2@desk.example.com>", Evidence.ECHO, NOON + minute * MINUTE)
    row = scene.store.outbox.get(id_)
    assert (row.evidence, row.evidence_at) == (Evidence.ECHO, NOON)
    assert events(scene).count("letter_sent") == 1


def test_evidence_for_a_letter_that_is_not_ours_is_none(scene: Scene) -> None:
    assert scene.store.delivery.evidence("<x@example.com>", Evidence.ECHO, NOON) is None
    assert scene.store.delivery.bounced("<x@example.com>", NOON, "no such user") is None
    assert scene.store.outbox.find("<x@example.com>") is None


def test_a_bounce_goes_to_the_case_of_its_letter(scene: Scene) -> None:
    id_ = given_out(scene)
    scene.store.delivery.accepted(id_, NOON, 250, "Ok")
    row = scene.store.delivery.bounced("<kb.2@desk.example.com>", NOON, "mailbox full")
    assert row is not None
    assert row.bounced_at == NOON
    assert scene.store.cases.queue()[0]["why"] == f"our letter came back from {ANNA}"
    assert events(scene)[-1] == "letter_bounced"


def test_a_released_letter_goes_to_the_case_as_it_is_now(scene: Scene) -> None:
    case = scene.open_case(for_staff())
    held = scene.answer(case, hold="staff_first")
    scene.add_mail(scene.store.cases.snapshot(case.case_id))
    scene.store.delivery.release(held.id, NOON, "Kim")
    assert scene.send() == held.id
    assert scene.store.cases.show(case.number)["events"][-2]["actor"] == "Kim"
    with pytest.raises(Overtaken):
        scene.store.delivery.release(held.id, NOON, "Kim")


def test_a_case_taken_over_holds_automatic_letters_only(scene: Scene) -> None:
    case = scene.open_case()
    taken(scene, case.case_id)
    version = scene.store.cases.snapshot(case.case_id).version
    ours = scene.answer(case, case_version=version)
    theirs = scene.answer(case, case_version=version, automatic=False, reply="approved_repair")
    assert scene.send() == theirs.id
    assert scene.store.outbox.get(ours.id).held_reason == "case_taken_over"
    scene.store.delivery.release(ours.id, NOON, "Kim")  # the same person sends it after all
    assert scene.send() == ours.id
