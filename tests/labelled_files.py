"""Files that customers attach, drawn here: watches, bad photos, screenshots, a PDF, the start of a video.

Only drawing lives here. Everything follows from the seed, so the same case gives the same bytes.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

SIZE = (840, 1120)
HEIC = Path(__file__).parent / "core" / "pictures" / "cracked.heic"  # nothing here writes this format
FTYP = b"\x00\x00\x00\x1cftypmp42\x00\x00\x00\x00isommp42mp41"


def build_file(spec: dict[str, Any], seed: str) -> tuple[bytes, str]:
    """Bytes and MIME type of one attachment; raises KeyError for an unknown kind."""
    return KINDS[spec["kind"]](spec, random.Random(f"{seed}/{spec['name']}"))


# --- pictures -----------------------------------------------------------------------------------


def _photo(spec: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    return _jpeg(_grain(_watch(chance), chance, 14)), "image/jpeg"


def _blurred(spec: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    soft = _watch(chance).filter(ImageFilter.GaussianBlur(18))
    return _jpeg(_grain(soft, chance, 4)), "image/jpeg"


def _dark(spec: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    return _jpeg(_grain(_watch(chance), chance, 14).point(lambda v: int(v * 0.06))), "image/jpeg"


def _logo(spec: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    image = Image.new("RGB", (120, 40), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    draw.polygon([(6, 34), (20, 6), (34, 34)], fill=(180, 60, 20))
    draw.text((42, 12), "QUINN", font=ImageFont.load_default(size=16), fill=(50, 50, 50))
    return _png(image), "image/png"


def _order_screenshot(spec: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    return _screen(spec, (30, 70, 120))


def _app_screenshot(spec: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    return _screen(spec, (20, 20, 24))


def _heic(spec: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    return HEIC.read_bytes(), "image/heic"


def _watch(chance: random.Random) -> Image.Image:
    """A round watch with lines on its dial, on a wooden table."""
    table = chance.choice([(170, 138, 100), (200, 190, 176), (124, 132, 140)])
    image = Image.new("RGB", SIZE, table)
    draw = ImageDraw.Draw(image)
    for y in range(0, SIZE[1], 6):
        shade = chance.randint(-18, 18)
        draw.line([(0, y), (SIZE[0], y + chance.randint(-4, 4))], fill=tuple(c + shade for c in table), width=3)
    x, y = SIZE[0] // 2 + chance.randint(-30, 30), SIZE[1] // 2 + chance.randint(-30, 30)
    draw.rounded_rectangle([x - 120, 60, x + 120, SIZE[1] - 60], 30, fill=(34, 34, 38))
    for hole in (*range(110, 260, 44), *range(SIZE[1] - 260, SIZE[1] - 110, 44)):
        draw.rounded_rectangle([x - 18, hole, x + 18, hole + 16], 7, fill=(10, 10, 10))
    draw.ellipse([x - 260, y - 260, x + 260, y + 260], fill=(70, 72, 76), outline=(18, 18, 20), width=6)
    for ox, oy in ((-180, -180), (180, -180), (-180, 180), (180, 180)):
        draw.ellipse([x + ox - 14, y + oy - 14, x + ox + 14, y + oy + 14], fill=(160, 160, 164), outline=(30, 30, 30))
    draw.ellipse([x - 210, y - 210, x + 210, y + 210], fill=(6, 8, 12), outline=(190, 190, 190), width=4)
    draw.text((x, y - 70), "10:09", font=ImageFont.load_default(size=96), fill=(235, 240, 245), anchor="ma")
    draw.text((x, y - 244), "KOSPET", font=ImageFont.load_default(size=20), fill=(210, 210, 210), anchor="ma")
    for _ in range(12):
        at = x + chance.randint(-150, 150)
        half = int((205**2 - (at - x) ** 2) ** 0.5)
        colour = chance.choice([(40, 255, 90), (210, 60, 255), (255, 255, 255)])
        draw.line([at, y - half, at, y + half], fill=colour, width=chance.randint(1, 4))
    return image.rotate(chance.uniform(-6, 6), resample=Image.Resampling.BICUBIC, fillcolor=table)


def _grain(image: Image.Image, chance: random.Random, spread: int) -> Image.Image:
    noise = Image.frombytes("RGB", image.size, chance.randbytes(image.width * image.height * 3))
    return ImageChops.add(image, noise.point(lambda v: 128 - spread + v * 2 * spread // 255), offset=-128)


def _screen(spec: dict[str, Any], bar: tuple[int, int, int]) -> tuple[bytes, str]:
    image = Image.new("RGB", (720, 1280), (248, 248, 250))
    draw = ImageDraw.Draw(image)
    draw.text((30, 12), "9:41", font=ImageFont.load_default(size=26), fill=(20, 20, 20))
    draw.rectangle([0, 56, 720, 150], fill=bar)
    for number, line in enumerate(spec["lines"]):
        colour = (255, 255, 255) if number == 0 else (24, 24, 28)
        draw.text((32, 80 + 90 * number), line, font=ImageFont.load_default(size=38), fill=colour)
    is_png = spec["name"].lower().endswith(".png")
    return (_png(image), "image/png") if is_png else (_jpeg(image), "image/jpeg")


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86)
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


# --- other files --------------------------------------------------------------------------------


def _video(spec: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    load = chance.randbytes(30_000)
    return FTYP + (len(load) + 8).to_bytes(4, "big") + b"mdat" + load, "video/mp4"


def _receipt_pdf(spec: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    lines = " ".join(f"({line.replace('(', '[').replace(')', ']')}) Tj T*" for line in spec["lines"])
    stream = f"BT /F1 12 Tf 50 790 Td 20 TL {lines} ET".encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 7\n0000000000 65535 f \n" + table + end, "application/pdf"


KINDS: dict[str, Callable[[dict[str, Any], random.Random], tuple[bytes, str]]] = {
    "photo": _photo,
    "blurred": _blurred,
    "dark": _dark,
    "logo": _logo,
    "order_screenshot": _order_screenshot,
    "app_screenshot": _app_screenshot,
    "heic": _heic,
    "video": _video,
    "receipt_pdf": _receipt_pdf,
}
