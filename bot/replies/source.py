"""What the source of a letter is checked for, before anything is rendered.

Names (is it a fact of this letter), blocks (does the frame know it), and the words between: digits, capitals, signs
and links that have no place in a letter. Files are parsed by ``sandbox.Press``, so what a letter may not use is told
here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from jinja2 import TemplateNotFound, TemplateSyntaxError, nodes

from bot.replies.inventory import INVENTORY, OPTIONAL_PHRASES, PHRASE_FACTS, STAFF_SECTIONS
from bot.replies.language import MARK, Language
from bot.replies.wording import check_words

FILES = ("subject.txt", "body.txt")
ID = re.compile(r"[a-z_.]+(/[a-z.]+)?")
FRAME_NAMES = frozenset(
    {"case", "name", "foreign", "automatic", "known", "asks", "again", "steps", "note", "law", "own_store"}
)


def check_letter_source(speech: Language, letter: str) -> Iterator[str]:
    """Problems in the two files of a letter and in the frame they extend."""
    allowed = FRAME_NAMES | frozenset(INVENTORY[letter])
    for file in FILES:
        name = f"{speech.code}/{letter}/{file}"
        frame = f"{speech.code}/_base/{file}"
        try:
            parents = [
                speech.press.join_path(node.template.value, name)
                for node in speech.press.nodes(name)
                if isinstance(node, nodes.Extends) and isinstance(node.template, nodes.Const)
            ]
            if frame not in parents:
                yield f"{name}:1: does not extend _base/{file}"
            for parent in parents:
                speech.press.tree(parent)
        except TemplateNotFound as error:
            if error.name != name:  # a missing file of the letter itself is told by _folders
                yield f"{name}: extends {error.name}, which does not exist"
            continue
        except TemplateSyntaxError as error:
            yield f"{error.name or name}:{error.lineno}: {error.message}"
            continue
        yield from _check_blocks(speech, name, parents)
        for place in (name, *parents):
            yield from _check_file(speech, place, allowed if place == name else FRAME_NAMES)


@lru_cache(maxsize=128)  # all letters of a language share their frame
def _check_file(speech: Language, place: str, names: frozenset[str]) -> tuple[str, ...]:
    found = speech.press.nodes(place)
    worded = (f"{place}:{line}: {p}" for line, text in _texts(found) for p in check_words(text, speech))
    return (*_unknown_names(speech, place, found, names), *worded)


def _check_blocks(speech: Language, name: str, frames: Sequence[str]) -> Iterator[str]:
    blocks = {block.name: block.lineno for block in _blocks(speech, name)}
    framed = {block.name: block.required for frame in frames for block in _blocks(speech, frame)}
    for block, line in blocks.items():
        if framed and block not in framed:
            yield f"{name}:{line}: the frame has no block {block!r}, so it would never be seen"
    yield from (f"{name}: block {block!r} is missing" for block in framed if framed[block] and block not in blocks)


def _blocks(speech: Language, name: str) -> Iterator[nodes.Block]:
    return (node for node in speech.press.nodes(name) if isinstance(node, nodes.Block))


def _unknown_names(speech: Language, place: str, found: Iterable[nodes.Node], names: frozenset[str]) -> Iterator[str]:
    unknown = _undeclared(found) - names - set(speech.press.globals) - {"super", "loop", "self"}
    for node in found if unknown else ():
        if isinstance(node, nodes.Name) and node.name in unknown:
            yield f"{place}:{node.lineno}: {node.name!r} is no fact of this letter; it has {', '.join(sorted(names))}"


def _undeclared(found: Iterable[nodes.Node]) -> set[str]:
    """Names that are read and nowhere set; a loop's name outside its loop fails when the letter is rendered."""
    read, stored = set[str](), set[str]()
    for node in found:
        if isinstance(node, nodes.Name):
            (read if node.ctx == "load" else stored).add(node.name)
    return read - stored


def _texts(found: Iterable[nodes.Node]) -> Iterator[tuple[int, str]]:
    for node in found:
        if isinstance(node, nodes.TemplateData):
            for offset, line in enumerate(node.data.split("\n")):
                yield node.lineno + offset, line
        # Words in expressions are words of the letter too, unless they are an id.
        elif isinstance(node, nodes.Const) and isinstance(node.value, str) and not ID.fullmatch(node.value):
            yield node.lineno, node.value


def check_phrase_source(speech: Language, listed: Sequence[str]) -> Iterator[str]:
    """Problems in the phrases; those ``listed`` may take only the facts that our functions give them."""
    for id_, source in speech.phrases.items():
        facts = PHRASE_FACTS.get(id_, PHRASE_FACTS.get(id_.rpartition(".")[0], ()))
        texts, unknown = [source], set[str]()
        if MARK in source:
            try:
                tree = speech.press.check(source, speech.file)
            except TemplateSyntaxError as error:
                yield f"{speech.place(id_)}: {id_}: {error.message}"
                continue
            found = tuple(tree.find_all(nodes.Node))
            texts = [text for _, text in _texts(found)]
            unknown = _undeclared(found) - set(facts) - set(speech.press.globals)
        problems = []
        if unknown and id_ in listed:  # a phrase of the operator's own may take what its letter gives
            problems.append(f"{', '.join(sorted(unknown))} is no fact of this phrase; it has ({', '.join(facts)})")
        if id_.partition(".")[0] not in STAFF_SECTIONS and id_ not in OPTIONAL_PHRASES:
            problems.extend(problem for text in texts for problem in check_words(text, speech))
        yield from (f"{speech.place(id_)}: {id_}: {problem}" for problem in problems)
