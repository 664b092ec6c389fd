"""The shipping label: a small, whole PDF or PNG goes out as a file of the letter; everything else is refused."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from PIL import Image

from bot.core.model import Address, Draft
from bot.errors import ComposeError, WrongValue
from bot.mail.compose import compose
from bot.mail.enclosure import MOST_BYTES, Enclosure, shipping_label
from bot.mail.letter_check import inspect

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
DRAFT = Draft(
    reply="approved_repair", language="en", subject="KOSPET case K7F3Q9: x", text="Hello\n", html="<p>Hello</p>"
)


def png(width: int = 40, height: int = 20) -> bytes:
    made = io.BytesIO()
    Image.new("1", (width, height)).save(made, "PNG")
    return made.getvalue()


def mail(label: Enclosure | None, draft: Draft = DRAFT) -> bytes:
    return compose(
        draft,
        sender=Address(address="desk@example.com", name="Desk"),
        recipient="ana@example.com",
        message_id="<kb.x.K7F3Q9.A@example.com>",
        in_reply_to="",
        references=(),
        sent_at=datetime(2025, 3, 10, tzinfo=UTC),
        automatic=False,
        enclosure=label,
    )


@pytest.mark.parametrize(
    ("data", "kind", "name"),
    [(PDF, "application/pdf", "shipping-label.pdf"), (png(), "image/png", "shipping-label.png")],
)
@pytest.mark.parametrize("draft", [DRAFT, replace(DRAFT, html="")], ids=["with html", "text alone"])
def test_a_label_goes_out_as_a_file_under_our_own_name(data: bytes, kind: str, name: str, draft: Draft) -> None:
    read = message_from_bytes(mail(shipping_label(data), draft))
    assert read.get_content_type() == "multipart/mixed"
    *texts, file = [part for part in read.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in texts] == ["text/plain", "text/html"][: len(texts)]
    assert (file.get_content_type(), file.get_filename(), file.get_payload(decode=True)) == (kind, name, data)
    assert file.get_content_disposition() == "attachment"


def test_a_letter_without_a_label_is_as_before() -> None:
    assert message_from_bytes(mail(None)).get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "neither"),
        (b"MZ\x90\x00", "neither"),  # a program
        (b"<html></html>", "neither"),
        (b"\xff\xd8\xff\xe0", "neither"),  # a photo
        (PDF[:-8], "cut off"),
        (PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript >> /Type"), "holds /JavaScript"),
        (PDF.replace(b"/Type", b"/Launch"), "holds /Launch"),
        (PDF.replace(b"/Type", b"/EmbeddedFiles"), "holds /EmbeddedFiles"),
        (PDF + b" " * MOST_BYTES, "at most"),
        (png()[:-20], "cut off"),
        (png().replace(b"IDATx", b"IDATy"), "damaged"),
        (png() + b"PK\x03\x04", "behind the end"),  # an archive hidden in a picture
        (png(10_001, 1), "usual size"),
        (b"\x89PNG\r\n\x1a\n", "cut off"),
    ],
)
def test_what_is_no_small_whole_label_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(WrongValue, match=why):
        shipping_label(data)


def test_the_last_look_sees_another_file_than_was_meant() -> None:
    label, other = shipping_label(PDF), Enclosure("application/pdf", "shipping-label.pdf", PDF + b"\n")
    raw = mail(label)
    texts = {"plain": DRAFT.text, "html": DRAFT.html + "\n"}
    said = {"sender": "desk@example.com", "recipient": "ana@example.com", "subject": DRAFT.subject}
    inspect(raw, names=message_from_bytes(raw).keys(), texts=texts, enclosure=label, **said)
    for wrong in (other, replace(label, name="x.exe"), replace(label, kind="image/png"), None):
        with pytest.raises(ComposeError):
            inspect(raw, names=message_from_bytes(raw).keys(), texts=texts, enclosure=wrong, **said)
