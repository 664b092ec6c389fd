"""A case as the timers see it, and when they keep silent. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.core.model import State

# No letter of a timer where a person writes: the two that cannot wait for a routine.
HUSHED = frozenset({"safety_hazard", "threat_or_legal", "possible_fraud"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """When timers send nothing, in the desk's own time."""

    quiet_from: int = 20
    quiet_until: int = 8
    quiet_weekend: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What the timers look at of one case. Days are the desk's own."""

    number: str
    state: State
    next_actor: str
    since: date
    """the case is in this state since"""
    asked_on: date | None = None
    """our last letter that asks, or answers, left on this day; None when none ever did"""
    last_mail_on: date | None = None
    """the customer's last own mail"""
    answer_by: date | None = None
    reply_by: date | None = None
    ship_by: date | None = None
    doubt: str = ""
    """the question that waits for staff"""
    flags: tuple[str, ...] = ()
    held: bool = False
    unsettled: bool = False
    """a letter of ours is on its way, held, refused or came back"""
    merged: bool = False
    fired: Mapping[tuple[str, date], date] = field(default_factory=dict)
    """(timer, the day it counted from) -> the day it fired"""


def asked(w: Waiting) -> date | None:
    """Our question, or whatever the customer wrote after it; None when no question ever left."""
    return max(w.asked_on, w.last_mail_on or w.asked_on) if w.asked_on else None


def touched(w: Waiting) -> date:
    """The last thing that was decided, written by the customer or answered."""
    return max(w.since, w.last_mail_on or w.since, w.asked_on or w.since)


def decided(w: Waiting) -> date:
    """The day of the last decision."""
    return w.since


def may_write(case: Waiting) -> bool:
    """Whether a timer may write to this customer at all."""
    return not (case.held or case.unsettled or HUSHED & set(case.flags))


def is_quiet(now: datetime, hours: Hours) -> bool:
    """Whether ``now`` lies in the quiet hours; they may reach over midnight."""
    if hours.quiet_weekend and now.weekday() >= 5:
        return True
    start, end = hours.quiet_from, hours.quiet_until
    if start == end:
        return False
    return start <= now.hour < end if start < end else now.hour >= start or now.hour < end
