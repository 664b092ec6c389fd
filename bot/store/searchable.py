"""What a case can be found by: its words made ready for the index, and its numbers without their separators.

The index cuts text at whatever is no letter and no digit. Scripts that write without spaces would be one endless word
there, so each of their letters stands alone in the index, and a query of several is a phrase of them. What is indexed
and what is asked go through the same ``ready``. Query text is data: every word of it ends up inside quotation marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Han, kana and bopomofo, Thai, Lao, Tibetan, Burmese, Khmer: written without spaces between words
_ALONE = re.compile(
    "[\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0f40-\u0f6c\u1000-\u102a"
    "\u1780-\u17b3\u2e80-\u2fdf\u3005-\u3007\u3031-\u3035\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"[^\W_]")
_NOT_A_NUMBER = re.compile(r"[\W_]+")
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')
MOST_LETTERS = 200
MOST_WORDS = 12
SHORTEST_NUMBER = 4
SHORTEST_BEGINNING = 2
BEFORE = 24
"""letters of an excerpt before what was found: it must be in sight where the line is cut"""


def ready(text: str) -> str:
    """Text for the index: one form of each letter, no case, and a space around letters that stand alone."""
    plain = unicodedata.normalize("NFKC", text.replace("\0", " ")).casefold()
    return _ALONE.sub(lambda letter: f" {letter[0]} ", plain)


def squeezed(number: str) -> str:
    """A number as people mean it: ``#ks-204 18`` is KS20418."""
    return _NOT_A_NUMBER.sub("", unicodedata.normalize("NFKC", number)).upper()


def asked(query: str) -> str:
    """What somebody typed, without what cannot be seen, and not longer than anybody types."""
    seen = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in query[:MOST_LETTERS])
    return " ".join("".join(letter for letter in seen if unicodedata.category(letter) != "Cf").split())


def terms(query: str) -> list[tuple[str, bool]]:
    """The words of a query, and whether each is whole: words in quotation marks are, others may go on."""
    found = [(match[1], True) if match[1] is not None else (match[2], False) for match in _parts(query)]
    return [(term.strip('"'), whole) for term, whole in found if _WORD.search(term)][:MOST_WORDS]


def expression(query: str) -> str:
    """The query for the index: every word must be there, in any part of the case. Empty when there is none."""
    return " AND ".join(_phrase(term, whole=whole) for term, whole in terms(query))


def numbers(query: str) -> list[str]:
    """What in a query may be a number: the whole of it, and each word of it that has a digit."""
    candidates = [squeezed(query), *(squeezed(term) for term, _ in terms(query))]
    return list(dict.fromkeys(c for c in candidates if len(c) >= SHORTEST_NUMBER and any(map(str.isdigit, c))))


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an excerpt; ``hit`` where it is what was searched for."""

    text: str
    hit: bool = False


def pattern(query: str) -> re.Pattern[str] | None:
    """Where the words of a query stand in a text as it was written; None when the query has no words."""
    parts = []
    for term, whole in terms(query):
        words = r"\s+".join(re.escape(word) for word in term.split())
        begins = "" if _ALONE.match(term) else r"(?<![^\W_])"
        parts.append(begins + words + (r"(?![^\W_])" if whole and not _ALONE.match(term[-1]) else ""))
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def excerpt(text: str, wanted: re.Pattern[str], around: int = 90) -> tuple[Piece, ...]:
    """The words before and after the first place that fits, on one line; empty when there is none."""
    first = wanted.search(text)
    if first is None:
        return ()
    begin, end = max(first.start() - BEFORE, 0), min(first.end() + around, len(text))
    while begin and not text[begin - 1].isspace() and first.start() - begin < 2 * BEFORE:
        begin -= 1
    shown = " ".join(text[begin:end].split())
    pieces, at = [Piece("…")] if begin else [], 0
    for match in wanted.finditer(shown):
        pieces += [Piece(shown[at : match.start()]), Piece(match[0], hit=True)]
        at = match.end()
    return (*pieces, Piece(shown[at:] + ("…" if end < len(text) else "")))


def neighbours_of(number: str) -> Iterator[str]:
    """Every number that one slip of the finger makes of this one: a sign lost, added, changed, or two swapped."""
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for n in range(len(number) + 1):
        before, after = number[:n], number[n:]
        for sign in signs:
            yield before + sign + after
            if after:
                yield before + sign + after[1:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def _parts(query: str) -> Iterator[re.Match[str]]:
    return _QUOTED.finditer(query)


def _phrase(term: str, *, whole: bool) -> str:
    words = ready(term).replace('"', " ").strip()
    # A letter that stands alone is a word already; anything else may be the beginning of a longer one.
    open_end = "" if whole or len(words) < SHORTEST_BEGINNING or _ALONE.fullmatch(words[-1]) else "*"
    return f'"{words}"{open_end}'
