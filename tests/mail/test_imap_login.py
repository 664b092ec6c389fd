"""Logging in to IMAP: TLS, passwords, and what a refusal means."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from imap_scenes import RAW, read_all, settings, without
from imapclient.exceptions import IMAPClientAbortError, LoginError
from relay import Relay
from servers import Account, Certificate, free_port

from bot.errors import MailboxError
from bot.mail.connection import objection
from bot.mail.imap import ImapInbox
from bot.mail.imap_session import is_permanent
from bot.mail.settings import ImapSettings, Secret


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
