"""One cause, one letter; one letter, one sender; and a case that moves on meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from subprocess import Popen

import pytest
from scenes import NOON, Scene, decision, letter

from bot.errors import StoreError
from bot.store.engine import Store
from bot.store.states import OutboxState

MINUTE = timedelta(minutes=1)


def events(scene: Scene) -> list[object]:
    return scene.column("SELECT name FROM event ORDER BY id")[1:]


def state(scene: Scene, outbox_id: int) -> OutboxState:
    return scene.store.outbox.get(outbox_id).state


def test_the_same_cause_gives_one_letter(scene: Scene) -> None:
    case = scene.open_case()
    first = scene.answer(case, dedupe_key="the same", message_id="<a@desk.example.com>")
    second = scene.answer(case, dedupe_key="the same", message_id="<b@desk.example.com>")
    assert (second.id, second.existed, first.existed) == (first.id, True, False)
    assert scene.column("SELECT message_id FROM outbox") == ["a@desk.example.com"]


def test_a_letter_is_gone_with_the_transaction_that_decided_on_it(scene: Scene) -> None:
    case = scene.open_case()

    def fail() -> None:
        with scene.store.write():
            scene.answer(case)
            assert scene.store.outbox.open() != []
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert scene.store.outbox.open() == []


def test_one_sender_gets_a_letter(scene: Scene) -> None:
    scene.answer(scene.open_case())
    with Store(scene.folder, prepare=False) as other:
        winners = [store.outbox.claim(NOON) for store in (scene.store, other)]
    assert [winner is not None for winner in winners] == [True, False]


CLAIM_ALL = """
import json, pathlib, sys
from bot.store.engine import Store
from bot.store.times import moment
with Store(pathlib.Path(sys.argv[1]), prepare=False) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    won = []
    while row := store.outbox.claim(moment(sys.argv[2])):
        won.append(row.id)
    print(json.dumps(won), flush=True)
"""


def test_processes_that_race_for_letters_share_them_out(scene: Scene, start: Callable[..., Popen[str]]) -> None:
    ids = [scene.answer(scene.open_case(), automatic=False).id for _ in range(60)]
    racers = [start(CLAIM_ALL, scene.folder, "2025-03-14T12:00:00Z") for _ in range(3)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won: list[list[int]] = []
    for racer in racers:
        assert racer.stdout is not None
        won.append(json.loads(racer.stdout.readline()))
    assert sorted(id_ for part in won for id_ in part) == ids


def test_letters_leave_in_the_order_they_are_due(scene: Scene) -> None:
    late = scene.answer(scene.open_case(), not_before=NOON + 2 * MINUTE)
    soon = scene.answer(scene.open_case(), not_before=NOON + MINUTE)
    assert scene.store.outbox.claim(NOON) is None
    scene.later(minutes=5)
    assert [scene.send(), scene.send(), scene.send()] == [soon.id, late.id, None]


# --- a case that moves on ---------------------------------------------------------------------


def test_a_newer_mail_supersedes_the_letter_not_yet_sent(scene: Scene) -> None:
    case = scene.open_case()
    ask = scene.answer(case)
    assert scene.store.outbox.supersede(case.case_id, NOON) == 1
    assert state(scene, ask.id) == OutboxState.SUPERSEDED
    assert scene.store.outbox.claim(NOON) is None
    assert events(scene)[-1] == "letter_superseded"


def test_a_letter_to_an_older_state_of_the_case_is_not_given_out(scene: Scene) -> None:
    case = scene.open_case()
    ask = scene.answer(case)
    other = scene.answer(scene.open_case())
    scene.add_mail(scene.store.cases.snapshot(case.case_id))
    assert scene.send() == other.id
    assert state(scene, ask.id) == OutboxState.SUPERSEDED


def test_a_persons_letter_is_held_when_the_case_moves_on(scene: Scene) -> None:
    case = scene.open_case()
    approval = scene.answer(case, automatic=False, reply="approved_repair")
    scene.add_mail(scene.store.cases.snapshot(case.case_id))
    assert scene.store.outbox.claim(NOON) is None
    row = scene.store.outbox.get(approval.id)
    assert (row.state, row.held_reason) == (OutboxState.HELD, "case_changed")
    scene.store.delivery.release(approval.id, NOON, "Kim")
    assert scene.send() == approval.id


def test_a_newer_mail_that_changes_nothing_lets_the_letter_go(scene: Scene) -> None:
    case = scene.open_case()
    warning = scene.answer(case, reply="hazard_stop_using")
    newer = scene.add_mail(scene.store.cases.snapshot(case.case_id), decision(reply=None, silence="a mere thank-you"))
    assert scene.store.outbox.carry_over(case.case_id, newer.version) == 1
    assert scene.send() == warning.id


def test_what_is_on_its_way_is_not_called_back(scene: Scene) -> None:
    case = scene.open_case()
    scene.answer(case)
    row = scene.store.outbox.claim(NOON)
    assert row is not None
    assert scene.store.outbox.supersede(case.case_id, NOON) == 0
    scene.store.delivery.data_started(row.id, NOON)
    assert scene.store.outbox.supersede(case.case_id, NOON) == 0
    scene.store.delivery.accepted(row.id, NOON, 250, "Ok")
    assert scene.store.outbox.supersede(case.case_id, NOON) == 0


def test_a_letter_needs_its_bytes_on_disk(scene: Scene) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        scene.answer(scene.open_case(sent=letter()), raw_sha256="0" * 64)
