"""One look into one attached file: bytes -> Look. Which kind of file goes where, and what counts as evidence.

Decided by what the file is (``found_type``, from its first bytes), never by what it is called or declared. Pure: no
disk, no clock; runs in the limited child, because picture and document libraries have had their holes.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.details.document import look_at_archive, look_at_pdf, look_at_text
from bot.core.details.frames import look_at_frames
from bot.core.details.photo import look_at_picture
from bot.core.details.video import look_at_video
from bot.core.model import Look

PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/heif"})
CLOSED = {
    # Types that are evidence to a person, perhaps, and are never opened by us.
    "image/svg+xml": "not opened: a drawing that can hold programs",
    "image/avif": "not opened: pictures of this kind are not looked into",
    "image/tiff": "not opened: pictures of this kind are not looked into",
    "image/bmp": "not opened: pictures of this kind are not looked into",
}

# An order, a receipt, an invoice on a picture, in any language: an amount of money, and a number as shops give them.
MONEY = re.compile(
    r"(?:[€$£¥₽₺]|\b(?:EUR|USD|GBP|CHF|PLN|CZK|SEK|NOK|DKK|TRY|RUB|BRL|CAD|AUD|JPY|CNY)|R\$|z[łl]|K[čc]|kr)\s?\d"
    r"|\d[.,]\d{2}\s?(?:[€$£¥₽₺]|\b(?:EUR|USD|GBP|CHF|PLN|CZK|SEK|NOK|DKK|TRY|RUB|BRL|CAD|AUD|JPY|CNY)\b|z[łl]|K[čc]|kr)"
)
ORDER = re.compile(
    r"\b\d{3}-\d{7}-\d{7}\b|\b\d{2}-\d{5}-\d{5}\b|\b\d{10,20}\b|#\s?[A-Z]{0,4}-?\d{4,}|\b[A-Z]{2,4}-?\d{5,}\b"
)


def look_at(data: bytes, found_type: str, name: str, inline: bool, *, read_print: bool = True) -> Look:
    """What one file shows. ``inline``: it stands in the text rather than beside it.

    ``read_print`` False leaves out the reading of print in pictures, which takes most of a second each.
    """
    family = found_type.partition("/")[0]
    if not data:
        return Look(kind="unreadable", faults=("not_opened",), note="the file is empty")
    if found_type in PICTURE_TYPES:
        return look_at_picture(data, name, inline, read_print=read_print)
    if family == "video":
        return _with_frames(look_at_video(data, found_type), data)
    if found_type == "application/pdf":
        return look_at_pdf(data, read_print=read_print)
    if found_type == "text/plain":
        return look_at_text(data)
    if found_type == "application/zip":
        return look_at_archive(data)
    if family == "image":
        return Look(kind="unreadable", faults=("not_opened",), note=CLOSED.get(found_type, "not opened"))
    return Look(kind="other", note=f"not opened: {found_type}")


def _with_frames(look: Look, data: bytes) -> Look:
    if look.faults or not look.seconds:
        return look
    faults, note = look_at_frames(data)
    return replace(look, faults=faults, note="; ".join(part for part in (look.note, note) if part))


def counts_as_evidence(look: Look) -> bool:
    """Whether a file by itself shows a defect (policy: "clear photo or video"): a photo or video without a fault.

    A screenshot may show one too, of the watch's app; see ``may_show_the_watch``. A document never does.
    """
    return look.kind in ("photo", "video") and not look.faults


def may_show_the_watch(look: Look) -> bool:
    """Whether a screenshot could be of the app rather than of an order. False for all other kinds."""
    return look.kind == "screenshot" and not shows_an_order(look)


def shows_an_order(look: Look) -> bool:
    """Whether the text read from a screenshot or document is that of an order, receipt or invoice."""
    return look.kind in ("screenshot", "document") and bool(ORDER.search(look.text) and MONEY.search(look.text))
