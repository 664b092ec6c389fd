"""What a failed sending means, verb by verb, against a real server that goes wrong on command."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from sink import Sink
from smtp_scenes import ANNA, ECHO, RAW, SHOP, Marks, send, settings

from bot.errors import SendError
from bot.mail.settings import SmtpSettings
from bot.mail.smtp import Sender


@pytest.mark.parametrize(
    ("where", "how", "permanent", "ambiguous", "code", "marked", "kept"),
    [
        # before the letter: never ambiguous, nothing was announced
        ("GREET", "421 too busy", False, False, 421, False, 0),
        ("GREET", "554 not today", False, False, 554, False, 0),  # about us or the server, not about this mail
        ("GREET", "!drop", False, False, 0, False, 0),
        ("GREET", "!reset", False, False, 0, False, 0),
        ("GREET", "!stall", False, False, 0, False, 0),
        ("EHLO", "!drop", False, False, 0, False, 0),
        ("EHLO", "421 closing", False, False, 0, False, 0),
        ("AUTH", "535 5.7.8 wrong", False, False, 535, False, 0),  # a wrong setting must not fail every letter for good
        ("AUTH", "454 4.7.0 later", False, False, 454, False, 0),
        ("AUTH", "!drop", False, False, 0, False, 0),
        ("MAIL", "451 try later", False, False, 451, False, 0),
        ("MAIL", "452 no room", False, False, 452, False, 0),
        ("MAIL", "421 closing", False, False, 421, False, 0),
        ("MAIL", "550 sender unknown", True, False, 550, False, 0),
        ("MAIL", "552 too large", True, False, 552, False, 0),
        ("MAIL", "!drop", False, False, 0, False, 0),
        ("RCPT", "450 mailbox busy", False, False, 450, False, 0),
        ("RCPT", "452 too many", False, False, 452, False, 0),
        ("RCPT", "550 no such user", True, False, 550, False, 0),
        ("RCPT", "550 first\nsecond\nthird", True, False, 550, False, 0),  # a reply of several lines
        ("RCPT", "!reset", False, False, 0, False, 0),
        ("RCPT", "!stall", False, False, 0, False, 0),
        ("RCPT", "hello there", False, False, 0, False, 0),  # no code at all
        ("DATA", "451 greylisted", False, False, 451, False, 0),
        ("DATA", "554 no", True, False, 554, False, 0),
        ("DATA", "250 what", False, False, 250, False, 0),  # yes to a question nobody asked
        ("DATA", "!drop", False, False, 0, False, 0),
        # after the letter was announced: only a definite answer is definite
        ("PAYLOAD", "!drop", False, True, 0, True, 0),
        ("PAYLOAD", "!reset", False, True, 0, True, 0),
        ("PAYLOAD", "!stall", False, True, 0, True, 0),
        ("DOT", "451 4.3.0 later", False, False, 451, True, 0),
        ("DOT", "452 disk full", False, False, 452, True, 0),
        ("DOT", "421 closing", False, False, 421, True, 0),
        ("DOT", "550 5.7.1 spam", True, False, 550, True, 0),
        ("DOT", "552 too large", True, False, 552, True, 0),
        ("DOT", "554 5.6.0 no", True, False, 554, True, 0),
        ("DOT", "!drop", False, True, 0, True, 0),
        ("DOT", "!stall", False, True, 0, True, 0),
        ("KEPT", "!drop", False, True, 0, True, 1),  # accepted, and nobody told us
        ("KEPT", "!reset", False, True, 0, True, 1),
        ("KEPT", "!stall", False, True, 0, True, 1),
        ("KEPT", "354 go on", False, True, 354, True, 1),
        ("KEPT", "what now", False, True, 0, True, 1),
        ("KEPT", "250 " + "x" * 9_000, False, True, 0, True, 1),  # too long a line: the driver makes a 500 of it
    ],
)
def test_each_failure_is_told_for_what_it_is(
    sink: Sink, where: str, how: str, permanent: bool, ambiguous: bool, code: int, marked: bool, kept: int
) -> None:
    sink.fail(where, how)
    if (where, how[:3]) == ("EHLO", "421"):
        sink.fail("HELO", how)
    mark = Marks()
    chosen = settings(sink) if how != "!stall" else settings(sink, connect_timeout=0.3, timeout=0.3, data_timeout=0.3)
    with Sender(chosen) as sender:
        with pytest.raises(SendError) as caught:
            send(sender, mark=mark)
        assert (caught.value.permanent, caught.value.ambiguous, caught.value.code) == (permanent, ambiguous, code)
        assert f"{sink.host}:{sink.port}" in str(caught.value)
        assert (mark.count == 1, len(sink.kept)) == (marked, kept)
        send(sender, RAW + b"the next mail\r\n")  # whatever happened, the next one goes
    assert sink.kept[-1].raw == RAW + b"the next mail\r\n"
    assert len(sink.kept) == kept + 1


@pytest.mark.parametrize("how", ["550 no such user", "450 later", "551 elsewhere"])
def test_only_the_echo_refused_and_the_mail_goes_on(sink: Sink, how: str) -> None:
    sink.fail(f"RCPT:{ECHO}", how)
    with Sender(settings(sink)) as sender:
        assert not send(sender, echo=ECHO).echo_accepted
    assert sink.kept[0].recipients == (ANNA,)


@pytest.mark.parametrize("how", ["421 closing", "!drop"])
def test_a_connection_that_ends_at_the_echo_is_a_plain_temporary_failure(sink: Sink, how: str) -> None:
    sink.fail(f"RCPT:{ECHO}", how)
    mark = Marks()
    with Sender(settings(sink)) as sender, pytest.raises(SendError) as caught:
        send(sender, echo=ECHO, mark=mark)
    assert not caught.value.permanent
    assert not caught.value.ambiguous
    assert mark.count == 0


def test_the_customer_refused_and_the_echo_gets_nothing_either(sink: Sink) -> None:
    sink.fail(f"RCPT:{ANNA}", "550 no such user")
    with Sender(settings(sink)) as sender, pytest.raises(SendError):
        send(sender, echo=ECHO)
    assert sink.verbs.count("RCPT") == 1
    assert sink.kept == []


def test_a_mark_that_cannot_be_written_stops_the_letter(sink: Sink) -> None:
    def full() -> None:
        raise OSError("disk full")

    with Sender(settings(sink)) as sender:
        with pytest.raises(OSError, match="disk full"):
            sender.send(RAW, sender=SHOP, recipient=ANNA, on_payload=full)
        assert sink.kept == []
        send(sender)
    assert len(sink.kept) == 1
    assert sink.connections == 2


def test_not_a_byte_of_the_letter_leaves_before_the_mark(sink: Sink) -> None:
    seen: list[int] = []
    with Sender(settings(sink)) as sender:
        sender.send(RAW, sender=SHOP, recipient=ANNA, on_payload=lambda: seen.append(len(sink.kept)))
    assert seen == [0]
    assert len(sink.kept) == 1


@pytest.mark.parametrize("how", ["!drop", "!reset"])
def test_a_kept_connection_that_the_server_closed_is_opened_anew(sink: Sink, how: str) -> None:
    with Sender(settings(sink)) as sender:
        sink.fail("AFTER", how)
        send(sender)
        time.sleep(0.05)
        send(sender, RAW + b"second\r\n")
    assert [kept.raw for kept in sink.kept] == [RAW, RAW + b"second\r\n"]
    assert sink.connections == 2


@pytest.mark.parametrize("reply", ["421 idle too long", "500 what"])
def test_a_kept_connection_that_the_server_no_longer_wants_is_opened_anew(sink: Sink, reply: str) -> None:
    with Sender(settings(sink)) as sender:
        send(sender)
        sink.fail("RSET", reply)
        send(sender)
    assert len(sink.kept) == sink.connections == 2


def test_an_abort_ends_the_wait_for_the_verdict_and_stays_ambiguous(sink: Sink) -> None:
    sink.fail("KEPT", "!stall")
    sender = Sender(settings(sink, data_timeout=50))
    sender.open()
    threading.Timer(0.3, sender.abort).start()
    start = time.monotonic()
    with pytest.raises(SendError, match="stopped from outside") as caught:
        send(sender)
    assert caught.value.ambiguous
    assert time.monotonic() - start < 5
    with pytest.raises(SendError, match="stopped from outside"):
        send(sender)


def test_an_abort_ends_the_wait_for_a_greeting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sender = Sender(SmtpSettings(host="127.0.0.1", port=silent.getsockname()[1], connect_timeout=50))
        threading.Timer(0.3, sender.abort).start()
        start = time.monotonic()
        with pytest.raises(SendError, match="stopped from outside") as caught:
            sender.open()
        assert not caught.value.ambiguous
        assert time.monotonic() - start < 5
