"""Mails that cannot be read, between good ones: nothing waits for them, nothing of them is lost, a person sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from shop import Shop, claim

from bot.isolate import Limits, Reader
from bot.worker.answering import answer_due
from bot.worker.intake import poll
from bot.worker.logs import trace
from bot.worker.rounds import one_round


class PoisonedReader(Reader):
    program = (str(Path(__file__).parent / "poisonous_reader.py"),)


class BrokenReader(Reader):
    program = ("-c", "raise SystemExit(1)")


@pytest.fixture(scope="module")
def poisoned(policy: Path) -> Iterator[Reader]:
    with PoisonedReader(policy, Limits(wall_seconds=10, cpu_seconds=1, memory_bytes=400 << 20)) as reader:
        yield reader


def nested() -> bytes:
    """67 KB that make a careless parser run out of stack."""
    parts = [f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(1200)]
    return ("From: mallory@bad.example.com\nTo: care@shop.example.com\nSubject: deep\n" + "".join(parts)).encode()


def ordered(deed: str) -> bytes:
    return f"X-Deed: {deed}\r\n".encode() + claim(50)


ATTEMPTS = (timedelta(0), timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=30))


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        (nested(), "nested too deeply"),
        (ordered("segfault"), "crashed on it"),
        (ordered("loop"), "more processor time than allowed"),
        (ordered("allocate"), "more memory than allowed"),
        (ordered("zygote"), "the reading process dies on it"),
        (ordered("exception"), "it broke the reader"),
        (b"\r\n", "empty"),
    ],
    ids=["deep nesting", "crash", "endless", "memory", "kills the zygote", "exception", "empty"],
)
def test_poison_between_two_good_mails(shop: Shop, poisoned: Reader, poison: bytes, reason: str) -> None:
    shop = replace(shop, reader=poisoned)
    for raw in (claim(1), poison, claim(2)):
        shop.box.deliver(raw)
    with shop.open() as wiring:
        for ahead in ATTEMPTS:
            shop.clock.ahead = ahead
            one_round(wiring)
            if ahead == timedelta(0):
                assert shop.outcomes() == ["human", "stored", "human"], "the good ones waited for the poison"

    assert shop.outcomes() == ["human", "quarantined", "human"]
    (set_aside,) = shop.rows("SELECT * FROM quarantine")
    assert set_aside["tries"] == 3
    assert reason in set_aside["reason"]
    queue = {row["case_number"]: row for row in shop.rows("SELECT * FROM review_queue")}
    assert queue[set_aside["case_number"]]["doubt"] == "unreadable"
    assert len(shop.box.mails("Quarantine")) == 1
    assert len(shop.letters("anna1@home1.example.com")) == len(shop.letters("anna2@home2.example.com")) == 1
    assert shop.count("cases") == 3
    assert "quarantine" in shop.alerts()


def test_what_is_in_quarantine_can_be_seen_and_tried_again(shop: Shop, poisoned: Reader) -> None:
    with replace(shop, reader=poisoned).open() as wiring:
        shop.box.deliver(ordered("segfault"))
        for ahead in ATTEMPTS[:3]:
            shop.clock.ahead = ahead
            one_round(wiring)
    listed = shop.command("quarantine", "list")
    assert "crashed on it" in listed.stdout
    original = shop.command("quarantine", "show", "1")
    assert original.stdout.replace("\n", "\r\n").encode() == ordered("segfault")
    assert shop.command("quarantine", "retry", "1").returncode == 0
    assert shop.command("quarantine", "list").stdout == "Nothing is in quarantine.\n"

    shop.round()
    assert shop.outcomes() == ["human"]
    case = shop.case("anna50@home50.example.com")
    assert (case["order_number"], case["waiting_for"], shop.count("cases")) == ("KS20050", "staff", 1)
    assert len(shop.letters("anna50@home50.example.com")) == 1
    assert shop.command("quarantine", "retry", "1").returncode == 1


def test_a_mail_that_fails_again_after_a_retry_keeps_its_one_case(shop: Shop, poisoned: Reader) -> None:
    shop.box.deliver(ordered("segfault"))
    with replace(shop, reader=poisoned).open() as wiring:
        for turn in range(2):
            for ahead in ATTEMPTS[:3]:
                shop.clock.ahead = turn * timedelta(hours=1) + ahead
                one_round(wiring)
            if not turn:
                wiring.store.ledger.retry(1, wiring.now())
    assert (shop.outcomes(), shop.count("cases")) == (["quarantined"], 1)
    assert shop.rows("SELECT case_number FROM quarantine")[0]["case_number"] is not None


def test_a_mail_that_ends_the_process_three_times_is_set_aside(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    with shop.open() as wiring:
        poll(wiring)
    for _ in range(3):
        with shop.open() as wiring:
            wiring.store.ledger.begin(1, wiring.now())  # and then the power goes
    shop.round()
    assert (shop.outcomes(), shop.count("cases")) == (["quarantined"], 1)
    assert "never came to an end" in shop.rows("SELECT reason FROM quarantine")[0]["reason"]


def test_a_mail_whose_file_is_gone_is_shown_and_does_not_turn_in_circles(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2))
    with shop.open() as wiring:
        poll(wiring)
        entry = wiring.store.ledger.get(1)
        wiring.store.files.path(entry.raw_sha256 or "").unlink()
        for ahead in ATTEMPTS:
            shop.clock.ahead = ahead
            answer_due(wiring)
    assert shop.outcomes() == ["quarantined", "human"]
    assert "original is gone" in shop.rows("SELECT reason FROM quarantine")[0]["reason"]
    assert shop.count("cases") == 2


def test_a_reader_that_does_not_start_costs_no_mail_an_attempt(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    with BrokenReader(shop.policy) as broken, replace(shop, reader=broken).open() as wiring:
        for minutes in range(0, 12, 2):
            shop.clock.ahead = timedelta(minutes=minutes)
            one_round(wiring)
    assert shop.rows("SELECT state, attempts FROM arrival") == [{"state": "stored", "attempts": 0}]
    assert shop.alerts() == ["reading"]
    shop.clock.ahead = timedelta(minutes=14)
    shop.round()
    assert (shop.outcomes(), len(shop.letters())) == (["human"], 1)


def test_a_mail_over_the_limit_becomes_a_case_and_the_sender_is_told(shop: Shop) -> None:
    shop.box.deliver(claim(1) + b"x" * 76 * 20_000)
    shop.box.deliver(claim(2))
    shop.round("limits max_mail_mb = 1")
    assert shop.outcomes() == ["oversize", "human"]
    assert [row["reply"] for row in shop.rows("SELECT reply FROM outbox ORDER BY id")] == [
        "attachment_too_large",
        "details_needed",
    ]
    assert len(shop.box.mails("Oversize")) == 1
    assert shop.case("anna1@home1.example.com")["waiting_for"] == "staff"


def test_a_disk_that_is_nearly_full_stops_polling_until_there_is_room(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    assert shop.round("limits min_free_mb = 900000000") == {"new": 0, "handled": 0, "sent": 0}
    assert (shop.outcomes(), shop.alerts()) == ([], ["disk_full"])
    assert shop.box.mails() == [claim(1)]
    shop.round()
    assert (shop.outcomes(), len(shop.letters())) == (["human"], 1)


def test_a_log_line_holds_nothing_of_a_mail(shop: Shop) -> None:
    for raw in (claim(1), claim(2), nested()):
        shop.box.deliver(raw)
    shop.sink.fail("RCPT", "550 5.1.1 <anna1@home1.example.com>: your TANK is unknown")
    shop.configure('log level = "debug"')
    logged = shop.command("once", "--send").stderr
    assert [word in logged for word in ("fetched", "case", "not sent", "sent", "not answered")] == [True] * 5
    for secret in ("anna", "home1.example.com", "TANK", "KS20001", "turn on", "watch is dead", "mallory", "secret"):
        assert secret not in logged


def test_an_error_is_told_by_kind_and_place_without_its_words() -> None:
    try:
        try:
            raise KeyError("anna@home1.example.com")
        except KeyError as error:
            raise ValueError("my TANK does not turn on") from error
    except ValueError as error:
        told = trace(error)
    assert re.fullmatch(r"ValueError at test_whole_poison\.py:\d+, after KeyError at test_whole_poison\.py:\d+", told)
