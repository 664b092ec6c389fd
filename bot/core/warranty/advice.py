"""What a customer may try before anything is sent in: safe steps by symptom, from the table policy/advice.toml.

Never a step for a watch that may be damaged or dangerous, never one the customer has done already, and few enough to
be read. Which steps exist is ``staff_letters.STEPS_TO_TRY``; none of them opens, flashes or heats a watch.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from bot.core.details.phrases import compile_phrases, fold
from bot.core.model import Advice, Details, Policy

WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # scripts without blanks between words
MOST_STEPS = 4
# Whatever the table says: with one of these nothing is tried.
NEVER = frozenset({"safety_hazard", "physical_damage", "water_damage", "disassembled", "rooted_or_flashed"})


def steps_for(details: Details, flags: Collection[str], policy: Policy) -> tuple[str, ...]:
    """Ids of at most MOST_STEPS steps, in the order of the table; empty where trying is useless or dangerous."""
    symptoms = set(details.values("symptom"))
    set_flags = {*flags, *details.values("flag")}  # a doubtful sign of danger stops advice too
    if set_flags & NEVER or any(symptoms & set(row.never_with) for row in policy.advice):
        return ()
    models = set(details.sure("model"))
    sure = set(details.sure("symptom"))
    rows = [r for r in policy.advice if r.symptom in sure and not set_flags & set(r.never_if_flags)]
    steps = dict.fromkeys(step for row in rows if _fits(row, models, policy) for step in row.steps)
    done = _tried(details, policy)
    return tuple(step for step in steps if step not in done)[:MOST_STEPS]


def _fits(row: Advice, models: Collection[str], policy: Policy) -> bool:
    """A row for some models needs one of them; a row that is not for some lines must not meet one."""
    lines = {m.line for m in policy.models if m.id in models}
    return not set(row.not_lines) & lines and (not row.only_models or bool(set(row.only_models) & set(models)))


def _tried(details: Details, policy: Policy) -> set[str]:
    """Steps that the customer's own words for what was tried name."""
    told = fold(" . ".join(finding.words for finding in details.all("tried"))).folded
    return {step for step, words in policy.tried_words.items() if _names(words, told)}


@cache
def _patterns(words: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The words of scripts with blanks, and those without, each as one pattern."""
    wide = tuple(word for word in words if WIDE.search(word))
    found = (compile_phrases([w for w in words if w not in wide], True), compile_phrases(wide, False))
    return tuple(pattern for pattern in found if pattern)


def _names(words: tuple[str, ...], told: str) -> bool:
    return any(pattern.search(told) for pattern in _patterns(words))
