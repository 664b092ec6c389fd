"""A running desk writes with what was published last: from the next page on, and never with two editions at once."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from desk_served import ServedDesk
from written import ROOT

from bot.config import Config, load_config
from bot.editions.contents import Folders
from bot.editions.publishing import publish, roll_back

STORY = "between-one-and-two-years"
GREETING, OTHER = "Dear ", "Good day, "
FRAME = Path("templates") / "en" / "_base" / "body.txt"


@pytest.fixture
def working(tmp_path: Path) -> Folders:
    """Working files of one language: every letter is looked at when they are published."""
    shutil.copytree(ROOT / "policy", tmp_path / "working" / "policy")
    shutil.copytree(ROOT / "templates" / "en", tmp_path / "working" / "templates" / "en")
    return Folders.below(tmp_path / "working")


def letter(desk: ServedDesk) -> str:
    """The first drafted letter on the page of a case."""
    page = desk.visitor("agent").get(f"/case/{desk.case(STORY)}")
    assert page.status == 200
    return page.words


def test_a_running_desk_uses_what_is_published_and_goes_back_with_it(desk: ServedDesk, working: Folders) -> None:
    config: Config = load_config(desk.config_file)
    assert GREETING in letter(desk)
    publish(desk.store, config, "omar", "", desk.clock(), folders=working)
    assert GREETING in letter(desk)
    frame = working.templates.parent / FRAME
    frame.write_text(frame.read_text("utf-8").replace(GREETING, OTHER), "utf-8")
    publish(desk.store, config, "omar", "", desk.clock(), folders=working)
    assert OTHER in letter(desk)
    assert desk.state.opened.edition_number == 2
    roll_back(desk.store, config, None, "omar", "", desk.clock())
    words = letter(desk)
    assert GREETING in words
    assert OTHER not in words


def test_a_decision_at_the_desk_names_its_edition(desk: ServedDesk, working: Folders) -> None:
    config = load_config(desk.config_file)
    publish(desk.store, config, "omar", "", desk.clock(), folders=working)
    agent, number = desk.visitor("agent"), desk.case(STORY)
    page = agent.get(f"/case/{number}").text
    note = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if "/act/note" in form)
    form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', note)) | {"v.text": "Called her."}
    form.pop("csrf", None)
    assert agent.post(f"/case/{number}/act/note", **form).status == 303
    rows = desk.store.db.rows("SELECT edition FROM cases WHERE number = :number", number=number)
    assert rows == [{"edition": 1}]
