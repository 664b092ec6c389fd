"""A desk of its own for one story: a Maildir, a data folder, the real worker, a clock that follows the steps.

What a story's steps cannot know in advance stands in them by name and is put in before: K7F3Q9 is the number of the
first case, ``<our-letter-2@kospet.com>`` the Message-ID of the last letter of step 2. On the way back the numbers of
the cases become K7F3Q9, M4T7P3 and R6W4X9 again, in the order the cases were opened.
"""

from __future__ import annotations

import email
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Any

from config_text import write
from sink import Kept, Sink
from story_letters import as_text, read, wrong_answers

from bot.config import load_config
from bot.store.engine import Store
from bot.worker.acting import perform
from bot.worker.rounds import one_round
from bot.worker.ticking import upcoming
from bot.worker.wiring import READY_FILES, Wiring, open_wiring

ROOT = Path(__file__).parent.parent
SHOP = "after-sales@kospet.com"
STAND_INS = ("K7F3Q9", "M4T7P3", "R6W4X9")
# What happens before a mail is looked at: it lies in the mailbox for a moment.
BETWEEN = timedelta(minutes=1)
A_PERSON_TAKES = timedelta(hours=1)
MORNING = time(9)
BETWEEN_LETTERS = "\n* * *\n\n"
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
ADDRESSES = """
[[return_address]]
id = "eu"
regions = ["DE", "FR"]
lines = ["KOSPET Service", "Repair Street 1", "12345 Example Town", "Germany"]
[[return_address]]
id = "us"
lines = ["KOSPET Service", "1 Repair Road", "Example City, NV 89100", "USA"]
[[payment]]
currency = "EUR"
lines = ["IBAN: XX00 EXAMPLE", "KOSPET Service"]
"""


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = datetime(2025, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Told:
    """What became of one step."""

    step: str
    """mail, staff or time"""
    facts: dict[str, Any]
    """as in expected.toml"""
    reply: str
    """as in N-reply.txt"""
    letters: list[Kept] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """what is wrong with the letters as mails"""
    changed: list[str] = field(default_factory=list)
    """cases that changed although the mail does not belong to them"""


class Desk:
    """``with open_desk(...) as desk: told = desk.take(raw)``, ``desk.act(...)``, ``desk.wait_until(day)``."""

    def __init__(self, wiring: Wiring, clock: Clock, sink: Sink, maildir: Path) -> None:
        self.w, self.clock, self.sink, self.maildir = wiring, clock, sink, maildir
        self.taken = 0
        self.unasked: list[Kept] = []
        """letters that went out between two steps"""
        self._case = ""
        self._our_ids: dict[int, str] = {}
        self._numbers: list[str] = []

    # --- the three kinds of steps ---------------------------------------------------------------

    def take(self, raw: bytes) -> Told:
        """One mail arrives at the time of its Date header and is worked on a minute later."""
        raw = self._real(raw.decode("latin-1")).encode("latin-1")
        written = parsedate_to_datetime(email.message_from_bytes(raw)["Date"]).astimezone(UTC)
        if self.taken:
            assert written.date() >= self.clock.at.date(), f"the mail is of {written}, before the step before it"
            self.unasked += self._live(written.date() - timedelta(days=1))
        self.taken += 1
        self._deliver(raw, written)
        self.clock.at = max(self.clock.at, written) + BETWEEN
        before = {number: self._all_of(number) for number in self._numbers}
        seen = self._last_event()
        letters = self._round()
        arrival = self.w.store.db.rows("SELECT * FROM arrival ORDER BY id DESC LIMIT 1")[0]
        self._case = own = self._number_of(arrival["case_id"])
        changed = [self._stand_in(n) for n, old in before.items() if n != own and self._all_of(n) != old]
        facts = self._kind(arrival) | self._facts(own, letters, seen)
        problems = wrong_answers(letters, raw) + self._problems(letters)
        reply = self._told(letters, str(arrival["reason"]))
        return Told("mail", facts, reply, letters, problems, changed)

    def act(self, order: Mapping[str, Any]) -> Told:
        """A person does something with a case, an hour after the step before."""
        self.taken += 1
        self.clock.at += A_PERSON_TAKES
        values = {name: self._real(value) if isinstance(value, str) else value for name, value in order.items()}
        self._case = values.pop("case", "") or self._numbers[0]
        seen = self._last_event()
        done = perform(self.w, self._case, values.pop("action"), values, values.pop("actor", "maria"))
        letters = self._round()
        facts = self._facts(self._case, letters, seen)
        reply = self._told(letters, f"it is held: {done.held}" if done.held else "this action writes none")
        return Told("staff", facts, reply, letters, self._problems(letters))

    def wait_until(self, day: date) -> Told:
        """Days go by, each with its round in the morning."""
        self.taken += 1
        seen = self._last_event()
        letters = self._live(day)
        facts = self._facts(self._case, letters, seen)
        reply = self._told(letters, "nothing was due", dated=True)
        return Told("time", facts, reply, letters, self._problems(letters))

    def rest(self, later: timedelta) -> list[Kept]:
        """Time goes by and nobody writes; what the bot sends meanwhile."""
        self.clock.at += later
        return self._round()

    def _live(self, last: date) -> list[Kept]:
        """A round every morning, up to this day."""
        letters: list[Kept] = []
        while (day := self.clock.at.date() + timedelta(days=1)) <= last:
            self.clock.at = datetime.combine(day, MORNING, UTC)
            letters += self._round()
        return letters

    def _round(self) -> list[Kept]:
        """The letters of one round of the worker."""
        kept = len(self.sink.kept)
        one_round(self.w)
        for row in self.w.store.db.rows("SELECT number FROM cases ORDER BY id"):
            if row["number"] not in self._numbers:
                self._numbers.append(row["number"])
        letters = self.sink.kept[kept:]
        if letters:
            self._our_ids[self.taken] = str(read(letters[-1].raw)["Message-ID"])
        return letters

    # --- what can be seen -----------------------------------------------------------------------

    def letters_since(self, told: list[Told]) -> int:
        """How many letters went out in none of these steps."""
        return len(self.sink.kept) - sum(len(one.letters) for one in told)

    def folder(self, name: str = "") -> list[Path]:
        """The mails of a mailbox folder; the inbox without a name."""
        place = self.maildir / f".{name}" if name else self.maildir
        return [file for part in ("new", "cur") for file in sorted((place / part).glob("*"))]

    def _real(self, text: str) -> str:
        """The text with the numbers and ids that its stand-ins stand for."""
        for number, stand_in in zip(self._numbers, STAND_INS, strict=False):
            text = text.replace(stand_in, number)
        return re.sub(r"<our-letter-(\d+)@kospet\.com>", lambda m: self._our_ids[int(m[1])], text)

    def _deliver(self, raw: bytes, at: datetime) -> None:
        fresh = self.maildir / "tmp" / f"{at.timestamp():.0f}.{self.taken}.story"
        fresh.write_bytes(raw)
        os.utime(fresh, (at.timestamp(),) * 2)
        fresh.rename(self.maildir / "new" / fresh.name)

    def _number_of(self, case_id: int | None) -> str:
        rows = self.w.store.db.rows("SELECT number FROM cases WHERE id = :id", id=case_id)
        return str(rows[0]["number"]) if rows else ""

    def _stand_in(self, number: str) -> str:
        return STAND_INS[self._numbers.index(number)] if number else ""

    def _all_of(self, number: str) -> dict[str, Any]:
        """Everything but the links of other cases, which are facts of those."""
        return {name: part for name, part in self.w.store.cases.show(number).items() if name != "linked_from"}

    def _last_event(self) -> int:
        return int(self.w.store.db.rows("SELECT coalesce(max(id), 0) AS id FROM event")[0]["id"])

    def _kind(self, arrival: dict[str, Any]) -> dict[str, Any]:
        rows = self.w.store.db.rows("SELECT kind FROM letter WHERE arrival_id = :id", id=arrival["id"])
        kind = {"kind": rows[0]["kind"]} if rows else {}
        return kind if arrival["outcome"] == "human" else {**kind, "outcome": arrival["outcome"]}

    def _facts(self, number: str, letters: list[Kept], seen: int) -> dict[str, Any]:
        """The stored facts of a case, and what happened to it after event ``seen``; only what is set."""
        facts: dict[str, Any] = {}
        if number:
            case = self._all_of(number)["case"]
            facts["case"] = self._stand_in(number)
            for name in ("language", "order_number", "platform", "model", "missing", "service", "flags", "state"):
                facts[name] = case[name]
            facts["next_actor"], facts["doubt"] = case["waiting_for"], case["doubt_id"]
            facts["linked_to"] = self._stand_in(case["linked_to"] or "")
            facts |= {name: case[name] for name in ("answer_by", "reply_by")}
            facts["next_timer"], facts["due"] = upcoming(self.w.store, self.w.config, number) or ("", "")
            facts |= self._happened(number, seen)
        for name in ("missing", "flags"):
            facts[name] = [part for part in (facts.get(name) or "").split(", ") if part]
        facts["alerts"] = [alert["kind"] for alert in self.w.store.alerts.open()]
        names = [self._name(letter) for letter in letters]
        facts["reply"] = names[0] if len(names) == 1 else names
        return {name: value for name, value in facts.items() if value not in (None, "", [])}

    def _happened(self, number: str, seen: int) -> dict[str, list[str]]:
        rows = self.w.store.db.rows(
            "SELECT e.name, json_extract(e.data, '$.timer') AS timer FROM event e JOIN cases c ON c.id = e.case_id"
            " WHERE c.number = :number AND e.id > :seen AND e.name NOT LIKE 'letter_%' ORDER BY e.id",
            number=number,
            seen=seen,
        )
        timers = [row["timer"] for row in rows if row["timer"]]
        return {"events": [row["name"] for row in rows if row["name"] not in timers], "timers": timers}

    def _name(self, letter: Kept) -> str:
        id_ = str(read(letter.raw)["Message-ID"]).strip("<>")
        return str(self.w.store.db.rows("SELECT reply FROM outbox WHERE message_id = :id", id=id_)[0]["reply"])

    def _told(self, letters: list[Kept], why_none: str, *, dated: bool = False) -> str:
        """The letters of a step as a customer reads them; each with its day where days went by."""
        text = BETWEEN_LETTERS.join(as_text(letter, dated=dated) for letter in letters) or f"No reply: {why_none}\n"
        for number in self._numbers:
            text = text.replace(number, self._stand_in(number))
        return text

    def _problems(self, letters: list[Kept]) -> list[str]:
        """What is wrong with letters as mails: whom they go to, whom they come from, what they continue."""
        found = []
        for kept in letters:
            mail = read(kept.raw)
            parties = self.w.store.db.rows(
                "SELECT p.address FROM party p JOIN outbox o ON o.case_id = p.case_id WHERE o.message_id = :id",
                id=str(mail["Message-ID"]).strip("<>"),
            )
            if len(kept.recipients) != 1 or kept.recipients[0] not in {row["address"] for row in parties}:
                found.append(f"it goes to {kept.recipients}, who is no party of the case")
            if parseaddr(str(mail["To"]))[1] != kept.recipients[0] or parseaddr(str(mail["From"]))[1] != SHOP:
                found.append(f"it goes from {mail['From']} to {mail['To']}")
            if not mail["In-Reply-To"] or str(mail["In-Reply-To"]) not in str(mail["References"]):
                found.append("it does not continue the thread")
        return found


@contextmanager
def opened_once(folder: Path) -> Iterator[Wiring]:
    """A bot opened the ordinary way, whose policy, letters and reading child the desks of all stories share."""
    (folder / "mail").mkdir()
    with open_wiring(load_config(write(folder, CONFIG.format(host="127.0.0.1", port=25, shop=SHOP)))) as wiring:
        yield wiring


@contextmanager
def open_desk(folder: Path, sink: Sink, opened: Wiring, more: str = "") -> Iterator[Desk]:
    """A fresh desk in ``folder``: mailbox, data, clock, outgoing mail of its own. ``more`` is added to its config."""
    maildir = folder / "mail"
    for part in ("tmp", "new", "cur"):
        (maildir / part).mkdir(parents=True)
    text = CONFIG.format(host=sink.host, port=sink.port, shop=SHOP) + more + ADDRESSES
    config = load_config(write(folder, text))
    (config.data.folder / READY_FILES).mkdir(parents=True)
    clock = Clock()
    with Store(config.data.folder) as store:
        # Nothing was published in this folder: policy and letters are those of the bot that was opened.
        fresh = replace(opened, config=config, store=store, clock=clock, lock=None, edition=None, watch=None)
        yield Desk(fresh, clock, sink, maildir)
