"""How much one letter may do while it is filled: a bound that holds whatever stands in the files.

``sandbox`` counts what one file could do; phrases are called from letters and from each other, so what they do
together is counted here, while it happens. The count belongs to the thread that fills the letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

MOST_CALLS = 5_000  # of phrases, in one letter
MOST_DEEP = 3  # a phrase in a phrase in a phrase


class TooMuch(ValueError):
    """Too much work for one letter."""


@dataclass
class _Spent:
    calls: int = 0
    deep: int = 0


_SPENT: ContextVar[_Spent | None] = ContextVar("spent", default=None)


@contextmanager
def budget() -> Iterator[None]:
    """One letter, from here on."""
    token = _SPENT.set(_Spent())
    try:
        yield
    finally:
        _SPENT.reset(token)


@contextmanager
def one_phrase() -> Iterator[None]:
    """One phrase of the letter. Raises ``TooMuch``."""
    spent = _SPENT.get()
    if spent is None:  # a phrase by itself, for staff
        with budget(), one_phrase():
            yield
        return
    spent.calls += 1
    if spent.calls > MOST_CALLS:
        raise TooMuch(f"more than {MOST_CALLS} phrases in one letter: is a loop too long?")
    if spent.deep >= MOST_DEEP:
        raise TooMuch(f"phrases call each other more than {MOST_DEEP} deep")
    spent.deep += 1
    try:
        yield
    finally:
        spent.deep -= 1
