"""Evidence offered: photos and videos with what is wrong with them, screenshots, and links to files elsewhere.

A blurred or dark photo, a logo or a screenshot of an order is no evidence of a defect. Links are never opened;
they are shown to staff as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.details.evidence import may_show_the_watch
from bot.core.details.scope import Passage, Scope
from bot.core.model import Attachment, Finding

# Hosts where people put photos and videos. A link to one is evidence offered, not evidence seen.
MEDIA_HOSTS = (
    "drive.google.com", "photos.google.com", "photos.app.goo.gl", "dropbox.com", "onedrive.live.com", "1drv.ms",
    "icloud.com", "youtube.com", "youtu.be", "vimeo.com", "streamable.com", "wetransfer.com", "we.tl", "mega.nz",
    "imgur.com", "ibb.co", "postimg.cc", "flickr.com", "disk.yandex.ru", "yadi.sk", "cloud.mail.ru", "pan.baidu.com",
    "box.com", "mediafire.com", "share.icloud.com", "smugmug.com", "tiktok.com", "gofile.io", "sendgb.com",
    "transfernow.net", "swisstransfer.com", "uloz.to",
)  # fmt: skip
# Faults of the software side can be shown on a phone's screen.
SCREENSHOT_SHOWS = frozenset({"pairing", "notifications", "gps", "sensor", "software", "steps", "battery"})
_LINK = re.compile(r"https?://([^\s/?#<>]+)[^\s<>]*", re.IGNORECASE)


def find_evidence(scope: Scope) -> Iterator[Finding]:
    """One finding a file or link. Values: photo, video, screenshot, and with a fault photo_<fault>, video_<fault>."""
    for attachment in scope.letter.attachments:
        value = _value(attachment)
        if value:
            note = attachment.look.note if attachment.look else ""
            yield Finding(
                field="evidence",
                value=value,
                place=f"file {attachment.place}",
                start=0,
                end=0,
                words="",
                confidence=0.9 if value in ("photo", "video") else 0.4,
                note=note,
            )
            for fault, flag in (("blurred", "blurry_photo"), ("dark", "dark_photo")):
                if value == f"photo_{fault}":
                    yield Finding(
                        field="flag",
                        value=flag,
                        place=f"file {attachment.place}",
                        start=0,
                        end=0,
                        words="",
                        confidence=0.9,
                    )
    for passage in scope.own:
        yield from _links(scope, passage)
        for topic, value in (("evidence.attached", "announced"), ("evidence.cannot", "impossible")):
            hit = scope.book.first(topic, passage.text)
            if hit and not scope.book.negated(hit, passage.text):
                yield scope.finding("evidence", value, passage, (hit.start, hit.end), 0.4)


def _value(attachment: Attachment) -> str:
    look = attachment.look
    if look is None:
        family = attachment.found_type.partition("/")[0]
        return {"image": "photo", "video": "video"}.get(family, "")
    if look.kind in ("photo", "video"):
        return f"{look.kind}_{look.faults[0]}" if look.faults else look.kind
    if look.kind == "screenshot":
        return "screenshot" if may_show_the_watch(look) else "order_screenshot"
    return ""


def _links(scope: Scope, passage: Passage) -> Iterator[Finding]:
    for m in _LINK.finditer(passage.text.folded):
        host = m[1].removeprefix("www.")
        if any(host == h or host.endswith("." + h) for h in MEDIA_HOSTS):
            yield scope.finding("evidence", "media_link", passage, m.span(), 0.4)
