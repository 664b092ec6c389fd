"""What happens when nothing happens: one table of timers, and which of them are due for a case.

A timer counts from the last thing a person did: our letter that asks, or the customer's own mail. Machine mail (out
of office, delivery reports) never counts. The steps of a chain come in their order and keep their distance: a bot
that was switched off for a month reminds before it closes. Pure: the days are settings, the moment is given.
Hazards, complaints and cases that a person has taken over get no letter of a timer; staff is told of them all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.model import State
from bot.core.warranty.waiting import Hours, Waiting, asked, decided, is_quiet, may_write, touched

S = State


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """One row: who is waited for in which state, from when, how long, and what then."""

    id: str
    states: tuple[State, ...]
    waits_for: str
    """customer, staff or carrier: whose turn it must be"""
    since: Callable[[Waiting], date | None]
    after: str
    """name of the setting that holds the days"""
    before: bool = False
    """the days count back from ``since``, not on"""
    letter: str = ""
    alert: str = ""
    """what staff is told, as the id of a doubt"""
    event: str = ""
    """event of the life cycle"""
    follows: tuple[str, ...] = ()
    """one of these timers must have fired before"""
    once: bool = False
    """never a second time in the life of a case"""


def _unanswered(w: Waiting) -> date | None:
    """The day we asked for, where no reminder may go out or no question ever left: only a person can go on."""
    unheard = w.state is S.WAITING_FOR_DETAILS and w.asked_on is None
    return w.reply_by if unheard or not may_write(w) else None


# Alerts about a day that no customer was told: nothing to apologise for.
OUR_OWN_DAY = ("no_choice", "unanswered")


def _promised(w: Waiting) -> date | None:
    return None if w.doubt in OUR_OWN_DAY else w.answer_by


ASKED = (S.WAITING_FOR_DETAILS, S.QUOTED)

TIMERS: tuple[Timer, ...] = (
    # no answer to what we asked, or to an offer
    Timer(
        id="reminder_1",
        states=(S.WAITING_FOR_DETAILS,),
        waits_for="customer",
        since=asked,
        after="reminder_1",
        letter="reminder_1",
    ),
    Timer(
        id="reminder_2",
        states=(S.WAITING_FOR_DETAILS,),
        waits_for="customer",
        since=asked,
        after="reminder_2",
        letter="reminder_2",
        follows=("reminder_1",),
    ),
    Timer(
        id="quote_reminder",
        states=(S.QUOTED,),
        waits_for="customer",
        since=asked,
        after="reminder_1",
        letter="quote_reminder",
    ),
    Timer(
        id="closing_notice",
        states=ASKED,
        waits_for="customer",
        since=asked,
        after="closing_notice",
        letter="closing_notice",
        follows=("reminder_2", "quote_reminder"),
    ),
    Timer(
        id="closed",
        states=ASKED,
        waits_for="customer",
        since=asked,
        after="closed",
        letter="closed",
        event="silence",
        follows=("closing_notice",),
    ),
    # approved, and no parcel
    Timer(
        id="ship_reminder",
        states=(S.APPROVED,),
        waits_for="customer",
        since=lambda w: w.ship_by,
        after="ship_reminder",
        before=True,
        letter="ship_reminder",
    ),
    Timer(
        id="not_shipped",
        states=(S.APPROVED,),
        waits_for="customer",
        since=touched,
        after="not_shipped",
        letter="closed",
        event="silence",
        follows=("ship_reminder",),
    ),
    # nobody objected, nothing more came
    Timer(
        id="objection", states=(S.DECLINED,), waits_for="customer", since=touched, after="objection", event="silence"
    ),
    # a mere question was answered
    Timer(
        id="answered",
        states=(S.READY_FOR_STAFF,),
        waits_for="customer",
        since=lambda w: w.reply_by,
        after="overdue",
        event="silence",
    ),
    Timer(
        id="returned",
        states=(S.RETURNING,),
        waits_for="carrier",
        since=touched,
        after="returned",
        letter="completed",
        event="silence",
    ),
    # staff must look
    Timer(
        id="parcel_missing",
        states=(S.PARCEL_ANNOUNCED,),
        waits_for="carrier",
        since=decided,  # asking how far we are does not put it off
        after="parcel_missing",
        alert="parcel_missing",
    ),
    Timer(
        id="unanswered",
        states=(*ASKED, S.APPROVED),
        waits_for="customer",
        since=_unanswered,
        after="overdue",
        alert="unanswered",
    ),
    Timer(
        id="not_confirmed",
        states=(S.RETURNING,),
        waits_for="carrier",
        since=lambda w: None if may_write(w) else touched(w),
        after="returned",
        alert="unanswered",
    ),
    Timer(
        id="not_inspected",
        states=(S.AT_SERVICE_CENTRE,),
        waits_for="staff",
        since=decided,
        after="not_inspected",
        alert="not_inspected",
    ),
    Timer(
        id="not_sent_back",
        states=(S.INSPECTED,),
        waits_for="staff",
        since=lambda w: None if w.doubt == "no_choice" else touched(w),
        after="not_sent_back",
        alert="not_sent_back",
    ),
    Timer(
        id="no_choice",
        states=(S.INSPECTED,),
        waits_for="customer",
        since=touched,
        after="closing_notice",
        alert="no_choice",
    ),
    # we promised a day, and it has passed
    Timer(
        id="delay_apology",
        states=tuple(S),
        waits_for="staff",
        since=_promised,
        after="overdue",
        letter="delay_apology",
        alert="overdue",
        once=True,
    ),
    Timer(
        id="overdue", states=tuple(S), waits_for="staff", since=lambda w: w.answer_by, after="overdue", alert="overdue"
    ),
)
BY_ID = {timer.id: timer for timer in TIMERS}
FIXED_DAYS = {"overdue": 1}  # no setting: a promised day is over when the next one begins


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A timer that fires now."""

    timer: Timer
    period: date
    """the day it counts from: the same timer fires once for each"""
    letter: str
    """empty where none may be written"""


def due_timers(case: Waiting, now: datetime, days: Mapping[str, int], hours: Hours) -> tuple[Due, ...]:
    """What is due for a case at ``now`` (the desk's own time): at most one letter, and what staff is told.

    A timer with a letter waits for the end of the quiet hours; one that only tells staff does not.
    """
    due: list[Due] = []
    for timer in TIMERS:
        period = _running(timer, case)
        if period is None or (timer.id, period) in case.fired or now.date() < _falls_on(timer, case, days):
            continue
        spoken = any(d.letter for d in due)
        letter = "" if not timer.letter or spoken or not may_write(case) else timer.letter
        if timer.once and (not letter or any(id_ == timer.id for id_, _ in case.fired)):
            continue  # a second time, or where no letter may be written, the plain alert below speaks
        if timer.letter and not letter:
            continue
        if letter and is_quiet(now, hours):
            continue
        if timer.alert and any(d.timer.alert == timer.alert for d in due):
            continue
        due.append(Due(timer=timer, period=period, letter=letter))
    return tuple(due)


def next_due(case: Waiting, days: Mapping[str, int]) -> tuple[str, date] | None:
    """The timer that comes next if nothing happens, and its day."""
    coming = [
        (_falls_on(timer, case, days), timer.id)
        for timer in TIMERS
        if (period := _running(timer, case)) is not None and (timer.id, period) not in case.fired
    ]
    return (min(coming)[1], min(coming)[0]) if coming else None


def _running(timer: Timer, case: Waiting) -> date | None:
    """The day the timer counts from, or None when it does not run for this case."""
    if case.merged or case.state not in timer.states or case.next_actor != timer.waits_for:
        return None
    period = timer.since(case)
    if period is None:
        return None
    return None if timer.follows and _followed(timer, case) is None else period


def _followed(timer: Timer, case: Waiting) -> tuple[Timer, date] | None:
    """The timer that fired before this one in the same wait, and the day it did."""
    for before in (BY_ID[id_] for id_ in timer.follows):
        start = before.since(case)
        if start is not None and (fired := case.fired.get((before.id, start))):
            return before, fired
    return None


def _planned(timer: Timer, case: Waiting, days: Mapping[str, int]) -> date:
    """The day of a timer that nothing held up."""
    start = timer.since(case)
    assert start is not None
    count = FIXED_DAYS.get(timer.after, days.get(timer.after, 0))
    return start + timedelta(days=-count if timer.before else count)


def _falls_on(timer: Timer, case: Waiting, days: Mapping[str, int]) -> date:
    """The day it fires. What came late moves the next step on by as much: everybody gets the same time."""
    planned = _planned(timer, case, days)
    followed = _followed(timer, case) if timer.follows else None
    if followed is None:
        return planned
    before, fired = followed
    return max(planned, fired + max(timedelta(days=1), planned - _planned(before, case, days)))
