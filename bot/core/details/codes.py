"""Numbers in a text: where they stand, and what stands before them.

Order and parcel numbers share their look with phones, prices, dates and serial numbers. A code is judged by the
nearest label to its left (or right behind it), then by its shape; whatever is labelled as something else, or
shaped like a phone, price, date, time, version or IMEI, is never an order or parcel number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import luhn

from bot.core.details.phrases import DASHES, Folded, Phrasebook
from bot.core.details.scope import Passage

# A word with a digit in it, or groups of digits held together by single spaces, hyphens or dots.
_CODE = re.compile(
    r"(?<![a-z0-9_@.])#?(?:"
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # a UUID
    r"|[a-z]{2}[ ]\d{2,3}[ ]?\d{3}[ ]?\d{3,4}[ ]?[a-z]{2}\b"  # a postal number in groups
    r"|(?:[a-z]{1,2}|\d[a-z])(?:[ ]\d{2,4}){2,5}"  # a sign or two, then digits in groups
    r"|\d{2,}(?:[ \u00a0-]\d{2,})+(?:-\d)?"  # digits in groups
    r"|(?=[a-z0-9_-]*\d)[a-z0-9]+(?:[-_][a-z0-9]+)*"  # any other word with a digit
    r")(?![a-z0-9_@])"
)
_URL = re.compile(r"(?:https?://|www\.)\S+")
_MONEY_BEFORE = re.compile(r"(?:[$€£¥₽₺]|\b(?:usd|eur|gbp|chf|pln|czk|sek|rub|rur|try|tl|jpy|mxn|brl|rs|us\$))\s?$")
_MONEY_AFTER = re.compile(
    r"\s?(?:[$€£¥₽₺%°]|(?:usd|eur|euros?|gbp|chf|pln|zl|kc|czk|sek|kr|rub|rur|руб|tl|try|jpy|mxn|brl|pesos?|"
    r"reais|dollars?|pounds?|元|円|mm|mah|atm|gb|mb|hz|nits)\b)"
)
_PHONE_BEFORE = re.compile(r"(?:\+|\b00)[\d\s()./-]{0,14}$|\(\d{2,5}\)[\s.-]?$")
_DATE = re.compile(r"(?:\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{4}[-./]\d{1,2}[-./]\d{1,2})$")
_NEAR = 34  # letters between a label and its number


@dataclass(frozen=True)
class Code:
    """One number-like word. Spans are in the folded text."""

    passage: Passage
    start: int
    end: int
    label: str
    """order, tracking, other, or empty"""
    in_link: str = ""
    """the link it stands in"""
    hashed: bool = False
    """written with # in front"""

    @property
    def shown(self) -> str:
        """As the customer wrote it, without #."""
        start, end = self.passage.text.original(self.start, self.end)
        return unicodedata.normalize("NFKC", self.passage.text.text[start:end]).translate(DASHES).lstrip("#").strip()

    @property
    def compact(self) -> str:
        """Upper case, only letters and digits."""
        return re.sub(r"[^0-9A-Z]", "", self.shown.upper())

    @property
    def digits(self) -> int:
        """How many digits it has."""
        return sum(c.isdigit() for c in self.compact)


def codes_in(passage: Passage, book: Phrasebook) -> Iterator[Code]:
    """All codes of a passage with their labels, in order."""
    text = passage.text
    labels = _labels(text, book)
    links = [(m.start(), m.end()) for m in _URL.finditer(text.folded)]
    previous: Code | None = None
    for start, end in _spans(text, links):
        link = next((text.folded[a:b] for a, b in links if a <= start < b), "")
        label = _label_of(text, start, end, labels)
        if not label and previous and _listed(text.folded[previous.end : start]):
            label = previous.label  # "orders A and B"
        code = Code(passage, start, end, label, link, text.folded[start] == "#")
        if sum(c.isdigit() for c in code.compact) >= 4 and not _is_something_else(text, code):
            previous = code
            yield code


def _spans(text: Folded, links: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for m in _CODE.finditer(text.folded):
        sign = re.match(r"[a-z\d]{1,2} (?=\d)", m.group())
        first, last = text.original(m.start(), min(m.start() + 2, m.end()))
        # "8R 4471 9022 830" begins with its sign, "nr 4471 9022" does not.
        small = (
            sign is not None
            and not m.group()[:2].isdigit()
            and text.text[first:last].strip() != text.text[first:last].strip().upper()
        )
        yield m.start() + (len(sign.group()) if sign and small else 0), m.end()
    for first, last in links:
        # A link hides its number between signs that no other text has.
        for m in re.finditer(r"(?<=[=/#&?])[a-z0-9]{8,}(?=$|[&?#/.,)])", text.folded[first:last]):
            yield first + m.start(), first + m.end()


def _labels(text: Folded, book: Phrasebook) -> list[tuple[int, int, str]]:
    found = []
    for topic, label in (("label.order_number", "order"), ("label.tracking", "tracking"), ("label.not_order", "other")):
        found += [(h.start, h.end, label) for h in book.hits(topic, text)]
    # "invoice number" holds "number"; the longer label speaks.
    return [a for a in found if not any(b[0] <= a[0] and a[1] <= b[1] and (b[1] - b[0]) > (a[1] - a[0]) for b in found)]


def _label_of(text: Folded, start: int, end: int, labels: list[tuple[int, int, str]]) -> str:
    before = [x for x in labels if x[1] <= start and start - x[1] <= _NEAR]
    if before:
        nearest = max(before, key=lambda x: (x[1], x[1] - x[0]))
        between = text.folded[nearest[1] : start]
        # Another number or a full stop in between: the label belonged to that one.
        if not re.search(r"\d|[.;!?]\s|\n\s*\n", between.removeprefix(".").removeprefix(":")):
            return nearest[2]
    after = [x for x in labels if x[0] >= end and x[0] - end <= 16]
    if after:
        nearest = min(after, key=lambda x: x[0])
        follows = re.match(r"[^.;!?\n]{0,12}\d", text.folded[nearest[1] :])
        # "2 March, order KS18211": the word has a number of its own.
        if not follows and not re.search(r"[\d.;!?\n]", text.folded[end : nearest[0]]):
            return nearest[2]
    return ""


def _listed(between: str) -> bool:
    return len(between) <= 6 and not re.search(r"[\d.!?\n]", between)


def _is_something_else(text: Folded, code: Code) -> bool:
    before, after = text.folded[max(0, code.start - 18) : code.start], text.folded[code.end : code.end + 9]
    shown = code.shown.lower()
    if _MONEY_BEFORE.search(before) or (_MONEY_AFTER.match(after) and code.digits < 8):
        return True
    if _DATE.fullmatch(shown) or re.fullmatch(r"\d{1,2}[:.]\d{2}", shown):
        return True
    if re.fullmatch(r"(?:19|20)\d\d", shown) and not code.hashed:
        return True
    if code.label in ("order", "tracking"):
        return False
    if _PHONE_BEFORE.search(before):
        return True
    return bool(re.fullmatch(r"v\d.*", shown))


def is_imei(compact: str) -> bool:
    """Fifteen digits with a right check digit (3GPP TS 23.003)."""
    return bool(len(compact) == 15 and compact.isdigit() and luhn.is_valid(compact))


def looks_invented(compact: str) -> bool:
    """A number somebody made up or copied from an example: counting up, or one digit again and again."""
    digits = re.sub(r"\D", "", compact)
    counted = "01234567890123456789"
    if len(digits) < 5:
        return False
    most = digits.count("1234567") * 7 >= len(digits) - 4 and "1234567" in digits
    return len(set(digits)) == 1 or digits in counted or (len(digits) >= 8 and digits[:-1] in counted) or most
