"""A picture file -> pixels, safely: which formats are opened, how large they may be, how they are decoded.

Only the formats in FORMATS are ever opened, only their first frame, and only up to the pixel limit of the format.
Nothing of the file's metadata is kept, except whether a camera or a screen made it.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from datetime import date

import pi_heif
from PIL import Image, ImageOps, UnidentifiedImageError

pi_heif.register_heif_opener(thumbnails=False)

MEGA = 1_000_000
# Format -> the most pixels it may have. JPEG is decoded at a fraction of its size, which costs next to nothing, so
# 200 megapixel phones are welcome; progressive JPEG and the others are decoded whole.
FORMATS = {
    "JPEG": 210 * MEGA,
    "MPO": 210 * MEGA,
    "HEIF": 64 * MEGA,
    "PNG": 40 * MEGA,
    "WEBP": 40 * MEGA,
    "GIF": 40 * MEGA,
}
OPENED = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
PROGRESSIVE = 64 * MEGA
TOO_BIG = "not opened: the picture has more pixels than is safe"
DECODED_EDGE = 1500  # half of a 12 megapixel photo: enough for print and bar codes
CAMERA_TAGS, EXIF_IFD, USER_COMMENT, TAKEN = (0x010F, 0x0110), 0x8769, 0x9286, 0x9003


class NotOpenedError(Exception):
    """The reason a picture stays closed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A decoded picture, upright and RGB, at most about twice DECODED_EDGE."""

    pixels: Image.Image
    width: int
    height: int
    format: str
    camera: bool
    """the file names the camera"""
    marked_screenshot: bool
    taken_on: str = ""
    """ISO date, as the camera noted it"""


def open_picture(data: bytes) -> Picture:
    """The first frame of a picture file, reduced while decoding where the format can. Raises NotOpenedError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)
            return _decode(data)
    except NotOpenedError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotOpenedError(TOO_BIG) from error
    except UnidentifiedImageError as error:
        raise NotOpenedError("the file is not a picture of a kind that is opened") from error
    except MemoryError as error:
        raise NotOpenedError(TOO_BIG) from error
    except Exception as error:
        # Decoders answer a broken file with almost any exception: OSError, SyntaxError, struct.error, IndexError ...
        raise NotOpenedError(f"the picture is broken ({type(error).__name__})") from error


def _decode(data: bytes) -> Picture:
    # The size is in the header; the library's own alarm would also ring for large phones' honest JPEGs.
    Image.MAX_IMAGE_PIXELS = max(FORMATS.values())
    with Image.open(io.BytesIO(data), formats=OPENED) as image:
        width, height = image.size
        format_ = image.format or ""
        most = FORMATS.get(format_, 0)
        if image.info.get("progressive") or image.info.get("progression"):
            most = min(most, PROGRESSIVE)
        if width * height > most:
            raise NotOpenedError(f"{TOO_BIG} ({width * height // MEGA} megapixels)")
        exif = image.getexif()
        camera = any(str(exif.get(tag, "")).strip("\0 ") for tag in CAMERA_TAGS)
        shot = exif.get_ifd(EXIF_IFD)
        comment = shot.get(USER_COMMENT, b"")
        image.draft("RGB", (DECODED_EDGE, DECODED_EDGE))
        upright = ImageOps.exif_transpose(image)
        return Picture(
            pixels=_to_rgb(upright),
            width=width,
            height=height,
            format=format_,
            camera=camera,
            marked_screenshot=b"Screenshot" in (comment if isinstance(comment, bytes) else str(comment).encode()),
            taken_on=_day(shot.get(TAKEN)) if camera else "",
        )


def _day(noted: object) -> str:
    """``2025:03:14 09:26:53`` as an ISO date; empty for anything else, such as a clock that was never set."""
    try:
        return date.fromisoformat(str(noted)[:10].replace(":", "-")).isoformat()
    except ValueError:
        return ""


def _to_rgb(image: Image.Image) -> Image.Image:
    """RGB on white: a transparent logo is looked at on paper, as a mail shows it."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        image = image.convert("I").point(lambda v: v / 256).convert("L")
    if max(image.size) > 2 * DECODED_EDGE:
        image.thumbnail((2 * DECODED_EDGE, 2 * DECODED_EDGE), Image.Resampling.NEAREST)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        return paper.convert("RGB")
    return image.convert("RGB")
