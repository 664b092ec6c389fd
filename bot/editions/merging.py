"""Three texts into one: what both began from, what an operator made of it, and what a new version made of it.

Pure. Where only one side changed a passage that side is taken, where both changed it alike it is taken once, and where
both changed it differently both stand there between marks, for a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

YOURS, BETWEEN, NEW = "<<<<<<< yours", "=======", ">>>>>>> new default"
Lines = Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """The text that came of it."""

    text: str
    conflicts: int
    """passages that both sides changed differently"""


def merge(base: str, yours: str, new: str) -> Merged:
    """The merged text, line by line; line ends are kept."""
    lines: list[str] = []
    conflicts = 0
    for was, ours, theirs in _passages(*(text.splitlines(keepends=True) for text in (base, yours, new))):
        if ours == theirs or theirs == was:
            lines.extend(ours)
        elif ours == was:
            lines.extend(theirs)
        else:
            conflicts += 1
            lines += [f"{YOURS}\n", *_ended(ours), f"{BETWEEN}\n", *_ended(theirs), f"{NEW}\n"]
    return Merged(text="".join(lines), conflicts=conflicts)


def _passages(base: Lines, yours: Lines, new: Lines) -> Iterator[tuple[Lines, Lines, Lines]]:
    """The texts cut at what all three share: between two such places, and the shared places themselves."""
    at = (0, 0, 0)
    for start, in_yours, in_new, length in [*_shared(base, yours, new), (len(base), len(yours), len(new), 0)]:
        yield base[at[0] : start], yours[at[1] : in_yours], new[at[2] : in_new]
        same = base[start : start + length]
        yield same, same, same
        at = (start + length, in_yours + length, in_new + length)


def _shared(base: Lines, yours: Lines, new: Lines) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that stand in all three: where in each, and how many."""
    left, right = (SequenceMatcher(None, base, text, autojunk=False).get_matching_blocks() for text in (yours, new))
    here = there = 0
    while here < len(left) and there < len(right):
        one, other = left[here], right[there]
        start, end = max(one.a, other.a), min(one.a + one.size, other.a + other.size)
        if start < end:
            yield start, one.b + start - one.a, other.b + start - other.a, end - start
        if one.a + one.size < other.a + other.size:
            here += 1
        else:
            there += 1


def _ended(lines: Lines) -> list[str]:
    """With a line end after the last one: a mark stands on a line of its own."""
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]
