"""The stage of the demo: a working folder, a mailbox, the real worker, and a clock that can be moved.

The clock starts some weeks ago and only goes on, so a whole life fits in a few seconds and ends before today; from
then on it is the machine's own. Nothing here decides anything.
"""

from __future__ import annotations

import email
import email.policy
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from bot.config import load_config
from bot.demo.mails import Story, build
from bot.demo.server import EmbeddedMail
from bot.errors import BotError
from bot.worker.rounds import one_round
from bot.worker.wiring import Wiring, open_wiring, wall_clock

SHOP = "after-sales@kospet.example.com"
FORM = "return-center@kospet.example.com"
MARK = "# The demo's configuration."
CONFIG = (
    MARK
    + """ The servers it names lived only as long as the demo ran.
[mailbox]
name = "demo"

[imap]
host = "{host}"
port = {imap}
security = "none"
user = "{shop}"
password_file = "password"

[smtp]
host = "{host}"
port = {smtp}
security = "none"

[address]
own = ["{shop}"]

[folders]
sent = "Sent"

[policy]
folder = "policy"

[templates]
folder = "templates"

[start]
baseline = "2020-01-01"

[trust]
form_senders = ["{form}"]

[desk]
port = {port}

[schedule]
undo_seconds = 10

[[return_address]]
id = "eu"
regions = ["DE", "FR", "IT", "ES"]
lines = ["Example Service", "Beispielweg 1", "12345 Musterstadt", "Germany"]

[[return_address]]
id = "us"
lines = ["Example Service", "1 Example Road", "Example City, NV 89100", "USA"]
"""
)
DESK_PORT = 8470
# What happens before a mail is looked at: it lies in the mailbox for a moment.
MOMENT = timedelta(minutes=1)


class Clock:
    """Stands where it was put; without a place it is the one on the ``wall``, as a rule the machine's own."""

    def __init__(self, wall: Callable[[], datetime] = wall_clock) -> None:
        self.wall = wall
        self.at: datetime | None = None

    def __call__(self) -> datetime:
        """The time, aware UTC."""
        return self.at or self.wall()


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything the demo plays on."""

    world: EmbeddedMail
    wiring: Wiring
    clock: Clock

    def play(self, story: Story) -> None:
        """A mail of a customer arrives now."""
        now = self.clock()
        self.world.deliver(build(story, SHOP, self._answered(story), now), received_at=now)

    def round(self) -> dict[str, int]:
        """A moment later the worker does what is to do; the counts."""
        if self.clock.at:
            self.clock.at += MOMENT
        return one_round(self.wiring)

    def letters_to(self, address: str) -> list[EmailMessage]:
        """What the mail server took for a customer, in order."""
        return [_read(a.raw) for a in self.world.sent if address in a.recipients]

    def _answered(self, story: Story) -> EmailMessage | None:
        """The newest letter of ours to this customer."""
        if not story.reply and story.mail != "bounce":
            return None
        ours = self.letters_to(parseaddr(story.sender)[1])
        return ours[-1] if ours else None


@contextmanager
def open_stage(
    folder: Path, lay_out: Callable[[Path], object], *, wall: Callable[[], datetime] = wall_clock, port: int = DESK_PORT
) -> Iterator[Stage]:
    """A fresh stage in ``folder``; ``lay_out`` puts policy and templates into it, ``port`` is where its desk can be
    served. Raises BotError if the folder is in use."""
    _clear(folder)
    lay_out(folder)
    with EmbeddedMail(SHOP) as world:
        # A file, not a variable of this process: the commands that are shown at the end need it too.
        (folder / "password").touch(mode=0o600)
        (folder / "password").write_text(world.password, encoding="utf-8")
        ports = {"imap": world.imap_port, "smtp": world.smtp_port, "port": port}
        text = CONFIG.format(host=world.host, shop=SHOP, form=FORM, **ports)
        (folder / "config.toml").write_text(text, encoding="utf-8")
        clock = Clock(wall)
        with open_wiring(load_config(folder / "config.toml"), clock=clock) as wiring:
            yield Stage(world, wiring, clock)


def _clear(folder: Path) -> None:
    """An earlier demo makes room; anything else that lies there is not ours to remove."""
    config = folder / "config.toml"
    if config.is_file() and config.read_text(encoding="utf-8").startswith(MARK):
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise BotError(f"{folder} is not empty and holds no earlier demo; name another one with --folder")


def _read(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail
