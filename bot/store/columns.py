"""Columns that the schema's tables share: words of closed lists, times, yes or no, each with its CHECK."""

from __future__ import annotations

from enum import StrEnum


def word(name: str, words: type[StrEnum]) -> str:
    """A column that takes only these words."""
    return f"{name} TEXT NOT NULL CHECK ({name} IN ({', '.join(repr(str(w)) for w in words)}))"


def word_or_null(name: str, words: type[StrEnum]) -> str:
    """The same for a column that may be empty."""
    return word(name, words).replace(" NOT NULL", "")


def at(name: str) -> str:
    """A time column: 2025-03-14T09:26:53Z."""
    return f"{name} TEXT NOT NULL CHECK ({name} LIKE '____-__-__T__:__:__Z')"


def at_or_null(name: str) -> str:
    """The same for a column that may be empty."""
    return at(name).replace(" NOT NULL", "")


def yes(name: str) -> str:
    """A yes-or-no column, no at first."""
    return f"{name} INTEGER NOT NULL DEFAULT 0 CHECK ({name} IN (0, 1))"
