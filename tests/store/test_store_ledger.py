"""The ledger: every mail once, copies known, killers set aside, nothing of an old epoch carried out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from scenes import NOON, Scene

from bot.errors import Overtaken, StoreError
from bot.store.engine import Store
from bot.store.states import ArrivalOutcome, ArrivalState

MINUTE = timedelta(minutes=1)


def test_mail_from_before_the_first_start_is_old_and_never_work(scene: Scene) -> None:
    scene.store.mailboxes.enter("INBOX", 7, NOON, NOON)
    mails = [(1, 100, NOON - MINUTE), (2, 100, NOON), (3, 100, NOON + MINUTE)]
    new = scene.store.ledger.see("INBOX", 7, mails, NOON)
    assert [entry.uid for entry in new] == [2, 3]
    assert scene.store.ledger.counts() == {"old": 1, "seen": 2}
    assert [entry.uid for entry in scene.store.ledger.unfetched("INBOX", 7)] == [2, 3]


def test_the_baseline_of_the_first_start_stays(scene: Scene) -> None:
    first = scene.store.mailboxes.enter("INBOX", 7, NOON, NOON)
    later = scene.store.mailboxes.enter("INBOX", 7, NOON + timedelta(days=9), NOON + timedelta(days=9))
    assert (first.baseline_at, later.baseline_at) == (NOON, NOON)
    assert not later.changed


def test_without_a_baseline_everything_is_work(scene: Scene) -> None:
    scene.store.mailboxes.enter("INBOX", 7, None, NOON)
    assert len(scene.store.ledger.see("INBOX", 7, [(1, 100, NOON - timedelta(days=900))], NOON)) == 1


def test_a_mail_is_seen_once(scene: Scene) -> None:
    scene.store.mailboxes.enter("INBOX", 7, None, NOON)
    assert len(scene.store.ledger.see("INBOX", 7, [(1, 100, NOON)], NOON)) == 1
    assert scene.store.ledger.see("INBOX", 7, [(1, 100, NOON)], NOON) == ()
    assert scene.store.ledger.known_uids("INBOX", 7) == {1}
    assert scene.store.ledger.known_uids("INBOX", 8) == frozenset()


def test_mail_of_a_mailbox_never_entered_is_refused_not_forgotten(scene: Scene) -> None:
    with pytest.raises(StoreError, match="never entered"):
        scene.store.ledger.see("Nowhere", 7, [(1, 100, NOON)], NOON)


def test_work_comes_oldest_first(scene: Scene) -> None:
    scene.now = NOON + MINUTE
    younger = scene.arrive(uid=1)
    scene.now = NOON
    older = scene.arrive(uid=2)
    assert [entry.id for entry in scene.store.ledger.due(NOON)] == [older, younger]


def test_a_mail_is_tried_three_times_with_pauses_then_set_aside(scene: Scene) -> None:
    id_ = scene.arrive()
    ledger = scene.store.ledger
    for pause in (1, 5):
        assert ledger.begin(id_, scene.now)
        assert not ledger.stumble(id_, "it makes no sense", scene.now)
        assert ledger.due(scene.now) == ()
        assert [entry.id for entry in ledger.due(scene.later(minutes=pause))] == [id_]
    assert ledger.begin(id_, scene.now)
    assert ledger.stumble(id_, "it makes no sense", scene.now)
    assert ledger.due(scene.later(days=1)) == ()
    assert [(row["mail"], row["reason"], row["tries"]) for row in ledger.quarantined()] == [
        (id_, "it makes no sense", 3)
    ]


def test_a_mail_that_kills_the_process_counts_too(scene: Scene) -> None:
    id_ = scene.arrive()
    store = scene.store
    for _ in range(3):  # begun, never ended, started again
        assert store.ledger.begin(id_, NOON)
        store.close()
        store = Store(scene.folder)
        assert [entry.id for entry in store.ledger.due(NOON)] == [id_]
    assert not store.ledger.begin(id_, NOON)
    assert store.ledger.get(id_).outcome == ArrivalOutcome.QUARANTINED
    assert "never came to an end" in store.ledger.quarantined()[0]["reason"]
    store.close()


def test_quarantine_is_left_with_fresh_attempts(scene: Scene) -> None:
    id_ = scene.arrive()
    scene.store.ledger.begin(id_, NOON)
    scene.store.ledger.quarantine(id_, "odd", NOON)
    scene.store.ledger.retry(id_, NOON)
    entry = scene.store.ledger.get(id_)
    assert (entry.state, entry.outcome, entry.attempts) == (ArrivalState.STORED, None, 0)
    with pytest.raises(StoreError, match="not in quarantine"):
        scene.store.ledger.retry(id_, NOON)


def test_a_mail_the_server_does_not_hand_over_vanishes_the_third_time(scene: Scene) -> None:
    scene.store.mailboxes.enter("INBOX", 7, None, NOON)
    entry = scene.store.ledger.see("INBOX", 7, [(1, 100, NOON)], NOON)[0]
    assert [scene.store.ledger.missed(entry.id, NOON) for _ in range(3)] == [False, False, True]
    assert scene.store.ledger.get(entry.id).outcome == ArrivalOutcome.VANISHED


def test_a_mail_ends_once(scene: Scene) -> None:
    id_ = scene.arrive()
    case = scene.open_case()
    scene.store.ledger.finish(id_, ArrivalOutcome.HUMAN, NOON, case_id=case.case_id)
    with pytest.raises(Overtaken):
        scene.store.ledger.finish(id_, ArrivalOutcome.MACHINE, NOON)
    entry = scene.store.ledger.get(id_)
    assert (entry.outcome, entry.case_id) == (ArrivalOutcome.HUMAN, case.case_id)
    with pytest.raises(Overtaken):
        scene.store.ledger.begin(id_, NOON)


@pytest.mark.parametrize(
    ("second", "key", "copy"),
    [
        ({"uid": 2}, "k2", True),  # dragged back into the inbox
        ({"uid": 1, "uidvalidity": 8}, "k2", True),  # the mailbox was rebuilt
        ({"uid": 1, "mailbox": "Other"}, "k2", True),  # another mailbox has it too
        ({"uid": 2, "raw": b"another way here"}, "k1", True),  # other Received lines, same content
        ({"uid": 2, "raw": b"something else"}, "k2", False),
        ({"uid": 2, "raw": b"something else"}, "", False),  # nothing is known of the content
    ],
)
def test_a_copy_knows_its_original(scene: Scene, second: dict[str, object], key: str, copy: bool) -> None:
    first = scene.arrive(raw=b"one mail")
    scene.store.ledger.identify(first, "a@example.com", "k1" if key else "", NOON)
    again = scene.arrive(**{"raw": b"one mail", **second})
    scene.store.ledger.identify(again, "a@example.com", key, NOON)
    assert scene.store.ledger.original_of(again) == (first if copy else None)
    assert scene.store.ledger.original_of(first) is None


def test_one_message_id_with_other_content_is_another_mail(scene: Scene) -> None:
    first, second = scene.arrive(uid=1), scene.arrive(uid=2)
    for id_, key in ((first, "k1"), (second, "k2")):
        scene.store.ledger.identify(id_, "same@example.com", key, NOON)
    assert scene.store.ledger.original_of(second) is None


def test_a_rebuilt_mailbox_begins_a_new_epoch_and_keeps_the_old_rows(scene: Scene) -> None:
    stored = scene.arrive(uid=1)
    scene.store.ledger.see("INBOX", 7, [(2, 100, NOON)], NOON)
    scene.store.mailops.move(stored, "Bot/Done", NOON)
    epoch = scene.store.mailboxes.enter("INBOX", 8, None, NOON)
    assert (epoch.number, epoch.changed) == (2, True)
    assert scene.store.ledger.known_uids("INBOX", 8) == frozenset()
    assert scene.store.ledger.known_uids("INBOX", 7) == {1, 2}
    # What was not fetched comes again under a new uid; what was is ours and goes on.
    assert scene.store.ledger.counts() == {"stored": 1, "vanished": 1}
    # Uid 1 now is some other mail: it must not be moved.
    assert scene.store.mailops.open("INBOX", NOON) == ()


def test_a_move_recorded_late_for_an_old_epoch_is_not_given_out(scene: Scene) -> None:
    stored = scene.arrive(uid=1)
    scene.store.mailboxes.enter("INBOX", 8, None, NOON)
    scene.store.mailops.move(stored, "Bot/Done", NOON)
    assert scene.store.mailops.open("INBOX", NOON) == ()


def test_polls_are_noted_for_the_operator(scene: Scene) -> None:
    scene.store.mailboxes.enter("INBOX", 7, None, NOON)
    scene.store.mailboxes.poll_failed("INBOX", "the password is wrong")
    assert scene.store.mailboxes.all()[0]["last_error"] == "the password is wrong"
    scene.store.mailboxes.polled("INBOX", NOON)
    row = scene.store.mailboxes.all()[0]
    assert (row["last_ok_poll"], row["last_error"]) == ("2025-03-14T12:00:00Z", "")


def test_the_newest_mail_is_a_second_opinion_on_the_clock(scene: Scene) -> None:
    assert scene.store.ledger.newest() is None
    scene.arrive()
    assert scene.store.ledger.newest() == NOON


def test_an_attempt_that_could_not_be_made_does_not_count(scene: Scene) -> None:
    id_ = scene.arrive()
    for _ in range(9):
        assert scene.store.ledger.begin(id_, scene.now)
        scene.store.ledger.postpone(id_, "the disk is full", MINUTE, scene.now)
        assert scene.store.ledger.due(scene.now) == ()
        scene.now += MINUTE
    (entry,) = scene.store.ledger.due(scene.now)
    assert (entry.attempts, entry.reason) == (0, "the disk is full")


def test_old_mail_can_be_taken_in_later_and_stays_old(scene: Scene) -> None:
    scene.store.mailboxes.enter("INBOX", 7, NOON, NOON)
    scene.store.ledger.see("INBOX", 7, [(1, 100, NOON - MINUTE), (2, 100, NOON)], NOON)
    assert scene.store.ledger.take_old("INBOX", 8, NOON) == 0
    assert scene.store.ledger.take_old("INBOX", 7, NOON) == 1
    entries = scene.store.ledger.unfetched("INBOX", 7)
    assert [(e.uid, scene.store.mailboxes.is_old("INBOX", e.received_at)) for e in entries] == [(1, True), (2, False)]
