"""What a template calls: is there such a phrase, and does it get exactly the facts it uses?

A letter is rendered with many facts, yet not with every one there may ever be; a phrase that is named by its id can be
looked up without rendering anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinja2 import TemplateSyntaxError, nodes

from bot.core.nearest import did_you_mean
from bot.replies.language import MARK, Language

# Function -> what stands before the id it is given.
LOOKS_UP = {"phrase": "", "plural": "", "ask": "ask.", "ask_again": "ask_again."}
PLURAL = "plural"
# Function -> the phrases it takes its words from.
SECTIONS = {
    "about": "about.",
    "by": "date.by",
    "file_line": "file.",
    "known_line": "known.",
    "ask": "ask.",
    "ask_again": "ask_again.",
}


def check_calls(speech: Language, name: str, found: Iterable[nodes.Node]) -> Iterator[str]:
    """Problems of the calls in the file called ``name``."""
    for node in found:
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            continue
        if node.node.name not in LOOKS_UP or not node.args:
            continue
        wanted = node.args[0]
        place = f"{name}:{node.lineno}"
        if isinstance(wanted, nodes.Const) and isinstance(wanted.value, str):
            yield from (f"{place}: {p}" for p in _check_id(speech, node, f"{LOOKS_UP[node.node.name]}{wanted.value}"))
        elif isinstance(wanted, nodes.Concat) and isinstance(wanted.nodes[0], nodes.Const):
            start = str(wanted.nodes[0].value)
            if not any(id_.startswith(start) for id_ in speech.phrases):
                yield f"{place}: no phrase begins with {start!r}{did_you_mean(start, _heads(speech))}"


def _check_id(speech: Language, call: nodes.Call, id_: str) -> Iterator[str]:
    assert isinstance(call.node, nodes.Name)
    if call.node.name == PLURAL:
        if f"{id_}.other" not in speech.phrases:
            plurals = [known.removesuffix(".other") for known in speech.phrases if known.endswith(".other")]
            yield f"phrase '{id_}.other' is missing{did_you_mean(id_, plurals)}"
        return
    if id_ not in speech.phrases:
        yield f"phrase {id_!r} is missing{did_you_mean(id_, speech.phrases)}"
        return
    used = facts_of(speech, id_)
    if call.node.name != "phrase" or used is None:
        return
    given = {keyword.key for keyword in call.kwargs}
    for fact in sorted(used - given):
        yield f"phrase {id_!r} needs {fact!r}: write phrase({id_!r}, {fact}=...)"


def facts_of(speech: Language, id_: str) -> frozenset[str] | None:
    """The facts a phrase uses; None for one that cannot be parsed, which is told elsewhere."""
    source = speech.phrases[id_]
    if MARK not in source:
        return frozenset()
    try:
        tree = speech.press.check(source, speech.file)
    except TemplateSyntaxError:
        return None
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    called = {getattr(call.node, "name", "") for call in tree.find_all(nodes.Call)}
    return frozenset(names - stored - called - {"loop"})


def _heads(speech: Language) -> list[str]:
    return [f"{id_.rpartition('.')[0]}." for id_ in speech.phrases]


def named_phrases(speech: Language, found: Iterable[nodes.Node]) -> Iterator[str]:
    """The ids of the phrases that a source names, also by their beginning."""
    for node in found:
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            continue
        function = node.node.name
        if not node.args and function not in SECTIONS:
            continue
        wanted = node.args[0]
        if function in LOOKS_UP and isinstance(wanted, nodes.Const):
            start = f"{LOOKS_UP[function]}{wanted.value}"
            yield from (id_ for id_ in speech.phrases if id_ == start or id_.startswith(f"{start}."))
        elif function in LOOKS_UP and isinstance(wanted, nodes.Concat) and isinstance(wanted.nodes[0], nodes.Const):
            yield from (id_ for id_ in speech.phrases if id_.startswith(str(wanted.nodes[0].value)))
        else:
            start = SECTIONS.get(function, "")
            yield from (id_ for id_ in speech.phrases if start and id_.startswith(start))
