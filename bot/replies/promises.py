"""What a letter promises, and what it may.

Each language lists in ``[promises]`` of its phrases how it words a promise, by kind. A letter may promise only what
GRANTS gives it for the service that was decided; everything else a letter says by the way ("of course free", "a new
watch", "tomorrow") is a promise nobody made. The guard reads the finished draft, so it sees the paragraph that a
person typed as well. It knows words, not meaning: a list that is too short lets a promise pass, so a test renders
every letter and expects every granted promise to be found in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.core.model import Draft, Reply
from bot.core.warranty.actions import APPROVALS
from bot.replies.language import Language
from bot.replies.phrasing import any_of

KINDS = (
    "approval",
    "free_repair",
    "free_replacement",
    "refund",
    "we_pay_shipping",
    # granted to no letter
    "new_watch",
    "extras",
    "deadline",  # a time in words; our own dates are facts with a timer behind them
)
# Not worded by a language: a sum of money is granted where the letter's own offer names it, and nowhere else.
AMOUNT = "amount"
_SIGNS = "[\u20ac$\u00a3\u00a5\u20bd\u20ba\u20b4\u5143\u5186]|\\b(?:z\u0142|kr|K\u010d)\\b"
_CODES = "EUR|USD|GBP|PLN|CZK|SEK|CHF|JPY|CNY|RUB|TRY|BRL|MXN|CAD|AUD|euros?|dollars?"
_NUMBER = r"\d(?:[\d.,'\u2019\s]{0,14}\d)?"
MONEY = re.compile(
    rf"(?:(?P<before>{_SIGNS}|\b(?:{_CODES}))\s?)(?P<one>{_NUMBER})"
    rf"|(?P<two>{_NUMBER})\s?(?:{_SIGNS}|(?:{_CODES})(?![A-Za-z]))",
    re.IGNORECASE,
)

# Service -> what it grants once it was decided. The services that are not here grant nothing.
SERVICES: Mapping[str, frozenset[str]] = {
    "unconditional_return": frozenset({"refund"}),
    "free_replacement": frozenset({"free_replacement", "we_pay_shipping"}),
    "free_repair": frozenset({"free_repair", "we_pay_shipping"}),
}
PARTS = ("repair", "shipping", "total")
# Letter -> service -> what it may promise. The letters that are not here may promise nothing.
GRANTS: Mapping[str, Mapping[str, frozenset[str]]] = {
    **{letter: {service: SERVICES[service] | {"approval"}} for service, letter in APPROVALS.items()},
    "inspection_result": SERVICES,
    # Only the action "refunded" writes it: a person has ordered the money. The return earns it by itself. Of a
    # replacement or repair the policy lets the service centre choose the refund (process, step 6: the solution is
    # return, repair or refund), as after a lost parcel. Where nothing free was granted (refused, undecided, paid)
    # no refund follows from the policy: the letter waits until a person decides on a service that earns one.
    "refund_ordered": {service: frozenset({"refund"}) for service in SERVICES},
}
_IMPLIED = {**{letter: service for service, letter in APPROVALS.items()}, "refund_ordered": "unconditional_return"}


def promises_of(text: str, speech: Language) -> set[str]:
    """The kinds of promises that the words of ``text`` make."""
    return {kind for line in text.splitlines() for kind, _ in _found(line, speech)}


def granted(reply: Reply, service: str | None = None) -> frozenset[str]:
    """What this letter may promise. ``service`` is the one that was decided; without it, the one the letter is for.

    Who pays the way to us is a decision of its own where a letter tells it. An empty ``service`` was decided by nobody.
    """
    decided = str(reply.facts.get("service") or "") or _IMPLIED.get(reply.name, "") if service is None else service
    kinds = GRANTS.get(reply.name, {}).get(decided, frozenset())
    if not kinds or "payer" not in reply.facts:
        return kinds
    return kinds - {"we_pay_shipping"} if reply.facts["payer"] == "customer" else kinds | {"we_pay_shipping"}


def broken_promises(reply: Reply, draft: Draft, speech: Language, service: str | None = None) -> list[str]:
    """``kind: words`` for every promise of the draft that the decision does not grant, in the order of the text.

    ``service`` is the service the case was decided for, empty while there is none. A letter with one of these must
    not go out.
    """
    lines = [draft.subject, *draft.text.splitlines()]
    # A person may wrap lines by hand: what a line end parts is looked at as one, too.
    parts = [" ".join(part.split()) for part in draft.text.split("\n\n")]
    return [*excess([*lines, *parts], granted(reply, service), speech), *_other_amounts(lines, reply, speech)]


def _other_amounts(lines: Iterable[str], reply: Reply, speech: Language) -> list[str]:
    """Sums of money that are not those of the letter's offer; the operator's own lines are no offer."""
    quote = reply.facts.get("quote")
    parts = quote if isinstance(quote, Mapping) else {}
    known = {_digits(speech.money(str(parts[p]), str(parts["currency"]))) for p in PARTS if parts.get(p)}
    own = {str(line) for name in ("pay", "address") for line in _listed(reply.facts.get(name))}
    found = [match for line in lines if line not in own for match in MONEY.finditer(line)]
    return [f"{AMOUNT}: {match[0]}" for match in found if _digits(match["one"] or match["two"]) not in known]


def _listed(fact: object) -> Iterable[object]:
    return fact if isinstance(fact, list | tuple) else ()


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def excess(lines: Iterable[str], allowed: frozenset[str], speech: Language) -> list[str]:
    """The same for lines that are not a draft yet."""
    found = dict.fromkeys(pair for line in lines for pair in _found(line, speech))
    return [f"{kind}: {words}" for kind, words in found if kind not in allowed]


@lru_cache(maxsize=32)
def _all_phrases(speech: Language) -> tuple[str, ...]:
    return tuple(phrase for phrases in speech.promises.values() for phrase in phrases)


@lru_cache(maxsize=8192)  # most lines are the same in every render of a letter
def _found(line: str, speech: Language) -> tuple[tuple[str, str], ...]:
    folded = " ".join(line.casefold().split())
    if not any_of(_all_phrases(speech)).search(folded):
        return ()
    return tuple(
        (kind, words) for kind, phrases in speech.promises.items() for words in any_of(tuple(phrases)).findall(folded)
    )
