"""A rehearsal from beginning to end: every case on every core, counted as it comes.

Each core gets a thread with a limited child process of its own, which reads; deciding and writing happen here. Order of
the report is the order of the cases, whoever was quicker. It can be stopped at any time, by ``stop`` or Ctrl-C, and
then tells what it has.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from bot.editions.contents import Folders
from bot.isolate import Limits
from bot.rehearsal.model import Outcome, PastCase, Progress, Report, Story, Ways
from bot.rehearsal.replay import Pair, Replay, open_pair
from bot.rehearsal.stories import told
from bot.rehearsal.tally import Tally

AHEAD = 16  # cases a thread: one slow mail at the head keeps nobody waiting
TICK = 0.5  # seconds between two looks at a case that takes long


def rehearse(
    old: Folders,
    new: Folders,
    cases: Sequence[PastCase],
    *,
    ways: Ways | None = None,
    stories: Sequence[PastCase] = (),
    workers: int = 0,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    each: Callable[[Outcome], None] | None = None,
    pair: Pair | None = None,
) -> Report:
    """Replay ``cases`` and golden ``stories`` with both sets of files; nothing is sent or stored.

    ``workers``: how many mails at a time, 0 for every core. ``progress`` is told after each case, ``each`` of every
    mail; both on the caller's thread. ``stop`` is asked between two cases. ``pair``: the folders, when they are open.

    Raises ``FilesError`` with every problem of the new files, PolicyError and TemplateError for the old ones.
    """
    pair = pair or open_pair(old, new)
    count = max(1, min(workers or os.cpu_count() or 1, len(cases) + len(stories)))
    crew = _Crew(pair, ways or Ways(), limits, count)
    tally = Tally()
    golden: list[Story] = []
    total = sum(_counted(case) for case in cases)
    whole = total + sum(_counted(story) for story in stories)
    began = time.monotonic()

    def done() -> int:
        return tally.done + sum(story.steps for story in golden)

    def tell(done: int) -> None:
        if progress:
            progress(Progress(done, whole, time.monotonic() - began, tally.changed))

    stopped = False
    try:
        tell(0)
        for outcomes in crew.through(cases, lambda: tell(tally.done)):
            for outcome in outcomes:
                tally.add(outcome)
                if each:
                    each(outcome)
            tell(tally.done)
            if stop and stop():
                raise KeyboardInterrupt
        for story, outcomes in zip(stories, crew.through(stories, lambda: tell(done())), strict=False):
            golden.append(told(story, outcomes))
            tell(done())
            if stop and stop():
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        stopped = True
    finally:
        crew.close()
    return tally.report(
        total,
        golden,
        stopped=stopped,
        seconds=time.monotonic() - began,
        reading_seconds=crew.reading_seconds,
        workers=count,
    )


def _counted(case: PastCase) -> int:
    return sum(mail.counts for mail in case.mails)


class _Crew:
    """The threads, each with a replay of its own."""

    def __init__(self, pair: Pair, ways: Ways, limits: Limits | None, count: int) -> None:
        self._replays = [Replay(pair, ways, limits) for _ in range(count)]
        self._free = list(self._replays)
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="rehearsal")
        self._over = threading.Event()

    def through(self, cases: Iterable[PastCase], idle: Callable[[], None]) -> Iterator[list[Outcome]]:
        """The outcomes of each case, in the order of the cases. ``idle`` is called while the next takes long."""
        pending: deque[Future[list[Outcome]]] = deque()
        rest = iter(cases)
        while True:
            while len(pending) < AHEAD * len(self._replays) and (case := next(rest, None)) is not None:
                pending.append(self._pool.submit(self._one, case))
            if not pending:
                return
            while not wait([pending[0]], timeout=TICK).done:
                idle()
            yield pending.popleft().result()

    def _one(self, case: PastCase) -> list[Outcome]:
        if self._over.is_set():
            return []
        replay = self._free.pop()
        try:
            return list(replay.case(case, self._over.is_set))
        finally:
            self._free.append(replay)

    @property
    def reading_seconds(self) -> float:
        return sum(replay.reading_seconds for replay in self._replays)

    def close(self) -> None:
        """End the threads after the mail each is at, and their children."""
        self._over.set()
        self._pool.shutdown(cancel_futures=True)
        for replay in self._replays:
            replay.close()
