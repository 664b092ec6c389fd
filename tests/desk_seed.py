"""A desk full of cases: every story of fixtures/stories, mail by mail in the order of their dates, through the real
worker and a real mail server. Made once for a test run; each test gets a copy of the folder.

No timer runs while the year of the stories goes by, so cases wait where their mails left them. At the end the days
by which we promised to answer are moved around the desk's own day, or everything would be months late.
"""

from __future__ import annotations

import email
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from config_text import write
from sink import Sink
from story_desk import BETWEEN, CONFIG, SHOP, Desk, Told, open_desk

from bot.config import load_config, load_policy
from bot.isolate import Reader
from bot.replies import Letters
from bot.store.engine import Store
from bot.worker.answering import answer_due
from bot.worker.intake import poll
from bot.worker.sending import send_due
from bot.worker.wiring import Wiring, own_secret

ROOT = Path(__file__).parent.parent
STORIES = ROOT / "fixtures" / "stories"
NOW = datetime(2025, 12, 3, 10, 5, tzinfo=UTC)
# Days from today by which the open cases are to be answered, over and over: late, today, tomorrow, later.
DUE = (-2, 0, 0, 1, -1, 1, 2, 0, 5, 3)
# The people of the stories write more to one desk than anybody does in life.
MANY_LETTERS = """
[budgets]
per_address_day = 100
per_address_week = 100
"""
DESK = """
[desk]
port = {port}
[schedule]
undo_seconds = 60
[[return_address]]
id = "eu"
regions = ["DE", "FR", "IT"]
lines = ["Example Service", "Service Street 1", "12345 Example Town", "Germany"]
[[return_address]]
id = "us"
regions = ["US"]
lines = ["Example Service", "Repair Road 2", "Springfield, IL 62701", "USA"]
"""


@dataclass(frozen=True)
class Seeded:
    """The data folder, and which cases each story made, in the order they were opened."""

    data: Path
    cases: dict[str, list[str]]


class StoryOnSharedDesk(Desk):
    """One of many stories on the same desk: knows only the cases that its own mails opened."""

    others: set[str]

    def _note_new_cases(self) -> None:
        for row in self.w.store.db.rows("SELECT number FROM cases ORDER BY id"):
            if row["number"] not in self._numbers and row["number"] not in self.others:
                self._numbers.append(row["number"])

    def take(self, raw: bytes) -> Told:
        """As in a story's own desk, but no timer of another story runs."""
        self.taken += 1
        raw = self._real(raw.decode("latin-1")).encode("latin-1")
        written = parsedate_to_datetime(email.message_from_bytes(raw)["Date"]).astimezone(UTC)
        self._deliver(raw, written)
        self.clock.at = written + BETWEEN
        kept = len(self.sink.kept)
        poll(self.w)
        answer_due(self.w)
        send_due(self.w)
        poll(self.w)
        letters = self.sink.kept[kept:]
        self._note_new_cases()
        if letters:
            self._our_ids[self.taken] = str(email.message_from_bytes(letters[0].raw)["Message-ID"])
        return Told(step="mail", facts={}, reply="", letters=letters)

    def _deliver(self, raw: bytes, at: datetime) -> None:
        fresh = self.maildir / "tmp" / f"{at.timestamp():.0f}.{id(self)}.{self.taken}"
        fresh.write_bytes(raw)
        os.utime(fresh, (at.timestamp(),) * 2)
        fresh.rename(self.maildir / "new" / fresh.name)


def seed(folder: Path) -> Seeded:
    """Make it. Takes some seconds."""
    mails = sorted((when(file), file) for story in of_mails_alone() for file in story.glob("*-customer.eml"))
    cases: dict[str, list[str]] = {}
    with (
        Sink(folder / "sink") as sink,
        opened(folder / "opened") as shared,
        open_desk(folder, sink, shared, MANY_LETTERS) as first,
    ):
        stories: dict[str, StoryOnSharedDesk] = {}
        known: set[str] = set()
        for _, file in mails:
            name = file.parent.name
            if name not in stories:
                stories[name] = StoryOnSharedDesk(first.w, first.clock, sink, first.maildir)
            story = stories[name]
            story.others = known - set(story._numbers)
            story.take(file.read_bytes())
            known |= set(story._numbers)
            cases[name] = list(story._numbers)
        first.clock.at = NOW
        poll(first.w)
        spread_due_days(first.w)
        first.w.now()
        data = first.w.store.folder
    return Seeded(data=data, cases=cases)


def of_mails_alone() -> list[Path]:
    """The stories in which nobody acts and nobody waits: what is left to decide is left to the tests."""
    more = ("*-staff.toml", "*-time.toml", "config.toml")
    return [story for story in STORIES.iterdir() if story.is_dir() and not any(f for m in more for f in story.glob(m))]


@contextmanager
def opened(folder: Path) -> Iterator[Wiring]:
    """Policy, letters and the reading child. Every template is checked elsewhere; here that would take the longest."""
    (folder / "mail").mkdir(parents=True)
    config = load_config(write(folder, CONFIG.format(host="127.0.0.1", port=25, shop=SHOP)))
    policy = load_policy(config.policy.folder)
    letters = Letters(config.templates.folder, policy.default_language)
    with Store(folder / "data") as store, Reader(config.policy.folder) as reader:
        yield Wiring(config, policy, letters, store, reader, own_secret(folder / "data"))


def once_for_all(folder: Path) -> Seeded:
    """The seed in a folder that all processes of a test run share: the first makes it, the others wait."""
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = folder / "cases.json"
        if not note.exists():
            note.write_text(json.dumps(seed(folder / "made").cases))
    return Seeded(data=folder / "made" / "data", cases=json.loads(note.read_text()))


def when(file: Path) -> datetime:
    return parsedate_to_datetime(email.message_from_bytes(file.read_bytes())["Date"]).astimezone(UTC)


def spread_due_days(w: Wiring) -> None:
    rows = w.store.db.rows("SELECT id FROM cases WHERE next_actor = 'staff' ORDER BY id")
    with w.store.write():
        for place, row in enumerate(rows):
            day = (NOW + timedelta(days=DUE[place % len(DUE)])).date()
            w.store.db.execute("UPDATE cases SET answer_by = :day WHERE id = :id", day=day, id=row["id"])
