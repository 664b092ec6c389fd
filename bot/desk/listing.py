"""A list of cases as pages show it: its address, who reads it, and each row with its words.

Ids become words here and in the templates; what a customer wrote only loses what cannot be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from bot.core.model import FLAGS, Doubt, Policy
from bot.desk.casework.plain import Writer, one_line, writer
from bot.desk.request import desk, person
from bot.desk.state import DeskState
from bot.desk.words import Words
from bot.errors import TemplateError
from bot.store.listings import FILTERS, Wanted
from bot.store.queue import Listed, Reader

# The views in the order of the bar; these two have pages of their own, where what they hold can be settled.
BAR = ("needs", "hazard", "decide", "overdue", "mine", "held", "unreadable", "customer", "parcels", "answered", "all")
PAGES = {"held": "/held", "unreadable": "/unreadable"}
LONGEST_VALUE = 80
OTHER_SERVICES = ("paid_service", "not_covered", "undecided")
WEEK = 6
QUESTION = 160
MOST_FAULTS = 2
# The states in which a service is still to be decided on.
UNDECIDED = ("new", "waiting_for_details", "ready_for_staff")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of a list with everything a template prints."""

    case: Listed
    address: str
    """of the case's page; the list it was opened from goes with it"""
    who: Writer
    due: str
    question: str
    model: str
    about: str
    """what is wrong with the watch and how the case is marked, where the question does not say so"""
    says: str
    shop: str
    usual: bool
    """bought where most people buy: not worth the eye"""
    with_whom: str
    somebody_else: bool
    starts_group: bool = False


def wanted(params: Mapping[str, str]) -> Wanted:
    """The list that an address names; what it does not know counts as not said."""
    names = ("view", "sort", *FILTERS)
    said = {name: one_line(params.get(name, ""), LONGEST_VALUE) for name in names}
    return Wanted(**{name: value for name, value in said.items() if value})


def address(list_: Wanted, path: str = "/queue", **more: str) -> str:
    """The list's address; ``more`` changes one thing, an empty value takes it away."""
    changed = replace(list_, **{name: value for name, value in more.items() if name in Wanted.__slots__})
    rest = {name: value for name, value in more.items() if name not in Wanted.__slots__ and value}
    said = urlencode({**changed.pairs(), **rest})
    return f"{path}?{said}" if said else path


def view_address(view: str) -> str:
    """Where a view of the bar leads."""
    return PAGES.get(view) or address(Wanted(view=view))


def reader(request: Request) -> Reader:
    """Who reads, on which day of the person's own clock."""
    state, who = desk(request), person(request)
    words, now = state.words(who), state.now()
    today = words.today(now)
    begins = datetime.combine(today, time(), words.zone)
    return Reader(actor=who.name, now=now, today=today, today_begins=begins)


class Rows:
    """Makes rows for one request; looks up once what they share."""

    def __init__(self, request: Request, list_: Wanted) -> None:
        self._desk = desk(request)
        self._person = person(request)
        self._words = self._desk.words(self._person)
        self._list = list_
        self._today = self._words.today(self._desk.now())
        self._names = {row["name"]: row["shown"] for row in self._desk.store.people.every()}
        self._questions: dict[str, str] = {}
        self._shops = shops(self._desk.w.policy)
        self._own = tuple(a.rpartition("@")[2] for a in self._desk.config.address.own)

    def of(self, cases: tuple[Listed, ...]) -> list[Row]:
        """The rows in this order; a line between two groups where the list is by urgency."""
        rows = [self.one(case) for case in cases]
        if self._list.order.columns[0].startswith("CASE"):
            changes = [row.case.urgency != above.case.urgency for above, row in pairwise(rows)]
            rows[1:] = [replace(row, starts_group=changed) for row, changed in zip(rows[1:], changes, strict=True)]
        return rows

    def _question(self, case: Listed) -> str:
        """Many cases ask the same; each question is worded once."""
        if case.letter_held or case.undelivered or not case.doubt_id:
            return question(self._desk, self._words, case)
        same = f"{case.doubt_id} {dict(case.doubt_facts)}"
        if same not in self._questions:
            self._questions[same] = question(self._desk, self._words, case)
        return self._questions[same]

    def one(self, case: Listed) -> Row:
        """One row."""
        shop, usual = self._shops.get(case.platform, (one_line(case.platform, 40), False))
        who = case.holder or case.assigned_to
        return Row(
            case=case,
            address=address(self._list, f"/case/{case.number}"),
            who=writer(case.customer, case.address, self._own),
            due=due(self._words, case, self._today),
            question=self._question(case),
            model=one_line(case.model, 60),
            about=about(self._words, case),
            says=says(self._words, case),
            shop=self._words.t("queue.official_store") if usual else shop,
            usual=usual,
            with_whom=self._words.t("queue.you") if who == self._person.name else short(self._names.get(who, who)),
            somebody_else=bool(case.holder) and case.holder != self._person.name,
        )


def shops(policy: Policy) -> dict[str, tuple[str, bool]]:
    """Each shop's name, and whether it is the official store."""
    return {p.id: (p.name, p.seller == "official_store") for p in policy.platforms}


def question(state: DeskState, words: Words, case: Listed) -> str:
    """What a person must decide, in one line: trouble with a letter of ours first, then the case's own doubt."""
    if case.letter_held:
        asked = "held.ask_maybe" if case.letter_held == "maybe_sent" else "held.ask_held"
        return words.t(asked, why=why(words, case.letter_held))
    if case.undelivered:
        return words.t(f"queue.letter_{case.undelivered}", address=case.address)
    if not case.doubt_id:
        return one_line(case.why, QUESTION) or words.t(f"queue.no_question_{case.next_actor}")
    try:
        asked = state.letters.doubt(words.language, Doubt(id=case.doubt_id, facts=case.doubt_facts))
    except TemplateError:  # the templates of today know this question no more
        asked = case.why
    return one_line(asked, QUESTION) or words.t(f"queue.no_question_{case.next_actor}")


def why(words: Words, reason: str) -> str:
    """Why a letter is held."""
    return words.t(f"held.why_{reason}") if words.has(f"held.why_{reason}") else reason.replace("_", " ")


def short(name: str) -> str:
    """A colleague's name where there is little room: ``Ana F.``"""
    first, _, rest = one_line(name, 40).partition(" ")
    return f"{first} {rest[0]}." if rest else first


def about(words: Words, case: Listed) -> str:
    """Fault and marks in words; never what the question is about anyway."""
    asked = {"safety_hazard", case.doubt_id, str(case.doubt_facts.get("flag", ""))}
    marks = [words.said("flag", flag) for flag in case.flags if flag not in asked]
    faults = [words.t(f"numbers_symptom.{s}") for s in case.symptoms if words.has(f"numbers_symptom.{s}")]
    return " · ".join([*faults[:MOST_FAULTS], *marks])


def says(words: Words, case: Listed) -> str:
    """What we would answer, in two words."""
    if case.urgency == "hazard":
        return words.t("queue.says_hazard")
    if case.letter_held:
        return words.t("queue.says_held")
    if case.next_actor != "staff" or case.state not in UNDECIDED:
        return words.said("state", case.state)
    if case.service and case.missing:
        return words.t("queue.says_ask")
    return words.said("service", case.service or "undecided")


def due(words: Words, case: Listed, today: date) -> str:
    """By when, as people say it."""
    if case.urgency == "hazard":
        return words.t("queue.due_now")
    day = case.answer_by if case.next_actor == "staff" else case.reply_by
    if day is None:
        return ""
    ahead = (day - today).days
    if ahead < 0:
        return words.t("queue.due_late" if case.next_actor == "staff" else "queue.due_passed", n=-ahead)
    if ahead < 2:
        return words.t("queue.due_tomorrow" if ahead else "queue.due_today")
    return words.weekday(day) if ahead <= WEEK else words.short_day(day)


def choices(request: Request) -> dict[str, Any]:
    """What the filters offer: closed lists, nothing that has to be counted."""
    state = desk(request)
    words = state.words(person(request))
    policy = state.w.policy
    languages = {code: words.locale.languages.get(code, code) for code in state.letters.languages}
    return {
        "language": sorted(languages.items(), key=lambda pair: pair[1]),
        "service": [(s, words.said("service", s)) for s in (*(row.id for row in policy.services), *OTHER_SERVICES)],
        "flag": sorted(((f, words.said("flag", f)) for f in FLAGS), key=lambda pair: pair[1]),
        "model": [(m.id, m.id) for m in policy.models],
        "platform": [(p.id, p.name) for p in policy.platforms],
        "assigned": [
            ("nobody", words.t("queue.nobody")),
            *((row["name"], row["shown"]) for row in state.store.people.every() if not row["disabled"]),
        ],
        "sort": [(name, words.t(f"queue.sort_{name}")) for name in ("urgent", "newest", "oldest", "changed")],
    }
