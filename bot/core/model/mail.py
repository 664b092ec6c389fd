"""A mail on its way in: as it arrived, and after reading. Attachments are references, never bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.model.vocabulary import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One mail as a mailbox handed it over. (mailbox, uidvalidity, uid) is its key."""

    mailbox: str
    uidvalidity: int
    uid: int
    size: int
    received_at: datetime
    """INTERNALDATE, aware UTC."""
    raw: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One mailbox of an address header; ``address`` is lower-cased."""

    address: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What one look into one attached file showed."""

    kind: str
    """photo, screenshot, logo, video, document, other, unreadable"""
    faults: tuple[str, ...] = ()
    """blurred, dark, small, not_opened: why the file cannot serve as evidence"""
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    sharpness: float | None = None
    light: float | None = None
    picture_hash: str = ""
    """perceptual hash, 16 hex digits; equal or near for the same picture"""
    text: str = ""
    """text read from a document or screenshot"""
    codes: tuple[str, ...] = ()
    """bar codes and QR codes"""
    note: str = ""
    taken_on: str = ""
    """ISO date the camera noted, a claim of the file; empty when it noted none"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A reference to one file of a mail; the bytes lie elsewhere under ``sha256``."""

    place: int
    """1 for the first file of the mail"""
    sha256: str
    size: int
    name: str
    """as the sender wrote it: data, never a path"""
    declared_type: str
    found_type: str
    """from the first bytes; application/octet-stream when unknown"""
    inline: bool = False
    look: Look | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A mail inside the mail: attached message/rfc822 or a forwarded block. Evidence, not the customer's words."""

    subject: str
    sender: str
    text: str
    how: str
    """attached, forwarded, or report (the fields of a delivery report)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail after reading. Text is NFC, without NUL, surrogates and control characters."""

    message_id: str
    references: tuple[str, ...]
    """In-Reply-To and References, newest last, without repeats"""
    sender: Address | None
    sender_problem: str
    """why there is no single usable sender; empty when there is"""
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    sent_at: datetime | None
    """the Date header: a claim of the sender"""
    text: str
    """the whole readable text"""
    own_words: str
    """what the customer wrote: no quote, signature, footer"""
    quoted: str
    """what was cut out of ``text``: kept and shown, never read as the customer's"""
    attachments: tuple[Attachment, ...]
    enclosures: tuple[Enclosure, ...]
    headers: tuple[tuple[str, str], ...]
    """the headers on our allow-list, names lower-cased, in order, repeats kept"""
    language: str
    """ISO 639-1 of own_words; empty when too little was written"""
    language_confidence: float
    defects: tuple[str, ...]

    def header_values(self, name: str) -> tuple[str, ...]:
        """All values of one header (lower-case name), in order."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Automatic:
    """Why a mail is taken for a machine's."""

    kind: Kind
    """auto_reply, bounce or other"""
    rule: str
    """id of the rule that hit"""
    reason: str
    """one sentence for staff"""
