"""Whether the regular expressions of the policy are safe and stay apart from each other.

The operator writes these patterns and customers' text is put to them, so a slow one would be a way to stop the bot. The
rule is stricter than needed and easy to explain: no repeat without an end, no choice inside a repeat, no back
reference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.warranty.policy_table import Table

_LONGEST_REPEAT = 64
_MOST_WAYS = 5000  # in which a pattern may be tried on one text before it gives up
# In this order: escape, character class, group opening, group end, repeat.
_TOKENS = re.compile(
    r"(?P<escape>\\.)|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<open>\((?:\?(?::|=|!|<=|<!|P<\w+>|P=\w+\))?)?)"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<repeat>[*+?]|\{(?P<low>\d*)(?P<comma>,)?(?P<high>\d*)\})[?+]?",
    re.DOTALL,
)


@dataclass(frozen=True)
class Shape:
    """One pattern of a file with the samples it must match."""

    table: Table
    key: str
    pattern: str
    samples: tuple[str, ...] | None
    """None where a pattern is too weak to need any"""
    sure: bool
    """the pattern alone names its row"""


def pattern_problem(pattern: str) -> str:
    """What is wrong with a pattern; empty when nothing is."""
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        return f"not a regular expression: {error}"
    varying = [False]  # per open group: does it hold a choice or a repeat of varying length?
    closed = False  # whether the token before was the end of a group that varies
    ways = 1
    for token in _TOKENS.finditer(pattern):
        kind = token.lastgroup
        if token["escape"] and token["escape"][1].isdigit() and token["escape"][1] != "0":
            return "a back reference can be very slow"
        if token["open"]:
            if token["open"].startswith("(?P="):
                return "a back reference can be very slow"
            varying.append(False)
        elif token["close"]:
            closed = varying.pop() if len(varying) > 1 else False
            varying[-1] = varying[-1] or closed
        elif token["bar"]:
            varying[-1], ways = True, ways * 2
        elif token["repeat"]:
            low, high = _bounds(token)
            if high is None:
                return f"the repeat {token['repeat']} has no end: write a largest number such as {{1,12}}"
            if high > _LONGEST_REPEAT:
                return f"the repeat {token['repeat']} is longer than {_LONGEST_REPEAT}"
            if high > 1 and closed and pattern[token.start() - 1] == ")":
                return f"a choice stands inside the repeat {token['repeat']}: that can be very slow"
            varying[-1] = varying[-1] or low != high
            ways *= high - low + 1
        closed = closed and kind == "close"
    if ways > _MOST_WAYS:
        return f"it leaves {ways} ways to read a number: that can be slow"
    if compiled.fullmatch(""):
        return "it matches an empty text"
    return ""


def _bounds(token: re.Match[str]) -> tuple[int, int | None]:
    if token["repeat"] in ("*", "+"):
        return 0, None
    if token["repeat"] == "?":
        return 0, 1
    low = int(token["low"] or 0)
    if not token["comma"]:
        return low, low
    return low, int(token["high"]) if token["high"] else None


def check_shapes(shapes: Sequence[Shape]) -> None:
    """Notes unsafe patterns, samples that miss their own pattern, and sure patterns that claim another's sample."""
    good = []
    for shape in shapes:
        problem = pattern_problem(shape.pattern)
        if problem:
            shape.table.say(shape.key, problem, "simplify the pattern")
            continue
        if shape.samples == ():
            shape.table.say("samples", "is missing or empty", f"add invented numbers that {shape.key} matches")
        for sample in shape.samples or ():
            if not matches(shape.pattern, sample):
                shape.table.say(
                    "samples", f'"{sample}" does not match {shape.key}', "correct the sample or the pattern"
                )
        good.append(shape)
    sure = [shape for shape in good if shape.sure]
    for mine in sure:
        for other in sure:
            if other is mine:
                continue
            for sample in mine.samples or ():
                if matches(other.pattern, sample) or matches(other.pattern, re.sub(r"[\s.#-]", "", sample)):
                    mine.table.say(
                        mine.key,
                        f'its sample "{sample}" also fits {other.table.file}: {other.table.where}: {other.key}',
                        "make one pattern narrower or say that it is not sure (sure = false, needs_word = true)",
                    )
                    break


def matches(pattern: str, number: str) -> bool:
    """Whether a whole number has this shape, letters in either case."""
    return re.fullmatch(pattern, number, re.IGNORECASE) is not None
