"""Actions on the case page: done once, never on a case that changed, taken back while the letter waits."""

from __future__ import annotations

import re

import pytest
from desk_forms import approval, form_of, letters_of, state_of
from desk_served import ServedDesk

from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, possible_actions
from bot.desk.casework.forms import fields
from bot.desk.pages.act import routes

STORY = "between-one-and-two-years"


# --- which actions there are ------------------------------------------------------------------------


def test_every_action_of_the_table_has_its_form_and_no_other_has_one(desk: ServedDesk) -> None:
    lead, number = desk.visitor("lead"), desk.case(STORY)
    offered = {name for name in ACTIONS if lead.get(f"/case/{number}/act/{name}").status == 200}
    assert offered == set(ACTIONS)
    assert lead.get(f"/case/{number}/act/delete").status == 404
    assert lead.post(f"/case/{number}/act/delete", version="1", seen="1").status == 404
    assert [route.path for route in routes if "act" in route.path] == ["/case/{number}/act/{action}"] * 2


@pytest.mark.parametrize("action", list(ACTIONS))
def test_a_form_asks_for_what_the_table_names(desk: ServedDesk, action: str) -> None:
    row = ACTIONS[action]
    made = fields(desk.state, action, {})
    assert [field.name for field in made] == [*row.needs, *row.may, "because"]
    assert {field.name for field in made if field.required} == set(row.needs)


def test_nobody_promises_a_label_without_its_file(desk: ServedDesk) -> None:
    """Neither by an address nor by naming a file that lies with us, nor by choosing who pays."""
    agent, number = desk.visitor("agent"), desk.case(STORY)
    page = agent.get(f"/case/{number}/act/approve?v.label={'a' * 64}&v.payer=label")
    assert page.status == 200
    assert 'name="v.label"' not in page.text
    assert '<option value="label"' not in page.text
    assert "The shipping label is attached" not in page.text
    form = {**approval(agent, number), "v.label": "a" * 64, "v.payer": "label"}
    refused = agent.post(f"/case/{number}/act/approve", **form)
    assert refused.status == 422
    assert letters_of(desk, number) == []
    assert state_of(desk, number)[0] == State.READY_FOR_STAFF


def test_the_case_page_offers_what_the_life_cycle_allows_and_nothing_else(desk: ServedDesk) -> None:
    number = desk.case(STORY)
    page = desk.visitor("lead").get(f"/case/{number}")
    offered = set(re.findall(rf"/case/{number}/act/([a-z-]+)", page.text))
    possible = set(possible_actions(State(state_of(desk, number)[0])))
    assert offered <= possible | {"correct", "note", "unflag"}
    assert possible - offered == {"give-back"}  # nobody has taken the case from the bot


@pytest.mark.parametrize("desk_settings", ['[returns]\nway_paid_by = "label"\n'])
def test_where_a_label_is_usual_who_pays_is_asked_before_a_letter_is_written(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = form_of(agent.get(f"/case/{number}/act/approve"), "approve") | {"v.service": "free_repair", "do": "show"}
    asked = agent.post(f"/case/{number}/act/approve", **form)
    assert asked.status == 422
    told = "A label or who else pays: one of the two is needed."
    assert asked.words.count(told) == 4, "above, and at each of the two fields"
    shown = agent.post(f"/case/{number}/act/approve", **form, **{"v.payer": "refunded"})
    assert shown.status == 200
    assert "we refund the postage" in form_of(shown, "approve")["body"]


# --- done once --------------------------------------------------------------------------------------


def test_an_approved_case_gets_its_letter_after_the_time_to_undo(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    told = agent.post(f"/case/{number}/act/approve", **approval(agent, number))
    assert told.status == 303
    assert re.match(r"/case/[A-Z0-9]{6}\?sent=\d+", told.place)
    assert number not in told.place
    assert state_of(desk, number)[0] == State.APPROVED
    assert desk.send() == []
    desk.clock.skip(seconds=61)
    [letter] = desk.send()
    assert letter.recipients == ("helen.ward@example.com",)
    assert b"12345 Example Town" in letter.raw


def test_a_double_click_and_the_back_button_send_one_letter(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = approval(agent, number)
    assert agent.post(f"/case/{number}/act/approve", **form).status == 303
    again = agent.post(f"/case/{number}/act/approve", **form)
    assert again.status == 303
    assert "said=done_before" in again.place
    assert "was not done twice" in agent.get(again.place).words
    assert len(letters_of(desk, number)) == 1


def test_a_note_that_is_sent_twice_stands_once(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = form_of(agent.get(f"/case/{number}"), "note") | {"v.text": "Called her, she is at work."}
    for _ in range(2):
        assert agent.post(f"/case/{number}/act/note", **form).status == 303
    notes = [event for event in desk.store.cases.show(number)["events"] if event["name"] == "note"]
    assert [note["data"]["text"] for note in notes] == ["Called her, she is at work."]


def test_a_letter_nobody_has_seen_is_shown_first(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = form_of(agent.get(f"/case/{number}/act/decline"), "decline")
    form = {**form, "v.reason": "out_of_warranty", "do": "send"}
    form.pop("drafted", None)
    shown = agent.post(f"/case/{number}/act/decline", **form)
    assert shown.status == 200
    assert 'name="body"' in shown.text
    assert state_of(desk, number)[0] == State.READY_FOR_STAFF


def test_a_letter_that_changed_with_the_choice_is_shown_again(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = {**approval(agent, number), "v.address": "us"}
    shown = agent.post(f"/case/{number}/act/approve", **form)
    assert shown.status == 422
    assert "The letter changed with what you chose" in shown.words
    assert "Springfield" in shown.text
    form = form_of(shown, "approve")
    assert agent.post(f"/case/{number}/act/approve", **form).status == 303
    assert "Springfield" in letters_of_body(desk, number)


def letters_of_body(desk: ServedDesk, number: str) -> str:
    return desk.store.casefile.letters(desk.store.cases.id_of(number))[-1]["body_text"]


# --- the case changed meanwhile -----------------------------------------------------------------------


def test_a_stale_form_does_nothing_and_says_what_happened(desk: ServedDesk) -> None:
    agent, lead, number = desk.visitor("agent"), desk.visitor("lead"), desk.case(STORY)
    form = approval(agent, number)
    form["body"] += "\nYours, Ana\n"
    note = form_of(lead.get(f"/case/{number}"), "note") | {"v.text": "Wait for the lawyer."}
    assert lead.post(f"/case/{number}/act/note", **note).status == 303
    refused = agent.post(f"/case/{number}/act/approve", **form)
    assert refused.status == 409
    assert "Your letter has not been sent" in refused.words
    assert "Wait for the lawyer." in refused.words
    assert state_of(desk, number)[0] == State.READY_FOR_STAFF
    kept = desk.store.drafts.of(desk.store.cases.id_of(number), "agent")["approve.free_repair"]
    assert "Yours, Ana" in kept.body
    anyway = form_of(refused, "approve")
    assert agent.post(f"/case/{number}/act/approve", **anyway).status == 303
    assert "Yours, Ana" in letters_of_body(desk, number)


def test_an_action_the_case_no_longer_allows_is_refused_in_words(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = form_of(agent.get(f"/case/{number}/act/received"), "received")
    _, version = state_of(desk, number)
    refused = agent.post(
        f"/case/{number}/act/sent-back", **{**form, "version": str(version), "v.tracking": "ABC123456"}
    )
    assert refused.status == 422
    assert "This cannot be done now" in refused.words


@pytest.mark.parametrize(
    ("action", "values", "field"),
    [
        ("quote", {"v.total": "thirty", "v.currency": "EUR"}, "total"),
        ("quote", {"v.currency": "EUR"}, "total"),
        ("merge", {"v.into": "??"}, "into"),
        ("correct", {"v.field": "delivery_date", "v.value": "soon"}, "value"),
        ("approve", {"v.service": "free_repair", "v.address": "mars"}, "address"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(desk: ServedDesk, action: str, values: dict[str, str], field: str) -> None:
    lead, number = desk.visitor("lead"), desk.case(STORY)
    lead.get(f"/case/{number}")
    version = str(state_of(desk, number)[1])
    refused = lead.post(f"/case/{number}/act/{action}", version=version, seen="1", **values)
    assert refused.status == 422
    assert f'id="a0-{field}-wrong"' in refused.text
    assert state_of(desk, number)[1] == int(version)


# --- what may be written ------------------------------------------------------------------------------


def test_an_edited_letter_goes_out_as_it_was_written_and_the_history_says_so(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = approval(agent, number)
    form["body"] = form["body"].replace("Please send the watch like this:", "Thank you, Helen. Please do this:")
    assert agent.post(f"/case/{number}/act/approve", **form).status == 303
    desk.clock.skip(seconds=61)
    [letter] = desk.send()
    assert b"Thank you, Helen. Please do this:" in letter.raw
    event = next(e for e in desk.store.cases.show(number)["events"] if e["name"] == "approve")
    assert event["data"]["edited"] == 1
    assert "1 line edited" in agent.get(f"/case/{number}").words


def test_a_letter_that_promises_more_than_was_decided_is_not_sent(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = approval(agent, number)
    form["body"] += "\nYou will get a new watch tomorrow.\n"
    refused = agent.post(f"/case/{number}/act/approve", **form)
    assert refused.status == 422
    assert "The letter has not been sent" in refused.words
    assert "a new watch" in refused.words
    assert "You will get a new watch tomorrow." in refused.text
    assert state_of(desk, number)[0] == State.READY_FOR_STAFF
    assert letters_of(desk, number) == []


def test_a_letter_without_the_case_number_is_told_at_the_letter(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    form = {**approval(agent, number), "body": "Dear Helen,\nthe watch will be repaired."}
    told = f"The letter must hold the case number {number}"
    assert told in agent.post(f"/case/{number}/draft", **form).words
    refused = agent.post(f"/case/{number}/act/approve", **form)
    assert refused.status == 422
    assert told in refused.words
    assert re.search(r'<textarea[^>]*name="body"[^>]*aria-invalid="true"', refused.text)
    assert "the watch will be repaired." in refused.text
    assert state_of(desk, number)[0] == State.READY_FOR_STAFF


def test_the_same_letter_can_be_written_in_another_language(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    page = agent.get(f"/case/{number}?letter=de")
    form = form_of(page, "approve")
    assert form["letter_language"] == "de"
    assert "kostenlose Reparatur" in form["body"]
    assert "The same letter in English" in page.words
    assert agent.post(f"/case/{number}/act/approve", **form).status == 303
    event = next(e for e in desk.store.cases.show(number)["events"] if e["name"] == "approve")
    assert event["data"]["language"] == "de"


def test_a_canned_paragraph_stands_before_the_end_of_the_letter(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    shown = agent.post(f"/case/{number}/act/approve", **{**approval(agent, number), "do": "add.sorry_trouble"})
    assert shown.status == 200
    body = form_of(shown, "approve")["body"]
    assert body.index("We are sorry that the watch gives you trouble.") < body.rindex("\n\n")
    assert state_of(desk, number)[0] == State.READY_FOR_STAFF


# --- who may ------------------------------------------------------------------------------------------


def test_a_reader_reads_and_changes_nothing(desk: ServedDesk) -> None:
    reader, number = desk.visitor("reader"), desk.case(STORY)
    page = reader.get(f"/case/{number}")
    assert page.status == 200
    assert "/act/" not in page.text
    assert reader.post(f"/case/{number}/act/note", version="1", seen="1", **{"v.text": "x"}).status == 403
    assert reader.get(f"/case/{number}/act/approve").status == 403


def test_only_a_lead_merges(desk: ServedDesk) -> None:
    agent, lead, number = desk.visitor("agent"), desk.visitor("lead"), desk.case(STORY)
    assert agent.get(f"/case/{number}/act/merge").status == 403
    assert "/act/merge" not in agent.get(f"/case/{number}").text
    lead.get("/queue")
    form = form_of(lead.get(f"/case/{number}/act/merge"), "merge") | {
        "v.into": desk.case("water-damage"),
        "take": "yes",
    }
    assert lead.post(f"/case/{number}/act/merge", **form).status == 303
    assert f"went into {desk.case('water-damage')}" in lead.get(f"/case/{number}").words


def test_a_letter_of_somebody_else_is_taken_back_by_a_lead_only(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    sent = agent.post(f"/case/{number}/act/approve", **approval(agent, number))
    outbox = re.search(r"sent=(\d+)", sent.place)
    assert outbox
    with desk.store.write():
        desk.store.db.execute("UPDATE deed SET actor = 'lead' WHERE outbox_id = :id", id=int(outbox[1]))
    assert agent.post(f"/case/{number}/undo/{outbox[1]}").status == 403
    lead = desk.visitor("lead")
    lead.get("/queue")
    assert lead.post(f"/case/{number}/undo/{outbox[1]}").status == 303
