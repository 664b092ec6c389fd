"""Which regular expressions an operator may write: never one that a hostile number could keep busy."""

from __future__ import annotations

import pytest

from bot.core.warranty.policy_patterns import pattern_problem


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(?:\d{4}-){3}\d{4}", "a group of fixed length may repeat"),
        (r"(?:FR|DE|UK)\d{10}", "a choice outside a repeat"),
        (r"[+*(]\d{3}", "repeat signs inside a class are plain signs"),
        (r"\+\d{3}\*", "escaped repeat signs are plain signs"),
        (r"(?=\d{0,5}[A-Z])\w{6}", "looking ahead is allowed"),
        (r"420\d{5}(?:\d{4})?9\d{20}", "an optional group is no repeat"),
    ],
)
def test_a_harmless_pattern_is_accepted(pattern: str, why: str) -> None:
    assert pattern_problem(pattern) == "", why


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(a+)+$", "the classic"),
        (r"(?:a{1,20}){1,20}", "bounded, yet 20 to the power of 20 ways"),
        (r"(?:(?:a{1,9}))+", "hidden one group deeper"),
        (r"(?:a{1,9}b?){2,30}", "a varying repeat that is not the last thing of its group"),
        (r"(?:a?){30}a{30}", "an optional sign in a repeat: two to the power of 30 ways"),
        (r"(?:a|a){30}b", "a choice in a repeat"),
        (r"a{0,20}a{0,20}a{0,20}a{0,20}b", "one repeat after the other"),
        (r"a{3,}", "no end"),
        (r"a{1,500}", "far longer than any number"),
        (r"(?P<x>a)(?P=x)", "a named back reference"),
    ],
)
def test_a_pattern_that_may_be_slow_is_refused(pattern: str, why: str) -> None:
    assert pattern_problem(pattern) != "", why
