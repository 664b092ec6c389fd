"""A relay on loopback between a client and a real server, to do what networks do: cut, stall, drip, alter.

Counts are of bytes from the server to the client over one connection. What the client said is kept in ``heard``.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class Relay:
    """``with Relay(port) as relay``: the client connects to ``relay.port`` in place of ``port``."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self.port = 0
        self.heard = bytearray()
        self.cut_after: int | None = None
        self.stall_after: int | None = None
        self.cut_on: bytes = b""
        """close as soon as the client says this"""
        self.stall_on: bytes = b""
        """pass nothing more to the client once it says this"""
        self.drip = 0.0
        """seconds between two bytes to the client"""
        self.alter: Callable[[bytes], bytes] = bytes
        """what to make of a piece from the server"""
        self.alter_client: Callable[[bytes], bytes] = bytes
        """what to make of a piece from the client"""
        self._ends: list[socket.socket] = []
        self._stalled = False
        self._closing = threading.Event()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._listener.close()
        for end in self._ends:
            _cut(end)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port), 10)
            except OSError:
                return
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ends += [client, server]
            threading.Thread(target=self._upstream, args=(client, server), daemon=True).start()
            threading.Thread(target=self._downstream, args=(client, server), daemon=True).start()

    def _upstream(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while piece := client.recv(65536):
                self.heard += piece
                if self.cut_on and self.cut_on in self.heard:
                    _cut(client)
                    break
                self._stalled |= bool(self.stall_on) and self.stall_on in self.heard
                server.sendall(self.alter_client(piece))
        except OSError:
            pass
        _cut(server)

    def _downstream(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        try:
            while piece := server.recv(65536):
                piece = self.alter(piece)
                if self.cut_after is not None and passed + len(piece) >= self.cut_after:
                    client.sendall(piece[: max(0, self.cut_after - passed)])
                    break
                if self._stalled or (self.stall_after is not None and passed + len(piece) >= self.stall_after):
                    client.sendall(b"" if self._stalled else piece[: max(0, (self.stall_after or 0) - passed)])
                    self._closing.wait(60)
                    break
                passed += len(piece)
                if not self.drip:
                    client.sendall(piece)
                    continue
                for byte in piece:
                    client.sendall(bytes([byte]))
                    time.sleep(self.drip)
        except OSError:
            pass
        _cut(client)


def _cut(end: socket.socket) -> None:
    """Shut down and not only closed: a descriptor that another thread still waits on would keep the line open."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
