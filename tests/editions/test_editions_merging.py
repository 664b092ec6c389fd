"""Three texts become one: nothing of either side is lost, and nothing is decided for a person."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.editions.merging import BETWEEN, NEW, YOURS, merge

BASE = "one\ntwo\nthree\nfour\nfive\n"
TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "\n"]), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("yours", "new", "merged", "why"),
    [
        (BASE, BASE, BASE, "nobody changed anything"),
        (BASE.replace("two", "2"), BASE, BASE.replace("two", "2"), "you alone"),
        (BASE, BASE.replace("four", "4"), BASE.replace("four", "4"), "the new version alone"),
        ("one\n2\nthree\nfour\nfive\n", "one\ntwo\nthree\n4\nfive\n", "one\n2\nthree\n4\nfive\n", "different places"),
        ("one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n", "both alike"),
        ("one\nthree\nfour\nfive\n", BASE + "six\n", "one\nthree\nfour\nfive\nsix\n", "a line less and a line more"),
    ],
)
def test_what_does_not_meet_is_joined(yours: str, new: str, merged: str, why: str) -> None:
    assert (merge(BASE, yours, new).text, merge(BASE, yours, new).conflicts) == (merged, 0)


def test_what_both_changed_differently_stands_between_marks() -> None:
    done = merge(BASE, BASE.replace("two", "yours"), BASE.replace("two", "theirs"))
    assert done.conflicts == 1
    assert done.text == f"one\n{YOURS}\nyours\n{BETWEEN}\ntheirs\n{NEW}\nthree\nfour\nfive\n"


def test_a_last_line_without_an_end_keeps_the_marks_on_lines_of_their_own() -> None:
    done = merge("a", "b", "c")
    assert done.text.splitlines() == [YOURS, "b", BETWEEN, "c", NEW]


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_a_side_that_changed_nothing_gives_way(base: str, changed: str) -> None:
    assert merge(base, changed, base).text == changed
    assert merge(base, base, changed).text == changed
    assert merge(base, changed, changed).text == changed


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_no_line_of_either_side_is_lost(base: str, yours: str, new: str) -> None:
    done = merge(base, yours, new)
    kept = done.text.splitlines()
    if done.conflicts:
        return
    for line in {*yours.splitlines(), *new.splitlines()} - set(base.splitlines()):
        assert line in kept
