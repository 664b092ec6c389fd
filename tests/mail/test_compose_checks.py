"""The last look at a finished letter, and the ids that letters carry."""

from __future__ import annotations

import re
from typing import Any

import pytest
from drafts import AUTOMATIC_NAMES, DOMAIN, DRAFT, GIVEN, ID

from bot.errors import ComposeError
from bot.mail.compose import compose, is_ours, reply_message_id
from bot.mail.letter_check import inspect


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda raw: raw.replace(b"Subject: ", b"Bcc: eve@example.com\r\nSubject: "),  # one header more
        lambda raw: re.sub(rb"X-Loop: .*\r\n", b"", raw),  # one less
        lambda raw: raw.replace(b"To: anna@", b"To: eve@"),  # another recipient
        lambda raw: raw.replace(b"To: anna@example.com", b"To: anna@example.com, eve@example.com"),
        lambda raw: raw.replace(b"X-Loop", b"Subject"),  # one twice
        lambda raw: raw.replace(b"<support@", b"<eve@"),
        lambda raw: raw.replace(b"Subject: ", b"Subject: x"),
        lambda raw: raw.replace(b"\r\n\r\n", b"\r\n\r\n\r\n--x\r\n", 1).replace(b"Guten", b"Wuten"),  # another text
        lambda raw: raw + b"\n",  # a bare LF
        lambda raw: raw.replace(b"\r\n", b"\n"),
        lambda raw: raw.replace(b"Guten", b"G\xc3\xbcten"),  # 8-bit
        lambda raw: raw.replace(b"Date: ", b"Date: " + b"x" * 990),  # too long a line
        lambda raw: raw.replace(b"Date: ", b" folded\r\nDate: "),  # begins with a continuation
        lambda raw: raw.replace(b"Date: ", b"no header line\r\nDate: "),
        lambda raw: raw.replace(b'; charset="utf-8"', b'; charset="utf-8"\r\nX-Part: 1'),
    ],
)
def test_the_last_look_finds_what_was_changed(spoilt: Any) -> None:
    raw = compose(DRAFT, **GIVEN)
    expected: dict[str, Any] = {
        "names": AUTOMATIC_NAMES, "sender": "support@shop.example.com", "recipient": "anna@example.com",
        "subject": DRAFT.subject, "texts": {"plain": DRAFT.text, "html": DRAFT.html},
    }  # fmt: skip
    inspect(raw, **expected)
    changed = spoilt(raw)
    assert changed != raw
    with pytest.raises(ComposeError):
        inspect(changed, **expected)


def test_a_message_id_is_the_same_for_the_same_cause_and_no_other() -> None:
    first = ("cause", "ask", "K7F3Q9", DOMAIN)
    assert reply_message_id(b"s", *first) == reply_message_id(b"s", *first)
    others = [
        reply_message_id(b"s", *first),
        reply_message_id(b"t", *first),  # another secret
        reply_message_id(b"s", "cause 2", *first[1:]),
        reply_message_id(b"s", "cause", "confirm", *first[2:]),
        reply_message_id(b"s", "cause", "ask", "K7F3Q8", DOMAIN),
    ]
    tokens = {re.fullmatch(r"<kb\.\w+\.\w+\.([A-Z2-7]{26})@shop\.example\.com>", id_)[1] for id_ in others}  # type: ignore[index]
    assert len(tokens) == len(others)


@pytest.mark.parametrize(
    ("message_id", "ours"),
    [
        (ID, True),
        (ID.strip("<>"), True),
        (ID.replace(DOMAIN, DOMAIN.upper()), True),
        (ID.replace(DOMAIN, "shop.example.org"), False),
        (ID.replace(DOMAIN, "eve.shop.example.com"), False),
        (ID.replace("kb.", "kc."), False),
        (ID.replace(".K7F3Q9.", "."), False),
        (ID + "x", False),
        ("", False),
        ("<1@shop.example.com>", False),
    ],
)
def test_our_ids_are_known_by_their_shape(message_id: str, ours: bool) -> None:
    assert is_ours(message_id, DOMAIN) is ours


@pytest.mark.parametrize(
    ("reply", "number", "domain", "secret"),
    [
        ("Ask", "K7F3Q9", DOMAIN, b"s"),
        ("ask.x", "K7F3Q9", DOMAIN, b"s"),
        ("", "K7F3Q9", DOMAIN, b"s"),
        ("ask", "k7", DOMAIN, b"s"),
        ("ask", "K7>\r\n", DOMAIN, b"s"),
        ("ask", "K7F3Q9", "shop example", b"s"),
        ("ask", "K7F3Q9", DOMAIN, b""),  # without a secret anybody could make one
    ],
)
def test_no_id_is_made_from_parts_that_do_not_fit(reply: str, number: str, domain: str, secret: bytes) -> None:
    with pytest.raises(ComposeError):
        reply_message_id(secret, "cause", reply, number, domain)
