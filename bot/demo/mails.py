"""The demo's mails, made from stories.toml: real MIME, dated now, with drawn photographs."""

from __future__ import annotations

import email.policy
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from importlib.resources import files
from zlib import crc32

from babel.dates import format_date

from bot.core.reading.limits import BOUNDARY_LINES
from bot.demo.photographs import photograph


@dataclass(frozen=True)
class Story:
    """One mail of a customer as stories.toml tells it."""

    story: str
    round: int
    language: str
    sender: str
    subject: str
    text: str
    files: tuple[str, ...] = ()
    reply: bool = False
    mail: str = "plain"
    reply_to: str = ""
    """whom a shop's form writes for"""


def stories() -> tuple[Story, ...]:
    """All mails in the order of the file."""
    rows = tomllib.loads(files("bot.demo").joinpath("stories.toml").read_text(encoding="utf-8"))["mail"]
    return tuple(
        Story(
            story=row["story"],
            round=row["round"],
            language=row["language"],
            sender=row["from"],
            subject=row["subject"],
            text=row["text"].strip() + "\n",
            files=tuple(row.get("files", ())),
            reply=row.get("reply", False),
            mail=row.get("mail", "plain"),
        )
        for row in rows
    )


def build(story: Story, shop: str, answered: EmailMessage | None, now: datetime | None = None) -> bytes:
    """The bytes of one mail; ``answered`` is our letter it replies to or returns."""
    now = now or datetime.now(UTC)
    # Folded shorter, the long ids that a reply names would be put into encoded words, which no mail program does.
    mail = EmailMessage(email.policy.default.clone(max_line_length=200))
    mail["From"] = story.sender if story.mail != "bounce" else f"Mail Delivery System <MAILER-DAEMON@{_host(story)}>"
    mail["To"] = shop
    if story.reply_to:
        mail["Reply-To"] = story.reply_to
    mail["Subject"] = story.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=_host(story))
    if answered is not None and story.mail != "bounce":
        mail["In-Reply-To"] = mail["References"] = str(answered["Message-ID"])
    if story.mail in ("away", "bounce"):
        mail["Auto-Submitted"] = "auto-replied"
        mail["Return-Path"] = "<>"
    text = dated(story.text, story.language, now.date())
    if story.reply and story.mail == "plain" and answered is not None:
        body = answered.get_body(("plain",))
        quoted = body.get_content() if body else ""
        text += f"\n{format_datetime(now)} KOSPET <{shop}>:\n" + "".join(f"> {line}\n" for line in quoted.splitlines())
    mail.set_content(text)
    for number, kind in enumerate(story.files, 1):
        mail.add_attachment(
            photograph(kind, crc32(story.sender.encode())), "image", "jpeg", filename=f"IMG_{2040 + number}.jpg"
        )
    if story.mail == "bounce" and answered is not None:
        return _report(mail, answered)
    if story.mail == "unreadable":
        return _of_too_many_parts(mail)
    return mail.as_bytes()


def _host(story: Story) -> str:
    return story.sender.rstrip(">").rpartition("@")[2]


def dated(text: str, language: str, today: date) -> str:
    """The text with its {day:14} and {month:3} written out, counted back from ``today``."""

    def day(match: re.Match[str]) -> str:
        form = "long" if match[1] == "day" else "MMMM y"
        back = timedelta(days=int(match[2]) * (1 if match[1] == "day" else 30))
        return format_date(today - back, form, locale=language)

    return re.sub(r"\{(day|month):(\d+)\}", day, text)


def _report(mail: EmailMessage, answered: EmailMessage) -> bytes:
    """A delivery report (RFC 3464) that returns our own letter's header."""
    text, boundary = mail.get_content(), "=_report"
    for name in ("Content-Type", "Content-Transfer-Encoding", "MIME-Version"):
        del mail[name]
    head = "".join(f"{name}: {value}\n" for name, value in mail.items())
    returned = f"Message-ID: {answered['Message-ID']}\nSubject: {answered['Subject']}\n"
    recipient = str(answered["To"])
    return (
        f"{head}MIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\n\n'
        f"--{boundary}\nContent-Type: text/plain\n\n{text}\n"
        f"--{boundary}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.2.2\n\n"
        f"--{boundary}\nContent-Type: text/rfc822-headers\n\n{returned}\n--{boundary}--\n"
    ).encode()


def _of_too_many_parts(mail: EmailMessage) -> bytes:
    """More parts than anybody reads: the mail is set aside, and its original kept."""
    for _ in range(BOUNDARY_LINES + 1):
        mail.add_attachment(b"", "image", "png")
    return mail.as_bytes()
