"""One small piece of text, repeated to 60 KB, is read as fast as any other: no pattern may be quadratic."""

from __future__ import annotations

import time

import pytest

from bot.core.reading.automatic import recognise
from bot.core.reading.html import read_html
from bot.core.reading.letter import open_mail

SIZE = 60_000
PUMPS = (
    "a ",
    "> ",
    "- ",
    "-",
    "_",
    "a@",
    "a.b",
    "1.",
    "1. (",
    "From: ",
    "x:",
    "\n",
    "\n>",
    " \n",
    "* ",
    "=",
    "?=",
    "=?",
    "<",
    "wrote ",
    "iphone ",
    "sent from my i ",
    "--\n",
    "12.05.2025 ",
    "a@b.c ",
    "'",
    "写",
    "http://",
    "name:\n",
    "this is an ",
    "ich bin ",
    "view in ",
    "On 1.1.2025 at 9:43 a@b.c wrote:\n",
    "> 1. x (\n",
    "From: a\nSent: b\nTo: c\n",
    "550 ",
    "auto",
    "\u00a0",
    "e\u0301",
)
HEADS = ("", "On ", "sent from ", "> 1. x\n> 2. y\n", "From: a\nSent: b\nTo: c\n\n")


@pytest.mark.parametrize("pump", PUMPS, ids=[repr(pump) for pump in PUMPS])
def test_a_repeated_piece_of_text_is_read_in_time(pump: str) -> None:
    start = time.process_time()
    for head in HEADS:
        text = head + pump * (SIZE // len(pump))
        subject = text[:8000].replace("\n", " ")
        raw = f"From: a@example.com\r\nTo: b@example.com\r\nSubject: {subject}\r\n\r\n{text}".encode()
        letter = open_mail(raw).letter(("en", "de"))
        recognise(letter, ("b@example.com",))
    assert time.process_time() - start < 4.0 * len(HEADS)


@pytest.mark.parametrize(
    "pump", ["<", "<a", "<a href='", "<li>", "<ol><li>", "<td>", "&amp;", "<![", "<!--", "<p style='"]
)
def test_repeated_markup_is_read_in_time(pump: str) -> None:
    start = time.process_time()
    read_html(pump * (SIZE // len(pump)))
    assert time.process_time() - start < 1.0
