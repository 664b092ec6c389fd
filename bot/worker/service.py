"""The schedule: two jobs, a watchdog, one clean end.

APScheduler sleeps by the wall clock, so a clock that is set back would stop it; a thread of our own watches the
monotonic clock, wakes the scheduler, breaks a connection that outlives its deadline and, when nothing helps, ends
the process with code 75 so that the service manager starts it anew.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bot.errors import BotError
from bot.worker.answering import answer_due
from bot.worker.intake import poll
from bot.worker.sending import send_due
from bot.worker.wiring import Wiring

log = structlog.get_logger("service")
RESTART_ME = 75  # EX_TEMPFAIL
SEND_DEADLINE = 900.0  # seconds for one round of sending: a slow server may take ten minutes over one letter
CLOCK_JUMP = timedelta(minutes=5)
LATE = 3  # intervals without a tick until the watchdog steps in


class Job:
    """One repeated piece of work and when it last began and ended, on the monotonic clock."""

    def __init__(self, name: str, work: Callable[[], object], every: float, deadline: float) -> None:
        self.name, self.work, self.every, self.deadline = name, work, every, deadline
        self.began: float | None = None
        self.ended = time.monotonic()

    def run(self) -> None:
        """The work; an error is told and the next tick tries again."""
        self.began = time.monotonic()
        try:
            self.work()
        except BotError as error:
            log.warning("job failed", job=self.name, error=str(error))
        except Exception:
            log.exception("job failed", job=self.name)
        finally:
            self.began, self.ended = None, time.monotonic()


class Service:
    """The running bot. ``run`` returns when a signal asked it to, with the exit code."""

    def __init__(self, w: Wiring) -> None:
        self.w = w
        self.stopping = threading.Event()
        self._busy = threading.Lock()
        schedule = w.config.schedule
        self.jobs = (
            Job(
                "poll",
                self._one_at_a_time(lambda: self._round(w)),
                schedule.poll_seconds,
                schedule.poll_deadline_seconds,
            ),
            Job("send", self._one_at_a_time(lambda: send_due(w)), schedule.send_seconds, SEND_DEADLINE),
        )
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(len(self.jobs))},
            # A late tick is still worth having, several missed ones are one, and none runs beside itself.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; 0, or 75 when the service manager must start it anew."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        recover(self.w)
        self._schedule()
        self._scheduler.start()
        log.info("running", mailbox=self.w.mailbox, poll_seconds=self.w.config.schedule.poll_seconds)
        code = self._watch()
        self._scheduler.shutdown(wait=code == 0)
        log.info("stopped")
        return code

    def _schedule(self) -> None:
        now = datetime.now(UTC)
        for job in self.jobs:
            self._scheduler.add_job(
                job.run, "interval", seconds=job.every, id=job.name, next_run_time=now, replace_existing=True
            )

    def _round(self, w: Wiring) -> None:
        poll(w)
        answer_due(w)
        send_due(w)

    def _one_at_a_time(self, work: Callable[[], object]) -> Callable[[], object]:
        def alone() -> object:
            # The other job is at work: its next tick comes soon enough, and one writer needs no crowd.
            if not self._busy.acquire(timeout=1):
                return None
            try:
                return work()
            finally:
                self._busy.release()

        return alone

    def _watch(self) -> int:
        wall, tick = datetime.now(UTC), time.monotonic()
        while not self.stopping.wait(1.0):
            now, passed = datetime.now(UTC), time.monotonic()
            jump = (now - wall) - timedelta(seconds=passed - tick)
            if abs(jump) > CLOCK_JUMP:
                log.warning("the clock was set", seconds=int(jump.total_seconds()))
                self.w.store.alerts.report(
                    "clock", f"The clock moved by {int(jump.total_seconds())} seconds", self.w.now()
                )
                self._schedule()
            wall, tick = now, passed
            for job in self.jobs:
                if job.began is None and passed - job.ended > LATE * job.every + 5:
                    self._schedule()
                    self._scheduler.wakeup()
                    job.ended = passed
                if job.began is not None and passed - job.began > job.deadline:
                    log.error("a job outlives its deadline", job=job.name)
                    self.w.break_connections()
                    if passed - job.began > job.deadline + 30:
                        os._exit(RESTART_ME)
        return 0


def recover(w: Wiring) -> None:
    """What a crash may have left behind, put right before the first poll. May itself be interrupted and run again."""
    recovered = w.store.delivery.recover(w.now())
    w.store.files.sweep()
    for left in (w.store.folder / "incoming").glob("*"):
        left.unlink(missing_ok=True)
    for sha256 in w.store.files.damaged(w.now() - timedelta(days=1)):
        w.store.alerts.report("damaged_file", f"A stored file is damaged: {sha256}", w.now())
    if recovered.unknown or recovered.queued:
        log.warning("recovered", queued=recovered.queued, unknown=recovered.unknown)


def one_round(w: Wiring, *, keep_old: bool = False) -> dict[str, int]:
    """One poll, everything decided, what is due sent, and the answered mails filed away; the counts."""
    recover(w)
    polled = poll(w, keep_old=keep_old)
    handled = answer_due(w)
    sent = send_due(w)
    poll(w, keep_old=keep_old)
    return {"new": polled.new, "handled": handled, "sent": sent}


def rehearse_round(w: Wiring, *, keep_old: bool = False) -> dict[str, int]:
    """The same without touching the mailbox and without sending: for a dry run on a copy of the data."""
    polled = poll(w, keep_old=keep_old, touch=False)
    return {"new": polled.new, "handled": answer_due(w), "sent": 0}
