"""Blocks of mail headers inside a text: "From: ... Sent: ... To: ... Subject: ..." in any order and language.

Rules of this file: a block needs a sender's label at its head and two more kinds of labels. Customers write
"Label: value" lines too (order data, contact forms), so an address and a date alone prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.reading import quote_marks

_MARKS = re.compile(r"^(?:\s{0,3}[>＞])+ ?")
_LABEL_LINE = re.compile(r"[\s*_>•·|-]{0,4}([^\W\d][^:：\n]{0,28}?)[\s*_]{0,3}[:：][\s*_]{0,3}(.*)$")
_TOGETHER = ({"sent", "to"}, {"sent", "subject"}, {"to", "subject"})
_MAX_LABELS = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class Forward:
    """A mail the customer passed on inside the text."""

    subject: str
    sender: str
    text: str


def bare(line: str) -> str:
    """A line without quote marks."""
    return _MARKS.sub("", line)


def find_block(lines: Sequence[str], start: int) -> int:
    """The line after a header block that begins at ``start`` (after up to two blank lines); 0 when none does."""
    i = start
    while i < len(lines) and i - start < 3 and not bare(lines[i]).strip():
        i += 1
    kinds: list[str] = []
    end, loose = i, 0
    while i < len(lines) and len(kinds) < _MAX_LABELS:
        line = bare(lines[i])
        kind, value = _label_and_value(line)
        if kind or (kinds and value is not None and len(line.split(":")[0]) <= 20):
            kinds.append(kind or "unknown")
            end, loose = i + 1, 0
        elif kinds and loose < 2 and (not line.strip() or kinds[-1] != "unknown"):
            loose += 1  # long lists of recipients and subjects wrap
        else:
            break
        i += 1
    found = set(kinds)
    return end if "from" in kinds[:2] and any(pair <= found for pair in _TOGETHER) else 0


def read_forward(lines: Sequence[str]) -> Forward:
    """Subject, sender and text of a mail passed on; the labels stand at the head of ``lines``, without quote marks."""
    subject = sender = ""
    content = 0
    for place, line in enumerate(lines[:20]):
        kind, value = _label_and_value(line)
        if kind:
            content = place + 1
            if kind == "subject" and not subject:
                subject = (value or "").strip("* ")
            if kind == "from" and not sender:
                sender = (value or "").strip("* ")
        elif line.strip() and (subject or sender) and place > content + 1:
            break
    return Forward(subject=subject[:500], sender=sender[:320], text="\n".join(lines[content:]).strip())


def _label_and_value(line: str) -> tuple[str, str | None]:
    """The kind of a label ('' when unknown) and its value (None when the line has no label)."""
    found = _LABEL_LINE.match(line)
    if not found:
        return "", None
    label = re.sub(r"\s+", " ", found.group(1).strip(" *_|\u200e\u200f")).lower()
    return quote_marks.LABEL_OF.get(label, ""), found.group(2)
