"""Photo, screenshot, logo or sheet of paper; the formats; the same picture again; print and codes."""

from __future__ import annotations

import importlib.util
import io
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from drawings import ORDER_LINES, encode, look, receipt, scene, screen, sign
from PIL import Image, ImageDraw

from bot.core.details.evidence import counts_as_evidence, look_at, may_show_the_watch, shows_an_order
from bot.core.details.pixels import same_picture

OCR = importlib.util.find_spec("rapidocr") is not None and importlib.util.find_spec("onnxruntime") is not None
needs_ocr = pytest.mark.skipif(not OCR, reason="the [ocr] extra is not installed")

HEIC = Path(__file__).with_name("pictures") / "cracked.heic"
EXIF_MAKE, EXIF_ORIENTATION = 0x010F, 0x0112


# --- kinds ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("PNG", "image.png"),  # as the phone saved it
        ("JPEG", "IMG-20250301-WA0004.jpg"),  # through a messenger
        ("WEBP", "order.webp"),
        ("PNG", "Screenshot_20250301-101500.png"),
    ],
)
def test_a_screenshot_is_told_from_a_photo(kind: str, name: str) -> None:
    found = look(screen(ORDER_LINES), kind, name)
    assert found.kind == "screenshot"
    assert not counts_as_evidence(found)


@pytest.mark.parametrize("name", ["ekran.jpg", "bildschirm defekt.jpg", "skärm.png", "pantalla.jpg", "order.jpg"])
def test_a_photo_of_a_broken_screen_is_a_photo_whatever_it_is_called(name: str) -> None:
    assert look(scene(), name=name).kind == "photo"


def test_a_camera_in_the_metadata_makes_it_a_photo() -> None:
    exif = Image.Exif()
    exif[EXIF_MAKE] = "Maker"
    data = encode(screen(ORDER_LINES, (1600, 1200)), exif=exif)
    assert look_at(data, "image/jpeg", "IMG_1.jpg", False).kind != "screenshot"


@pytest.mark.parametrize(
    ("image", "kind", "name", "inline", "expected"),
    [
        (sign(), "PNG", "image001.png", True, "logo"),  # Outlook's name for a signature's picture
        (sign(), "JPEG", "image002.jpg", True, "logo"),
        (sign((600, 140)), "PNG", "banner.png", False, "logo"),  # a strip
        (sign((96, 32)), "PNG", "x.png", False, "logo"),  # tiny
        (scene(), "JPEG", "image001.jpg", True, "photo"),  # pasted into the text: Outlook names it the same way
        (scene(), "PNG", "logo.png", False, "photo"),  # "the logo stays on the dial"
        (scene().resize((300, 225)), "JPEG", "image003.jpg", True, "photo"),  # small, yet no logo
    ],
)
def test_a_logo_is_told_from_a_small_photo(
    image: Image.Image, kind: str, name: str, inline: bool, expected: str
) -> None:
    assert look(image, kind, name, inline).kind == expected


# --- formats ----------------------------------------------------------------------------------


def test_heic_of_a_phone_is_opened() -> None:
    found = look_at(HEIC.read_bytes(), "image/heic", "IMG_0001.HEIC", False)
    assert (found.kind, found.faults, found.width, found.height) == ("photo", (), 800, 600)


@pytest.mark.parametrize(
    ("data", "type_"),
    [
        (encode(scene(), "WEBP"), "image/webp"),
        (encode(scene(), "GIF"), "image/gif"),
        (encode(scene(), "GIF", save_all=True, append_images=[scene().point(lambda v: 0)] * 3), "image/gif"),  # moves
        (encode(scene().convert("P"), "PNG"), "image/png"),  # palette
        (encode(scene().convert("RGBA"), "PNG"), "image/png"),
        (encode(scene().convert("LA"), "PNG"), "image/png"),
        (encode(scene().convert("L").convert("I").point(lambda v: v * 256).convert("I;16"), "PNG"), "image/png"),
        (encode(scene().convert("CMYK")), "image/jpeg"),  # out of a print shop
        (encode(scene().convert("L")), "image/jpeg"),
        (encode(scene(), progressive=True), "image/jpeg"),
        (encode(scene(), "MPO", save_all=True, append_images=[scene(2)]), "image/jpeg"),  # phones with two lenses
    ],
    ids=["webp", "gif", "gif-moving", "palette", "rgba", "grey-alpha", "16-bit", "cmyk", "grey", "progressive", "mpo"],
)
def test_every_variant_of_a_format_is_a_good_photo(data: bytes, type_: str) -> None:
    found = look_at(data, type_, "IMG_1", False)
    assert (found.kind, found.faults) == ("photo", ())


def test_a_transparent_logo_is_seen_on_paper() -> None:
    image = Image.new("RGBA", (200, 80), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse([20, 10, 80, 70], fill=(200, 30, 30, 255))
    assert look(image, "PNG", "image001.png", True).kind == "logo"


@pytest.mark.parametrize("type_", ["image/svg+xml", "image/tiff", "image/bmp", "image/avif"])
def test_other_pictures_stay_closed_with_a_note(type_: str) -> None:
    found = look_at(b"<svg onload='x'/>", type_, "x", False)
    assert (found.kind, found.faults) == ("unreadable", ("not_opened",))
    assert found.note.startswith("not opened")


def test_a_file_of_a_closed_format_is_not_opened_under_a_false_type() -> None:
    assert look_at(encode(scene(), "TIFF"), "image/jpeg", "x.jpg", False).faults == ("not_opened",)


# --- the same picture twice -------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((480, 360)),  # a messenger's copy
        lambda image: image.point(lambda v: min(255, int(v * 1.15))),  # brightened
        lambda image: Image.open(io.BytesIO(encode(image, quality=30))),
    ],
    ids=["resized", "brightened", "recompressed"],
)
def test_the_same_picture_is_known_again(change: object) -> None:
    for seed in range(4):
        again = look(change(scene(seed)))  # type: ignore[operator]
        assert same_picture(look(scene(seed)).picture_hash, again.picture_hash)


def test_a_picture_turned_by_its_metadata_is_the_same_picture() -> None:
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6  # held upright: the camera stores it lying
    turned = encode(scene().transpose(Image.Transpose.ROTATE_90), exif=exif)
    assert same_picture(look_at(turned, "image/jpeg", "x", False).picture_hash, look(scene()).picture_hash)


def test_different_views_are_told_apart() -> None:
    image = scene()
    views = [
        image,
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        image.rotate(180),
        image.crop((300, 100, 800, 475)),  # nearer
        image.crop((0, 0, 700, 525)),  # from the side
        receipt(["EXAMPLE STORE", "Total 99.00"]),
        screen(ORDER_LINES),
        Image.open(HEIC),
    ]
    hashes = [look(view.convert("RGB")).picture_hash for view in views]
    assert not any(same_picture(a, b) for n, a in enumerate(hashes) for b in hashes[:n])
    assert not same_picture("", "")


# --- print and codes --------------------------------------------------------------------------


def test_codes_on_a_photo_of_the_box_are_read() -> None:
    image = scene()
    for text, kind, place in (
        ("https://example.com/?sn=T3U-0042", zxingcpp.BarcodeFormat.QRCode, (30, 30)),
        ("5901234123457", zxingcpp.BarcodeFormat.EAN13, (600, 40)),
    ):
        code = memoryview(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=3))
        image.paste(Image.frombytes("L", (code.shape[1], code.shape[0]), code.tobytes()), place)
    assert set(look(image).codes) == {"https://example.com/?sn=T3U-0042", "5901234123457"}


@needs_ocr
def test_the_order_number_on_a_screenshot_is_read() -> None:
    found = look(screen(ORDER_LINES), "PNG")
    assert "302-1234567-7654321" in found.text
    assert shows_an_order(found)
    assert not may_show_the_watch(found)


@needs_ocr
def test_a_photographed_receipt_is_a_document_and_no_evidence() -> None:
    found = look(receipt(["EXAMPLE STORE", "Order KS-10293847", "TANK M3", "Total 99.00 EUR", "2025-03-04"]))
    assert found.kind == "document"
    assert "KS-10293847" in found.text
    assert not counts_as_evidence(found)


def test_without_ocr_the_note_says_so_and_the_picture_is_still_judged() -> None:
    program = (
        "import sys; sys.modules['rapidocr'] = None\n"
        "from bot.core.details.evidence import look_at\n"
        "found = look_at(sys.stdin.buffer.read(), 'image/png', 'image.png', False)\n"
        "print(found.kind, found.note, sep='|')"
    )
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=encode(screen(ORDER_LINES), "PNG"),
        capture_output=True,
        cwd=root,
        check=True,
    )
    assert run.stdout.decode().strip() == "screenshot|not read: no OCR installed"


def test_reading_print_can_be_left_out() -> None:
    found = look_at(encode(screen(ORDER_LINES), "PNG"), "image/png", "x.png", False, read_print=False)
    assert (found.kind, found.text) == ("screenshot", "")
    assert found.note.startswith("not read: there is too much")
