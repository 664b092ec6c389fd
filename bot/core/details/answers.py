"""Answers to what we asked: a bare number, a lone name, a "no" mean something because of the question before them.

Only what was asked in this thread and is still open is looked for, and only in the customer's own words. Everything
the ordinary finders found stays; this adds what they rightly leave alone in a first mail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from bot.core.details.bought import unlabelled_dates
from bot.core.details.codes import codes_in, is_imei, looks_invented
from bot.core.details.order import shapes_of
from bot.core.details.product import find_named_models
from bot.core.details.scope import Passage, Scope, open_scope
from bot.core.model import Details, Finding, Letter, Policy

ANSWERED = 0.7
DATE = "purchase_or_delivery_date"
_SHORT, _ALONE = 25, 3  # words of a mail
_TOLD = 6  # words that make a description of what was not recognised otherwise


def find_answers(letter: Letter, policy: Policy, on: date, fresh: Details, asked: Collection[str]) -> Details:
    """``fresh`` and the answers to ``asked`` (ids of details that were asked and are still missing)."""
    scope = open_scope(letter, policy, on)
    own = next((p for p in scope.own if p.place == "own_words"), None)
    if own is None or not asked:
        return fresh
    more: list[Finding] = []
    if "order_number" in asked and not fresh.sure("order_number"):
        more += _lone_number(scope, own, fresh)
    if "model" in asked and not fresh.values("model", ANSWERED):
        more += find_named_models(scope, own)
    if "description" in asked and not fresh.all("what"):
        more += _told(scope, own)
    if DATE in asked and not (fresh.all("delivery_date") or fresh.all("purchase_date")):
        more += _lone_date(scope, own)
    if "troubleshooting" in asked and not fresh.values("tried"):
        more += _plain_no(scope, own)
    return Details(findings=(*fresh.findings, *more))


def _lone_number(scope: Scope, own: Passage, fresh: Details) -> Iterator[Finding]:
    """The one number of the mail that is nothing else."""
    parcels = set(fresh.values("tracking_number"))
    codes = [c for c in codes_in(own, scope.book) if c.label in ("", "order") and not c.in_link]
    codes = [c for c in codes if c.compact not in parcels and c.digits >= 5]
    codes = [c for c in codes if not is_imei(c.compact) or shapes_of(scope, c.shown, c.compact)]
    if len({c.compact for c in codes}) == 1 and not looks_invented(codes[0].compact):
        code = codes[0]
        yield scope.finding(
            "order_number", code.shown, own, (code.start, code.end), ANSWERED, note="the answer to our question"
        )


def _lone_date(scope: Scope, own: Passage) -> Iterator[Finding]:
    """The one date of a short mail that is said of nothing else; we asked for the day of delivery."""
    length = len(own.text.folded.split())
    # "Today" and "Monday" are the answer only where they are all that is said.
    dates = [d for d in unlabelled_dates(scope, own) if length <= (_ALONE if d.floating else _SHORT)]
    if len({d.span for d in dates}) == 1:
        day = dates[0]
        yield scope.finding(
            "delivery_date", day.span.text, own, (day.start, day.end), day.sure, note="the answer to our question"
        )


def _told(scope: Scope, own: Passage) -> Iterator[Finding]:
    """Free text of some length: a person reads it, the customer is not asked for it again."""
    text = own.text.folded
    told = [
        text[a:b]
        for a, b in own.text.sentences
        if not text[a:b].rstrip().endswith("?") and not any(a <= code.start < b for code in codes_in(own, scope.book))
    ]
    length = sum(len(s.split()) if scope.book.words[0].spaces else len(s) // 2 for s in told)
    if length >= _TOLD:
        span = (0, len(text))
        for field in ("what", "how"):
            yield scope.finding(field, "said", own, span, ANSWERED, note="the answer to our question")


def _plain_no(scope: Scope, own: Passage) -> Iterator[Finding]:
    for hit in scope.book.hits("negation.before", own.text):
        first, last = own.text.sentence_at(hit.start)
        if len(own.text.folded[first:last].split()) <= 3:
            yield scope.finding(
                "tried", "nothing", own, (hit.start, hit.end), ANSWERED, note="the answer to our question"
            )
            return
