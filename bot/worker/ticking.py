"""The timers at work: once in a while every waiting case is looked at, and what is due is done.

A tick is harmless when repeated: each timer fires once for the day it counts from, its letter goes through the same
outbox, guard and budgets as every other one, and a case that changed in the moment is left for the next tick. A
letter that a budget or a mute would hold is not written at all: it has time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.config import Config
from bot.core.decide import ASKING
from bot.core.model import Case, Event, Reply
from bot.core.warranty.answer import promised_day, working_days_after
from bot.core.warranty.assess import assess_again
from bot.core.warranty.lifecycle import TURNS, next_state
from bot.core.warranty.staff_facts import decided_service, facts_for_action
from bot.core.warranty.timers import Due, due_timers, next_due
from bot.core.warranty.waiting import Hours, Waiting
from bot.errors import BotError, Overtaken
from bot.store.engine import Store
from bot.store.outbox import NewLetter
from bot.worker.logs import trace
from bot.worker.renewing import mind_the_working_files, renew
from bot.worker.wiring import Wiring
from bot.worker.writing import compose_letter, post

log = structlog.get_logger("ticking")
BOT = "bot"
# Letters after which we wait for the customer: those that ask, an offer, and a person's answer.
QUESTIONS = ASKING | {"paid_quote", "answer"}
OVERDUE = "overdue"


def tick(w: Wiring) -> int:
    """Do what is due in all cases; how many timers fired."""
    fired = 0
    now = w.now()
    mind_the_working_files(w)
    renew(w)
    may_write = w.config.automation.replies and w.config.timers.letters
    zone = ZoneInfo(w.config.timers.zone)
    for case_id, version, waiting in w.store.timers.waiting(QUESTIONS, zone):
        shown = waiting if may_write else replace(waiting, held=True)
        for due in due_timers(shown, now.astimezone(zone), days_of(w.config), hours_of(w.config)):
            try:
                fired += _fire(w.fixed(), case_id, version, waiting, due)
            except Overtaken:
                break  # somebody acted in this moment: the next tick looks anew
            except BotError as error:
                log.error("a timer could not do its work", case=waiting.number, timer=due.timer.id, error=trace(error))
                w.store.alerts.report("timers", str(error), now)
                break
            version += 1
    return fired


def upcoming(store: Store, config: Config, number: str) -> tuple[str, date] | None:
    """What a case waits for next, if nothing happens, and the day."""
    found = store.timers.waiting(QUESTIONS, ZoneInfo(config.timers.zone), number)
    return next_due(found[0][2], days_of(config)) if found else None


def days_of(config: Config) -> dict[str, int]:
    """The settings that hold days, by name."""
    return {name: value for name, value in config.timers.model_dump().items() if type(value) is int}


def hours_of(config: Config) -> Hours:
    """When timers are silent."""
    t = config.timers
    return Hours(quiet_from=t.quiet_from, quiet_until=t.quiet_until, quiet_weekend=t.quiet_weekend)


def _fire(w: Wiring, case_id: int, version: int, waiting: Waiting, due: Due) -> bool:
    now = w.now()
    case = w.store.cases.snapshot(case_id)
    if case.version != version:
        raise Overtaken(f"case {case.number} changed while its timer was looked at")
    letter = _letter(w, case, case_id, waiting, due, now) if due.letter else None
    if letter and w.store.gate.refusal(letter.recipient, case_id, letter.reply, w.budgets, now):
        return False
    event = Event(name=due.timer.event or due.timer.id, actor=BOT, data={"timer": due.timer.id, "since": due.period})
    with w.store.write():
        if not w.store.timers.fire(case_id, due.timer.id, due.period, now):
            return False
        changes = _changes(w, case, due, now.date())
        recorded = w.store.acts.apply(case, event, changes, now, edition=w.edition_number)
        if letter is None:
            w.store.outbox.carry_over(case_id, recorded.version)
        else:
            post(w, letter, recorded, now)
        if due.timer.alert:
            w.store.alerts.report(OVERDUE, f"Case {case.number} waits: {due.timer.alert.replace('_', ' ')}", now)
    log.info("timer", case=case.number, timer=due.timer.id, letter=due.letter)
    return True


def _changes(w: Wiring, case: Case, due: Due, today: date) -> dict[str, Any]:
    timer = due.timer
    if timer.event:
        state = next_state(case.state, timer.event)
        assert state is not None, f"{case.state} does not accept {timer.event}"
        ended = {"answer_by": None, "reply_by": None, "doubt_id": "", "why": ""}
        return {"state": state, "next_actor": TURNS[state].actor, **ended}
    if timer.id == "delay_apology":
        return {"answer_by": working_days_after(today, w.promises.answer_working_days)}
    if timer.alert and timer.alert != OVERDUE:
        why = w.letters.phrase(w.letters.default_language, f"doubt.{timer.alert}")
        answer_by = promised_day(case, today, w.promises.answer_working_days)
        return {"next_actor": "staff", "answer_by": answer_by, "doubt_id": timer.alert, "doubt_facts": "{}", "why": why}
    told = _told_days(w, today)
    return {"reply_by": told[timer.id]} if due.letter and timer.id in told else {}


def _told_days(w: Wiring, today: date) -> dict[str, date]:
    """The day until which each letter of a chain asks for a reply."""
    days = days_of(w.config)
    lasts = {
        "reminder_1": days["reminder_2"] - days["reminder_1"],
        "reminder_2": days["closed"] - days["reminder_2"],
        "closing_notice": days["closed"] - days["closing_notice"],
    }
    return {id_: today + timedelta(days=count) for id_, count in lasts.items()}


def _closes_on(w: Wiring, waiting: Waiting, today: date) -> date:
    """The day an approved case is closed when no parcel comes."""
    counted_from = max(waiting.since, waiting.last_mail_on or waiting.since)
    return max(counted_from + timedelta(days=w.config.timers.not_shipped), today + timedelta(days=1))


def _letter(w: Wiring, case: Case, case_id: int, waiting: Waiting, due: Due, now: datetime) -> NewLetter | None:
    """The letter of a timer; None when there is nobody to write to."""
    to = w.store.acts.correspondent(case_id, w.config.trust.form_senders)
    if not to.address:
        return None
    today = now.date()
    told = _told_days(w, today)
    missing = assess_again(case, case.details, w.policy).missing
    values: dict[str, object] = {
        "asks": [id_ for id_ in missing if case.asked.get(id_)] or list(missing),
        "asked_on": (waiting.asked_on or due.period).isoformat(),
        "reply_by": told["reminder_1"].isoformat(),
        "close_on": told.get(due.timer.id, _closes_on(w, waiting, today)).isoformat(),
        "promised_on": due.period.isoformat(),
    }
    facts = facts_for_action(due.timer.id, due.letter, case, values, w.desk, w.policy, today)
    reply = Reply(name=due.letter, language=case.language or w.policy.default_language, facts=facts)
    key = f"timer:{case.number}:{due.timer.id}:{due.period.isoformat()}"
    return compose_letter(w, reply, case.number, to, key, decided_service(case))
