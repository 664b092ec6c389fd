"""What all stories together go through: each way of the life cycle, each action, each timer, each letter.

Only the folders are read; that each tells the truth is held beside this file. What no story can reach stands in a
table with the reason, and leaves it as soon as one does.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from story_steps import STORIES, told_by

from bot.core.model import State
from bot.core.warranty.actions import ACTIONS
from bot.core.warranty.lifecycle import TRANSITIONS
from bot.core.warranty.staff_facts import ALL_LETTERS
from bot.core.warranty.timers import TIMERS

LANGUAGES = ("cs", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv", "tr", "zh")
UNREACHED: dict[str, dict[str, str]] = {
    "ways": {
        "closed details_missing": "a reply to a closed case is read by a person before anything is asked",
        "declined details_missing": "after a refusal nothing is asked by itself",
        "declined details_complete": "after a refusal every mail is an objection, and a person's",
        "quoted person_needed": "a mail about an open offer leaves it open: offer_answered",
    },
    "actions": {},
    "timers": {},
    "letters": {
        "received": "the last row of the letters: every mail known so far has a better one",
        "unreadable_mail": "no mail of these folders is unreadable; fixtures/odd-mails",
        "attachment_too_large": "a mail of more than a megabyte; tests/whole",
    },
    "languages": {},
}


def ways() -> set[str]:
    """``state event`` of every step: where the case stood before it, and what happened."""
    found: set[str] = set()
    for story in STORIES:
        states: dict[str, str] = {}
        for _, facts in told_by(story):
            number = facts.get("case", "")
            state = states.get(number, State.NEW.value)
            for event in facts.get("events", ()):
                found.add(f"{state} {event}")
                state = str(TRANSITIONS[State(state)].get(event, state))
            states[number] = facts.get("state", "")
    return found


def of_steps(name: str) -> set[str]:
    """Every value that a fact has in some step."""
    values = [facts.get(name) for story in STORIES for _, facts in told_by(story)]
    return {one for value in values for one in (value if isinstance(value, list) else [value]) if one}


def actions() -> set[str]:
    return {step.order["action"] for story in STORIES for step, _ in told_by(story) if step.what == "staff"}


@pytest.mark.parametrize(
    ("what", "there_are", "used"),
    [
        ("ways", [f"{state} {event}" for state, row in TRANSITIONS.items() for event in row], ways),
        ("actions", ACTIONS, actions),
        ("timers", [timer.id for timer in TIMERS], lambda: of_steps("timers")),
        ("letters", ALL_LETTERS, lambda: of_steps("reply")),
        ("languages", LANGUAGES, lambda: of_steps("language")),
    ],
    ids=["ways", "actions", "timers", "letters", "languages"],
)
def test_the_stories_go_through_all(what: str, there_are: Iterable[str], used: object) -> None:
    assert callable(used)
    found = used()
    missing = sorted(set(there_are) - found - UNREACHED[what].keys())
    assert missing == [], f"no story shows these {what}: {', '.join(missing)}"
    assert UNREACHED[what].keys() & found == set(), "a story shows it now: take it off the table"


def test_there_are_stories() -> None:
    assert len(STORIES) >= 40
