"""Mails for tests, built from a few words and read the way every mail is read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from bot.config import load_policy
from bot.core.details.find import find_details
from bot.core.model import Details, Letter, Policy
from bot.core.reading.letter import open_mail

ROOT = Path(__file__).parent.parent
SHOP = "after-sales@kospet.com"
NOON = datetime(2025, 6, 18, 12, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOON.date()


@cache
def shipped_policy() -> Policy:
    """The policy that comes with the program."""
    return load_policy(ROOT / "policy")


def mail(text: str, subject: str = "", sender: str = "Ana Lopez <ana@example.com>", **headers: str) -> bytes:
    """One plain mail to the shop; ``headers`` with _ for -."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, SHOP, subject
    message["Date"] = headers.pop("date", format_datetime(NOON))
    message["Message-ID"] = headers.pop("message_id", "<one@example.com>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def letter(text: str, subject: str = "", **headers: str) -> Letter:
    """The mail after reading."""
    return open_mail(mail(text, subject, **headers)).letter(tuple(shipped_policy().words))


def found(text: str, subject: str = "", on: date = TODAY, **headers: str) -> Details:
    """The findings of a mail written on a day."""
    return find_details(letter(text, subject, **headers), shipped_policy(), on)
