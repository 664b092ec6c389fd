"""Where in the files some words of a finished letter come from: its own file, the frame, or a phrase.

A letter is put together from several files; an operator who is told what is wrong with it wants to know which line to
change. Words that come from facts alone stand nowhere: then the file of the letter is named without a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from jinja2 import TemplateError as JinjaError
from jinja2 import nodes

from bot.replies.language import Language

ID = re.compile(r"[a-z_.]+(/[a-z.]+)?")
ENOUGH = 8  # characters that tell a piece of a sentence from any other


@lru_cache(maxsize=1024)  # one slip shows in hundreds of renders
def place(speech: Language, letter: str, file: str, words: str) -> str:
    """``en/received/body.txt:4`` for words that stand there; without the line where they stand nowhere."""
    own = f"{speech.code}/{letter}/{file}"
    wanted = _plain(words)
    near = ""
    for where, text in _pieces(speech, own, f"{speech.code}/_base/{file}"):
        if wanted in text:
            return where
        if not near and len(text) >= ENOUGH and text in wanted:
            near = where
    return near or own


def block_line(speech: Language, letter: str, file: str, block: str) -> str:
    """The line where a block of the letter opens, in its own file or in the frame."""
    own = f"{speech.code}/{letter}/{file}"
    for name in (own, f"{speech.code}/_base/{file}"):
        for node in _nodes(speech, name):
            if isinstance(node, nodes.Block) and node.name == block:
                return f"{name}:{node.lineno}"
    return own


def texts(found: tuple[nodes.Node, ...]) -> Iterator[tuple[int, str]]:
    """The words between the signs of a template, line by line; a text in an expression counts, unless it is an id."""
    for node in found:
        if isinstance(node, nodes.TemplateData):
            for offset, line in enumerate(node.data.split("\n")):
                yield node.lineno + offset, line
        elif isinstance(node, nodes.Const) and isinstance(node.value, str) and not ID.fullmatch(node.value):
            yield node.lineno, node.value


def _pieces(speech: Language, *names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        for line, text in texts(_nodes(speech, name)):
            yield f"{name}:{line}", _plain(text)
    for id_, source in speech.phrases.items():
        for piece in source.split("{{"):
            yield speech.place(id_), _plain(piece.rpartition("}}")[2])


def _nodes(speech: Language, name: str) -> tuple[nodes.Node, ...]:
    try:
        return speech.press.nodes(name)
    except JinjaError:
        return ()


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
