"""Lines that say who wrote what follows: "On DATE, NAME wrote:".

Rules of this file: these shapes count only where a quote follows or where the whole line is one; the places are
found in ``own_words``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.reading import quote_marks
from bot.core.reading.automatic_words import AUTO_SENTENCE
from bot.core.reading.inline_answers import is_item

COLON_END = re.compile(r"[:：]\s*[*_]{0,2}$")


def is_attribution(joined: str) -> bool:
    """Whether a line right above ``>`` marks says who wrote what follows (any language)."""
    if len(joined) > 300:
        return False
    address = bool(quote_marks.ADDRESS.search(joined))
    date = bool(quote_marks.DATE.search(joined))
    time = bool(quote_marks.TIME.search(joined))
    wrote = bool(quote_marks.WROTE.search(joined))
    colon = bool(COLON_END.search(joined)) or joined.rstrip().endswith(("---", "__"))
    if wrote and colon and (date or time or address or len(joined) <= 80):
        return True
    if colon and (address and (date or time)):
        return True
    if colon and date and time:
        return True
    return address and date and (time or wrote) and len(joined) <= 200


def looks_answered(lines: Sequence[str]) -> bool:
    """Whether text under quote marks is another's letter: an attribution at its head, questions, a machine's note."""
    head = " ".join(line.strip() for line in lines[:6])
    if quote_marks.ADDRESS.search(head) or quote_marks.WROTE.search(head):
        return True
    if quote_marks.DATE.search(head) and quote_marks.TIME.search(head):
        return True
    return AUTO_SENTENCE.search("\n".join(lines)) is not None or sum(bool(is_item(line)) for line in lines) >= 2


def continues(line: str) -> bool:
    """Whether an attribution may have begun one line higher."""
    text = line.strip()
    if re.search(r"[.!?。！？:：]$", text):
        return False
    return bool(
        quote_marks.DATE.search(text) or quote_marks.ADDRESS.search(text) or quote_marks.ATTRIBUTION_START.match(text)
    )
