"""One connection to a mail server: TLS unless it stays on this machine, and a lever to break it from outside.

Shared by the reading and the sending side, knows neither protocol. A timeout bounds the wait for one byte,
not a job: a server that drips one byte a second keeps a call alive for ever. So whoever sets the deadline of a
job holds the lever, and pulls it from another thread.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from contextlib import suppress

from bot.mail.settings import ServerSettings

# What went wrong, in the operator's words; the first type that fits is taken.
CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the name of the host could not be found; check the host name and this machine's DNS"),
    (
        ssl.SSLCertVerificationError,
        "its certificate is not trusted ({error}); use the name the certificate was made for, or set ca_file",
    ),
    (
        ssl.SSLError,
        "TLS could not be agreed on ({error}); check that security (ssl or starttls) fits the port",
    ),
    (ConnectionRefusedError, "the connection was refused; check the port, and that the server runs"),
    (TimeoutError, "no answer came in time; check that the server is up and that no firewall is between"),
    (ConnectionError, "the connection broke off ({error}); it will be tried again"),
    (OSError, "the network failed ({error}); it will be tried again"),
)


class Lever:
    """Breaks a connection from another thread, whatever the owner is waiting for. Works once and for all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._end: socket.socket | None = None
        self.pulled = False

    def hold(self, sock: socket.socket) -> None:
        """Take hold of a connected socket, before TLS is laid over it.

        A second descriptor is kept, because the TLS layer takes the first one away, and because a number
        that was closed and given out again must never be shut down by mistake.
        """
        with self._lock:
            self._end = sock.dup()
            if self.pulled:
                self._break()

    def pull(self) -> None:
        """Break the connection now, and any later one at once."""
        with self._lock:
            self.pulled = True
            self._break()

    def release(self) -> None:
        """Let go: the connection is over."""
        with self._lock:
            if self._end is not None:
                self._break()
                self._end.close()
                self._end = None

    def _break(self) -> None:
        if self._end is not None:
            with suppress(OSError):
                self._end.shutdown(socket.SHUT_RDWR)


def dial(settings: ServerSettings, lever: Lever) -> socket.socket:
    """A TCP connection, ready for TLS; its timeout is that of connecting. Raises OSError."""
    if lever.pulled:
        raise ConnectionAbortedError("stopped from outside")
    sock = socket.create_connection((settings.host, settings.port), timeout=settings.connect_timeout)
    # Without it small commands wait some 40 ms for the other side's delayed acknowledgement.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lever.hold(sock)
    return sock


def tls_context(settings: ServerSettings) -> ssl.SSLContext:
    """Certificates and host names are always verified. Raises OSError when ``ca_file`` cannot be read."""
    return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)


def objection(settings: ServerSettings) -> str:
    """Why these settings must not be used; empty when they may."""
    clear_text = settings.security == "none" and not settings.insecure and not is_loopback(settings.host)
    if clear_text and settings.user:
        return f"the password for {settings.host} would go over the network in clear text; set security to use TLS"
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in settings.user + settings.password.reveal()):
        return f"the user name or the password for {settings.host} holds a control character; check the secret's file"
    return ""


def is_loopback(host: str) -> bool:
    """Whether this host is the machine itself."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def cause(error: BaseException) -> str:
    """A driver's error in plain words, with the cure where there is one."""
    words = next((words for kind, words in CAUSES if isinstance(error, kind)), "{error}")
    return words.format(error=" ".join(str(error).split()) or type(error).__name__)
