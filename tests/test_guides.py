"""The worked examples for operators, each done as it is written: real commands and files, real worker, real mail."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from guide_steps import BEGIN, GUIDES, LANGUAGES, ROOT, Operator, perform, steps_of
from sink import Sink
from story_desk import Clock

PAGES = sorted(page for page in GUIDES.glob("*.md") if page.name != "README.md")
PARTS = ("## Edit", "## Look", "## Rehearse", "## Publish", "## What the next customer gets", "## Undo")


@pytest.fixture
def operator(tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """A folder that was just laid out, in English and German, and a bot that runs with it on a clock of its own."""
    clock = Clock(BEGIN)

    def now() -> datetime:
        return clock.at

    (tmp_path / "my-desk").mkdir()
    monkeypatch.chdir(tmp_path / "my-desk")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("USER", "otto")
    monkeypatch.setattr("bot.worker.wiring.wall_clock", now)
    one = Operator(Path(), sink, clock)
    one.lay_out()
    one.start()
    yield one
    one.stop()


def translated(line: str, operator: Operator) -> None:
    """What a translator does between two commands: here the words and letters that came with the program."""
    if not line.startswith("after-sales policy lint"):
        return
    for code in (path.name for path in Path("templates").iterdir() if path.is_dir() and path.name not in LANGUAGES):
        shutil.copytree(ROOT / "templates" / code, Path("templates") / code, dirs_exist_ok=True)
        shutil.copy(ROOT / "policy" / "words" / f"{code}.toml", Path("policy/words"))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_guide_does_what_it_says(page: Path, operator: Operator, accept: Callable[[Path, str], None]) -> None:
    text = page.read_text(encoding="utf-8")
    accept(page, perform(text, operator, translated))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_all_guides_have_the_same_parts(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("## ")] == list(PARTS)
    kinds = [step.kind for step in steps_of("\n".join(lines) + "\n")]
    assert kinds[:2] in (["mail", "before"], ["mail", "mail"])
    assert "after" in kinds


def test_the_overview_lists_every_guide() -> None:
    told = (GUIDES / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"({page.name})" not in told] == []
    assert len(PAGES) == 8
