"""The demo: customers write, the real worker polls, decides and answers, and everything can be looked at after.

Nothing here decides anything: mails go into the embedded mailbox, the worker does what it does in production.
"""

from __future__ import annotations

import email
import email.policy
import os
import shutil
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from bot.config import load_config
from bot.demo.mails import Story, build, stories
from bot.demo.server import EmbeddedMail
from bot.errors import BotError
from bot.worker.rounds import one_round
from bot.worker.wiring import open_wiring

SHOP = "after-sales@kospet.example.com"
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
password_env = "AFTER_SALES_DEMO_PASSWORD"

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
"""
)


def tour(folder: Path, lay_out: Callable[[Path], object], say: Callable[[str], None]) -> list[str]:
    """Play all stories into ``folder``; the case numbers in the order they were opened.

    ``lay_out`` puts policy and templates into the folder; ``say`` is told what happens.
    """
    _clear(folder)
    lay_out(folder)
    with EmbeddedMail(SHOP) as world:
        os.environ["AFTER_SALES_DEMO_PASSWORD"] = world.password
        text = CONFIG.format(host=world.host, imap=world.imap_port, smtp=world.smtp_port, shop=SHOP)
        (folder / "config.toml").write_text(text, encoding="utf-8")
        with open_wiring(load_config(folder / "config.toml")) as wiring:
            for number, mails in _rounds():
                for story in mails:
                    world.deliver(build(story, SHOP, _answered(world, story)))
                    say(f"  {parseaddr(story.sender)[0]:<16} {story.subject}")
                counts = one_round(wiring)
                say(f"  round {number}: {counts['handled']} mails handled, {counts['sent']} letters sent")
            rows = wiring.store.cases.list(limit=100)
    return [str(row["case_number"]) for row in sorted(rows, key=lambda r: str(r["opened_at"]))]


def _clear(folder: Path) -> None:
    """An earlier demo makes room; anything else that lies there is not ours to remove."""
    config = folder / "config.toml"
    if config.is_file() and config.read_text(encoding="utf-8").startswith(MARK):
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise BotError(f"{folder} is not empty and holds no earlier demo; name another one with --folder")


def _rounds() -> Iterator[tuple[int, list[Story]]]:
    told = stories()
    for number in sorted({s.round for s in told}):
        yield number, [s for s in told if s.round == number]


def _answered(world: EmbeddedMail, story: Story) -> EmailMessage | None:
    """The newest letter of ours to this customer."""
    if not story.reply and story.mail != "bounce":
        return None
    address = parseaddr(story.sender)[1]
    ours = [a for a in world.sent if address in a.recipients]
    if not ours:
        return None
    mail = email.message_from_bytes(ours[-1].raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail
