"""Nothing can be smuggled into the header of a letter, whatever a field holds."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from drafts import AUTOMATIC_NAMES, DRAFT, GIVEN
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import Draft
from bot.errors import ComposeError
from bot.mail.compose import compose

# What has broken into headers elsewhere, and its relatives.
INJECTIONS = [
    "x\r\nBcc: eve@example.com",
    "x\nBcc: eve@example.com",
    "x\rBcc: eve@example.com",
    "x\r\n Bcc: eve@example.com",
    "x\r\n\r\nbody",
    "x\n\nbody",
    "x\r\r\nBcc: eve@example.com",
    "\r\nBcc: eve@example.com",
    "Bcc: eve@example.com\r\n",
    "x\r\n\tBcc: eve@example.com",
    "x\x00Bcc: eve@example.com",
    "x\x00\r\nBcc: eve@example.com",
    "x\x0bBcc: eve@example.com",
    "x\x0cBcc: eve@example.com",
    "x\x1cBcc: eve@example.com",
    "x\x1dBcc: eve@example.com",
    "x\x1eBcc: eve@example.com",
    "x\x85Bcc: eve@example.com",
    "x\u2028Bcc: eve@example.com",
    "x\u2029Bcc: eve@example.com",
    "x\u2028\r\nBcc: eve@example.com",
    "x\x7f\x1b[31mBcc: eve@example.com",
    "=?utf-8?q?Re=3A_x=0D=0ABcc=3A_eve=40example=2Ecom?=",
    "=?utf-8?Q?x=0ABcc=3A_eve=40example=2Ecom?=",
    "=?utf-8?q?x=0DBcc=3A_eve=40example=2Ecom?=",
    "=?utf-8?b?eA0KQmNjOiBldmVAZXhhbXBsZS5jb20=?=",
    "=?UTF-8?B?eA0KDQpib2R5?=",
    "=?utf-8?b?eApCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?= =?utf-8?b?eA0K?=",
    "=?utf-8?q?x=0D=0A?=\r\n =?utf-8?q?Bcc=3A_eve=40example=2Ecom?=",
    "=?iso-8859-1?q?x=0D=0ABcc=3A_e?=",
    "=?us-ascii?q?x=0D=0A=20Bcc=3A_e?=",
    "=?utf-7?q?x+AA0ACg-Bcc?=",
    "=?utf-16?b?eAANAAoAQgBjAGMA?=",
    "=?utf-8?q?=00=0D=0ABcc=3A_e?=",
    "=?utf-8?q?=E2=80=A8Bcc=3A_e?=",
    "=?utf-8?q??==?utf-8?q?=0D=0ABcc=3A_e?=",
    "=?utf-8*en?q?x=0D=0ABcc=3A_e?=",
    "(=?utf-8?q?x=0D=0ABcc=3A_e?=)",
    '"=?utf-8?q?x=0D=0ABcc=3A_e?="',
    "=?utf-8?q?x=0D=0ABcc=3A_e",
    "=?x-unknown?q?x=0D=0ABcc=3A_e?=",
    "=?utf-8?x?x=0D=0ABcc=3A_e?=",
    "x?=\r\nBcc: eve@example.com",
    '" <eve@example.com>, "',
    '"\r\nBcc: eve@example.com\r\nX: "',
    "eve@example.com, anna",
    "Eve <eve@example.com>",
    "<eve@example.com>",
    "a>, <eve@example.com",
    "x; y: eve@example.com;",
    "group: eve@example.com;",
    "(comment\r\n) x",
    "\\\r\nBcc: eve@example.com",
    '\\" <eve@example.com>',
    "\u202ex\u202c\r\nBcc: e",
    "\ufeffx\nBcc: e",
    "x\u200b\r\u200b\nBcc: e",
    "\ud800\r\nBcc: e",
    "x" * 1_200 + "\r\nBcc: e",
    "ä" * 1_200 + "\r\nBcc: e",
    "x " * 600 + "\r\n.\r\nMAIL FROM:<eve@example.com>",
    "..\r\n.\r\nQUIT\r\n",
    "%0d%0aBcc: eve@example.com",
    "x\\r\\nBcc: eve@example.com",
    "\x0d\x0a--=_boundary\x0d\x0a",
]
FIELDS = (
    "subject", "sender name", "sender address", "recipient", "message_id", "in_reply_to", "references", "language",
    "text", "html",
)  # fmt: skip
OPTIONAL = {"In-Reply-To", "References"}


def with_value(field: str, value: str) -> tuple[Draft, dict[str, Any]]:
    draft, given = DRAFT, dict(GIVEN)
    if field in ("subject", "language", "text", "html"):
        draft = replace(draft, **{field: value})
    elif field == "sender name":
        given["sender"] = replace(given["sender"], name=value)
    elif field == "sender address":
        given["sender"] = replace(given["sender"], address=value)
    elif field == "references":
        given["references"] = (value, "<0@mail.example.com>", value)
    else:
        given[field] = value
    return draft, given


def assert_nothing_got_in(raw: bytes) -> None:
    head, _, body = raw.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert [name for name in AUTOMATIC_NAMES if name in names or name not in OPTIONAL] == names
    assert raw.isascii()
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    for policy in (email.policy.compat32, email.policy.default):  # as two generations of mail programs read it
        mail = email.message_from_bytes(raw, policy=policy)
        assert mail.keys() == names
        assert mail["To"] == "anna@example.com"
        assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    modern = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(modern, EmailMessage)
    assert [a.addr_spec for a in modern["From"].addresses] == ["support@shop.example.com"]
    assert [a.addr_spec for a in modern["To"].addresses] == ["anna@example.com"]
    assert body


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", INJECTIONS, ids=range(len(INJECTIONS)))
def test_no_text_can_add_a_header_or_a_recipient(field: str, value: str) -> None:
    draft, given = with_value(field, value)
    try:
        raw = compose(draft, **given)
    except ComposeError:
        assert field in ("sender address", "recipient", "message_id", "language")  # texts are cleaned, ids refused
        return
    assert_nothing_got_in(raw)


def test_the_table_of_injections_is_long_enough() -> None:
    assert len(set(INJECTIONS)) >= 60


@settings(max_examples=150, deadline=None)
@given(field=st.sampled_from(FIELDS), value=st.text(max_size=300))
def test_no_text_at_all_can_add_a_header(field: str, value: str) -> None:
    draft, given = with_value(field, value)
    try:
        raw = compose(draft, **given)
    except ComposeError:
        return
    if not (field == "html" and not value) and field != "recipient":
        assert_nothing_got_in(raw)
