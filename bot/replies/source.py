"""What the source of a letter is checked for, before anything is rendered.

Names (is it a fact of this letter), blocks (does the frame know it), and the words between: digits, capitals, signs
and links that have no place in a letter. Files are parsed by ``sandbox.Press``, so what a letter may not use is told
here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from jinja2 import TemplateNotFound, TemplateSyntaxError, nodes

from bot.core.nearest import did_you_mean
from bot.replies.calls import check_calls, facts_of
from bot.replies.inventory import INVENTORY, OPTIONAL_PHRASES, PHRASE_FACTS, PLURALS, STAFF_SECTIONS
from bot.replies.language import MARK, Language
from bot.replies.siblings import GRAMMAR
from bot.replies.where import texts
from bot.replies.wording import check_words

FILES = ("subject.txt", "body.txt")
SHOWN = 40  # characters of words that are told as misplaced
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
            # a missing file of the letter itself is told by _folders; without its frame nothing more can be said
            if error.name != name:
                yield f"{name}: extends {error.name}, which does not exist{did_you_mean(str(error.name), [frame])}"
            continue
        except TemplateSyntaxError as error:
            yield f"{error.name or name}:{error.lineno}: {error.message}"
            continue
        yield from _check_blocks(speech, name, parents)
        yield from _outside(speech, name)
        for place in (name, *parents):
            yield from _check_file(speech, place, allowed if place == name else FRAME_NAMES)


@lru_cache(maxsize=128)  # all letters of a language share their frame
def _check_file(speech: Language, place: str, names: frozenset[str]) -> tuple[str, ...]:
    found = speech.press.nodes(place)
    worded = (f"{place}:{line}: {p}" for line, text in texts(found) for p in check_words(text, speech))
    return (*_unknown_names(speech, place, found, names), *check_calls(speech, place, found), *worded)


def _check_blocks(speech: Language, name: str, frames: Sequence[str]) -> Iterator[str]:
    blocks = {block.name: block.lineno for block in _blocks(speech, name)}
    framed = {block.name: block.required for frame in frames for block in _blocks(speech, frame)}
    for block, line in blocks.items():
        if framed and block not in framed:
            hint = did_you_mean(block, [known for known in framed if known not in blocks])
            yield f"{name}:{line}: the frame has no block {block!r}, so it would never be seen{hint}"
    yield from (f"{name}: block {block!r} is missing" for block in framed if framed[block] and block not in blocks)
    for node in _blocks(speech, name):
        if framed.get(node.name) and not any(_says(child) for child in node.body):
            yield f"{name}:{node.lineno}: block {node.name!r} is empty"


def _outside(speech: Language, name: str) -> Iterator[str]:
    """Words beside the blocks: the frame takes only blocks, so no customer would ever read them."""
    for node in speech.press.tree(name).body:
        for part in node.nodes if isinstance(node, nodes.Output) else ():
            words = part.data.strip() if isinstance(part, nodes.TemplateData) else "{{ ... }}"
            if words:
                blank = part.data[: part.data.index(words)] if isinstance(part, nodes.TemplateData) else ""
                where = f"{name}:{part.lineno + blank.count(chr(10))}"
                yield f"{where}: {_shown(words)} stands in no block, so it would never be seen; move it into one"


def _shown(words: str) -> str:
    """The beginning of some words, on one line."""
    line = words.splitlines()[0]
    return repr(line if len(line) <= SHOWN else f"{line[:SHOWN]}…")


def _says(node: nodes.Node) -> bool:
    found = [node, *node.find_all(nodes.Node)]
    return any(
        bool(part.data.strip()) if isinstance(part, nodes.TemplateData) else isinstance(part, (nodes.Call, nodes.Name))
        for part in found
    )


def _blocks(speech: Language, name: str) -> Iterator[nodes.Block]:
    return (node for node in speech.press.nodes(name) if isinstance(node, nodes.Block))


def _unknown_names(speech: Language, place: str, found: Iterable[nodes.Node], names: frozenset[str]) -> Iterator[str]:
    unknown = _undeclared(found) - names - set(speech.press.globals) - {"super", "loop", "self"}
    for node in found if unknown else ():
        if isinstance(node, nodes.Name) and node.name in unknown:
            has = f"it has {', '.join(sorted(names))}{did_you_mean(node.name, {*names, *speech.press.globals})}"
            yield f"{place}:{node.lineno}: {node.name!r} is no fact of this letter; {has}"


def _undeclared(found: Iterable[nodes.Node]) -> set[str]:
    """Names that are read and nowhere set; a loop's name outside its loop fails when the letter is rendered."""
    read, stored = set[str](), set[str]()
    for node in found:
        if isinstance(node, nodes.Name):
            (read if node.ctx == "load" else stored).add(node.name)
    return read - stored


def check_phrase_source(speech: Language, listed: Sequence[str]) -> Iterator[str]:
    """Problems in the phrases; those ``listed`` may take only the facts that our functions give them."""
    for id_, source in speech.phrases.items():
        facts = PHRASE_FACTS.get(id_, PHRASE_FACTS.get(id_.rpartition(".")[0], ()))
        said, unknown = [source], set[str]()
        if MARK in source:
            try:
                tree = speech.press.check(source, speech.file)
            except TemplateSyntaxError as error:
                yield f"{speech.place(id_)}: {id_}: {error.message}"
                continue
            found = tuple(tree.find_all(nodes.Node))
            said = [text for _, text in texts(found)]
            unknown = _undeclared(found) - set(facts) - set(speech.press.globals)
        problems = ["is empty"] if not source.strip() else []
        if unknown and id_ in listed:  # a phrase of the operator's own may take what its letter gives
            problems.append(f"{', '.join(sorted(unknown))} is no fact of this phrase; it has ({', '.join(facts)})")
        problems.extend(f"does not show {fact!r}" for fact in _left_out(speech, id_, facts) if id_ in listed)
        if id_.partition(".")[0] not in STAFF_SECTIONS and id_ not in OPTIONAL_PHRASES:
            problems.extend(problem for text in said for problem in check_words(text, speech))
        yield from (f"{speech.place(id_)}: {id_}: {problem}" for problem in problems)


def _left_out(speech: Language, id_: str, facts: Sequence[str]) -> list[str]:
    """Facts that a phrase gets and does not show: what they say would be lost without a trace."""
    section, _, kind = id_.rpartition(".")
    used = facts_of(speech, id_)
    if used is None or id_ == "about.none":
        return []
    needed = [fact for fact in facts if fact not in GRAMMAR]
    if section in PLURALS and sum(speech.locale.plural_form(count) == kind for count in range(101)) > 1:
        needed.append("count")  # a class of more than one number
    return [fact for fact in needed if fact not in used]
