"""The small part of Jinja2 that a letter may use.

Templates belong to the operator, yet a slip in one must not eat the machine, so the language is cut down until size
and time are bounded by the length of the file: text, values, ``if``, ``for`` (two deep), ``block``, ``extends`` and
calls of our own functions. No assignment, no macro, no arithmetic: a few doublings of a text fill any memory.
What a file could do at most is counted before it runs (``work``), what it does while it runs (``budget``).
The checks run when a file is loaded, not only at lint. Values pass ``clean`` before they meet a template, and only
texts and numbers come out of it: a list or a yes-or-no in the middle of a sentence is a slip.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
    nodes,
)
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.core.nearest import did_you_mean

MAX_SOURCE = 16_000  # bytes of one file
MAX_VALUE = 200  # characters of one value
MAX_ITEMS = 100  # items of one list
LOOPS_DEEP = 2
MAX_WORK = 100_000  # steps of one file, should every list be as long as it can be
DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format, half, private and unassigned characters

ALLOWED_NODES: tuple[type[nodes.Node], ...] = (
    # text and values
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.List, nodes.Tuple),
    *(nodes.Getattr, nodes.Getitem, nodes.Concat, nodes.Filter, nodes.Call, nodes.Keyword),
    # choices and lists
    *(nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test),
    # the frame
    *(nodes.Block, nodes.Extends),
)
ALLOWED_FILTERS = frozenset({"first", "join", "last", "length", "list", "map", "reject", "select", "unique"})


class Press(ImmutableSandboxedEnvironment):
    """The environment of one language; names in ``extends`` count from the language folder."""

    def __init__(self, directory: Path, code: str) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            loader=_Checked(),
            finalize=_shown,
        )
        self._root = directory.resolve()
        self._code = code
        self.held: Mapping[str, bytes] | None = None
        """the files, where they are not to be read from the disk"""
        self._trees: dict[str, nodes.Template] = {}
        self._nodes: dict[str, tuple[nodes.Node, ...]] = {}
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in ALLOWED_FILTERS}

    def join_path(self, template: str, parent: str) -> str:  # noqa: ARG002 - Jinja's signature
        """``_base/body.txt`` inside ``de/x/body.txt`` is ``de/_base/body.txt``: a language folder can be copied."""
        return f"{self._code}/{template}"

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Only ``loop`` has attributes: methods of texts and lists can build anything of any size."""
        return isinstance(obj, LoopContext) and super().is_safe_attribute(obj, attr, value)

    def check(self, source: str, name: str, most_work: int = MAX_WORK) -> nodes.Template:
        """The parsed source; raises ``TemplateSyntaxError`` for what a letter may not use."""
        tree = self.parse(source, name)
        for node in _check_node(tree, name, loops=0):
            if not isinstance(node, (nodes.Filter, nodes.Test)):
                continue
            known = self.filters if isinstance(node, nodes.Filter) else self.tests
            if node.name not in known:
                raise TemplateSyntaxError(
                    f"no filter or test is called {node.name!r}{did_you_mean(node.name, known)}", node.lineno, name
                )
        if (most := work(tree)) > most_work:
            line = max(tree.find_all(nodes.For), key=work, default=tree).lineno
            raise TemplateSyntaxError(f"its loops could take {most} steps, at most {most_work}", line, name)
        return tree

    def tree(self, name: str) -> nodes.Template:
        """The parsed file of this name, for example ``de/received/body.txt``; raises as loading it does."""
        if name not in self._trees:
            self._trees[name] = self.check(self._read(name), name)
        return self._trees[name]

    def nodes(self, name: str) -> tuple[nodes.Node, ...]:
        """Everything in the file of this name, in its order; raises as ``tree`` does."""
        if name not in self._nodes:
            self._nodes[name] = tuple(_walk(self.tree(name)))
        return self._nodes[name]

    def path(self, name: str) -> Path:
        """Where the file of this name is, or would be."""
        return (self._root / name).resolve()

    def _is_ours(self, path: Path) -> bool:
        return path.is_relative_to(self._root) and path.is_file()

    def _read(self, name: str) -> str:
        path = self.path(name)
        if name not in self.held if self.held is not None else not self._is_ours(path):
            raise TemplateNotFound(name)
        data = path.read_bytes() if self.held is None else self.held[name]
        if len(data) > MAX_SOURCE:
            raise TemplateSyntaxError(f"longer than {MAX_SOURCE} bytes", 1, name, str(path))
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateSyntaxError("not UTF-8", data[: error.start].count(b"\n") + 1, name, str(path)) from error


class _Checked(BaseLoader):
    """Compiles the tree that was checked: a file is read and parsed once."""

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:  # noqa: A002 - Jinja's signature
        assert isinstance(environment, Press)
        code = environment.compile(environment.tree(name), name, str(environment.path(name)))
        return environment.template_class.from_code(environment, code, globals if globals is not None else {})


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    for child in node.iter_child_nodes():
        yield child
        yield from _walk(child)


def _check_node(node: nodes.Node, name: str, loops: int) -> Iterator[nodes.Node]:
    """The node and all below it; raises ``TemplateSyntaxError`` at one that a letter may not use."""
    reason = ""
    if not isinstance(node, ALLOWED_NODES):
        reason = f"a letter may not use {type(node).__name__.lower()!r}"
    elif isinstance(node, nodes.For) and not _is_list(node.iter):
        reason = "a loop goes through a list: a fact of the letter, or what a filter makes of it"
    elif isinstance(node, nodes.For):
        loops += 1
        if node.recursive or loops > LOOPS_DEEP:
            reason = f"a loop may not call itself or stand in more than {LOOPS_DEEP} loops"
    elif isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Name):
        reason = "only the functions named in templates/README.md may be called"
    elif loops and isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "super":
        reason = "super() may not stand in a loop"
    elif isinstance(node, nodes.Call) and (node.dyn_args is not None or node.dyn_kwargs is not None):
        reason = "a call may not unpack lists"
    elif isinstance(node, nodes.Extends) and not isinstance(node.template, nodes.Const):
        reason = "extends takes a fixed name"
    if reason:
        raise TemplateSyntaxError(reason, node.lineno, name)
    yield node
    for child in node.iter_child_nodes():
        yield from _check_node(child, name, loops)


def _is_list(node: nodes.Node | None) -> bool:
    """A text is no list: going through one letter by letter could take for ever."""
    while isinstance(node, nodes.Filter):
        node = node.node
    return isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem, nodes.List, nodes.Tuple))


def work(node: nodes.Node) -> int:
    """How many steps this could take: what stands in a loop counts once for each item that a list may have.

    A filter goes through its list once.
    """
    inside = sum(work(child) for child in node.iter_child_nodes())
    if isinstance(node, nodes.Filter):
        return inside + MAX_ITEMS
    if isinstance(node, nodes.For):
        return 1 + inside * max(MAX_ITEMS, sum(1 for _ in node.iter.find_all(nodes.Node)))
    return 1 + inside


def _shown(value: object) -> object:
    """What ``{{ }}`` may show. Raises ``TypeError`` for what only looks like words."""
    if isinstance(value, (str, int, float, Undefined)) and not isinstance(value, bool):
        return value
    kind = {bool: "yes or no", type(None): "nothing"}.get(type(value), "a list")
    raise TypeError(f"{kind} cannot be shown; write what to say if it is so" if kind != "a list" else LIST_SHOWN)


LIST_SHOWN = "a list or a table cannot be shown: go through it with for, or write | series"


class Made(str):
    """A value that one of our own functions wrote from a checked one: its blanks are meant."""

    __slots__ = ()


def clean(value: object, longest: int = MAX_VALUE) -> Any:
    """A fact as a template may see it: texts on one line, without control and format characters, cut at ``longest``.

    Lists are cut at MAX_ITEMS, so that loops end. Raises ``TypeError`` for anything that JSON has no word for.
    """
    if isinstance(value, Made):
        return value
    if isinstance(value, str):
        text = value[: 10 * longest]
        if not text.isprintable():
            spaced = "".join(" " if char.isspace() else char for char in text)
            text = "".join(char for char in spaced if unicodedata.category(char) not in DROPPED)
        return unicodedata.normalize("NFC", " ".join(text.split()))[:longest]
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(item, longest) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(clean(item, longest) for item in value[:MAX_ITEMS])
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise TypeError(f"a fact may not be a {type(value).__name__}")
