"""The parts of a mail: its text, its files, the mails inside it.

Rules of this file: our own walk, because a mail library's ready-made body mixes in attached mails and loses photos
without a name. It stops at message/rfc822 and delivery reports, decides by type before disposition, and never asks
the standard library for decoded text. No file's bytes are kept: ``payload`` decodes one part at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message

from bot.core.reading import flowed
from bot.core.reading.charset import clean, clean_line, decode
from bot.core.reading.file_types import UNKNOWN, detect_type
from bot.core.reading.headers import decode_words, parameter
from bot.core.reading.html import read_html
from bot.core.reading.limits import DEPTH, VALUE_CHARACTERS
from bot.errors import UnreadableLetter

READABLE = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
REPORT_TYPES = frozenset(
    {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "text/rfc822-headers",
        "message/global-delivery-status",
        "message/global-disposition-notification",
        "message/tracking-status",
    }
)
MAIL_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})
# A plain part that only says: look at the other one.
STUB = re.compile(
    r"(?:does not|doesn['’]t|unable to|cannot|can['’]t) (?:support|display|read|view|show) .{0,60}html"
    r"|html[- ](?:e-?mail|message|version|format)|view this (?:e-?mail|message) in"
    r"|kein(?:e)? html|html-(?:fähig|ansicht|nachricht)",
    re.IGNORECASE,
)
_MAX_TEXT = 2_000_000
_MAX_PARTS = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FilePart:
    """One file of the mail and the part that holds it."""

    part: Message
    name: str
    declared_type: str
    content_id: str
    inline: bool


@dataclass(kw_only=True, slots=True)
class Body:
    """What the walk found. ``text`` is clean."""

    text: str = ""
    from_html: bool = False
    files: list[FilePart] = field(default_factory=list)
    mails: list[Message] = field(default_factory=list)
    reports: list[Message] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def read_body(message: Message) -> Body:
    """Walks the tree of one message. Raises UnreadableLetter when it is nested too deeply."""
    walk = _Walk()
    text = walk.visit(message, 0)
    body = walk.body
    body.text, body.from_html = text
    if not body.text.strip():
        walk.promote(alone=not message.is_multipart())
    ids = set(re.findall(r"(?i)cid:([^\"'\s>)]+)", "".join(walk.markup)))
    body.files = [_shown(file, ids) for file in body.files]
    body.text = clean(body.text)[:_MAX_TEXT]
    return body


def payload(part: Message) -> bytes:
    """The decoded bytes of a leaf part; empty when there are none."""
    try:
        data = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - damaged transfer encodings raise whatever the decoder of the day raises
        data = None
    if isinstance(data, bytes):
        return data
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def part_text(part: Message) -> tuple[str, str]:
    """The readable text of a text part (HTML not yet read), and a defect note."""
    charset = parameter(part, "content-type", "charset")
    data = payload(part)
    if charset.lower() in {"utf-16", "utf-32"} and data.isascii():
        charset = ""
    text, defect = decode(data[: 4 * _MAX_TEXT], charset)
    if parameter(part, "content-type", "format").lower() == "flowed" and part.get_content_type() == "text/plain":
        text = flowed.unwrap(text, parameter(part, "content-type", "delsp").lower() == "yes")
    return text, defect


class _Walk:
    def __init__(self) -> None:
        self.body = Body()
        self.parts = 0
        self.markup: list[str] = []

    def visit(self, part: Message, depth: int) -> tuple[str, bool]:
        """The text of a subtree and whether it came from HTML."""
        self.parts += 1
        if depth > DEPTH:
            raise UnreadableLetter("The mail is nested too deeply to be read safely.")
        if self.parts > _MAX_PARTS:
            return "", False
        content_type = part.get_content_type()
        children = part.get_payload()
        if content_type in REPORT_TYPES:
            self.body.reports.append(part)
            return "", False
        if content_type in MAIL_TYPES:
            inner = children[0] if isinstance(children, list) and children else None
            if isinstance(inner, Message):
                self.body.mails.append(inner)
                return "", False
        if part.is_multipart() and isinstance(children, list):
            found = [child for child in children if isinstance(child, Message)]
            if content_type == "multipart/alternative":
                return self._alternative(found, depth)
            return self._sequence(found, depth)
        if part.get_content_maintype() == "multipart":
            # no part was found inside: what is there was meant to be read
            return self._read(part, "text/plain")
        return self._leaf(part, content_type)

    def _sequence(self, children: list[Message], depth: int) -> tuple[str, bool]:
        texts = [self.visit(child, depth + 1) for child in children]
        kept = [text for text in texts if text[0].strip()]
        return "\n\n".join(text.strip("\n") for text, _ in kept), any(html for _, html in kept)

    def _alternative(self, children: list[Message], depth: int) -> tuple[str, bool]:
        texts = [text for text in (self.visit(child, depth + 1) for child in children) if text[0].strip()]
        plain = next((text for text in texts if not text[1]), None)
        html = next((text for text in reversed(texts) if text[1]), None)
        if plain is None or html is None:
            return plain or html or ("", False)
        return html if _is_stub(plain[0], html[0]) else plain

    def _leaf(self, part: Message, content_type: str) -> tuple[str, bool]:
        disposition = (part.get_content_disposition() or "").lower()
        name = file_name(part)
        if content_type in READABLE and disposition != "attachment" and not name:
            data = payload(part)
            found = detect_type(data)
            if found in {UNKNOWN, "text/plain", "text/html", "image/svg+xml", "image/bmp"} or not data:
                return self._read(part, content_type)
        if not payload(part) and not name:
            return "", False
        if content_type == "application/pgp-encrypted" or (content_type == "text/x-amp-html" and not name):
            return "", False
        content_id = str(part.get("content-id") or "").strip().strip("<>")[:250]
        self.body.files.append(
            FilePart(
                part=part, name=name, declared_type=content_type, content_id=content_id, inline=disposition == "inline"
            )
        )
        return "", False

    def _read(self, part: Message, content_type: str) -> tuple[str, bool]:
        text, defect = part_text(part)
        if defect:
            self.body.defects.append(defect)
        html = content_type != "text/plain" or text.lstrip("\ufeff \r\n")[:200].lower().startswith(
            ("<!doctype html", "<html")
        )
        if html:
            self.markup.append(text)
            return read_html(clean(text)), True
        return text, False

    def promote(self, *, alone: bool) -> None:
        """The only text of the mail carries a name: it is the text, not a file."""
        for i, file in enumerate(self.body.files):
            attached = (file.part.get_content_disposition() or "").lower() == "attachment"
            if file.declared_type in {"text/plain", "text/html"} and (alone or not attached):
                self.body.text, self.body.from_html = self._read(file.part, file.declared_type)
                del self.body.files[i]
                return


def file_name(part: Message) -> str:
    """The name the sender gave a part: data, never a path; at most 250 characters."""
    return (parameter(part, "content-disposition", "filename") or parameter(part, "content-type", "name"))[:250]


def report_text(part: Message) -> str:
    """The fields of a delivery report or of returned headers, as text."""
    children = part.get_payload()
    if not isinstance(children, list):
        return clean(part_text(part)[0])[:20_000]
    groups: list[str] = []
    for child in children[:20]:
        if isinstance(child, Message):
            fields = list(child.raw_items())[:40]
            groups.append("\n".join(f"{key}: {decode_words(str(value)[:2000])}" for key, value in fields))
    return clean("\n\n".join(group for group in groups if group))[:20_000]


def one_header(message: Message, name: str) -> str:
    """The first value of a header of a mail inside the mail, decoded and capped."""
    for key, value in message.raw_items():
        if key.lower() == name:
            return decode_words(
                str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:VALUE_CHARACTERS]
            )
    return ""


def _is_stub(plain: str, html: str) -> bool:
    text = plain.strip()
    return (len(text) < 400 and len(html) > 2 * len(text) and STUB.search(text) is not None) or len(html) > 20 * len(
        text
    )


def _shown(file: FilePart, ids: set[str]) -> FilePart:
    """Inline means: the text shows it at a place of its own; a photo merely set below the text is not inline."""
    shown = bool(file.content_id) and file.content_id in ids
    return FilePart(
        part=file.part,
        name=clean_line(file.name),
        declared_type=file.declared_type,
        content_id=file.content_id,
        inline=shown,
    )
