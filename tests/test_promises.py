"""The promise guard: no letter says more than was decided, and every list of words is long enough to notice."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from time import perf_counter

import pytest
from delivered_letters import LANGUAGES, LETTERS, reply_of

from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, APPROVALS, DECLINES, possible_actions
from bot.core.warranty.answer import REPLIES
from bot.core.warranty.staff_letters import (
    BY_EVENT,
    BY_STAFF,
    BY_TIMER,
    CLAUSES,
    GROUNDS,
    PAYERS,
    RESULTS,
    STEPS_TO_TRY,
)
from bot.replies.inventory import INVENTORY, SERVICES
from bot.replies.phrasing import any_of
from bot.replies.promises import AMOUNT, GRANTS, KINDS, granted, promises_of
from bot.replies.samples import CASE

PLANTED = tomllib.loads((Path(__file__).parent.parent / "fixtures" / "planted-promises.toml").read_text("utf-8"))

# The facts that change what a letter says about services and money; each alone, beside the usual ones.
TURNS: dict[str, tuple[object, ...]] = {
    "clause": CLAUSES,
    "ground": GROUNDS,
    "tracking": ([], ["1Z999AA10123456784"]),
    "result": RESULTS,
    "steps": tuple([step] for step in STEPS_TO_TRY),
    "step": tuple(range(1, 9)),
    "next_actor": ("we", "you"),
    "offers": ([], ["paid_repair", "spare_part", "worry_free"]),
    "asks": (["troubleshooting"], ["photo_or_video", "item_condition"]),
    "law": (True, False),
}

# What a person types in a letter, and the shapes in which a sentence can stand there: of a text, each line by itself.
TYPED: dict[str, Callable[[str], tuple[object, ...]]] = {
    "note": lambda sentence: (sentence,),
    "text": lambda sentence: (
        [sentence],
        ["Hello.", "", sentence, "", "Goodbye."],
        sentence.replace(" ", "\n", 1).split("\n"),  # a line broken by hand
    ),
}


def letters_in(state: State) -> set[str]:
    """Every letter that can go out while a case is in this state."""
    letters = {*REPLIES, *BY_EVENT, *BY_TIMER}
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


def may(letter: str, service: str, payer: str) -> set[str]:
    """What a letter may promise after this decision, written down here a second time: not the table that is tested."""
    paid = {"we_pay_shipping"} if payer in ("label", "refunded") else set()
    promised = {
        "unconditional_return": {"refund"},
        "free_replacement": {"free_replacement", "we_pay_shipping"},
        "free_repair": {"free_repair", "we_pay_shipping"},
    }.get(service, set())
    if letter == "inspection_result":
        return promised
    if APPROVALS.get(service) == letter:
        return {"approval"} | (promised - {"we_pay_shipping"}) | paid
    earned = service in ("unconditional_return", "free_replacement", "free_repair")
    return {"refund"} if letter == "refund_ordered" and earned else set()


@cache
def promised(letter: str, language: str, service: str, payer: str) -> tuple[str, ...]:
    """What the letter promises, over everything else that changes its words."""
    found: set[str] = set()
    for changed in ({}, *({fact: value} for fact in INVENTORY[letter] for value in TURNS.get(fact, ()))):
        reply = reply_of(letter, language, **{"note": "", "service": service, "payer": payer, **changed})
        draft = LETTERS.render(reply, CASE, name="Ana Ruiz")
        found |= promises_of(f"{draft.subject}\n{draft.text}", LETTERS.speech(language))
        over = LETTERS.broken_promises(reply, draft, service)
        # an approval of another service is held, and a refund that no service earns
        assert bool(over) <= (letter in (*APPROVALS.values(), "refund_ordered")), over
    return tuple(sorted(found))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("state", State, ids=str)
def test_no_letter_promises_more_than_the_decision_grants(state: State, service: str, language: str) -> None:
    for letter in sorted(letters_in(state)):
        own = next((own for own, name in APPROVALS.items() if name == letter), service)
        for payer in PAYERS if "payer" in INVENTORY[letter] else ("",):
            own = own if letter != "refund_ordered" else "unconditional_return"  # held under others: tested below
            over = set(promised(letter, language, own, payer)) - may(letter, own, payer)
            assert not over, f"{letter} paid by {payer or 'nobody'}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", ["", *SERVICES])
@pytest.mark.parametrize("letter", APPROVALS.values())
def test_an_approval_of_another_service_than_the_decided_one_is_held(letter: str, service: str, language: str) -> None:
    reply = reply_of(letter, language, note="")
    over = LETTERS.broken_promises(reply, LETTERS.render(reply, CASE), service)
    assert bool(over) is (APPROVALS.get(service) != letter)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", ["", *SERVICES])
def test_a_refund_that_no_service_earns_is_held(service: str, language: str) -> None:
    reply = reply_of("refund_ordered", language)
    earned = service in ("unconditional_return", "free_replacement", "free_repair")
    assert ("refund" not in kinds(LETTERS.broken_promises(reply, LETTERS.render(reply, CASE), service))) is earned


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, AMOUNT])
def test_a_promise_that_a_person_adds_is_noticed_in_every_letter_that_may_not_make_it(kind: str, language: str) -> None:
    sentence = PLANTED[language][kind]
    for letter in INVENTORY:
        for service in ("", *SERVICES):
            reply = reply_of(letter, language, note="", service=service)
            draft = LETTERS.render(reply, CASE)
            if kind in may(letter, service, str(reply.facts.get("payer", ""))):
                continue
            wrapped = sentence.replace(" ", "\n", 1)  # as a person breaks lines, and with a blank that does not break
            for words in (sentence, wrapped, sentence.replace(" ", "\u00a0")):
                edited = LETTERS.rewritten(draft, f"{draft.text}\n\n{words}\n")
                assert kind in kinds(LETTERS.broken_promises(reply, edited, service)), f"{letter} {service}: {words}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, AMOUNT])
def test_a_promise_in_the_typed_paragraph_is_noticed(kind: str, language: str) -> None:
    sentence = PLANTED[language][kind]
    for letter in BY_STAFF:
        places = [fact for fact in TYPED if fact in INVENTORY[letter]]
        assert places, f"{letter} has no paragraph of a person"
        for fact in places:
            for typed in TYPED[fact](sentence):
                reply = reply_of(letter, language, **{"note": "", fact: typed, "service": "undecided"})
                broken = LETTERS.broken_promises(reply, LETTERS.render(reply, CASE), "undecided")
                assert kind in kinds(broken), f"{letter} {fact}: {typed}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_that_is_empty_would_let_its_promise_pass(language: str) -> None:
    """Each kind is noticed by its own list alone: an emptied one cannot hide behind another."""
    speech = LETTERS.speech(language)
    for kind in KINDS:
        others = [phrase for name, phrases in speech.promises.items() if name != kind for phrase in phrases]
        own = any_of(tuple(speech.promises[kind])).search(PLANTED[language][kind].casefold())
        assert own, kind
        assert own[0] not in others, kind


@pytest.mark.parametrize(
    ("letter", "note", "held"),
    [
        ("paid_quote", "The repair alone would be 39.90 EUR.", False),  # as in the offer
        ("paid_quote", "For you 29.90 EUR.", True),
        ("paid_quote", "You can also pay 39,90 EUR first.", False),
        ("paid_quote", "It is $49.90 then.", False),  # the sum of the offer, whatever its sign
        ("paid_consent_received", "The total went up to 59.90 EUR.", True),
        ("declined", "A new strap is 12 euros.", True),  # a price is an offer: it has its own letter
        ("declined", "The watch has 5 ATM and 32 GB, bought on 12 May 2025.", False),
    ],
)
def test_a_letter_names_no_other_price_than_its_offer(letter: str, note: str, held: bool) -> None:
    reply = reply_of(letter, note=note)
    assert (AMOUNT in kinds(LETTERS.broken_promises(reply, LETTERS.render(reply, CASE), "paid_service"))) is held


def test_how_to_pay_and_where_to_send_are_the_operators_own_lines() -> None:
    reply = reply_of("paid_consent_received", pay=["Account 12 EUR 34"], address=["Euro Street", "5 EUR Lane"], note="")
    assert LETTERS.broken_promises(reply, LETTERS.render(reply, CASE), "paid_service") == []


def test_a_long_line_of_digits_is_searched_in_short_time() -> None:
    reply = reply_of("declined", note="1 " * 1000)
    started = perf_counter()
    LETTERS.broken_promises(reply, LETTERS.rewritten(LETTERS.render(reply, CASE), "1," * 8000), "")
    assert perf_counter() - started < 2


def kinds(broken: list[str]) -> set[str]:
    return {line.partition(": ")[0] for line in broken}


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
    assert kind in kinds(found)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
@pytest.mark.parametrize(
    ("letter", "facts"),
    [
        ("declined", {"note": "We repair it for free after all."}),
        ("answer", {"text": ["It is settled.", "", "We repair", "it for free."]}),
    ],
)
def test_what_a_person_types_in_the_desks_own_language_is_judged_too(
    letter: str, facts: dict[str, object], language: str
) -> None:
    reply = reply_of(letter, language, **facts)
    assert "free_repair" in kinds(LETTERS.broken_promises(reply, LETTERS.render(reply, CASE), "not_covered"))


def test_a_promise_in_the_subject_counts() -> None:
    reply = reply_of("received")
    draft = replace(LETTERS.render(reply, CASE), subject="KOSPET case K7F3Q9: a free repair")
    assert LETTERS.broken_promises(reply, draft) == ["free_repair: free repair"]


def test_what_nobody_decided_grants_nothing() -> None:
    assert granted(reply_of("inspection_result", service="free_repair"), "") == frozenset()
    assert granted(reply_of("approved_repair"), "") == frozenset()


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_canned_paragraph_promises_nothing_and_takes_no_facts(language: str) -> None:
    speech = LETTERS.speech(language)
    canned = [id_ for id_ in speech.phrases if id_.startswith("canned.")]
    assert canned or language not in ("en", "de", "zh")
    assert {id_: promises_of(speech.phrase(id_), speech) for id_ in canned} == {id_: set() for id_ in canned}
