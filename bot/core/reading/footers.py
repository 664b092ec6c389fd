"""Signatures, mobile signatures, warnings and legal notices at the edges of a text.

Rules of this file: only lines that cannot be a sentence about a watch are cut. A name under a greeting stays: it is
harmless and sometimes the only hint. The delimiter ``-- `` cuts only what looks like a signature, since people also
draw lines between paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.reading import quote_marks

_DELIMITER = re.compile(r"\s?(?:--|—|––)\s?$")
_LINK_LINE = re.compile(r"\s*[<(]?(?:https?://|www\.)\S+[>)]?\s*$")
_MAX_SIGNATURE_LINES = 12
_MAX_SIGNATURE = 700
_MAX_DELIMITERS = 20


def find_footers(lines: Sequence[str], own: Sequence[bool]) -> set[int]:
    """The places of own lines that are footers; never all own lines."""
    cut: set[int] = set()
    places = [i for i, flag in enumerate(own) if flag]
    written = [i for i in places if lines[i].strip()]
    for i in written:
        if _is_mobile_signature(lines[i]):
            cut.add(i)
            if i + 1 < len(lines) and own[i + 1] and _LINK_LINE.match(lines[i + 1]):
                cut.add(i + 1)
    _cut_delimited(lines, own, places, cut)
    for paragraph in _paragraphs(lines, places):
        text = " ".join(lines[i].strip() for i in paragraph)
        first = paragraph[0] == written[0] if written else False
        if first and len(text) <= 600 and quote_marks.BANNER.fullmatch(text):
            cut.update(paragraph)
    _cut_legal(lines, places, cut)
    left = [i for i in written if i not in cut]
    # A mail of nothing but a footer: better a footer as text than a customer without words.
    return cut if left or all(_is_mobile_signature(lines[i]) for i in written) else set()


def _is_mobile_signature(line: str) -> bool:
    text = line.strip().strip("*_-–—[]()<> \u200e").strip()
    return 4 <= len(text) <= 140 and any(pattern.fullmatch(text) for pattern in quote_marks.MOBILE_SIGNATURES)


def _cut_delimited(lines: Sequence[str], own: Sequence[bool], places: list[int], cut: set[int]) -> None:
    first = next((i for i in places if lines[i].strip() and i not in cut), -1)
    delimiters = [i for i in places if _DELIMITER.fullmatch(lines[i]) and 0 <= first < i]
    for i in delimiters[-_MAX_DELIMITERS:]:
        end = i + 1
        while end < len(lines) and own[end]:
            end += 1
        body = [lines[j].strip() for j in range(i + 1, end) if lines[j].strip() and j not in cut]
        text = " ".join(body)
        sentences = [line for line in body if len(line) > 100 and not quote_marks.LEGAL.search(line)]
        legal = len(quote_marks.LEGAL.findall(text)) >= 2
        if legal or (
            len(body) <= _MAX_SIGNATURE_LINES and len(text) <= _MAX_SIGNATURE and not sentences and "?" not in text
        ):
            cut.update(range(i, end))
            return


def _cut_legal(lines: Sequence[str], places: list[int], cut: set[int]) -> None:
    """Closing paragraphs, from the end upwards, as long as they are legal notices."""
    for paragraph in reversed(_paragraphs(lines, [i for i in places if i not in cut])):
        text = " ".join(lines[i].strip() for i in paragraph)
        words = {found.lower() for found in quote_marks.LEGAL.findall(text)}
        if len(words) < 2 or len(text) < 80:
            if len(text) > 60:
                return
            continue
        cut.update(paragraph)


def _paragraphs(lines: Sequence[str], places: Sequence[int]) -> list[list[int]]:
    out: list[list[int]] = []
    for i in places:
        if not lines[i].strip():
            continue
        if out and out[-1][-1] == i - 1:
            out[-1].append(i)
        else:
            out.append([i])
    return out
