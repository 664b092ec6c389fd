"""Reading one TOML table with every mistake noted and none raised.

A ``Table`` hands out checked values by key; what is missing or of the wrong type becomes a line in ``problems`` and a
neutral value, so that one run names all mistakes of all files. Each line tells file and line, table, key, what is wrong
and the cure. Nothing here knows what the tables mean: that is ``policy_rows``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.core.nearest import did_you_mean
from bot.core.warranty.policy_lines import Lines, Path

_TYPES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    list: "a list in [ ]",
    dict: "a table",
}
_QUOTED = re.compile(r'"(.*?)"(?= )|"(.*)"$')


def choose(word: str, known: Collection[str]) -> str:
    """The cure for a word outside a closed list."""
    hint = did_you_mean(word, known)
    if hint and len(known) > 8:
        return hint.removeprefix("; ")
    return f"write one of {', '.join(known)}{hint}"


class Table:
    """One table of a file, read key by key; ``finish`` names the keys nobody asked for."""

    def __init__(
        self,
        file: str,
        where: str,
        data: Mapping[str, Any],
        problems: list[str],
        lines: Lines | None = None,
        path: Path = (),
    ) -> None:
        self.file = file
        self.where = where
        self.data = data
        self.problems = problems
        self.lines = lines
        self.path = path
        self._asked: set[str] = set()

    def say(self, key: str, wrong: str, cure: str) -> None:
        """Notes one problem."""
        place = ": ".join(part for part in (f"{self.file}{self._line(key, wrong)}", self.where, key) if part)
        self.problems.append(f"{place}: {wrong}; {cure}")

    def _line(self, key: str, wrong: str) -> str:
        """``:12``, where the file was parsed: the line of the quoted value, of its key, or of the table around it."""
        if self.lines is None:
            return ""
        path = (*self.path, key) if key in self.data else (*self.path, *key.split("."))
        value = _QUOTED.match(wrong)
        line = self.lines.of(path, value[1] or value[2] if value else "")
        return f":{line}" if line else ""

    def text(self, key: str, *, among: Collection[str] | None = None, default: str | None = None) -> str:
        """A text; not empty unless it has a default; one of ``among`` when given."""
        value = self._get(key, str, default)
        if not isinstance(value, str):
            return ""
        if default is None and not value.strip() and key in self.data:
            self.say(key, "the text is empty", "write something between the quotes")
        elif among is not None and value not in among and value != default and value:
            self.say(key, f'"{value}" is not known', choose(value, among))
        return value

    def texts(
        self, key: str, *, among: Collection[str] | None = None, default: list[str] | None = None
    ) -> tuple[str, ...]:
        """A list of texts without repeats; not empty unless it has a default."""
        values = self._get(key, list, default)
        if not isinstance(values, list):
            return ()
        if default is None and not values and key in self.data:
            self.say(key, "the list is empty", "name at least one")
        good = []
        for value in values:
            if not isinstance(value, str) or not value.strip():
                self.say(key, f"{value!r} is not a text", "put each entry in quotes")
            elif value in good:
                self.say(key, f'"{value}" stands there twice', "remove one")
            else:
                good.append(value)
                if among is not None and value not in among:
                    self.say(key, f'"{value}" is not known', choose(value, among))
        return tuple(good)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """true or false."""
        return self._get(key, bool, default) is True

    def number(self, key: str, *, default: int | None = None) -> int:
        """A whole number, not negative."""
        value = self._get(key, int, default)
        if isinstance(value, int) and value < 0:
            self.say(key, f"{value} is negative", "write 0 or more")
        return value if isinstance(value, int) else 0

    def table(self, key: str, *, optional: bool = False) -> Table | None:
        """A table inside this one."""
        value = self._get(key, dict, {} if optional else None)
        if not isinstance(value, dict) or key not in self.data:
            return None
        where = ": ".join(part for part in (self.where, key) if part)
        return Table(self.file, where, value, self.problems, self.lines, (*self.path, key))

    def rows(self, key: str, *, optional: bool = False) -> Iterator[Table]:
        """The tables of ``[[key]]``, named by their id where they have one."""
        value = self._get(key, list, [] if optional else None)
        for place, data in enumerate(value if isinstance(value, list) else (), start=1):
            if not isinstance(data, dict):
                self.say(key, f"entry {place} is not a table", f"write it as a block under [[{key}]]")
                continue
            name = data.get("id")
            label = f'[[{key}]] "{name}"' if isinstance(name, str) and name else f"[[{key}]] {place}"
            where = ": ".join(part for part in (self.where, label) if part)
            yield Table(self.file, where, data, self.problems, self.lines, (*self.path, key, place - 1))

    def finish(self) -> None:
        """Notes every key that was not asked for."""
        for key in self.data:
            if key not in self._asked:
                hint = (
                    did_you_mean(key, self._asked - set(self.data)) or f"; known here: {', '.join(sorted(self._asked))}"
                )
                self.say(key, "unknown key", "remove or rename it" + hint)

    def _get(self, key: str, kind: type, default: object) -> object:
        self._asked.add(key)
        if key not in self.data:
            if default is None:
                self.say(key, "is missing", f"add {key} = {_TYPES[kind]}")
            return default
        value = self.data[key]
        # bool is an int in Python, never in a policy.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.say(key, f"is {_TYPES.get(type(value), 'a date or time')}", f"write {_TYPES[kind]}")
            return None
        return value
