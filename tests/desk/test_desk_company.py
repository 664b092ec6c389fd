"""Two at one case: one has it, the other is told, and no word of either is lost."""

from __future__ import annotations

from desk_forms import approval, form_of, state_of
from desk_served import ServedDesk

from bot.core.model import State

STORY = "between-one-and-two-years"


def test_the_second_at_a_case_is_told_who_has_it_and_cannot_send(desk: ServedDesk) -> None:
    agent, lead, number = desk.visitor("agent"), desk.visitor("lead"), desk.case(STORY)
    form = approval(agent, number)
    page = lead.get(f"/case/{number}")
    assert "Ana Ferreira has this case" in page.words
    assert "Take it over" in page.words
    refused = lead.post(f"/case/{number}/act/approve", **form)
    assert refused.status == 409
    assert "Ana Ferreira has this case" in refused.words
    assert state_of(desk, number)[0] == State.READY_FOR_STAFF
    assert "Lena Lead is reading too" in agent.get(f"/case/{number}").words


def test_taking_over_while_sending_still_tells_what_happened(desk: ServedDesk) -> None:
    agent, lead, number = desk.visitor("agent"), desk.visitor("lead"), desk.case(STORY)
    form = approval(agent, number)
    lead.get(f"/case/{number}")
    lead.post(f"/case/{number}/hold", do="take")
    note = form_of(lead.get(f"/case/{number}"), "note") | {"v.text": "Look at the invoice first."}
    lead.post(f"/case/{number}/act/note", **note)
    refused = agent.post(f"/case/{number}/act/approve", **form)
    assert "Lena Lead has this case" in refused.words
    told = agent.post(f"/case/{number}/act/approve", **form_of(refused, "approve"))
    assert told.status == 409
    assert "Look at the invoice first." in told.words
    assert agent.post(f"/case/{number}/act/approve", **form_of(told, "approve")).status == 303


def test_who_takes_a_case_over_has_it_and_the_other_keeps_the_draft(desk: ServedDesk) -> None:
    agent, lead, number = desk.visitor("agent"), desk.visitor("lead"), desk.case(STORY)
    form = approval(agent, number)
    kept = agent.post(f"/case/{number}/draft", **{**form, "body": form["body"] + "\nBye"})
    assert "Draft kept" in kept.words
    lead.get(f"/case/{number}")
    lead.post(f"/case/{number}/hold", do="take")
    assert "Lena Lead has this case" in agent.get(f"/case/{number}").words
    drafts = desk.store.drafts.of(desk.store.cases.id_of(number), "agent")
    assert drafts["approve.free_repair"].body.endswith("Bye")
    assert desk.store.drafts.of(desk.store.cases.id_of(number), "lead") == {}


def test_a_case_is_free_again_a_quarter_of_an_hour_after_the_last_sign(desk: ServedDesk) -> None:
    agent, lead, number = desk.visitor("agent"), desk.visitor("lead"), desk.case(STORY)
    agent.get(f"/case/{number}")
    desk.clock.skip(minutes=14)
    assert "has this case" in lead.get(f"/case/{number}").words.replace("holds this case", "has this case")
    agent.post(f"/case/{number}/hold", do="typed")
    desk.clock.skip(minutes=14)
    assert "Ana Ferreira" in lead.get(f"/case/{number}").words
    desk.clock.skip(minutes=2)
    assert "Your answer choosing sends nothing" in lead.get(f"/case/{number}").words
