"""The same letter in all languages: the same facts, phrases and blocks, and nowhere another language's words.

The languages of one folder are twins of each other. What one of them does otherwise than most is told; with one or two
languages nobody can say who is right, so the second is held against the default one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from jinja2 import TemplateError as JinjaError
from jinja2 import nodes

from bot.replies.calls import facts_of
from bot.replies.inventory import INVENTORY, OPTIONAL_PHRASES, PLURALS, STAFF_SECTIONS
from bot.replies.language import Language
from bot.replies.where import texts

if TYPE_CHECKING:
    from bot.replies.letters import Letters

FILES = ("subject.txt", "body.txt")
# Facts that only the grammar of some languages needs.
GRAMMAR = frozenset({"day", "first_day", "last_day", "count", "loop", "name"})
COPIED_WORDS = 4  # so many words in a row, the same as in another language, were not translated
_WORDS = re.compile(r"[^\W\d_]+")


def check_siblings(
    letters: Letters, names: Iterable[str] = ("_base", *INVENTORY), *, phrases: bool = True
) -> Iterator[str]:
    """Problems of letters and phrases that show when the languages are laid side by side; ``names``: which letters."""
    speeches = [letters.speech(code) for code in letters.languages]
    if len(speeches) < 2:
        return
    model = letters.speech(letters.default_language)
    for letter in names:
        for file in FILES:
            marks = {speech: _marks(speech, f"{speech.code}/{letter}/{file}") for speech in speeches}
            for speech, told in _odd_ones(marks, model):
                yield f"{speech.code}/{letter}/{file}: {told}"
            yield from _copied(model, speeches, f"{letter}/{file}")
    for id_ in model.phrases if phrases else ():
        if id_.partition(".")[0] in STAFF_SECTIONS or id_ in OPTIONAL_PHRASES or id_.rpartition(".")[0] in PLURALS:
            continue
        used = {speech: facts_of(speech, id_) for speech in speeches if id_ in speech.phrases}
        plain = {speech: facts - GRAMMAR for speech, facts in used.items() if facts is not None}
        for speech, told in _odd_ones(plain, model):
            yield f"{speech.place(id_)}: {id_}: {told}"
        for speech in speeches:
            source = speech.phrases.get(id_, "")
            if speech is not model and source == model.phrases[id_] and _count(source) >= COPIED_WORDS:
                yield f"{speech.place(id_)}: {id_}: stands there as in {model.code}; translate it"


def _odd_ones(marks: Mapping[Language, frozenset[str] | None], model: Language) -> Iterator[tuple[Language, str]]:
    """Who does otherwise than most, and what."""
    known = {speech: found for speech, found in marks.items() if found is not None}
    if not known:
        return
    usual, votes = Counter(known.values()).most_common(1)[0]
    if votes * 2 <= len(known):
        usual = known.get(model, usual)
    for speech, found in known.items():
        if lacking := sorted(usual - found):
            yield speech, f"does without {', '.join(lacking)}, which other languages have"
        elif more := sorted(found - usual):
            yield speech, f"has {', '.join(more)}, which other languages do not have"


def _marks(speech: Language, name: str) -> frozenset[str] | None:
    """The facts that a file shows, the phrases it names, its blocks; None where it cannot be read."""
    try:
        found = speech.press.nodes(name)
    except JinjaError:
        return None
    asked = {id(node) for part in found for node in _conditions(part)}
    marks = set[str]()
    for node in found:
        if isinstance(node, nodes.Name) and node.ctx == "load" and id(node) not in asked:
            marks.add(node.name)
        elif isinstance(node, nodes.Getattr):
            marks.add(f"{node.node.name if isinstance(node.node, nodes.Name) else ''}.{node.attr}")
        elif isinstance(node, nodes.Block):
            marks.add(f"the block {node.name}")
        elif isinstance(node, nodes.Call) and node.args and isinstance(node.args[0], nodes.Const):
            marks.add(f"{getattr(node.node, 'name', '')}({node.args[0].value!r})")
    return frozenset(marks - {mark for mark in marks if mark in GRAMMAR or mark.startswith("loop.")})


def _conditions(node: nodes.Node) -> Iterator[nodes.Node]:
    """What decides between two wordings: a language that words both alike asks for less."""
    if isinstance(node, (nodes.If, nodes.CondExpr)):
        yield node.test
        yield from node.test.find_all(nodes.Node)


def _copied(model: Language, speeches: Iterable[Language], file: str) -> Iterator[str]:
    try:
        words = {" ".join(text.split()) for _, text in texts(model.press.nodes(f"{model.code}/{file}"))}
    except JinjaError:
        return
    ours = {text for text in words if _count(text) >= COPIED_WORDS}
    for speech in speeches if ours else ():
        if speech is model:
            continue
        try:
            found = speech.press.nodes(f"{speech.code}/{file}")
        except JinjaError:
            continue
        for line, text in texts(found):
            if " ".join(text.split()) in ours:
                yield f"{speech.code}/{file}:{line}: stands there as in {model.code}; translate it: {text.strip()[:60]}"


def _count(text: str) -> int:
    return len(_WORDS.findall(text))
