"""The table of timers in docs/lifecycle.md: what each waits for, from when, how long, and what it does then.

What a timer counts from is a function, so it is asked with a case whose days all differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from bot.core.model import State
from bot.core.warranty.timers import FIXED_DAYS, TIMERS, Timer
from bot.core.warranty.waiting import Waiting
from bot.settings import Config

HEAD = ("timer", "in", "waits for", "counts from", "fires", "letter", "staff is told", "state", "only after")
# Days that differ, so that what a timer counts from can be seen.
_SINCE, _ASKED, _ANSWER, _SHIP, _REPLY, _LATER = (date(2025, month, 3) for month in (1, 2, 3, 4, 5, 12))
COUNTS_FROM = {
    _SINCE: "the day the case came into the state",
    _ASKED: "our letter that asks or answers",
    _ANSWER: "the day we promised",
    _SHIP: "the last day to send the parcel",
    _REPLY: "the day the customer was told",
}
SILENT = ", where the bot may not write"


def _counts_from(timer: Timer) -> str:
    usual = Waiting(
        number="", state=timer.states[0], next_actor=timer.waits_for, since=_SINCE, asked_on=_ASKED, answer_by=_ANSWER,
        ship_by=_SHIP, reply_by=_REPLY,
    )  # fmt: skip
    # Some run only for cases in which no letter of a timer may go out.
    case = usual if timer.since(usual) else replace(usual, held=True)
    day = timer.since(replace(case, asked_on=None)) or timer.since(case)
    assert day
    answered = day != _ASKED and timer.since(replace(case, asked_on=_LATER)) == _LATER
    moved = timer.since(replace(case, last_mail_on=_LATER)) == _LATER
    later = ", or the customer's mail after it" if moved else ""
    if answered and moved:
        later = ", or our answer or the customer's mail after it"
    return COUNTS_FROM[day] + later + (SILENT if case.held else "")


def days(timer: Timer) -> str:
    """How long it waits, with the default of its setting."""
    count = FIXED_DAYS.get(timer.after) or getattr(Config.model_fields["timers"].get_default(), timer.after)
    unit = "day" if count == 1 else "days"
    return f"{count} {unit} before" if timer.before else f"after {count} {unit}"


def general(timer: Timer) -> bool:
    """Whether it runs in every state."""
    return len(timer.states) == len(State)


def timer_rows() -> Iterator[tuple[str, ...]]:
    """A row for each timer; the columns are ``HEAD``."""
    yield from (
        (
            f"`{t.id}`",
            "every state" if general(t) else codes(t.states),
            t.waits_for,
            _counts_from(t),
            f"{days(t)}, " + ("fixed" if t.after in FIXED_DAYS else f"`{t.after}`"),
            f"`{t.letter}`" if t.letter else "none",
            f"`{t.alert}`" if t.alert else "no",
            f"`{t.event}`" if t.event else "stays",
            codes(t.follows) or ("any time, once" if t.once else "any time"),
        )
        for t in TIMERS
    )


def codes(words: Iterable[str]) -> str:
    """The words as code, with commas."""
    return ", ".join(f"`{word}`" for word in words)
