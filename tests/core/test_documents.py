"""Documents, archives and pictures that mean harm: text out of the first, nothing out of the last."""

from __future__ import annotations

import importlib.util
import io
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from drawings import ORDER_LINES, encode, scene, screen
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.core.details.evidence import counts_as_evidence, look_at

OCR = importlib.util.find_spec("rapidocr") is not None and importlib.util.find_spec("onnxruntime") is not None
needs_ocr = pytest.mark.skipif(not OCR, reason="the [ocr] extra is not installed")

HEIC = Path(__file__).with_name("pictures") / "cracked.heic"
MP4 = b"\0\0\0\x14ftypisom\0\0\2\0isom\0\0\0\x74moov\0\0\0\x6cmvhd" + bytes(12) + b"\0\0\2\x58\0\0\x10\0" + bytes(80)
WEBM = b"\x1aE\xdf\xa3\x84\x42\x82\x81w\x18S\x80g\x88\x16T\xaek\x83\xae\x81\0"


# --- documents --------------------------------------------------------------------------------


def pdf(lines: list[str], pages: int = 1, box_: str = "0 0 595 842") -> bytes:
    """A small PDF by hand: the same lines on every page."""
    stream = ("BT /F1 13 Tf 60 780 Td 22 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET").encode()
    kids = " ".join(f"{5 + number} 0 R" for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        *[
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            % box_.encode()
            for _ in range(pages)
        ],
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))


def test_the_text_of_a_pdf_is_read() -> None:
    found = look_at(pdf(["Invoice KS-48213", "Total EUR 129.00"]), "application/pdf", "i.pdf", False)
    assert (found.kind, found.text) == ("document", "Invoice KS-48213\nTotal EUR 129.00")
    assert not counts_as_evidence(found)


def test_of_a_long_pdf_the_first_pages_are_read() -> None:
    found = look_at(pdf(["page"], pages=40), "application/pdf", "i.pdf", False)
    assert found.text.split() == ["page"] * 5
    assert found.note == "the first 5 of 40 pages"


def test_a_pdf_with_much_text_is_cut_at_twenty_kilobytes() -> None:
    found = look_at(pdf(["word " * 2000] * 10), "application/pdf", "i.pdf", False)
    assert 15_000 < len(found.text.encode()) <= 20_000


def test_a_pdf_page_that_claims_to_be_a_mile_wide_costs_nothing() -> None:
    started = time.process_time()
    found = look_at(pdf([], box_="0 0 14400000 14400000"), "application/pdf", "i.pdf", False)
    assert found.kind == "document"
    assert time.process_time() - started < 10


@needs_ocr
def test_a_scanned_pdf_is_read_by_ocr() -> None:
    scan = encode(screen(ORDER_LINES, (1240, 1754)), "PDF")
    assert "302-1234567-7654321" in look_at(scan, "application/pdf", "scan.pdf", False).text


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", pdf(["x"])[:120], b"%PDF-" + bytes(5000)])
def test_a_broken_pdf_is_not_opened(data: bytes) -> None:
    assert look_at(data, "application/pdf", "i.pdf", False).faults == ("not_opened",)


def test_a_text_file_is_read_in_its_own_charset() -> None:
    assert look_at("Größe übrig".encode(), "text/plain", "a.txt", False).text == "Größe übrig"
    assert look_at("Заказ номер двенадцать".encode("cp1251"), "text/plain", "a.txt", False).text.strip()


# --- bombs and rubbish ------------------------------------------------------------------------


def huge_png(edge: int) -> bytes:
    """A few kilobytes that claim to be edge x edge pixels, all of them there."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = bytes(1 + edge // 8)
    pixels = b"".join([packer.compress(row * 100) for _ in range(edge // 100)]) + packer.flush()
    head = struct.pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("edge", [6400, 13_300, 20_000])
def test_a_picture_of_too_many_pixels_is_refused_unseen(edge: int) -> None:
    data = huge_png(edge)
    started = time.process_time()
    found = look_at(data, "image/png", "x.png", False)
    assert (found.kind, found.faults) == ("unreadable", ("not_opened",))
    assert "more pixels than is safe" in found.note
    assert time.process_time() - started < 5
    assert len(data) < 60_000


def test_the_jpeg_of_a_hundred_megapixel_phone_is_opened() -> None:
    data = encode(scene().resize((12_000, 9_000), Image.Resampling.NEAREST), quality=60)
    found = look_at(data, "image/jpeg", "IMG.jpg", False)
    assert (found.kind, found.width, found.faults) == ("photo", 12_000, ())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
def test_a_picture_that_was_cut_off_is_not_opened(kind: str, share: float) -> None:
    data = encode(scene(), kind)
    found = look_at(data[: int(len(data) * share)], f"image/{kind.lower()}", "x", False)
    assert found.kind in ("unreadable", "photo")
    if kind != "GIF":  # a GIF shows what came of it
        assert found.faults == ("not_opened",)


def test_a_zip_bomb_stays_packed() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(20):
            archive.writestr(f"photo{number}.jpg", bytes(20_000_000))
    started = time.process_time()
    found = look_at(buffer.getvalue(), "application/zip", "photos.zip", False)
    assert time.process_time() - started < 5
    assert found.kind == "other"
    assert "20 files (20 pictures), 400.0 MB unpacked" in found.note


def test_an_office_document_is_named_and_not_opened() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    found = look_at(buffer.getvalue(), "application/zip", "letter.docx", False)
    assert (found.kind, found.note) == ("document", "not opened: an office document")


def test_an_empty_file_is_not_opened() -> None:
    assert look_at(b"", "image/jpeg", "x.jpg", False).faults == ("not_opened",)


TYPES = (
    "image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "video/mp4", "video/webm", "video/x-flv",
    "application/pdf", "application/zip", "text/plain", "application/octet-stream", "audio/mp4",
)  # fmt: skip
SEEDS = (
    HEIC.read_bytes(),
    encode(scene(size=(160, 120))),
    encode(scene(size=(160, 120)), "PNG"),
    MP4,
)


@settings(max_examples=300, deadline=None)
@given(
    type_=st.sampled_from(TYPES),
    seed=st.sampled_from((b"", *SEEDS, WEBM, pdf(["x"]))),
    at=st.integers(0, 3000),
    junk=st.binary(max_size=60),
)
@example(type_="video/mp4", seed=b"", at=0, junk=b"\0\0\0\x10moov\0\0\0\x08mvhd")
def test_any_bytes_under_any_type_give_a_look_and_no_error(type_: str, seed: bytes, at: int, junk: bytes) -> None:
    data = seed[:at] + junk + seed[at + len(junk) :]
    found = look_at(data, type_, "x", False, read_print=False)
    assert found.kind in ("photo", "screenshot", "logo", "video", "document", "other", "unreadable")
