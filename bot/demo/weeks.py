"""Six weeks at a shop before today: customers write, staff acts, timers run, and some cases are left for today.

``weeks.toml`` holds the customers, COURSES what became of those that are told in one line. Every mail goes through the
mailbox and the real worker, every act of staff through the table of actions, with the clock moved in between.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from importlib.resources import files
from zlib import crc32

from bot.demo.mails import Story
from bot.demo.stage import MOMENT, Stage
from bot.worker.acting import perform

PEOPLE = ("ana", "lena")
READS = (18, 26, 35, 41, 64, 150)  # seconds a person looks before acting
BEGAN = timedelta(weeks=6)
LATEST = timedelta(minutes=20)  # before now: what would come later is left for today
SATURDAY = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One row of a course: so many days after the customer's first mail, staff acts, or the customer sends a parcel."""

    day: float
    action: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def _approved(service: str) -> Step:
    return Step(day=1.2, action="approve", values={"service": service, "address": "eu"})


PARCEL = Step(day=5)
HERE = Step(day=8, action="received")
INSPECTED = Step(day=10, action="inspected", values={"result": "confirmed"})
SENT_BACK = Step(day=11, action="sent-back", values={"tracking": ["00340434161094042656"], "carrier": "DHL"})
PHOTO_LESS = ("asked",)
COURSES: dict[str, tuple[Step, ...]] = {
    "open": (),
    "asked": (),
    "approved": (_approved("free_repair"),),
    "announced": (_approved("free_repair"), PARCEL),
    "here": (_approved("free_repair"), PARCEL, HERE),
    "inspected": (_approved("free_repair"), PARCEL, HERE, INSPECTED),
    "repaired": (_approved("free_repair"), PARCEL, HERE, INSPECTED, SENT_BACK),
    "replaced": (_approved("free_replacement"), PARCEL, HERE, INSPECTED, SENT_BACK),
    "declined": (Step(day=2, action="decline", values={"reason": "wear_and_tear", "basis": "your_description"}),),
    "thanked": (Step(day=1, action="close", values={"text": "Please install version 2.4 of the app."}),),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """A mail of a customer, or an act of staff."""

    at: datetime
    address: str
    mail: Story | None = None
    who: str = ""
    action: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def six_weeks(stage: Stage) -> Iterator[datetime]:
    """Play them, and tell after each day which one it was; the clock ends before now."""
    now = stage.clock.wall()
    told = tomllib.loads(files("bot.demo").joinpath("weeks.toml").read_text(encoding="utf-8"))
    happenings = [h for place, row in enumerate(told["row"]) for h in _in_one_line(row, place, told["form"], now)]
    happenings += [h for customer in told["customer"] for h in _in_own_words(customer, now)]
    day = None
    for happening in sorted(happenings, key=lambda h: h.at):
        if happening.at > now - LATEST:
            continue
        _let_days_go_by(stage, happening.at)
        stage.clock.at = happening.at
        _happen(stage, happening)
        stage.round()
        if happening.at.date() != day:
            day = happening.at.date()
            yield happening.at
    _let_days_go_by(stage, now - LATEST)


def _let_days_go_by(stage: Stage, until: datetime) -> None:
    """A round every morning: timers count in days, and a letter of theirs leaves on its own day."""
    at = stage.clock.at
    while at and at.date() < until.date():
        at = stage.clock.at = (at + timedelta(days=1)).replace(hour=6, minute=0)
        if at < until:
            stage.round()


def _happen(stage: Stage, happening: Happening) -> None:
    if happening.mail:
        stage.play(happening.mail)
        return
    store = stage.wiring.store
    [row] = store.cases.list(limit=1, address=happening.address)
    case_id = store.cases.id_of(str(row["case_number"]))
    store.holds.open(case_id, happening.who, stage.clock())
    stage.clock.at = stage.clock() + timedelta(seconds=READS[case_id % len(READS)])
    perform(stage.wiring, str(row["case_number"]), happening.action, happening.values, happening.who)
    store.holds.leave(case_id, happening.who)


# --- customers in one line ----------------------------------------------------------------------------------------


def _in_one_line(
    row: Sequence[object], place: int, forms: Mapping[str, Mapping[str, str]], now: datetime
) -> Iterator[Happening]:
    ago, language, name, model, fault, owned, course = row
    form = forms[str(language)]
    sender = _sender(str(name))
    chance = crc32(sender.encode())
    shown, address = parseaddr(sender)
    facts = {"model": model, "fault": form[str(fault)], "name": shown, "order": f"KS{21000 + 17 * place}"}
    facts |= {"day": f"{{day:{owned}}}", "parcel": _parcel(place)}
    began = (now - timedelta(days=int(str(ago)))).replace(hour=7 + chance % 9, minute=chance % 60)
    photo = {"display": "photo", "battery": "photo", "pairing": "photo"}.get(str(fault), "off")

    def mail(subject: str, text: str, *attached: str, reply: bool = False) -> Story:
        return Story(
            story="weeks", round=0, language=str(language), sender=sender, subject=subject.format_map(facts),
            text=text.strip().format_map(facts) + "\n", files=attached, reply=reply,
        )  # fmt: skip

    first = mail(form["subject"], form["text"], *(() if course in PHOTO_LESS else (photo,)))
    yield Happening(at=began, address=address, mail=first)
    last = began
    for step in COURSES[str(course)]:
        last = max(last + timedelta(hours=1), _office_hours(began + timedelta(days=step.day)))
        if step.action:
            who = PEOPLE[chance % len(PEOPLE)]
            yield Happening(at=last, address=address, who=who, action=step.action, values=step.values)
        else:
            yield Happening(at=last, address=address, mail=mail(f"Re: {form['subject']}", form["parcel"], reply=True))


def _sender(name: str) -> str:
    """With an address made from the name, where none is given."""
    if "<" in name:
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"{name} <{re.sub(r'[^a-z]+', '.', plain)}@example.com>"


def _parcel(place: int) -> str:
    """A DHL number of twenty digits, the last of which checks the others (GS1)."""
    digits = f"0034043416109405{place:03d}"
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits[::-1]))
    return f"{digits}{-total % 10}"


def _office_hours(at: datetime) -> datetime:
    """That moment, or the Monday after it."""
    return at + timedelta(days=7 - at.weekday()) if at.weekday() >= SATURDAY else at


# --- customers in words of their own --------------------------------------------------------------------------------


def _in_own_words(customer: Mapping[str, object], now: datetime) -> Iterator[Happening]:
    sender = str(customer["from"])
    address = parseaddr(sender)[1]
    then = customer["then"]
    assert isinstance(then, list)
    for row in then:
        at = now - timedelta(hours=row["ago"]) + MOMENT
        if "action" in row:
            values = row.get("values", {})
            yield Happening(at=at, address=address, who=row["by"], action=row["action"], values=values)
            continue
        story = Story(
            story=str(customer["about"]), round=0, language=str(customer["language"]), sender=sender,
            subject=row["subject"], text=row["text"].strip() + "\n", files=tuple(row.get("files", ())),
            reply=row.get("reply", False), mail=str(customer.get("mail", "plain")),
        )  # fmt: skip
        yield Happening(at=at, address=address, mail=story)
