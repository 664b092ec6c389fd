"""A logged-in SMTP connection (RFC 5321, STARTTLS RFC 3207, AUTH RFC 4954).

The library's class serves for reading replies and writing commands; connecting, TLS and login are ours: its login
cannot send a password beyond ASCII, and its way to connect asks the DNS for this machine's name.
"""

from __future__ import annotations

import base64
import re
import smtplib

from bot.mail.connection import Lever, dial, tls_context
from bot.mail.settings import SmtpSettings

DROPPED = (OSError, smtplib.SMTPException, ValueError)
GREET, HELLO, START_TLS, LOG_IN = "greet", "say hello", "start TLS", "log in"


class Refused(Exception):
    """The server answered, and said no. ``code`` is -1 for an answer without a code."""

    def __init__(self, what: str, code: int, text: bytes) -> None:
        self.what = what
        self.code = code
        self.text = words(text)
        super().__init__(f"{what}: {code} {self.text}")


def open_session(settings: SmtpSettings, lever: Lever) -> smtplib.SMTP:
    """Connect, secure, log in. Raises DROPPED or Refused, and leaves nothing open then."""
    context = tls_context(settings)
    sock = dial(settings, lever)
    if settings.security == "ssl":
        sock = context.wrap_socket(sock, server_hostname=settings.host)
    smtp = smtplib.SMTP(local_hostname=settings.hello or _literal(sock.getsockname()[0]))
    smtp.sock = sock
    try:
        accept(GREET, smtp.getreply(), 220)
        sock.settimeout(settings.timeout)
        _hello(smtp)
        if settings.security == "starttls":
            accept(START_TLS, smtp.docmd("STARTTLS"), 220)
            smtp.sock = context.wrap_socket(sock, server_hostname=settings.host)
            smtp.file = None  # what was read ahead came in clear text and must not be believed
            _hello(smtp)
        if settings.user:
            _log_in(smtp, settings)
    except BaseException:
        smtp.close()
        raise
    return smtp


def accept(what: str, answer: tuple[int, bytes], *codes: int) -> None:
    """Raises Refused unless the answer has one of these codes."""
    if answer[0] not in codes:
        raise Refused(what, *answer)


def payload(raw: bytes) -> bytes:
    """A letter as it goes over the wire: CRLF line ends only, dots doubled, the final dot (RFC 5321 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n"


def words(text: bytes) -> str:
    """A server's text as one line."""
    return " ".join(text.decode("ascii", "replace").split())[:500]


def _hello(smtp: smtplib.SMTP) -> None:
    if smtp.ehlo()[0] != 250:
        accept(HELLO, smtp.helo(), 250)


def _log_in(smtp: smtplib.SMTP, settings: SmtpSettings) -> None:
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    user, password = settings.user, settings.password.reveal()
    if "PLAIN" in offered:
        answer = smtp.docmd("AUTH", "PLAIN " + _base64(f"\0{user}\0{password}"))
    elif "LOGIN" in offered:
        answer = smtp.docmd("AUTH", "LOGIN")
        for part in (user, password):
            if answer[0] == 334:
                answer = smtp.docmd(_base64(part))
    else:
        answer = (504, b"it offers neither AUTH PLAIN nor AUTH LOGIN on this connection")
    accept(LOG_IN, answer, 235)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _literal(address: str) -> str:
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
