"""The HTML twin of a letter: the same words, nothing more.

Made from the finished text, so that both parts always say the same. Escaped, no links, no pictures, nothing from
elsewhere. Numbers and dashes stay in the text of their list items: some programs drop list marks when they quote,
and the customer then answers to numbers that are gone.
"""

from __future__ import annotations

import re
from html import escape
from itertools import groupby

LIST_MARKS = ((re.compile(r"\d+\. "), "ol"), (re.compile(r"- "), "ul"))
BODY_STYLE = "font-family:sans-serif;font-size:16px;line-height:1.5"
LIST_STYLE = "list-style:none;padding-left:1em"


def twin(text: str, language: str, right_to_left: bool) -> str:
    """An HTML document of ``text``: blank lines part paragraphs, "1. " and "- " open list items."""
    direction = "rtl" if right_to_left else "ltr"
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(language)}" dir="{direction}">',
        '<head><meta charset="utf-8"></head>',
        f'<body style="{BODY_STYLE}">',
    ]
    for paragraph in text.split("\n\n"):
        parts.extend(_paragraph(paragraph.splitlines()))
    return "\n".join([*parts, "</body>", "</html>"]) + "\n"


def _paragraph(lines: list[str]) -> list[str]:
    return [_group(kind, [escape(line) for line in group]) for kind, group in groupby(lines, key=_kind)]


def _kind(line: str) -> str:
    return next((tag for mark, tag in LIST_MARKS if mark.match(line)), "p")


def _group(kind: str, lines: list[str]) -> str:
    if kind == "p":
        return "<p>" + "<br>\n".join(lines) + "</p>"
    return "\n".join([f'<{kind} style="{LIST_STYLE}">', *(f"<li>{line}</li>" for line in lines), f"</{kind}>"])
