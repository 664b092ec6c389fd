"""A whole decision, from the door to the customer's mailbox, by keyboard alone and without a script.

The letter leaves through the real sender and a real mail server. Nothing is set up behind the browser's back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desk_served import PASSWORD, ServedDesk

from bot.core.model import State

STORY = "between-one-and-two-years"
ORDER = "KS14418"
QUESTION = "Bought over a year ago: does one year apply, or two?"


def reach(page: Any, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(250):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def letter_left(desk: ServedDesk, number: str, words: bytes) -> None:
    """The letter waits its minute, leaves, and holds these words."""
    assert desk.send() == []
    desk.clock.skip(seconds=61)
    [letter] = desk.send()
    assert letter.recipients == ("helen.ward@example.com",)
    assert words in letter.raw
    assert number.encode() in letter.raw
    assert desk.store.cases.snapshot(desk.store.cases.id_of(number)).state is State.APPROVED


def test_a_decision_by_keyboard_alone(desk: ServedDesk, page: Any) -> None:
    number, keys = desk.case(STORY), page.keyboard
    page.goto(f"{desk.url}/queue")
    assert page.evaluate("document.activeElement.id") == "name"
    keys.type("agent")
    keys.press("Tab")
    keys.type(PASSWORD)
    with page.expect_navigation():
        keys.press("Enter")
    # find
    page.locator(".case-row").first.wait_for()
    keys.press("/")
    keys.type(ORDER)
    with page.expect_navigation():
        keys.press("Enter")
    reach(page, f"a[href^='/case/{number}']")
    with page.expect_navigation():
        keys.press("Enter")
    assert page.locator("h1").inner_text() == QUESTION
    # read the evidence: from the words to the detail
    reach(page, ".own-words a.source[href='#d-came']")
    keys.press("Enter")
    assert page.locator("#d-came:target").count() == 1
    # correct the value
    reach(page, "#d-came summary")
    keys.press("Enter")
    reach(page, "#d-came input[name='v.value']")
    keys.press("Control+a")
    keys.type("2024-03-20")
    keys.press("Tab")
    keys.type("The invoice says so")
    keys.press("Tab")
    with page.expect_navigation():
        keys.press("Enter")
    assert "20 March 2024" in page.locator("#d-came").inner_text()
    # approve, with a word changed
    keys.press("1")
    keys.press("e")
    keys.press("Control+Home")
    keys.type("Good day.\n\n")
    with page.expect_navigation():
        keys.press("Control+Enter")
    assert "Helen Ward" in page.locator(".notice.is-passed").inner_text() or "helen.ward" in page.content()
    letter_left(desk, number, b"Good day.")


def test_a_decision_without_a_script(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    page, number = open_tab(java_script_enabled=False), desk.case(STORY)
    page.goto(f"{desk.url}/queue")
    page.get_by_label("Mail address or name").fill("agent")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    # find
    page.get_by_role("searchbox").fill(ORDER)
    page.get_by_role("searchbox").press("Enter")
    page.locator(f"a[href^='/case/{number}']").first.click()
    assert page.locator("h1").inner_text() == QUESTION
    # read the evidence
    page.locator(".own-words a.source", has_text="12 March 2024").click()
    assert page.url.endswith("#d-came")
    # correct the value
    page.locator("#d-came summary").click()
    page.locator("#d-came").get_by_label("Right is").fill("2024-03-20")
    page.locator("#d-came").get_by_label("Why, for colleagues").fill("The invoice says so")
    page.locator("#d-came").get_by_role("button", name="Correct it").click()
    assert "20 March 2024" in page.locator("#d-came").inner_text()
    # approve, with a word changed
    body = page.locator("#body-1").input_value()
    page.locator("#body-1").fill(body.replace("Dear Helen Ward,", "Dear Helen,"))
    page.get_by_role("button", name="Send and open next").click()
    assert "leaves at" in page.locator(".notice.is-passed").inner_text()
    letter_left(desk, number, b"Dear Helen,")
