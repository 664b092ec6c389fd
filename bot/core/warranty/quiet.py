"""Flags that only a look at other cases, or into a picture's own date, can give. For staff's eyes.

They never change a letter or a verdict and never refuse anything: families share an address, marketplaces send the
same picture again, a gift is bought by somebody else.
"""

from __future__ import annotations

from datetime import date

from bot.core.details.calendar import parse_span
from bot.core.model import Details, Letter

QUIET_FLAGS = frozenset({"same_order_elsewhere", "same_picture_elsewhere", "picture_older_than_delivery"})


def older_picture(letter: Letter, details: Details) -> bool:
    """Whether a photo of this mail was taken before the watch came, by the camera's own clock."""
    came = details.one("delivery_date") or details.one("purchase_date")
    if came is None or not came.is_sure:
        return False
    first = parse_span(came.value).first
    looks = [a.look for a in letter.attachments if a.look and a.look.kind == "photo" and a.look.taken_on]
    return any(date.fromisoformat(look.taken_on) < first for look in looks)
