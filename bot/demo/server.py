"""An IMAP server and an SMTP server inside this process: no root, no fixed ports, nothing on disk.

pymap serves the shop's mailbox, aiosmtpd takes what the bot sends; both run in one event loop in a thread of
their own, on loopback, on ports that the system picks. It is a stage, not a mail server: one mailbox, clear
text, and mail for anybody else is only kept in ``sent``. pymap gives no public way to be embedded, so its version
is pinned; what we touch of it beyond its front door is in ``_Imap``.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from argparse import Namespace
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Login
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"
T = TypeVar("T")
START_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """A mail that the SMTP server took: the envelope, and the bytes as they came."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class EmbeddedMail:
    """``with EmbeddedMail() as mail:`` and both servers run; on leaving, mailbox and all are gone."""

    def __init__(self, address: str = "support@shop.example.com", password: str = "demo") -> None:  # noqa: S107 - of a stage
        self.address = address
        self.user = address
        self.password = password
        self.host = HOST
        self.imap_port = 0
        self.smtp_port = 0
        self.sent: list[Accepted] = []
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="embedded mail", daemon=True)
        self._servers: list[asyncio.Server] = []
        self._imap: _Imap

    def __enter__(self) -> Self:
        self._loop.set_task_factory(self._kept)
        self._thread.start()
        self._wait(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)
        self._loop.close()

    def deliver(self, raw: bytes, to: str = "", received_at: datetime | None = None) -> None:
        """A mail arrives; for another address than the shop's nothing happens."""
        if to.lower() in ("", self.address.lower()):
            self._wait(self._imap.append(raw, received_at or datetime.now(UTC)))

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook: a mail came in."""
        raw = bytes(envelope.original_content or b"")
        self.sent.append(Accepted(sender=envelope.mail_from or "", recipients=tuple(envelope.rcpt_tos), raw=raw))
        if self.address.lower() in (recipient.lower() for recipient in envelope.rcpt_tos):
            await self._imap.append(raw, datetime.now(UTC))
        return "250 kept"

    async def _start(self) -> None:
        self._imap = await _Imap.made(self.user, self.password)
        sockets = [_listening(), _listening()]
        self.imap_port, self.smtp_port = (sock.getsockname()[1] for sock in sockets)
        self._servers = [
            await asyncio.start_server(self._imap.speak, sock=sockets[0]),
            await self._loop.create_server(self._smtp, sock=sockets[1]),
        ]

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _smtp(self) -> SMTP:
        # A given host name spares a look-up in the DNS; the warning about clear text is meant for real servers.
        return SMTP(
            self, hostname="embedded.example.com", authenticator=self._check, auth_require_tls=False, loop=self._loop
        )

    def _check(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            self.user.encode(),
            self.password.encode(),
        )
        return AuthResult(success=good, handled=False)

    def _kept(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any) -> asyncio.Task[Any]:
        """The loop itself refers to its tasks weakly, and newer Pythons collect pymap's connections in mid-talk."""
        task = asyncio.Task(coroutine, loop=loop, **more)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(START_SECONDS)


def _listening() -> socket.socket:
    """A listening socket; named as TCP, or asyncio does not spare its connections the 40 ms of Nagle's algorithm."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind((HOST, 0))
    sock.listen()
    return sock


class _Config(Config):
    """pymap's settings; its own greeting asks the DNS for this machine's name."""

    @property
    def greeting(self) -> bytes:
        return b"embedded mail"


class _Imap:
    """pymap's dict backend: all that we know about its inside."""

    def __init__(self, backend: DictBackend, config: Config) -> None:
        self._backend = backend
        self._config = config
        self.speak = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))

    @classmethod
    async def made(cls, user: str, password: str) -> _Imap:
        given = Namespace(
            host=HOST, port=0, debug=False, cert=None, key=None, tls=False, passlib_cfg=None, proxy_protocol=None,
            demo_data=False, demo_user=user, demo_password=password,
        )  # fmt: skip
        # One password, thrown away with the process: hashing it would cost a third of a second at each login.
        config = _Config.from_args(given, hash_context=Cleartext(), cpu_subsystem=Subsystem.for_asyncio())
        login = Login(config)
        await login.demo_user_identity.set(UserMetadata(config, user, password=password))
        return cls(DictBackend(login, config), config)

    async def append(self, raw: bytes, received_at: datetime) -> None:
        identity = self._backend.login.demo_user_identity
        async with identity.new_session() as session:
            await session.append_messages("INBOX", [AppendMessage(raw, received_at)])
