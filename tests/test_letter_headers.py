"""Nothing that a person or a table put into a letter reaches its header: all staff letters, all languages."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from delivered_letters import LANGUAGES, LETTERS, reply_of

from bot.core.model import Address
from bot.core.warranty.staff_letters import LATER
from bot.mail.compose import compose
from bot.replies.samples import CASE

POISON = {
    "line feed": "Jo\nBcc: eve@example.com",
    "carriage return": "Jo\r\nBcc: eve@example.com",
    "end of the header": "Jo\r\n\r\nDear customer,",
    "unicode line ends": "Jo\u2028Bcc: eve@example.com\u2029\u0085X: y",
    "right to left": "Jo \u202egnp.exe\u202c \u2066x\u2069",
    "encoded word": "=?utf-8?q?x=0D=0ABcc=3A_eve=40example=2Ecom?=",
    "zero width": "J\u200bo\ufeff\u00ad",
    "null": "Jo\x00\x1b[31m",
}
STAFF_VALUES = ("note", "carrier")


def composed(letter: str, language: str, poison: str) -> bytes:
    """The final bytes with the poison in every value that is text."""
    facts: dict[str, object] = dict.fromkeys(STAFF_VALUES, poison)
    lists = {name: [poison, "KS20418"] for name in ("tracking", "orders", "address", "pay", "models")}
    draft = LETTERS.render(reply_of(letter, language, **facts, **lists), CASE, name=poison)
    return compose(
        draft,
        sender=Address(address="desk@example.com", name="Desk"),
        recipient="ana@example.com",
        message_id="<kb.x.K7F3Q9.A@example.com>",
        in_reply_to="",
        references=(),
        sent_at=datetime(2025, 3, 10, tzinfo=UTC),
        automatic=False,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_a_poisoned_value_changes_no_header(poison: str, language: str) -> None:
    for letter in LATER:
        sound, poisoned = (message_from_bytes(composed(letter, language, value)) for value in ("Jo", poison))
        assert poisoned.items() == sound.items(), letter  # names, order and values, the subject among them
        assert CASE in str(make_header(decode_header(poisoned["Subject"])))


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_a_poisoned_value_stays_one_line_of_plain_text_in_the_body(poison: str) -> None:
    text = LETTERS.render(reply_of("sent_back", carrier=poison, tracking=[poison]), CASE).text
    assert not {char for char in text if char != "\n" and not char.isprintable()}
    assert not any(line.startswith(("Bcc", "X:")) for line in text.splitlines())
