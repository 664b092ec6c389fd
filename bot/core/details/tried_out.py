"""Why a sentence is read as it is: the rows of the words files that hit, those held back, and those that came near.

For operators who add words: the finders say what they found, here is said which phrase of which topic did it, and what
one letter more or less would have done. Slow on purpose where it is thorough; no mail is read through here. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from bot.core.details.phrases import Hit, compile_phrases, fold
from bot.core.details.scope import Passage, Scope
from bot.core.model import Words

NEAR = 78  # of 100: how much of a phrase must be there
WORD_NEAR = 72  # the same for one word
MOST_NEAR = 8
SHORTEST = 4  # letters; shorter phrases are near to everything
# Topics that turn others round; by themselves they say nothing about a case.
TURNS = ("negation.", "supposed.", "flag_unless.")
_CHOICE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Row:
    """One phrase of a words file, and what became of it."""

    language: str
    topic: str
    phrase: str
    words: str
    """of the sentence; empty for one that only came near"""
    note: str = ""
    """why it counts for nothing, or what it lacks"""


def rows_that_hit(scope: Scope) -> list[Row]:
    """Every phrase that is in the sentence, in the order of the files."""
    found = []
    for passage in scope.own:
        for words in scope.book.words:
            for topic in words.phrases:
                hits = [hit for hit in scope.book.hits(topic, passage.text) if hit.language == words.language]
                for hit in hits:
                    piece = passage.text.folded[hit.start : hit.end]
                    start, end = passage.text.original(hit.start, hit.end)
                    for phrase in _phrases_in(words, topic, piece)[:1]:
                        said = passage.text.text[start:end]
                        found.append(Row(words.language, topic, phrase, said, _held_back(scope, passage, topic, hit)))
    return list(dict.fromkeys(found))


def _phrases_in(words: Words, topic: str, piece: str) -> list[str]:
    """The phrases of a topic that are exactly this piece."""
    whole = []
    for phrase in words.phrases[topic]:
        pattern = compile_phrases([phrase], words.spaces)
        if pattern and pattern.fullmatch(piece):
            whole.append(phrase)
    return sorted(whole, key=len, reverse=True)


def _held_back(scope: Scope, passage: Passage, topic: str, hit: Hit) -> str:
    """Why a flag or symptom that is in the sentence is not held against it."""
    section, _, name = topic.partition(".")
    if section not in ("flag", "symptom", "condition", "wish"):
        return ""
    for other in scope.book.hits(f"flag_unless.{name}", passage.text) if section == "flag" else ():
        if other.start < hit.end and hit.start < other.end:
            words = passage.text.folded[other.start : other.end]
            return f'not counted: "{words}" is in [flag_unless] {name}'
    if scope.book.negated(hit, passage.text, closely=name == "threat_or_legal"):
        return 'it stands under a "not"'
    if scope.book.supposed(hit, passage.text):
        return "only asked about or imagined"
    return ""


def rows_that_came_near(scope: Scope) -> list[Row]:
    """Phrases that one slip kept from hitting, the nearest first, each with what it lacks."""
    found: list[tuple[float, Row]] = []
    hit = {(row.language, row.topic) for row in rows_that_hit(scope)}
    for passage in scope.own:
        for words in scope.book.words:
            table = [row for row in _plain_rows(tuple(words.phrases.items())) if (words.language, row[0]) not in hit]
            best = process.extract(
                passage.text.folded,
                [plain for _, _, plain in table],
                scorer=fuzz.partial_ratio,
                score_cutoff=NEAR,
                limit=6 * MOST_NEAR,
            )
            for plain, score, place in best:
                topic, phrase, _ = table[place]
                lacks = _lacks(plain, passage.text.folded, words.spaces)
                if lacks:
                    found.append((score + min(len(plain), 20), Row(words.language, topic, phrase, "", lacks)))
    rows: dict[tuple[str, str], Row] = {}
    for _, row in sorted(found, key=lambda pair: -pair[0]):
        rows.setdefault((row.language, row.topic), row)
    return list(rows.values())[:MOST_NEAR]


@lru_cache(maxsize=32)
def _plain_rows(phrases: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, str, str], ...]:
    """Topic, phrase, and the phrase as plain words."""
    return tuple(
        (topic, phrase, plain)
        for topic, listed in phrases
        if not topic.startswith(TURNS)
        for phrase in listed
        for plain in _plain_forms(phrase)
        if len(plain) >= SHORTEST or not plain.isascii()
    )


def _plain_forms(phrase: str) -> Iterator[str]:
    """The phrase with the first and with each other choice of its first bracket, its signs taken away."""
    first = next((found for found in _CHOICE.findall(phrase) if "|" in found), "")
    for choice in first.split("|"):
        text = phrase.replace(f"({first})", choice, 1) if first else phrase
        text = _CHOICE.sub(lambda found: found[1].partition("|")[0] if "|" in found[1] else "", text)
        plain = fold(" ".join(re.sub(r"\.\.\.|[*#]", " ", text).split()).lower()).folded
        if plain:
            yield plain


def _lacks(plain: str, sentence: str, spaces: bool) -> str:
    """What keeps a phrase from being in the sentence; empty when too much does."""
    if not spaces:
        return f'near to "{plain}"'
    there = re.findall(r"\w+", sentence)
    wrong, missing = [], []
    for word in re.findall(r"\w+", plain):
        if word in there or any(other.startswith(word) for other in there if len(word) >= SHORTEST):
            continue
        near = process.extractOne(word, there, scorer=fuzz.ratio, score_cutoff=WORD_NEAR)
        if near and len(word) >= SHORTEST:
            wrong.append(f'"{near[0]}" is not "{word}"')
        else:
            missing.append(f'"{word}"')
    if len(wrong) + len(missing) > 1:
        return ""
    if missing:
        # One word of two is not near; one of three is.
        return f"{missing[0]} is missing" if len(plain.split()) > 2 else ""
    if wrong:
        return wrong[0]
    return "its words stand in another order, too far apart, or with another ending"
