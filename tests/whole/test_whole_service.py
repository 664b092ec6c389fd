"""``after-sales run`` as operators run it: a process with a config file, signals, a second copy, a clock that jumps."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

import apscheduler.schedulers.base
import pytest
from relay import Relay
from servers import Account
from shop import IMAP, Shop, claim

from bot.worker.service import Service

QUICK = "schedule poll_seconds = 1\nschedule send_seconds = 1"


def wait_for(what: Callable[[], bool], seconds: float = 60.0) -> float:
    """Until it is so; the seconds it took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "it did not come in time"
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def running(shop: Shop, more: str = QUICK) -> Iterator[subprocess.Popen[str]]:
    """The service, up and polling; killed at the end if it still runs."""
    shop.configure(more)
    process = shop.program("run")
    assert process.stderr
    try:
        for line in process.stderr:
            if "running" in line:
                break
        yield process
    finally:
        process.kill()
        process.communicate(timeout=20)


def test_the_service_answers_within_seconds_and_ends_cleanly_on_sigterm(shop: Shop) -> None:
    with running(shop) as process:
        for number in range(1, 4):
            shop.box.deliver(claim(number))
            took = wait_for(lambda n=number: len(shop.letters()) == n)  # type: ignore[misc]
            assert took < 15
        wait_for(lambda: len(shop.box.mails("Sent")) == 3)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "stopped" in err
    assert "Traceback" not in err
    assert (shop.outcomes(), len(shop.letters())) == (["human"] * 3, 3)
    assert shop.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def test_a_second_copy_on_the_same_data_refuses_to_start(shop: Shop) -> None:
    with running(shop) as process:
        second = shop.command("run")
        once = shop.command("once", "--send")
        looking = shop.command("cases")
        dry = shop.command("once")
    for refused in (second, once):
        assert refused.returncode == 4
        assert (
            refused.stderr.strip()
            == f"Another copy (process {process.pid}) works on the data folder {shop.folder / 'data'}."
        )
    assert (looking.returncode, dry.returncode) == (0, 0), "looking and trying are free"
    assert shop.command("once", "--send").returncode == 0, "the lock ends with the process, however it ends"


def test_a_broken_configuration_names_every_problem_at_once(shop: Shop) -> None:
    shop.configure('schedule poll_seconds = 0\nimap port = 99999\nlimits max_mail_mb = 7000\nfolders snet = "Sent"')
    result = shop.command("run")
    assert (result.returncode, result.stdout) == (3, "")
    for key in ("schedule.poll_seconds", "imap.port", "limits.max_mail_mb", "folders.snet"):
        assert key in result.stderr
    assert "Traceback" not in result.stderr
    assert not (shop.folder / "data").exists()


def test_a_missing_configuration_says_how_to_get_one(shop: Shop) -> None:
    (shop.folder / "config.toml").unlink()
    result = shop.command("run")
    assert result.returncode == 3
    assert "after-sales init" in result.stderr


def test_a_mailbox_that_drips_is_broken_off_at_the_deadline_and_read_later(shop: Shop, account: Account) -> None:
    """One byte now and then keeps every timeout quiet; only the deadline of the whole job ends it."""
    with Relay(account.port) as relay:
        slow = replace(shop, mailbox=IMAP.format(port=relay.port, user=account.user))
        shop.box.deliver(claim(1))
        relay.drip = 0.5
        with running(slow, QUICK + "\nschedule poll_deadline_seconds = 3") as process:
            assert process.stderr
            for line in process.stderr:
                if "outlives its deadline" in line:
                    break
            relay.drip = 0.0
            wait_for(lambda: len(shop.letters()) == 1)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=40)
            assert process.returncode == 0


def test_a_slow_mail_server_does_not_keep_the_mailbox_waiting(shop: Shop) -> None:
    shop.sink.fail("MAIL", "!stall")
    with running(shop):
        shop.box.deliver(claim(1))
        wait_for(lambda: "MAIL" in shop.sink.verbs)
        shop.box.deliver(claim(2))
        wait_for(lambda: len(shop.box.mails("Handled")) == 2)
        assert shop.letters() == []


def test_a_stop_breaks_off_a_call_that_hangs(shop: Shop) -> None:
    shop.sink.fail("MAIL", "!stall")
    with running(shop, QUICK + "\nsmtp timeout = 600") as process:
        shop.box.deliver(claim(1))
        wait_for(lambda: "MAIL" in shop.sink.verbs)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
        assert process.returncode == 0
    assert shop.rows("SELECT state FROM outbox") == [{"state": "queued"}]


# --- the clock ----------------------------------------------------------------------------------------


class SetClock(datetime):
    """What the scheduler takes for the time: it knows no other way to be told."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz or UTC) + cls.ahead


@pytest.mark.parametrize(
    ("step", "alerts"),
    [
        (timedelta(hours=-1), ["clock"]),
        (timedelta(minutes=-4), []),  # too little to be told, enough to put a sleeping scheduler off for minutes
        (timedelta(days=20_000), ["clock"]),  # a machine without a battery learns the time
    ],
)
def test_a_clock_that_is_set_stops_nothing(
    shop: Shop, step: timedelta, alerts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", SetClock)
    monkeypatch.setattr(SetClock, "ahead", timedelta(0))
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    polls: list[float] = []

    def set_the_clock() -> None:
        wait_for(lambda: len(shop.letters()) >= 1)
        shop.clock.ahead = SetClock.ahead = step
        time.sleep(0.5)
        shop.box.deliver(claim(2))
        # A timer may write to the first customer meanwhile: for it months have gone by.
        polls.append(wait_for(lambda: bool(shop.letters("anna2@home2.example.com"))))

    shop.box.deliver(claim(1))
    with shop.open(QUICK) as wiring:
        service = Service(wiring)
        helper = threading.Thread(target=lambda: (set_the_clock(), service.stopping.set()))
        guard = threading.Timer(130, service.stopping.set)
        helper.start()
        guard.start()
        try:
            assert service.run() == 0
        finally:
            helper.join()
            guard.cancel()
            for number, handler in before.items():
                signal.signal(number, handler)
    assert polls, "nothing was answered after the clock was set"
    assert polls[0] < 30, "after minutes, not after seconds"
    assert shop.alerts() == alerts


# --- when nothing helps -----------------------------------------------------------------------------------


def test_a_job_that_no_breaking_ends_makes_the_service_ask_for_a_new_start(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.service.GRACE", 1.0)
    with shop.open("schedule poll_deadline_seconds = 1") as wiring:
        service = Service(wiring)
        service.poll.began = time.monotonic()  # under way, and it will stay so
        began = time.monotonic()
        assert service._watch() == 75
        assert time.monotonic() - began < 6


def test_a_scheduler_that_starts_nothing_makes_the_service_ask_for_a_new_start(shop: Shop) -> None:
    with shop.open(QUICK) as wiring:
        service = Service(wiring)  # its scheduler is never started
        service.send.ended -= 3600
        assert service._watch() == 75
