"""What the mail room must be told to reach a mailbox or a relay.

Only frozen data: the operator's file is read elsewhere and mapped to these. A password is never shown by
``repr``, so that a logged setting or a traceback cannot give it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.setting_types import Secret

__all__ = ["ImapSettings", "MaildirSettings", "Secret", "Security", "ServerSettings", "SmtpSettings"]

Security = Literal["ssl", "starttls", "none"]
NO_PASSWORD = Secret("")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerSettings:
    """A server, and our login there unless ``user`` is empty."""

    host: str
    port: int
    security: Security = "ssl"
    user: str = ""
    password: Secret = NO_PASSWORD
    ca_file: Path | None = None
    """certificates to trust instead of the system's"""
    insecure: bool = False
    """``security`` none may carry a password to a server that is not on this machine"""
    connect_timeout: float = 10.0
    """seconds for the connection, the TLS handshake and the greeting, each"""
    timeout: float = 60.0
    """seconds without a byte before a command fails"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapSettings(ServerSettings):
    """An IMAP account and the folder in which mail arrives."""

    port: int = 993
    folder: str = "INBOX"


@dataclass(frozen=True, kw_only=True, slots=True)
class MaildirSettings:
    """A Maildir: the folder that holds ``new`` and ``cur``."""

    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpSettings(ServerSettings):
    """A server that takes our letters. No ``user``: no login."""

    port: int = 465
    data_timeout: float = 600.0
    """seconds to wait for the verdict after the final dot (RFC 5321 4.5.3.2.6: at least 10 minutes)"""
    hello: str = ""
    """the name given in EHLO; empty: our address on this connection (RFC 5321 4.1.3)"""
