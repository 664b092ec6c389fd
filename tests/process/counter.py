"""One desk with a customer in front and a person behind it: mails come, staff act, days go by."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from drawings import encode, scene
from PIL import Image
from sink import Sink
from story_desk import BETWEEN, SHOP, Desk, open_desk
from story_letters import read

from bot.worker.acting import Performed, perform
from bot.worker.rounds import one_round
from bot.worker.wiring import Wiring

ANNA = "anna@example.com"
MONDAY = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)
CLAIM = """Hello,

my TANK T3 Ultra does not turn on any more since Monday. I charged it for a night and pressed the button for 20
seconds, no luck. Order KS20418 from your official store, delivered on 3 March 2025.

Anna Example
"""


def photo(seed: int = 1, taken: str = "") -> bytes:
    """A good photo of a watch; two seeds are two pictures. ``taken``: the day its camera noted."""
    exif = Image.Exif()
    if taken:
        exif[0x010F] = "Camera"
        exif.get_ifd(0x8769)[0x9003] = f"{taken.replace('-', ':')} 10:00:00"
    return encode(scene(seed), exif=exif)


class Counter:
    """The worker, a mailbox, a mail server and a clock, with short words for what happens in the tests."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.w, self.clock, self.sink = desk, desk.w, desk.clock, desk.sink
        self.clock.at = MONDAY
        self.written = 0

    # --- what happens ---------------------------------------------------------------------------

    def mail(self, text: str, sender: str = ANNA, photo: bytes = b"", **headers: str) -> str:
        """A mail comes now and is worked on at once; the number of its case, if it has one."""
        self.written += 1
        made = EmailMessage(policy=email.policy.SMTP)
        plain = {
            "From": f"Anna Example <{sender}>",
            "To": SHOP,
            "Subject": "My watch",
            "Message-ID": f"<mail-{self.written}@home.example.com>",
            "Date": format_datetime(self.clock.at),
        }
        for name, value in {**plain, **{n.replace("_", "-"): v for n, v in headers.items()}}.items():
            made[name] = value
        made.set_content(text)
        if photo:
            made.add_attachment(photo, maintype="image", subtype="jpeg", filename="watch.jpg")
        self.desk.taken += 1
        self.desk._deliver(made.as_bytes(), self.clock.at)
        self.clock.at += BETWEEN
        one_round(self.w)
        rows = self.w.store.db.rows(
            "SELECT c.number FROM arrival a LEFT JOIN cases c ON c.id = a.case_id ORDER BY a.id DESC LIMIT 1"
        )
        return str(rows[0]["number"] or "")

    def answer(self, number: str, text: str, sender: str = ANNA, photo: bytes = b"", **headers: str) -> str:
        """A mail that answers our last letter of a case."""
        last = self.w.store.db.rows(
            "SELECT message_id FROM outbox o JOIN cases c ON c.id = o.case_id"
            " WHERE c.number = :n AND o.state = 'accepted' ORDER BY o.id DESC LIMIT 1",
            n=number,
        )[0]["message_id"]
        return self.mail(text, sender, photo, In_Reply_To=f"<{last}>", References=f"<{last}>", **headers)

    def staff(
        self, number: str, action: str, actor: str = "maria", version: int | None = None, **values: Any
    ) -> Performed:
        """A person acts, and the letter goes out."""
        done = perform(self.w, number, action, values, actor, version)
        one_round(self.w)
        return done

    def wait(self, **time: float) -> list[EmailMessage]:
        """Time goes by; the letters that went out at its end."""
        before = len(self.sink.kept)
        self.clock.at += timedelta(**time)
        one_round(self.w)
        return self.letters()[before:]

    # --- what can be seen -----------------------------------------------------------------------

    def case(self, number: str) -> dict[str, Any]:
        """The row of the case."""
        return self.w.store.db.rows("SELECT * FROM cases WHERE number = :n", n=number)[0]

    def letters(self) -> list[EmailMessage]:
        """What the mail server took, in order."""
        return [read(kept.raw) for kept in self.sink.kept]

    def text(self) -> str:
        """The words of the last letter."""
        body = self.letters()[-1].get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def replies(self, number: str) -> list[str]:
        """The names of the letters of a case, in order, with the state of those that were not sent."""
        rows = self.w.store.db.rows(
            "SELECT reply, o.state FROM outbox o JOIN cases c ON c.id = o.case_id WHERE c.number = :n ORDER BY o.id",
            n=number,
        )
        return [row["reply"] if row["state"] == "accepted" else f"{row['reply']} {row['state']}" for row in rows]

    def events(self, number: str) -> list[dict[str, Any]]:
        """What happened to a case."""
        events: list[dict[str, Any]] = self.w.store.cases.show(number)["events"]
        return events

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All rows of all tables: for comparing before and after."""
        tables = self.w.store.db.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'meta'")
        return {t["name"]: self.w.store.db.rows(f"SELECT * FROM {t['name']}") for t in tables}


@contextmanager
def open_counter(folder: Path, sink: Sink, shared: Wiring, more: str = "") -> Iterator[Counter]:
    """A fresh desk in ``folder``; ``more`` is added to its configuration."""
    with open_desk(folder, sink, shared, more) as desk:
        yield Counter(desk)
