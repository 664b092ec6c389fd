"""What is in reach on the case page: every action for the roles that may, and what helps to choose one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from desk_forms import form_of
from desk_mail import arrive, mail
from desk_served import ServedDesk

from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, HAZARD, possible_actions
from bot.desk.casework.answers import FEWEST
from bot.store.states import Role
from bot.worker.acting import perform

STORY = "between-one-and-two-years"
DANGER = "hazard-swollen-battery"
CLAIM = """Hello,
my TANK T2, order KS2040{n}, from the KOSPET online store, was delivered on 3 November 2025. Since yesterday the
touch screen does not react. I have restarted and charged it. A photo is attached.
Ann Example
"""


def offered(desk: ServedDesk, number: str, role: Role) -> set[str]:
    """The actions that stand under "Something else"."""
    with desk.store.write():
        desk.store.db.execute("DELETE FROM hold")
    text = desk.visitor(role).get(f"/case/{number}").text
    part = re.search(r'<ul class="other-actions">.*?</ul>', text, re.DOTALL)
    return set(re.findall(rf'href="/case/{number}/act/([a-z-]+)', part[0])) if part else set()


@pytest.mark.parametrize("held", [False, True], ids=["the bot has it", "a person has it"])
@pytest.mark.parametrize("state", State)
def test_every_action_is_in_reach_for_the_roles_that_may_and_for_nobody_else(
    desk: ServedDesk, state: State, held: bool
) -> None:
    number = desk.case(STORY)  # it has a mark, so one can be taken away
    with desk.store.write():
        desk.store.db.execute("UPDATE cases SET state = :s, held = :h WHERE number = :n", s=state, h=held, n=number)
    idle = "take" if held else "give-back"
    for role in Role:
        may = {name for name in possible_actions(state) if role.may(Role(ACTIONS[name].role))} - {idle}
        assert offered(desk, number, role) == (may if role is not Role.READER else set()), role


@pytest.mark.parametrize("action", ACTIONS)
def test_a_form_opens_for_the_roles_that_may_and_for_nobody_else(desk: ServedDesk, action: str) -> None:
    number = desk.case(STORY)
    for role in Role:
        visitor, may = desk.visitor(role), role.may(Role(ACTIONS[action].role))
        assert visitor.get(f"/case/{number}/act/{action}").status == (200 if may else 403), role
        if not may:
            visitor.get("/queue")
            assert visitor.post(f"/case/{number}/act/{action}", version="1", seen="1").status == 403, role


# --- a watch that may burn ----------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["", "   "])
def test_no_hazard_without_a_reason(desk: ServedDesk, why: str) -> None:
    agent, number = desk.visitor("agent"), desk.case(DANGER)
    form = form_of(agent.get(f"/case/{number}"), "unflag")
    refused = agent.post(f"/case/{number}/act/unflag", **form, **{"v.because": why})
    assert refused.status == 422
    assert re.search(r'id="a0-because"[^>]*autofocus[^>]*aria-invalid="true"', refused.text)
    assert HAZARD in desk.store.cases.snapshot(desk.store.cases.id_of(number)).flags
    done = agent.post(f"/case/{number}/act/unflag", **form, **{"v.because": "She means the box, not the watch."})
    assert done.status == 303
    assert HAZARD not in desk.store.cases.snapshot(desk.store.cases.id_of(number)).flags
    assert "She means the box, not the watch." in agent.get(f"/case/{number}").words


def test_the_reason_is_asked_for_beside_the_answer(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, "agent", f"/case/{desk.case(DANGER)}")
    page.keyboard.press("2")
    assert page.locator("#letter-2").get_by_label("Why, for colleagues").is_visible()
    assert page.locator("#letter-2 .button.is-main.is-hazard").is_visible()


def test_a_safety_letter_leaves_at_once(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(DANGER)
    form = form_of(agent.get(f"/case/{number}"), "safety") | {
        "v.note": "Please keep it outside, on stone.",
        "do": "show",
    }
    shown = agent.post(f"/case/{number}/act/safety", **form)
    assert "leaves at once: safety letters do not wait" in shown.words
    told = agent.post(f"/case/{number}/act/safety", **form_of(shown, "safety"), **{"v.note": form["v.note"]})
    assert "leaves at once" in agent.get(told.place).words
    assert b"Please keep it outside, on stone." in desk.send()[0].raw


# --- a mail in a language that is not the reader's ------------------------------------------------------


def test_a_foreign_mail_says_in_the_readers_language_what_was_read_in_it(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, "agent", f"/case/{desk.case('german-buyer')}")
    hints = page.locator(".gist").all_inner_texts()
    assert hints
    assert all(hint.startswith("In English:") for hint in hints)
    assert "Order" in " ".join(hints)
    page.locator(".gist a").first.click()
    assert page.locator(".detail:target").count() == 1
    page.goto(f"{desk.url}/case/{desk.case(STORY)}")
    assert page.locator(".gist").count() == 0, "it is read in English"


# --- too late to undo ---------------------------------------------------------------------------------


def test_when_it_is_too_late_to_undo_a_correction_can_be_written(desk: ServedDesk, page: Any) -> None:
    number = desk.case(STORY)
    desk.enter(page, "agent", "/queue")
    with desk.store.write():
        desk.store.db.execute("UPDATE person SET after_sending = 'stay' WHERE name = 'agent'")
    page.goto(f"{desk.url}/case/{number}")
    page.get_by_role("button", name="Send and stay").click()
    page.wait_for_url("**sent=**")
    desk.clock.skip(seconds=61)
    desk.send()
    page.get_by_role("button", name="Undo").click()
    assert "Too late to undo" in page.locator(".case-notices").inner_text()
    page.locator(".case-notices").get_by_role("link", name="Write a correction").click()
    page.get_by_label("Your words").fill("I named the wrong street. It is Service Street 2.")
    page.get_by_role("button", name="Show the letter").click()
    page.get_by_role("button", name="Send and stay").click()
    page.wait_for_url("**sent=**")
    desk.clock.skip(seconds=61)
    assert b"It is Service Street 2." in desk.send()[0].raw
    page.goto(f"{desk.url}/case/{number}")
    page.locator(".from-desk summary").first.click()
    assert page.locator(".from-desk").first.get_by_role("link", name="Write a correction").is_visible()


# --- how often people agreed ----------------------------------------------------------------------------


@pytest.fixture
def alike(desk: ServedDesk) -> list[str]:
    """Eight cases with the same question and the same first answer, the last one open."""
    case_id = desk.store.cases.id_of(desk.case(STORY))
    row = desk.store.db.rows("SELECT * FROM cases WHERE id = :id", id=case_id)[0]
    claims = [mail("Watch", CLAIM.format(n=n), f"Ann <ann{n}@example.com>", n) for n in range(1, 8)]
    numbers = arrive(desk, *claims)
    same = {
        name: row[name]
        for name in ("state", "next_actor", "doubt_id", "doubt_facts", "details", "service", "first_mail_on")
    }
    pairs = ", ".join(f"{name} = :{name}" for name in same)
    with desk.store.write():
        for number in numbers:
            desk.store.db.execute(
                f"UPDATE cases SET {pairs}, missing = '' WHERE number = :number", **same, number=number
            )
    return [*numbers, desk.case(STORY)]


def approve(desk: ServedDesk, number: str) -> None:
    perform(desk.w, number, "approve", {"service": "free_repair", "address": "eu"}, "agent")


def test_how_often_people_agreed_is_said_from_five_cases_on_and_leads_to_them(
    desk: ServedDesk, alike: list[str]
) -> None:
    agent, page = desk.visitor("agent"), f"/case/{alike[-1]}"
    for number in alike[: FEWEST - 2]:
        approve(desk, number)
    perform(desk.w, alike[FEWEST - 2], "decline", {"reason": "out_of_warranty"}, "agent")
    perform(desk.w, alike[-1], "note", {"text": "A note is no answer."}, "agent")
    assert "agreed" not in agent.get(page).words, "four are too few"
    approve(desk, alike[FEWEST - 1])
    shown = agent.get(page)
    assert "What we would say. 4 of 5 agreed." in shown.words
    address = re.search(r'href="(/numbers/cases\?[^"]*what=proposed[^"]*)"', shown.text)
    assert address
    listed = agent.get(address[1].replace("&amp;", "&"))
    assert {number for number in alike if number in listed.text} == set(alike[:FEWEST])
    assert "Approve the free repair" in listed.words


def test_what_was_taken_back_or_is_older_than_a_year_does_not_count(desk: ServedDesk, alike: list[str]) -> None:
    agent, page = desk.visitor("agent"), f"/case/{alike[-1]}"
    for number in alike[:FEWEST]:
        approve(desk, number)
    assert "5 of 5 agreed" in agent.get(page).words
    with desk.store.write():
        desk.store.db.execute("UPDATE deed SET undone_at = at WHERE case_id = :id", id=desk.store.cases.id_of(alike[0]))
    assert "agreed" not in agent.get(page).words
    approve(desk, alike[FEWEST])
    assert "5 of 5 agreed" in agent.get(page).words
    with desk.store.write():
        old = desk.clock() - timedelta(days=366)
        desk.store.db.execute(
            "UPDATE deed SET at = :old WHERE case_id = :id", old=old, id=desk.store.cases.id_of(alike[1])
        )
    assert "agreed" not in agent.get(page).words
