"""The same person in a hurry: two presses, two tabs, the way back, a page of before. Done once, or a clear message."""

from __future__ import annotations

from typing import Any

import pytest
from desk_served import ServedDesk

from bot.core.model import State

STORY = "between-one-and-two-years"
SEND = "Send and open next"


def letters(desk: ServedDesk, number: str) -> list[str]:
    """The letters of a person that will go out, or went."""
    rows = desk.store.db.rows(
        "SELECT o.reply FROM outbox o JOIN cases c ON c.id = o.case_id"
        " WHERE c.number = :n AND o.automatic = 0 AND o.state <> 'superseded'",
        n=number,
    )
    return [row["reply"] for row in rows]


@pytest.fixture
def tabs(desk: ServedDesk, open_tab: Any) -> tuple[Any, Any]:
    """Two tabs of one browser, both at the same case."""
    first = open_tab()
    desk.enter(first, "agent", f"/case/{desk.case(STORY)}")
    second = first.context.new_page()
    second.goto(first.url)
    return first, second


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_double_click_sends_one_letter(desk: ServedDesk, open_tab: Any, scripts: bool) -> None:
    page, number = open_tab(java_script_enabled=scripts), desk.case(STORY)
    desk.enter(page, "agent", f"/case/{number}")
    page.get_by_role("button", name=SEND).dblclick()
    page.wait_for_url("**sent=**")
    assert letters(desk, number) == ["approved_repair"]


def test_the_way_back_shows_the_case_as_it_stands_and_sends_nothing_again(desk: ServedDesk, page: Any) -> None:
    number = desk.case(STORY)
    desk.enter(page, "agent", f"/case/{number}")
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url("**sent=**")
    page.go_back()
    page.locator("h1.question").wait_for()
    assert "approved" in page.locator(".case-line").inner_text()
    assert page.locator('form[action$="/act/approve"]').count() == 0
    assert letters(desk, number) == ["approved_repair"]


def test_the_same_answer_from_a_second_tab_is_done_once_and_says_so(desk: ServedDesk, tabs: tuple[Any, Any]) -> None:
    first, second = tabs
    number = desk.case(STORY)
    first.get_by_role("button", name=SEND).click()
    first.wait_for_url("**sent=**")
    second.get_by_role("button", name=SEND).click()
    second.wait_for_url("**said=done_before**")
    assert "was not done twice" in second.locator("main").inner_text()
    assert letters(desk, number) == ["approved_repair"]


def test_another_answer_from_a_second_tab_is_not_sent_and_is_told_why(desk: ServedDesk, tabs: tuple[Any, Any]) -> None:
    first, second = tabs
    number = desk.case(STORY)
    second.locator("label[for=answer-2]").click()
    second.locator("#body-2").press_sequentially("Dear Helen. ")
    first.get_by_role("button", name=SEND).click()
    first.wait_for_url("**sent=**")
    second.locator("#letter-2").get_by_role("button", name=SEND).click()
    assert "Your letter has not been sent" in second.locator(".notice").first.inner_text()
    assert "Approved" in second.locator(".timeline").inner_text()
    assert letters(desk, number) == ["approved_repair"]
    assert desk.store.cases.snapshot(desk.store.cases.id_of(number)).state is State.APPROVED
    kept = desk.store.drafts.of(desk.store.cases.id_of(number), "agent")
    assert any("Dear Helen." in draft.body for draft in kept.values())


def test_without_a_connection_the_words_stay_and_are_kept_when_it_is_back(desk: ServedDesk, page: Any) -> None:
    number = desk.case(STORY)
    desk.enter(page, "agent", f"/case/{number}")
    page.context.set_offline(True)
    page.locator("#body-1").press_sequentially("Good morning. ")
    told = page.locator("#offline")
    told.wait_for()
    assert "What you type stays here" in told.inner_text()
    assert desk.store.drafts.of(desk.store.cases.id_of(number), "agent") == {}
    page.context.set_offline(False)
    page.locator("#letter-1 .kept", has_text="Draft kept").wait_for()
    assert told.is_hidden()
    assert "Good morning." in page.locator("#body-1").input_value()


def test_undo_pressed_in_two_tabs_takes_back_once(desk: ServedDesk, tabs: tuple[Any, Any]) -> None:
    first, second = tabs
    number = desk.case(STORY)
    first.get_by_role("button", name=SEND).click()
    first.wait_for_url("**sent=**")
    second.goto(first.url)
    first.get_by_role("button", name="Undo").click()
    first.wait_for_url("**said=taken_back**")
    second.get_by_role("button", name="Undo").click()
    second.wait_for_url("**said=too_late**")
    assert letters(desk, number) == []
    assert [e["name"] for e in desk.store.cases.show(number)["events"]].count("undone") == 1
    assert desk.store.cases.snapshot(desk.store.cases.id_of(number)).state is State.READY_FOR_STAFF
