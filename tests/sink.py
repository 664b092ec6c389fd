"""A real SMTP server for tests: keeps what it accepts, and goes wrong exactly where it is told to.

Every accepted mail is on disk, fsync included, before the server says 250, so what a test finds in ``kept`` is what
the sender may rely on. It is strict where strictness finds our faults: a bare CR or LF in a letter is refused.

    sink.fail("RCPT", "450 busy")          once, then all is well again
    sink.fail("DOT", "!drop")              one of GREET EHLO STARTTLS AUTH MAIL RCPT DATA PAYLOAD DOT KEPT AFTER

A fault is a reply (``\\n`` makes it a multi-line one) or an action: ``!drop`` closes, ``!reset`` closes with RST,
``!stall`` says nothing more. DOT strikes before the mail is kept, KEPT after it, both in place of the 250; AFTER
strikes when the 250 has been sent; ``RCPT:a@b`` only for that recipient.
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Self

USER, PASSWORD = "shop", "secret"


@dataclass(frozen=True)
class Kept:
    """An accepted mail, dots already undoubled."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class Broken(Exception):
    """The connection ends here."""


class Sink:
    """The server; ``with Sink(folder) as sink`` runs it on a port of its own on loopback."""

    def __init__(self, folder: Path, security: str = "none", tls: ssl.SSLContext | None = None) -> None:
        self.folder = folder
        self.security = security
        self.tls = tls
        self.host, self.port = "127.0.0.1", 0
        self.user, self.password = USER, PASSWORD
        self.offers_auth = "PLAIN LOGIN"
        self.drip = 0.0
        """seconds between two bytes of a reply"""
        self.connections = 0
        self.verbs: list[str] = []
        self.deliver_to: dict[str, object] = {}
        """address -> function that gets the bytes of a mail for it, as a server delivers to its own mailboxes"""
        self._faults: dict[str, list[str]] = defaultdict(list)
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def fail(self, where: str, how: str, times: int = 1) -> None:
        """Go wrong there, this often."""
        self._faults[where] += [how] * times

    @property
    def kept(self) -> list[Kept]:
        """What was accepted, in order, as it lies on the disk."""
        found = []
        for place in sorted(self.folder.glob("*.json")):
            envelope = json.loads(place.read_text())
            raw = place.with_suffix(".eml").read_bytes()
            found.append(Kept(envelope["sender"], tuple(envelope["recipients"]), raw))
        return found

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        sink = self

        class Talk(_Talk):
            server_of = sink

        self._server = _Server((self.host, self.port), Talk)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _fault(self, where: str) -> str:
        with self._lock:
            return self._faults[where].pop(0) if self._faults[where] else ""

    def _keep(self, sender: str, recipients: list[str], raw: bytes) -> None:
        with self._lock:
            name = f"{len(list(self.folder.glob('*.json'))) + 1:05d}"
            for suffix, data in ((".eml", raw), (".json", json.dumps({"sender": sender, "recipients": recipients}))):
                with open(self.folder / (name + suffix), "wb") as file:
                    file.write(data if isinstance(data, bytes) else data.encode())
                    file.flush()
                    os.fsync(file.fileno())
        for recipient in recipients:
            if deliver := self.deliver_to.get(recipient):
                deliver(raw)  # type: ignore[operator]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news here."""


class _Talk(socketserver.BaseRequestHandler):
    server_of: Sink

    def handle(self) -> None:
        sink = self.server_of
        sink.connections += 1
        self.sock: socket.socket = self.request
        self.sock.settimeout(60)
        try:
            if sink.security == "ssl":
                self._wrap()
            self.lines = self.sock.makefile("rb")
            self._greet()
        except (OSError, Broken):
            pass
        finally:
            self.sock.close()

    def _wrap(self) -> None:
        assert self.server_of.tls
        self.sock = self.server_of.tls.wrap_socket(self.sock, server_side=True)
        self.lines = self.sock.makefile("rb")

    def _greet(self) -> None:
        self.said_hello = False
        self.sender, self.recipients = "", []
        if not self._struck("GREET"):
            self._say("220 sink")
        while line := self.lines.readline(2000):
            verb, _, rest = line.decode("latin-1").rstrip("\r\n").partition(" ")
            self.server_of.verbs.append(verb.upper())
            if verb.upper() == "QUIT":
                self._say("221 bye")
                return
            self._answer(verb.upper(), rest)

    def _answer(self, verb: str, rest: str) -> None:
        sink = self.server_of
        address = match[1] if (match := re.search(r"<(.*?)>", rest)) else ""
        if (verb == "RCPT" and self._struck(f"RCPT:{address}")) or self._struck(verb):
            return
        if verb in ("EHLO", "HELO"):
            offers = ["sink", "SIZE 40000000"]
            if sink.security == "starttls" and not isinstance(self.sock, ssl.SSLSocket):
                offers.append("STARTTLS")
            elif sink.offers_auth:
                offers.append(f"AUTH {sink.offers_auth}")
            self._say("250 " + "\n".join(offers))
        elif verb == "STARTTLS" and sink.tls:
            self._say("220 go ahead")
            self._wrap()
        elif verb == "AUTH":
            self._auth(rest)
        elif verb == "MAIL":
            self.sender, self.recipients = address, []
            self._say("250 ok")
        elif verb == "RCPT":
            self.recipients.append(address)
            self._say("250 ok")
        elif verb == "RSET":
            self.sender, self.recipients = "", []
            self._say("250 ok")
        elif verb == "DATA":
            self._data()
        else:
            self._say("502 not known")

    def _auth(self, rest: str) -> None:
        how, _, first = rest.partition(" ")
        if how.upper() == "PLAIN":
            _, user, password = base64.b64decode(first).decode().split("\0")
        else:
            self._say("334 " + base64.b64encode(b"Username:").decode())
            user = base64.b64decode(self.lines.readline()).decode()
            self._say("334 " + base64.b64encode(b"Password:").decode())
            password = base64.b64decode(self.lines.readline()).decode()
        good = (user, password) == (self.server_of.user, self.server_of.password)
        self._say("235 welcome" if good else "535 5.7.8 user or password wrong")

    def _data(self) -> None:
        sink = self.server_of
        self._say("354 go on")
        got: list[bytes] = []
        while True:
            line = self.lines.readline()
            if not line:
                raise Broken
            if not got and self._struck("PAYLOAD"):
                return
            if line == b".\r\n":
                break
            got.append(line[1:] if line.startswith(b".") else line)
        raw = b"".join(got)
        if re.search(rb"\r(?!\n)|(?<!\r)\n", raw):
            self._say("554 bare CR or LF")
            return
        if self._struck("DOT"):
            return
        sink._keep(self.sender, self.recipients, raw)
        if not self._struck("KEPT"):
            self._say("250 2.0.0 kept")
            self._struck("AFTER")

    def _struck(self, where: str) -> bool:
        """Do the fault that is due here, if one is."""
        fault = self.server_of._fault(where)
        if fault == "!stall":
            self.server_of._closing.wait(60)
            raise Broken
        if fault == "!reset":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise Broken
        if fault == "!drop":
            self.sock.shutdown(socket.SHUT_RDWR)
            raise Broken
        if fault:
            self._say(fault)
            if fault.startswith("421"):
                raise Broken
        return bool(fault)

    def _say(self, reply: str) -> None:
        code, _, text = reply.partition(" ")
        *first, last = text.split("\n")
        wire = "".join(f"{code}-{line}\r\n" for line in first) + f"{code} {last}\r\n"
        if not self.server_of.drip:
            self.sock.sendall(wire.encode())
            return
        for byte in wire.encode():
            self.sock.sendall(bytes([byte]))
            time.sleep(self.server_of.drip)
