"""The one kind of file a letter of ours may carry: a shipping label that a person adds. Pure.

Customers open what we send, so it is looked at before: a small PDF or PNG, whole, and a PDF without anything that
runs or opens other files. What hides inside compressed objects of a PDF is not seen; a label comes from staff, not
from a mail. The customer gets it under a name of ours.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

from bot.errors import WrongValue

MOST_BYTES = 2_000_000
MOST_PIXELS = 10_000  # each way
PNG = b"\x89PNG\r\n\x1a\n"
# Names of PDF (ISO 32000) that run programs, carry files or reach out.
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|GoToR|URI)\b")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes out with a letter."""

    kind: str
    """media type"""
    name: str
    data: bytes


def shipping_label(data: bytes) -> Enclosure:
    """The label as it is sent. Raises WrongValue with what is wrong with the file."""
    if len(data) > MOST_BYTES:
        raise WrongValue(f"label: the file has {len(data):,} bytes, at most {MOST_BYTES:,} are sent")
    if data.startswith(PNG):
        _look_at_png(data)
        return Enclosure("image/png", "shipping-label.png", data)
    if re.match(rb"%PDF-[12]\.\d", data):
        if b"%%EOF" not in data[-1024:]:
            raise WrongValue("label: the PDF is cut off")
        if found := ACTIVE.search(data):
            raise WrongValue(f"label: the PDF holds {found[0].decode()}; print it into a plain PDF")
        return Enclosure("application/pdf", "shipping-label.pdf", data)
    raise WrongValue("label: the file is neither a PDF nor a PNG")


def _look_at_png(data: bytes) -> None:
    """The chunks, one after the other with their sums, from IHDR to IEND and nothing behind (PNG 5.3)."""
    at, kind = len(PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack(">I4s", data[at : at + 8].ljust(8, b"\0"))
        body, end = data[at + 4 : at + 8 + length], at + 12 + length
        if end > len(data) or struct.pack(">I", zlib.crc32(body)) != data[end - 4 : end]:
            raise WrongValue("label: the PNG is cut off or damaged")
        if at == len(PNG) and (kind != b"IHDR" or max(struct.unpack(">II", body[4:12])) > MOST_PIXELS):
            raise WrongValue("label: the PNG is no picture of a usual size")
        at = end
    if at != len(data):
        raise WrongValue("label: something stands behind the end of the PNG")
