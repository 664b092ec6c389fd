"""Every story in fixtures/stories, through the real worker from mailbox to mail server.

What the server received is compared with N-reply.txt, what the database holds with expected.toml. ``--rewrite``
accepts what comes out and shows the change; read it as you would read a letter before it is posted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sink import Sink
from story_desk import Told, open_desk, opened_once, problems_of_letter

from bot.core.warranty.staff_letters import BY_TIMER
from bot.worker.wiring import Wiring

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures" / "stories"
STORIES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
MAIL = re.compile(r"(\d+)-customer\.eml")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    with opened_once(tmp_path_factory.mktemp("opened")) as wiring:
        yield wiring


def mails_of(story: str) -> list[Path]:
    found = [path for path in (FOLDER / story).iterdir() if MAIL.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(path.name.partition("-")[0]))


def about(story: str) -> str:
    """The story's own first line, which no rewriting changes."""
    expected = FOLDER / story / "expected.toml"
    return str(tomllib.loads(expected.read_text(encoding="utf-8"))["about"]) if expected.exists() else ""


def as_toml(about: str, mails: list[Told]) -> str:
    lines = [f"about = {value_as_toml(about)}"]
    for number, told in enumerate(mails, 1):
        lines += ["", f"[mail.{number}]"]
        lines += [f"{name} = {value_as_toml(value)}" for name, value in told.facts.items()]
    return "\n".join(lines) + "\n"


def value_as_toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(value_as_toml(one) for one in value) + "]"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return date.fromisoformat(value).isoformat()
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize("story", STORIES)
def test_a_story_ends_as_it_is_told(
    story: str, tmp_path: Path, sink: Sink, opened: Wiring, accept: Callable[[Path, str], None]
) -> None:
    mails = mails_of(story)
    with open_desk(tmp_path, sink, opened) as desk:
        told = [desk.take(mail.read_bytes()) for mail in mails]
        more = [letter for days in (0.05, 1) for letter in desk.rest(timedelta(days=days))]
        handled, left = len(desk.folder("Handled")), desk.folder()
        waiting = desk.w.store.db.rows("SELECT * FROM open_outbox")
        alerts = desk.w.store.alerts.open()
        desk.rest(timedelta(days=30))
        later = desk.w.store.db.rows("SELECT reply FROM outbox ORDER BY id DESC LIMIT :n", n=desk.letters_since(told))

    for number, one in enumerate(told, 1):
        accept(FOLDER / story / f"{number}-reply.txt", one.reply)
    accept(FOLDER / story / "expected.toml", as_toml(about(story), told))
    assert [problems_of_letter(one) for one in told] == [[] for _ in mails]
    assert [one.changed for one in told] == [[] for _ in mails], "a mail changed somebody else's case"
    assert more == [], "a letter went out that no mail asked for"
    assert {row["reply"] for row in later} <= BY_TIMER.keys(), "after a month of silence only timers write"
    assert (handled, left) == (len(mails), []), "not every mail is filed away"
    assert (waiting, alerts) == ([], [])


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_whole(story: str) -> None:
    mails = mails_of(story)
    files = {path.name for path in (FOLDER / story).iterdir()}
    numbers = range(1, len(mails) + 1)
    assert files == {f"{n}-{what}" for n in numbers for what in ("customer.eml", "reply.txt")} | {"expected.toml"}
    assert about(story).endswith("."), "expected.toml opens with about = one sentence on what the story shows"
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", story)


def test_there_are_stories() -> None:
    assert len(STORIES) >= 20


def test_a_story_holds_invented_people_only() -> None:
    """Addresses of people end in example.com; the shop's own and a shop's sender are the only others."""
    allowed = re.compile(rb"(?:.*\.)?example\.(?:com|org|net)|kospet\.com")
    found = {
        host
        for path in FOLDER.glob("*/*.eml")
        for host in re.findall(rb"[A-Za-z0-9._+-]@([A-Za-z0-9.-]+\.[a-z]{2,})", path.read_bytes())
    }
    assert {host for host in found if not allowed.fullmatch(host)} == set()
