"""The demo's servers: one process, no root, and the real inbox and sender talk to them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from bot.demo.server import EmbeddedMail
from bot.errors import MailboxError, SendError
from bot.mail.inbox import open_inbox
from bot.mail.settings import ImapSettings, Secret, SmtpSettings
from bot.mail.smtp import Sender

RAW = b"From: support@shop.example.com\r\nTo: anna@example.com\r\nMessage-ID: <1@shop.example.com>\r\n\r\nDear\r\n"


def imap(mail: EmbeddedMail, password: str = "") -> ImapSettings:
    secret = Secret(password or mail.password)
    return ImapSettings(host=mail.host, port=mail.imap_port, security="none", user=mail.user, password=secret)


def smtp(mail: EmbeddedMail, password: str = "") -> SmtpSettings:
    secret = Secret(password or mail.password)
    return SmtpSettings(host=mail.host, port=mail.smtp_port, security="none", user=mail.user, password=secret)


def inbox(mail: EmbeddedMail) -> list[bytes | None]:
    with open_inbox(imap(mail)) as box:
        box.open()
        return [raw for _, raw in box.fetch([listed.uid for listed in box.list()])]


def test_a_letter_to_a_customer_is_kept_with_its_envelope() -> None:
    with EmbeddedMail() as mail:
        with Sender(smtp(mail)) as sender:
            sender.send(RAW, sender=mail.address, recipient="anna@example.com", on_payload=lambda: None)
        (sent,) = mail.sent
        assert (sent.sender, sent.recipients, sent.raw) == (mail.address, ("anna@example.com",), RAW)
        assert inbox(mail) == []


def test_a_letter_to_the_shops_own_address_comes_back_into_its_mailbox() -> None:
    with EmbeddedMail() as mail:
        with Sender(smtp(mail)) as sender:
            sender.send(
                RAW, sender=mail.address, recipient="anna@example.com", echo=mail.address, on_payload=lambda: None
            )
        assert len(mail.sent) == 1
        assert inbox(mail) == [RAW]


def test_only_mail_for_the_shop_is_delivered() -> None:
    with EmbeddedMail(address="help@shop.example.com") as mail:
        mail.deliver(RAW, "Help@Shop.example.com", datetime(2025, 3, 14, tzinfo=UTC))
        mail.deliver(RAW, "somebody@example.com")
        with open_inbox(imap(mail)) as box:
            box.open()
            (listed,) = box.list()
        assert listed.received_at == datetime(2025, 3, 14, tzinfo=UTC)


def test_a_wrong_password_is_refused_as_a_real_server_does() -> None:
    with EmbeddedMail() as mail:
        with open_inbox(imap(mail, "wrong")) as box, pytest.raises(MailboxError) as caught:
            box.open()
        assert caught.value.permanent
        with Sender(smtp(mail, "wrong")) as sender, pytest.raises(SendError) as refused:
            sender.open()
        assert refused.value.code == 535


def test_two_worlds_stand_side_by_side_and_leave_nothing_behind() -> None:
    before = threading.active_count()
    with EmbeddedMail() as one, EmbeddedMail() as two:
        one.deliver(RAW)
        assert (inbox(one), inbox(two)) == ([RAW], [])
    assert threading.active_count() == before


def test_many_mails_and_sessions_at_once() -> None:
    with EmbeddedMail() as mail:
        for _ in range(100):
            mail.deliver(RAW)
        counts: list[int] = []
        threads = [threading.Thread(target=lambda: counts.append(len(inbox(mail)))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert counts == [100] * 8
