"""Filing mail away on servers that lack the commands for it, or claim what they did not do."""

from __future__ import annotations

import re

import pytest
from imap_scenes import OTHER, RAW, settings, without
from imapclient import IMAPClient
from relay import Relay
from servers import Account, Certificate, Dovecot, require_dovecot

from bot.errors import MailboxError
from bot.mail.imap import ImapInbox


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
