"""Work that takes longer than a page: trying changed files on past cases, publishing, going back.

One piece at a time for the whole desk, on one of its threads; pages look at how far it is. Trying copies the working
files first, so that what is tried stays what it was, and stores nothing. What was found lives until the desk ends.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.config import default_folder
from bot.desk.operating import working
from bot.desk.operating.typed import Problem
from bot.desk.state import DeskState
from bot.editions.contents import Contents, Folders
from bot.editions.publishing import publish, roll_back, working_folders
from bot.editions.shelf import Shelf, write_files
from bot.editions.working import ALERT
from bot.errors import BotError, NothingToPublish, ProblemsError
from bot.rehearsal import PastCase, Progress, Report, rehearse
from bot.rehearsal.past import from_database, ways_of
from bot.rehearsal.replay import open_pair
from bot.rehearsal.stories import packaged_stories, stories_in
from bot.store.editions import Edition

log = structlog.get_logger("desk")
LAST_CASES = 500
LONG_AGO = timedelta(days=3650)
TRY, PUBLISH, BACK = "try", "publish", "back"


@dataclass
class Job:
    """One piece of work. Only its own thread changes it, but for ``stop``."""

    kind: str
    by: str
    began: datetime
    hash: str = ""
    """of the files that are tried"""
    progress: Progress | None = None
    report: Report | None = None
    problems: tuple[str, ...] = ()
    edition: Edition | None = None
    same: bool = False
    """there was nothing to publish"""
    failed: bool = False
    finished: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def stands(self) -> bool:
        """Whether it was tried to the end and can be published."""
        return self.finished and self.report is not None and not self.problems

    @property
    def percent(self) -> int:
        """How far it is."""
        return round(100 * self.progress.done / self.progress.total) if self.progress and self.progress.total else 0


class Bench:
    """The one place where such work is done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.job: Job | None = None
        self.tried: Job | None = None
        """the last trial that ended"""
        self.saved: dict[str, tuple[str, datetime]] = {}
        """file -> who saved it last at this desk, and when"""
        self.looked_at: dict[tuple[str, str], list[Problem]] = {}
        """(hash of the working files, of the live ones) -> what a look at them found"""

    def try_(self, state: DeskState, by: str) -> bool:
        """Begin a trial of the working files; False when something is under way."""
        return self._begin(state, Job(kind=TRY, by=by, began=state.now()), _try)

    def publish(self, state: DeskState, by: str, note: str, expected: int | None) -> bool:
        """Begin to publish the working files, if ``expected`` still is the live edition."""

        def work(state: DeskState, job: Job) -> None:
            made = publish(state.store, state.config, by, note, state.now(), expected=expected)
            job.edition = made.edition
            state.store.alerts.acknowledge(ALERT)

        return self._begin(state, Job(kind=PUBLISH, by=by, began=state.now()), work)

    def go_back(self, state: DeskState, by: str, note: str, number: int) -> bool:
        """Begin to make an earlier edition live again."""

        def work(state: DeskState, job: Job) -> None:
            job.edition = roll_back(state.store, state.config, number, by, note, state.now()).edition

        return self._begin(state, Job(kind=BACK, by=by, began=state.now()), work)

    def _begin(self, state: DeskState, job: Job, work: Callable[[DeskState, Job], None]) -> bool:
        with self._lock:
            if self.job is not None and not self.job.finished:
                return False
            self.job = job
        state.threads.submit(self._run, state, job, work)
        return True

    def _run(self, state: DeskState, job: Job, work: Callable[[DeskState, Job], None]) -> None:
        try:
            work(state, job)
        except NothingToPublish:
            job.same = True
        except ProblemsError as error:
            job.problems = error.problems
        except BotError as error:
            job.problems = (str(error),)
        except Exception as error:
            log.exception("work for operators failed", kind=job.kind, error=type(error).__name__)
            job.failed = True
        finally:
            if job.kind == TRY:
                self.tried = job
            job.finished = True


def live_contents(state: DeskState) -> Contents:
    """The files of the live edition; none where nothing was published. Raises EditionError."""
    live = state.store.editions.live()
    return Shelf(state.store.folder).read(live.hash) if live else Contents({})


def _try(state: DeskState, job: Job) -> None:
    contents = working.read_all(state.config)
    job.hash = contents.hash
    live = state.store.editions.live()
    old = Folders(policy=default_folder("policy"), templates=default_folder("templates"))
    if live is not None:
        old = Shelf(state.store.folder).folders(live.hash)
    with tempfile.TemporaryDirectory(prefix="after-sales-") as place:
        copy = Path(place) / "copy"
        write_files(copy, contents)
        new, ways = Folders.below(copy), ways_of(state.config)
        pair = open_pair(old, new, state.config)
        cases = from_database(state.store.folder, state.now() - LONG_AGO, LAST_CASES)

        def told(progress: Progress) -> None:
            job.progress = progress

        job.report = rehearse(
            old, new, cases, ways=ways, stories=_stories(state, ways), workers=1, pair=pair, progress=told,
            stop=lambda: job.stop.is_set() or state.closing.is_set(),
        )  # fmt: skip


def _stories(state: DeskState, ways: object) -> list[PastCase]:
    """Those that came with the program, and the operator's own beside the policy."""
    own = working_folders(state.config).policy.parent / "stories"
    found = stories_in(packaged_stories())
    return found + (stories_in(own, ways) if own.is_dir() and own != packaged_stories() else [])  # type: ignore[arg-type]
