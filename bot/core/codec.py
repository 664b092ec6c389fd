"""JSON for the types of ``model``: one way out, one way in, checked on the way in.

Used wherever a value crosses a border: child process, database, command line.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@cache  # types compare by identity: each is compiled once
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _known(kind: Any) -> Any:
    return kind


def dump(value: object) -> str:
    """The JSON text of a model value."""
    return _adapter(_known(type(value))).dump_json(value).decode("utf-8")


def load(kind: type[T], text: str | bytes) -> T:
    """The value back; raises ``pydantic.ValidationError`` when the text does not fit the type."""
    result: T = _adapter(_known(kind)).validate_json(text)
    return result
