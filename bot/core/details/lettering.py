"""Print in pictures: is there any, what does it say, and which bar codes are there.

Reading print needs the ``[ocr]`` extra (rapidocr with onnxruntime). It is loaded on the first picture that has
print, never before; without it the note says that nothing was read. What is read is a suggestion: I, l and 1, O and 0
look alike to it, and whoever uses the text must allow for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, Protocol

import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageStat

NO_OCR = "not read: no OCR installed"
TEXT_BYTES = 20_000
READING_EDGE = 800  # phones' screenshots are 720 to 1440 wide; all of their print stays legible at this width
BAND, SHARED, BANDS = 1250, 60, 6
ENOUGH = 3000  # letters; a page of small print takes seconds, an order is told on its first screen
SURE = 0.6

CODES, CODE_LENGTH = 10, 300
# Codes with a check digit or error correction. ITF and Codabar are left out: they are "found" in fences and straps.
CODE_FORMATS = "QRCode,MicroQRCode,DataMatrix,Aztec,PDF417,Code128,Code39,Code93,EAN13,UPCA"

# Print as pixels: thin dark strokes on bright, colourless paper, in lines with gaps between them.
PRINT_EDGE, COLUMNS = 960, 8
STROKE, PAPER, COLOURLESS, PAPER_SHARE = 56, 110, 60, 0.2
LINE_HEIGHT, LINES, GAP, INK = (6, 60), 3, 3, 6


class Reads(Protocol):
    """The one call we make of the OCR engine."""

    def __call__(self, img_content: Any) -> Any:
        """Boxes, texts and scores of a BGR array."""


@cache
def load_ocr() -> Reads | None:
    """The OCR engine, or None when the extra is not installed. One thread: it must survive a fork."""
    try:
        from rapidocr import RapidOCR
    except ImportError:
        return None
    engine: Reads = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            # Line by line: half the time and a quarter of the memory of six lines padded to the longest.
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    return engine


def read_text(picture: Image.Image) -> tuple[str, str]:
    """The lines of print in an RGB picture from top to bottom, and a note when they could not be read."""
    engine = load_ocr()
    if engine is None:
        return "", NO_OCR
    import numpy as np

    lines: list[str] = []
    for band in _bands(picture):
        try:
            result = engine(np.asarray(band)[:, :, ::-1])
        except Exception as error:  # noqa: BLE001 - the engine's own edge
            # It wraps three libraries; out of memory alone has four names. The picture itself is still judged.
            return cut("\n".join(lines)), f"not read to the end: the OCR gave up ({type(error).__name__})"
        if result is not None and result.txts is not None:
            read = [text.strip() for text, score in zip(result.txts, result.scores, strict=True) if score >= SURE]
            # Neighbouring bands share a strip, so that no line is cut in two.
            lines += [line for line in read if line and line not in lines[-3:]]
        if sum(map(len, lines)) > ENOUGH:
            return cut("\n".join(lines)), "read in part: there is much print in the picture"
    return cut("\n".join(lines)), ""


def _bands(picture: Image.Image) -> Iterator[Image.Image]:
    """A picture in pieces the OCR can take within the child's memory, the width reduced where it is large."""
    width, height = picture.size
    scale = min(1.0, READING_EDGE / max(min(width, height), width / 2))
    small = (
        picture
        if scale == 1.0
        else picture.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS)
    )
    for number in range(BANDS):
        top = number * (BAND - SHARED)
        if number and top + SHARED >= small.height:
            return
        yield small.crop((0, top, small.width, min(top + BAND, small.height)))


def read_codes(grey: Image.Image) -> tuple[str, ...]:
    """What the bar codes and QR codes in a grey picture say."""
    try:
        found = zxingcpp.read_barcodes(grey, formats=zxingcpp.barcode_formats_from_str(CODE_FORMATS))
    except (RuntimeError, ValueError):
        return ()
    texts = ("".join(c for c in code.text if c.isprintable())[:CODE_LENGTH].strip() for code in found)
    return tuple(dict.fromkeys(text for text in texts if text))[:CODES]


def cut(text: str) -> str:
    """At most TEXT_BYTES of UTF-8, without control characters other than line ends."""
    clean = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c.isprintable())
    return clean.encode("utf-8", "ignore")[:TEXT_BYTES].decode("utf-8", "ignore")


def has_print(picture: Image.Image) -> bool:
    """Whether an RGB picture may show a sheet with print, upright or lying. Cheap, and says yes too often."""
    small = picture.copy()
    small.thumbnail((PRINT_EDGE, PRINT_EDGE), Image.Resampling.LANCZOS)
    grey = small.convert("L")
    # What the paper would look like without the ink: the brightest grey around each place.
    paper = grey.reduce(6).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.BoxBlur(2))
    paper = paper.resize(grey.size, Image.Resampling.BILINEAR)
    bright = paper.point(lambda v: 255 if v > PAPER else 0)
    colour = small.convert("HSV").getchannel("S").point(lambda v: 255 if v < COLOURLESS else 0)
    sheet = ImageChops.multiply(bright, colour)
    if ImageStat.Stat(sheet).mean[0] < PAPER_SHARE * 255:
        return False
    ink = ImageChops.multiply(ImageChops.subtract(paper, grey).point(lambda v: 255 if v > STROKE else 0), bright)
    # Wide dark areas are things, not strokes. Box blurs stand in for slow erosion and dilation.
    things = ink.filter(ImageFilter.BoxBlur(4)).point(lambda v: 255 if v > 250 else 0)
    things = things.filter(ImageFilter.BoxBlur(7)).point(lambda v: 255 if v else 0)
    strokes = ImageChops.subtract(ink, things)
    return any(_columns_with_lines(way) >= 2 for way in (strokes, strokes.transpose(Image.Transpose.ROTATE_90)))


def _columns_with_lines(strokes: Image.Image) -> int:
    width, height = strokes.size
    edges = [width * n // COLUMNS for n in range(COLUMNS + 1)]
    columns = (strokes.crop((left, 0, right, height)) for left, right in pairwise(edges))
    return sum(1 for column in columns if _count_lines(column) >= LINES)


def _count_lines(column: Image.Image) -> int:
    """Rows of strokes of the height of print, with blank rows between them."""
    profile = column.resize((1, column.height), Image.Resampling.BOX).tobytes() + bytes(GAP)
    lines, start, blank = 0, -1, 0
    for y, ink in enumerate(profile):
        if ink >= INK:
            start, blank = (y if start < 0 else start), 0
        elif start >= 0:
            blank += 1
            if blank == GAP:
                lines += LINE_HEIGHT[0] <= y - GAP + 1 - start <= LINE_HEIGHT[1]
                start, blank = -1, 0
    return lines
