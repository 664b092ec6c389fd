"""What a failed sending means, verb by verb, against a real server that goes wrong on command."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from servers import Certificate, free_port
from sink import Sink

from bot.errors import SendError
from bot.mail.settings import Secret, SmtpSettings
from bot.mail.smtp import Sender, Sent
from bot.mail.smtp_session import payload

RAW = b"From: support@shop.example.com\r\nTo: anna@example.com\r\nSubject: Your watch\r\n\r\nDear customer\r\n"
SHOP, ANNA, ECHO = "support@shop.example.com", "anna@example.com", "echo@shop.example.com"


def settings(sink: Sink, **more: object) -> SmtpSettings:
    given = SmtpSettings(
        host=sink.host, port=sink.port, security="none", user=sink.user, password=Secret(sink.password),
        connect_timeout=3, timeout=3, data_timeout=3,
    )  # fmt: skip
    return replace(given, **more)  # type: ignore[arg-type]


class Marks:
    """Counts how often the payload was announced."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def send(sender: Sender, raw: bytes = RAW, mark: Marks | None = None, echo: str = "", to: str = ANNA) -> Sent:
    return sender.send(raw, sender=SHOP, recipient=to, echo=echo, on_payload=mark or Marks())


def test_an_accepted_mail_is_on_the_servers_disk(sink: Sink) -> None:
    mark = Marks()
    with Sender(settings(sink)) as sender:
        assert send(sender, mark=mark, echo=ECHO) == Sent(code=250, text="2.0.0 kept", echo_accepted=True)
    (kept,) = sink.kept
    assert (kept.sender, kept.recipients, kept.raw) == (SHOP, (ANNA, ECHO), RAW)
    assert mark.count == 1
    assert sink.verbs == ["EHLO", "AUTH", "MAIL", "RCPT", "RCPT", "DATA", "QUIT"]


def test_several_mails_go_over_one_connection(sink: Sink) -> None:
    with Sender(settings(sink)) as sender:
        for number in range(5):
            send(sender, RAW + b"%d\r\n" % number)
    assert [kept.raw for kept in sink.kept] == [RAW + b"%d\r\n" % number for number in range(5)]
    assert sink.connections == 1


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


def test_a_wrong_password_names_the_setting_and_not_the_secret(sink: Sink) -> None:
    with Sender(settings(sink, password=Secret("hunter2-wrong"))) as sender, pytest.raises(SendError) as caught:
        sender.open()
    assert "password" in str(caught.value)
    assert "535" in str(caught.value)
    assert "hunter2" not in str(caught.value) + repr(sender._settings)
    assert not caught.value.permanent
    assert caught.value.code == 535


@pytest.mark.parametrize("offered", ["PLAIN", "LOGIN", "CRAM-MD5 LOGIN", "LOGIN PLAIN"])
def test_it_logs_in_by_what_the_server_offers(sink: Sink, offered: str) -> None:
    sink.offers_auth = offered
    sink.password = "pässwörd ∞"
    with Sender(settings(sink)) as sender:
        send(sender)
    assert len(sink.kept) == 1


@pytest.mark.parametrize("offered", ["", "CRAM-MD5", "XOAUTH2"])
def test_a_server_without_a_login_we_know_is_named(sink: Sink, offered: str) -> None:
    sink.offers_auth = offered
    with Sender(settings(sink)) as sender, pytest.raises(SendError, match="AUTH PLAIN") as caught:
        send(sender)
    assert not caught.value.permanent
    assert "AUTH" not in sink.verbs


def test_without_a_user_nobody_logs_in(sink: Sink) -> None:
    with Sender(settings(sink, user="", password=Secret(""))) as sender:
        send(sender)
    assert "AUTH" not in sink.verbs


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


@pytest.mark.parametrize(
    ("raw", "wire"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),  # no line end
        (b"a\nb\rc\r\n", b"a\r\nb\r\nc\r\n.\r\n"),  # bare LF and CR: the door of smuggled mails
        (b".\r\n", b"..\r\n.\r\n"),  # a lone dot would end the letter
        (b"\r\n.\r\nMAIL FROM:<x>\r\n", b"\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"),
        (b"a\n.\nb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r.\rb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"..a\r\n...\r\n", b"...a\r\n....\r\n.\r\n"),
        (b"\r\r\n\n", b"\r\n\r\n\r\n.\r\n"),
    ],
)
def test_line_ends_and_dots_on_the_wire(raw: bytes, wire: bytes) -> None:
    assert payload(raw) == wire


def test_a_letter_full_of_dots_arrives_as_it_was(sink: Sink) -> None:
    raw = RAW + b".\r\n..\r\n.a\r\nQUIT\r\n.\r\n"
    with Sender(settings(sink)) as sender:
        send(sender, raw)
    (kept,) = sink.kept
    assert kept.raw == raw


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "@example.com",
        "anna@example.com>\r\nRCPT TO:<eve@example.com",
        "anna@example.com\n",
        "anna@example.com, eve@example.com",
        "anna@@example.com",
        "<anna@example.com>",
        '"anna eve"@example.com',
        "anna@exa mple.com",
        "anna@example..com",
        "änna@example.com",
        "anna@example.com\x00",
        "a" * 65 + "@example.com",
    ],
)
def test_an_address_that_is_none_is_refused_before_anybody_is_called(sink: Sink, address: str) -> None:
    with Sender(settings(sink)) as sender, pytest.raises(SendError) as caught:
        send(sender, to=address)
    assert caught.value.permanent
    assert sink.connections == 0


def test_an_international_domain_goes_out_in_its_ascii_form(sink: Sink) -> None:
    with Sender(settings(sink)) as sender:
        send(sender, to="anna@bücher.example.com")
    assert sink.kept[0].recipients == ("anna@xn--bcher-kva.example.com",)


def test_the_null_sender_is_allowed(sink: Sink) -> None:
    with Sender(settings(sink)) as sender:
        sender.send(RAW, sender="", recipient=ANNA, on_payload=Marks())
    assert sink.kept[0].sender == ""


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_tls_works_with_the_right_authority_and_only_with_it(
    tmp_path: Path, certificate: Certificate, security: str
) -> None:
    with Sink(tmp_path / "sink", security=security, tls=certificate.context()) as sink:
        with Sender(settings(sink, security=security, ca_file=certificate.file)) as sender:
            send(sender)
            send(sender)
        assert len(sink.kept) == 2
        with Sender(settings(sink, security=security)) as sender, pytest.raises(SendError, match="ca_file"):
            send(sender)
        assert len(sink.kept) == 2


def test_no_letter_and_no_password_in_clear_text_when_starttls_is_refused(sink: Sink) -> None:
    with Sender(settings(sink, security="starttls")) as sender, pytest.raises(SendError, match="start TLS") as caught:
        send(sender)
    assert not caught.value.permanent
    assert sink.kept == []
    assert "AUTH" not in sink.verbs
    assert "MAIL" not in sink.verbs


def test_clear_text_to_another_machine_is_refused(sink: Sink) -> None:
    with Sender(settings(sink, host="mail.example.com")) as sender, pytest.raises(SendError, match="clear text"):
        send(sender)


def test_a_port_where_nobody_listens_is_temporary(sink: Sink) -> None:
    with Sender(settings(sink, port=free_port())) as sender, pytest.raises(SendError, match="check the port") as caught:
        send(sender)
    assert not caught.value.permanent
    assert not caught.value.ambiguous


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


def test_replies_that_drip_in_byte_by_byte_are_understood(sink: Sink) -> None:
    sink.drip = 0.002
    sink.fail("MAIL", "250 first\nsecond\nthird")
    with Sender(settings(sink)) as sender:
        assert send(sender).code == 250
