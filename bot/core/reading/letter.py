"""Bytes of a mail in, a Letter out.

Rules of this file: pure functions of the bytes; whatever is wrong with them ends as a defect note or as
UnreadableLetter with a plain reason, never as another error. mail-parser reads the headers; the tree of parts is the
standard library's under the old policy (compat32), which does not parse headers on access. Files are handed out one
at a time and never kept.
"""

from __future__ import annotations

import email
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from email.message import Message

from bot.core.model import Attachment, Enclosure, Letter
from bot.core.reading import body as body_of
from bot.core.reading import language, limits, own_words
from bot.core.reading.attributions import continues, is_attribution
from bot.core.reading.body import Body, payload, read_body
from bot.core.reading.file_types import detect_type
from bot.core.reading.header_blocks import Forward, find_block, read_forward
from bot.core.reading.headers import Headers
from bot.core.reading.quote_marks import FORWARD_SUBJECT
from bot.errors import UnreadableLetter

_MAX_ENCLOSURES = 20
_MAX_DEFECTS = 50


class Mail:
    """One parsed mail. ``letter`` reads it; ``file`` gives the bytes of one attachment."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._body: Body = read_body(message)

    def letter(self, languages: Sequence[str], ours: Sequence[str] = ()) -> Letter:
        """The Letter. Raises UnreadableLetter only.

        ``languages``: the ISO 639-1 codes its language may be. ``ours``: texts we sent in this thread, if known; they
        make the split between quote and answer exact.
        """
        try:
            return self._read(languages, ours)
        except UnreadableLetter:
            raise
        except Exception as error:
            raise UnreadableLetter(f"The mail cannot be read ({type(error).__name__}).") from error

    def file(self, place: int) -> bytes:
        """The bytes of the file at ``place`` (1 for the first, as in Attachment.place); raises IndexError."""
        if not 1 <= place <= len(self._body.files):
            raise IndexError(f"the mail has no file {place}")
        return payload(self._body.files[place - 1].part)

    def _read(self, languages: Sequence[str], ours: Sequence[str]) -> Letter:
        headers = Headers(self._message)
        addresses = headers.addresses()
        sender, problem = headers.sender(addresses["from"])
        subject = headers.text("subject")
        text = self._body.text
        split = own_words.split(text, ours, forwarded=FORWARD_SUBJECT.match(subject) is not None)
        if not split.own and not split.forwards:
            split = own_words.split(text, ours, forwarded=True)  # nothing but another's mail: it was passed on
        # A letter of ours that comes back as a forward is a quote: its examples are not the customer's evidence.
        desk = {mailbox.address for mailbox in (*addresses["to"], *addresses["cc"])}
        returned = tuple(f for f in split.forwards if any(address in f.sender.lower() for address in desk))
        parted = [_above_ours(f, desk) for f in split.forwards if f not in returned]
        forwards = tuple(f for f, _ in parted)
        own = split.own or "\n\n".join(f.text for f in forwards if sender and sender.address in f.sender.lower())
        code, confidence = language.detect(own, languages)
        if not code and not headers.references():
            # Hardly a word in the mail itself: its subject is the sender's too, unless it answers ours.
            code, confidence = language.detect(f"{subject}\n{own}", languages)
        return Letter(
            message_id=headers.message_id(),
            references=headers.references(),
            sender=sender,
            sender_problem=problem,
            reply_to=addresses["reply-to"],
            to=addresses["to"],
            cc=addresses["cc"],
            subject=subject,
            sent_at=headers.sent_at(),
            text=text,
            own_words=own,
            quoted="\n\n".join(
                filter(
                    None, (split.quoted, split.signature, *(f.text for f in returned), *(below for _, below in parted))
                )
            ),
            attachments=self._attachments(),
            enclosures=self._enclosures(forwards),
            headers=headers.kept(),
            language=code,
            language_confidence=confidence,
            defects=tuple(dict.fromkeys([*headers.defects, *self._body.defects]))[:_MAX_DEFECTS],
        )

    def _attachments(self) -> tuple[Attachment, ...]:
        found: list[Attachment] = []
        for place, file in enumerate(self._body.files, 1):
            data = payload(file.part)
            found.append(
                Attachment(
                    place=place,
                    sha256=hashlib.sha256(data).hexdigest(),
                    size=len(data),
                    name=file.name,
                    declared_type=file.declared_type,
                    found_type=detect_type(data),
                    inline=file.inline,
                )
            )
        return tuple(found)

    def _enclosures(self, forwards: Sequence[Forward]) -> tuple[Enclosure, ...]:
        found = [Enclosure(subject=f.subject, sender=f.sender, text=f.text, how="forwarded") for f in forwards]
        for part in self._body.reports[:_MAX_ENCLOSURES]:
            text = body_of.report_text(part)
            # A bounce names the letter it is about by the Message-ID of the returned mail.
            ids = [body_of.one_header(mail, "message-id") for mail in self._body.mails[:3]]
            text = "\n\n".join([text, *(f"Returned-Message-ID: {found_id}" for found_id in ids if found_id)])
            found.append(Enclosure(subject=part.get_content_type(), sender="", text=text, how="report"))
        found.extend(_attached(mail) for mail in self._body.mails[:_MAX_ENCLOSURES])
        return tuple(found)


def open_mail(raw: bytes) -> Mail:
    """Parses the bytes of one mail. Raises UnreadableLetter, with the reason for staff, and nothing else."""
    if not raw.strip(b"\r\n\t \x00"):
        raise UnreadableLetter("The mail is empty.")
    trimmed = _without_envelope(raw)
    try:
        limits.check(trimmed)
        return Mail(email.message_from_bytes(trimmed))
    except UnreadableLetter:
        raise
    except RecursionError as error:
        raise UnreadableLetter("The mail is nested too deeply to be read safely.") from error
    except Exception as error:
        raise UnreadableLetter(f"The mail cannot be read ({type(error).__name__}).") from error


def _without_envelope(raw: bytes) -> bytes:
    """Some stores put blank lines, a byte order mark or an mbox line before the headers."""
    trimmed = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return trimmed[1:] if trimmed.startswith(b">From ") else trimmed


def _attached(mail: Message) -> Enclosure:
    inner = read_body(mail)
    return Enclosure(
        subject=body_of.one_header(mail, "subject")[:500],
        sender=body_of.one_header(mail, "from")[:320],
        text=inner.text[:200_000],
        how="attached",
    )


def _above_ours(forward: Forward, desk: Collection[str]) -> tuple[Forward, str]:
    """The forward and, apart from it, a letter of ours that is quoted below: whoever answers us with a forward pastes
    it above our questions, and those are no evidence."""
    lines = forward.text.split("\n")
    for i, line in enumerate(lines):
        if not any(address in line.lower() for address in desk):
            continue
        above = lines[i - 1].strip() if i else ""
        wrapped = bool(above) and continues(above) and is_attribution(f"{above} {line.strip()}")
        block = find_block(lines, i) and read_forward(lines[i : i + 20]).sender.lower()
        if wrapped or is_attribution(line) or (block and any(address in block for address in desk)):
            first = i - wrapped
            return replace(forward, text="\n".join(lines[:first]).rstrip()), "\n".join(lines[first:])
    return forward, ""
