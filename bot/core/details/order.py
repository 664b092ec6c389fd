"""Order number, platform and seller.

A label makes a number an order number; without one only a shape that belongs to a single platform does. The
platform is what the customer names, else the shop whose number shape it is, else the marketplace that relayed
the mail. Nothing is guessed from a country.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from bot.core.details.codes import Code, codes_in, is_imei, looks_invented
from bot.core.details.phrases import Hit, compile_phrases, fold, openings
from bot.core.details.scope import Passage, Scope
from bot.core.model import Finding, Platform, Policy

LABELLED, SHAPED, BARE = 0.95, 0.85, 0.6
UNSURE = 0.3  # asked again rather than used


def find_orders(scope: Scope) -> Iterator[Finding]:
    """Every order number of the mail; numbers the customer calls wrong are left out."""
    found = [f for p in scope.own for f in _in_passage(scope, p)]
    # Evidence speaks only when the customer did not: confirmations list other orders and products too.
    if not found:
        found = [f for p in scope.evidence for f in _in_passage(scope, p)]
    best: dict[str, Finding] = {}
    for finding in found:
        known = best.get(finding.value)
        if known is None or known.confidence < finding.confidence:
            best[finding.value] = finding
    # "KS1 in 2023, KS2 last year, my trouble is order no. KS3": the one with a label is meant.
    labelled = {f.value for f in best.values() if f.confidence >= LABELLED}
    yield from (f for f in best.values() if not labelled or f.value in labelled or f.confidence < SHAPED)


def _in_passage(scope: Scope, passage: Passage) -> Iterator[Finding]:
    codes = [_with_prefix(scope, c) for c in codes_in(passage, scope.book)]
    codes = [c for c in codes if c.label not in ("other", "tracking") and not c.in_link]
    judged = [(c, _confidence(scope, c)) for c in codes]
    judged = [(c, sure) for c, sure in judged if sure]
    corrects = scope.book.has("correction.words", passage.text)
    wrong, since = [], 0
    for code, _ in judged if corrects else ():
        until = _called_wrong(scope, code, since)
        if until:
            wrong.append(code)
        since = max(code.end, until)
    for code, sure in judged:
        if code in wrong and len(judged) > len(wrong):
            continue
        confidence = UNSURE if looks_invented(code.compact) else sure
        yield scope.finding(
            "order_number", _as_written(code), passage, (code.start, code.end), confidence, replaces=corrects
        )


def _confidence(scope: Scope, code: Code) -> float:
    shapes = shapes_of(scope, code.shown, code.compact)
    weak = shapes_of(scope, code.shown, code.compact, labelled=True)
    named = {f.value for f in _named(scope)}
    if is_imei(code.compact) and code.label != "order" and not {p.id for p in shapes} & named:
        return 0.0
    if any(p.sure for p in shapes):
        return LABELLED if code.label == "order" else SHAPED
    if code.label == "order":
        return LABELLED if shapes or weak else 0.9
    if code.hashed and any(p.seller == "official_store" for p in weak):
        return BARE
    if (
        len(code.compact) >= 14
        and code.compact.isdigit()
        and ({p.id for p in weak} & named or _follows_shop(scope, code))
    ):
        return BARE
    if shapes:
        # Several shops share this shape: only a shop that is named makes it an order.
        return SHAPED if any(p.id in named for p in shapes) else BARE * (len(code.compact) >= 14)
    return 0.0


def _follows_shop(scope: Scope, code: Code) -> bool:
    """A long run of digits right after a shop's name."""
    text = code.passage.text.folded[max(0, code.start - 14) : code.start]
    patterns = (_names(p.names) for p in _perhaps(scope.policy, text))
    return any(p and (m := p.search(text)) and len(text) - m.end() <= 6 for p in patterns)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def shapes_of(scope: Scope, shown: str, compact: str, *, labelled: bool = False) -> list[Platform]:
    """The platforms whose order numbers look like this; ``labelled``: by the weaker shape that needs a label."""
    patterns = [(p, p.labelled_pattern if labelled else p.order_pattern) for p in scope.policy.platforms]
    return [p for p, shape in patterns if shape and any(_compiled(shape).fullmatch(s) for s in (shown, compact))]


def _as_written(code: Code) -> str:
    shown = code.shown
    if re.fullmatch(r"[\d\s\u00a0]+", shown):
        return re.sub(r"\D", "", shown)
    return shown.upper() if re.fullmatch(r"[A-Za-z]{1,4}\d+", shown) else shown


def _with_prefix(scope: Scope, code: Code) -> Code:
    """ "KS 20418": letters before the digits belong to the number when a shop's numbers look like that."""
    text = code.passage.text
    before = re.search(r"[a-z]{1,3} $", text.folded[max(0, code.start - 4) : code.start])
    if not before or not code.shown.isdigit():
        return code
    longer = replace(code, start=code.start - len(before[0]))
    return longer if any(p.sure for p in shapes_of(scope, longer.shown, longer.compact)) else code


def _called_wrong(scope: Scope, code: Code, since: int) -> int:
    """Where the words end that call this number wrong, before it (from ``since`` on) or right behind it; 0 for none."""
    text = code.passage.text
    first, last = text.sentence_at(code.start)
    before = text.folded[max(first, since, code.start - 40) : code.start]
    if scope.book.first("correction.wrong_before", fold(before)):
        return code.end
    behind = scope.book.first("correction.wrong_before", text, code.end, min(last, code.end + 24))
    if behind is None or behind.start - code.end >= 12 or re.search(r"\d", text.folded[code.end : behind.start]):
        return 0
    # "20313, not 20331": the word belongs to the number behind it.
    return 0 if re.match(r"\s*#?[a-z]{0,4}-?\d", text.folded[behind.end :]) else behind.end


# --- platform ---------------------------------------------------------------------------------


_BEGINNINGS: dict[str, list[tuple[Platform, tuple[tuple[str, ...], ...]]]] = {}
"""by the hash of the policy: each shop with how the words of its names begin"""


def _perhaps(policy: Policy, text: str) -> Iterator[Platform]:
    """The shops that may be named at all: a list of dealers has thousands, and a pattern of each would take long."""
    if policy.hash not in _BEGINNINGS:
        _BEGINNINGS[policy.hash] = [(p, tuple(_beginnings(n) for n in p.names)) for p in policy.platforms]
    for platform, names in _BEGINNINGS[policy.hash]:
        if any(all(start in text for start in starts) for starts in names):
            yield platform


def _beginnings(name: str) -> tuple[str, ...]:
    # Without spaces even one word may be written in two.
    return tuple(start[:1] for start in openings(name)) if _is_cjk(name) else openings(name)


@lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> re.Pattern[str] | None:
    spaced = compile_phrases([n for n in names if fold(n).folded.isascii() or not _is_cjk(n)], True)
    joined = compile_phrases([n for n in names if _is_cjk(n)], False)
    parts = [p.pattern for p in (spaced, joined) if p]
    return re.compile("|".join(parts)) if parts else None


def _is_cjk(text: str) -> bool:
    return any("\u3040" <= c <= "\u9fff" for c in text)


def _named(scope: Scope) -> list[Finding]:
    found: list[Finding] = []
    for passage in (*scope.own, *scope.evidence):
        for platform in _perhaps(scope.policy, passage.text.folded):
            pattern = _names(platform.names)
            for m in pattern.finditer(passage.text.folded) if pattern else ():
                if _denied(scope, passage, m.start(), m.end()):
                    continue
                bought = _near_purchase(scope, passage, m.start(), m.end())
                # "amazon.de" says more than "amazon": the country the shop sells in.
                hosts = (len(h) for h in platform.hosts if passage.text.folded.startswith(h, m.start()))
                span = (m.start(), max(m.end(), m.start() + max(hosts, default=0)))
                found.append(scope.finding("platform", platform.id, passage, span, 0.95 if bought else 0.8))
    return found


def _denied(scope: Scope, passage: Passage, start: int, end: int) -> bool:
    """ "not from Amazon" names no shop."""
    for words in scope.book.words[:1]:
        if scope.book.negated(Hit(start, end, words.language), passage.text):
            return True
        ago = scope.book.pattern(words, "date.ago_after")
        if ago and ago.fullmatch(passage.text.folded, start, end):
            return True  # Polish "dwa dni temu" is no shop
    return False


def _near_purchase(scope: Scope, passage: Passage, start: int, end: int) -> bool:
    first, last = passage.text.sentence_at(start)
    return any(
        scope.book.first(topic, passage.text, max(first, start - 60), min(last, end + 60))
        for topic in ("date.purchase", "label.order_number")
    )


def find_platform(scope: Scope) -> Iterator[Finding]:
    """Where it was bought, from the words, the number's shape or the relay; one finding per source."""
    named = _named(scope)
    marketplaces = [f for f in named if f.value != "kospet_store"]
    # "the KOSPET store on Amazon" is a shop on Amazon.
    named = [f for f in named if f.value != "kospet_store" or not _beside(scope, f, marketplaces)]
    for passage in (*scope.own, *scope.evidence):
        for hit in scope.book.hits("seller.official_store", passage.text):
            sentence = passage.text.sentence_at(hit.start)
            shop = [f for f in marketplaces if f.place == passage.place and _within(passage, f, sentence)]
            if not shop and not scope.book.negated(hit, passage.text):
                named.append(scope.finding("platform", "kospet_store", passage, (hit.start, hit.end), 0.9))
        for hit in scope.book.hits("seller.kospet_on_marketplace", passage.text):
            yield scope.finding("seller", "official_marketplace", passage, (hit.start, hit.end), 0.9)
    if not named:
        for passage in scope.own:
            for hit in scope.book.hits("seller.retailer", passage.text):
                named.append(scope.finding("platform", "retailer", passage, (hit.start, hit.end), 0.7))
    shaped = list(_by_shape(scope))
    # A sure number shape settles which of several named shops it was.
    agreed = [f for f in named if f.value in {s.value for s in shaped}]
    yield from agreed or named
    if not agreed:
        yield from shaped
    if not named and not shaped:
        yield from _by_relay(scope)


def _beside(scope: Scope, finding: Finding, others: list[Finding]) -> bool:
    passage = next(p for p in (*scope.own, *scope.evidence) if p.place == finding.place)
    at = next((i for i, place in enumerate(passage.text.index) if place >= finding.start), 0)
    sentence = passage.text.sentence_at(at)
    return any(o.place == finding.place and _within(passage, o, sentence) for o in others)


def _within(passage: Passage, finding: Finding, sentence: tuple[int, int]) -> bool:
    start, end = passage.text.original(*sentence)
    return start <= finding.start < end


def _by_shape(scope: Scope) -> Iterator[Finding]:
    for order in find_orders(scope):
        compact = re.sub(r"[^0-9A-Z]", "", order.value.upper())
        shops = shapes_of(scope, order.value, compact)
        sure = [p for p in shops if p.sure]
        if len(sure) == 1 and order.confidence >= 0.5:
            yield Finding(
                field="platform",
                value=sure[0].id,
                place=order.place,
                start=order.start,
                end=order.end,
                words=order.words,
                confidence=0.75,
                note="from the shape of the order number",
            )


def _by_relay(scope: Scope) -> Iterator[Finding]:
    sender = scope.letter.sender
    host = sender.address.rpartition("@")[2] if sender else ""
    for platform in scope.policy.platforms:
        if host and any(host == h or host.endswith("." + h) for h in platform.relay_hosts):
            yield Finding(
                field="platform", value=platform.id, place="sender", start=0, end=0, words=host, confidence=0.8
            )
