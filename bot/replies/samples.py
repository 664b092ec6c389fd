"""The facts that lint puts into every letter: small, empty and large ones, the lists in every combination.

Two values at least for each fact: a fact whose values never change the letter is not used by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from bot.core.warranty.staff_letters import CLAUSES, GROUNDS, OFFERS, PAYERS, RESULTS, STEPS_TO_TRY
from bot.replies.inventory import FAULTS, INVENTORY, KNOWN, SERVICES, STEPS

CASE = "K7F3Q9"
USUAL_ITEMS = 3  # the length limits hold for letters whose lists are no longer than this

# A first of May and a last of September: the odd day and the long month.
DAYS = ("2025-05-01", "2025-09-30")

KNOWN_VALUES = {
    "order_number": "KS20418",
    "order_platform": "KOSPET store",
    "platform": "KOSPET online store",
    "seller": "KOSPET",
    "model": "TANK T3 Ultra 2",
    "condition": "opened",
    "item_condition": "unopened",
    "purchase_date": "2025-02-28/2025-03-14",
    "delivery_date": "2025-03",
    "tracking_number": "00340434161094042557",
}
KNOWN_IDS = {"order_platform": "kospet_store"}

# Facts that stand in a sentence of their own: combining them with the others shows nothing new.
ALONE = (
    *("reply_by", "answer_by", "ship_by", "valid_until", "close_on", "asked_on", "promised_on", "on", "days"),
    *(
        "limit_mb",
        "carrier",
        "models",
        "steps",
        "address",
        "payer",
        "pay",
        "quote",
        "clause",
        "offers",
        "result",
        "service",
    ),
    *("bought", "written_on", "window", "text", "open", "note", "known", "step"),
)


def _known(names: Sequence[str]) -> list[dict[str, str]]:
    rows = [{"field": name, "value": KNOWN_VALUES.get(name, "")} for name in names]
    return [{**row, "id": KNOWN_IDS[row["field"]]} if row["field"] in KNOWN_IDS else row for row in rows]


def _file(place: int, of: int, kind: str, fault: str, on: str = DAYS[0]) -> dict[str, object]:
    return {"place": place, "of": of, "kind": kind, "on": on, "fault": fault}


SAMPLES: Mapping[str, tuple[object, ...]] = {
    "models": ([], ["TANK T3 Ultra 2"], ["MAGIC P10", "TANK T3 Ultra 2"]),
    "orders": ([], ["KS20418"], ["KS20418", "302-1234567-7654321"]),
    "known": ([], _known(["order_number", "description"]), _known(KNOWN)),
    "again": ([], ["photo_or_video"], ["photo_or_video", "description", "order_number"]),
    "twice": ([], ["photo_or_video"]),
    "rough": ({}, {"field": "delivery_date", "value": "2025-03"}),
    "files": (
        [],  # what came is of a kind that has no place in the list
        [_file(1, 1, "photo", "blurred")],
        [_file(1, 2, "video", "not_opened"), _file(2, 2, "document", "dark", on="")],
        [_file(place, len(FAULTS), "photo", fault) for place, fault in enumerate(FAULTS, start=1)],
    ),
    "reply_by": DAYS,
    "answer_by": DAYS,
    "days": (1, 3),
    "platform": ("", "AliExpress"),
    "tracking": ([], ["1Z999AA10123456784"], ["1Z999AA10123456784", "00340434161094042557"]),
    "carrier": ("", "Deutsche Post DHL"),
    "step": tuple(STEPS),
    "next_actor": ("we", "you"),
    "limit_mb": (10, 25),
    # four steps at a time, the last of them with the longest words
    "steps": ([], *(list(STEPS_TO_TRY[n : n + 4]) for n in range(0, len(STEPS_TO_TRY), 4))),
    **dict.fromkeys(("ship_by", "valid_until", "close_on", "asked_on", "promised_on", "on", "written_on"), DAYS),
    "address": ([], ["Service Centre", "Example Street 1", "12345 Sampletown"]),
    "payer": PAYERS,
    "pay": ([], ["IBAN: XX00 1234 5678", "Service Centre"]),
    "service": ("", *SERVICES),
    "quote": (
        {"repair": "", "shipping": "", "total": "1290", "currency": "JPY"},
        {"repair": "39.90", "shipping": "10.00", "total": "49.90", "currency": "EUR"},
    ),
    "clause": CLAUSES,
    "ground": GROUNDS,
    "window": (30, 0, 1, 2, 22),
    "offers": ([], *([offer] for offer in OFFERS), list(OFFERS)),
    "result": RESULTS,
    "bought": (
        {"delivery_date": "", "purchase_date": ""},
        {"delivery_date": "2022-05-01", "purchase_date": ""},
        {"delivery_date": "2022-05", "purchase_date": "2022-04-28/2022-05-03"},
    ),
    "law": (False, True),
    "own_store": (False, True),
    "text": (["It does.", "", "The strap is 22 wide."], ["We have read your e-mail."]),
    "open": (False, True),
    "note": ("", "We saw the glass on your second photo."),
}


def combine(letter: str, asks: Sequence[str]) -> Iterator[dict[str, object]]:
    """Every combination of the sample facts of one letter, with ALONE at a common value; then each of ALONE by itself.

    ``asks`` are the required ids.
    """
    values = {fact: _values(letter, fact, asks) for fact in INVENTORY[letter]}
    common = {fact: choice[min(1, len(choice) - 1)] for fact, choice in values.items()}
    for chosen in product(*([common[fact]] if fact in ALONE else choice for fact, choice in values.items())):
        yield dict(zip(values, chosen, strict=True))
    # Whose turn it is decides which date and which words for a step a letter tells.
    for actor in SAMPLES["next_actor"] if "next_actor" in values else (None,):
        turn = {**common, "next_actor": actor} if actor else common
        for fact in ALONE:
            yield from ({**turn, fact: value} for value in values.get(fact, ()) if value is not common[fact])


def _values(letter: str, fact: str, asks: Sequence[str]) -> tuple[object, ...]:
    if fact != "asks":
        return SAMPLES[fact]
    lists = (["photo_or_video"], ["order_number", "troubleshooting", "photo_or_video"], list(asks))
    # Only a letter that may wait for us can have nothing to ask.
    return ([], lists[1], lists[2]) if "next_actor" in INVENTORY[letter] else lists


def is_usual(facts: Mapping[str, object]) -> bool:
    """Whether no list of these facts is longer than a common mail makes it."""
    return all(
        len(value) <= USUAL_ITEMS
        for name, value in facts.items()
        if name != "steps" and isinstance(value, (list, tuple))
    )
