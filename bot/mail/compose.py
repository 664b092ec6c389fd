"""A rendered letter becomes the final bytes of a mail. Pure: the same arguments give the same bytes.

We write the header ourselves and never trust the library's own checks: on many Pythons it decodes an encoded
word such as ``=?utf-8?q?x=0D=0ABcc=3A_y?=`` and writes its line break out (CVE-2024-6923, CVE-2026-1299). Every
value passes ``safe_header``; the finished bytes are taken apart again (see ``inspect``) and a mail that is not
exactly what was meant does not leave.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import textwrap
import unicodedata
from datetime import datetime
from email.utils import format_datetime

from bot.core.model import Address, Draft
from bot.errors import ComposeError
from bot.mail.addresses import DOMAIN, ascii_address
from bot.mail.enclosure import Enclosure
from bot.mail.letter_check import inspect

MAX_HEADER_CHARS = 200
MAX_REFERENCES = 20
ID = re.compile(r"<[!-;=?-~]{1,248}>")
OURS = re.compile(r"kb\.[a-z0-9_-]{1,40}\.[A-Z0-9]{1,12}\.[A-Z2-7]{26}@(.+)")
REPLY = re.compile(r"[a-z0-9_-]{1,40}")
CASE_NUMBER = re.compile(r"[A-Z0-9]{1,12}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
TEXT_NOISE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def reply_message_id(secret: bytes, dedupe_key: str, reply: str, case_number: str, domain: str) -> str:
    """``<kb.REPLY.CASE.token@domain>``: for one cause, reply and case always the same, so that a resend is known.

    The token is 26 base32 signs (130 bits) of an HMAC-SHA256. Raises ComposeError.
    """
    if not secret or not REPLY.fullmatch(reply) or not CASE_NUMBER.fullmatch(case_number):
        raise ComposeError(f"no Message-ID can be made for reply {reply!r} of case {case_number!r}")
    if not DOMAIN.fullmatch(domain):
        raise ComposeError(f"no Message-ID can be made under the domain {domain!r}")
    meant = f"{reply}\0{case_number}\0{dedupe_key}".encode("utf-8", "surrogatepass")
    token = base64.b32encode(hmac.new(secret, meant, hashlib.sha256).digest()).decode("ascii")[:26]
    return f"<kb.{reply}.{case_number}.{token}@{domain}>"


def is_ours(message_id: str, domain: str) -> bool:
    """Whether an id has the shape of ours; whether it *is* ours only the outbox knows."""
    match = OURS.fullmatch(message_id.strip().removeprefix("<").removesuffix(">"))
    return bool(match) and match[1].lower() == domain.lower()  # type: ignore[index]


def safe_header(value: str) -> str:
    """One line of harmless text: no control, format, separator or surrogate characters, at most 200 signs."""
    kept = (" " if unicodedata.category(s) in ("Cc", "Zl", "Zp") else s for s in value)
    text = "".join(s for s in kept if unicodedata.category(s) not in ("Cf", "Cs", "Cn", "Co"))
    return " ".join(unicodedata.normalize("NFC", text).split())[:MAX_HEADER_CHARS].strip()


def compose(
    draft: Draft,
    *,
    sender: Address,
    recipient: str,
    message_id: str,
    in_reply_to: str,
    references: tuple[str, ...],
    sent_at: datetime,
    automatic: bool,
    enclosure: Enclosure | None = None,
    reply_to: str = "",
) -> bytes:
    """The mail, ASCII with CRLF line ends, no line over 998 bytes (RFC 5322 2.1.1).

    ``automatic`` letters say so (RFC 3834 5), letters of staff do not; both carry our mark against loops.
    ``enclosure`` stands beside the text, as a file to keep. Ids of other people that are not well formed are left
    out. ``reply_to`` is where an answer goes, if not to us: for letters that belong to no case. Raises ComposeError.
    """
    try:
        author, customer = ascii_address(sender.address), ascii_address(recipient)
        answers = ascii_address(reply_to) if reply_to else ""
    except ValueError as error:
        raise ComposeError(str(error)) from error
    if not ID.fullmatch(message_id):
        raise ComposeError(f"not a Message-ID: {message_id!r}")
    if not LANGUAGE.fullmatch(draft.language):
        raise ComposeError(f"not a language: {draft.language!r}")
    if sent_at.tzinfo is None:
        raise ComposeError("the time of a letter needs its time zone")
    subject = safe_header(draft.subject)
    if not subject:
        raise ComposeError(f"the letter {draft.reply!r} has no subject")
    header = [
        ("Date", format_datetime(sent_at)),
        ("From", _mailbox(safe_header(sender.name), author)),
        ("To", customer),
        ("Subject", _encoded(subject)),
        ("Message-ID", message_id),
    ]
    if answers:
        header.append(("Reply-To", answers))
    if answered := _ids((in_reply_to,)):
        header.append(("In-Reply-To", answered[0]))
    if thread := _ids((*references, in_reply_to)):
        header.append(("References", "\r\n ".join(thread)))
    if automatic:
        header += [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")]
    header += [("X-Loop", message_id), ("Content-Language", draft.language), ("MIME-Version", "1.0")]
    texts = {"plain": _lines(draft.text)} | ({"html": _lines(draft.html)} if draft.html else {})
    body = [_part(kind, text) for kind, text in texts.items()]
    token = hashlib.sha256(message_id.encode("ascii")).hexdigest()[:24]
    whole = body[0] if len(body) == 1 else _multipart("alternative", f"=_{token}", body)
    if enclosure is not None:
        whole = _multipart("mixed", f"=_e{token}", [whole, _file(enclosure)])
    raw = _header_block(header) + whole
    names = [name for name, _ in header] + ["Content-Type"] * (len(body) > 1 or enclosure is not None)
    inspect(raw, names=names, sender=author, recipient=customer, subject=subject, texts=texts, enclosure=enclosure)
    return raw


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    """ "=_" appears in no encoding of a part, so no text can contain the boundary (RFC 2045 6.7)."""
    edge = b"--" + boundary.encode("ascii")
    pieces = b"".join(b"".join((edge, b"\r\n", part, b"\r\n")) for part in parts)
    header = _header_block([("Content-Type", f'multipart/{kind};\r\n boundary="{boundary}"')])
    return header + b"\r\n" + pieces + edge + b"--\r\n"


def _file(enclosure: Enclosure) -> bytes:
    header = [
        ("Content-Type", enclosure.kind),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f'attachment; filename="{enclosure.name}"'),
    ]
    return _header_block(header) + b"\r\n" + base64.encodebytes(enclosure.data).replace(b"\n", b"\r\n")


def _ids(ids: tuple[str, ...]) -> list[str]:
    """The well-formed ones, once each: of a long thread the first and the newest (RFC 5322 3.6.4 allows the cut)."""
    bracketed = dict.fromkeys(id_ if id_.startswith("<") else f"<{id_}>" for id_ in ids)
    kept = [id_ for id_ in bracketed if ID.fullmatch(id_)]
    return kept if len(kept) <= MAX_REFERENCES else kept[:1] + kept[1 - MAX_REFERENCES :]


def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>' if len(quoted) < 60 else f'"{quoted}"\r\n <{address}>'
    return f"{_encoded(name)}\r\n <{address}>"


def _encoded(text: str) -> str:
    """Plain where that is safe; else RFC 2047 words of at most 75 signs, one a line, cut between characters."""
    if text.isascii() and "=?" not in text:
        return "\r\n ".join(textwrap.wrap(text, 68, break_long_words=False, break_on_hyphens=False))
    words: list[bytes] = []
    for character in text:
        data = character.encode("utf-8")
        if not words or len(words[-1]) + len(data) > 45:
            words.append(b"")
        words[-1] += data
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode('ascii')}?=" for word in words)


def _lines(text: str) -> str:
    return TEXT_NOISE.sub("", "\n".join(re.split(r"\r\n|\r|\n", text)).rstrip("\n")) + "\n"


def _part(kind: str, text: str) -> bytes:
    data = text.encode("utf-8")
    if sum(byte > 126 for byte in data) * 6 > len(data):  # where quoted-printable would be the longer one
        encoding, body = "base64", base64.encodebytes(data)
    else:
        encoding, body = "quoted-printable", binascii.b2a_qp(data, istext=True)
    header = [("Content-Type", f'text/{kind}; charset="utf-8"'), ("Content-Transfer-Encoding", encoding)]
    return _header_block(header) + b"\r\n" + body.replace(b"\n", b"\r\n")


def _header_block(header: list[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in header).encode("ascii")
