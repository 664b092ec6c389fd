"""A picture file -> what it shows and whether it can serve as evidence.

Judged in this order, since each spoils the next: opened at all, size, light, sharpness - a dark picture always looks
blurred. A fault leads to a polite question for a better photo, so each threshold leans towards the customer.
"""

from __future__ import annotations

import re
from dataclasses import replace

from PIL import Image

from bot.core.details.lettering import has_print, read_codes, read_text
from bot.core.details.picture import NotOpenedError, Picture, open_picture
from bot.core.details.pixels import (
    Flatness,
    Light,
    hash_picture,
    measure_flatness,
    measure_light,
    measure_sharpness,
)
from bot.core.model import Look

NOT_NOW = "not read: there is too much to read in this mail"

SMALL_EDGES = (320, 200)  # longer and shorter edge below which a defect cannot be judged
DARK = (40, 90)  # 95 and 99 per cent of the picture are darker than these
SHARP_ENOUGH, SHARP = 0.42, 0.50
BURNT = 0.6

# A screen: flat areas with hard edges; (flat, hard) from pixels.Flatness -> points. Photos stay under 0.10 hard.
SCREEN = ((0.75, 0.15, 3), (0.60, 0.13, 2))
SCREEN_POINTS = 3
TALL = 1.9  # phone screens; photos end at 16:9
# What systems call their screenshots: the whole word, for "ekran.jpg" may be a photo of a broken screen.
SCREEN_NAME = re.compile(
    r"screen.?(shot|cap|grab)|bildschirm(foto|kopie)|capture.d.?.?.?[ée]cran|captura.(de|da).(pantalla|ecr[ãa]|tela)|schermata|scherm(afbeelding|opname)"
    r"|zrzut.ekranu|sn[ií]mek.obrazovky|sk[aä]rm(avbild|bild|dump|klipp)|ekran.(resmi|g[oö]r[uü]nt)|снимок.экрана"
    r"|скриншот|スクリーンショット|截屏|截图|屏幕快照|截圖",
    re.IGNORECASE,
)

# A logo or the picture of a signature: flat, few colours, small or a strip, and one sign more.
LOGO_NAME = re.compile(
    r"^(image\d{3}\.|outlook-|~wrd)|logo|banner|signature|icon|facebook|linkedin|twitter|instagram", re.IGNORECASE
)
LOGO_EDGE, STRIP, STRIP_EDGE, LOGO_FLAT, LOGO_COLOURS, TINY = 400, 2.2, 260, 0.55, 0.75, 100

# A sheet (receipt, invoice, label): at least so many lines and letters. A watch face has fewer.
SHEET = (3, 24)
# Only where nothing can be read: what customers call the file.
SHEET_NAME = re.compile(
    r"receipt|invoice|rechnung|beleg|quittung|kassenbon|facture|factura|fattura|scontrino|ricevuta|recibo|fatura"
    r"|paragon|faktura|kvitto|[uú][cč]tenka|чек|領収|レシート|发票|收据",
    re.IGNORECASE,
)


def look_at_picture(data: bytes, name: str, inline: bool, *, read_print: bool = True) -> Look:
    """What a picture file shows. ``read_print`` False leaves the slow reading of print out."""
    try:
        picture = open_picture(data)
    except NotOpenedError as error:
        return Look(kind="unreadable", faults=("not_opened",), note=str(error))
    return judge(picture, name, inline, read_print=read_print)


def judge(picture: Picture, name: str, inline: bool, *, read_print: bool) -> Look:
    """Kind and faults of an opened picture."""
    grey = picture.pixels.convert("L")
    flatness = measure_flatness(picture.pixels)
    light, sharpness = measure_light(grey), round(measure_sharpness(grey), 3)
    faults = _faults(light, sharpness, picture.width, picture.height)
    dark = "dark" in faults
    look = Look(
        kind="photo",
        width=picture.width,
        height=picture.height,
        sharpness=sharpness,
        light=round(light.p95 / 255, 3),
        picture_hash=hash_picture(grey),
        taken_on=picture.taken_on,
    )
    if _is_logo(picture, flatness, name, inline):
        return replace(look, kind="logo")
    look = replace(look, codes=read_codes(grey))
    if not dark and _is_screen(picture, flatness, name):
        text, note = read_text(picture.pixels) if read_print else ("", NOT_NOW)
        return replace(look, kind="screenshot", text=text, note=note)
    if not dark and has_print(picture.pixels):
        text, note = read_text(picture.pixels) if read_print else ("", NOT_NOW)
        if _is_sheet(text) or (note and SHEET_NAME.search(name)):
            return replace(look, kind="document", text=text, note=note)
    notes = (
        ("a little soft", not dark and SHARP_ENOUGH <= sharpness < SHARP),
        ("largely overexposed", light.white > BURNT),
    )
    return replace(look, faults=faults, note=", ".join(note for note, found in notes if found))


def find_faults(pixels: Image.Image) -> tuple[str, ...]:
    """Why a picture without a file, such as a frame of a video, cannot serve as evidence."""
    grey = pixels.convert("L")
    return _faults(measure_light(grey), measure_sharpness(grey), *pixels.size)


def _faults(light: Light, sharpness: float, width: int, height: int) -> tuple[str, ...]:
    dark = light.p95 <= DARK[0] and light.p99 <= DARK[1]
    small = max(width, height) < SMALL_EDGES[0] or min(width, height) < SMALL_EDGES[1]
    table = (("blurred", not dark and sharpness < SHARP_ENOUGH), ("dark", dark), ("small", small))
    return tuple(fault for fault, found in table if found)


def _is_screen(picture: Picture, flatness: Flatness, name: str) -> bool:
    points = next((p for flat, hard, p in SCREEN if flatness.flat >= flat and flatness.hard >= hard), 0)
    points += 3 * (picture.marked_screenshot or SCREEN_NAME.search(name) is not None)
    points += picture.format == "PNG"
    points += max(picture.width, picture.height) >= TALL * min(picture.width, picture.height)
    points -= 4 * picture.camera
    return points >= SCREEN_POINTS


def _is_logo(picture: Picture, flatness: Flatness, name: str, inline: bool) -> bool:
    long, short = max(picture.width, picture.height), min(picture.width, picture.height)
    if picture.camera:
        return False
    if long <= TINY:
        return True
    strip = long >= STRIP * short and short <= STRIP_EDGE
    flat = flatness.flat >= LOGO_FLAT and flatness.colours >= LOGO_COLOURS
    named = LOGO_NAME.search(name) is not None
    return flat and (long <= LOGO_EDGE or strip) and (inline or named or strip)


def _is_sheet(text: str) -> bool:
    return text.count("\n") + 1 >= SHEET[0] and sum(c.isalnum() for c in text) >= SHEET[1]
