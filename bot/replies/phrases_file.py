"""Reading ``phrases.toml`` of one language: every mistake of its shape is told at once, with its line.

What the phrases say is looked at by lint; a file that passes here can be used without a surprise of type or size.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.warranty.policy_lines import Lines, toml_problem
from bot.errors import TemplateError

PHRASES_FILE = "phrases.toml"
CHECK_SECTION = "check"  # word lists for lint, not phrases
PROMISES_SECTION = "promises"  # word lists for the guard, not phrases
MAX_FILE = 200_000  # bytes
MAX_PHRASE = 1_000  # characters
# Where a typed blank or an invisible sign would change what a list finds.
_BARE = re.compile(r"\s*\*?\s*")


@dataclass(frozen=True)
class PhrasesFile:
    """What stands in the file."""

    lines: Lines
    check: Mapping[str, Sequence[str]]
    promises: Mapping[str, Sequence[str]]
    phrases: Mapping[str, str]
    """id -> source, for example "ask.model" """


def read_phrases(path: Path, name: str) -> PhrasesFile:
    """The file, called ``name`` in problems. Raises ``TemplateError`` with all of them."""
    source = _source(path, name)
    try:
        data = tomllib.loads(source)
    except RecursionError as error:
        raise TemplateError([f"{name}: cannot be read: brackets in brackets without end"]) from error
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        raise TemplateError([f"{name}{toml_problem(str(error), source)}"]) from error
    lines = Lines(source)
    problems: list[str] = []
    lists = {}
    for section in (CHECK_SECTION, PROMISES_SECTION):
        told, lists[section] = _lists(data.pop(section, {}), section, lines)
        problems += told
    phrases = {}
    for path_, value in _flat(data, ()):
        id_ = ".".join(path_)
        phrases[id_] = value if isinstance(value, str) else ""
        if not isinstance(value, str):
            problems.append(f"{lines.at(*path_)}: {id_}: {value!r} is no text; put it in quotes")
        elif len(value) > MAX_PHRASE:
            problems.append(f"{lines.at(*path_)}: {id_}: {len(value)} characters, at most {MAX_PHRASE}")
    if problems:
        raise TemplateError([f"{name}:{problem}" for problem in problems])
    return PhrasesFile(lines, lists[CHECK_SECTION], lists[PROMISES_SECTION], phrases)


def _source(path: Path, name: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TemplateError([f"{name}: cannot be read: {error.strerror}"]) from error
    if len(data) > MAX_FILE:
        raise TemplateError([f"{name}: cannot be read: longer than {MAX_FILE} bytes"])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TemplateError([f"{name}:{line}: not UTF-8; save the file as UTF-8"]) from error


def _lists(table: object, section: str, lines: Lines) -> tuple[list[str], Mapping[str, Sequence[str]]]:
    """Problems of a section of word lists, and its lists."""
    if not isinstance(table, dict):
        return [f"{lines.at(section)}: {section} is a section; write [{section}] and its lists below"], {}
    problems = []
    for key, words in table.items():
        at = f"{lines.at(section, key)}: [{section}] {key}"
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            problems.append(f'{at}: is no list of words; write ["one", "two"]')
        elif any(_BARE.fullmatch(word) for word in words):
            problems.append(f"{at}: holds an empty word, which would be found everywhere; take it out")
    return problems, table


def _flat(data: Mapping[str, object], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, (*above, key))
        else:
            yield (*above, key), value
