"""What the IMAP inbox does when server and network misbehave: a relay stands between it and a real Dovecot."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, LoginError
from relay import Relay
from servers import Account, Certificate, Dovecot, free_port, require_dovecot

from bot.errors import MailboxError
from bot.mail import imap
from bot.mail.connection import objection
from bot.mail.imap import ImapInbox
from bot.mail.imap_session import is_permanent
from bot.mail.settings import ImapSettings, Secret

RAW = b"From: anna@example.com\r\nMessage-ID: <1@mail.example.com>\r\n\r\n" + b"My watch stopped.\r\n" * 20
OTHER = b"From: ben@example.com\r\nMessage-ID: <2@mail.example.com>\r\n\r\nHello\r\n"


@pytest.fixture
def relay(account: Account) -> Iterator[Relay]:
    """Between the inbox and the account, which holds one mail."""
    account.deliver(RAW)
    with Relay(account.port) as between:
        yield between


def settings(port: int, account: Account, timeout: float = 10.0) -> ImapSettings:
    return ImapSettings(
        host="127.0.0.1", port=port, user=account.user, password=Secret(account.password), security="none",
        connect_timeout=timeout, timeout=timeout,
    )  # fmt: skip


def read_all(chosen: ImapSettings) -> list[bytes | None]:
    with ImapInbox(chosen) as inbox:
        inbox.open()
        return [raw for _, raw in inbox.fetch([listed.uid for listed in inbox.list()])]


def outcome(chosen: ImapSettings) -> str | tuple[bytes | None, ...]:
    try:
        return tuple(read_all(chosen))
    except MailboxError as error:
        named = "127.0.0.1" in str(error)
        return "passing error" if named and not error.permanent else str(error)


def without(*words: bytes):  # type: ignore[no-untyped-def]
    """A server that does not offer these capabilities."""

    def alter(piece: bytes) -> bytes:
        for word in words:
            piece = piece.replace(b" " + word, b"")
        return piece

    return alter


def test_a_cut_at_any_byte_is_an_error_and_never_half_a_mail(account: Account, relay: Relay) -> None:
    count = [0]

    def counting(piece: bytes) -> bytes:
        count[0] += len(piece)
        return piece

    relay.alter = counting
    assert read_all(settings(relay.port, account)) == [RAW]
    relay.alter = bytes
    outcomes = set()
    for end in range(0, count[0] - 60, 37):
        relay.cut_after = end
        outcomes.add(outcome(settings(relay.port, account)))
    assert outcomes <= {"passing error", (RAW,)}
    assert "passing error" in outcomes
    assert account.mails() == [RAW]


@pytest.mark.parametrize("word", [b"LOGIN", b"SELECT", b"SEARCH", b"RFC822.SIZE", b"BODY.PEEK"])
def test_a_server_that_falls_silent_is_given_up_after_the_timeout(account: Account, relay: Relay, word: bytes) -> None:
    relay.stall_on = word
    start = time.monotonic()
    with pytest.raises(MailboxError, match=r"127\.0\.0\.1") as caught:
        read_all(settings(relay.port, account, timeout=0.4))
    assert time.monotonic() - start < 5
    assert not caught.value.permanent


@pytest.mark.parametrize("word", [b"LOGIN", b"SELECT", b"SEARCH", b"RFC822.SIZE", b"BODY.PEEK"])
def test_a_connection_cut_on_a_command_is_tried_again_later(account: Account, relay: Relay, word: bytes) -> None:
    relay.cut_on = word
    with pytest.raises(MailboxError) as caught:
        read_all(settings(relay.port, account))
    assert not caught.value.permanent
    relay.cut_on = b""
    assert read_all(settings(relay.port, account)) == [RAW]


@pytest.mark.parametrize("security", ["none", "ssl", "starttls"])
def test_a_server_that_accepts_and_says_nothing_is_given_up(account: Account, security: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        chosen = replace(settings(silent.getsockname()[1], account, timeout=0.4), security=security)
        start = time.monotonic()
        with pytest.raises(MailboxError, match=r"no answer came in time|timed out"), ImapInbox(chosen) as inbox:
            inbox.open()
        assert time.monotonic() - start < 5


@pytest.mark.parametrize("security", ["none", "ssl", "starttls"])
def test_an_abort_breaks_the_wait_for_a_greeting(account: Account, security: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        inbox = ImapInbox(replace(settings(silent.getsockname()[1], account, timeout=40), security=security))
        threading.Timer(0.3, inbox.abort).start()
        start = time.monotonic()
        with pytest.raises(MailboxError, match="stopped from outside"):
            inbox.open()
        assert time.monotonic() - start < 5


def test_an_abort_breaks_a_fetch_that_drips(account: Account, relay: Relay) -> None:
    inbox = ImapInbox(settings(relay.port, account, timeout=5))
    inbox.open()
    (listed,) = inbox.list()
    relay.drip = 0.05
    threading.Timer(0.4, inbox.abort).start()
    start = time.monotonic()
    with pytest.raises(MailboxError, match="stopped from outside"):
        list(inbox.fetch([listed.uid]))
    assert time.monotonic() - start < 3
    with pytest.raises(MailboxError):
        inbox.open()
    inbox.close()


def test_an_abort_works_under_tls(account: Account, certificate: Certificate) -> None:
    account.deliver(RAW)
    chosen = replace(settings(account.tls_port, account), security="ssl", ca_file=certificate.file)
    with ImapInbox(chosen) as inbox:
        inbox.open()
        inbox.abort()
        with pytest.raises(MailboxError, match="stopped from outside"):
            inbox.list()


def test_a_wrong_password_is_permanent_and_not_told(account: Account) -> None:
    chosen = replace(settings(account.port, account), password=Secret("hunter2-wrong"))
    with pytest.raises(MailboxError, match="does not accept user") as caught:
        read_all(chosen)
    assert caught.value.permanent
    assert "hunter2" not in str(caught.value) + repr(chosen) + str(chosen.password) + f"{chosen.password}"


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (LoginError("b'[AUTHENTICATIONFAILED] Authentication failed.'"), True),  # Dovecot
        (LoginError("[AUTHENTICATIONFAILED] Invalid credentials (Failure)"), True),  # large web mailer
        (LoginError("LOGIN failed."), True),  # Exchange
        (LoginError("Login failed."), True),  # Courier
        (LoginError("[ALERT] Application-specific password required"), True),
        (LoginError("[EXPIRED] password is too old"), True),
        (LoginError("[UNAVAILABLE] Temporary authentication failure."), False),  # its user database is away
        (LoginError("[INUSE] mailbox locked"), False),
        (LoginError("Login failed, please try again later"), False),
        (LoginError("Maximum number of connections from user+IP exceeded"), False),
        (LoginError("command: LOGIN => socket error: EOF"), False),  # a cut during LOGIN
        (IMAPClientAbortError("LOGIN failed."), False),  # words of a connection that broke
        (OSError("authentication failed"), False),
    ],
)
def test_only_a_servers_verdict_on_the_password_is_permanent(error: Exception, permanent: bool) -> None:
    assert is_permanent(error) is permanent


def test_without_move_mail_is_copied_and_exactly_that_mail_expunged(account: Account, relay: Relay) -> None:
    relay.alter = without(b"MOVE")
    account.deliver(OTHER)
    with IMAPClient("127.0.0.1", account.port, ssl=False) as person:
        person.login(account.user, account.password)
        person.select_folder("INBOX")
        first, second = sorted(person.search("ALL"))
        person.add_flags([second], [b"\\Deleted"])  # marked by a person, who may still change their mind
    with ImapInbox(settings(relay.port, account)) as inbox:
        inbox.open()
        inbox.prepare(["Bot/Done"])
        status = relay.heard.count(b"STATUS")
        assert inbox.move([first, 4_000], "Bot/Done")
        assert relay.heard.count(b"STATUS") == status + 1  # COPYUID was proof enough: not counted again
        assert inbox.move([first], "Bot/Done")
    assert account.mails("Bot/Done") == [RAW]
    assert account.mails() == [OTHER]
    assert b"UID MOVE" not in relay.heard
    assert re.findall(rb"^\w+ (?!UID )EXPUNGE|^\w+ CLOSE", bytes(relay.heard), re.MULTILINE) == []


def test_without_copyuid_the_copy_is_proved_by_counting(account: Account, relay: Relay) -> None:
    relay.alter = lambda piece: re.sub(rb"\[COPYUID [^]]*\] ", b"", without(b"MOVE")(piece))
    with ImapInbox(settings(relay.port, account)) as inbox:
        inbox.open()
        assert inbox.move([found.uid for found in inbox.list()], "Bot/Done")
    assert (account.mails("Bot/Done"), account.mails()) == ([RAW], [])


def test_a_copy_that_the_server_only_claims_costs_no_mail(account: Account, relay: Relay) -> None:
    relay.alter = without(b"MOVE")
    relay.alter_client = lambda piece: re.sub(rb"UID COPY [^\r]*", b"NOOP", piece)
    with ImapInbox(settings(relay.port, account)) as inbox:
        inbox.open()
        with pytest.raises(MailboxError, match="nothing was removed"):
            inbox.move([found.uid for found in inbox.list()], "Bot/Done")
    assert account.mails() == [RAW]
    assert not any("T" in flags for flags in account.flags())


def test_without_move_and_uidplus_mail_is_left_where_it_is(account: Account, relay: Relay) -> None:
    relay.alter = without(b"MOVE", b"UIDPLUS")
    with ImapInbox(settings(relay.port, account)) as inbox:
        inbox.open()
        uids = [found.uid for found in inbox.list()]
        assert not inbox.move(uids, "Bot/Done")
        assert [found.uid for found in inbox.list()] == uids
    assert account.mails() == [RAW]
    assert not any(flags.strip("a") for flags in account.flags())
    assert not re.search(rb"COPY|EXPUNGE|STORE", relay.heard)


def test_an_empty_answer_for_a_mail_that_has_a_size_is_a_vanished_mail(account: Account, relay: Relay) -> None:
    with ImapInbox(settings(relay.port, account)) as inbox:
        inbox.open()
        (listed,) = inbox.list()
        relay.alter = lambda piece: re.sub(rb"BODY\[\] \{\d+\}\r\n.*\)\r\n", b'BODY[] "")\r\n', piece, flags=re.DOTALL)
        assert list(inbox.fetch([listed.uid])) == [(listed.uid, None)]


def test_a_mailbox_that_is_rebuilt_in_mid_session_is_noticed(account: Account, relay: Relay) -> None:
    with ImapInbox(settings(relay.port, account)) as inbox:
        inbox.open()
        (listed,) = inbox.list()
        inbox.append_sent(OTHER, "<2@mail.example.com>", "Sent")  # the inbox must be selected anew after it
        relay.alter = lambda piece: re.sub(rb"UIDVALIDITY \d+", b"UIDVALIDITY 77", piece)
        with pytest.raises(MailboxError, match="rebuilt"):
            inbox.move([listed.uid], "Bot/Done")
    assert account.mails() == [RAW]


def test_mails_are_fetched_in_batches_bounded_by_bytes(account: Account, relay: Relay) -> None:
    for _ in range(9):
        account.deliver(RAW)
    with ImapInbox(settings(relay.port, account)) as inbox:
        inbox.open()
        uids = [found.uid for found in inbox.list()]
        assert [raw for _, raw in inbox.fetch(uids, max_bytes=3 * len(RAW))] == [RAW] * 10
    assert relay.heard.count(b"BODY.PEEK[]") == 4


def test_a_folder_too_full_for_one_search_is_searched_in_spans(
    account: Account, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "SEARCHED_A_COMMAND", 3)
    for _ in range(9):
        account.deliver(RAW)
    with ImapInbox(settings(relay.port, account)) as inbox:
        inbox.open()
        assert len(inbox.list()) == 10
    assert relay.heard.count(b"UID SEARCH") == 4


def test_the_drivers_log_of_every_byte_stays_off(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    account.deliver(RAW)
    with caplog.at_level(logging.DEBUG), ImapInbox(settings(account.port, account)) as inbox:
        inbox.open()
        assert inbox._session._imap.debug == 0  # type: ignore[union-attr]
        assert len(list(inbox.fetch([found.uid for found in inbox.list()]))) == 1
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "My watch" not in logged
    assert account.password not in logged


def test_no_password_is_sent_when_starttls_was_taken_out_on_the_way(account: Account, relay: Relay) -> None:
    relay.alter = without(b"STARTTLS")
    with pytest.raises(MailboxError):
        read_all(replace(settings(relay.port, account), security="starttls"))
    assert b"LOGIN" not in relay.heard
    assert b"AUTHENTICATE" not in relay.heard


def test_no_password_is_sent_where_the_server_forbids_login(account: Account, relay: Relay) -> None:
    relay.alter = lambda piece: piece.replace(b"IMAP4rev1", b"IMAP4rev1 LOGINDISABLED")
    with pytest.raises(MailboxError, match="starttls"):
        read_all(settings(relay.port, account))
    assert b"LOGIN" not in relay.heard


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_tls_works_with_the_right_authority_and_only_with_it(
    account: Account, certificate: Certificate, security: str, tmp_path: Path
) -> None:
    account.deliver(RAW)
    port = account.tls_port if security == "ssl" else account.port
    chosen = replace(settings(port, account), security=security, ca_file=certificate.file)
    assert read_all(chosen) == [RAW]
    with pytest.raises(MailboxError, match="ca_file"):
        read_all(replace(chosen, ca_file=Certificate(tmp_path).file))
    with pytest.raises(MailboxError, match="ca_file"):
        read_all(replace(chosen, ca_file=None))


def test_a_port_where_nobody_listens_is_named(account: Account) -> None:
    port = free_port()
    with pytest.raises(MailboxError, match=f"127.0.0.1:{port}.*refused.*check the port") as caught:
        read_all(settings(port, account))
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"host": "mail.example.com", "security": "none", "user": "shop"}, "clear text"),
        ({"host": "mail.example.com", "security": "none", "user": "shop", "insecure": True}, ""),
        ({"host": "mail.example.com", "security": "none"}, ""),  # a relay that asks for no password
        ({"host": "mail.example.com", "security": "ssl"}, ""),
        ({"host": "127.0.0.1", "security": "none", "user": "shop"}, ""),
        ({"host": "::1", "security": "none", "user": "shop"}, ""),
        ({"host": "localhost", "security": "none", "user": "shop"}, ""),
        ({"host": "localhost.example.com", "security": "none", "user": "shop"}, "clear text"),
        ({"host": "a", "password": Secret("x\r\nA1 LOGOUT")}, "control character"),
        ({"host": "a", "user": "x\n"}, "control character"),
    ],
)
def test_settings_that_would_give_the_password_away_are_refused(chosen: dict[str, object], words: str) -> None:
    found = objection(ImapSettings(**chosen))  # type: ignore[arg-type]
    assert words in found if words else not found


@pytest.mark.needs_dovecot
def test_folders_follow_the_servers_separator_and_prefix(certificate: Certificate) -> None:
    require_dovecot()
    server = Dovecot(certificate, separator=".", prefix="INBOX.", password="pässwörd")
    try:
        account = server.account()
        account.deliver(RAW)
        with ImapInbox(settings(account.port, account)) as inbox:  # a password beyond ASCII goes through as well
            inbox.open()
            assert inbox.move([found.uid for found in inbox.list()], "Bot/Done")
            assert inbox.append_sent(OTHER, "<2@mail.example.com>", "Sent")
            assert inbox.has_message("Bot/Done", "<1@mail.example.com>")
        assert account.mails("Bot/Done") == [RAW]
        assert account.mails("Sent") == [OTHER]
    finally:
        server.stop()
