"""The demo's desk: people with passwords that are made now, six weeks of work, and the pages served with the worker
beside them, so that a letter that is approved at the desk goes out.

Everything stays on this machine: the pages listen on 127.0.0.1, the letters go to the mail server inside this process.
"""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import structlog

from bot.demo.server import HOST
from bot.demo.stage import Stage
from bot.desk.people import HASHER
from bot.desk.serve import serve
from bot.errors import BotError
from bot.store.states import Role

log = structlog.get_logger("demo")
EVERY = 3.0  # seconds between two rounds of the worker beside the desk
# name -> what colleagues see, and what the person may do
STAFF: Mapping[str, tuple[str, Role]] = {
    "ana": ("Ana Ferreira", Role.AGENT),
    "lena": ("Lena Vogt", Role.LEAD),
    "omar": ("Omar Haddad", Role.OPERATOR),
}


def hire(stage: Stage, at: datetime) -> dict[str, str]:
    """Let everybody in, with a password made now; name -> password. They are kept as hashes only."""
    passwords = {name: secrets.token_urlsafe(12) for name in STAFF}
    for name, (shown, role) in STAFF.items():
        stage.wiring.store.people.add(name, shown, role, HASHER.hash(passwords[name]), at)
    return passwords


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])


def open_office(stage: Stage, ready: Callable[[str], None]) -> None:
    """Serve the desk until Ctrl-C or SIGTERM; ``ready`` is told the address. Raises DeskError, StoreError."""
    with _at_work(stage):
        serve(stage.wiring.config, ready, stage.clock)


@contextmanager
def _at_work(stage: Stage) -> Iterator[None]:
    """The worker goes on beside, a round every few seconds."""
    stopping = threading.Event()
    worker = threading.Thread(target=_work, args=(stage, stopping), name="worker", daemon=True)
    worker.start()
    try:
        yield
    finally:
        stopping.set()
        worker.join(EVERY * 3)


def _work(stage: Stage, stopping: threading.Event) -> None:
    while not stopping.wait(EVERY):
        try:
            stage.round()
        except BotError as error:
            log.error("a round failed", error=str(error))
