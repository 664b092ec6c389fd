"""What may be said with an action: one table of values, each with its words for staff and what it accepts.

The command line and every other screen take names, help and choices from here; ``check_values`` turns what was typed
into what is stored. Nothing that a person types reaches a letter unchecked, save ``name``, ``note`` and ``text``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from bot.core.model import FLAGS, REQUIRED_DETAILS, Policy
from bot.core.warranty.staff_letters import CLAUSES, OFFERS, PAYERS, RESULTS
from bot.errors import WrongValue

# What may be granted, or follow from an inspection; an approval takes the first three only.
SERVICES = ("unconditional_return", "free_replacement", "free_repair", "paid_service", "not_covered", "undecided")
REASONS = ("out_of_warranty", "second_hand", "return_elsewhere", "return_late", "return_opened")
BASES = ("your_description", "your_photo", "your_dates", "inspection")
ASKS = (*REQUIRED_DETAILS, "purchase_or_delivery_date")
MOST_NOTE, MOST_LINE, MOST_LINES = 2000, 120, 100
_CODE = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9-]{3,39}")
_FILE = re.compile(r"[0-9a-f]{64}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What a value is checked against."""

    policy: Policy
    addresses: Sequence[str]
    """ids of the configured return addresses"""
    today: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """One thing to be said with an action."""

    means: str
    check: Callable[[str, Context], str]
    """the stored value of a typed one; raises WrongValue"""
    many: bool = False
    choices: tuple[str, ...] = ()
    """everything it accepts, where that is a closed list"""


def _one_of(choices: Sequence[str]) -> Callable[[str, Context], str]:
    def check(text: str, _: Context) -> str:
        return among(text, choices)

    return check


def among(text: str, choices: Sequence[str]) -> str:
    """The text when it is one of these; raises WrongValue with the choices."""
    if text in choices:
        return text
    near = get_close_matches(text, choices, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise WrongValue(f'"{text}" is not one of {", ".join(choices) or "(none is configured)"}{hint}')


def _line(text: str, _: Context) -> str:
    text = " ".join(_UNSEEN.sub(" ", text).split())
    if not text or len(text) > MOST_LINE:
        raise WrongValue(f"write one line of at most {MOST_LINE} characters")
    return text


def _paragraph(text: str, _: Context) -> str:
    text = "\n".join(" ".join(line.split()) for line in _UNSEEN.sub("", text).strip().splitlines())
    if not text or len(text) > MOST_NOTE:
        raise WrongValue(f"write at most {MOST_NOTE} characters")
    if text.count("\n") >= MOST_LINES:
        raise WrongValue(f"write at most {MOST_LINES} lines")
    return text


def _code(text: str, _: Context) -> str:
    text = text.strip().replace(" ", "")
    if not _CODE.fullmatch(text):
        raise WrongValue(f'"{text}" is not a number of letters, digits and hyphens')
    return text


def _kept_file(text: str, _: Context) -> str:
    if not _FILE.fullmatch(text):
        raise WrongValue("this file was not taken in")
    return text


def _money(text: str, _: Context) -> str:
    try:
        amount = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise WrongValue(f'"{text}" is no amount; write it like 39.90') from None
    if not amount.is_finite() or not 0 <= amount < 100_000 or amount != round(amount, 2):
        raise WrongValue(f'"{text}" is no amount; write it like 39.90')
    return f"{amount:.2f}"


def _currency(text: str, _: Context) -> str:
    if not _CURRENCY.fullmatch(text := text.strip().upper()):
        raise WrongValue(f'"{text}" is no currency; write its three letters, like EUR')
    return text


def _day(text: str, context: Context) -> str:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise WrongValue(f'"{text}" is no day; write it like {context.today.isoformat()}') from None
    if day > context.today:
        raise WrongValue(f"{day.isoformat()} has not come yet")
    return day.isoformat()


def _carrier(text: str, context: Context) -> str:
    wanted = text.strip().casefold()
    for row in context.policy.carriers:
        if wanted in (row.id.casefold(), row.name.casefold(), *(n.casefold() for n in row.names)):
            return row.name
    names = sorted({row.name for row in context.policy.carriers})
    near = get_close_matches(text, names, n=3, cutoff=0.4)
    raise WrongValue(f'"{text}" is no carrier of policy/carriers.toml{"; near are " + ", ".join(near) if near else ""}')


VALUES: dict[str, Value] = {
    "service": Value(means="The service that is granted.", check=_one_of(SERVICES), choices=SERVICES),
    "address": Value(
        means="Id of the return address in the configuration.", check=lambda text, c: among(text, c.addresses)
    ),
    "carrier": Value(means="Parcel service, its id or name.", check=_carrier),
    "payer": Value(means="How the way to us is paid.", check=_one_of(PAYERS), choices=PAYERS),
    "label": Value(means="File of the shipping label: a PDF or PNG that goes out with the letter.", check=_kept_file),
    "reason": Value(
        means="Why not: one of the first five, or the clause of the policy.",
        check=_one_of((*REASONS, *CLAUSES)),
        choices=(*REASONS, *CLAUSES),
    ),
    "basis": Value(means="What the reason rests on; for the record.", check=_one_of(BASES), choices=BASES),
    "offers": Value(means="What can be had instead.", check=_one_of(OFFERS), choices=OFFERS, many=True),
    "repair": Value(means="Price of the repair or part.", check=_money),
    "shipping": Value(means="Price of the shipping.", check=_money),
    "total": Value(means="The whole amount, like 39.90.", check=_money),
    "currency": Value(means="Its currency, like EUR.", check=_currency),
    "asks": Value(means="What the customer is asked for.", check=_one_of(ASKS), choices=ASKS, many=True),
    "result": Value(means="What the inspection found.", check=_one_of(RESULTS), choices=RESULTS),
    "tracking": Value(means="Number of the parcel.", check=_code, many=True),
    "on": Value(means="The day it happened; today if not given.", check=_day),
    "name": Value(means="How the letter greets the customer.", check=_line),
    "note": Value(means="One paragraph of your own in the letter.", check=_paragraph),
    "because": Value(means="Why you do this; for colleagues, never sent.", check=_paragraph),
    "text": Value(means="What you write, in the words of your own.", check=_paragraph),
    "to": Value(means="The colleague.", check=_line),
    "flag": Value(means="The mark.", check=_one_of(FLAGS), choices=FLAGS),
    "field": Value(means="The detail.", check=_line),
    "value": Value(means="What is right.", check=_line),
    "into": Value(means="Number of the case that goes on.", check=lambda text, c: _code(text, c).lstrip("#").upper()),
}


def check_values(values: Mapping[str, object], context: Context) -> dict[str, object]:
    """The values as they are stored: strings, and lists of strings. Raises WrongValue that names the value."""
    checked: dict[str, object] = {}
    for name, given in values.items():
        if given in (None, "", (), []):
            continue
        row = VALUES[name]
        texts = [str(v) for v in given] if isinstance(given, list | tuple) else [str(given)]
        try:
            right = list(dict.fromkeys(row.check(text, context) for text in texts))
        except WrongValue as error:
            raise WrongValue(f"{name}: {error}") from error
        checked[name] = right if row.many else right[0]
    return checked
