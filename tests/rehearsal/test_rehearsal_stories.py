"""Golden stories: decisions must hold, words may change, and the program carries a set of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command import ROOT, run
from past_mails import change, claim, rehearsed, working_files

from bot.errors import FilesError
from bot.rehearsal.stories import packaged_stories, stories_in

STORIES = ROOT / "fixtures" / "stories"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Two stories of an operator."""
    for name in ("missing-photo-then-sent", "free-replacement-in-french"):
        shutil.copytree(STORIES / name, tmp_path / "stories" / name)
    return tmp_path / "stories"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_story_of_the_program_holds_with_the_files_that_ship(tmp_path: Path) -> None:
    stories = stories_in(packaged_stories())
    assert {story.name for story in stories} == {path.name for path in STORIES.iterdir() if path.is_dir()} - NOT_BY_MAIL
    report, _ = rehearsed(working_files(tmp_path), [], stories)
    assert [problem for story in report.stories for problem in (*story.broken, *story.broken_before)] == []
    assert sum(story.steps for story in report.stories) >= 140
    assert sum(story.whole for story in report.stories) >= 40


# Stories whose first mail needs more than the mail: the worker that approves by itself.
NOT_BY_MAIL = {"approved-automatically"}


def test_a_decision_that_changes_breaks_its_story(tmp_path: Path, own: Path) -> None:
    new = working_files(tmp_path)
    change(new.policy / "warranty.toml", "days = 30", "days = 3", after='id = "free_replacement"')
    report, _ = rehearsed(new, [], stories_in(own))
    assert [story.name for story in report.broken_stories] == ["free-replacement-in-french"]
    told = report.broken_stories[0].broken
    assert any("service is free_repair and must be free_replacement" in line for line in told)
    assert report.breaks


def test_other_words_are_a_change_and_no_failure(tmp_path: Path, own: Path) -> None:
    new = working_files(tmp_path)
    change(new.templates / "en" / "details_needed" / "body.txt", "We have your request", "Your request is here,")
    report, _ = rehearsed(new, [], stories_in(own))
    assert report.broken_stories == ()
    assert [story.name for story in report.stories if story.reworded] == ["missing-photo-then-sent"]
    assert not report.breaks


def test_what_does_not_hold_with_the_live_files_either_breaks_nothing(tmp_path: Path, own: Path) -> None:
    expected = own / "missing-photo-then-sent" / "expected.toml"
    change(expected, 'service = "free_repair"', 'service = "free_replacement"')
    report, _ = rehearsed(working_files(tmp_path), [], stories_in(own))
    assert report.broken_stories == ()
    assert sum(bool(story.broken_before) for story in report.stories) == 1


def test_a_story_that_cannot_be_read_is_named(own: Path) -> None:
    (own / "missing-photo-then-sent" / "expected.toml").unlink()
    (own / "free-replacement-in-french" / "expected.toml").write_text("not toml", encoding="utf-8")
    with pytest.raises(FilesError) as caught:
        stories_in(own)
    assert len(caught.value.problems) == 2


@pytest.mark.slow
def test_the_command_ends_with_1_when_a_story_no_longer_holds(tmp_path: Path, own: Path) -> None:
    new = working_files(tmp_path)
    change(new.policy / "warranty.toml", "days = 30", "days = 3", after='id = "free_replacement"')
    mail = claim(tmp_path / "mails", "one.eml", days=60)
    done = run("rehearse", "--policy", new.policy, "--stories", own, mail)
    assert done.returncode == 1, done.stderr
    assert "broken free-replacement-in-french" in done.stdout
