"""Drawn photographs of watches, grainy like a phone's: what customers of the demo attach.

No two customers' photos look alike: where the watch lies, on what table, and what its display shows comes from a seed.
The same picture in two cases would be flagged, and rightly.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1600, 1200)
TABLES = ((176, 158, 132), (150, 156, 160), (196, 190, 178), (128, 110, 92), (168, 172, 150), (186, 170, 176))
STRAPS = ((38, 40, 44), (52, 58, 48), (44, 48, 66), (70, 46, 38))
GLASS, GREEN = (12, 14, 18), (70, 230, 90)


def photograph(kind: str, seed: int) -> bytes:
    """A JPEG of a watch: ``photo`` has green lines on its display, ``off`` a dark one, ``fog`` drops behind the glass.
    ``blurred`` is the first of them, out of focus."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    image = Image.blend(_grain(), Image.new("RGB", SIZE, chance.choice(TABLES)), 0.72)
    draw = ImageDraw.Draw(image)
    x, y, r = chance.randint(620, 980), chance.randint(540, 660), chance.randint(330, 390)
    draw.rounded_rectangle((x - r // 2, 20, x + r // 2, 1180), 40, fill=chance.choice(STRAPS))
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(70, 72, 78), outline=(22, 22, 24), width=26)
    inner = int(r * 0.8)
    draw.ellipse((x - inner, y - inner, x + inner, y + inner), fill=GLASS)
    DISPLAYS.get(kind, _lines)(draw, chance, (x, y, inner))
    image = image.rotate(chance.uniform(-9, 9), Image.Resampling.BICUBIC, fillcolor=image.getpixel((8, 8)))
    if kind == "blurred":
        image = image.filter(ImageFilter.GaussianBlur(14))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


@cache
def _grain() -> Image.Image:
    return Image.effect_noise(SIZE, 40).convert("RGB")


Draw = Callable[[ImageDraw.ImageDraw, random.Random, tuple[int, int, int]], None]


def _lines(draw: ImageDraw.ImageDraw, chance: random.Random, place: tuple[int, int, int]) -> None:
    x, y, r = place
    for at in range(x - int(r * 0.8), x + int(r * 0.8), chance.randint(18, 40)):
        half = int((r * r - (at - x) ** 2) ** 0.5) - 12
        faint = chance.uniform(0.4, 1)
        draw.line(
            (at, y - half, at, y + half), fill=tuple(int(part * faint) for part in GREEN), width=chance.randint(2, 7)
        )
    draw.text(
        (x - 110, y - 50), f"{chance.randint(8, 19)}:{chance.randint(10, 59)}", fill=(235, 238, 240), font_size=90
    )


def _off(draw: ImageDraw.ImageDraw, chance: random.Random, place: tuple[int, int, int]) -> None:
    x, y, r = place
    for step in range(14):
        shine = 30 + 4 * step
        draw.arc((x - r + 9 * step, y - r + 9 * step, x + r - 60, y + r - 60), 200, 250, (shine, shine, shine + 6), 5)
    draw.ellipse((x + chance.randint(20, r // 2), y + 60, x + r // 2 + 20, y + r // 2), fill=(16, 18, 23))


def _fog(draw: ImageDraw.ImageDraw, chance: random.Random, place: tuple[int, int, int]) -> None:
    x, y, r = place
    draw.text(
        (x - 110, y - 50), f"{chance.randint(8, 19)}:{chance.randint(10, 59)}", fill=(120, 124, 128), font_size=90
    )
    for _ in range(420):
        at, down, size = chance.gauss(0, r * 0.42), chance.gauss(r * 0.3, r * 0.35), chance.randint(3, 15)
        if at * at + down * down < (r - 20) ** 2:
            grey = chance.randint(110, 190)
            draw.ellipse((x + at, y + down, x + at + size, y + down + size), outline=(grey, grey, grey + 8), width=2)


DISPLAYS: dict[str, Draw] = {"off": _off, "fog": _fog}
