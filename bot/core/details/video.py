"""A video file -> how long, how large, and whether it is whole. Headers only, by our own few lines.

Knows the boxes of MP4, MOV and 3GP (ISO 14496-12) and the elements of WebM and Matroska (RFC 8794, RFC 9559). A video
that was cut off on its way cannot be played by anyone: that is its one fault.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from bot.core.model import Look

MP4_TYPES = ("video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2")
WEBM_TYPES = ("video/webm", "video/x-matroska")
DEPTH, BOXES = 6, 4000
LONGEST = 86_400.0
LOOKED_INTO = MP4_TYPES + WEBM_TYPES

INSIDE = (b"moov", b"trak", b"mdia", b"mvex")  # boxes that hold boxes we look for

# Matroska element ids
SEGMENT, INFO, SCALE, DURATION, TRACKS, TRACK, VIDEO, WIDTH, HEIGHT = (
    0x18538067,
    0x1549A966,
    0x2AD7B1,
    0x4489,
    0x1654AE6B,
    0xAE,
    0xE0,
    0xB0,
    0xBA,
)
CONTAINERS = (SEGMENT, INFO, TRACKS, TRACK, VIDEO)


class CutOffError(Exception):
    """The file ends before it should."""


@dataclass(slots=True)
class Film:
    """What the headers say."""

    seconds: float = 0.0
    width: int = 0
    height: int = 0
    indexed: bool = False
    """the table without which no player starts was found"""


def look_at_video(data: bytes, found_type: str) -> Look:
    """Length and size of a video file."""
    if found_type not in LOOKED_INTO:
        return Look(kind="video", note="length unknown: only MP4, MOV, 3GP, WebM and Matroska are looked into")
    try:
        film = _read_boxes(memoryview(data)) if found_type in MP4_TYPES else _read_elements(memoryview(data))
    except CutOffError:
        return Look(kind="video", faults=("not_opened",), note="the video is cut off: it was not sent whole")
    except (ValueError, IndexError, struct.error) as error:
        return Look(kind="video", faults=("not_opened",), note=f"the video is broken ({type(error).__name__})")
    # Whole and yet without an index: perhaps playable with effort, so a person may try before we ask again.
    note = "" if film.indexed else "length unknown: the video has no index, it may not play"
    return Look(kind="video", seconds=round(film.seconds, 2), width=film.width, height=film.height, note=note)


# --- MP4, MOV, 3GP ----------------------------------------------------------------------------


def _read_boxes(data: memoryview) -> Film:
    film, scale = Film(), 0
    for kind, body, path in _boxes(data, ()):
        if kind == b"mvhd":
            film.indexed = True
            film.seconds, scale = _duration(body)
        elif kind == b"mdhd":
            film.seconds = max(film.seconds, _duration(body)[0])
        elif kind == b"mehd" and scale:
            # A video in fragments says its length here.
            film.seconds = max(film.seconds, min(_number(body[4:12] if body[0] == 1 else body[4:8]) / scale, LONGEST))
        elif kind == b"tkhd" and path == (b"moov", b"trak"):
            width, height = _track_size(body)
            if width * height > film.width * film.height:
                film.width, film.height = width, height
    return film


def _boxes(data: memoryview, path: tuple[bytes, ...]) -> Iterator[tuple[bytes, memoryview, tuple[bytes, ...]]]:
    at, count = 0, 0
    while at + 8 <= len(data) and count < BOXES:
        count += 1
        size, kind, head = _number(data[at : at + 4]), bytes(data[at + 4 : at + 8]), 8
        if size == 1:
            size, head = _number(data[at + 8 : at + 16]), 16
        elif size == 0:
            size = len(data) - at
        if size < head or not all(32 <= c < 127 or c == 0xA9 for c in kind):
            if path or not count > 1:
                raise ValueError
            return  # bytes after the last box: some phones append their own
        if at + size > len(data):
            raise CutOffError
        body = data[at + head : at + size]
        yield kind, body, path
        if kind in INSIDE and len(path) < DEPTH:
            yield from _boxes(body, (*path, kind))
        at += size


def _duration(body: memoryview) -> tuple[float, int]:
    """Seconds and the ticks in one of them."""
    long = body[0] == 1
    scale = _number(body[20:24]) if long else _number(body[12:16])
    ticks = _number(body[24:32]) if long else _number(body[16:20])
    unknown = (1 << 64) - 1 if long else (1 << 32) - 1
    return (min(ticks / scale, LONGEST) if scale and ticks != unknown else 0.0), scale


def _track_size(body: memoryview) -> tuple[int, int]:
    """Width and height as shown: a track turned by a quarter has them swapped."""
    matrix = 52 if body[0] == 1 else 40
    width, height = _number(body[matrix + 36 : matrix + 38]), _number(body[matrix + 40 : matrix + 42])
    turned = _number(body[matrix : matrix + 4]) == 0 and _number(body[matrix + 4 : matrix + 8]) != 0
    return (height, width) if turned else (width, height)


def _number(data: memoryview) -> int:
    return int.from_bytes(data, "big")


# --- WebM, Matroska ---------------------------------------------------------------------------


def _read_elements(data: memoryview) -> Film:
    film, scale, ticks = Film(), 1_000_000, 0.0
    for element, body in _elements(data, 0):
        if element == TRACKS:
            film.indexed = True
        elif element == SCALE:
            scale = _number(body)
        elif element == DURATION:
            ticks = _real(body)
        elif element == WIDTH:
            film.width = max(film.width, _number(body))
        elif element == HEIGHT:
            film.height = max(film.height, _number(body))
    film.seconds = min(max(ticks * scale / 1e9, 0.0), LONGEST)
    return film


def _elements(data: memoryview, depth: int) -> Iterator[tuple[int, memoryview]]:
    at, count = 0, 0
    while at < len(data) and count < BOXES:
        count += 1
        element, at = _variable(data, at, keep_marker=True)
        size, at = _variable(data, at, keep_marker=False)
        if size < 0:
            # Of unknown size: a recording that was streamed. Its end is the end of the file.
            size = len(data) - at
        if at + size > len(data):
            raise CutOffError
        body = data[at : at + size]
        yield element, body
        if element in CONTAINERS and depth < DEPTH:
            yield from _elements(body, depth + 1)
        at += size


def _real(body: memoryview) -> float:
    value = float(struct.unpack(">f" if len(body) == 4 else ">d", body)[0])
    return value if isfinite(value) else 0.0


def _variable(data: memoryview, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """A number of one to eight bytes whose leading zeros tell its length; -1 when all its bits are set."""
    if at >= len(data):
        raise CutOffError
    length = 9 - data[at].bit_length()
    if length > 8:
        raise ValueError
    if at + length > len(data):
        raise CutOffError
    value = _number(data[at : at + length])
    if keep_marker:
        return value, at + length
    value &= (1 << (7 * length)) - 1
    return (-1 if value == (1 << (7 * length)) - 1 else value), at + length
