"""What lists show of our letters: enough to know what was said, without greeting, close and boilerplate."""

from __future__ import annotations

import re

import pytest
from delivered_letters import LANGUAGES, LETTERS, reply_of

from bot.core.warranty.staff_letters import BY_STAFF
from bot.replies.essence import essence
from bot.replies.inventory import INVENTORY
from bot.replies.samples import CASE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", INVENTORY)
def test_the_essence_of_a_letter_is_short_and_without_its_frame(letter: str, language: str) -> None:
    facts = {"note": ""} if "note" in INVENTORY[letter] else {}
    text = LETTERS.render(reply_of(letter, language, **facts), CASE).text
    lines = essence(text, automatic=letter not in BY_STAFF)
    assert lines, "nothing would be shown"
    assert sum(map(len, lines)) < len(text)
    case_line = text.strip().split("\n\n")[-1].splitlines()[0]
    assert case_line not in lines
    days = [line for line in text.splitlines() if re.search(r"(?<!\d)20\d\d(?!\d)", line)]
    assert all(any(line.lstrip("-0123456789. ") in shown or shown in line for shown in lines) for line in days)
    assert lines[0] != text.strip().splitlines()[0], "a greeting says nothing"


def test_each_line_that_names_a_day_is_kept() -> None:
    text = "Hello,\n\nOne.\n\n1. Pack it.\n2. Send it by 14 March 2025.\n\nAddress 123452025\n\nBye\nKOSPET\n\nCase"
    assert essence(text, automatic=True) == ("One.", "Send it by 14 March 2025.")
