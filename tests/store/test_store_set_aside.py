"""Letters that wait for a person and mails that could not be read; a person's own lists."""

from __future__ import annotations

import pytest
from scenes import NOON, Scene, decision, for_staff, letter

from bot.core.model import Doubt
from bot.errors import NotAllowed, Overtaken, StoreError
from bot.store.saved_views import LONGEST_NAME, MOST
from bot.store.states import ArrivalOutcome, OutboxState, Role


def unknown_letter(scene: Scene) -> int:
    """A letter that nobody knows the fate of and that was given to staff."""
    sent = scene.answer(scene.open_case(sent=letter(message_id=f"<u{scene.count}@example.com>")))
    scene.store.outbox.claim(scene.now)
    scene.store.delivery.data_started(sent.id, scene.now)
    scene.store.delivery.unknown(sent.id, scene.now, "no answer")
    for _ in range(3):
        scene.store.mailboxes.polled("INBOX", scene.now)
    scene.store.delivery.hold_unknown(scene.later(hours=1))
    return sent.id


def test_held_letters_say_why_those_that_may_have_left_first(scene: Scene) -> None:
    held = scene.answer(scene.open_case(), hold="address_day")
    maybe = unknown_letter(scene)
    rows = scene.store.set_aside.held()
    assert [(row["id"], row["held_reason"]) for row in rows] == [(maybe, "maybe_sent"), (held.id, "address_day")]
    assert rows[1]["customer"] == "Anna Example"
    assert scene.store.set_aside.counts() == {"held": 2, "unreadable": 0}


def test_a_discarded_letter_is_never_sent_and_its_case_goes_to_a_person(scene: Scene) -> None:
    case = scene.open_case()
    held = scene.answer(case, hold="address_day")
    scene.store.delivery.discard(held.id, scene.later(minutes=1), "lena")
    assert scene.store.outbox.get(held.id).state is OutboxState.SUPERSEDED
    assert scene.send() is None
    assert scene.column("SELECT next_actor FROM cases WHERE id = :id", id=case.case_id) == ["staff"]
    last = scene.store.db.rows("SELECT actor, name FROM event ORDER BY id DESC LIMIT 1")[0]
    assert (last["actor"], last["name"]) == ("lena", "letter_discarded")


def test_a_case_whose_customer_got_another_letter_goes_on_waiting(scene: Scene) -> None:
    case = scene.open_case()
    held = scene.answer(case, hold="address_day")
    scene.answer(case, reply="received")
    scene.store.delivery.discard(held.id, NOON, "lena")
    assert scene.column("SELECT next_actor FROM cases WHERE id = :id", id=case.case_id) == ["customer"]


@pytest.mark.parametrize("how", ["release", "discard", "mark_sent"])
def test_a_letter_is_settled_once(scene: Scene, how: str) -> None:
    id_ = unknown_letter(scene)
    getattr(scene.store.delivery, how)(id_, scene.now, "lena")
    for again in ("release", "discard", "mark_sent"):
        with pytest.raises(Overtaken):
            getattr(scene.store.delivery, again)(id_, scene.now, "omar")


def test_only_a_letter_that_may_have_left_can_be_marked_as_sent(scene: Scene) -> None:
    held = scene.answer(scene.open_case(), hold="address_day")
    with pytest.raises(Overtaken, match="not perhaps sent"):
        scene.store.delivery.mark_sent(held.id, NOON, "lena")
    maybe = unknown_letter(scene)
    scene.store.delivery.mark_sent(maybe, scene.now, "lena")
    row = scene.store.outbox.get(maybe)
    assert (row.state, row.evidence, row.sent_at) == (OutboxState.ACCEPTED, "staff", row.data_started_at)


def test_letters_that_did_not_arrive_are_shown_until_another_did(scene: Scene) -> None:
    case = scene.open_case()
    refused = scene.answer(case)
    scene.store.outbox.claim(NOON)
    scene.store.delivery.failed(refused.id, NOON, 550, "no such user")
    assert [(row["id"], row["smtp_text"]) for row in scene.store.set_aside.troubled()] == [(refused.id, "no such user")]
    scene.answer(case, automatic=False, reply="approved_repair")
    scene.send()
    assert scene.store.set_aside.troubled() == []


@pytest.mark.parametrize("outcome", [ArrivalOutcome.QUARANTINED, ArrivalOutcome.OVERSIZE])
def test_an_unreadable_mail_is_shown_until_its_case_is_answered(scene: Scene, outcome: ArrivalOutcome) -> None:
    arrival = scene.arrive()
    case = scene.open_case(for_staff(doubt=Doubt(id="unreadable")))
    scene.store.ledger.finish(arrival, outcome, NOON, reason="too many parts", case_id=case.case_id)
    (row,) = scene.store.set_aside.unreadable()
    assert (row["id"], row["reason"], row["case_number"], row["open"]) == (arrival, "too many parts", case.number, 1)
    assert scene.store.set_aside.counts()["unreadable"] == 1
    with scene.store.write():
        scene.store.db.execute(
            "UPDATE cases SET next_actor = 'customer', doubt_id = '' WHERE id = :id", id=case.case_id
        )
    assert scene.store.set_aside.unreadable() == []
    assert [row["open"] for row in scene.store.set_aside.unreadable(settled=True)] == [0]


def test_a_mail_that_is_read_again_is_gone_from_the_list(scene: Scene) -> None:
    arrival = scene.arrive()
    scene.store.ledger.quarantine(arrival, "too many parts", NOON)
    assert [row["id"] for row in scene.store.set_aside.unreadable()] == [arrival]
    scene.store.ledger.retry(arrival, NOON)
    assert scene.store.set_aside.unreadable(settled=True) == []
    with pytest.raises(StoreError):
        scene.store.ledger.retry(arrival, NOON)


# --- lists of one's own --------------------------------------------------------------------------------


@pytest.fixture
def people(scene: Scene) -> tuple[int, int]:
    return tuple(  # type: ignore[return-value]
        scene.store.people.add(name, name.title(), Role.AGENT, "hash", NOON) for name in ("ana", "mira")
    )


def test_a_person_keeps_lists_that_nobody_else_sees(scene: Scene, people: tuple[int, int]) -> None:
    ana, mira = people
    kept = scene.store.saved_views.keep(ana, "  German   first ", "view=decide&language=de", NOON)
    assert [(view.name, view.query) for view in scene.store.saved_views.of(ana)] == [
        ("German first", "view=decide&language=de")
    ]
    assert scene.store.saved_views.of(mira) == ()
    assert scene.store.saved_views.drop(mira, kept.id) is False
    assert scene.store.saved_views.drop(ana, kept.id) is True
    assert scene.store.saved_views.of(ana) == ()


def test_the_same_name_is_the_same_list(scene: Scene, people: tuple[int, int]) -> None:
    for query in ("view=all", "view=decide"):
        scene.store.saved_views.keep(people[0], "Mine", query, NOON)
    assert [view.query for view in scene.store.saved_views.of(people[0])] == ["view=decide"]


@pytest.mark.parametrize("name", ["", "   ", "x" * (LONGEST_NAME + 1)])
def test_a_name_is_neither_empty_nor_endless(scene: Scene, people: tuple[int, int], name: str) -> None:
    with pytest.raises(NotAllowed):
        scene.store.saved_views.keep(people[0], name, "view=all", NOON)


def test_there_is_an_end_to_keeping(scene: Scene, people: tuple[int, int]) -> None:
    for n in range(MOST):
        scene.store.saved_views.keep(people[0], f"List {n}", "view=all", NOON)
    with pytest.raises(NotAllowed, match="at most"):
        scene.store.saved_views.keep(people[0], "One more", "view=all", NOON)
    scene.store.saved_views.keep(people[0], "List 3", "view=mine", NOON)


def test_a_case_whose_letter_is_held_waits_for_a_person_whatever_it_says(scene: Scene) -> None:
    scene.answer(scene.open_case(decision()), hold="muted")
    assert [row["case_number"] for row in scene.store.cases.queue()] != []
