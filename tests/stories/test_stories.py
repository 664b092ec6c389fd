"""Every story in fixtures/stories, through the real worker from mailbox to mail server.

What the server received is compared with N-reply.txt, what the database holds with expected.toml. ``--rewrite``
accepts what comes out and shows the change; read it as you would read a letter before it is posted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sink import Sink
from story_desk import open_desk, opened_once
from story_steps import BESIDE, FOLDER, STEP, STORIES, about, as_toml, config_of, steps_of

from bot.core.warranty.staff_letters import BY_TIMER
from bot.worker.wiring import Wiring


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    with opened_once(tmp_path_factory.mktemp("opened")) as wiring:
        yield wiring


@pytest.mark.parametrize("story", STORIES)
def test_a_story_ends_as_it_is_told(
    story: str, tmp_path: Path, sink: Sink, opened: Wiring, accept: Callable[[Path, str], None]
) -> None:
    steps = steps_of(story)
    with open_desk(tmp_path, sink, opened, config_of(story)) as desk:
        told = [step.run(desk) for step in steps]
        unasked = desk.unasked + [letter for days in (0.05, 1) for letter in desk.rest(timedelta(days=days))]
        handled, left = len(desk.folder("Handled")), desk.folder()
        waiting = desk.w.store.db.rows("SELECT * FROM open_outbox WHERE state <> 'held'")
        desk.rest(timedelta(days=30))
        later = desk.w.store.db.rows("SELECT reply FROM outbox ORDER BY id DESC LIMIT :n", n=desk.letters_since(told))

    for number, one in enumerate(told, 1):
        accept(FOLDER / story / f"{number}-reply.txt", one.reply)
    accept(FOLDER / story / "expected.toml", as_toml(about(story), told))
    assert [one.problems for one in told] == [[] for _ in steps]
    assert [one.changed for one in told] == [[] for _ in steps], "a mail changed somebody else's case"
    assert unasked == [], "a letter went out that no step tells of"
    assert {row["reply"] for row in later} <= BY_TIMER.keys(), "after a month of silence only timers write"
    assert (handled, left) == (sum(step.what == "mail" for step in steps), []), "not every mail is filed away"
    assert waiting == []


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_whole(story: str) -> None:
    steps = steps_of(story)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1)), "one file for each step"
    files = {path.name for path in (FOLDER / story).iterdir()} - set(BESIDE)
    assert {name for name in files if not STEP.fullmatch(name)} == {f"{step.number}-reply.txt" for step in steps}
    assert about(story).endswith("."), "expected.toml opens with about = one sentence on what the story shows"
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", story)


def test_a_story_holds_invented_people_only() -> None:
    """Addresses of people end in example.com; the shop's own and a shop's sender are the only others."""
    allowed = re.compile(rb"(?:.*\.)?example\.(?:com|org|net)|kospet\.com")
    found = {
        host
        for path in FOLDER.glob("*/*.eml")
        for host in re.findall(rb"[A-Za-z0-9._+-]@([A-Za-z0-9.-]+\.[a-z]{2,})", path.read_bytes())
    }
    assert {host for host in found if not allowed.fullmatch(host)} == set()
