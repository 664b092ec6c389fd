"""How much of a mail we are willing to look at, checked on the bytes before anything parses them.

Rules of this file: one cheap pass, no parsing. A mail within the limits costs a parser milliseconds; over them it may
cost minutes, so it is refused with a plain reason and a person gets the original.
"""

from __future__ import annotations

import re

from bot.errors import UnreadableLetter

HEADER_BYTES = 256 * 1024
HEADER_FIELDS = 1000
ENCODED_WORDS = 2000
BOUNDARY_LINES = 2000
DEPTH = 20
# Longer values are cut with a note, never refused.
VALUE_CHARACTERS = 8 * 1024

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n|\r\r")
_FIELD = re.compile(rb"(?m)^[^\s:]+[ \t]*:")
_BOUNDARY = re.compile(rb"""boundary\*?=["']?([^"'\s;]+)""", re.IGNORECASE)
_DASHED_LINE = re.compile(rb"(?m)^--([^\r\n]{1,200})")


def check(raw: bytes) -> None:
    """Raises UnreadableLetter when a limit of this file is broken."""
    end = _END_OF_HEADERS.search(raw, 0, HEADER_BYTES + 4)
    head = raw[: end.start()] if end else raw
    if len(head) > HEADER_BYTES:
        raise UnreadableLetter("The header block is too large to be read safely.")
    fields = sum(1 for _ in _FIELD.finditer(head))
    if fields > HEADER_FIELDS:
        raise UnreadableLetter(f"The mail has {fields} header fields, more than can be read safely.")
    if head.count(b"=?") > 2 * ENCODED_WORDS:
        raise UnreadableLetter("The headers hold too many encoded words to be read safely.")
    names = set(_BOUNDARY.findall(raw))
    if names:
        lines = 0
        for found in _DASHED_LINE.finditer(raw):
            line = found.group(1).rstrip()
            if line in names or line.removesuffix(b"--") in names:
                lines += 1
        if lines > BOUNDARY_LINES:
            raise UnreadableLetter("The mail has too many parts to be read safely.")
