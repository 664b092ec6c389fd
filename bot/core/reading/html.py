"""HTML to readable text, in one walk.

Rules of this file: nothing is rendered, loaded or kept as markup. Hidden parts are dropped, quotes get ``> `` marks
so that ``own_words`` needs to know one form only, table rows become lines. The walk keeps its own stack: mails nest
thousands of tags, and sibling selectors are quadratic.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


DROPPED = _names("head style script title template noscript object embed svg math select option textarea")
BLOCKS = _names(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr html li main nav ol p pre section table tbody tfoot thead tr ul caption"
)
PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "dl"})
HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?<![-\w])font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$|!)"
    r"|max-height\s*:\s*0(?:px)?\s*(?:;|$|!)|(?<![-\w])opacity\s*:\s*0\s*(?:;|$|!)",
    re.IGNORECASE,
)
# An indented paragraph is no quote; mail programs write the indent button like this.
INDENT_STYLE = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.IGNORECASE)
QUOTE_CLASSES = frozenset({"yahoo_quoted", "protonmail_quote", "tutanota_quote"})
_BREAKS = re.compile(r"[ \t\r\n\f]+")
_MAX_NODES = 400_000


def read_html(markup: str) -> str:
    """The readable text of a mail's HTML; quotes as lines with ``> ``; empty for empty or broken input."""
    tree = LexborHTMLParser(_strip_word_comments(markup))
    root = tree.body or tree.root
    if root is None:
        return ""
    writer = _Writer()
    # (node, leaving): a node is met twice, on the way in and on the way out
    stack: list[tuple[LexborNode, bool]] = [(root, False)]
    seen = 0
    while stack:
        node, leaving = stack.pop()
        if leaving:
            writer.leave(node)
            continue
        seen += 1
        if seen > _MAX_NODES:
            break
        tag = node.tag or ""
        if tag == "-text":
            writer.write(node.text_content or "")
            continue
        if tag.startswith(("-", "!")) or tag in DROPPED or _hidden(node):
            continue
        writer.enter(node)
        stack.append((node, True))
        children: list[LexborNode] = []
        child = node.first_child
        while child is not None:
            children.append(child)
            child = child.next
        stack.extend((child, False) for child in reversed(children))
    return writer.finish()


class _Writer:
    """Collects lines; knows the quote depth, table rows and links it is in."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.depth = 0
        self.preformatted = 0
        self.rows: list[list[str]] = []
        self.links: list[tuple[str, int]] = []
        self.written = 0

    def write(self, text: str) -> None:
        if self.preformatted:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self._add(first)
            for line in rest:
                self._break()
                self._add(line)
            return
        text = _BREAKS.sub(" ", text)
        if text == " " and not self.line:
            return
        self._add(text)

    def _add(self, text: str) -> None:
        if text:
            self.line.append(text)
            self.written += len(text)

    def _break(self, blank: bool = False) -> None:
        text = _BREAKS.sub(" ", "".join(self.line)) if not self.preformatted else "".join(self.line)
        text = text.strip() if not self.preformatted else text.rstrip()
        self.line = []
        mark = "> " * self.depth
        if text:
            self.lines.append((mark + text).rstrip())
        if blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append(mark.rstrip())

    def enter(self, node: LexborNode) -> None:
        tag = node.tag
        if tag == "br":
            if self.line:
                self._break()
            elif self.lines and self.lines[-1].strip("> "):
                self.lines.append(("> " * self.depth).rstrip())
        elif tag == "a":
            self.links.append((node.attributes.get("href") or "", self.written))
        elif tag == "img":
            alt = (node.attributes.get("alt") or "").strip()
            # emoji are often pictures
            if 0 < len(alt) <= 4 and not alt.isascii():
                self._add(alt)
        elif tag in {"td", "th"}:
            if self.line and "".join(self.line).strip():
                self._add(_cell_gap("".join(self.line)))
        elif tag in BLOCKS:
            self._break(blank=tag in PARAGRAPHS)
            if tag == "li":
                self._add("- " if (node.parent is None or node.parent.tag != "ol") else f"{_place(node)}. ")
            elif tag == "pre":
                self.preformatted += 1
            if _is_quote(node):
                self.depth += 1

    def leave(self, node: LexborNode) -> None:
        tag = node.tag
        if tag == "a" and self.links:
            href, before = self.links.pop()
            self._link(href.strip(), before)
        elif tag in BLOCKS:
            self._break()
            if _is_quote(node):
                self.depth -= 1
                if self.lines and self.lines[-1].strip():
                    self.lines.append("")
            elif tag in PARAGRAPHS:
                self._break(blank=True)
            if tag == "pre":
                self.preformatted = max(0, self.preformatted - 1)

    def _link(self, href: str, before: int) -> None:
        if self.written == before:
            return
        shown = "".join(self.line)[-400:].lower()
        if href.lower().startswith("mailto:"):
            address = href[7:].split("?")[0]
            if address and address.lower() not in shown:
                self._add(f" <{address[:254]}>")
        elif href.lower().startswith(("http://", "https://")):
            bare = href.split("://", 1)[1].rstrip("/").lower()
            if bare[:40] not in shown:
                self._add(f" <{href[:500]}>")

    def finish(self) -> str:
        self._break()
        return "\n".join(self.lines).replace("\xa0", " ").strip("\n")


def _cell_gap(before: str) -> str:
    """Label and value side by side read as "label: value"; further cells are kept apart."""
    text = before.strip()
    if text.endswith((":", "：", "|", "=", "?")):
        return " "
    return ": " if len(text) <= 40 and "|" not in text and ": " not in text else " | "


def _place(node: LexborNode) -> int:
    count = 1
    before = node.prev
    while before is not None and count < 100:
        count += before.tag == "li"
        before = before.prev
    return count


def _hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return bool(style) and HIDDEN_STYLE.search(style or "") is not None


def _is_quote(node: LexborNode) -> bool:
    attributes = node.attributes
    classes = set((attributes.get("class") or "").split())
    if node.tag == "blockquote":
        marked = attributes.get("type") == "cite" or "cite" in attributes or bool(classes & {"gmail_quote"})
        return marked or INDENT_STYLE.search(attributes.get("style") or "") is None
    return node.tag == "div" and bool(classes & QUOTE_CLASSES)


def _strip_word_comments(markup: str) -> str:
    """Downlevel-revealed conditionals (``<![if !mso]>``) would swallow what follows."""
    return re.sub(r"<!\[[^\]>]{0,60}\]>", "", markup)
