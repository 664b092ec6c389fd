"""The last look at a finished mail: is it exactly what was meant? Pure.

Written against the composer, not with it: the bytes are taken apart once by our own few lines and once by the
standard library's parser, and both must find the same header names, once each, the one recipient, the one
sender, the subject and the texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from bot.errors import ComposeError
from bot.mail.enclosure import Enclosure

MAX_LINE = 998
ALLOWED = re.compile(rb"(?:[\t -~]|\r\n)*\r\n")
FIELD = re.compile(rb"([!-9;-~]+): ?\S")
PART_NAMES = ["Content-Type", "Content-Transfer-Encoding"]
FILE_NAMES = [*PART_NAMES, "Content-Disposition"]


def inspect(
    raw: bytes,
    *,
    names: Sequence[str],
    sender: str,
    recipient: str,
    subject: str,
    texts: Mapping[str, str],
    enclosure: Enclosure | None = None,
) -> None:
    """Raises ComposeError unless ``raw`` holds these header names in this order and these values, texts and file."""
    if not ALLOWED.fullmatch(raw):
        raise ComposeError("the finished mail has a byte outside printable ASCII, or a bare CR or LF")
    if max(map(len, raw.split(b"\r\n"))) > MAX_LINE:
        raise ComposeError(f"the finished mail has a line over {MAX_LINE} bytes")
    expected = list(names) if len(texts) > 1 or enclosure else [*names, *PART_NAMES]
    if _names(raw.partition(b"\r\n\r\n")[0]) != expected:
        raise ComposeError("the finished mail has other header fields than it should")
    mail = message_from_bytes(raw)
    if mail.keys() != expected or mail.defects:
        raise ComposeError("the finished mail is read with other header fields than it should have")
    for field, address in (("From", sender), ("To", recipient)):
        if [found for _, found in getaddresses([_unfolded(mail, field)])] != [address]:
            raise ComposeError(f"the finished mail has another {field} than it should")
    if str(make_header(decode_header(_unfolded(mail, "Subject")))) != subject:
        raise ComposeError("the finished mail has another subject than it should")
    parts = [part for part in mail.walk() if not part.is_multipart()]
    if enclosure is not None:
        _check_file(parts.pop(), enclosure)
    if any(part is not mail and (part.keys() != PART_NAMES or part.defects) for part in parts):
        raise ComposeError("the finished mail has a part with other header fields than it should")
    if [(part.get_content_type(), _text(part)) for part in parts] != [
        (f"text/{kind}", text) for kind, text in texts.items()
    ]:
        raise ComposeError("the finished mail is read with another text than it should have")


def _check_file(part: Message, enclosure: Enclosure) -> None:
    found = (part.keys(), part.get_content_type(), part.get_filename(), part.get_payload(decode=True), part.defects)
    if found != (FILE_NAMES, enclosure.kind, enclosure.name, enclosure.data, []):
        raise ComposeError("the finished mail carries another file than it should")


def _names(block: bytes) -> list[str]:
    names: list[str] = []
    for line in block.split(b"\r\n"):
        match = FIELD.match(line)
        if match:
            names.append(match[1].decode("ascii"))
        elif not names or not re.match(rb"[ \t]+\S", line):
            raise ComposeError("the finished mail has a header line that belongs to no field")
    return names


def _unfolded(mail: Message, field: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", str(mail[field]))


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    return data.decode("utf-8").replace("\r\n", "\n") if isinstance(data, bytes) else ""
