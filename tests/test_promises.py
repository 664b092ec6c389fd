"""The promise guard: no letter says more than was decided, and every list of words is long enough to notice."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from delivered_letters import LANGUAGES, LETTERS, reply_of

from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, APPROVALS, DECLINES, possible_actions
from bot.core.warranty.answer import REPLIES
from bot.core.warranty.staff_letters import BY_EVENT, BY_STAFF, BY_TIMER, CLAUSES, PAYERS, RESULTS, STEPS_TO_TRY
from bot.replies.inventory import INVENTORY, SERVICES
from bot.replies.promises import GRANTS, KINDS, granted, promises_of
from bot.replies.samples import CASE

# The facts that change what a letter says about services and money; each alone, beside the usual ones.
TURNS: dict[str, tuple[object, ...]] = {
    "payer": PAYERS,
    "clause": CLAUSES,
    "result": RESULTS,
    "steps": tuple([step] for step in STEPS_TO_TRY),
    "step": tuple(range(1, 9)),
    "next_actor": ("we", "you"),
    "offers": ([], ["paid_repair", "spare_part", "worry_free"]),
    "asks": (["troubleshooting"], ["photo_or_video", "item_condition"]),
    "law": (True, False),
}


def letters_in(state: State) -> set[str]:
    """Every letter that can go out while a case is in this state."""
    letters = {*REPLIES, *BY_EVENT, *BY_TIMER, "safety_followup"}
    for name in possible_actions(state):
        letter = ACTIONS[name].letter
        if isinstance(letter, str):
            letters |= {letter} - {""}
        elif name == "approve":
            letters |= set(APPROVALS.values())
        elif name == "decline":
            letters |= {*DECLINES.values(), "declined"}
        else:
            letters |= {"inspection_result", "inspection_other_damage"}
    return letters


def service_of(letter: str, service: str) -> str:
    """An approval is written for its own service only; every other letter for any."""
    return next((own for own, name in APPROVALS.items() if name == letter), service)


@cache
def broken(letter: str, service: str, language: str) -> tuple[str, ...]:
    """What the letter promises too much, over everything that changes its words."""
    found: list[str] = []
    cases: list[dict[str, object]] = [{}]
    cases += [{fact: value} for fact in INVENTORY[letter] for value in TURNS.get(fact, ())]
    for changed in cases:
        facts = {"note": "", "service": service, **changed}
        reply = reply_of(letter, language, **facts)
        draft = LETTERS.render(reply, CASE, name="Ana Ruiz")
        found += LETTERS.broken_promises(reply, draft, service_of(letter, service))
    return tuple(found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("state", State, ids=str)
def test_no_letter_promises_more_than_the_service_grants(state: State, service: str, language: str) -> None:
    assert {letter: broken(letter, service, language) for letter in letters_in(state)} == dict.fromkeys(
        letters_in(state), ()
    )


def test_every_letter_is_looked_at() -> None:
    assert {letter for state in State for letter in letters_in(state)} == set(INVENTORY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("letter", "facts", "kinds"),
    [
        ("approved_return", {"payer": "customer"}, {"approval", "refund"}),
        ("approved_return", {"payer": "refunded"}, {"approval", "refund", "we_pay_shipping"}),
        ("approved_replacement", {"payer": "label"}, {"approval", "free_replacement", "we_pay_shipping"}),
        ("approved_repair", {"payer": "label"}, {"approval", "free_repair", "we_pay_shipping"}),
        ("approved_repair", {"payer": "refunded"}, {"approval", "free_repair", "we_pay_shipping"}),
        ("approved_repair", {"payer": "customer"}, {"approval", "free_repair"}),
        ("inspection_result", {"service": "free_repair"}, {"free_repair", "we_pay_shipping"}),
        ("inspection_result", {"service": "free_replacement"}, {"free_replacement", "we_pay_shipping"}),
        ("inspection_result", {"service": "unconditional_return"}, {"refund"}),
        ("inspection_result", {"service": "paid_service"}, set()),
        ("refund_ordered", {}, {"refund"}),
        ("declined", {}, set()),
        ("paid_quote", {}, set()),
    ],
)
def test_the_lists_of_every_language_notice_what_our_own_letters_promise(
    letter: str, facts: dict[str, object], kinds: set[str], language: str
) -> None:
    draft = LETTERS.render(reply_of(letter, language, note="", **facts), CASE)
    assert promises_of(f"{draft.subject}\n{draft.text}", LETTERS.speech(language)) == kinds


@pytest.mark.parametrize(
    ("letter", "facts", "service", "kind"),
    [
        ("approved_repair", {}, "free_replacement", "free_repair"),  # another service was decided
        ("approved_repair", {}, "not_covered", "approval"),  # nothing was granted
        ("approved_return", {"payer": "label"}, "not_covered", "we_pay_shipping"),
        ("inspection_result", {"service": "free_repair"}, "paid_service", "free_repair"),
        ("inspection_result", {"service": "free_replacement"}, "free_repair", "free_replacement"),
        ("declined", {"note": "We repair it for free after all."}, "not_covered", "free_repair"),  # typed by a person
        ("declined", {"note": "You will get a voucher."}, "not_covered", "extras"),
        ("approved_repair", {"note": "You have it back tomorrow."}, "free_repair", "deadline"),
        ("approved_replacement", {"note": "You get a brand new one."}, "free_replacement", "new_watch"),
        ("safety_followup", {"note": "We refund you."}, "undecided", "refund"),
    ],
)
def test_a_letter_that_promises_more_is_noticed(letter: str, facts: dict[str, object], service: str, kind: str) -> None:
    reply = reply_of(letter, **{"note": "", **facts})
    found = LETTERS.broken_promises(reply, LETTERS.render(reply, CASE), service)
    assert kind in {line.partition(": ")[0] for line in found}


def test_a_promise_in_the_subject_counts() -> None:
    reply = reply_of("received")
    draft = replace(LETTERS.render(reply, CASE), subject="KOSPET case K7F3Q9: a free repair")
    assert LETTERS.broken_promises(reply, draft) == ["free_repair: free repair"]


def test_who_pays_the_way_is_a_decision_of_its_own() -> None:
    assert "we_pay_shipping" not in granted(reply_of("approved_repair", payer="customer"))
    assert "we_pay_shipping" in granted(reply_of("approved_repair", payer="refunded"))
    assert granted(reply_of("approved_repair", payer="refunded"), "not_covered") == frozenset()


def test_only_letters_of_people_and_the_ordered_refund_may_promise_anything() -> None:
    assert set(GRANTS) - set(BY_STAFF) == {"refund_ordered"}
    assert not any(granted(reply_of(letter)) for letter in REPLIES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_words_every_kind_of_promise(language: str) -> None:
    assert set(LETTERS.speech(language).promises) == set(KINDS)
