"""Tracking numbers of parcels, with the carrier where it is certain.

A link's host or a carrier's name beside the number decides, then a shape that only one carrier has, then a label.
A check digit alone never names a carrier: about one random 12-digit number in ten passes any single rule. A
number without a known carrier is still accepted when it is labelled; a missing carrier blocks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from bot.core.details.codes import Code, codes_in, is_imei, looks_invented
from bot.core.details.order import find_orders
from bot.core.details.phrases import compile_phrases
from bot.core.details.scope import Passage, Scope
from bot.core.model import Carrier, Finding, Policy

# --- check digits: rule id -> whether the compact number is right ---------------------------------


def _digits(compact: str) -> list[int]:
    return [int(c) for c in compact if c.isdigit()]


def _s10(compact: str) -> bool:
    """UPU S10: weights 8 6 4 2 3 5 9 7, 11 - sum mod 11."""
    numbers = _digits(compact)
    if len(numbers) != 9:
        return False
    check = 11 - sum(w * d for w, d in zip((8, 6, 4, 2, 3, 5, 9, 7), numbers, strict=False)) % 11
    return numbers[8] == {10: 0, 11: 5}.get(check, check)


def _mod10(odd: int, even: int) -> Callable[[str], bool]:
    def check(compact: str) -> bool:
        # A service code such as 6A in front does not count.
        run = re.search(r"\d{2,}$", compact)
        numbers = _digits(run.group() if run else "")
        if not numbers:
            return False
        body, last = numbers[:-1], numbers[-1]
        total = sum(d * (odd if i % 2 == 0 else even) for i, d in enumerate(reversed(body)))
        return (10 - total % 10) % 10 == last

    return check


def _mod7(compact: str) -> bool:
    numbers = "".join(map(str, _digits(compact)))
    return len(numbers) > 1 and int(numbers[:-1]) % 7 == int(numbers[-1])


def _weighed(compact: str) -> bool:
    """Weights 1 2, letters count (code - 3) mod 10."""
    values = [int(c) if c.isdigit() else (ord(c) - 3) % 10 for c in compact]
    total = sum(v * (2 if i % 2 else 1) for i, v in enumerate(values[:-1]))
    return (10 - total % 10) % 10 == values[-1]


def _ups(compact: str) -> bool:
    """UPS 1Z: the sixteen signs after 1Z."""
    return len(compact) == 18 and _weighed(compact[2:])


def _fedex(compact: str) -> bool:
    numbers = _digits(compact)
    if len(numbers) == 12:
        total = sum(w * d for w, d in zip((3, 1, 7) * 4, numbers[:11], strict=False))
        return total % 11 % 10 == numbers[11]
    return _mod10(3, 1)(compact)


def _usps(compact: str) -> bool:
    """GS1 mod 10 on the number without the 420 + ZIP code that scanners put in front."""
    bare = re.sub(r"^420\d{5}(?:\d{4})?(?=9\d{21}(?:\d{4})?$)", "", compact)
    return _mod10(3, 1)(bare)


def _mod37_36(compact: str) -> bool:
    """ISO 7064 MOD 37,36: the last sign is a digit or a letter."""
    product = 36
    for char in compact.upper()[:-1]:
        product = ((product + int(char, 36)) % 36 or 36) * 2 % 37
    return (product + int(compact[-1], 36)) % 36 == 1


CHECKS: dict[str, Callable[[str], bool]] = {
    "none": lambda _: True,
    "s10": _s10,
    "mod7": _mod7,
    "mod10_12": _mod10(1, 2),
    "mod10_31": _mod10(3, 1),
    "mod10_49": _mod10(4, 9),
    "ups": _ups,
    "mod37_36": _mod37_36,
    "usps": _usps,
    "fedex": _fedex,
    "fedex_32": lambda compact: _fedex(compact[16:28]),
    "fedex_34": lambda compact: _fedex(compact[-12:]),
    "fedex_96": lambda compact: _mod10(3, 1)(compact[-15:]),
    "ontrac": _weighed,
}


@lru_cache(maxsize=256)
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=256)
def _named(names: tuple[str, ...]) -> re.Pattern[str] | None:
    return compile_phrases(names, True)


def find_parcels(scope: Scope) -> Iterator[Finding]:
    """The parcel numbers the customer tells, with the carrier's id in the note, and whether he sent one himself."""
    for passage in scope.own:
        for hit in scope.book.hits("parcel.sent", passage.text):
            if not scope.book.negated(hit, passage.text):
                yield scope.finding("wish", "sent_parcel", passage, (hit.start, hit.end), 0.8)
                break
    orders = {re.sub(r"[^0-9A-Z]", "", f.value.upper()) for f in find_orders(scope)}
    seen: set[str] = set()
    for passage in scope.own:
        for code in codes_in(passage, scope.book):
            if code.label in ("other", "order") or code.compact in orders or code.compact in seen:
                continue
            judged = _judge(scope, passage, code)
            if judged:
                confidence, carrier = judged
                seen.add(code.compact)
                yield scope.finding(
                    "tracking_number",
                    code.compact,
                    passage,
                    (code.start, code.end),
                    0.3 if looks_invented(code.compact) else confidence,
                    note=carrier,
                )


def is_mistyped(found: Finding, policy: Policy) -> bool:
    """Whether a parcel number of a certain carrier has the carrier's shape and a wrong check digit."""
    compact = re.sub(r"[^0-9A-Z]", "", found.value.upper())
    rows = [c for c in policy.carriers if found.note and c.id == found.note and c.pattern]
    fits = [c for c in rows if _shape(c.pattern).fullmatch(compact)]
    return bool(fits) and not any(CHECKS.get(c.check, CHECKS["none"])(compact) for c in fits)


def _judge(scope: Scope, passage: Passage, code: Code) -> tuple[float, str] | None:
    if is_imei(code.compact) and code.label != "tracking":
        return None
    fits = [c for c in scope.policy.carriers if c.pattern and _shape(c.pattern).fullmatch(code.compact)]
    linked = [c for c in scope.policy.carriers if code.in_link and any(h in code.in_link for h in c.hosts)]
    if code.in_link:
        return (0.9, linked[0].id) if linked and code.digits >= 6 else None
    beside = [c for c in fits if _beside(passage, code, c)]
    if beside:
        return 0.9, beside[0].id
    right = [c for c in fits if CHECKS.get(c.check, CHECKS["none"])(code.compact)]
    own_shape = [c for c in right if not c.needs_word]
    about_parcel = code.label == "tracking" or _speaks_of_parcel(scope, passage, code)
    if own_shape and len(code.compact) >= 10:
        return (0.9 if about_parcel else 0.8), own_shape[0].id if len(own_shape) == 1 else ""
    shaped = {c.id for c in fits if not c.needs_word}
    if shaped and len(code.compact) >= 10:
        # The right shape with a wrong check digit: mistyped, or a number series we do not know.
        return (0.8 if about_parcel else 0.6), shaped.pop() if len(shaped) == 1 else ""
    if code.label == "tracking" and len(code.compact) >= 8:
        return 0.85, right[0].id if len(right) == 1 else ""
    if about_parcel and fits and len(code.compact) >= 10:
        return 0.7, right[0].id if len(right) == 1 else ""
    return None


def _beside(passage: Passage, code: Code, carrier: Carrier) -> bool:
    first, last = passage.text.sentence_at(code.start)
    pattern = _named(carrier.names)
    return bool(
        pattern
        and (
            pattern.search(passage.text.folded, max(first, code.start - 60), code.start)
            or pattern.search(passage.text.folded, code.end, min(last, code.end + 30))
        )
    )


def _speaks_of_parcel(scope: Scope, passage: Passage, code: Code) -> bool:
    text = passage.text
    return any(
        scope.book.first(topic, text, max(0, code.start - 160), min(len(text.folded), code.end + 80))
        for topic in ("parcel.sent", "label.tracking")
    )
