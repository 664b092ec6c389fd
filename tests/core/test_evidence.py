"""Pictures, videos and documents drawn here, looked at as a customer's files are."""

from __future__ import annotations

import importlib.util
import io
import random
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.core.details.evidence import counts_as_evidence, look_at, may_show_the_watch, shows_an_order
from bot.core.details.pixels import same_picture
from bot.core.model import Look

OCR = importlib.util.find_spec("rapidocr") is not None and importlib.util.find_spec("onnxruntime") is not None
needs_ocr = pytest.mark.skipif(not OCR, reason="the [ocr] extra is not installed")
needs_av = pytest.mark.skipif(importlib.util.find_spec("av") is None, reason="the [video] extra is not installed")

HEIC = Path(__file__).with_name("pictures") / "cracked.heic"
EXIF_MAKE, EXIF_ORIENTATION = 0x010F, 0x0112


def scene(seed: int = 1, size: tuple[int, int] = (960, 720)) -> Image.Image:
    """A watch with a cracked dial on a wooden table."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, (146, 116, 88))
    draw = ImageDraw.Draw(image)
    width, height = size
    for y in range(0, height, 7):
        shade = chance.randint(-18, 18)
        draw.line([(0, y), (width, y + chance.randint(-4, 4))], fill=(146 + shade, 116 + shade, 88 + shade), width=2)
    x, y, r = width // 2 + chance.randint(-60, 60), height // 2 + chance.randint(-40, 40), height // 3
    strap = (chance.randint(20, 160), chance.randint(20, 120), 40)
    draw.rectangle([x - r // 2, 0, x + r // 2, height], fill=strap)
    draw.ellipse([x - r, y - r, x + r, y + r], fill=(62, 64, 70), outline=(200, 200, 200), width=6)
    draw.ellipse([x - r + 24, y - r + 24, x + r - 24, y + r - 24], fill=(8, 10, 16))
    for _ in range(12):
        end = (x + chance.randint(-r // 2, r // 2), y + chance.randint(-r // 2, r // 2))
        draw.line([(x, y), end], fill=(225, 228, 232), width=chance.randint(1, 3))
    draw.text((x, y - r // 2), "10:09", fill=(240, 240, 244), font_size=r // 4, anchor="mm")
    return grain(image, 5, seed)


def grain(image: Image.Image, spread: int, seed: int = 1) -> Image.Image:
    """The noise of a camera."""
    width, height = image.size
    raw = Image.frombytes("RGB", image.size, random.Random(seed).randbytes(width * height * 3))
    return ImageChops.add(image, raw.point(lambda v: 128 - spread + v * 2 * spread // 255), 1.0, -128)


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius)) if radius else image


def screen(lines: list[str], size: tuple[int, int] = (1080, 2220)) -> Image.Image:
    """A page of a shop's app."""
    image = Image.new("RGB", size, (248, 248, 250))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, size[0], size[1] // 12], fill=(30, 42, 60))
    for number, line in enumerate(lines):
        y = size[1] // 8 + number * size[1] // 20
        draw.text((size[0] // 20, y), line, fill=(20, 20, 24), font_size=size[1] // 45)
        draw.line([(0, y + size[1] // 25), (size[0], y + size[1] // 25)], fill=(224, 224, 230), width=2)
    return image


def receipt(lines: list[str]) -> Image.Image:
    """A paper receipt on a dark table, photographed by hand."""
    paper = Image.new("RGB", (640, 140 + 60 * len(lines)), (246, 244, 238))
    draw = ImageDraw.Draw(paper)
    for number, line in enumerate(lines):
        draw.text((50, 60 + 60 * number), line, fill=(40, 40, 44), font_size=34)
    image = Image.new("RGB", (800, paper.height + 160), (80, 66, 58))
    image.paste(paper, (80, 80))
    return grain(image.rotate(2, resample=Image.Resampling.BICUBIC, fillcolor=(80, 66, 58)), 5)


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def look(image: Image.Image, kind: str = "JPEG", name: str = "IMG_2041.jpg", inline: bool = False) -> Look:
    return look_at(encode(image, kind), f"image/{kind.lower()}", name, inline)


# --- sharpness, light, size -------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("radius", "faults"),
    [
        (0, ()),  # in focus
        (0.8, ()),  # a cheap lens
        (5, ("blurred",)),  # too near
        (12, ("blurred",)),  # hopeless
    ],
)
def test_a_photo_is_blurred_from_a_radius_on(seed: int, radius: float, faults: tuple[str, ...]) -> None:
    assert look(grain(blurred(scene(seed), radius), 2)).faults == faults


def test_the_more_blur_the_less_sharpness() -> None:
    measured = [look(blurred(scene(), radius)).sharpness or 0.0 for radius in (0, 1, 2, 4, 8, 16)]
    assert measured == sorted(measured, reverse=True)


@pytest.mark.parametrize("size", [(640, 480), (960, 720), (2016, 1512), (4032, 3024)])
def test_the_measure_means_the_same_at_every_size(size: tuple[int, int]) -> None:
    assert look(scene().resize(size, Image.Resampling.BICUBIC)).faults == ()
    assert look(blurred(scene(), 8).resize(size, Image.Resampling.BICUBIC)).faults == ("blurred",)


def test_sensor_noise_does_not_make_a_blurred_photo_sharp() -> None:
    assert look(grain(blurred(scene(size=(2016, 1512)), 20), 10)).faults == ("blurred",)


def test_a_sharp_watch_before_a_blurred_room_is_sharp() -> None:
    room = scene(9, (1280, 960)).filter(ImageFilter.GaussianBlur(20))
    room.paste(scene(2, (1280, 960)).crop((400, 200, 880, 760)), (400, 200))
    assert look(room).faults == ()


def test_a_moved_camera_is_blur_too() -> None:
    moved = scene()
    for shift in range(1, 24):
        moved = Image.blend(moved, ImageChops.offset(scene(), shift, 0), 1 / (shift + 1))
    assert look(moved).faults == ("blurred",)


@pytest.mark.parametrize(
    ("factor", "faults"),
    [
        (1.0, ()),
        (0.5, ()),  # an evening lamp
        (0.1, ("dark",)),  # and never blurred: in the dark sharpness says nothing
        (0.03, ("dark",)),
    ],
)
def test_light_is_judged_before_sharpness(factor: float, faults: tuple[str, ...]) -> None:
    assert look(scene().point(lambda v: int(v * factor))).faults == faults


def test_a_lit_dial_in_a_dark_room_is_not_dark() -> None:
    dark = scene().point(lambda v: int(v * 0.05))
    ImageDraw.Draw(dark).text((480, 360), "10:09", fill=(250, 250, 250), font_size=160, anchor="mm")
    assert "dark" not in look(dark).faults


def test_an_overexposed_photo_is_told_to_staff_only() -> None:
    burnt = look(scene().point(lambda v: min(255, v * 3)))
    assert burnt.note == "largely overexposed"
    assert "dark" not in burnt.faults


@pytest.mark.parametrize(
    ("size", "small"),
    [((240, 180), True), ((319, 300), True), ((640, 150), True), ((640, 480), False), ((480, 640), False)],
)
def test_a_thumbnail_is_too_small(size: tuple[int, int], small: bool) -> None:
    assert ("small" in look(scene().resize(size, Image.Resampling.LANCZOS)).faults) is small


# --- kinds ------------------------------------------------------------------------------------

ORDER_LINES = ["Your Orders", "Order # 302-1234567-7654321", "Watch TANK T3 Ultra", "Total: EUR 129,99", "Delivered"]


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


def sign(size: tuple[int, int] = (220, 70)) -> Image.Image:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.polygon([(8, size[1] - 10), (size[1] // 2, 10), (size[1] - 8, size[1] - 10)], fill=(160, 30, 30))
    draw.text((size[1] + 10, size[1] // 3), "EXAMPLE", fill=(60, 60, 60), font_size=size[1] // 3)
    return image


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


@pytest.mark.parametrize(
    ("kind", "faults", "text", "evidence", "order"),
    [
        ("photo", (), "", True, False),
        ("photo", ("blurred",), "", False, False),
        ("photo", ("dark",), "", False, False),
        ("photo", ("small",), "", False, False),
        ("video", (), "", True, False),
        ("video", ("not_opened",), "", False, False),
        ("screenshot", (), "Order #48213 Total $129.99", False, True),  # an order
        ("screenshot", (), "Bestellnummer 302-1234567-7654321 Summe 99,00 €", False, True),
        ("screenshot", (), "Heart rate 180 bpm 12:45", False, False),  # the watch's app: a person decides
        ("screenshot", (), "Battery 3% Version 1.0.12", False, False),
        ("document", (), "Invoice 4410022991 EUR 129.00", False, True),
        ("logo", (), "", False, False),
        ("unreadable", ("not_opened",), "", False, False),
        ("other", (), "", False, False),
    ],
)
def test_what_counts_as_evidence(kind: str, faults: tuple[str, ...], text: str, evidence: bool, order: bool) -> None:
    found = Look(kind=kind, faults=faults, text=text)
    assert counts_as_evidence(found) is evidence
    assert shows_an_order(found) is order
    assert may_show_the_watch(found) is (kind == "screenshot" and not order)


# --- videos -----------------------------------------------------------------------------------


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


FTYP = box(b"ftyp", b"isom\0\0\2\0isommp42")
UPRIGHT, TURNED = (1, 0, 0, 0, 1, 0, 0, 0), (0, 1, 0, 0, -1, 0, 0, 0)


def moov(seconds: float, width: int = 1920, height: int = 1080, turned: bool = False, version: int = 0) -> bytes:
    word = ">Q" if version else ">I"
    times = struct.pack(word, 0) * 2
    duration = struct.pack(word, int(seconds * 600))
    head = bytes([version, 0, 0, 0])
    mvhd = box(b"mvhd", head, times, struct.pack(">I", 600), duration, bytes(80))
    matrix = b"".join(struct.pack(">i", v * 0x10000) for v in (TURNED if turned else UPRIGHT)) + struct.pack(
        ">I", 1 << 30
    )
    size = struct.pack(">II", width << 16, height << 16)
    tkhd = box(b"tkhd", head, times, struct.pack(">II", 1, 0), duration, bytes(8), bytes(8), matrix, size)
    return box(b"moov", mvhd, box(b"trak", tkhd), box(b"trak", box(b"tkhd", head, bytes(200))))


MDAT = box(b"mdat", random.Random(1).randbytes(5000))
LONG_MDAT = struct.pack(">I4sQ", 1, b"mdat", 16 + 5000) + bytes(5000)


@pytest.mark.parametrize(
    ("data", "seconds", "size"),
    [
        (FTYP + moov(12.5) + MDAT, 12.5, (1920, 1080)),  # ready for streaming
        (FTYP + MDAT + moov(12.5), 12.5, (1920, 1080)),  # as a phone writes it
        (FTYP + LONG_MDAT + moov(3), 3.0, (1920, 1080)),  # a box of 64-bit size
        (FTYP + MDAT + moov(4, version=1), 4.0, (1920, 1080)),  # 64-bit times
        (FTYP + MDAT + moov(5, turned=True), 5.0, (1080, 1920)),  # held upright
        (box(b"wide") + MDAT + moov(6), 6.0, (1920, 1080)),  # old QuickTime without ftyp
        (FTYP + moov(7) + struct.pack(">I4s", 0, b"mdat") + bytes(99), 7.0, (1920, 1080)),  # last box to the end
        (FTYP + MDAT + moov(8) + b"\0\0\0\x03phone", 8.0, (1920, 1080)),  # a maker's own bytes behind
    ],
    ids=["front", "back", "64-bit", "long times", "turned", "quicktime", "open end", "trailer"],
)
def test_an_mp4_tells_its_length_and_size(data: bytes, seconds: float, size: tuple[int, int]) -> None:
    found = look_at(data, "video/mp4", "VID.mp4", False)
    assert (found.kind, found.faults, found.seconds, (found.width, found.height)) == ("video", (), seconds, size)


def test_a_fragmented_mp4_tells_its_length() -> None:
    mvhd = box(b"mvhd", bytes(12), struct.pack(">II", 1000, 0), bytes(80))
    data = FTYP + box(b"moov", mvhd, box(b"mvex", box(b"mehd", bytes(4), struct.pack(">I", 2500)))) + MDAT
    assert look_at(data, "video/mp4", "v.mp4", False).seconds == 2.5


@pytest.mark.parametrize("keep", [40, 200, 3000, 5030])
def test_a_video_that_was_cut_off_is_not_opened(keep: int) -> None:
    data = FTYP + MDAT + moov(10)
    found = look_at(data[:keep], "video/mp4", "v.mp4", False)
    assert found.faults == ("not_opened",)
    assert "cut off" in found.note


def test_a_whole_video_without_an_index_is_left_to_a_person() -> None:
    found = look_at(FTYP + MDAT, "video/mp4", "v.mp4", False)
    assert counts_as_evidence(found)
    assert "no index" in found.note


def element(number: int, body: bytes, size: int | None = None) -> bytes:
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return name + (0x1 << 56 | (len(body) if size is None else size)).to_bytes(8, "big") + body


EBML = element(0x1A45DFA3, element(0x4282, b"webm"))
TRACK = element(0xAE, element(0xE0, element(0xB0, b"\x02\x80") + element(0xBA, b"\x01\xe0")))
BODY = (
    element(0x1549A966, element(0x2AD7B1, b"\x0f\x42\x40") + element(0x4489, struct.pack(">d", 9500.0)))
    + element(0x1654AE6B, TRACK)
    + element(0x1F43B675, bytes(3000))
)
STREAMED = b"\x18\x53\x80\x67\x01" + b"\xff" * 7


@pytest.mark.parametrize("data", [EBML + element(0x18538067, BODY), EBML + STREAMED + BODY], ids=["sized", "streamed"])
def test_a_webm_tells_its_length_and_size(data: bytes) -> None:
    found = look_at(data, "video/webm", "v.webm", False)
    assert (found.seconds, found.width, found.height, found.faults) == (9.5, 640, 480, ())


def test_a_webm_that_was_cut_off_is_not_opened() -> None:
    data = EBML + element(0x18538067, BODY)
    assert look_at(data[:-800], "video/webm", "v.webm", False).faults == ("not_opened",)


@pytest.mark.timeout(10)
def test_boxes_in_boxes_and_a_million_boxes_end_soon() -> None:
    nested = b""
    for _ in range(3000):
        nested = box(b"moov", nested)
    assert look_at(FTYP + nested, "video/mp4", "v.mp4", False).kind == "video"
    assert look_at(FTYP + box(b"free") * 1_000_000, "video/mp4", "v.mp4", False).kind == "video"
    assert look_at(EBML + b"\xae\x80" * 1_000_000, "video/webm", "v.webm", False).kind == "video"


@needs_av
@pytest.mark.parametrize(
    ("image", "faults"),
    [(scene(), ()), (scene().point(lambda v: v // 25), ("dark",)), (blurred(scene(), 14), ("blurred",))],
)
def test_a_video_is_dark_or_blurred_when_all_its_frames_are(image: Image.Image, faults: tuple[str, ...]) -> None:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 960, 720, "yuv420p", 8_000_000
        for _ in range(30):
            container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode())
    found = look_at(buffer.getvalue(), "video/mp4", "v.mp4", False)
    assert (found.width, found.height, round(found.seconds)) == (960, 720, 3)
    assert found.faults == faults


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
    started = time.perf_counter()
    found = look_at(pdf([], box_="0 0 14400000 14400000"), "application/pdf", "i.pdf", False)
    assert found.kind == "document"
    assert time.perf_counter() - started < 5


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
    started = time.perf_counter()
    found = look_at(data, "image/png", "x.png", False)
    assert (found.kind, found.faults) == ("unreadable", ("not_opened",))
    assert "more pixels than is safe" in found.note
    assert time.perf_counter() - started < 0.5
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
    started = time.perf_counter()
    found = look_at(buffer.getvalue(), "application/zip", "photos.zip", False)
    assert time.perf_counter() - started < 0.5
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
    FTYP + moov(1) + MDAT[:99],
)


@settings(max_examples=300, deadline=None)
@given(
    type_=st.sampled_from(TYPES),
    seed=st.sampled_from((b"", *SEEDS, EBML + element(0x18538067, BODY), pdf(["x"]))),
    at=st.integers(0, 3000),
    junk=st.binary(max_size=60),
)
@example(type_="video/mp4", seed=b"", at=0, junk=b"\0\0\0\x10moov\0\0\0\x08mvhd")
def test_any_bytes_under_any_type_give_a_look_and_no_error(type_: str, seed: bytes, at: int, junk: bytes) -> None:
    data = seed[:at] + junk + seed[at + len(junk) :]
    found = look_at(data, type_, "x", False, read_print=False)
    assert found.kind in ("photo", "screenshot", "logo", "video", "document", "other", "unreadable")
