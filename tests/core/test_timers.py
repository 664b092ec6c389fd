"""The table of timers, row by row, with a clock that is moved: what is due, when, and for whom nothing ever is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from timer_days import DAYS

from bot.core.model import State
from bot.core.warranty.lifecycle import TRANSITIONS, TURNS, next_state
from bot.core.warranty.staff_letters import LATER
from bot.core.warranty.timers import TIMERS, due_timers, next_due
from bot.core.warranty.waiting import Hours, Waiting, is_quiet

ASKED = date(2025, 3, 3)  # a Monday
HOURS = Hours(quiet_from=20, quiet_until=8, quiet_weekend=True)
ALWAYS = Hours(quiet_from=0, quiet_until=0, quiet_weekend=False)


def asked(**changes: object) -> Waiting:
    """A case that was asked on a Monday and is silent since."""
    plain = Waiting(
        number="K7F3Q9",
        state=State.WAITING_FOR_DETAILS,
        next_actor="customer",
        since=ASKED,
        asked_on=ASKED,
        last_mail_on=ASKED,
        reply_by=ASKED + timedelta(days=14),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def noon(days: int, start: date = ASKED) -> datetime:
    return datetime.combine(start, datetime.min.time(), UTC) + timedelta(days=days, hours=12)


def live(case: Waiting, days: range, hours: Hours = ALWAYS, start: date = ASKED) -> list[tuple[int, str]]:
    """Noon after noon: what fires on which day, each timer remembered and its event carried out."""
    fired = []
    for day in days:
        now = noon(day, start)
        for due in due_timers(case, now, DAYS, hours):
            fired.append((day, due.timer.id))
            case = replace(case, fired={**case.fired, (due.timer.id, due.period): now.date()})
            if due.timer.event:
                state = next_state(case.state, due.timer.event)
                assert state is not None
                case = replace(case, state=state, next_actor=TURNS[state].actor, since=now.date())
    return fired


def test_a_silent_customer_is_reminded_twice_warned_and_closed() -> None:
    assert live(asked(), range(60)) == [(7, "reminder_1"), (14, "reminder_2"), (21, "closing_notice"), (28, "closed")]


def test_a_bot_that_was_off_for_a_month_reminds_before_it_closes() -> None:
    assert live(asked(), range(40, 80)) == [
        (40, "reminder_1"),
        (47, "reminder_2"),
        (54, "closing_notice"),
        (61, "closed"),
    ]


def test_letters_of_timers_wait_for_the_morning_of_a_working_day() -> None:
    # The seventh day after a Saturday is a Saturday.
    saturday = date(2025, 3, 1)
    case = asked(since=saturday, asked_on=saturday, last_mail_on=saturday)
    assert live(case, range(12), HOURS, saturday) == [(9, "reminder_1")]


def test_a_mail_of_the_customer_starts_the_wait_anew() -> None:
    case = asked(fired={("reminder_1", ASKED): ASKED + timedelta(days=7)}, last_mail_on=ASKED + timedelta(days=9))
    assert live(case, range(10, 30)) == [(16, "reminder_1"), (23, "reminder_2")]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"flags": ("safety_hazard",)}, "a person writes after a hazard"),
        ({"flags": ("threat_or_legal",)}, "a person writes after a complaint"),
        ({"flags": ("possible_fraud",)}, "nobody is pressed who may be a victim"),
        ({"held": True}, "a person took the case over"),
        ({"unsettled": True}, "our letter came back, or waits for a person"),
        ({"next_actor": "staff"}, "it is our turn"),
        ({"asked_on": None}, "our question never left"),
        ({"merged": True}, "the case went into another"),
    ],
)
def test_who_is_never_written_to_by_a_timer(changes: dict[str, object], why: str) -> None:
    assert {id_ for _, id_ in live(asked(**changes), range(90))} <= {"unanswered"}, why


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"held": True}, [(15, "unanswered")]),
        ({"flags": ("safety_hazard",)}, [(15, "unanswered")]),
        ({"unsettled": True}, [(15, "unanswered")]),
        ({"asked_on": None}, [(15, "unanswered")]),
        ({"held": True, "state": State.APPROVED, "ship_by": ASKED}, [(15, "unanswered")]),
        ({"held": True, "state": State.RETURNING, "next_actor": "carrier"}, [(20, "not_confirmed")]),
    ],
)
def test_where_no_letter_may_go_out_staff_is_told_that_nothing_came(
    changes: dict[str, object], told: list[tuple[int, str]]
) -> None:
    assert live(asked(**changes), range(90)) == told


def test_nobody_apologises_for_a_day_that_was_told_to_nobody() -> None:
    due = due_timers(replace(READY, doubt="unanswered"), noon(1), DAYS, ALWAYS)
    assert [(d.timer.id, d.letter) for d in due] == [("overdue", "")]


def approved(**changes: object) -> Waiting:
    return asked(**{"state": State.APPROVED, "ship_by": ASKED + timedelta(days=14), **changes})


def test_an_approved_parcel_is_asked_for_and_the_case_is_closed_after_thirty_days() -> None:
    assert live(approved(), range(60)) == [(9, "ship_reminder"), (30, "not_shipped")]


def test_the_close_of_an_approved_case_keeps_its_distance_to_the_reminder() -> None:
    assert live(approved(), range(50, 90)) == [(50, "ship_reminder"), (71, "not_shipped")]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (asked(state=State.QUOTED), [(7, "quote_reminder"), (21, "closing_notice"), (28, "closed")]),
        (asked(state=State.DECLINED), [(30, "objection")]),
        (asked(state=State.PARCEL_ANNOUNCED, next_actor="carrier"), [(15, "parcel_missing")]),
        (asked(state=State.AT_SERVICE_CENTRE, next_actor="staff"), [(5, "not_inspected")]),
        (asked(state=State.INSPECTED, next_actor="staff"), [(7, "not_sent_back")]),
        (asked(state=State.INSPECTED, next_actor="customer"), [(21, "no_choice")]),
        (asked(state=State.RETURNING, next_actor="carrier"), [(20, "returned")]),
        (asked(state=State.COMPLETED, next_actor="nobody"), []),
        (asked(state=State.CLOSED, next_actor="nobody"), []),
        (asked(state=State.WITHDRAWN, next_actor="nobody"), []),
    ],
    ids=lambda v: v.state if isinstance(v, Waiting) else "",
)
def test_what_fires_in_each_state(case: Waiting, expected: list[tuple[int, str]]) -> None:
    assert live(case, range(90)) == expected


READY = asked(state=State.READY_FOR_STAFF, next_actor="staff", answer_by=ASKED)


def test_a_promised_day_that_passed_is_apologised_for_once() -> None:
    (due,) = due_timers(READY, noon(1), DAYS, ALWAYS)
    assert (due.timer.id, due.letter, due.timer.alert) == ("delay_apology", "delay_apology", "overdue")
    assert due_timers(READY, noon(0), DAYS, ALWAYS) == (), "the promised day itself is still in time"
    # The apology named a new day, and that one passed as well: no second letter, only staff is told.
    again = replace(READY, answer_by=ASKED + timedelta(days=3), fired={("delay_apology", ASKED): ASKED})
    (due,) = due_timers(again, noon(4), DAYS, ALWAYS)
    assert (due.timer.id, due.letter) == ("overdue", "")


@pytest.mark.parametrize("flag", ["safety_hazard", "threat_or_legal"])
def test_staff_is_told_of_an_overdue_hazard_and_the_customer_gets_no_routine_letter(flag: str) -> None:
    (due,) = due_timers(replace(READY, flags=(flag,)), noon(1), DAYS, ALWAYS)
    assert (due.timer.id, due.letter) == ("overdue", "")


def test_staff_is_told_at_night_and_the_customer_in_the_morning() -> None:
    night = noon(1) + timedelta(hours=11)
    (due,) = due_timers(READY, night, DAYS, HOURS)
    assert due.timer.id == "overdue"
    told = replace(READY, fired={("overdue", ASKED): night.date()})
    assert due_timers(told, night, DAYS, HOURS) == ()
    (due,) = due_timers(told, night + timedelta(hours=10), DAYS, HOURS)
    assert due.letter == "delay_apology"


@pytest.mark.parametrize(
    ("hour", "hours", "quiet"),
    [
        (7, Hours(quiet_from=20, quiet_until=8), True),
        (8, Hours(quiet_from=20, quiet_until=8), False),
        (19, Hours(quiet_from=20, quiet_until=8), False),
        (20, Hours(quiet_from=20, quiet_until=8), True),
        (12, Hours(quiet_from=12, quiet_until=14), True),
        (14, Hours(quiet_from=12, quiet_until=14), False),
        (3, Hours(quiet_from=0, quiet_until=0), False),
    ],
)
def test_quiet_hours_may_reach_over_midnight(hour: int, hours: Hours, quiet: bool) -> None:
    assert is_quiet(datetime(2025, 3, 3, hour, 30, tzinfo=UTC), hours) is quiet


def test_a_weekend_is_quiet_only_when_it_is_set() -> None:
    sunday = datetime(2025, 3, 2, 12, tzinfo=UTC)
    assert is_quiet(sunday, Hours())
    assert not is_quiet(sunday, Hours(quiet_weekend=False))


def test_what_comes_next_can_be_told() -> None:
    assert next_due(asked(), DAYS) == ("reminder_1", date(2025, 3, 10))
    assert next_due(asked(state=State.COMPLETED, next_actor="nobody"), DAYS) is None


def test_every_row_of_the_table_can_be_carried_out() -> None:
    for timer in TIMERS:
        assert timer.letter == "" or timer.letter in LATER
        assert timer.letter or timer.alert or timer.event, f"{timer.id} does nothing"
        assert timer.after in {*DAYS, "overdue"}
        for state in timer.states if timer.event else ():
            assert timer.event in TRANSITIONS[state], f"{timer.id} in {state}"
    assert len({timer.id for timer in TIMERS}) == len(TIMERS)


def test_every_state_that_waits_for_the_outside_has_a_timer() -> None:
    waits = {s for s in State if TURNS[s].actor in ("customer", "carrier")}
    assert waits <= {s for timer in TIMERS if timer.waits_for != "staff" for s in timer.states}
