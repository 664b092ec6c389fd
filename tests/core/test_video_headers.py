"""Videos built by hand, box by box: length, size, and whether they are whole."""

from __future__ import annotations

import importlib.util
import io
import random
import struct

import pytest
from drawings import blurred, scene
from PIL import Image

from bot.core.details.evidence import counts_as_evidence, look_at

needs_av = pytest.mark.skipif(importlib.util.find_spec("av") is None, reason="the [video] extra is not installed")


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
