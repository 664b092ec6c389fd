"""Scoring of the product's answers to labelled mails: right, extra and lost values a field, and what must never happen.

Rules: text is compared in a normalised form; a field whose gold is not scored counts nothing; for kind, service,
language and is_auto every case counts once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from labelled import CLAIMS, DATES, FIELDS, FREE, REFUSED, SETS, Gold, LabelledCase, our_letters

ANSWERED = CLAIMS | {"general_question"}
MACHINE = frozenset({"auto_reply", "bounce", "spam"})
GRAVE = {"safety_hazard": "hazard missed", "threat_or_legal": "threat missed", "possible_fraud": "fraud missed"}


@dataclass
class Tally:
    """Right, wrongly given and wrongly left out values."""

    right: int = 0
    extra: int = 0
    lost: int = 0

    def add(self, other: Tally) -> None:
        """Count ``other`` in."""
        self.right, self.extra, self.lost = self.right + other.right, self.extra + other.extra, self.lost + other.lost

    @property
    def precision(self) -> float | None:
        """Share of given values that are right; None if nothing was given."""
        given = self.right + self.extra
        return self.right / given if given else None

    @property
    def recall(self) -> float | None:
        """Share of expected values that were given; None if nothing was expected."""
        expected = self.right + self.lost
        return self.right / expected if expected else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None if the field never occurs."""
        total = 2 * self.right + self.extra + self.lost
        return 2 * self.right / total if total else None


def normalise(name: str, value: object) -> object:
    """The form in which two values of a field are the same."""
    if name in ("order_number", "tracking_number"):
        return re.sub(r"[^0-9A-Z]", "", str(value).upper())
    if name == "model":
        words = re.sub(r"\b(KOSPET|TANK|SMART ?WATCH)\b", " ", str(value).upper())
        return re.sub(r"[^0-9A-Z]", "", re.sub(r"\bMAGIC\s*(?=[PR]\d)", " ", words))
    return value


def compare(name: str, gold: Gold, row: Mapping[str, Any]) -> Tally:
    """The tally of one field of one prediction row."""
    value = row.get(name)
    if not gold.scored:
        return Tally()
    if name in SETS:
        given = {normalise(name, v) for v in (value if isinstance(value, list) else [value]) if v not in (None, "")}
        must = [{normalise(name, v) for v in group} for group in gold.must]
        allowed = {normalise(name, v) for v in gold.may}.union(*must)
        right = sum(bool(group & given) for group in must)
        return Tally(right, len(given - allowed), len(must) - right)
    hit = any(_same_day(v, value) for v in gold.allowed) if name in DATES else value in gold.allowed
    if name in (*DATES, "platform"):
        if value is None:
            return Tally(lost=0 if None in gold.allowed else 1)
        return Tally(1) if hit else Tally(extra=1, lost=0 if None in gold.allowed else 1)
    return Tally(1) if hit else Tally(extra=1, lost=1)


def _same_day(gold: object, value: object) -> bool:
    if gold is None or value is None:
        return False
    text: str
    tolerance: int
    text, tolerance = gold if isinstance(gold, tuple) else (str(gold), 0)
    if len(text) == 7:
        return str(value)[:7] == text
    try:
        return abs((date.fromisoformat(str(value)) - date.fromisoformat(text)).days) <= tolerance
    except ValueError:
        return False


def wrong_fields(case: LabelledCase, row: Mapping[str, Any]) -> list[str]:
    """Names of the fields with anything given or left out wrongly."""
    tallies = {name: compare(name, case.gold[name], row) for name in FIELDS}
    return [name for name, tally in tallies.items() if tally.extra or tally.lost]


def critical_outcomes(case: LabelledCase, row: Mapping[str, Any]) -> list[str]:
    """What must never happen: a wrong promise or refusal, a missed danger, a mail loop, a customer left alone."""
    found = []
    service, accepted = row["service"], case.gold["service"]
    if accepted.scored and service in FREE and not accepted.allowed & FREE:
        found.append("free service promised wrongly")
    if accepted.scored and service in REFUSED and not accepted.allowed & REFUSED:
        found.append("service refused wrongly")
    needed = {flag for group in case.gold["flags"].must for flag in group}
    found += [words for flag, words in GRAVE.items() if flag in needed and flag not in row["flags"]]
    kinds = case.gold["kind"].allowed
    machine = kinds <= MACHINE or True in case.gold["is_auto"].allowed
    if machine and row["kind"] in ANSWERED:
        found.append("machine mail answered")
    if not machine and not case.raw.get("spoof") and (row["kind"] in MACHINE or row["is_auto"]):
        found.append("customer ignored")
    examples = {normalise("order_number", number) for number in our_letters()["examples"]}
    given = [row["order_number"], row["tracking_number"]]
    codes = {normalise("order_number", v) for value in given for v in (value if isinstance(value, list) else [value])}
    if codes & examples:
        found.append("example number of our own letter taken")
    return found


def mean_f1(tallies: Mapping[str, Tally]) -> float:
    """Mean over the fields that occur."""
    values = [tally.f1 for tally in tallies.values() if tally.f1 is not None]
    return sum(values) / len(values) if values else 0.0
