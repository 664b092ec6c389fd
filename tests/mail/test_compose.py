"""The composer: what a letter looks like on the wire, and that nothing can be smuggled into its header."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import Address, Draft
from bot.errors import ComposeError
from bot.mail.compose import compose, is_ours, reply_message_id, safe_header
from bot.mail.letter_check import inspect

DOMAIN = "shop.example.com"
SENT_AT = datetime(2025, 3, 14, 12, 30, tzinfo=timezone(timedelta(hours=1)))
ID = reply_message_id(b"secret", "cause", "ask_for_details", "K7F3Q9", DOMAIN)
DRAFT = Draft(
    reply="ask_for_details",
    language="de",
    subject="Ihre Uhr: wir brauchen noch Angaben (K7F3Q9)",
    text="Guten Tag,\n\nbitte senden Sie uns die Bestellnummer – danke.\n",
    html="<p>Guten Tag,</p>\n<p>bitte senden Sie uns die Bestellnummer – danke.</p>\n",
)
GIVEN: dict[str, Any] = {
    "sender": Address(address="support@shop.example.com", name="After-sales"),
    "recipient": "anna@example.com",
    "message_id": ID,
    "in_reply_to": "<1@mail.example.com>",
    "references": ("<0@mail.example.com>",),
    "sent_at": SENT_AT,
    "automatic": True,
}
AUTOMATIC_NAMES = [
    "Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Loop", "Content-Language", "MIME-Version", "Content-Type",
]  # fmt: skip

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


def test_a_letter_is_read_back_as_it_was_written() -> None:
    mail = email.message_from_bytes(compose(DRAFT, **GIVEN), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail.keys() == AUTOMATIC_NAMES
    assert str(mail["Subject"]) == DRAFT.subject
    assert str(mail["From"]) == "After-sales <support@shop.example.com>"
    assert mail["Message-ID"] == mail["X-Loop"] == ID
    assert mail["In-Reply-To"] == "<1@mail.example.com>"
    assert mail["References"] == "<0@mail.example.com> <1@mail.example.com>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Content-Language"] == "de"
    assert mail["Date"].datetime == SENT_AT
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == DRAFT.text
    assert html is not None
    assert html.get_content().replace("\r\n", "\n") == DRAFT.html


def test_a_letter_of_staff_does_not_call_itself_automatic() -> None:
    mail = email.message_from_bytes(compose(DRAFT, **(GIVEN | {"automatic": False})))
    assert "Auto-Submitted" not in mail
    assert "X-Auto-Response-Suppress" not in mail
    assert mail["X-Loop"] == ID


def test_a_letter_that_answers_nothing_has_no_thread() -> None:
    mail = email.message_from_bytes(compose(DRAFT, **(GIVEN | {"in_reply_to": "", "references": ()})))
    assert "In-Reply-To" not in mail
    assert "References" not in mail


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert compose(DRAFT, **GIVEN) == compose(DRAFT, **GIVEN)


def test_a_letter_without_html_is_plain() -> None:
    mail = email.message_from_bytes(compose(replace(DRAFT, html=""), **GIVEN), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == DRAFT.text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour\n"),  # any line end
        ("one\n\n\n", "one\n"),  # one line end at the end
        ("", "\n"),
        ("x" * 3_000, "x" * 3_000 + "\n"),  # longer than a line may be
        ("ü" * 3_000, "ü" * 3_000 + "\n"),
        ("時計が動きません。\n" * 50, "時計が動きません。\n" * 50),
        ("Ваши часы\n.\n..\nFrom here\n", "Ваши часы\n.\n..\nFrom here\n"),
        ("tail \t \nnext\t\n", "tail \t \nnext\t\n"),  # blanks at line ends
        ("a=3D =?utf-8?q?x?= --=_b\n", "a=3D =?utf-8?q?x?= --=_b\n"),  # looks encoded
        ("a\x00b\x07c\x1bd\x7fe\ud800f\n", "abcdef\n"),  # what no letter needs
        ("🙂 smile\n", "🙂 smile\n"),
    ],
)
def test_texts_of_all_kinds_arrive(text: str, read: str) -> None:
    for draft in (replace(DRAFT, text=text), replace(DRAFT, text=text, html="")):
        raw = compose(draft, **GIVEN)
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        assert body is not None
        assert body.get_payload(decode=True).decode().replace("\r\n", "\n") == read  # type: ignore[union-attr]
        assert max(map(len, raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    "subject",
    [
        "Your watch",
        "Ihre Uhr – Rückfrage",
        "時計の保証について" * 8,
        "word " * 35,
        "x" * 180,
        "=?utf-8?q?looks_encoded?=",
        "a: b, c; d <e@f>",
        "🙂" * 40,
    ],
)
def test_subjects_of_all_kinds_are_read_as_they_were_written(subject: str) -> None:
    raw = compose(replace(DRAFT, subject=subject), **GIVEN)
    mail = email.message_from_bytes(raw)
    shown = str(email.header.make_header(email.header.decode_header(re.sub(r"\r\n(?= )", "", mail["Subject"]))))
    assert shown == subject.strip()
    assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 200


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", ""),
        ("After-sales", "After-sales"),
        ('The "best", shop \\ Ltd.', 'The "best", shop \\ Ltd.'),
        ("Kundendienst für Uhren", "Kundendienst für Uhren"),
        ("客服中心", "客服中心"),
        ("very long name " * 8, ("very long name " * 8).strip()),
    ],
)
def test_names_of_all_kinds_are_shown(name: str, shown: str) -> None:
    sender = Address(address="support@shop.example.com", name=name)
    mail = email.message_from_bytes(compose(DRAFT, **(GIVEN | {"sender": sender})), policy=email.policy.default)
    (found,) = mail["From"].addresses
    assert (found.display_name, found.addr_spec) == (shown, "support@shop.example.com")


def test_of_a_long_thread_the_first_and_the_newest_ids_are_kept() -> None:
    ids = tuple(f"<{n}@mail.example.com>" for n in range(200))
    raw = compose(DRAFT, **(GIVEN | {"references": ids, "in_reply_to": ids[-1]}))
    mail = email.message_from_bytes(raw)
    assert mail["References"].split() == [ids[0], *ids[-19:]]
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [
        ("<1@mail.example.com>", "<1@mail.example.com>"),
        ("1@mail.example.com", "<1@mail.example.com>"),  # brackets lost on the way
        ("<" + "x" * 248 + ">", "<" + "x" * 248 + ">"),
        ("<" + "x" * 249 + ">", None),
        ("<a b@example.com>", None),
        ("<ä@example.com>", None),
        ("<<a>@example.com>", None),
        ("", None),
        ("<>", None),
    ],
)
def test_only_well_formed_ids_are_answered(given_id: str, kept: str | None) -> None:
    mail = email.message_from_bytes(compose(DRAFT, **(GIVEN | {"in_reply_to": given_id, "references": (given_id,)})))
    assert (mail["In-Reply-To"], mail["References"]) == (kept, kept)


def test_the_customers_address_may_have_an_international_domain() -> None:
    mail = email.message_from_bytes(compose(DRAFT, **(GIVEN | {"recipient": "anna@bücher.example.com"})))
    assert mail["To"] == "anna@xn--bcher-kva.example.com"


@pytest.mark.parametrize(
    "wrong",
    [
        {"sent_at": datetime(2025, 3, 14)},  # no time zone
        {"message_id": "<a b@example.com>"},
        {"recipient": "anna@example.com, eve@example.com"},
        {"sender": Address(address="support")},
    ],
)
def test_what_cannot_be_sent_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ComposeError):
        compose(DRAFT, **(GIVEN | wrong))


@pytest.mark.parametrize("subject", ["", "   ", "\r\n", "\u200b"])
def test_a_letter_without_a_subject_is_refused(subject: str) -> None:
    with pytest.raises(ComposeError, match="subject"):
        compose(replace(DRAFT, subject=subject), **GIVEN)


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


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("Your watch", "Your watch"),
        ("  a \t b\r\n c ", "a b c"),
        ("a\u2028b\x85c\x00d", "a b c d"),
        ("a\u202eb\u200bc\ufeffd", "abcd"),  # direction marks, zero width
        ("e\u0301", "é"),
        ("\ud800x", "x"),
        ("x" * 300, "x" * 200),
        ("=?utf-8?q?a?=", "=?utf-8?q?a?="),  # stays text: it is encoded anew, never decoded
    ],
)
def test_header_text_is_one_harmless_line(value: str, safe: str) -> None:
    assert safe_header(value) == safe


def test_the_time_of_utc_is_written_with_its_zone() -> None:
    mail = email.message_from_bytes(compose(DRAFT, **(GIVEN | {"sent_at": datetime(2025, 3, 14, 11, 30, tzinfo=UTC)})))
    assert mail["Date"] == "Fri, 14 Mar 2025 11:30:00 +0000"
