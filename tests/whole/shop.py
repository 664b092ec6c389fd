"""A shop's desk on private servers: a real mailbox, a real mail server, the real worker, in process or as a program.

``shop.round()`` works in this process under a clock that can be moved; ``shop.program("run")`` starts the command as
an operator does. What customers got is read from the mail server's disk, what the shop sees from the mailbox's.
"""

from __future__ import annotations

import email
import email.policy
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

from config_text import write
from sink import Sink

from bot.config import load_config
from bot.isolate import Reader
from bot.store.engine import Store
from bot.worker.rounds import one_round
from bot.worker.wiring import Wiring, open_wiring

ROOT = Path(__file__).parents[2]
OURS = "care@shop.example.com"
PROGRAM = (sys.executable, "-m", "bot")
CONFIG = """
[mailbox]
{mailbox}
[smtp]
host = "{sink.host}"
port = {sink.port}
security = "none"
timeout = 20
data_timeout = 20
[address]
own = ["{ours}"]
[folders]
sent = "Sent"
[start]
baseline = "{baseline}"
[limits]
min_free_mb = 1
[templates]
folder = "{templates}"
[policy]
folder = "{policy}"
"""
IMAP = """
type = "imap"
name = "shop"
[imap]
host = "127.0.0.1"
port = {port}
security = "none"
user = "{user}"
password_file = "password"
connect_timeout = 5
read_timeout = 5
"""
MAILDIR = """
type = "maildir"
name = "shop"
[maildir]
path = "{path}"
"""


class Box(Protocol):
    """The shop's mailbox as the tests see it."""

    def deliver(self, raw: bytes, received_at: datetime | None = None) -> None: ...
    def mails(self, folder: str = "INBOX") -> list[bytes]: ...


@dataclass
class Clock:
    """The machine's clock, set forward or back by ``ahead``."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Shop:
    """A desk with its mailbox, mail server and data folder."""

    folder: Path
    box: Box
    sink: Sink
    reader: Reader
    mailbox: str
    """the sections of the configuration that name the mailbox"""
    templates: Path = ROOT / "templates"
    policy: Path = ROOT / "policy"
    baseline: str = "2020-01-01"
    clock: Clock = field(default_factory=Clock)

    # --- working ------------------------------------------------------------------------------

    def configure(self, more: str = "") -> Path:
        """Write config.toml; ``more`` is added, and a section that stands there already is opened once."""
        (self.folder / "password").write_text("secret")
        (self.folder / "password").chmod(0o600)
        text = CONFIG.format(
            mailbox=self.mailbox.strip(),
            sink=self.sink,
            ours=OURS,
            baseline=self.baseline,
            templates=self.templates,
            policy=self.policy,
        )
        for line in more.splitlines():
            section, _, setting = line.partition(" ")
            if f"[{section}]" not in text:
                text += f"[{section}]\n"
            kept = [old for old in text.splitlines() if not self._same(text, old, section, setting)]
            text = "\n".join(kept).replace(f"[{section}]", f"[{section}]\n{setting}") + "\n"
        return write(self.folder, text)

    def _same(self, text: str, line: str, section: str, setting: str) -> bool:
        """Whether this line sets the same key of the same section."""
        after = text.partition(f"[{section}]")[2].partition("\n[")[0].splitlines()
        return line in after and line.partition("=")[0].strip() == setting.partition("=")[0].strip() != ""

    @contextmanager
    def open(self, more: str = "") -> Iterator[Wiring]:
        """The worker in this process. The child that reads mails is shared: it keeps nothing of a mail."""
        with open_wiring(load_config(self.configure(more)), clock=self.clock) as wiring:
            own, wiring.reader = wiring.reader, self.reader
            try:
                yield wiring
            finally:
                wiring.reader = own

    def round(self, more: str = "") -> dict[str, int]:
        """One round from start to end, as after each restart."""
        with self.open(more) as wiring:
            return one_round(wiring)

    def program(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        """A command as a process of its own."""
        return subprocess.Popen(
            [*PROGRAM, *arguments, "-c", str(self.folder / "config.toml")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            **more,
        )

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command from start to end."""
        with self.program(*arguments) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    # --- looking ------------------------------------------------------------------------------

    def letters(self, to: str = "") -> list[EmailMessage]:
        """What the mail server took for a customer, or for everybody, in order."""
        kept = [kept for kept in self.sink.kept if not to or to in kept.recipients]
        return [read(one.raw) for one in kept]

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """What the database holds."""
        with Store(self.folder / "data", prepare=False) as store:
            return store.db.rows(sql, **values)

    def outcomes(self) -> list[str]:
        """How each mail ended, in the order they came; ``seen`` and ``stored`` for one that has not ended."""
        return [row["o"] for row in self.rows("SELECT COALESCE(outcome, state) AS o FROM arrival ORDER BY id")]

    def count(self, table: str) -> int:
        """How many rows."""
        return int(self.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"])

    def case(self, address: str) -> dict[str, Any]:
        """The one case of a customer."""
        found = self.rows("SELECT * FROM case_overview WHERE address = :address", address=address)
        assert len(found) == 1, f"{len(found)} cases of {address}"
        return found[0]

    def alerts(self) -> list[str]:
        """The kinds of what an operator must see."""
        return [row["kind"] for row in self.rows("SELECT kind FROM alert WHERE acked = 0 ORDER BY kind")]

    def everything(self) -> dict[str, object]:
        """All that a command could change: mailbox, flags, data folder and sink. For comparing before and after."""
        data = {f: f.read_bytes() for f in sorted((self.folder / "data").rglob("*")) if f.is_file()}
        flags = getattr(self.box, "flags", list)()
        folders = {name: self.box.mails(name) for name in ("INBOX", "Handled", "Sent", "Quarantine")}
        return {"data": data, "flags": flags, "folders": folders, "sent": self.sink.kept}


def read(raw: bytes) -> EmailMessage:
    """A mail with its headers decoded."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def claim(number: int, sender: str = "", text: str = "", **headers: str) -> bytes:
    """A person's claim that lacks the photo: it gets exactly one letter, and every number is another person's."""
    sender = sender or f"anna{number}@home{number}.example.com"
    return mail(
        text
        or f"Hello,\n\nmy TANK T3 Ultra does not turn on any more since Monday. I charged it for a night and\n"
        f"pressed the button for 20 seconds. Order KS{20000 + number}, from your official store.\n\nAnna Example\n",
        **{
            "From": f"Anna Example <{sender}>",
            "To": OURS,
            "Subject": f"My watch is dead ({number})",
            "Message-ID": f"<claim-{number}@home.example.com>",
            "Date": "Mon, 10 Mar 2025 09:00:00 +0000",
            **headers,
        },
    )


def mail(text: str, **headers: str) -> bytes:
    """A plain mail; ``_`` in a header's name stands for ``-``."""
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items() if value)
    return (head + "\r\n" + text.replace("\n", "\r\n")).encode()


def answer(letter: EmailMessage, number: int, text: str, sender: str = "", **headers: str) -> bytes:
    """A customer's answer to a letter of ours, which it quotes as mail programs do."""
    body = letter.get_body(("plain",))
    assert body is not None
    quote = "".join(f"> {line}\n" for line in body.get_content().splitlines())
    return claim(
        number,
        sender=sender or str(letter["To"]),
        text=f"{text}\n\nOn Mon, 10 Mar 2025 Care wrote:\n{quote}",
        **{
            "Subject": f"Re: {letter['Subject']}",
            "In-Reply-To": str(letter["Message-ID"]),
            "References": str(letter["Message-ID"]),
            **headers,
        },
    )


def child_environment(**more: str) -> dict[str, str]:
    """Our own environment with changes."""
    return {**os.environ, **more}
