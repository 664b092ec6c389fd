"""Our own labelled mails: reading the cases, and scoring what the product makes of them.

Nothing of the product's reading is imported here, so a label can never follow the code. Meaning of the labels:
``fixtures/labelled/README.md``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from labelled_mail import build_mail

from bot.core.model import FLAGS, Kind

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "labelled"
LETTERS = "our_letters.toml"

SETS = ("order_number", "model", "tracking_number", "missing", "flags")
DATES = ("purchase_date", "delivery_date")
SINGLES = ("kind", "platform", "service", "language", "is_auto")
FIELDS = (*SINGLES, *SETS, *DATES)
PLATFORMS = (
    "kospet_store amazon aliexpress ebay walmart tiktok_shop temu shopee lazada banggood geekbuying allegro ozon"
    " mercado_libre bol alza mediamarkt retailer olx instagram other"
).split()
SERVICES = "unconditional_return free_replacement free_repair paid_service not_covered undecided".split()
ASK_DATE = "purchase_or_delivery_date"
MISSING = f"order_number order_platform model description troubleshooting photo_or_video item_condition {ASK_DATE}".split()
LANGUAGES = "en de fr es it pt nl pl cs sv ru tr ja zh".split()
VOCABULARY: dict[str, Collection[object]] = {
    "kind": [str(kind) for kind in Kind],
    "platform": [None, *PLATFORMS],
    "service": [None, *SERVICES],
    "language": LANGUAGES,
    "is_auto": (True, False),
    "missing": MISSING,
    "flags": FLAGS,
}

CLAIMS = {"new_claim", "details_followup", "tracking_followup", "return_request"}
ANSWERED = CLAIMS | {"general_question"}
MACHINE = {"auto_reply", "bounce", "spam"}
FREE = {"unconditional_return", "free_replacement", "free_repair"}
REFUSED = {"not_covered", "paid_service"}
GRAVE = {"safety_hazard": "hazard missed", "threat_or_legal": "threat missed", "possible_fraud": "fraud missed"}


class LabelError(ValueError):
    """A label breaks the rules of fixtures/labelled/README.md."""


@dataclass(frozen=True)
class Gold:
    """Accepted values of one field: ``must`` groups (one of each), ``may`` is tolerated; None is 'no value'."""

    must: tuple[frozenset[object], ...] = ()
    may: frozenset[object] = frozenset()
    scored: bool = True

    @property
    def allowed(self) -> frozenset[object]:
        """Everything that is not wrong."""
        return self.may.union(*self.must)


@dataclass(frozen=True)
class LabelledCase:
    """One case of the set; ``raw`` is its table in the file."""

    id: str
    title: str
    half: str
    why: str
    language: str
    raw: Mapping[str, Any]
    gold: Mapping[str, Gold]

    def mails(self) -> list[bytes]:
        """The mails, oldest first."""
        return [build_mail(dict(self.raw), place, our_letters()) for place in range(len(self.raw["mail"]))]


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


# --- reading ------------------------------------------------------------------------------------


@cache
def our_letters() -> dict[str, Any]:
    """The table of our own letters."""
    return tomllib.loads((FOLDER / LETTERS).read_text(encoding="utf-8"))


def load_cases(half: str = "all") -> list[LabelledCase]:
    """The cases of half ``a``, ``b`` or ``all``; raises LabelError naming the first case with a bad label."""
    cases = []
    for path in sorted(FOLDER.glob("*.toml")):
        if path.name != LETTERS:
            cases += [_case(raw) for raw in tomllib.loads(path.read_text(encoding="utf-8"))["case"]]
    return [case for case in cases if half in ("all", case.half)]


def _case(raw: dict[str, Any]) -> LabelledCase:
    try:
        days = [datetime.fromisoformat(mail["date"]) for mail in raw["mail"]]
        if days != sorted(days) or any(day.tzinfo is None for day in days):
            raise LabelError("dates of the mails need an offset and an order")
        if raw["half"] not in ("a", "b"):
            raise LabelError("half is neither a nor b")
        gold = _read_gold(raw["gold"])
        language = str(next(iter(gold["language"].must[0]))) if len(gold["language"].must[0]) == 1 else raw["language"]
        return LabelledCase(raw["id"], raw["title"], raw["half"], raw["why"], language, raw, gold)
    except (KeyError, TypeError, ValueError) as error:
        raise LabelError(f"{raw.get('id')}: {error!r}") from error


def _read_gold(raw: Mapping[str, Any]) -> dict[str, Gold]:
    if unknown := set(raw) - set(FIELDS):
        raise LabelError(f"unknown fields {sorted(unknown)}")
    gold = {name: _gold(name, raw.get(name, False if name == "is_auto" else None)) for name in FIELDS}
    kinds = gold["kind"].allowed
    sure_day = any(len(str(value)) == 10 for name in DATES for value in gold[name].allowed if None not in gold[name].allowed)
    if gold["missing"].scored and kinds & CLAIMS and not sure_day:
        gold["missing"] = Gold(gold["missing"].must, gold["missing"].may | {ASK_DATE})
    return gold


def _gold(name: str, raw: Any) -> Gold:
    if raw == "*":
        return Gold(scored=False)
    if name in SETS:
        table = raw if isinstance(raw, dict) else {"must": [] if raw is None else [raw] if isinstance(raw, str) else raw}
        must = tuple(frozenset(e["any"]) if isinstance(e, dict) else frozenset([e]) for e in table.get("must", []))
        gold = Gold(must, frozenset(table.get("may", [])))
    else:
        values = raw["any"] if isinstance(raw, dict) and "any" in raw else [raw]
        gold = Gold((frozenset(_day(v) if name in DATES else None if v == "null" else v for v in values),))
    if name in VOCABULARY and (wrong := gold.allowed - set(VOCABULARY[name])):
        raise LabelError(f"{name}: {wrong} not in the vocabulary")
    return gold


def _day(raw: Any) -> object:
    """A day, a month, None, or (day, tolerance)."""
    if raw in (None, "null"):
        return None
    text, tolerance = (raw["date"], int(raw["tol"])) if isinstance(raw, dict) else (raw, 0)
    date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    return (text, tolerance) if tolerance else text


# --- scoring ------------------------------------------------------------------------------------


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
