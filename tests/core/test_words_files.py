"""Every sentence of fixtures/words/ against the words file of its language.

A sentence names the topics that must be found and those that must not: the ones denied, only imagined, or meant
otherwise. A flag counts as found when a hit touches no ``flag_unless`` phrase and is neither negated nor supposed;
supposing does not silence a hazard. As in a real mail, English is read beside the language. Sentences are invented.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from bot.core.details.phrases import Folded, Phrasebook, fold, phrase_problem
from bot.core.model import Words

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "policy" / "words"
LANGUAGES = tuple(sorted(p.stem for p in WORDS.glob("*.toml")))
HAZARD = "flag.safety_hazard"


@lru_cache(maxsize=32)
def _file(language: str) -> dict[str, Any]:
    return tomllib.loads((WORDS / f"{language}.toml").read_text("utf-8"))


@lru_cache(maxsize=32)
def _words(language: str) -> Words:
    data = _file(language)
    tables = {name: table for name, table in data.items() if isinstance(table, dict)}
    return Words(
        language=data["language"],
        name=data["name"],
        spaces=data["spaces"],
        months=tuple(tuple(names) for names in data["months"]),
        weekdays=tuple(tuple(names) for names in data["weekdays"]),
        day_first=data["day_first"],
        phrases={f"{name}.{key}": tuple(phrases) for name, table in tables.items() for key, phrases in table.items()},
    )


@lru_cache(maxsize=32)
def _book(language: str) -> Phrasebook:
    return Phrasebook([_words(code) for code in dict.fromkeys((language, "en"))])


def _found(topic: str, text: Folded, book: Phrasebook) -> bool:
    """Whether a topic is found: for flags only when it is affirmed and meant."""
    if not topic.startswith("flag."):
        return book.has(topic, text)
    excused = [(h.start, h.end) for h in book.hits(topic.replace("flag.", "flag_unless."), text)]
    for hit in book.hits(topic, text):
        if any(start < hit.end and hit.start < end for start, end in excused):
            continue
        if book.negated(hit, text) or (topic != HAZARD and book.supposed(hit, text)):
            continue
        return True
    return False


def _sentences() -> Iterator[Any]:
    for path in sorted((ROOT / "fixtures" / "words").glob("*.toml")):
        for place, row in enumerate(tomllib.loads(path.read_text("utf-8"))["sentence"], 1):
            yield pytest.param(path.stem, row, id=f"{path.stem}-{place}")


@pytest.mark.parametrize(("language", "row"), _sentences())
def test_a_sentence_says_what_it_says_and_nothing_else(language: str, row: dict[str, Any]) -> None:
    text, book = fold(row["text"]), _book(language)
    known = _words(language).phrases.keys()
    assert not {*row.get("hits", ()), *row.get("not", ())} - known, "a topic that no words file has"
    lost = [topic for topic in row.get("hits", ()) if not _found(topic, text, book)]
    wrong = [topic for topic in row.get("not", ()) if _found(topic, text, book)]
    assert (lost, wrong) == ([], []), row["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_words_file_has_the_tables_and_keys_of_the_english_one(language: str) -> None:
    def shape(data: dict[str, Any]) -> dict[str, list[str] | None]:
        return {name: sorted(value) if isinstance(value, dict) else None for name, value in data.items()}

    assert shape(_file(language)) == shape(_file("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_of_a_words_file_is_well_written(language: str) -> None:
    words = _words(language)
    problems = [
        f"{topic}: {phrase!r}: {problem}"
        for topic, phrases in words.phrases.items()
        for phrase in phrases
        if (problem := phrase_problem(phrase, words.spaces))
    ]
    assert problems == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_words_file_names_twelve_months_and_seven_days(language: str) -> None:
    words = _words(language)
    assert (len(words.months), len(words.weekdays)) == (12, 7)
    assert all(words.months + words.weekdays)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_a_words_file_reach_twelve(language: str) -> None:
    numbers = {topic for topic in _words(language).phrases if topic.startswith("number.")}
    assert len(numbers) == 12
    assert all(_words(language).phrases[topic] for topic in numbers)
