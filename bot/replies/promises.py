"""What a letter promises, and what it may.

Each language lists in ``[promises]`` of its phrases how it words a promise, by kind. A letter may promise only what
GRANTS gives it for the service that was decided; everything else a letter says by the way ("of course free", "a new
watch", "tomorrow") is a promise nobody made. The guard reads the finished draft, so it sees the paragraph that a
person typed as well. It knows words, not meaning: a list that is too short lets a promise pass, so a test renders
every letter and expects every granted promise to be found in every language.
"""

from __future__ import annotations

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

# Service -> what it grants once it was decided. The services that are not here grant nothing.
SERVICES: Mapping[str, frozenset[str]] = {
    "unconditional_return": frozenset({"refund"}),
    "free_replacement": frozenset({"free_replacement", "we_pay_shipping"}),
    "free_repair": frozenset({"free_repair", "we_pay_shipping"}),
}
ANY = "any service"
# Letter -> service -> what it may promise. The letters that are not here may promise nothing.
GRANTS: Mapping[str, Mapping[str, frozenset[str]]] = {
    **{letter: {service: SERVICES[service] | {"approval"}} for service, letter in APPROVALS.items()},
    "inspection_result": SERVICES,
    "refund_ordered": {ANY: frozenset({"refund"})},
}
_IMPLIED = {letter: service for service, letter in APPROVALS.items()}


def promises_of(text: str, speech: Language) -> set[str]:
    """The kinds of promises that the words of ``text`` make."""
    return {kind for line in text.splitlines() for kind, _ in _found(line, speech)}


def granted(reply: Reply, service: str | None = None) -> frozenset[str]:
    """What this letter may promise. ``service`` is the one that was decided; without it, the one the letter is for.

    Who pays the way to us is a decision of its own where a letter tells it.
    """
    decided = service or str(reply.facts.get("service") or "") or _IMPLIED.get(reply.name, "")
    rows = GRANTS.get(reply.name, {})
    kinds = rows.get(ANY, rows.get(decided, frozenset()))
    if not kinds or "payer" not in reply.facts:
        return kinds
    return kinds - {"we_pay_shipping"} if reply.facts["payer"] == "customer" else kinds | {"we_pay_shipping"}


def broken_promises(reply: Reply, draft: Draft, speech: Language, service: str | None = None) -> list[str]:
    """``kind: words`` for every promise of the draft that the decision does not grant, in the order of the text.

    ``service`` is the service the case was decided for. A letter with one of these must not go out.
    """
    return excess(f"{draft.subject}\n{draft.text}".splitlines(), granted(reply, service), speech)


def excess(lines: Iterable[str], allowed: frozenset[str], speech: Language) -> list[str]:
    """The same for lines that are not a draft yet."""
    found = dict.fromkeys(pair for line in lines for pair in _found(line, speech))
    return [f"{kind}: {words}" for kind, words in found if kind not in allowed]


@lru_cache(maxsize=32)
def _all_phrases(speech: Language) -> tuple[str, ...]:
    return tuple(phrase for phrases in speech.promises.values() for phrase in phrases)


@lru_cache(maxsize=8192)  # most lines are the same in every render of a letter
def _found(line: str, speech: Language) -> tuple[tuple[str, str], ...]:
    folded = line.casefold()
    if not any_of(_all_phrases(speech)).search(folded):
        return ()
    return tuple(
        (kind, words) for kind, phrases in speech.promises.items() for words in any_of(tuple(phrases)).findall(folded)
    )
