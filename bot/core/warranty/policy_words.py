"""The words files: phrases of one language by topic.

The default language's file is the list of topics; every other file must have exactly these, so that a new topic cannot
be forgotten in a language. A list may be empty where a language has nothing to say. The notation of a
phrase: ``details.phrases``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.core.details.phrases import phrase_problem
from bot.core.model import FLAGS, Words
from bot.core.nearest import did_you_mean
from bot.core.warranty.policy_table import Table, choose

_OWN_KEYS = ("language", "name", "spaces", "day_first", "months", "weekdays")


def read_words(table: Table) -> Words:
    """One words file; ``table.file`` is ``words/<language>.toml``."""
    stem = table.file.removeprefix("words/").removesuffix(".toml")
    language = table.text("language")
    if not re.fullmatch(r"[a-z]{2,3}", stem):
        table.say("", "the file name is no language code", "name it after the ISO 639-1 code, such as de.toml")
    elif language and language != stem:
        table.say("language", f'"{language}" is not the name of the file', f'write "{stem}"')
    spaces = table.flag("spaces")
    phrases = dict(_topics(table, {k: v for k, v in table.data.items() if k not in _OWN_KEYS}, "", spaces))
    for topic in phrases:
        first, _, flag = topic.partition(".")
        if first == "flag" and flag not in FLAGS:
            table.say(topic, "no such flag", choose(flag, FLAGS))
    return Words(
        language=stem,
        name=table.text("name"),
        spaces=spaces,
        months=_lists(table, "months", 12),
        weekdays=_lists(table, "weekdays", 7),
        day_first=table.flag("day_first"),
        phrases=phrases,
    )


def compare_topics(table: Table, words: Words, topics: Collection[str], default_language: str) -> None:
    """Notes the topics that a file lacks, and those that the default language's file does not know."""
    for topic in topics:
        if topic not in words.phrases:
            table.say(topic, "is missing", f"translate it from words/{default_language}.toml, or write [] for none")
    for topic in words.phrases:
        if topic not in topics:
            hint = did_you_mean(topic, [t for t in topics if t not in words.phrases])
            table.say(topic, f"words/{default_language}.toml has no such topic", f"remove it, or add it there{hint}")


def _topics(table: Table, data: Mapping[str, Any], prefix: str, spaces: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, value in data.items():
        topic = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _topics(table, value, f"{topic}.", spaces)
        elif isinstance(value, list):
            yield topic, tuple(dict.fromkeys(_phrases(table, topic, value, spaces)))
        else:
            table.say(topic, "is not a list of phrases", 'write ["one", "two"]')
            yield topic, ()


def _phrases(table: Table, topic: str, values: list[Any], spaces: bool) -> Iterator[str]:
    for value in values:
        if not isinstance(value, str):
            table.say(topic, f"{value!r} is not a text", "put each phrase in quotes")
        elif problem := phrase_problem(value, spaces):
            table.say(topic, f'"{value}"', problem)
        else:
            yield value


def _lists(table: Table, key: str, length: int) -> tuple[tuple[str, ...], ...]:
    value = table.data.get(key)
    good = (
        isinstance(value, list)
        and len(value) == length
        and all(isinstance(names, list) and names and all(isinstance(n, str) and n for n in names) for names in value)
    )
    if not good:
        table.say(key, f"is not {length} lists of names", f"write {length} lists, each with at least one name")
        return ((),) * length
    return tuple(tuple(names) for names in value or ())
