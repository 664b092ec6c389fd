"""The composer: what a letter looks like on the wire."""

from __future__ import annotations

import email
import email.header
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from drafts import AUTOMATIC_NAMES, DRAFT, GIVEN, ID, SENT_AT

from bot.core.model import Address
from bot.errors import ComposeError
from bot.mail.compose import compose, safe_header


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
