"""Which addresses we write to: plain ASCII ones, as every relay takes them. Pure.

Quoted local parts, comments and address literals are legal and unused by customers; refusing them here closes
the door to everything that could end a line or start a second recipient.
"""

from __future__ import annotations

import re

LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
DOMAIN = re.compile(
    r"(?=.{1,253}\Z)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def ascii_address(address: str) -> str:
    """The address as it goes over the wire, an international domain in its ASCII form. Raises ValueError."""
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    if not LOCAL.fullmatch(local) or not DOMAIN.fullmatch(domain):
        raise ValueError(f"no plain mail address: {address!r}")
    return f"{local}@{domain}"
