"""The same mail twice, in every way it happens: one case, one answer. And two mails that only look the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from imapclient import IMAPClient
from servers import Account
from shop import Shop, claim

from bot.worker.answering import answer_due
from bot.worker.intake import poll


def with_other_transport(raw: bytes) -> bytes:
    return (
        b"Return-Path: <anna1@home1.example.com>\r\nDelivered-To: care@shop.example.com\r\n"
        b"Received: from mx2.example.com by mx.shop.example.com; Mon, 10 Mar 2025 09:05:00 +0000\r\n"
        b"X-Spam-Score: 0.1\r\n"
    ) + raw


@pytest.mark.parametrize(
    ("again", "why"),
    [
        (lambda raw: raw, "delivered twice, byte for byte"),
        (with_other_transport, "came over another server as well"),
        (lambda raw: raw.replace(b"\r\n", b"\n"), "stored with other line ends"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False], ids=["in one poll", "a day later"])
def test_a_copy_gets_no_second_answer(shop: Shop, again: Callable[[bytes], bytes], why: str, at_once: bool) -> None:
    shop.box.deliver(claim(1))
    if not at_once:
        shop.round()
    shop.box.deliver(again(claim(1)))
    shop.round()
    assert shop.outcomes() == ["human", "duplicate"], why
    assert (len(shop.letters()), shop.count("cases")) == (1, 1)
    assert len(shop.box.mails("Handled")) == 2


def test_two_mails_with_one_message_id_are_both_kept_and_answered(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2, Message_ID="<claim-1@home.example.com>").replace(b"claim-2@", b"claim-1@"))
    shop.round()
    assert shop.outcomes() == ["human", "human"]
    assert shop.count("cases") == 2
    assert [letter["To"] for letter in shop.letters()] == ["anna1@home1.example.com", "anna2@home2.example.com"]


def test_a_rebuilt_mailbox_is_not_answered_again(shop: Shop, account: Account) -> None:
    for number in range(1, 6):
        shop.box.deliver(claim(number))
    shop.round()
    assert len(shop.letters()) == 5
    move_back(account)
    account.reset_uidvalidity()
    shop.box.deliver(claim(6))
    shop.round()

    assert sorted(shop.outcomes()) == ["duplicate"] * 5 + ["human"] * 6
    assert len(shop.letters()) == 6
    assert shop.count("cases") == 6
    assert shop.rows("SELECT epoch FROM mailbox") == [{"epoch": 2}]
    assert (len(shop.box.mails()), len(shop.box.mails("Handled"))) == (0, 11 - 5)


def test_a_mailbox_rebuilt_between_answer_and_filing_moves_no_other_mail(shop: Shop, account: Account) -> None:
    """The old uids now name other mails: a move that still waits must not hit them."""
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2))
    with shop.open() as wiring:
        poll(wiring)
        answer_due(wiring)  # moves are asked for, not yet made
        with IMAPClient(account.host, account.port, ssl=False) as client:
            client.login(account.user, account.password)
            client.select_folder("INBOX")
            client.add_flags([1], [b"\\Deleted"])
            client.uid_expunge([1])
        account.reset_uidvalidity()
        shop.box.deliver(claim(3))
        poll(wiring)
        assert claim(3) in shop.box.mails()
    shop.round()
    assert sorted(letter["To"] for letter in shop.letters()) == [f"anna{n}@home{n}.example.com" for n in (1, 2, 3)]
    assert shop.box.mails() == []


def test_a_mail_dragged_back_is_filed_again_and_not_answered(shop: Shop, account: Account) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    move_back(account)
    shop.round()
    assert shop.outcomes() == ["human", "duplicate"]
    assert (len(shop.letters()), shop.count("cases")) == (1, 1)
    assert (shop.box.mails(), len(shop.box.mails("Handled"))) == ([], 1)


def test_a_lost_database_answers_with_the_same_message_id(shop: Shop, account: Account) -> None:
    """Whoever sees two copies then sees one: mail programs fold mails with one Message-ID.

    The case number is drawn anew, so only the key behind it is the same.
    """
    shop.box.deliver(claim(1))
    shop.round()
    keys = shop.rows("SELECT dedupe_key FROM outbox")
    (shop.folder / "data" / "after-sales.db").unlink()
    move_back(account)
    shop.round()
    assert shop.rows("SELECT dedupe_key FROM outbox") == keys


def move_back(account: Account) -> None:
    """A person drags everything from Handled to the inbox."""
    with IMAPClient(account.host, account.port, ssl=False) as client:
        client.login(account.user, account.password)
        client.select_folder("Handled")
        client.move(client.search("ALL"), "INBOX")
