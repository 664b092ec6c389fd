"""The letters of a story as mails: how they read as text, and what is wrong with an answer as an answer."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

from sink import Kept


def read(raw: bytes) -> EmailMessage:
    """A letter of ours, opened."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def as_text(letter: Kept, *, dated: bool) -> str:
    mail = read(letter.raw)
    body = mail.get_body(("plain",))
    assert body is not None
    written = body.get_content().replace("\r\n", "\n").strip()
    day = f"Date: {parsedate_to_datetime(str(mail['Date'])).date()}\n" if dated else ""
    return f"{day}Subject: {mail['Subject']}\n\n{written}\n"


def wrong_answers(letters: list[Kept], raw: bytes) -> list[str]:
    """What is wrong with the answer to a mail: there is one, to its writer, in its thread, marked as automatic."""
    cause, found = email.message_from_bytes(raw), []
    for kept in letters:
        letter = read(kept.raw)
        if len(letters) > 1:
            found.append(f"{len(letters)} letters answer one mail")
        if kept.recipients != (customer := parseaddr(cause["Reply-To"] or cause["From"])[1].lower(),):
            found.append(f"it goes to {kept.recipients}, not only to {customer}")
        if str(letter["In-Reply-To"]) != cause["Message-ID"]:
            found.append("it does not answer the mail")
        if letter["Auto-Submitted"] != "auto-replied":
            found.append("it is not marked as automatic")
    return found
