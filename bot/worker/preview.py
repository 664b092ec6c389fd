"""A letter with the facts of one case, before anybody gets it: for looking, never for sending.

A real case tells only some of what a letter may say; what it does not tell is taken from the samples, and the reader
is told which facts those are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.model import Case, Draft, Policy, Reply
from bot.core.warranty.answer import known_values
from bot.core.warranty.lifecycle import STEPS
from bot.core.warranty.staff_facts import Desk, fact_of
from bot.errors import WrongValue
from bot.replies import Letters
from bot.replies.inventory import INVENTORY
from bot.replies.samples import CASE, DAYS, combine

LONG_NAME = "Maximiliane Wolfeschlegelsteinhausenbergerdorff-Papadopoulou"
USUAL_NAME = "Ana Example"
# Facts that choose words: where a case has not come so far that somebody chose, a letter must still show some.
CHOSEN = (
    "clause",
    "ground",
    "result",
    "service",
    "payer",
    "quote",
    "address",
    "pay",
    "offers",
    "text",
    "step",
    "window",
)


@dataclass(frozen=True)
class Preview:
    """One letter as it would be."""

    what: str
    """whose facts these are, in words"""
    draft: Draft
    reply: Reply
    invented: tuple[str, ...] = ()
    """facts that the case does not tell and a sample stands for"""


def awkward(letters: Letters, name: str, language: str, asks: Sequence[str], policy: Policy) -> list[Preview]:
    """With everyday facts, with as little as there may be, and with the longest there are."""
    usual = _usual(name, asks)
    everything = [dict(facts) for facts in combine(name, asks)]
    least = min(everything, key=_size)
    longest = max(everything, key=_size)
    models = sorted((row.id for row in policy.models), key=len)[-2:]
    if "models" in longest:
        longest["models"] = models
    return [
        _preview(letters, "everyday facts", Reply(name=name, language=language, facts=usual), USUAL_NAME),
        _preview(letters, "as little as there may be, and no name", Reply(name=name, language=language, facts=least)),
        _preview(
            letters,
            "the longest there are: models, lists and a name",
            Reply(name=name, language=language, facts=longest),
            LONG_NAME,
        ),
    ]


def of_case(
    letters: Letters, name: str, case: Case, policy: Policy, desk: Desk, today: date, language: str, asks: Sequence[str]
) -> Preview:
    """With the facts of a case."""
    facts, invented = case_facts(name, case, policy, desk, today, asks)
    reply = Reply(name=name, language=language or case.language, facts=facts)
    return _preview(letters, f"case {case.number}", reply, invented=invented, number=case.number)


def of_reply(letters: Letters, what: str, reply: Reply, language: str) -> Preview:
    """A letter that was decided with all its facts."""
    return _preview(letters, what, Reply(name=reply.name, language=language or reply.language, facts=reply.facts))


def case_facts(
    name: str, case: Case, policy: Policy, desk: Desk, today: date, asks: Sequence[str]
) -> tuple[dict[str, object], tuple[str, ...]]:
    """The facts of a letter, and the names of those that the case does not tell."""
    usual = _usual(name, asks)
    own = _of_mails(case, policy)
    facts: dict[str, object] = {}
    invented = []
    for fact in INVENTORY[name]:
        value = own[fact] if fact in own else _of_staff(fact, case, policy, desk, today)
        told = _is_told(value)
        if value is None or (fact in CHOSEN and not told):
            value = usual[fact]
            invented.append(fact)
        facts[fact] = value
    return facts, tuple(invented)


def _is_told(value: object) -> bool:
    return any(value.values()) if isinstance(value, Mapping) else bool(value)


def _of_mails(case: Case, policy: Policy) -> dict[str, object]:
    """What the customer's own mails tell; "what we understood" is that of the last one that told anything."""
    known: list[dict[str, str]] = []
    for letter in range(case.letters, 0, -1):
        known = known or known_values(case.details, policy, letter)
    return {
        "known": known,
        "step": STEPS.get(case.state),
        "next_actor": "you" if case.next_actor == "customer" else "we",
        "asks": [id_ for id_ in case.asked if case.asked[id_]] or None,
    }


def _of_staff(fact: str, case: Case, policy: Policy, desk: Desk, today: date) -> object:
    try:
        return fact_of(fact, case, desk, policy, today)
    except WrongValue:
        return None


def _usual(name: str, asks: Sequence[str]) -> dict[str, object]:
    """The first combination whose lists are neither empty nor long."""
    first = dict(next(combine(name, asks)))
    for facts in combine(name, asks):
        if all(_is_told(value) for fact, value in facts.items() if fact in ("known", "asks", "models", "tracking")):
            first = dict(facts)
            break
    return {fact: DAYS[1] if value == DAYS[0] else value for fact, value in first.items()}


def _size(facts: Mapping[str, object]) -> int:
    return sum(len(str(value)) for value in facts.values())


def _preview(
    letters: Letters, what: str, reply: Reply, name: str = "", *, invented: tuple[str, ...] = (), number: str = CASE
) -> Preview:
    return Preview(what, letters.render(reply, number, name), reply, invented)
