"""The application on a socket: alone (``after-sales desk``), or on a thread beside the worker (``after-sales run``).

Beside the worker nothing of the desk may end the worker: whatever happens on the thread is logged and the desk is
started anew after a pause. The worker's own jobs, connections and watchdog know nothing of it.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
import uvicorn

from bot.config import Config
from bot.desk.app import create_app
from bot.desk.state import DeskState
from bot.desk_settings import DeskSettings
from bot.errors import DeskError
from bot.worker.logs import trace
from bot.worker.wiring import open_desk, wall_clock

log = structlog.get_logger("desk")
BACKLOG = 128
PAUSE = 30.0  # seconds before a desk that fell is started again
END_SECONDS = 3  # for answers under way when told to stop
AT_ONCE = 500  # connections; more are refused, so that a flood cannot eat the memory of the worker beside it


def listen(settings: DeskSettings) -> socket.socket:
    """The socket. Raises DeskError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        where = f"{settings.host}, port {settings.port}"
        raise DeskError(f"the desk cannot listen on {where}: {error.strerror}; set desk.port to a free one") from error


class _Server(uvicorn.Server):
    """Ends when a signal asks; the library would then die of that signal, and a service manager call it a failure."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The library's hook: on the main thread only."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def server(state: DeskState) -> uvicorn.Server:
    """The server of an open desk, not yet running."""
    proxies = list(state.settings.trusted_proxies)
    return _Server(
        uvicorn.Config(
            create_app(state),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies,
            limit_concurrency=AT_ONCE,
            timeout_graceful_shutdown=END_SECONDS,
            h11_max_incomplete_event_size=32 << 10,
        )
    )


def serve(config: Config, ready: Callable[[str], None], clock: Callable[[], datetime] = wall_clock) -> None:
    """Serve until a signal asks to stop; ``ready`` is told the address. Raises DeskError, StoreError."""
    with open_state(config, clock) as state, listen(config.desk) as sock:
        ready(address_of(config.desk))
        server(state).run(sockets=[sock])


@contextmanager
def open_state(config: Config, clock: Callable[[], datetime] = wall_clock) -> Iterator[DeskState]:
    """The desk's own opening of the store, beside a running bot."""
    state = DeskState(open_desk(config, clock=clock))
    try:
        yield state
    finally:
        state.close()


def address_of(settings: DeskSettings) -> str:
    """What a person types into a browser."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"


@contextmanager
def beside_the_worker(config: Config) -> Iterator[None]:
    """Serve on a thread while the body runs, when the configuration says so."""
    if not config.desk.enabled:
        yield
        return
    desk = _Beside(config)
    desk.start()
    try:
        yield
    finally:
        desk.stop()


class _Beside(threading.Thread):
    """The thread: starts the desk, and starts it again when it fell."""

    def __init__(self, config: Config) -> None:
        super().__init__(name="desk", daemon=True)
        self._config = config
        self._server: uvicorn.Server | None = None
        self._stopping = threading.Event()

    def run(self) -> None:
        """Until told to stop."""
        while not self._stopping.is_set():
            try:
                self._once()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the worker beside us goes on, whatever it is
                log.error("the desk fell", error=str(error) if isinstance(error, DeskError) else trace(error))
            self._stopping.wait(PAUSE)

    def stop(self) -> None:
        """Ask, and wait a moment."""
        self._stopping.set()
        if self._server is not None:
            self._server.should_exit = True
        self.join(END_SECONDS + 2)

    def _once(self) -> None:
        with open_state(self._config) as state, listen(self._config.desk) as sock:
            self._server = server(state)
            if not self._stopping.is_set():
                log.info("the desk is open", address=address_of(self._config.desk))
                self._server.run(sockets=[sock])
