"""A desk of its own for one story: a Maildir, a data folder, the real worker, a clock that follows the mails.

What a story's mails cannot know in advance stands in them by name and is put in before delivery: K7F3Q9 is the
number of the first case, ``<our-letter-2@kospet.com>`` the Message-ID of the letter that answered mail 2. On the way
back the numbers of the cases become K7F3Q9, M4T7P3 and R6W4X9 again, in the order the cases were opened.
"""

from __future__ import annotations

import email
import email.policy
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Any

from config_text import write
from sink import Kept, Sink

from bot.config import load_config
from bot.store.engine import Store
from bot.worker.rounds import one_round
from bot.worker.wiring import READY_FILES, Wiring, open_wiring

ROOT = Path(__file__).parent.parent
SHOP = "after-sales@kospet.com"
STAND_INS = ("K7F3Q9", "M4T7P3", "R6W4X9")
# What happens before a mail is looked at: it lies in the mailbox for a moment.
BETWEEN = timedelta(minutes=1)
CONFIG = """
[mailbox]
type = "maildir"
[maildir]
path = "mail"
[smtp]
host = "{host}"
port = {port}
security = "none"
[address]
own = ["{shop}"]
[start]
baseline = "2024-01-01"
[log]
level = "error"
"""


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = datetime(2025, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Told:
    """What became of one mail."""

    facts: dict[str, Any]
    """as in expected.toml"""
    reply: str
    """as in N-reply.txt"""
    letters: list[Kept] = field(default_factory=list)
    raw: bytes = b""
    changed: list[str] = field(default_factory=list)
    """cases that changed although the mail does not belong to them"""


class Desk:
    """``with open_desk(...) as desk: told = desk.take(raw)``."""

    def __init__(self, wiring: Wiring, clock: Clock, sink: Sink, maildir: Path) -> None:
        self.w, self.clock, self.sink, self.maildir = wiring, clock, sink, maildir
        self.taken = 0
        self._our_ids: dict[int, str] = {}
        self._numbers: list[str] = []

    def take(self, raw: bytes) -> Told:
        """One mail arrives at the time of its Date header and is worked on a minute later."""
        self.taken += 1
        raw = self._addressed(raw)
        written = parsedate_to_datetime(email.message_from_bytes(raw)["Date"]).astimezone(UTC)
        self._deliver(raw, written)
        self.clock.at = written + BETWEEN
        before = {number: self._all_of(number) for number in self._numbers}
        kept = len(self.sink.kept)
        one_round(self.w)
        letters = self.sink.kept[kept:]
        self._note_new_cases()
        arrival = self.w.store.db.rows("SELECT * FROM arrival ORDER BY id DESC LIMIT 1")[0]
        own = self._number_of(arrival["case_id"])
        changed = [self._stand_in(n) for n, old in before.items() if n != own and self._all_of(n) != old]
        if letters:
            self._our_ids[self.taken] = str(_read(letters[0].raw)["Message-ID"])
        facts = self._facts(arrival, own)
        return Told(facts=facts, reply=self._reply(letters, arrival), letters=letters, raw=raw, changed=changed)

    def rest(self, later: timedelta) -> list[Kept]:
        """Time goes by and nobody writes; what the bot sends meanwhile."""
        kept = len(self.sink.kept)
        self.clock.at += later
        one_round(self.w)
        return self.sink.kept[kept:]

    def letters_since(self, told: list[Told]) -> int:
        """How many letters went out that answer none of these mails."""
        return len(self.sink.kept) - sum(len(one.letters) for one in told)

    def folder(self, name: str = "") -> list[Path]:
        """The mails of a mailbox folder; the inbox without a name."""
        place = self.maildir / f".{name}" if name else self.maildir
        return [file for part in ("new", "cur") for file in sorted((place / part).glob("*"))]

    def _addressed(self, raw: bytes) -> bytes:
        for number, stand_in in zip(self._numbers, STAND_INS, strict=False):
            raw = raw.replace(stand_in.encode(), number.encode())
        return re.sub(rb"<our-letter-(\d+)@kospet\.com>", lambda m: self._our_ids[int(m[1])].encode(), raw)

    def _deliver(self, raw: bytes, at: datetime) -> None:
        fresh = self.maildir / "tmp" / f"{at.timestamp():.0f}.{self.taken}.story"
        fresh.write_bytes(raw)
        os.utime(fresh, (at.timestamp(),) * 2)
        fresh.rename(self.maildir / "new" / fresh.name)

    def _note_new_cases(self) -> None:
        for row in self.w.store.db.rows("SELECT number FROM cases ORDER BY id"):
            if row["number"] not in self._numbers:
                self._numbers.append(row["number"])

    def _number_of(self, case_id: int | None) -> str:
        rows = self.w.store.db.rows("SELECT number FROM cases WHERE id = :id", id=case_id)
        return str(rows[0]["number"]) if rows else ""

    def _stand_in(self, number: str) -> str:
        return STAND_INS[self._numbers.index(number)] if number else ""

    def _all_of(self, number: str) -> dict[str, Any]:
        """Everything but the links of other cases, which are facts of those."""
        return {name: part for name, part in self.w.store.cases.show(number).items() if name != "linked_from"}

    def _facts(self, arrival: dict[str, Any], number: str) -> dict[str, Any]:
        """The stored facts of the mail and of its case after it; only those that are set."""
        rows = self.w.store.db.rows("SELECT * FROM letter WHERE arrival_id = :id", id=arrival["id"])
        facts: dict[str, Any] = {"kind": rows[0]["kind"]} if rows else {}
        if arrival["outcome"] != "human":
            facts["outcome"] = arrival["outcome"]
        if number:
            shown = self._all_of(number)
            case, sent = shown["case"], [row for row in shown["letters"] if row["state"] != "superseded"]
            facts["case"] = self._stand_in(number)
            for name in ("language", "order_number", "platform", "model", "missing", "service", "flags", "state"):
                facts[name] = case[name]
            facts["next_actor"], facts["doubt"] = case["waiting_for"], case["doubt_id"]
            facts["linked_to"] = self._stand_in(case["linked_to"] or "")
            facts |= {name: case[name] for name in ("answer_by", "reply_by")}
            facts["reply"] = sent[-1]["reply"] if self._our_ids.get(self.taken) else ""
        for name in ("missing", "flags"):
            facts[name] = [part for part in (facts.get(name) or "").split(", ") if part]
        return {name: value for name, value in facts.items() if value not in (None, "", [])}

    def _reply(self, letters: list[Kept], arrival: dict[str, Any]) -> str:
        if not letters:
            return f"No reply: {arrival['reason']}\n"
        mail = _read(letters[0].raw)
        body = mail.get_body(("plain",))
        assert body is not None
        written = body.get_content().replace("\r\n", "\n").strip()
        text = f"Subject: {mail['Subject']}\n\n{written}\n"
        for number in self._numbers:
            text = text.replace(number, self._stand_in(number))
        return text


def _read(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def problems_of_letter(told: Told) -> list[str]:
    """What is wrong with the letter as a mail: whom it goes to, what it answers, how it is marked."""
    if not told.letters:
        return []
    cause, found = email.message_from_bytes(told.raw), []
    letter = _read(told.letters[0].raw)
    customer = parseaddr(cause["Reply-To"] or cause["From"])[1].lower()
    if len(told.letters) > 1:
        found.append(f"{len(told.letters)} letters answer one mail")
    if told.letters[0].recipients != (customer,) or parseaddr(str(letter["To"]))[1] != customer:
        found.append(f"it goes to {told.letters[0].recipients}, not only to {customer}")
    if parseaddr(str(letter["From"]))[1] != SHOP:
        found.append(f"it comes from {letter['From']}")
    if str(letter["In-Reply-To"]) != cause["Message-ID"] or cause["Message-ID"] not in str(letter["References"]):
        found.append("it does not continue the thread")
    if letter["Auto-Submitted"] != "auto-replied":
        found.append("it is not marked as automatic")
    return found


@contextmanager
def opened_once(folder: Path) -> Iterator[Wiring]:
    """A bot opened the ordinary way, whose policy, letters and reading child the desks of all stories share."""
    (folder / "mail").mkdir()
    with open_wiring(load_config(write(folder, CONFIG.format(host="127.0.0.1", port=25, shop=SHOP)))) as wiring:
        yield wiring


@contextmanager
def open_desk(folder: Path, sink: Sink, opened: Wiring) -> Iterator[Desk]:
    """A fresh desk in ``folder``: mailbox, data, clock and outgoing mail of its own."""
    maildir = folder / "mail"
    for part in ("tmp", "new", "cur"):
        (maildir / part).mkdir(parents=True)
    config = load_config(write(folder, CONFIG.format(host=sink.host, port=sink.port, shop=SHOP)))
    (config.data.folder / READY_FILES).mkdir(parents=True)
    clock = Clock()
    with Store(config.data.folder) as store:
        yield Desk(replace(opened, config=config, store=store, clock=clock, lock=None), clock, sink, maildir)
