"""What the source of a letter is checked for, before anything is rendered.

Names (is it a fact of this letter), blocks (does the frame know it), and the words between: digits, capitals, signs
and links that have no place in a letter. Files are parsed by ``sandbox.Press``, so what a letter may not use is told
here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from jinja2 import TemplateNotFound, TemplateSyntaxError, meta, nodes

from bot.core.warranty.answer import REPLIES
from bot.replies.inventory import OPTIONAL_PHRASES, PHRASE_FACTS, STAFF_SECTIONS
from bot.replies.language import MARK, Language
from bot.replies.wording import check_words

FILES = ("subject.txt", "body.txt")
FRAME_NAMES = frozenset({"case", "name", "foreign", "known", "asks", "again"})


def check_letter_source(speech: Language, letter: str) -> Iterator[str]:
    """Problems in the two files of a letter and in the frame they extend."""
    allowed = FRAME_NAMES | frozenset(REPLIES[letter])
    for file in FILES:
        name = f"{speech.code}/{letter}/{file}"
        frame = f"{speech.code}/_base/{file}"
        try:
            tree = speech.press.tree(name)
            parents = {speech.press.join_path(parent or "", name) for parent in meta.find_referenced_templates(tree)}
            if frame not in parents:
                yield f"{name}:1: does not extend _base/{file}"
            trees = {name: tree, **{parent: speech.press.tree(parent) for parent in parents}}
        except TemplateNotFound as error:
            if error.name != name:  # a missing file of the letter itself is told by _folders
                yield f"{name}: extends {error.name}, which does not exist"
            continue
        except TemplateSyntaxError as error:
            yield f"{error.name or name}:{error.lineno}: {error.message}"
            continue
        yield from _check_blocks(name, tree, [trees[parent] for parent in parents])
        for place in trees:
            yield from _check_file(speech, place, allowed if place == name else FRAME_NAMES)


@lru_cache(maxsize=128)  # all letters of a language share their frame
def _check_file(speech: Language, place: str, names: frozenset[str]) -> tuple[str, ...]:
    tree = speech.press.tree(place)
    worded = (f"{place}:{line}: {p}" for line, text in _texts(tree) for p in check_words(text, speech))
    return (*_unknown_names(speech, place, tree, names), *worded)


def _check_blocks(name: str, tree: nodes.Template, frames: Sequence[nodes.Template]) -> Iterator[str]:
    blocks = {block.name: block.lineno for block in tree.find_all(nodes.Block)}
    framed = {block.name: block.required for frame in frames for block in frame.find_all(nodes.Block)}
    for block, line in blocks.items():
        if framed and block not in framed:
            yield f"{name}:{line}: the frame has no block {block!r}, so it would never be seen"
    yield from (f"{name}: block {block!r} is missing" for block in framed if framed[block] and block not in blocks)


def _unknown_names(speech: Language, place: str, tree: nodes.Template, names: frozenset[str]) -> Iterator[str]:
    unknown = meta.find_undeclared_variables(tree) - names - set(speech.press.globals) - {"super", "loop", "self"}
    for node in tree.find_all(nodes.Name) if unknown else ():
        if node.name in unknown:
            yield f"{place}:{node.lineno}: {node.name!r} is no fact of this letter; it has {', '.join(sorted(names))}"


def _texts(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    for data in tree.find_all(nodes.TemplateData):
        for offset, line in enumerate(data.data.split("\n")):
            yield data.lineno + offset, line
    # Words in expressions are words of the letter too, unless they are an id.
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and not re.fullmatch(r"[a-z_.]+(/[a-z.]+)?", constant.value):
            yield constant.lineno, constant.value


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
            texts = [text for _, text in _texts(tree)]
            unknown = meta.find_undeclared_variables(tree) - set(facts) - set(speech.press.globals)
        problems = []
        if unknown and id_ in listed:  # a phrase of the operator's own may take what its letter gives
            problems.append(f"{', '.join(sorted(unknown))} is no fact of this phrase; it has ({', '.join(facts)})")
        if id_.partition(".")[0] not in STAFF_SECTIONS and id_ not in OPTIONAL_PHRASES:
            problems.extend(problem for text in texts for problem in check_words(text, speech))
        yield from (f"{speech.place(id_)}: {id_}: {problem}" for problem in problems)
