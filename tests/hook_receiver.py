"""A real HTTP server that is told: it keeps every request and answers as it is told to, the last answer for ever.

    with Receiver(500, 200) as receiver: ...      one 500, then 200

An answer is a status, or what goes wrong: ``hang`` says nothing, ``drip`` sends a byte now and then and never ends,
``close`` hangs up, ``garbage`` is no HTTP, ``redirect`` sends elsewhere (to itself, at /elsewhere).
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Told:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float


class Receiver:
    """The server, on a loopback port of its own."""

    def __init__(self, *answers: int | str) -> None:
        self.answers: list[int | str] = list(answers or (200,))
        self.told: list[Told] = []
        self.done = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer._take(self)

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self._server.shutdown()
        self._server.server_close()

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.told.append(Told(path=request.path, headers=headers, body=body, at=time.monotonic()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            request.send_response(answer)
            request.send_header("Content-Length", "0")
            request.end_headers()
        elif answer == "redirect":
            request.send_response(307)
            request.send_header("Location", f"http://127.0.0.1:{self.port}/elsewhere")
            request.send_header("Content-Length", "0")
            request.end_headers()
        elif answer == "hang":
            self.done.wait(30)
        elif answer == "garbage":
            request.wfile.write(b"220 mail.example.com ESMTP\r\n\r\n")
        elif answer == "drip":
            self._drip(request)
        request.close_connection = True
        if answer == "close":
            request.connection.shutdown(socket.SHUT_RDWR)

    def _drip(self, request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not self.done.wait(0.1):
            try:
                request.wfile.write(b"x")
                request.wfile.flush()
            except OSError:
                return
