"""Pictures as customers send them, drawn for the tests: a watch on a table, a page of an app, a receipt."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.core.details.evidence import look_at
from bot.core.model import Look

ORDER_LINES = ["Your Orders", "Order # 302-1234567-7654321", "Watch TANK T3 Ultra", "Total: EUR 129,99", "Delivered"]


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


def sign(size: tuple[int, int] = (220, 70)) -> Image.Image:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.polygon([(8, size[1] - 10), (size[1] // 2, 10), (size[1] - 8, size[1] - 10)], fill=(160, 30, 30))
    draw.text((size[1] + 10, size[1] // 3), "EXAMPLE", fill=(60, 60, 60), font_size=size[1] // 3)
    return image


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def look(image: Image.Image, kind: str = "JPEG", name: str = "IMG_2041.jpg", inline: bool = False) -> Look:
    return look_at(encode(image, kind), f"image/{kind.lower()}", name, inline)
