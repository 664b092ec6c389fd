"""The worked example "change a sentence" on the desk: what the page says is typed in a browser, a customer gets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_operating import Operated, operated
from guide_steps import GUIDES, hunks, steps_of
from sink import Kept, Sink
from story_letters import as_text

GUIDE = GUIDES / "change-a-sentence.md"


@pytest.fixture
def desk(tmp_path: Path, sink: Sink) -> Iterator[Operated]:
    """In the place of the seeded desk, so that the tab watches this one."""
    with operated(tmp_path / "desk", sink) as running:
        yield running


def answer(letters: list[Kept]) -> str:
    assert len(letters) == 1
    return as_text(letters[0], dated=False)


@pytest.mark.slow
def test_the_sentence_of_the_guide_is_changed_published_and_taken_back_on_the_desk(desk: Operated, page: Any) -> None:
    steps = {step.kind: step.text for step in steps_of(GUIDE.read_text(encoding="utf-8"))}
    first, _, change = steps["diff"].partition("\n")
    code, letter, file = first.removeprefix("# templates/").split("/")
    [(old, new)] = hunks(change)
    mail = steps["mail"].partition("\n\n")[2]
    [was] = [line for line in steps["before"].splitlines() if line.startswith("We have")]
    [now] = [line for line in steps["after"].splitlines() if line.startswith("Thank you")]
    assert was in answer(desk.customer_writes(mail))

    desk.enter(page, "operator", f"/letters/{code}/{letter}")
    field = page.locator(f"#t-{file.removesuffix('.txt')}")
    text = field.input_value()
    assert old in text
    field.fill(text.replace(old, new))
    page.wait_for_selector("#noticed .fine")
    assert "Thank you" in page.inner_text("#letter-seen ins")
    page.click("button[value=save]")
    page.wait_for_url("**said=saved**")
    assert was in answer(desk.customer_writes(mail)), "nothing reaches a customer before it is published"

    page.goto(f"{desk.url}/publish")
    page.fill("#note", "details_needed thanks first")
    page.click("button[value=publish]")
    page.locator("main", has_text="Edition 2 is live.").wait_for(timeout=90_000)
    assert now in answer(desk.customer_writes(mail))

    page.click("text=Back to edition 1")
    page.click("main button.is-main")
    page.locator("main", has_text="with the files of edition 1").wait_for(timeout=90_000)
    assert was in answer(desk.customer_writes(mail))
