"""Servers that go away and come back, at every step: letters wait, go out once, and are never sent blindly again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from servers import Account, free_port
from shop import OURS, Shop, answer, claim, read

from bot.errors import MailboxError
from bot.store.mailops import MAX_ATTEMPTS
from bot.worker.answering import answer_due
from bot.worker.intake import poll
from bot.worker.rounds import one_round
from bot.worker.sending import send_due
from bot.worker.service import Service

ANNA = "anna1@home1.example.com"
ECHO = "echo@shop.example.com"


def state(shop: Shop) -> str:
    return str(shop.rows("SELECT state FROM outbox ORDER BY id DESC LIMIT 1")[0]["state"])


def later(shop: Shop, **span: float) -> None:
    shop.clock.ahead += timedelta(**span)


# --- the mailbox's server ---------------------------------------------------------------------------


def test_a_mailbox_that_is_away_loses_nothing(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    for _ in range(2):
        with pytest.raises(MailboxError, match="the connection was refused"):
            shop.round(f"imap port = {free_port()}")
    assert shop.alerts() == ["mailbox"]
    shop.round()
    assert (shop.outcomes(), len(shop.letters())) == (["human"], 1)


def test_mail_on_our_disk_is_answered_while_the_mailbox_is_away(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    with shop.open() as wiring:
        poll(wiring)
    with shop.open(f"imap port = {free_port()}") as wiring:
        service = Service(wiring)
        service.poll.run()
        service.send.run()
    assert (shop.outcomes(), len(shop.letters())) == (["human"], 1)
    assert len(shop.box.mails()) == 1
    shop.round()
    assert len(shop.box.mails()) == 0


def test_a_filing_that_fails_is_done_later(shop: Shop, account: Account) -> None:
    (account.maildir / ".Handled").write_text("in the way")
    shop.box.deliver(claim(1))
    with pytest.raises(MailboxError):
        shop.round()
    (account.maildir / ".Handled").unlink()
    later(shop, minutes=2)
    shop.round()
    assert (shop.outcomes(), len(shop.letters())) == (["human"], 1)
    assert (len(shop.box.mails()), len(shop.box.mails("Handled"))) == (0, 1)
    assert MAX_ATTEMPTS > 2


# --- the mail server --------------------------------------------------------------------------------


def test_a_mail_server_that_is_away_is_asked_less_and_less_often(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.sink.fail("GREET", "421 not now", times=3)
    tried = []
    with shop.open() as wiring:
        poll(wiring)
        answer_due(wiring)
        for minute in range(0, 61, 2):
            shop.clock.ahead = timedelta(minutes=minute)
            before = shop.sink.connections
            send_due(wiring)
            tried += [minute] * (shop.sink.connections - before)
    assert tried == [0, 6, 22, 52], "5, 15 and 30 minutes after each failure"
    assert (state(shop), len(shop.letters())) == ("accepted", 1)
    assert "smtp" in shop.alerts()


def test_a_mail_server_nobody_listens_at_gets_the_letter_when_it_is_back(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round(f"smtp port = {free_port()}")
    assert (state(shop), shop.letters()) == ("queued", [])
    shop.round()
    assert shop.letters() == [], "it is not time yet"
    later(shop, minutes=6)
    shop.round()
    shop.round()
    assert (state(shop), len(shop.letters())) == ("accepted", 1)


@pytest.mark.parametrize(
    ("where", "how"),
    [
        ("GREET", "421 too many connections"),
        ("EHLO", "!drop"),
        ("MAIL", "451 try later"),
        ("RCPT", "450 greylisted"),
        ("RCPT", "452 full\nlater"),
        ("DATA", "452 no space"),
        ("DATA", "!reset"),
        ("DOT", "451 try later"),
        ("MAIL", "!drop"),
    ],
)
def test_not_now_is_tried_again_and_sent_once(shop: Shop, where: str, how: str) -> None:
    shop.sink.fail(where, how)
    shop.box.deliver(claim(1))
    shop.round()
    assert (state(shop), shop.letters()) == ("queued", [])
    later(shop, minutes=6)
    shop.round()
    shop.round()
    assert (state(shop), len(shop.letters())) == ("accepted", 1)


@pytest.mark.parametrize(("where", "how"), [("RCPT", "550 no such user"), ("DOT", "554 not this"), ("MAIL", "553 no")])
def test_never_goes_to_a_person(shop: Shop, where: str, how: str) -> None:
    shop.sink.fail(where, how)
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2))
    shop.round()
    assert [letter["To"] for letter in shop.letters()] == ["anna2@home2.example.com"]
    (row,) = shop.rows("SELECT * FROM review_queue")
    assert (row["address"], f"was refused: {shop.sink.host}" in row["why"] or "refused" in row["why"]) == (ANNA, True)
    assert "letters_failed" in shop.alerts()
    for days in (1, 10):
        later(shop, days=days)
        shop.round()
    assert shop.letters(ANNA) == []

    # The customer writes again and is answered; that the first letter failed is still to be seen.
    shop.box.deliver(claim(3, ANNA, "My TANK T3 Ultra, order KS20001: it was delivered on 3 March 2025."))
    shop.round()
    assert len(shop.letters(ANNA)) == 1
    assert [row["case_number"] for row in shop.rows("SELECT * FROM review_queue")] == [row["case_number"]]
    assert shop.case(ANNA)["waiting_for"] == "staff"


def test_a_server_that_refuses_everybody_is_not_asked_for_each_letter(shop: Shop) -> None:
    for number in range(1, 9):
        shop.box.deliver(claim(number))
    shop.sink.fail("GREET", "454 too many failed logins", times=100)
    shop.round()
    assert shop.sink.connections <= 3


# --- the moment nobody can know ---------------------------------------------------------------------

AFTER_THE_DOT = [("DOT", "!drop", 0), ("KEPT", "!drop", 1), ("KEPT", "!reset", 1), ("KEPT", "garbage", 1)]


@pytest.mark.parametrize(("where", "how", "arrived"), AFTER_THE_DOT)
def test_an_answer_that_never_came_holds_the_letter_for_a_person(
    shop: Shop, where: str, how: str, arrived: int
) -> None:
    shop.sink.fail(where, how)
    shop.box.deliver(claim(1))
    with shop.open() as wiring:
        one_round(wiring)
        assert state(shop) == "unknown"
        for minutes in (10, 15, 20, 120):
            later(shop, minutes=minutes)
            one_round(wiring)
    assert (state(shop), len(shop.letters())) == ("held", arrived)
    (row,) = shop.rows("SELECT * FROM open_outbox")
    assert (row["why"], row["perhaps_sent"]) == ("maybe sent", 1)
    assert "perhaps sent" in shop.rows("SELECT why FROM review_queue")[0]["why"]


def test_a_copy_in_sent_proves_that_the_letter_left(shop: Shop, account: Account) -> None:
    """Many providers file what they send by themselves."""
    from imapclient import IMAPClient

    shop.sink.fail("KEPT", "!drop")
    shop.box.deliver(claim(1))
    shop.round()
    assert state(shop) == "unknown"
    with IMAPClient(account.host, account.port, ssl=False) as client:
        client.login(account.user, account.password)
        if not client.folder_exists("Sent"):
            client.create_folder("Sent")
        client.append("Sent", shop.sink.kept[0].raw)
    for minutes in (1, 60):
        later(shop, minutes=minutes)
        shop.round()
    assert (state(shop), len(shop.letters()), len(shop.box.mails("Sent"))) == ("accepted", 1, 1)
    assert shop.rows("SELECT evidence FROM outbox") == [{"evidence": "sent_folder"}]


def test_an_echo_to_ourselves_proves_that_the_letter_left(shop: Shop) -> None:
    shop.sink.deliver_to[ECHO] = shop.box.deliver
    shop.sink.fail("KEPT", "!drop")
    shop.box.deliver(claim(1))
    more = f'address echo_address = "{ECHO}"'
    shop.round(more)
    later(shop, minutes=1)
    shop.round(more)
    assert state(shop) == "accepted"
    assert shop.rows("SELECT evidence FROM outbox") == [{"evidence": "echo"}]
    assert shop.sink.kept[0].recipients == (ANNA, ECHO)
    assert (shop.outcomes(), shop.count("cases"), len(shop.sink.kept)) == (["human", "echo"], 1, 1)
    assert [read(raw)["To"] for raw in shop.box.mails("Echo")] == [ANNA]


def test_an_answer_of_the_customer_does_not_send_the_doubtful_letter_again(shop: Shop) -> None:
    shop.sink.fail("KEPT", "!drop")
    shop.box.deliver(claim(1))
    shop.round()
    (first,) = shop.letters()
    shop.box.deliver(answer(first, 2, "It was delivered on 3 March 2025."))
    shop.round()
    for minutes in (31, 31, 31, 31):
        later(shop, minutes=minutes)
        shop.round()
    ids = [str(letter["Message-ID"]) for letter in shop.letters()]
    assert len(ids) == len(set(ids)) == 2


def test_a_held_letter_that_a_person_releases_goes_out_once(shop: Shop) -> None:
    shop.sink.fail("DOT", "!drop")
    shop.box.deliver(claim(1))
    with shop.open() as wiring:
        one_round(wiring)
        for _ in range(4):
            later(shop, minutes=20)
            one_round(wiring)
        wiring.store.delivery.release(1, wiring.now(), "Kim")
        one_round(wiring)
        one_round(wiring)
    assert (state(shop), len(shop.letters())) == ("accepted", 1)


def test_a_letter_whose_file_is_gone_fails_visibly_and_holds_up_no_other(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2))
    with shop.open() as wiring:
        poll(wiring)
        answer_due(wiring)
        wiring.store.files.path(shop.rows("SELECT raw_sha256 FROM outbox WHERE id = 1")[0]["raw_sha256"]).unlink()
        send_due(wiring)
    assert [row["state"] for row in shop.rows("SELECT state FROM outbox ORDER BY id")] == ["failed", "accepted"]
    assert shop.case(ANNA)["waiting_for"] == "staff"


def test_a_round_that_broke_off_in_the_middle_is_put_right_by_the_next(shop: Shop) -> None:
    """The disk failed while the letter was noted: without a restart nobody else would look at it again."""
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2))
    with shop.open() as wiring:
        poll(wiring)
        answer_due(wiring)
        first = wiring.store.outbox.claim(wiring.now())
        second = wiring.store.outbox.claim(wiring.now())
        assert first is not None
        assert second is not None
        wiring.store.delivery.data_started(second.id, wiring.now())
        send_due(wiring)
    assert [row["state"] for row in shop.rows("SELECT state FROM outbox ORDER BY id")] == ["accepted", "unknown"]
    assert [letter["From"].endswith(f"<{OURS}>") for letter in shop.letters()] == [True]
