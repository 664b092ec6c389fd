"""A copy of the seeded desk, served on a loopback port by the real server, on a thread of the test."""

from __future__ import annotations

import secrets
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import uvicorn
from config_text import write
from desk_seed import DESK, NOW, Seeded
from desk_visitor import Visitor
from servers import free_port
from sink import Kept, Sink
from story_desk import CONFIG, SHOP

from bot.config import Config, load_config, load_policy
from bot.core.model import Policy
from bot.desk.people import HASHER
from bot.desk.serve import listen, server
from bot.desk.session import cookie_name, token_for
from bot.desk.state import DeskState
from bot.isolate import Limits, Reader
from bot.replies import Letters
from bot.store.engine import Store
from bot.store.states import Role
from bot.worker.sending import send_due
from bot.worker.wiring import READY_FILES, Wiring, own_secret

PASSWORD = "a long enough sentence"
HASH = HASHER.hash(PASSWORD)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
NAMES = {"reader": "Rita Reader", "agent": "Ana Ferreira", "lead": "Lena Lead", "operator": "Omar Operator"}


@dataclass
class RunningClock:
    """Begins at the end of the stories and goes on; ``skip`` jumps ahead."""

    start: datetime = NOW
    began: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=time.monotonic() - self.began)

    def skip(self, **time_: float) -> None:
        self.start += timedelta(**time_)


@dataclass
class ServedDesk:
    """A desk that is being served."""

    url: str
    state: DeskState
    clock: RunningClock
    sink: Sink
    cases: dict[str, list[str]]
    config_file: Path

    @property
    def store(self) -> Store:
        return self.state.store

    @property
    def w(self) -> Wiring:
        return self.state.w

    def case(self, story: str) -> str:
        """The number of the first case of a story."""
        return self.cases[story][0]

    def visitor(self, role: str | None = "agent") -> Visitor:
        """Somebody signed in with this role; nobody for None."""
        made = Visitor(self.url)
        if role:
            token = self.session(role)
            made.cookies[cookie_name(self.state)] = token
            made.token = token_for(token)
        return made

    def session(self, role: str) -> str:
        """What the cookie of somebody holds who is signed in. The door has tests of its own, and takes its time."""
        token, now = secrets.token_urlsafe(32), self.clock()
        people = self.store.people
        people.sign_in(
            people.named(role).id,
            sha256(token.encode()).hexdigest(),
            now,
            now + timedelta(hours=self.state.settings.session_hours),
            lasting=False,
            address="127.0.0.1",
            browser=BROWSER,
        )
        return token

    def enter(self, page: Any, role: str = "agent", path: str = "/queue") -> None:
        """Sign the tab in and go there."""
        cookie = {"name": cookie_name(self.state), "value": self.session(role), "url": self.url}
        page.context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Strict"}])
        page.goto(self.url + path)

    def send(self) -> list[Kept]:
        """What the worker's sender does now; the letters the mail server got."""
        before = len(self.sink.kept)
        send_due(self.w)
        return self.sink.kept[before:]


@contextmanager
def served(folder: Path, seeded: Seeded, sink: Sink, more: str = "") -> Iterator[ServedDesk]:
    """One person for each role, whose name is the role; ``more`` goes to the end of the configuration."""
    shutil.copytree(seeded.data, folder / "data")
    (folder / "mail").mkdir()
    port = free_port()
    text = CONFIG.format(host=sink.host, port=sink.port, shop=SHOP) + DESK.format(port=port) + more
    file = write(folder, text)
    config = load_config(file)
    clock = RunningClock()
    wiring = wired(config, clock)
    (wiring.store.folder / READY_FILES).mkdir(exist_ok=True)
    for role, shown in NAMES.items():
        wiring.store.people.add(role, shown, Role(role), HASH, clock())
    state = DeskState(wiring)
    sock = listen(config.desk)
    running = server(state)
    thread = threading.Thread(target=running.run, args=([sock],), daemon=True)
    thread.start()
    wait_for(running)
    try:
        yield ServedDesk(f"http://127.0.0.1:{port}", state, clock, sink, seeded.cases, file)
    finally:
        running.should_exit = True
        # The server looks a tenth of a second later whether it should end: the next test does not wait for that.
        threading.Thread(target=end, args=(thread, sock, state), name="end of a desk").start()


def end(thread: threading.Thread, sock: socket.socket, state: DeskState) -> None:
    """Close the desk when its server has ended."""
    thread.join(10)
    sock.close()
    state.close()


@cache
def known(policy: Path, templates: Path) -> tuple[Policy, Letters]:
    """What is the same for every desk and takes the longest to read."""
    read = load_policy(policy)
    return read, Letters(templates, read.default_language)


def wired(config: Config, clock: RunningClock) -> Wiring:
    """As ``open_desk`` does it, with policy and letters that were read once."""
    policy, letters = known(config.policy.folder, config.templates.folder)
    store = Store(config.data.folder, prepare=False)
    reader = Reader(config.policy.folder, Limits())
    return Wiring(config, policy, letters, store, reader, own_secret(config.data.folder), clock=clock)


def wait_for(running: uvicorn.Server) -> None:
    until = time.monotonic() + 20
    while not running.started:
        assert time.monotonic() < until, "the server does not start"
        time.sleep(0.01)
