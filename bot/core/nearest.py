"""The nearest known word to one that is not known: "did you mean" for everything that operators write by hand.

A proposal helps only when it is right: one that merely shares some letters is not made. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

NEAR = 62  # of 100; two letters swapped or one forgotten in a short word still reach it


def nearest(word: str, known: Iterable[str], least: float = NEAR) -> str:
    """The most similar of ``known``, case aside; empty when none is near."""
    choices = list(dict.fromkeys(known))
    found = process.extractOne(word.casefold(), choices, scorer=_alike, processor=str.casefold, score_cutoff=least)
    return str(found[0]) if found else ""


def _alike(one: str, two: str, *, score_cutoff: float | None = None) -> float:
    """Letters in common; a name that goes on ("free_repairs", "repair" of "free_repair") is near as well."""
    plain = fuzz.ratio(one, two)
    long_enough = min(len(one), len(two)) > 3
    held = 90 if long_enough and (one in two or two in one) else 0
    score = max(plain, min(held, NEAR + plain / 4) if held else 0)
    return score if score_cutoff is None or score >= score_cutoff else 0


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint such as ``; did you mean "delivery"?``, empty when nothing is near."""
    near = nearest(word, known)
    return f'; did you mean "{near}"?' if near else ""
