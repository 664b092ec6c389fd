"""On which line of a TOML file a key stands, for messages: the parser itself does not tell.

Only files that were parsed without a mistake are looked at, so a plain walk over the lines is enough: table headers,
keys, and values that go on over several lines. What cannot be told is line 0; nobody decides anything by it. Pure.
"""

from __future__ import annotations

import re
from functools import cached_property

Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[|\[)\s*({_NAME})\s*\]")
_KEY = re.compile(rf"\s*({_NAME})\s*=")
# What may hold brackets without meaning them, and the brackets that open and close a value.
_PIECES = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*|[\[\]{}]')

# What a slip looks like -> its cure.
SLIPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile("^(?:<{7}|={7}|>{7})"), "the file holds two versions of itself: keep one and remove the marks"),
    (re.compile("[\u201c\u201d\u201e\u00ab\u00bb]"), 'write straight quotes: "like this"'),
)


def toml_problem(error: str, source: str) -> str:
    """``:12: not TOML: ...``: what the parser says, with the line in front and a cure behind."""
    told = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", error)
    rows = source.split("\n")
    line = int(told[1] or len(rows)) if told else 0
    row = rows[line - 1] if 0 < line <= len(rows) else ""
    cure = next((cure for sign, cure in SLIPS if sign.search(row)), "correct the line")
    place = f" at column {told[2]}" if told and told[2] else ""
    return f"{f':{line}' if line else ''}: not TOML: {error[: told.start()] if told else error}{place}; {cure}"


class Lines:
    """The lines of one file; the file is walked when the first line is asked for."""

    def __init__(self, source: str) -> None:
        self._source = source

    def at(self, *path: str | int) -> int:
        """The line of a key, or of the nearest table around it; places in lists of tables count from 0."""
        while path:
            if path in self._found:
                return self._found[path]
            path = path[:-1]
        return 0

    def of(self, path: Path, value: str) -> int:
        """The line of a text inside the value of a key; the line of the key where the text is not found."""
        start = self.at(*path)
        if not start or not value:
            return start
        end = next((line for line in self._starts if line > start), len(self._rows) + 1)
        spelt = (f'"{value}"', f"'{value}'", '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"')
        for number in range(start, end):
            if any(form in self._rows[number - 1] for form in spelt):
                return number
        return start

    @cached_property
    def _rows(self) -> list[str]:
        return self._source.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        return sorted(set(self._found.values()))

    @cached_property
    def _found(self) -> dict[Path, int]:
        found: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        table: Path = ()
        depth, quote = 0, ""
        for number, row in enumerate(self._rows, 1):
            rest = row
            if not depth and not quote:
                if header := _HEADER.match(row):
                    table = _entered(_parts(header[2]), header[1] == "[[", counts)
                    found.setdefault(table, number)
                    if isinstance(table[-1], int):  # the first of a list of tables stands for the list
                        found.setdefault(table[:-1], number)
                    continue
                if key := _KEY.match(row):
                    found.setdefault((*table, *_parts(key[1])), number)
                    rest = row[key.end() :]
            depth, quote = _left_open(rest, depth, quote)
        return found


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, name)]


def _entered(parts: list[str], listed: bool, counts: dict[Path, int]) -> Path:
    """The path of a table header; in ``[[carrier.number]]`` the carrier is the last one that was opened."""
    path: Path = ()
    for place, part in enumerate(parts):
        path = (*path, part)
        if listed and place == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _left_open(row: str, depth: int, quote: str) -> tuple[int, str]:
    """How many brackets are open at the end of a row, and the sign of a text that goes on over several rows."""
    place = 0
    while place < len(row):
        if quote:
            end = row.find(quote, place)
            if end < 0:
                return depth, quote
            place, quote = end + len(quote), ""
            continue
        piece = _PIECES.search(row, place)
        if piece is None:
            break
        place = piece.end()
        if piece[0] in ('"""', "'''"):
            quote = piece[0]
        elif piece[0] in "[{":
            depth += 1
        elif piece[0] in "]}":
            depth = max(0, depth - 1)
    return depth, quote
