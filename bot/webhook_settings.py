"""The setting ``[[webhook]]``: a program that is told what happens to cases.

Its secret comes from outside the file, like every password, and may be two while one replaces the other.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PrivateAttr

from bot.core.warranty.happenings import HAPPENINGS
from bot.setting_types import FilePath, Line, Secret, Section

ALL = "*"
SCHEME = "whsec_"  # how https://www.standardwebhooks.com writes a secret
LEAST_SECRET = 24  # bytes
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("is no short name; write small letters, digits and hyphens, such as order-system")
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("is no address; write it like https://example.com/hook") from None
    if parts.scheme not in ("https", "http") or not host or parts.fragment or parts.username or not value.isascii():
        raise ValueError("is no address; write it like https://example.com/hook, without a login")
    if any(char <= " " or char == "\x7f" for char in value):
        raise ValueError("holds a space or control character; write the address in one piece")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("would send in clear text; write https://")
    return value


def is_loopback(host: str) -> bool:
    """Whether a host in an address is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in LOOPBACK


def _event(value: str) -> str:
    if value != ALL and value not in HAPPENINGS:
        raise ValueError(f'is no event; write "*" for all, or one of {", ".join(HAPPENINGS)}')
    return value


class WebhookSettings(Section):
    """One program that is told."""

    name: Annotated[str, AfterValidator(_name)]
    url: Annotated[str, AfterValidator(_url)]
    events: Annotated[tuple[Annotated[str, AfterValidator(_event)], ...], Field(min_length=1, strict=False)] = (ALL,)
    secret_env: Line = ""
    secret_file: FilePath = None
    private_address: bool = False
    """it may stand in a network of our own, or on this machine"""
    timeout: Annotated[int, Field(ge=1, le=60)] = 10
    _keys: tuple[Secret, ...] = PrivateAttr(default=())

    @property
    def keys(self) -> tuple[Secret, ...]:
        """The secrets as ``load_config`` found them, the one in use first."""
        return self._keys


def key_of(secret: str) -> bytes:
    """The key that a secret stands for. Raises ValueError."""
    try:
        key = base64.b64decode(secret.removeprefix(SCHEME), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64") from None
    if len(key) < LEAST_SECRET:
        raise ValueError(f"is shorter than {LEAST_SECRET} bytes")
    return key
