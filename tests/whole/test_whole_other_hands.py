"""People use the same mailbox: they read, move and delete mail at any moment, also between two of our commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from imapclient import IMAPClient
from relay import Relay
from servers import Account
from shop import IMAP, Shop, claim

from bot.worker.answering import answer_due
from bot.worker.intake import poll


def person(account: Account) -> IMAPClient:
    client = IMAPClient(account.host, account.port, ssl=False, timeout=20)
    client.login(account.user, account.password)
    client.select_folder("INBOX")
    return client


def expunge(account: Account) -> None:
    with person(account) as client:
        client.add_flags([1], [b"\\Deleted"])
        client.uid_expunge([1])


def take(account: Account) -> None:
    with person(account) as client:
        client.create_folder("Mine")
        client.move([1], "Mine")


@pytest.fixture
def meddled(shop: Shop, account: Account) -> Iterator[tuple[Shop, Relay]]:
    """The shop, with a relay before its mailbox in which something can be done at a chosen command."""
    with Relay(account.port) as relay:
        yield replace(shop, mailbox=IMAP.format(port=relay.port, user=account.user)), relay


def once_on(relay: Relay, command: bytes, deed: Callable[[], None]) -> list[bytes]:
    """Do the deed just before the server hears this command; what was heard, to prove that it was."""
    heard: list[bytes] = []

    def alter(piece: bytes) -> bytes:
        if command in piece and not heard:
            heard.append(piece)
            deed()
        return piece

    relay.alter_client = alter
    return heard


@pytest.mark.parametrize("deed", [expunge, take])
def test_a_mail_taken_away_between_listing_and_fetching_is_nobody_s_case(
    meddled: tuple[Shop, Relay], account: Account, deed: Callable[[Account], None]
) -> None:
    shop, relay = meddled
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2))
    heard = once_on(relay, b"BODY.PEEK[]", lambda: deed(account))
    with shop.open() as wiring:
        for _ in range(4):
            poll(wiring)
            answer_due(wiring)
    assert heard, "the mail was taken away too late"
    assert shop.outcomes() == ["vanished", "human"]
    assert shop.count("cases") == 1


@pytest.mark.parametrize("deed", [expunge, take])
def test_a_mail_taken_away_between_answer_and_filing_is_no_trouble(
    meddled: tuple[Shop, Relay], account: Account, deed: Callable[[Account], None]
) -> None:
    shop, relay = meddled
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2))
    heard = once_on(relay, b" MOVE ", lambda: deed(account))
    shop.round()
    shop.round()
    assert heard
    assert len(shop.letters()) == 2
    assert shop.rows("SELECT DISTINCT state FROM mailop") == [{"state": "done"}]
    assert shop.box.mails("Handled") == [claim(2)]


def test_mail_that_somebody_read_first_is_answered_all_the_same(shop: Shop, account: Account) -> None:
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2))
    with person(account) as client:
        client.add_flags(client.search("ALL"), [b"\\Seen"])
    shop.round()
    assert len(shop.letters()) == 2


def test_a_mail_marked_as_deleted_by_somebody_is_not_expunged_by_us(shop: Shop, account: Account) -> None:
    for number in (1, 2):
        shop.box.deliver(claim(number))
    with person(account) as client:
        client.add_flags([2], [b"\\Deleted"])
    shop.round()
    assert len(shop.box.mails("Handled")) == 2, "marked is not gone: it was answered and filed"
