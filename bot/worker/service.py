"""The schedule: a job that polls and answers, one that sends, one for what is due, a watchdog, one clean end.

APScheduler sleeps by the wall clock, so a clock that is set back would stop it; a thread of our own watches the
monotonic clock, wakes the scheduler, breaks a connection that outlives its deadline and, when nothing helps, ends
the process with code 75 so that the service manager starts it anew. The jobs run beside each other: a mail
server that takes ten minutes over one letter must not keep the mailbox waiting, nor the other way round.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.errors import BotError, StoreError
from bot.worker.answering import answer_due
from bot.worker.intake import poll
from bot.worker.logs import trace
from bot.worker.rounds import recover
from bot.worker.sending import send_due
from bot.worker.ticking import tick
from bot.worker.webhooks import tell_due
from bot.worker.wiring import Wiring

log = structlog.get_logger("service")
RESTART_ME = 75  # EX_TEMPFAIL
BESIDE_THE_WAIT = 300.0  # seconds a round of sending may take beside one wait for a slow server's last word
TELLING = 300.0  # seconds a round of telling other programs may take; each of them has a limit of its own
CLOCK_JUMP = timedelta(minutes=5)
LATE, DEAD = 3, 10  # intervals without a tick until the watchdog steps in, and until it gives up
GRACE = 30.0  # seconds between breaking a connection and giving up
STOP_SECONDS = 8.0  # for what is under way when told to stop; container managers kill after ten


def _nothing_to_break() -> None:
    """A job without a connection: past its deadline only a new start helps."""


@dataclass
class Job:
    """One repeated piece of work and when it last began and ended, on the monotonic clock."""

    name: str
    work: Callable[[], object]
    every: float
    deadline: float
    break_off: Callable[[], None]
    stopping: threading.Event
    began: float | None = None
    ended: float = field(default_factory=time.monotonic)
    woken: float = field(default_factory=time.monotonic)
    broken: bool = False

    def run(self) -> None:
        """The work; an error is told and the next tick tries again."""
        self.began, self.broken = time.monotonic(), False
        try:
            if not self.stopping.is_set():
                self.work()
        except BotError as error:
            log.warning("job failed", job=self.name, error=str(error))
        except Exception as error:  # noqa: BLE001 - one bad round must not end the service
            log.error("job failed", job=self.name, error=trace(error))
        finally:
            self.began, self.ended = None, time.monotonic()

    def half_over(self) -> bool:
        """Time to come to an end: no further mail or letter is begun."""
        began = self.began
        return self.stopping.is_set() or (began is not None and time.monotonic() - began > self.deadline / 2)


class Every(BaseTrigger):  # type: ignore[misc]  # the library is not typed
    """Ticks counted from now, not from the last one.

    The library's own interval lists every tick that was missed: a clock that goes from 1970 to today, as on machines
    without a battery, would make it build a list of a hundred million.
    """

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002
        """The library's hook."""
        return now + self._pause


class Service:
    """The running bot. ``run`` returns when a signal asked it to, with the exit code."""

    def __init__(self, w: Wiring) -> None:
        self.w = w
        self.stopping = threading.Event()
        times, slow = w.config.schedule, w.config.smtp.data_timeout + BESIDE_THE_WAIT
        self.poll = Job(
            "poll", self._poll_and_answer, times.poll_seconds, times.poll_deadline_seconds, w.break_inbox, self.stopping
        )
        self.send = Job("send", self._send, times.send_seconds, slow, w.break_sender, self.stopping)
        self.tick = Job(
            "tick", self._tick, times.tick_seconds, times.poll_deadline_seconds, _nothing_to_break, self.stopping
        )
        self.tell = Job("tell", self._tell, times.send_seconds, TELLING, _nothing_to_break, self.stopping)
        self.jobs = (self.poll, self.send, self.tick) + ((self.tell,) if w.config.webhook else ())
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
        for job in self.jobs:
            job.ended = time.monotonic()
        self._schedule(*self.jobs)
        self._scheduler.start()
        log.info("running", mailbox=self.w.mailbox, poll_seconds=self.w.config.schedule.poll_seconds)
        code = self._watch()
        self._scheduler.shutdown(wait=False)
        code = code or self._let_end()
        log.info("stopped", code=code)
        if code == RESTART_ME:
            os._exit(code)  # a thread hangs, and waiting for it would take for ever; all that matters is on disk
        return code

    # --- the jobs -------------------------------------------------------------------------

    def _poll_and_answer(self) -> None:
        try:
            poll(self.w)
        finally:
            # Mail that is on our disk is answered also while the mailbox is away.
            if answer_due(self.w, enough=self.poll.half_over) and not self.stopping.is_set():
                self._schedule(self.send)

    def _send(self) -> None:
        send_due(self.w, enough=self.send.half_over)

    def _tick(self) -> None:
        if tick(self.w) and not self.stopping.is_set():
            self._schedule(self.send)

    def _tell(self) -> None:
        tell_due(self.w, enough=self.tell.half_over)

    def _schedule(self, *jobs: Job) -> None:
        """These jobs run now, and then at their intervals."""
        for job in jobs:
            self._scheduler.add_job(
                job.run, Every(job.every), id=job.name, next_run_time=self.w.clock(), replace_existing=True
            )

    # --- the watchdog ---------------------------------------------------------------------------

    def _watch(self) -> int:
        wall, tick = self.w.clock(), time.monotonic()
        while not self.stopping.wait(1.0):
            now, passed = self.w.clock(), time.monotonic()
            self._mind_the_clock(now - wall - timedelta(seconds=passed - tick))
            wall, tick = now, passed
            for job in self.jobs:
                if not (self._is_alive(job, passed) and self._is_in_time(job, passed)):
                    log.error("a job is stuck, the process must be started anew", job=job.name)
                    return RESTART_ME
        return 0

    def _mind_the_clock(self, jump: timedelta) -> None:
        if abs(jump) <= CLOCK_JUMP:
            return
        seconds = int(jump.total_seconds())
        log.warning("the clock was set", seconds=seconds)
        self._schedule(*self.jobs)
        with suppress(StoreError):  # whoever watches must not fall himself
            self.w.store.alerts.report("clock", f"The clock moved by {seconds} seconds", self.w.now())

    def _is_alive(self, job: Job, passed: float) -> bool:
        """Wakes a job that does not run although it is time; False when that does not help either."""
        idle = passed - job.ended
        if job.began is None and passed - max(job.ended, job.woken) > LATE * job.every + 5:
            job.woken = passed
            self._schedule(job)
            self._scheduler.wakeup()
        return job.began is not None or idle < DEAD * job.every + 60

    def _is_in_time(self, job: Job, passed: float) -> bool:
        """Breaks the connection of a job past its deadline; False when that does not end it either."""
        over = passed - job.began - job.deadline if job.began is not None else -1.0
        if over > 0 and not job.broken:
            log.error("a job outlives its deadline", job=job.name)
            job.broken = True
            job.break_off()
        return over < GRACE

    def _let_end(self) -> int:
        """What is under way may finish; a call that hangs is broken off."""
        for patience in (STOP_SECONDS, 5.0):
            until = time.monotonic() + patience
            while any(job.began is not None for job in self.jobs):
                if time.monotonic() > until:
                    break
                time.sleep(0.02)
            else:
                return 0
            for job in self.jobs:
                job.break_off()
        return RESTART_ME
