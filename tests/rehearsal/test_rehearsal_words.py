"""Two texts side by side: whole words, nothing lost, and what belongs to the customer makes no difference."""

from __future__ import annotations

import pytest

from bot.rehearsal.compare import GONE, NEW, SAME, differences, same_change
from bot.rehearsal.model import Change, Side
from bot.rehearsal.threads import Head, threads

LETTER = (Change("letter", "en", "en"),)


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        ("We have it.", "We got it.", ["have"], ["got"]),
        ("We have your mail.", "Thank you for your mail.", ["We have"], ["Thank you for"]),
        ("one\ntwo\nthree\n", "one\nthree\n", ["two\n"], []),
        ("", "new", [], ["new"]),
        ("same", "same", [], []),
        ("時計の修理です", "時計の交換です", ["修理"], ["交換"]),
    ],
)
def test_whole_words_are_marked(before: str, after: str, gone: list[str], new: list[str]) -> None:
    pieces = list(differences(before, after))
    assert [text for kind, text in pieces if kind == GONE] == gone
    assert [text for kind, text in pieces if kind == NEW] == new


@pytest.mark.parametrize(
    ("before", "after"),
    [("a b c", "a x c"), ("a  b\n c", "b\n\nc"), ("x", ""), ("a b", "c d e"), ("one two\nthree", "one\ntwo three")],
)
def test_nothing_of_either_text_is_lost(before: str, after: str) -> None:
    pieces = list(differences(before, after))
    assert "".join(text for kind, text in pieces if kind in (SAME, GONE)) == before
    assert "".join(text for kind, text in pieces if kind in (SAME, NEW)) == after


def side(text: str, *told: str) -> Side:
    return Side(facts={}, rules={}, reply="details_needed", silence="", language="en", text=text, told=told)


def key(day: str, order: str, verb: str) -> object:
    before = side(f"Please reply by {day} about {order}.", order)
    return same_change(before, side(f"Please {verb} by {day} about {order}.", order), LETTER)


def test_days_and_numbers_of_the_customer_make_no_difference_and_words_do() -> None:
    assert key("12 June 2025", "KS20533", "write") == key("3 May 2024", "302-1234567", "write")
    assert key("12 June 2025", "KS20533", "write") != key("12 June 2025", "KS20533", "answer")


@pytest.mark.parametrize(
    ("heads", "cases", "why"),
    [
        ([("a@x", "1"), ("a@x", "1 2"), ("a@x", "2")], [[0, 1, 2]], "one names the other"),
        ([("a@x", "1"), ("b@x", "1")], [[0], [1]], "somebody else's mail is a case of its own"),
        ([("", "1"), ("", "1")], [[0], [1]], "nobody knows who wrote"),
        ([("a@x", "1"), ("a@x", "2"), ("a@x", "1 2")], [[0, 1, 2]], "the third joins the two"),
        ([("a@x", ""), ("a@x", "")], [[0], [1]], "the same writer starts anew"),
    ],
)
def test_mails_of_a_thread_are_one_case(heads: list[tuple[str, str]], cases: list[list[int]], why: str) -> None:
    assert threads([Head(sender=who, marks=frozenset(marks.split())) for who, marks in heads]) == cases, why
