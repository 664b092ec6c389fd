"""One POST to a program outside: bounded in time, to a public address unless told otherwise, never redirected.

The name is looked up once and the connection goes to an address that was checked, so a name that answers otherwise
the second time leads nowhere. Of the answer only the status is read. No proxy, no cookie, nothing is followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot import __version__
from bot.errors import PostError

REDIRECTS = range(300, 400)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float, private: bool = False) -> int:
    """Send it; the status of the answer, a redirect included. Raises PostError when none came in ``timeout`` seconds.

    ``private`` allows addresses that are not of the public internet.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = _checked(_look_up(host, port, timeout), host, private)
    connection = _Connection(host, port, address, timeout, tls=parts.scheme == "https")
    # Every single wait is bounded by the socket; a server that sends a byte now and then is ended by the clock.
    clock = threading.Timer(timeout, connection.break_off)
    clock.daemon = True
    clock.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        more = {"Content-Type": "application/json", "User-Agent": f"after-sales/{__version__}", "Connection": "close"}
        connection.request("POST", path, body, {**more, **headers})
        status = connection.getresponse().status
        if connection.broken:
            raise TimeoutError
        return status
    except TimeoutError as error:
        raise PostError(f"no answer within {timeout:g} seconds") from error
    except ssl.SSLError as error:
        raise PostError(f"no safe connection: {error.reason or error}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = connection.broken
        raise PostError(f"no answer within {timeout:g} seconds" if late else f"no answer: {_told(error)}") from error
    finally:
        clock.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was chosen before, for a host that the certificate must name."""

    def __init__(self, host: str, port: int, address: str, timeout: float, *, tls: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._tls = tls
        self.broken = False

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = plain
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)

    def break_off(self) -> None:
        """From the clock: whatever waits fails now."""
        self.broken = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.sock.close()


def _look_up(host: str, port: int, timeout: float) -> list[str]:
    """The addresses of a name; the system's own look-up knows no limit of time, so it may be left behind."""
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=timeout)
    except queue.Empty:
        raise PostError(f"the name {host} was not found within {timeout:g} seconds") from None
    if isinstance(found, OSError):
        raise PostError(f"the name {host} was not found") from found
    return list(dict.fromkeys(row[4][0] for row in found))


def _checked(addresses: list[str], host: str, private: bool) -> str:
    """The first address, when all of them may be used."""
    for address in addresses if not private else ():
        if not is_public(address):
            raise PostError(
                f"{host} is {address}, which is not in the public internet; set private_address to allow it"
            )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, also where it stands inside another one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _told(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
