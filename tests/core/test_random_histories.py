"""Random lives of a case on the pure core: mails, what staff do, days that go by, in any order.

Nothing here is sent or stored; a case in memory stands for the store. Whatever happens, a case is in a state of the
table, somebody is next, what is not allowed changes nothing, and no question is put a third time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from timer_days import DAYS
from written import found, letter, shipped_policy

from bot.core.decide import ASKING, decide
from bot.core.model import Case, Decision, Kind, Letter, State
from bot.core.reading.automatic import recognise
from bot.core.warranty.action_values import Context, check_values
from bot.core.warranty.actions import ACTIONS, act
from bot.core.warranty.answer import REPLIES, working_days_after
from bot.core.warranty.choice import MOST_ASKS
from bot.core.warranty.lifecycle import TRANSITIONS, TURNS, next_state
from bot.core.warranty.staff_facts import ALL_LETTERS, Desk, facts_for_action, terms_after
from bot.core.warranty.staff_letters import BY_TIMER, LATER
from bot.core.warranty.timers import due_timers
from bot.core.warranty.waiting import Hours, Waiting
from bot.errors import NotAllowed

START = date(2025, 6, 16)  # a Monday
DESK = Desk(addresses={"eu": ("Repair", "Street 1")}, payment={"EUR": ("Bank of Example",)})
ALWAYS = Hours(quiet_from=0, quiet_until=0, quiet_weekend=False)
MAILS = (
    "My TANK T3 Ultra does not turn on since Monday. Order KS20418 from your official store. I charged it all night.",
    "Order KS20418, delivered on 3 June 2025.",
    "I bought it on Amazon.",
    "It also fell on the floor and the glass is cracked.",
    "It gets burning hot and the back is swollen!",
    "I will call my lawyer.",
    "How far are you?",
    "Does it have a compass?",
    "Thank you!",
    "Yes, please go ahead.",
    "No thanks, too expensive.",
    "Please cancel my request.",
    "Sent with DHL, tracking number 00340434161094042557.",
    "Sent with DHL, tracking number 00340434161094042558.",
    "I want to speak to a real person.",
    "I would like to return it, it is unopened.",
    "ok",
)
OUT_OF_OFFICE = "I am out of office until Monday."
SAID: dict[str, tuple[dict[str, object], ...]] = {
    "approve": tuple(
        {"service": s, "address": "eu"} for s in ("free_repair", "free_replacement", "unconditional_return")
    ),
    "decline": ({"reason": "misuse_or_accident"}, {"reason": "second_hand"}, {"reason": "return_elsewhere"}),
    "quote": ({"total": "39.90", "currency": "EUR"},),
    "consent": ({"address": "eu"},),
    "ask": ({"asks": ["photo_or_video"]},),
    "inspected": ({"result": "confirmed"}, {"result": "liquid", "reason": "broken_or_wet"}),
    "sent-back": ({"tracking": ["00340434161094042557"]},),
    "refunded": ({"total": "39.90", "currency": "EUR"},),
    "safety": ({"note": "We arrange a pick-up."},),
    "answer": ({"text": "The strap is 22 mm wide."},),
    "close": ({}, {"text": "It does."}),
    "note": ({"text": "called"},),
    "assign": ({"to": "otto"},),
    "flag": ({"flag": "water_damage"},),
    "unflag": ({"flag": "water_damage"},),
    "correct": ({"field": "order_number", "value": "KS99999"},),
    "merge": ({"into": "A3A3A3"},),
}
STAFF = tuple((name, values) for name in ACTIONS for values in SAID.get(name, ({},)))

steps = st.lists(
    st.one_of(
        st.tuples(st.just("mail"), st.integers(0, len(MAILS) - 1)),
        st.tuples(st.just("staff"), st.integers(0, len(STAFF) - 1)),
        st.tuples(st.just("days"), st.integers(1, 12)),
        st.tuples(st.just("machine"), st.just(0)),
    ),
    min_size=1,
    max_size=25,
)


@cache
def read(number: int) -> Letter:
    return letter(MAILS[number], message_id=f"<m{number}@example.com>")


@dataclass
class Life:
    """One case in memory, as the store would keep it, and what went out."""

    case: Case | None = None
    next_actor: str = "nobody"
    today: date = START
    since: date = START
    asked_on: date | None = None
    last_mail_on: date | None = None
    fired: dict[tuple[str, date], date] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    mails: int = 0
    actions: int = 0

    def waiting(self) -> Waiting:
        assert self.case is not None
        ship_by = self.case.terms.get("ship_by")
        return Waiting(
            number=self.case.number,
            state=self.case.state,
            next_actor=self.next_actor,
            since=self.since,
            asked_on=self.asked_on,
            last_mail_on=self.last_mail_on,
            answer_by=self.case.answer_by,
            reply_by=self.case.reply_by,
            ship_by=date.fromisoformat(str(ship_by)) if ship_by else None,
            flags=self.case.flags,
            held=self.case.held,
            fired=self.fired,
        )

    # --- what happens ---------------------------------------------------------------------------

    def mail(self, number: int) -> None:
        self.mails += 1
        decision = self._decide(read(number))
        if decision.kind is not Kind.SPAM:
            self.last_mail_on = self.today
            self._take(decision)

    def machine(self) -> None:
        """An answering machine: nothing moves, and no wait begins anew."""
        sent = letter(OUT_OF_OFFICE, "Automatic reply", Auto_Submitted="auto-replied")
        before = (self.case, self.last_mail_on, list(self.letters))
        if self.case is not None:
            decision = self._decide(sent, machine=True)
            assert decision.reply is None
            assert decision.state is self.case.state
        assert before == (self.case, self.last_mail_on, self.letters)

    def _decide(self, sent: Letter, *, machine: bool = False) -> Decision:
        return decide(
            sent,
            found(sent.own_words, on=self.today),
            self.case,
            shipped_policy(),
            on=self.today,
            today=self.today,
            automatic=recognise(sent, ()) if machine else None,
        )

    def _take(self, decision: Decision) -> None:
        before = self.case.state if self.case else State.NEW
        if decision.state is not before:
            self.since = self.today
        asked = dict(self.case.asked) if self.case else {}
        if decision.reply is not None:
            self.letters.append(decision.reply.name)
            if decision.reply.name in ASKING:
                self.asked_on = self.today
                for id_ in decision.reply.facts.get("asks", ()) if decision.next_actor == "customer" else ():
                    asked[str(id_)] = asked.get(str(id_), 0) + 1
        self.next_actor = decision.next_actor
        self.case = Case(
            number="K7F3Q9",
            state=decision.state,
            version=(self.case.version if self.case else 0) + 1,
            language=decision.language,
            first_mail_on=self.case.first_mail_on if self.case else self.today,
            letters=(self.case.letters if self.case else 0) + 1,
            details=decision.details,
            asked=asked,
            flags=decision.flags,
            service=decision.verdict.service,
            kind=self.case.kind if self.case else decision.kind,
            held=self.case.held if self.case else False,
            answer_by=decision.answer_by,
            reply_by=decision.reply_by,
            terms=self.case.terms if self.case else {},
            next_actor=decision.next_actor,
            doubt=decision.doubt,
        )

    def staff(self, number: int) -> None:
        if self.case is None:
            return
        name, values = STAFF[number]
        event = ACTIONS[name].event
        allowed = not event or event in TRANSITIONS[self.case.state]
        context = Context(policy=shipped_policy(), addresses=("eu",), today=self.today)
        checked = check_values(values, context)
        try:
            acted = act(self.case, name, checked, "maria", shipped_policy(), self.today)
        except NotAllowed:
            hazard = "safety_hazard" in self.case.flags
            assert not allowed or (hazard and name in ("approve", "consent", "ask"))
            return
        assert allowed
        sends_in = acted.reply is not None and "address" in LATER.get(acted.reply.name, ())
        assert not (sends_in and "safety_hazard" in self.case.flags and acted.state is not State.INSPECTED)
        if not event:
            held = {"take": True, "give-back": False}.get(name, self.case.held)
            self.case = replace(self.case, held=held)
            return
        self.actions += 1
        facts: dict[str, Any] = {}
        if acted.reply is not None:
            letter_name = acted.reply.name
            facts = facts_for_action(name, letter_name, self.case, checked, DESK, shipped_policy(), self.today)
            assert tuple(facts) == ALL_LETTERS[letter_name]
            self.letters.append(letter_name)
            if letter_name in {*ASKING, "paid_quote", "answer"}:
                self.asked_on = self.today
        if acted.state is not self.case.state:
            self.since = self.today
        answer_by = working_days_after(self.today, 3) if acted.next_actor == "staff" else None
        self.next_actor = acted.next_actor
        self.case = replace(
            self.case,
            state=acted.state,
            next_actor=acted.next_actor,
            doubt=None,
            answer_by=answer_by,
            terms=terms_after(name, self.case, facts, checked),
        )

    def days(self, count: int) -> None:
        for _ in range(count):
            self.today += timedelta(days=1)
            if self.case is not None:
                self._tick()

    def _tick(self) -> None:
        assert self.case is not None
        now = datetime.combine(self.today, time(12), UTC)
        due = due_timers(self.waiting(), now, DAYS, ALWAYS)
        assert sum(bool(d.letter) for d in due) <= 1, "two letters on one day"
        for one in due:
            assert (one.timer.id, one.period) not in self.fired, "a timer fired twice"
            self.fired[one.timer.id, one.period] = self.today
            if one.letter:
                assert not self.case.held
                assert not {"safety_hazard", "threat_or_legal"} & set(self.case.flags)
                self.letters.append(one.letter)
            if one.timer.event:
                state = next_state(self.case.state, one.timer.event)
                assert state is not None, f"{one.timer.id} in {self.case.state}"
                self.since, self.next_actor = self.today, TURNS[state].actor
                self.case = replace(self.case, state=state, next_actor=self.next_actor, answer_by=None)
            elif one.timer.id == "delay_apology":
                self.case = replace(self.case, answer_by=working_days_after(self.today, 3))
            elif one.timer.alert and one.timer.alert != "overdue":
                self.next_actor = "staff"
                self.case = replace(self.case, next_actor="staff")


@settings(max_examples=120, deadline=None)
@given(steps)
def test_no_history_leads_out_of_the_tables(history: list[tuple[str, int]]) -> None:
    life = Life()
    for what, number in history:
        getattr(life, what)(*(() if what == "machine" else (number,)))
        if life.case is None:
            continue
        assert life.case.state in TRANSITIONS
        assert life.next_actor in ("customer", "staff", "carrier", "nobody")
        ended = TURNS[life.case.state].actor == "nobody"
        assert (life.next_actor == "nobody") <= ended, f"nobody is next in {life.case.state}"
        assert all(count <= MOST_ASKS for count in life.case.asked.values()), "a question was put a third time"
    written = [name for name in life.letters if name not in BY_TIMER and name != "paid_consent_missing"]
    assert set(life.letters) <= {*REPLIES, *LATER}
    assert len(written) <= life.mails + life.actions + sum(t == "not_shipped" or t == "returned" for t, _ in life.fired)
    assert life.letters.count("delay_apology") <= 1


@settings(max_examples=60, deadline=None)
@given(steps)
def test_the_same_history_ends_the_same(history: list[tuple[str, int]]) -> None:
    one, two = Life(), Life()
    for life in (one, two):
        for what, number in history:
            getattr(life, what)(*(() if what == "machine" else (number,)))
    assert (one.case, one.letters) == (two.case, two.letters)
