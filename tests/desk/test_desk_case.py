"""The case page in a real browser: understood, decided and sent; by keyboard, by two at once, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from desk_served import ServedDesk

from bot.core.details.photo import SHARP_ENOUGH
from bot.core.model import State
from bot.desk.casework.conversation import ASKED_SHARPNESS

STORY = "between-one-and-two-years"
PAGES = (
    STORY, "hazard-swollen-battery", "blurred-photo", "german-buyer", "stranger-in-the-thread", "two-watches",
    "spanish-price-question", "sealed-return", "tracking-number-sent",
)  # fmt: skip
# A usual case, one with the warning of a hazard, one with pictures that were refused.
KINDS = (STORY, "hazard-swollen-battery", "blurred-photo")


def opened(desk: ServedDesk, page: Any, story: str = STORY, role: str = "agent") -> str:
    number = desk.case(story)
    desk.enter(page, role, f"/case/{number}")
    return number


def test_a_case_is_read_corrected_approved_and_its_letter_goes_out(desk: ServedDesk, page: Any) -> None:
    number = opened(desk, page)
    assert page.locator("h1").inner_text() == "Bought over a year ago: does one year apply, or two?"
    # the evidence: the day in the mail leads to the detail, and back
    page.locator("a.source", has_text="12 March 2024").first.click()
    assert page.locator("#d-came:target").count() == 1
    # a correction in place
    came = page.locator("#d-came")
    came.locator("summary").click()
    came.get_by_label("Right is").fill("2024-03-20")
    came.get_by_label("Why, for colleagues").fill("The invoice says so")
    came.get_by_role("button", name="Correct it").click()
    page.wait_for_url("**said=corrected**")
    assert "20 March 2024" in page.locator("#d-came").inner_text()
    assert "Corrected by Ana Ferreira" in page.locator("#d-came").inner_text()
    # the answer
    assert page.locator("#answer-1").is_checked()
    assert "promises what the verdict grants" in page.locator("#letter-1 .guard").inner_text()
    body = page.locator("#body-1").input_value()
    page.locator("#body-1").fill(body.replace("Dear Helen Ward,", "Dear Helen,"))
    page.get_by_role("button", name="Send and open next").click()
    page.wait_for_url("**sent=**")
    assert number not in page.url
    assert "leaves at" in page.locator(".notice.is-passed").inner_text()
    desk.clock.skip(seconds=61)
    [letter] = desk.send()
    assert b"Dear Helen," in letter.raw
    assert desk.store.cases.snapshot(desk.store.cases.id_of(number)).state is State.APPROVED


def test_choosing_an_answer_shows_its_letter_without_a_request(desk: ServedDesk, page: Any) -> None:
    opened(desk, page)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("label[for=answer-2]").click()
    assert page.locator("#letter-2").is_visible()
    assert not page.locator("#letter-1").is_visible()
    page.locator("label[for=answer-3]").click()
    assert page.locator(".other-actions").is_visible()
    assert not page.locator("#letter-2").is_visible()
    assert asked == []


def test_a_photo_opens_over_the_page_and_shows_its_verdict(desk: ServedDesk, page: Any) -> None:
    opened(desk, page, "blurred-photo")
    assert "Sharp enough" in page.locator(".evidence").first.inner_text()
    assert "Blurred" in page.locator(".evidence").last.inner_text()
    page.locator(".photo-open").last.click()
    view = page.locator(".photo-view:popover-open")
    assert view.is_visible()
    assert page.locator("#answers").is_visible()
    wide = "e => e.querySelector('img').decode().then(() => e.querySelector('img').naturalWidth)"
    assert view.evaluate(wide) > 400
    page.keyboard.press("Escape")
    assert page.locator(".photo-view:popover-open").count() == 0


def test_the_sharpness_that_is_asked_for_is_the_one_that_is_judged_by() -> None:
    assert round(SHARP_ENOUGH * 100) == ASKED_SHARPNESS


def test_typing_keeps_a_draft_that_survives_the_closed_window(desk: ServedDesk, page: Any) -> None:
    number = opened(desk, page)
    page.locator("#body-1").press_sequentially("Good morning. ")
    page.locator("#letter-1 .kept", has_text="Draft kept").wait_for()
    page.goto(f"{desk.url}/queue")
    page.goto(f"{desk.url}/case/{number}")
    assert "Good morning." in page.locator("#body-1").input_value()
    assert "not sent yet" in page.locator("#letter-1 .notice").inner_text()


def test_a_promise_too_big_is_told_while_typing(desk: ServedDesk, page: Any) -> None:
    opened(desk, page)
    body = page.locator("#body-1")
    body.fill(body.input_value() + "\nYou will get a brand new watch.")
    page.locator("#letter-1 .guard.is-wrong").wait_for()
    page.get_by_role("button", name="Send and open next").click()
    assert "has not been sent" in page.locator(".notice.is-hazard").first.inner_text()
    assert page.locator("[data-body]").input_value().rstrip().endswith("brand new watch.")


def test_everything_is_done_by_keyboard_alone(desk: ServedDesk, page: Any) -> None:
    number = opened(desk, page)
    press = page.keyboard.press
    press("2")
    assert page.locator("#answer-2").is_checked()
    press("1")
    press("e")
    assert page.evaluate("document.activeElement.id") == "body-1"
    press("Escape")
    press("p")
    assert page.locator(".photo-view:popover-open").count() == 1
    press("Escape")
    press("c")
    assert page.evaluate("document.activeElement.id").startswith("change-")
    press("Escape")
    press("n")
    page.keyboard.type("Looks fine to me")
    press("Tab")
    press("Enter")
    page.wait_for_url("**said=noted**")
    press("e")
    with page.expect_navigation():
        press("Control+Enter")
    assert "sent=" in page.url
    with page.expect_navigation():
        press("u")
    page.wait_for_url(f"**/case/{number}?said=taken_back")
    assert desk.store.cases.snapshot(desk.store.cases.id_of(number)).state is State.READY_FOR_STAFF
    press("h")
    page.wait_for_url("**/act/assign")
    page.go_back()
    page.locator("#answers").wait_for()
    press("Escape")
    page.wait_for_url("**/queue**")


def test_single_keys_can_be_switched_off(desk: ServedDesk, page: Any) -> None:
    number = desk.case(STORY)
    desk.enter(page, "agent", "/me")
    with desk.store.write():
        desk.store.db.execute("UPDATE person SET single_keys = 'off' WHERE name = 'agent'")
    page.goto(f"{desk.url}/case/{number}")
    page.keyboard.press("2")
    page.keyboard.press("e")
    assert page.locator("#answer-1").is_checked()
    assert page.evaluate("document.activeElement.id") != "body-1"


def test_two_agents_at_once(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    first, second = open_tab(), open_tab()
    number = opened(desk, first)
    opened(desk, second, role="lead")
    assert "Ana Ferreira has this case" in second.locator(".notice.is-waiting").inner_text()
    assert second.locator("#answer-1").is_disabled()
    assert second.locator("textarea[name=body]").count() == 0
    second.keyboard.press("t")
    second.locator("#body-1").wait_for()
    # the first one types on, and hears of it before sending and when sending
    first.locator("#body-1").press_sequentially("x")
    first.locator("#company", has_text="Lena Lead took this case over").wait_for()
    first.get_by_role("button", name="Send and open next").click()
    assert "Your letter has not been sent" in first.locator(".notice").first.inner_text()
    second.get_by_role("button", name="Send and open next").click()
    second.wait_for_url("**sent=**")
    assert [row["actor"] for row in desk.store.cases.show(number)["events"] if row["name"] == "approve"] == ["lead"]


def test_without_scripts_everything_is_there(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    page = open_tab(java_script_enabled=False)
    number = opened(desk, page)
    page.locator("label[for=answer-2]").click()
    assert page.locator("#letter-2").is_visible()
    page.locator("label[for=answer-1]").click()
    page.locator("#letter-1 summary", has_text="Add a short paragraph").click()
    page.get_by_role("button", name="We are sorry that the watch gives you trouble.").click()
    assert "We are sorry that the watch gives you trouble." in page.locator("textarea[name=body]").input_value()
    page.get_by_role("button", name="Send and open next").click()
    assert "sent=" in page.url
    page.get_by_role("button", name="Undo").click()
    assert "Taken back" in page.locator(".case-notices").inner_text()
    assert "We are sorry that the watch" in page.locator("#body-1").input_value()
    page.locator("#answer-3").check()
    page.locator(".other-actions a", has_text="Offer a paid repair").click()
    page.get_by_label("In all").fill("39,90")
    page.locator("select[name='v.currency']").select_option("EUR")
    page.get_by_role("button", name="Show the letter").click()
    assert "39.90" in page.locator("textarea[name=body]").input_value()
    page.get_by_role("button", name="Send and open next").click()
    assert desk.store.cases.snapshot(desk.store.cases.id_of(number)).state is State.QUOTED


def test_a_photo_without_scripts_is_a_link_to_our_picture(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    page = open_tab(java_script_enabled=False)
    opened(desk, page, "blurred-photo")
    link = page.locator("a.photo-open").first
    assert page.request.get(desk.url + link.get_attribute("href")).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("story", KINDS)
def test_a_case_page_is_accessible(
    desk: ServedDesk, page: Any, barriers: Callable[[Any], list[str]], story: str
) -> None:
    opened(desk, page, story)
    page.locator("details").evaluate_all("all => all.forEach(d => { if (!d.closest('.me')) d.open = true })")
    assert barriers(page) == []


def test_a_form_of_an_action_is_accessible(
    desk: ServedDesk, page: Any, axe: Callable[[Any], list[str]], barriers: Callable[[Any], list[str]]
) -> None:
    """Between them these forms have every kind of field."""
    number = desk.case(STORY)
    desk.enter(page, "lead", f"/case/{number}/act/decline")
    assert barriers(page) == []
    for action in ("approve", "quote", "inspected", "correct", "merge"):
        page.goto(f"{desk.url}/case/{number}/act/{action}")
        assert axe(page) == [], action


def test_nothing_sticks_out_sideways(desk: ServedDesk, page: Any) -> None:
    opened(desk, page)
    for width in (320, 390, 1024, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["de", "zh"])
def test_the_page_speaks_the_persons_language(desk: ServedDesk, page: Any, language: str) -> None:
    desk.enter(page, "agent", "/queue")
    with desk.store.write():
        desk.store.db.execute("UPDATE person SET language = :l WHERE name = 'agent'", l=language)
    for story in PAGES:
        page.goto(f"{desk.url}/case/{desk.case(story)}")
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("#answers").inner_text() == {"de": "Ihre Antwort", "zh": "您的答复"}[language]


def test_every_case_of_the_desk_has_a_page(desk: ServedDesk) -> None:
    visitor = desk.visitor("agent")
    numbers = [number for cases in desk.cases.values() for number in cases]
    assert [number for number in numbers if visitor.get(f"/case/{number}").status != 200] == []
    assert visitor.get("/case/A3A3A3").status == 404
    assert visitor.get(f"/case/{numbers[0].lower()}").place == f"/case/{numbers[0]}"
