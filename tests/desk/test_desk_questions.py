"""The questions that people decide on: each in every language of the desk, short enough for its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.desk.words import LANGUAGES
from bot.replies import Letters
from bot.replies.inventory import DOUBT_LIMIT, DOUBTS, EXCLUDING_FLAGS, SERVICES, STAFF_SECTIONS
from bot.replies.wording import columns

LETTERS = Letters(Path(__file__).parents[2] / "templates", "en")
FACTS: dict[str, object] = {
    "service": "free_repair",
    "model": "TANK T3 Ultra 2",
    "flag": "disassembled",
    "months": 16,
    "platform": "AliExpress",
    "count": 3,
    "number": "K7F3Q9",
    "missing": "photo_or_video",
    "code": "pl",
}


def asked(language: str, doubt: str, **other: object) -> str:
    return LETTERS.phrase(language, f"doubt.{doubt}", **{name: ({**FACTS, **other})[name] for name in DOUBTS[doubt]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_another_one_and_fits_its_line(language: str) -> None:
    worded = {doubt: asked(language, doubt) for doubt in DOUBTS}
    assert len(set(worded.values())) == len(worded)
    assert {doubt: columns(text) for doubt, text in worded.items() if columns(text) > DOUBT_LIMIT} == {}


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_no_question_is_taken_from_another_language(language: str) -> None:
    assert [doubt for doubt in DOUBTS if asked(language, doubt) == asked("en", doubt)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_services_and_marks_inside_a_question_have_words(language: str) -> None:
    for service in SERVICES:
        assert service not in asked(language, "complete", service=service)
    for flag in EXCLUDING_FLAGS:
        assert columns(asked(language, "excluded", flag=flag)) <= DOUBT_LIMIT


def test_words_for_staff_are_in_these_sections() -> None:
    assert {"doubt", "service", "flag", "short"} <= set(STAFF_SECTIONS)
