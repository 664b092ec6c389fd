"""Purchase and delivery day: each date of the text goes to the nearest word that says what happened then.

"Bought", "ordered" make a purchase, "arrived", "got it" a delivery, "since", "broke" an event of the problem and
"sent" the customer's own parcel. A date without any such word is no date of the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.details.calendar import Dated
from bot.core.details.dates import dates_in
from bot.core.details.phrases import Folded
from bot.core.details.scope import Passage, Scope
from bot.core.model import Finding

LABELS = (
    ("date.purchase", "purchase_date"),
    ("date.delivery", "delivery_date"),
    ("date.event", "when"),
    ("date.sent", ""),
)
_NUMBER_BETWEEN = re.compile(r"\W*#?(?=[\w-]*\d)[\w-]+(?: [\d-]+)*\W{0,3}(?:\w{1,5}\W){0,2}")
# What lies between a word and a date is counted in letters; some things count as more of them.
_WORD, _COMMA = 5, 14
_BEHIND = 16  # a word behind its date, unless it follows at once ("am 12. März gekauft")
_RIGHT_BEHIND = 6
_FAR = 140  # beyond this a word says nothing about a date
_FAR_ALONE = 400  # where the sentence has no other date: many languages put the verb at the end
_FAR_RELATIVE = 45  # "yesterday" belongs to what stands right beside it


@dataclass(frozen=True)
class _Label:
    start: int
    end: int
    field: str
    weak: bool = False
    """only before its date: "order KS20310 of 2 May" """


def find_dates(scope: Scope) -> Iterator[Finding]:
    """Purchase and delivery dates, and the days the problem began."""
    found = [f for p in scope.own for f in _in_passage(scope, p)]
    yield from found
    have = {f.field for f in found}
    for passage in scope.evidence:
        yield from (f for f in _in_passage(scope, passage) if f.field not in have and f.field != "when")


def unlabelled_dates(scope: Scope, passage: Passage) -> list[Dated]:
    """Dates of which no word says what happened then: to a question about a day each may be the answer."""
    labels, dates = _labels(scope, passage.text), dates_in(scope, passage)
    plain = [d for d in dates if _nearest(passage, d, dates, labels) is None]
    return [d for d in plain if not _tells_a_fault(scope, passage, d)]


def _in_passage(scope: Scope, passage: Passage) -> Iterator[Finding]:
    labels = _labels(scope, passage.text)
    dates = dates_in(scope, passage)
    for dated in dates:
        label = _nearest(passage, dated, dates, labels)
        if label is None and passage.weight == 1.0 and _tells_a_fault(scope, passage, dated):
            yield scope.finding("when", dated.span.text, passage, (dated.start, dated.end), dated.sure)
        if label and label.field:
            yield scope.finding(
                label.field, dated.span.text, passage, (dated.start, dated.end), dated.sure, note=dated.note
            )


def _labels(scope: Scope, text: Folded) -> list[_Label]:
    found = [_Label(h.start, h.end, field) for topic, field in LABELS for h in scope.book.hits(topic, text)]
    found += [_Label(h.start, h.end, "purchase_date", weak=True) for h in scope.book.hits("label.order_number", text)]
    # "order date" holds "order": the longest word at a place speaks.
    return [
        a
        for a in found
        if not any(b.start <= a.start and a.end <= b.end and b.end - b.start > a.end - a.start for b in found)
    ]


def _tells_a_fault(scope: Scope, passage: Passage, dated: Dated) -> bool:
    first, last = passage.text.sentence_at(dated.start)
    topics = {t for w in scope.book.words[:1] for t in w.phrases if t.startswith("symptom.")}
    return any(scope.book.first(t, passage.text, first, last) for t in topics)


def _nearest(passage: Passage, dated: Dated, dates: list[Dated], labels: list[_Label]) -> _Label | None:
    text = passage.text
    # An order page has no sentences: there the nearest word above or before a date speaks.
    first, last = text.sentence_at(dated.start) if passage.weight == 1.0 else (0, len(text.folded))
    alone = not any(d is not dated and first <= d.start < last for d in dates)
    here = [x for x in labels if first <= x.start < last]
    only_weak = not dated.floating and alone and all(x.weak for x in here)
    far = _FAR_RELATIVE if dated.floating else _FAR_ALONE if alone else _FAR
    costs = []
    for place, label in enumerate(here):
        if label.weak and (label.end > dated.start or not (only_weak or _follows_number(text, label, dated))):
            continue
        cost = _cost(text, dated, label, dates)
        if label.field == "when" and label.start >= dated.end and cost > _RIGHT_BEHIND:
            continue  # "since" and its like stand beside their date, never far behind it
        costs.append((cost, place))
    best = min(costs, default=None)
    return here[best[1]] if best and best[0] <= far else None


def _follows_number(text: Folded, label: _Label, dated: Dated) -> bool:
    return bool(_NUMBER_BETWEEN.fullmatch(text.folded[label.end : dated.start]))


def _cost(text: Folded, dated: Dated, label: _Label, dates: list[Dated]) -> int:
    """How little a label says about a date: letters, words, commas and other dates between them."""
    if label.end <= dated.start:
        between, extra = text.folded[label.end : dated.start], _BEHIND * label.weak
    elif label.start >= dated.end:
        # An ending of the date itself ("2025'te", "日に") is no word between.
        between = re.sub(r"^'?\w{0,4}(?=\s)|^[にがはをのから以来より]{1,3}", "", text.folded[dated.end : label.start])
        extra = _BEHIND if between.strip() else 0
    else:
        between, extra = "", 0  # "had it since March" may hold its own date
    low, high = min(label.end, dated.end), max(label.start, dated.start)
    others = sum(1 for d in dates if d is not dated and low <= d.start < high)
    between += text.folded[label.start : label.end].partition(",")[1]  # "bestellt, am" holds a comma of its own
    commas = sum(between.count(c) for c in ",;:、，()")
    words = len(re.findall(r"[^\W\d_]{2,}", between)) if between.isascii() or " " in between else 0
    return extra + len(between) + _WORD * words + _COMMA * commas + 40 * others
