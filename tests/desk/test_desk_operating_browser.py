"""An operator changes a sentence in a real browser, and the worker sends it; then all the way back.

Once with the script, which looks while one types, and once without any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_operating import Operated, operated
from sink import Kept, Sink

LETTER = "/letters/en/details_needed"
OLD, NEW = "We can go on", "Thank you for your patience. We can go on"
PROMISE = "You get a full refund. "
MAIL = "Hello, my TANK T3 Ultra does not charge any more. I bought it at kospet.com."
PAGES = (
    LETTER, "/letters/de/phrases", "/letters/en/_base", "/policy", "/policy/file/warranty.toml?line=90",
    "/policy/row?kind=exclusion&id=water_damage", "/policy/overridden", "/policy/overridden/cases?rule=first_owner",
    "/policy/words", "/publish", "/publish/back/1",
)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, sink: Sink) -> Iterator[Operated]:
    """In the place of the seeded desk, so that the tab watches this one."""
    with operated(tmp_path / "desk", sink) as running:
        yield running


def words_of(letters: list[Kept]) -> str:
    return " ".join(kept.raw.decode().replace("=\r\n", "") for kept in letters)


def wait_until_done(page: Any, words: str) -> None:
    """The page looks again by itself while something is under way, with a script and without."""
    page.locator("main", has_text=words).wait_for(timeout=90_000)


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_sentence_is_changed_checked_tried_published_and_taken_back(
    desk: Operated, open_tab: Callable[..., Any], barriers: Callable[[Any], list[str]], script: bool
) -> None:
    assert OLD in words_of(desk.customer_writes(MAIL))
    page = open_tab(viewport={"width": 1440, "height": 900}, java_script_enabled=script)
    desk.enter(page, "operator", LETTER)

    # a planted promise is noticed, with its line, and the preview marks it
    field = page.locator("#t-body")
    text = field.input_value()
    field.fill(text.replace(OLD, PROMISE + OLD))
    if not script:
        page.click("button[value=check] >> nth=0")
    page.wait_for_selector("#noticed .stops")
    assert "promises what nobody granted" in page.inner_text("#noticed")
    assert "line 4" in page.inner_text("#noticed")
    assert "full refund" in page.inner_text("#letter-seen ins")

    # mended: nothing is wrong, the new words are marked with the facts of the real case
    page.locator("#t-body").fill(text.replace(OLD, NEW))
    if not script:
        page.click("button[value=check] >> nth=0")
    page.wait_for_selector("#noticed .fine")
    assert "Thank you for your patience" in page.inner_text("#letter-seen ins")
    assert "TANK T3 Ultra" in page.inner_text("#letter-seen")
    page.select_option("#facts", "longest")
    if not script:
        page.click("button[value=check] >> nth=0")
    page.locator("#letter-seen", has_text="K7F3Q9").wait_for()
    assert OLD in desk.text("templates/en/details_needed/body.txt")
    page.click("button[value=save]")
    page.wait_for_url("**said=saved**")
    assert NEW in desk.text("templates/en/details_needed/body.txt")
    assert NEW not in words_of(desk.customer_writes(MAIL)), "nothing reaches a customer before it is published"

    # tried on past cases
    page.goto(f"{desk.url}/publish")
    assert "1 file" in page.inner_text("main")
    page.click("button[value=try]")
    for _ in range(120):
        job = desk.bench.job
        if job and (job.finished or (job.progress and job.progress.done >= 4)):
            break
        page.wait_for_timeout(500)
    page.goto(f"{desk.url}/publish")
    if page.locator("button[value=stop]").count():
        page.click("button[value=stop]")
    wait_until_done(page, "The whole result, side by side")
    page.click("text=The whole result, side by side")
    assert "Thank you for your patience" in page.inner_text(".sides ins >> nth=0")
    assert "details_needed: other words" in page.inner_text("main")
    assert not script or barriers(page) == []

    # published: the next mail is answered with the new sentence
    page.goto(f"{desk.url}/publish")
    page.fill("#note", "kinder words")
    page.click("button[value=publish]")
    wait_until_done(page, "Edition 2 is live.")
    assert "kinder words" in page.inner_text("main")
    assert NEW in words_of(desk.customer_writes(MAIL))

    # and back in one step behind a question: the old sentence is back
    page.click("text=Back to edition 1")
    assert "+1" in page.inner_text(".changed-files")
    page.fill("#note", "too kind")
    page.click("main button.is-main")
    wait_until_done(page, "with the files of edition 1")
    answered = words_of(desk.customer_writes(MAIL))
    assert OLD in answered
    assert NEW not in answered
    assert [e.kind.value for e in desk.store.editions.every()] == ["rollback", "publish", "first"]
    assert {e.author for e in desk.store.editions.every()} == {"operator", "first start"}


def test_a_rule_is_changed_with_what_is_wrong_said_while_typing(desk: Operated, page: Any) -> None:
    desk.enter(page, "operator", "/policy")
    page.click("#service tbody tr >> nth=0 >> a.quiet")
    page.wait_for_url("**/policy/file/warranty.toml**", wait_until="load")
    field = page.locator("#t-body")
    line = page.evaluate(
        "(() => { const f = document.querySelector('#t-body');"
        " return f.value.slice(f.selectionStart, f.selectionEnd) })()"
    )
    assert line == "[[service]]", "the line that the link speaks of is chosen"
    text = field.input_value()
    field.fill(text.replace("window = { days = 30", "windov = { days = 30", 1))
    page.wait_for_selector("#noticed .stops")
    assert "windov" in page.inner_text("#noticed")
    page.click("#noticed .stops a >> nth=0")
    field.fill(text.replace("window = { days = 30", "window = { days = 45", 1))
    page.wait_for_selector("#noticed .stops", state="detached")
    page.click("button[value=save]")
    page.wait_for_url("**said=saved**")
    page.goto(f"{desk.url}/policy")
    assert "45 days from delivery" in page.inner_text("#service")
    assert "differ from the live edition" in page.inner_text("main")


@pytest.mark.slow
def test_the_pages_for_operators_keep_nobody_out(
    desk: Operated, page: Any, barriers: Callable[[Any], list[str]]
) -> None:
    desk.customer_writes(MAIL)
    found: dict[str, list[str]] = {}
    desk.enter(page, "operator")
    for address in PAGES:
        page.goto(desk.url + address)
        page.set_viewport_size({"width": 1024, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wrong := barriers(page) + ([f"1024: {wide} too wide"] if wide > 0 else []):
            found[address] = wrong
    assert found == {}


def test_numbers_of_lines_follow_long_lines_and_new_ones(desk: Operated, page: Any) -> None:
    desk.enter(page, "operator", LETTER)
    field = page.locator("#t-body")
    count = page.locator("#t-body").evaluate("f => f.parentElement.querySelectorAll('li').length")
    assert count == field.input_value().count("\n") + 1
    field.fill("a\nb\n" + "long words " * 60 + "\nd")
    page.wait_for_selector(".numbered:has(#t-body) li:nth-child(4):last-child", state="attached")
    heights = field.evaluate("f => [...f.parentElement.querySelectorAll('li')].map(l => l.offsetHeight)")
    assert heights[2] > 3 * heights[0]
    assert field.evaluate("f => f.scrollHeight <= f.clientHeight + 1"), "no line is hidden below"
