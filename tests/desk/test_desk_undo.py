"""Taking a letter back while it waits: the case as before, exactly the draft, and who may."""

from __future__ import annotations

import re

from desk_forms import approval, form_of, state_of
from desk_served import ServedDesk

from bot.core.model import State

STORY = "between-one-and-two-years"


def test_undo_puts_the_case_back_and_returns_exactly_the_draft(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    case_id = desk.store.cases.id_of(number)
    before = desk.store.db.rows("SELECT * FROM cases WHERE id = :id", id=case_id)[0]
    form = approval(agent, number)
    form["body"] = form["body"].strip() + "\n\nWith my best wishes"
    sent = agent.post(f"/case/{number}/act/approve", **form)
    outbox = re.search(r"sent=(\d+)", sent.place)
    assert outbox
    agent.get(sent.place)
    back = agent.post(f"/case/{number}/undo/{outbox[1]}")
    assert back.place == f"/case/{number}?said=taken_back"
    after = desk.store.db.rows("SELECT * FROM cases WHERE id = :id", id=case_id)[0]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"version", "updated_at"}
    page = agent.get(back.place)
    assert form_of(page, "approve")["body"].strip() == form["body"]
    assert "Taken back" in page.words
    desk.clock.skip(minutes=5)
    assert desk.send() == []
    names = [event["name"] for event in desk.store.cases.show(number)["events"]]
    assert names[-1] == "undone"


def test_undo_after_the_letter_left_says_so(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    sent = agent.post(f"/case/{number}/act/approve", **approval(agent, number))
    outbox = re.search(r"sent=(\d+)", sent.place)
    assert outbox
    desk.clock.skip(seconds=61)
    assert len(desk.send()) == 1
    agent.get(f"/case/{number}")
    late = agent.post(f"/case/{number}/undo/{outbox[1]}")
    assert "said=too_late" in late.place
    assert "Too late to undo" in agent.get(late.place).words
    assert state_of(desk, number)[0] == State.APPROVED


def test_undo_is_refused_when_something_else_happened(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    sent = agent.post(f"/case/{number}/act/approve", **approval(agent, number))
    outbox = re.search(r"sent=(\d+)", sent.place)
    assert outbox
    note = form_of(agent.get(f"/case/{number}"), "note") | {"v.text": "She called."}
    agent.post(f"/case/{number}/act/note", **note)
    agent.get(f"/case/{number}")
    assert agent.post(f"/case/{number}/undo/{outbox[1]}").status == 409
    assert state_of(desk, number)[0] == State.APPROVED


def test_a_form_of_before_the_undo_is_stale_after_it(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = approval(agent, number)
    sent = agent.post(f"/case/{number}/act/approve", **form)
    outbox = re.search(r"sent=(\d+)", sent.place)
    assert outbox
    agent.post(f"/case/{number}/undo/{outbox[1]}")
    assert agent.post(f"/case/{number}/act/approve", **form).status == 409


def test_the_way_back_stands_on_the_queue_too(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    agent.get("/me")
    agent.post("/me/look", after_sending="queue")
    sent = agent.post(f"/case/{number}/act/approve", **approval(agent, number))
    assert sent.place.startswith("/queue?sent=")
    page = agent.get(sent.place)
    assert "helen.ward@example.com (free repair approved) leaves at" in page.words
    assert "Undo" in page.words
