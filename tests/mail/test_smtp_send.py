"""Sending: what goes over the wire, how it logs in, and what it refuses to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from servers import Certificate, free_port
from sink import Sink
from smtp_scenes import ANNA, ECHO, RAW, SHOP, Marks, send, settings

from bot.errors import SendError
from bot.mail.settings import Secret
from bot.mail.smtp import Sender, Sent
from bot.mail.smtp_session import payload


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


def test_replies_that_drip_in_byte_by_byte_are_understood(sink: Sink) -> None:
    sink.drip = 0.002
    sink.fail("MAIL", "250 first\nsecond\nthird")
    with Sender(settings(sink)) as sender:
        assert send(sender).code == 250
