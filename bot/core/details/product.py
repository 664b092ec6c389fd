"""The model: names of the catalogue in any spelling, the longest one at its place.

``T3``, ``T3 Ultra`` and ``T3 Ultra 2`` are different watches. Names that are ordinary words count only near KOSPET
or a word for watch; names that other makers use do not count behind such a maker. A misspelt name is a weaker
finding: it is shown and repeated to the customer, who can correct it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz import fuzz

from bot.core.details.phrases import fold
from bot.core.details.scope import Passage, Scope
from bot.core.model import Finding, Model

_PIECES = re.compile(r"[a-z]+|\d+|[^\sa-z\d]+")
_NEAR = 30
_READ = 4000  # letters in which a misspelt name is looked for: nobody begins a mail with more than that
_CLOSE_ENOUGH, _CLEAR_LEAD = 84, 6  # rapidfuzz points


def _pieces(name: str) -> list[str]:
    return [p for p in _PIECES.findall(fold(name).folded) if p.isalnum()]


@lru_cache(maxsize=8)
def _catalogue(models: tuple[Model, ...]) -> tuple[re.Pattern[str], dict[str, Model]]:
    """One pattern for all names, longest first, and which model a matched name (letters and digits only) is."""
    owners: dict[str, Model] = {}
    for model in models:
        for name in (model.id, *model.names):
            owners.setdefault("".join(_pieces(name)), model)
    names = sorted({tuple(_pieces(n)) for m in models for n in (m.id, *m.names)}, key=lambda p: (-sum(map(len, p)), p))
    alternatives = "|".join(r"[\W_]{0,2}".join(map(re.escape, pieces)) for pieces in names if pieces)
    # "T3 Ultra 2" but not "T3 Ultra 2 weeks": the last number may not begin a measure.
    return re.compile(rf"(?<![a-z0-9])(?:kospet[\W_]{{0,2}})?(?:{alternatives})(?![a-z0-9])"), owners


def find_models(scope: Scope) -> Iterator[Finding]:
    """The models named; evidence is asked only when the customer names none."""
    found = [f for p in scope.own for f in _exact(scope, p)]
    if not found:
        found = [f for p in scope.own for f in _misspelt(scope, p)]
    if not found:
        found = [f for p in scope.evidence for f in _exact(scope, p)][:1]
    best: dict[str, Finding] = {}
    for finding in found:
        known = best.get(finding.value)
        if known is None or known.confidence < finding.confidence:
            best[finding.value] = finding
    # "my Tank T3 ... the T3 Ultra you sell": a short name that only begins the long one is the same watch.
    yield from best.values()


def find_named_models(scope: Scope, passage: Passage) -> Iterator[Finding]:
    """Models of a text that answers "which model": ordinary words count here."""
    return _exact(scope, passage, answering=True)


def _exact(scope: Scope, passage: Passage, *, answering: bool = False) -> Iterator[Finding]:
    pattern, owners = _catalogue(scope.policy.models)
    text = passage.text.folded
    for m in pattern.finditer(text):
        start, end = m.span()
        if re.search(r"\s\d$", m.group()) and _measure_follows(scope, passage, end):
            end = start + len(m.group().rstrip("0123456789 "))
        model = owners.get(_bare("".join(_pieces(text[start:end])), owners))
        if model is None:
            continue
        ours = any(word in text[max(0, start - _NEAR) : end] for word in ("kospet", model.line.split()[0].lower()))
        bare = len("".join(_pieces(text[start:end])).removeprefix("kospet")) <= 3
        if _other_maker(scope, text[max(0, start - 24) : start]):
            continue
        joined = bool(re.fullmatch(r"[a-z]{4,}\d+", text[start:end]))  # "Prime2" is no ordinary word
        if (
            model.common_word
            and not ours
            and not answering
            and not joined
            and not _near_watch(scope, passage, start, end)
        ):
            continue
        yield scope.finding("model", model.id, passage, (start, end), 0.8 if bare and not ours else 0.95)


def _bare(name: str, owners: dict[str, Model]) -> str:
    return name if name in owners else name.removeprefix("kospet")


def _measure_follows(scope: Scope, passage: Passage, end: int) -> bool:
    return any(
        (hit := scope.book.first(f"date.{unit}", passage.text, end, end + 14)) and hit.start - end <= 2
        for unit in ("day", "week", "month", "year")
    ) or bool(re.match(r"\s?(?:x\b|%|times\b|:|\.\d)", passage.text.folded[end : end + 8]))


def _other_maker(scope: Scope, before: str) -> bool:
    makers = getattr(scope.policy, "other_makers", ())
    return any(re.search(rf"\b{re.escape(fold(m).folded)}\b[\W_]{{0,2}}(?:\w+[\W_])?$", before) for m in makers)


def _near_watch(scope: Scope, passage: Passage, start: int, end: int) -> bool:
    """A word for watch right beside the name: "my Rock watch", not "my watch hit a rock"."""
    beside = passage.text
    before = scope.book.first("watch.words", beside, max(0, start - 16), start)
    after = scope.book.first("watch.words", beside, end, end + 16)
    return bool((before and start - before.end <= 2) or (after and after.start - end <= 2))


def _misspelt(scope: Scope, passage: Passage) -> Iterator[Finding]:
    """Two to four words that hold a digit and nearly make a name; letters and digits of the type must be right."""
    words = list(re.finditer(r"[a-z0-9]+", passage.text.folded[:_READ]))
    names = {"".join(_pieces(n)): m for m in scope.policy.models for n in (m.id, *m.names) if not m.common_word}
    best: tuple[float, Finding] | None = None
    for i in range(len(words)):
        for size in (4, 3, 2):
            window = words[i : i + size]
            if len(window) < size:
                continue
            written = "".join(w.group() for w in window)
            if not 4 <= len(written) <= 24 or not re.search(r"[a-z]\d|\d[a-z]", written) or written.isdigit():
                continue
            scores = sorted(
                ((fuzz.ratio(written.removeprefix("kospet"), n), n) for n in names if _same_type(written, n)),
                reverse=True,
            )
            rival = next((s for s, n in scores if names[n].id != names[scores[0][1]].id), 0.0) if scores else 0.0
            if scores and scores[0][0] >= _CLOSE_ENOUGH and scores[0][0] - rival >= _CLEAR_LEAD:
                model = names[scores[0][1]]
                finding = scope.finding(
                    "model", model.id, passage, (window[0].start(), window[-1].end()), 0.65, note="misspelt"
                )
                if best is None or scores[0][0] > best[0]:
                    best = (scores[0][0], finding)
    if best:
        yield best[1]


def _same_type(written: str, name: str) -> bool:
    return re.findall(r"[a-z]\d+|\d+$", written)[-2:] == re.findall(r"[a-z]\d+|\d+$", name)[-2:]
