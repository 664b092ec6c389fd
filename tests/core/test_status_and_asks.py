"""Asking how far a case is, in every state; and answers to our questions, never put twice in the same words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from written import NOON, found, letter, shipped_policy

from bot.core.decide import decide
from bot.core.model import Case, Decision, State
from bot.core.warranty.lifecycle import ENDED, STEPS, TURNS

DAY = NOON.date()
CLAIM = (
    "My TANK T2 does not charge since Monday. I cleaned the pins. Order KS20418 from kospet.com, delivered in May 2025."
)
SOON = DAY + timedelta(days=2)


def decided(text: str, case: Case | None = None, on: date = DAY) -> Decision:
    return decide(letter(text), found(text, on=on), case, shipped_policy(), on=on, today=on, automatic=None)


FIRST = decided(CLAIM)
WAITING = Case(
    number="K7F3Q9",
    state=State.WAITING_FOR_DETAILS,
    version=1,
    language="en",
    first_mail_on=DAY,
    letters=1,
    details=FIRST.details,
    asked=dict.fromkeys(FIRST.missing, 1),
    reply_by=FIRST.reply_by,
    next_actor="customer",
)


# --- "how far are you?" ---------------------------------------------------------------------------

OPEN = [s for s in State if s not in ENDED and s is not State.NEW]
# Whoever is next by the life cycle, and staff wherever a person has something to do.
SITUATIONS = [(s, actor) for s in OPEN for actor in dict.fromkeys((TURNS[s].actor, "staff"))]


@pytest.mark.parametrize(("state", "actor"), SITUATIONS, ids=lambda v: str(v))
def test_a_status_letter_tells_step_turn_and_a_day_that_the_queue_keeps(state: State, actor: str) -> None:
    waits = replace(
        WAITING,
        state=state,
        next_actor=actor,
        answer_by=SOON if actor == "staff" else None,
        reply_by=SOON if actor == "customer" else None,
    )
    after = decided("Any news? I am still waiting for your answer.", waits)
    assert after.reply is not None
    facts = after.reply.facts
    assert after.reply.name == "status_answer"
    assert (after.state, after.next_actor) == (state, actor), "asking changes nothing"
    assert facts["step"] == STEPS[state]
    customers = actor == "customer" or (state is State.RETURNING and actor == "carrier")
    assert facts["next_actor"] == ("you" if customers else "we")
    if customers:
        assert facts["reply_by"] == (after.reply_by.isoformat() if after.reply_by else "")
    else:
        assert after.answer_by is not None
        assert facts["answer_by"] == after.answer_by.isoformat(), "the day in the letter is the one in the queue"
    asks = list(FIRST.missing) if state is State.WAITING_FOR_DETAILS else []
    assert facts["asks"] == asks, "after the decision nothing of the request is waited for"


@pytest.mark.parametrize("state", [State.WAITING_FOR_DETAILS, State.QUOTED, State.APPROVED, State.DECLINED])
def test_no_status_letter_asks_for_a_reply_by_a_day_that_is_over(state: State) -> None:
    late = replace(WAITING, state=state, reply_by=DAY - timedelta(days=3))
    reply = decided("Any news? I am still waiting for your answer.", late).reply
    assert reply is not None
    assert reply.facts["reply_by"] == ""


def test_the_day_a_letter_asks_for_stands_in_the_queue() -> None:
    approved = replace(WAITING, state=State.APPROVED, reply_by=SOON)
    after = decided("Sent with DHL, tracking number 00340434161094042558.", approved)
    assert after.reply is not None
    assert after.reply.name == "tracking_invalid"
    assert after.reply_by is not None
    assert after.reply.facts["reply_by"] == after.reply_by.isoformat()


# --- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14 May 2025", "2025-05-14"),  # nothing but the day
        ("It was on May 25th.", "2025-05-25"),
        ("25.05.2025", "2025-05-25"),
        ("Hi, 2025-05-30. Thanks", "2025-05-30"),
        ("about two weeks ago", "2025-06-01/2025-06-07"),
        ("at Christmas", "2024-12-21/2024-12-27"),
        ("It broke again on 12 June.", "2025-05"),  # said of the fault
        ("I sent you the photo on 12 June.", "2025-05"),  # said of a mail
        ("14 May or 25 May, I am not sure.", "2025-05"),  # two days are none
        ("I cannot look it up today.", "2025-05"),  # today is the day of the mail
        ("Yesterday", "2025-06-17"),  # nothing else is said
    ],
)
def test_a_bare_day_answers_the_question_for_it(text: str, day: str) -> None:
    assert decided(text, WAITING).details.value("delivery_date") == day


def test_nobody_asked_so_a_bare_day_stays_a_day() -> None:
    assert decided("25.05.2025", replace(WAITING, asked={})).details.value("delivery_date") == "2025-05"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("delivered in May 2025", True),  # over the edge of the thirty days
        ("delivered in March 2025", False),  # all of it between thirty days and two years
        ("delivered about two weeks ago", False),
        ("delivered at Christmas", False),
        ("delivered two years ago", True),  # over the edge of the two years
        ("delivered in May 2025, bought on 28 May 2025", False),  # nothing comes before it is bought
        ("", True),
    ],
)
def test_the_day_is_asked_only_where_it_decides(said: str, asked: bool) -> None:
    missing = decided(CLAIM.replace("delivered in May 2025", said or "a gift")).missing
    assert ("purchase_or_delivery_date" in missing) is asked


def test_each_question_is_put_at_most_twice_and_never_in_the_same_words() -> None:
    case, letters = WAITING, []
    for text in ("I have no idea.", "Well.", "Please hurry up."):
        after = decided(text, case)
        assert after.reply is not None
        letters.append((after.reply.name, after.reply.facts.get("again", ())))
        asked = dict(case.asked)
        for id_ in after.reply.facts.get("asks", ()) if after.next_actor == "customer" else ():  # type: ignore[attr-defined]
            asked[str(id_)] = asked.get(str(id_), 0) + 1
        case = replace(case, asked=asked, state=after.state, details=after.details, letters=case.letters + 1)
    assert [name for name, _ in letters][:2] == ["details_partly_received", "handed_to_person"]
    assert list(letters[0][1]) == list(FIRST.missing), "the second time other words are used"


def test_a_part_of_the_answer_is_thanked_and_only_the_rest_is_asked() -> None:
    after = decided("It was delivered on 25 May 2025.", WAITING)
    assert after.reply is not None
    assert after.reply.name == "details_partly_received"
    assert after.reply.facts["asks"] == ["photo_or_video"]
