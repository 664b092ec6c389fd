"""A person at a case: who has it, what was typed, what was done and can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from scenes import NOON, Scene, for_staff, letter

from bot.core.model import Event, State
from bot.errors import Overtaken, TooLate
from bot.store.outbox import Posted
from bot.store.records import Recorded
from bot.store.states import OutboxState

QUARTER = timedelta(minutes=15)


# --- who has it -------------------------------------------------------------------------------------


def test_the_first_who_opens_a_case_has_it_and_the_second_reads_along(scene: Scene) -> None:
    case = scene.open_case(for_staff())
    assert scene.store.holds.open(case.case_id, "ana", NOON).mine
    company = scene.store.holds.open(case.case_id, "otto", NOON)
    assert company.holder is not None
    assert (company.holder.actor, company.mine) == ("ana", False)
    assert scene.store.holds.company(case.case_id, "ana", NOON).readers == ("otto",)


def test_a_reader_never_has_a_case(scene: Scene) -> None:
    case = scene.open_case(for_staff())
    assert not scene.store.holds.open(case.case_id, "rita", NOON, may_have=False).mine
    assert scene.store.holds.open(case.case_id, "ana", NOON).mine


def test_typing_renews_and_silence_frees(scene: Scene) -> None:
    case, holds = scene.open_case(for_staff()), scene.store.holds
    holds.open(case.case_id, "ana", NOON)
    assert holds.typed(case.case_id, "ana", NOON + timedelta(minutes=14))
    assert not holds.open(case.case_id, "otto", NOON + timedelta(minutes=28)).mine
    assert holds.open(case.case_id, "otto", NOON + timedelta(minutes=14) + QUARTER).mine
    assert not holds.typed(case.case_id, "ana", NOON + timedelta(minutes=30))


def test_who_takes_over_has_it_and_hears_whose_it_was(scene: Scene) -> None:
    case, holds = scene.open_case(for_staff()), scene.store.holds
    holds.open(case.case_id, "ana", NOON)
    assert holds.take_over(case.case_id, "otto", NOON) == "ana"
    assert holds.take_over(case.case_id, "otto", NOON) == ""
    assert not holds.open(case.case_id, "ana", NOON + timedelta(minutes=1)).mine
    number = scene.store.cases.number_of(case.case_id)
    assert holds.held_by_others("ana", NOON) == {number: "otto"}


def test_who_leaves_frees_the_case(scene: Scene) -> None:
    case, holds = scene.open_case(for_staff()), scene.store.holds
    holds.open(case.case_id, "ana", NOON)
    holds.leave(case.case_id, "ana")
    assert holds.open(case.case_id, "otto", NOON).mine


# --- drafts -----------------------------------------------------------------------------------------


def test_each_person_has_one_draft_for_each_answer(scene: Scene) -> None:
    case, drafts = scene.open_case(for_staff()), scene.store.drafts
    drafts.keep(case.case_id, "ana", "approve.free_repair", {"address": "eu"}, "one", NOON)
    drafts.keep(case.case_id, "ana", "approve.free_repair", {"address": "us"}, "two", NOON, "de")
    drafts.keep(case.case_id, "ana", "decline", {}, "three", NOON)
    drafts.keep(case.case_id, "otto", "decline", {}, "four", NOON)
    kept = drafts.of(case.case_id, "ana")
    assert {name: one.body for name, one in kept.items()} == {"approve.free_repair": "two", "decline": "three"}
    assert (kept["approve.free_repair"].told, kept["approve.free_repair"].language) == ({"address": "us"}, "de")
    drafts.drop(case.case_id, "ana", "decline")
    assert list(drafts.of(case.case_id, "ana")) == ["approve.free_repair"]
    drafts.drop(case.case_id, "ana")
    assert drafts.of(case.case_id, "ana") == {}
    assert list(drafts.of(case.case_id, "otto")) == ["decline"]


# --- taking back ------------------------------------------------------------------------------------


def approved(scene: Scene, case: Recorded, **changes: object) -> Posted:
    """What a person does: the case moves and a letter waits, noted as one deed."""
    store = scene.store
    before = store.deeds.before(case.case_id)
    with store.write():
        moved = store.acts.apply(
            store.cases.snapshot(case.case_id),
            Event(name="approve", actor="ana", data={}),
            {"state": State.APPROVED, "next_actor": "customer", "answer_by": None, "doubt_id": "", "terms": {"a": 1}},
            scene.now,
        )
        store.outbox.give_way(case.case_id, moved.version, scene.now)
    wait = {"not_before": scene.now + timedelta(seconds=10), "automatic": False, "reply": "approved_repair"}
    posted = scene.answer(moved, **{**wait, **changes})
    with store.write():
        store.deeds.note(
            f"act:{posted.id}",
            case.case_id,
            moved.version,
            "approve",
            "ana",
            before,
            scene.now,
            told={"service": "free_repair"},
            body="my words",
            outbox_id=posted.id,
        )
    return posted


def test_undo_puts_the_case_back_as_it_stood_and_stops_the_letter(scene: Scene) -> None:
    case = scene.open_case(for_staff())
    before = scene.store.db.rows("SELECT * FROM cases")[0]
    posted = approved(scene, case)
    deed = scene.store.deeds.undo(posted.id, "ana", scene.later(seconds=4))
    after = scene.store.db.rows("SELECT * FROM cases")[0]
    assert {name for name in before if before[name] != after[name]} == {"version", "updated_at"}
    assert after["version"] == before["version"] + 2
    assert (deed.action, deed.told, deed.body) == ("approve", {"service": "free_repair"}, "my words")
    assert scene.store.outbox.get(posted.id).state is OutboxState.SUPERSEDED
    scene.later(minutes=5)
    assert scene.send() is None
    event = scene.store.cases.show(case.number)["events"][-1]
    assert (event["name"], event["actor"], event["data"]["after"]) == ("undone", "ana", 4)


def test_what_gave_way_to_the_deed_waits_again(scene: Scene) -> None:
    case = scene.open_case(for_staff())
    asked = scene.answer(case)
    mine = scene.answer(case, automatic=False)
    posted = approved(scene, case)
    assert [scene.store.outbox.get(i).state for i in (asked.id, mine.id)] == ["superseded", "held"]
    scene.store.deeds.undo(posted.id, "ana", scene.now)
    assert [scene.store.outbox.get(i).state for i in (asked.id, mine.id)] == ["queued", "queued"]
    assert {scene.send(), scene.send()} == {asked.id, mine.id}


def test_a_letter_that_a_sender_has_is_not_taken_back(scene: Scene) -> None:
    case = scene.open_case(for_staff())
    posted = approved(scene, case)
    scene.later(seconds=11)
    assert scene.store.outbox.claim(scene.now) is not None
    with pytest.raises(TooLate):
        scene.store.deeds.undo(posted.id, "ana", scene.now)
    assert scene.store.cases.snapshot(case.case_id).state is State.APPROVED


def test_undo_is_done_once(scene: Scene) -> None:
    posted = approved(scene, scene.open_case(for_staff()))
    scene.store.deeds.undo(posted.id, "ana", scene.now)
    with pytest.raises(TooLate):
        scene.store.deeds.undo(posted.id, "ana", scene.now)
    with pytest.raises(TooLate):
        scene.store.deeds.undo(4711, "ana", scene.now)


def test_a_mail_that_came_meanwhile_is_never_undone(scene: Scene) -> None:
    case = scene.open_case(for_staff())
    posted = approved(scene, case)
    scene.add_mail(scene.store.cases.snapshot(case.case_id), for_staff(), letter(message_id="<later@example.com>"))
    before = scene.store.db.rows("SELECT * FROM cases")
    with pytest.raises(Overtaken):
        scene.store.deeds.undo(posted.id, "ana", scene.now)
    assert scene.store.db.rows("SELECT * FROM cases") == before
    assert scene.store.outbox.get(posted.id).state is OutboxState.QUEUED, "nothing of the transaction stays"
