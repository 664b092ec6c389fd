"""Every sentence of fixtures/words/ against the words file of its language.

A sentence names the topics that must be found and those that must not: the ones denied, only imagined, or meant
otherwise. Flags go the way of a real mail, with English read beside the language; a flag that is only imagined
counts as not found, save a hazard. Sentences are invented.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from written import NOON, ROOT, letter, shipped_policy

from bot.core.details.phrases import phrase_problem
from bot.core.details.problem import find_flags
from bot.core.details.scope import Scope, open_scope
from bot.core.model import Finding

WORDS = ROOT / "policy" / "words"
LANGUAGES = tuple(sorted(path.stem for path in WORDS.glob("*.toml")))


def _sentences() -> Iterator[Any]:
    for path in sorted((ROOT / "fixtures" / "words").glob("*.toml")):
        for place, row in enumerate(tomllib.loads(path.read_text("utf-8"))["sentence"], 1):
            yield pytest.param(path.stem, row, id=f"{path.stem}-{place}")


def _scope(text: str, language: str) -> Scope:
    return open_scope(replace(letter(text), own_words=text, language=language), shipped_policy(), NOON.date())


def _counts(finding: Finding) -> bool:
    return finding.is_sure or finding.value == "safety_hazard"


@pytest.mark.parametrize(("language", "row"), list(_sentences()))
def test_a_sentence_says_what_it_says_and_nothing_else(language: str, row: dict[str, Any]) -> None:
    scope = _scope(row["text"], language)
    flags = {f"flag.{f.value}" for f in find_flags(scope) if _counts(f)}
    text = scope.own[0].text
    named = {*row.get("hits", ()), *row.get("not", ())}
    assert named <= scope.book.words[0].phrases.keys(), "a topic that no words file has"
    found = {t for t in named if (t in flags if t.startswith("flag.") else scope.book.has(t, text))}
    assert sorted(found) == sorted(row.get("hits", ())), row["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_words_file_has_the_tables_and_keys_of_the_english_one(language: str) -> None:
    assert _shape(language) == _shape("en")


def _shape(language: str) -> dict[str, list[str] | None]:
    data = tomllib.loads((WORDS / f"{language}.toml").read_text("utf-8"))
    return {name: sorted(value) if isinstance(value, dict) else None for name, value in data.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_of_a_words_file_is_well_written(language: str) -> None:
    words = shipped_policy().words[language]
    problems = [
        f"{topic}: {phrase!r}: {problem}"
        for topic, phrases in words.phrases.items()
        for phrase in phrases
        if (problem := phrase_problem(phrase, words.spaces))
    ]
    assert problems == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_words_file_names_twelve_months_and_seven_days(language: str) -> None:
    words = shipped_policy().words[language]
    assert (len(words.months), len(words.weekdays)) == (12, 7)
    assert all(words.months + words.weekdays)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_a_words_file_reach_twelve(language: str) -> None:
    phrases = shipped_policy().words[language].phrases
    assert len([topic for topic in phrases if topic.startswith("number.") and phrases[topic]]) == 12
