"""A desk for operators: working files of its own in two languages, a real worker that published them, people, cases.

``operating(...)`` gives the desk and the worker; they share the data folder as two processes would.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from html import unescape
from pathlib import Path

from config_text import write
from desk_seed import DESK, ROOT
from desk_served import HASH, NAMES, RunningClock, ServedDesk, wait_for
from desk_visitor import Answer, Visitor
from servers import free_port
from sink import Kept, Sink
from story_desk import CONFIG, SHOP

from bot.config import load_config
from bot.desk.operating.bench import Bench, Job
from bot.desk.serve import listen, server
from bot.desk.state import DeskState
from bot.store.states import Role
from bot.worker.rounds import one_round
from bot.worker.wiring import READY_FILES, Wiring, open_desk, open_wiring

LANGUAGES = ("de", "en")
ME = "omar@example.com"
FILES = """
[policy]
folder = "policy"
[templates]
folder = "templates"
[operator]
test_address = ["omar@example.com"]
"""


@dataclass
class Operated(ServedDesk):
    """A served desk with its worker and its working files."""

    worker: Wiring
    folder: Path
    bench: Bench
    mails: int = 0

    def file(self, name: str) -> Path:
        return self.folder / name

    def text(self, name: str) -> str:
        return self.file(name).read_text(encoding="utf-8")

    def saved(self, visitor: Visitor, address: str, do: str = "save", **typed: str) -> Answer:
        """Post the form of an editor as it was opened, with some fields typed anew."""
        opened = visitor.get(address).text
        hidden = dict(re.findall(r'name="(seen_\w+)" value="(\w*)"', opened))
        there = {
            name: unescape(text)
            for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', opened, re.DOTALL)
        }
        return visitor.post(address, **{**there, **hidden, "do": do, **typed})

    def done(self) -> Job:
        """The work on the bench, once it is over."""
        until = time.monotonic() + 120
        while (job := self.bench.job) is None or not job.finished:
            assert time.monotonic() < until, "the work on the bench does not end"
            time.sleep(0.05)
        return job

    def customer_writes(self, text: str, sender: str = "") -> list[Kept]:
        """A new customer's mail, answered by the real worker; what the mail server got."""
        self.mails += 1
        mail = EmailMessage()
        mail["From"] = sender or f"customer{self.mails}@example.com"
        mail["To"], mail["Subject"] = SHOP, "My watch"
        mail["Message-ID"] = f"<m{self.mails}@example.com>"
        mail["Date"] = self.clock().strftime("%a, %d %b %Y %H:%M:%S +0000")
        mail.set_content(text)
        (self.folder / "mail" / "new" / f"{self.mails}.mail").write_bytes(mail.as_bytes())
        before = len(self.sink.kept)
        for _ in range(2):
            one_round(self.worker)
        return self.sink.kept[before:]


@contextmanager
def operated(folder: Path, sink: Sink) -> Iterator[Operated]:
    """Everything, with the first edition published by the worker's first start."""
    folder.mkdir()
    shutil.copytree(ROOT / "policy", folder / "policy")
    for code in LANGUAGES:
        shutil.copytree(ROOT / "templates" / code, folder / "templates" / code)
    for sub in ("cur", "new", "tmp"):
        (folder / "mail" / sub).mkdir(parents=True)
    port = free_port()
    text = CONFIG.format(host=sink.host, port=sink.port, shop=SHOP) + FILES + DESK.format(port=port)
    config = load_config(write(folder, text))
    clock = RunningClock()
    with open_wiring(config, clock=clock) as worker:
        opened = open_desk(config, clock=clock)
        (opened.store.folder / READY_FILES).mkdir(exist_ok=True)
        for role, shown in {**NAMES, "second": "Sven Second"}.items():
            opened.store.people.add(role, shown, Role("operator" if role == "second" else role), HASH, clock())
        state = DeskState(opened)
        with listen(config.desk) as sock:
            running = server(state)
            thread = threading.Thread(target=running.run, args=([sock],), daemon=True)
            thread.start()
            wait_for(running)
            try:
                bench = running.config.app._app.state.bench  # type: ignore[union-attr]
                url = f"http://127.0.0.1:{port}"
                yield Operated(url, state, clock, sink, {}, folder / "config.toml", worker, folder, bench)
            finally:
                running.should_exit = True
                thread.join(10)
                state.close()
