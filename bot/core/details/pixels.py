"""What can be measured in a picture: light, sharpness, flatness, likeness. Pillow only, no judgement.

Every measure works on a reduced grey copy, so that a figure means the same for a thumbnail and for a 50 megapixel
photo. Thresholds live with those who judge (``photo``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import cos, pi

from PIL import Image, ImageChops, ImageFilter, ImageStat

# Blur is looked for at three sizes: fine blur shows in the large copy only; a strong blur under sensor noise
# only in the small ones, where the noise has been averaged away.
EDGES = (1024, 512, 320)
TILES = 4
TILE_BONUS = 0.08  # tiles measure lower than the whole picture by about this
HASH_EDGE = 32
NO_GRADIENT = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """Grey levels (0 to 255) below which 5, 50, 95 and 99 per cent of the picture lie, and the burnt share."""

    p5: int
    p50: int
    p95: int
    p99: int
    white: float
    """share of pixels without any drawing left in them (>= 252)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flatness:
    """How neighbouring pixels differ. Screens and drawings are flat with hard edges; the world is soft."""

    flat: float
    """share of neighbours that are equal within one level"""
    hard: float
    """share of hard edges among the neighbours that differ"""
    colours: float
    """share of the picture that its eight most frequent colours cover"""


def measure_light(grey: Image.Image) -> Light:
    """Light of a grey picture."""
    counts = grey.histogram()
    total = sum(counts)
    levels = {}
    for share in (0.05, 0.5, 0.95, 0.99):
        seen = 0
        for level, count in enumerate(counts):
            seen += count
            if seen >= share * total:
                levels[share] = level
                break
    return Light(p5=levels[0.05], p50=levels[0.5], p95=levels[0.95], p99=levels[0.99], white=sum(counts[252:]) / total)


def measure_sharpness(grey: Image.Image) -> float:
    """1 is razor-sharp, 0 a fog. Below 0.42 a person would call the photo blurred, below 0.50 soft.

    The re-blur measure of Crete, Dolmiere, Ladret and Nicolas ("The blur effect", 2007): blurring a sharp picture
    once more takes much of its contrast between neighbours away, blurring a blurred one hardly any. A picture
    counts as sharp when its sharpest parts are: the table behind a watch may lie out of focus.
    """
    return 1.0 - max(_blur_at(grey, edge) for edge in EDGES)


def _blur_at(grey: Image.Image, edge: int) -> float:
    small = grey.copy()
    small.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    small = small.filter(ImageFilter.MedianFilter(3))
    width, height = small.size
    if min(width, height) < 8 * TILES:
        return _blur(small)
    tiles = [
        small.crop((width * x // TILES, height * y // TILES, width * (x + 1) // TILES, height * (y + 1) // TILES))
        for x in range(TILES)
        for y in range(TILES)
    ]
    contrast = [_gradient(tile, 1, 0) for tile in tiles]
    mean = sum(contrast) / len(contrast)
    # The second-sharpest of the tiles with much in them: one alone may be a watermark or a date stamp.
    busy = sorted(_blur(tile) for tile, much in zip(tiles, contrast, strict=True) if much >= mean)
    return min(_blur(small), busy[min(1, len(busy) - 1)] + TILE_BONUS)


def _blur(grey: Image.Image) -> float:
    return max(_blur_along(grey, 1, 0), _blur_along(grey, 0, 1))


def _blur_along(grey: Image.Image, x: int, y: int) -> float:
    before = _neighbours(grey, x, y)
    after = _neighbours(grey.filter(ImageFilter.BoxBlur((4 * x, 4 * y))), x, y)
    contrast = ImageStat.Stat(before).sum[0]
    lost = ImageStat.Stat(ImageChops.subtract(before, after)).sum[0]
    return float((contrast - lost) / contrast) if contrast > NO_GRADIENT else 1.0


def _gradient(grey: Image.Image, x: int, y: int) -> float:
    return float(ImageStat.Stat(_neighbours(grey, x, y)).sum[0])


def _neighbours(grey: Image.Image, x: int, y: int) -> Image.Image:
    """How much each pixel differs from its neighbour to the left (1, 0) or above (0, 1)."""
    width, height = grey.size
    return ImageChops.difference(grey.crop((x, y, width, height)), grey.crop((0, 0, width - x, height - y)))


def measure_flatness(picture: Image.Image) -> Flatness:
    """Flatness of an RGB picture that has not been resampled (decoding at a fraction of the size is fine)."""
    grey = picture.convert("L")
    flat, hard = 1.0, 1.0
    for x, y in ((1, 0), (0, 1)):
        counts = _neighbours(grey, x, y).histogram()
        total, differing = sum(counts) or 1, sum(counts[2:]) or 1
        flat = min(flat, sum(counts[:2]) / total)
        hard = min(hard, sum(counts[32:]) / differing)
    few = picture.copy()
    few.thumbnail((160, 160), Image.Resampling.NEAREST)
    tally = sorted((count for count, _ in few.point(lambda v: v & 0xF0).getcolors(1 << 16) or ()), reverse=True)
    return Flatness(flat=flat, hard=hard, colours=sum(tally[:8]) / (sum(tally) or 1))


def hash_picture(grey: Image.Image) -> str:
    """64 bits as 16 hex digits: low frequencies of the picture, each above or below their median.

    The same picture resized, recompressed or brightened keeps nearly all bits; see ``same_picture``. Frequencies
    that run along one edge only are left out: they are alike in all photos of a watch in the middle of a table.
    """
    small = grey.resize((HASH_EDGE, HASH_EDGE), Image.Resampling.BOX)
    pixels = small.tobytes()
    rows = [pixels[n * HASH_EDGE : (n + 1) * HASH_EDGE] for n in range(HASH_EDGE)]
    waves = _waves()
    across = [[sum(p * w for p, w in zip(row, wave, strict=True)) for wave in waves] for row in rows]
    values = [sum(across[n][x] * wave[n] for n in range(HASH_EDGE)) for wave in waves for x in range(len(waves))]
    median = sorted(values)[len(values) // 2]
    bits = sum(1 << place for place, value in enumerate(values) if value > median)
    return f"{bits:016x}"


@cache
def _waves() -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(cos(pi * u * (2 * x + 1) / (2 * HASH_EDGE)) for x in range(HASH_EDGE)) for u in range(1, 9))


def same_picture(one: str, other: str, within: int = 4) -> bool:
    """Whether two hashes are of the same picture: at most ``within`` of 64 bits differ.

    Two shots from one place may pass for one picture, so this may draw a person's eye and decide nothing.
    """
    return bool(one and other) and (int(one, 16) ^ int(other, 16)).bit_count() <= within
