"""One case through all eight steps of the policy, lived by a customer in each of two languages at the same time.

Customers write real mails, a person acts through the table of actions, the timers do the rest, and between them the
clock is moved. What is shown is what the mail server took and what the database says; nothing is told from here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from importlib.resources import files

from bot.demo.mails import Story, dated
from bot.demo.stage import FORM, Stage
from bot.replies.essence import essence
from bot.worker.acting import perform
from bot.worker.ticking import upcoming

BEGAN = timedelta(weeks=7)
MORNING = time(9, 0)
STAFF = "maria"

# The steps of the policy's process, in our words.
STEPS = {
    1: "Request in the Return Center",
    2: "Mail to the Customer Center",
    3: "Approval",
    4: "The watch is handed to the carrier",
    5: "The tracking number",
    6: "Inspection: result and solution",
    7: "The watch goes back",
    8: "Completed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Beat:
    """One row of the life: what happens on which day. ``{name}`` in ``values`` is taken from the voice."""

    step: int
    day: int
    who: str
    """customer, staff, or time: nobody does anything, and the bot writes by itself"""
    does: str
    mail: str = ""
    """form, mail or parcel: which of the voice's mails"""
    action: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


# The first day is a Monday: no letter of a timer falls into a weekend.
LIFE: tuple[Beat, ...] = (
    Beat(step=1, day=0, who="customer", does="fills in the shop's form; its notice comes as a mail", mail="form"),
    Beat(step=2, day=1, who="customer", does="answers with everything, and a photo", mail="mail"),
    Beat(
        step=3,
        day=2,
        who="staff",
        does="approves a free repair",
        action="approve",
        values={"service": "free_repair", "address": "{address}"},
    ),
    Beat(step=4, day=11, who="time", does="Nine days go by and no parcel is announced: the bot reminds"),
    Beat(step=5, day=14, who="customer", does="sends the parcel, and its number", mail="parcel"),
    Beat(step=6, day=17, who="staff", does="books the parcel in", action="received"),
    Beat(step=6, day=21, who="staff", does="enters the result", action="inspected", values={"result": "confirmed"}),
    Beat(
        step=7,
        day=22,
        who="staff",
        does="sends the repaired watch",
        action="sent-back",
        values={"tracking": ["{back}"], "carrier": "{carrier}"},
    ),
    Beat(step=8, day=42, who="time", does="Twenty days without a word: the bot completes the case"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """A customer and the words of one language."""

    language: str
    sender: str
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """The customer's name."""
        return parseaddr(self.sender)[0]

    @property
    def address(self) -> str:
        """The customer's mail address."""
        return parseaddr(self.sender)[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What one scene looks like in one language."""

    language: str
    customer: str
    number: str
    said: str
    """the customer's own words, without greeting and name; empty when the customer did not write"""
    command: str
    """what staff typed"""
    subject: str
    lines: tuple[str, ...]
    """what matters of the letter: its first paragraph, and each line that names a day"""
    state: str
    next_actor: str
    until: str
    """ISO date until which is waited, or empty"""
    timer: tuple[str, str] | None
    """the timer that comes if nobody writes, and its day"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One beat as it was lived."""

    beat: Beat
    on: date
    pages: tuple[Page, ...]


def voices() -> dict[str, Voice]:
    """All languages that the life can be told in, by code."""
    rows = tomllib.loads(files("bot.demo").joinpath("life.toml").read_text(encoding="utf-8"))["voice"]
    return {row["language"]: Voice(language=row["language"], sender=row["from"], texts=row) for row in rows}


def live(stage: Stage, told_by: Sequence[Voice]) -> Iterator[Scene]:
    """The life, scene by scene; the clock ends before today."""
    first = stage.clock.wall() - BEGAN
    monday = datetime.combine(first.date() - timedelta(days=first.weekday()), MORNING, first.tzinfo)
    for beat in LIFE:
        stage.clock.at = monday + timedelta(days=beat.day)
        before = {v.language: len(stage.letters_to(v.address)) for v in told_by}
        commands = {voice.language: _happen(stage, beat, voice) for voice in told_by}
        stage.round()
        pages = [
            _page(stage, beat, v, commands[v.language], stage.letters_to(v.address)[before[v.language] :])
            for v in told_by
        ]
        yield Scene(beat=beat, on=stage.clock.at.date(), pages=tuple(pages))


def _happen(stage: Stage, beat: Beat, voice: Voice) -> str:
    """Do it; the command line that does the same, when staff acted."""
    if beat.mail:
        stage.play(_story(beat, voice))
    if not beat.action:
        return ""
    number = _case(stage, voice)["case_number"]
    values = {name: _filled(value, voice) for name, value in beat.values.items()}
    perform(stage.wiring, str(number), beat.action, values, STAFF)
    said = "".join(f" --{n} {v[0] if isinstance(v, list) else v}" for n, v in values.items())
    return f"after-sales case {number} {beat.action}{said}"


def _filled(value: object, voice: Voice) -> object:
    if isinstance(value, list):
        return [_filled(v, voice) for v in value]
    return str(value).format_map(voice.texts)


def _story(beat: Beat, voice: Voice) -> Story:
    form = beat.mail == "form"
    return Story(
        story="life",
        round=0,
        language=voice.language,
        sender=f"KOSPET Return Center <{FORM}>" if form else voice.sender,
        reply_to=voice.sender if form else "",
        subject=voice.texts["subject" if beat.mail == "mail" else f"{beat.mail}_subject"],
        text=voice.texts[beat.mail].strip() + "\n",
        files=("off",) if beat.mail == "mail" else (),
        reply=not form,
    )


def _case(stage: Stage, voice: Voice) -> Mapping[str, object]:
    return stage.wiring.store.cases.list(limit=1, address=voice.address)[0]


def _page(stage: Stage, beat: Beat, voice: Voice, command: str, letters: Sequence[EmailMessage]) -> Page:
    row = _case(stage, voice)
    number = str(row["case_number"])
    coming = upcoming(stage.wiring.store, stage.wiring.config, number)
    letter = letters[-1] if letters else None
    return Page(
        language=voice.language,
        customer=voice.name,
        number=number,
        said=_said(voice, beat.mail, stage.clock().date()) if beat.mail in ("mail", "parcel") else "",
        command=command,
        subject=str(letter["Subject"]) if letter else "",
        lines=essence(_text(letter), automatic="Auto-Submitted" in letter) if letter else (),
        state=str(row["state"]),
        next_actor=str(row["waiting_for"]),
        until=str(row["answer_by"] or row["reply_by"] or ""),
        timer=(coming[0], coming[1].isoformat()) if coming else None,
    )


def _said(voice: Voice, mail: str, on: date) -> str:
    """The longest paragraph: greeting and name say nothing here."""
    return dated(max(voice.texts[mail].strip().split("\n\n"), key=len), voice.language, on)


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return "\n".join(str(body.get_content()).splitlines()) if body else ""
