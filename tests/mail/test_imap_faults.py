"""What the IMAP inbox does when server and network misbehave: a relay stands between it and a real Dovecot."""

from __future__ import annotations

import re
import socket
import threading
import time
from dataclasses import replace

import pytest
from imap_scenes import OTHER, RAW, read_all, settings
from relay import Relay
from servers import Account

from bot.errors import MailboxError
from bot.mail import imap
from bot.mail.imap import ImapInbox
from bot.mail.settings import ImapSettings


def outcome(chosen: ImapSettings) -> str | tuple[bytes | None, ...]:
    try:
        return tuple(read_all(chosen))
    except MailboxError as error:
        named = "127.0.0.1" in str(error)
        return "passing error" if named and not error.permanent else str(error)


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
