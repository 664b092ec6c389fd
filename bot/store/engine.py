"""The store as one thing: opens the folder and the database, checks them, and holds the parts together.

    with FolderLock(folder), Store(folder) as store:
        with store.write():
            recorded = store.records.record(...)
            store.outbox.queue(...)

Everything inside one ``write()`` is kept together or not at all; the parts join it by themselves. There is no clock
in this room: every ``now`` comes from the caller, who takes it from ``logical_now``.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import AbstractContextManager, closing
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import StoreError
from bot.store.acts import Acts
from bot.store.budgets import Gate
from bot.store.casefile import CaseFile
from bot.store.cases import Cases
from bot.store.database import Database
from bot.store.decisions import Decisions
from bot.store.deeds import Deeds
from bot.store.delivery import Delivery
from bot.store.desk_state import DeskFacts
from bot.store.drafts import Drafts
from bot.store.editions import Editions
from bot.store.events import Alerts
from bot.store.figures import Figures
from bot.store.files import Files
from bot.store.folder import PRIVATE_FILE, private_folder, sync_folder
from bot.store.holds import Holds
from bot.store.ledger import Ledger
from bot.store.lookups import Lookups
from bot.store.mailboxes import Mailboxes
from bot.store.mailops import Mailops
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.queue import Queue
from bot.store.radar import Radar
from bot.store.records import Records
from bot.store.saved_views import SavedViews
from bot.store.schema import migrate, pending
from bot.store.search import Search
from bot.store.set_aside import SetAside
from bot.store.timers import Timers
from bot.store.times import moment, stamp
from bot.store.tokens import Tokens
from bot.store.webhooks import Webhooks

DATABASE = "after-sales.db"
# How much of the logical time a crash may forget; every note of it is a disk write.
NOTE_EVERY = timedelta(seconds=60)


class Store:
    """One data folder, open. Usable from several threads; not across a fork."""

    def __init__(self, folder: Path, *, wal: bool = False, prepare: bool = True) -> None:
        """Raises StoreError with the cure.

        ``prepare`` makes what is missing, brings the schema up to date and checks the whole file: for the running
        bot. Without it an existing and current database is required, and opened at once: for commands that look.
        """
        self.folder = folder
        path = folder / DATABASE
        if not prepare and not path.is_file():
            raise StoreError(f"there is no data in {folder} yet: run the bot once")
        private_folder(folder)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT, PRIVATE_FILE))  # the driver would ask the umask
            sync_folder(folder)
        self.db = Database(path, wal=wal)
        try:
            steps = pending(self.db.writer)
            if steps and not prepare:
                raise StoreError("the database is of an older version: start the bot once to bring it up to date")
            if prepare:
                migrate(self.db.writer)
                self.check()
        except BaseException:
            self.db.close()
            raise
        self.alerts = Alerts(self.db)
        self.editions = Editions(self.db)
        self.files = Files(self.db, folder)
        self.mailboxes = Mailboxes(self.db)
        self.ledger = Ledger(self.db)
        self.cases = Cases(self.db)
        self.records = Records(self.db, self.files)
        self.acts = Acts(self.db)
        self.timers = Timers(self.db)
        self.lookups = Lookups(self.db)
        self.gate = Gate(self.db)
        self.outbox = Outbox(self.db)
        self.delivery = Delivery(self.db)
        self.mailops = Mailops(self.db)
        self.deeds = Deeds(self.db)
        self.holds = Holds(self.db)
        self.drafts = Drafts(self.db)
        self.casefile = CaseFile(self.db)
        self.tokens = Tokens(self.db)
        self.webhooks = Webhooks(self.db)
        self.figures = Figures(self.db)
        self.decisions = Decisions(self.db)
        self.radar = Radar(self.db)
        self.people = People(self.db)
        self.queue = Queue(self.db)
        self.search = Search(self.db)
        self.saved_views = SavedViews(self.db)
        self.set_aside = SetAside(self.db)
        self.desk_facts = DeskFacts(self.db)
        self._now = moment(self._meta("logical_now") or "1970-01-01T00:00:00Z")

    def write(self) -> AbstractContextManager[None]:
        """One transaction: BEGIN IMMEDIATE ... COMMIT; see ``Database.write``."""
        return self.db.write()

    def read(self) -> AbstractContextManager[None]:
        """Several reads of one state; see ``Database.read``."""
        return self.db.read()

    def check(self) -> None:
        """Raises StoreError when the file is damaged or rows point nowhere."""
        problems = [str(row["quick_check"]) for row in self.db.rows("PRAGMA quick_check")]
        if problems != ["ok"]:
            raise StoreError(f"the database is damaged ({problems[0]}); go back to a backup")
        loose = self.db.rows("PRAGMA foreign_key_check")
        if loose:
            raise StoreError(
                f"{len(loose)} rows of {loose[0]['table']} point to rows that are gone; go back to a backup"
            )

    def logical_now(self, wall: datetime) -> datetime:
        """The bot's own time: the wall clock, but never earlier than it was before, restarts included."""
        self._now = max(self._now, moment(stamp(wall)))
        noted = self._meta("logical_now")
        if noted is None or self._now - moment(noted) >= NOTE_EVERY:
            self.set_logical_now(self._now)
        return self._now

    def clock_lag(self, wall: datetime) -> timedelta:
        """How far the wall clock stands behind the bot's own time; zero on a sound machine."""
        return max(self._now - wall, timedelta(0))

    def set_logical_now(self, now: datetime) -> None:
        """Set the bot's own time, also back: an operator's cure after the clock once ran ahead."""
        with self.write():
            self.db.execute(
                "INSERT INTO meta (key, value) VALUES ('logical_now', :now)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                now=now,
            )
        self._now = moment(stamp(now))

    def close(self) -> None:
        """Close the database; an open transaction is undone."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _meta(self, key: str) -> str | None:
        value: str | None = self.db.value("SELECT value FROM meta WHERE key = :key", key=key)
        return value


def copy_for_trial(folder: Path, target: Path) -> None:
    """A private copy of the data for a trial: the database as it is now, the newest editions, mails still to be read.

    Other programs may write meanwhile. Without a database in ``folder`` the copy is an empty folder.
    """
    private_folder(target)
    if not (folder / DATABASE).is_file():
        return
    try:
        with closing(sqlite3.connect(folder / DATABASE)) as old, closing(sqlite3.connect(target / DATABASE)) as new:
            old.backup(new)
            newest = "SELECT hash FROM editions GROUP BY hash ORDER BY max(id) DESC LIMIT 3"
            editions = [row[0] for row in new.execute(newest)]
            waiting = [row[0] for row in new.execute("SELECT raw_sha256 FROM arrival WHERE state = 'stored'")]
        for sha256 in waiting:
            place = Path("files") / sha256[:2] / sha256
            if (folder / place).is_file():
                (target / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / place, target / place)
        for hash_ in editions:
            if (folder / "editions" / hash_).is_dir():
                shutil.copytree(folder / "editions" / hash_, target / "editions" / hash_)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"the data in {folder} cannot be copied for a trial: {error}") from error
