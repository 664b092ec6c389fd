"""Our own labelled mails: reading the cases and holding their labels to the vocabulary.

Nothing of the product's reading is imported here, so a label can never follow the code. Meaning of the labels:
``fixtures/labelled/README.md``. Mails are built in ``labelled_mail.py``, answers scored in ``labelled_score.py``.
"""

from __future__ import annotations

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
HALVES = ("a", "b", "c")

SETS = ("order_number", "model", "tracking_number", "missing", "flags")
DATES = ("purchase_date", "delivery_date")
SINGLES = ("kind", "platform", "service", "language", "is_auto")
FIELDS = (*SINGLES, *SETS, *DATES)
PLATFORMS = (
    "kospet_store",
    *("amazon", "aliexpress", "ebay", "walmart", "tiktok_shop", "temu", "shopee", "lazada", "banggood", "geekbuying"),
    *("allegro", "ozon", "mercado_libre", "bol", "alza", "mediamarkt", "retailer", "olx", "instagram", "other"),
)
FREE = frozenset({"unconditional_return", "free_replacement", "free_repair"})
REFUSED = frozenset({"not_covered", "paid_service"})
SERVICES = (*FREE, *REFUSED, "undecided")
ASK_DATE = "purchase_or_delivery_date"
MISSING = (
    *("order_number", "order_platform", "model", "description", "troubleshooting", "photo_or_video"),
    *("item_condition", ASK_DATE),
)
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "ru", "tr", "ja", "zh")
CLAIMS = frozenset({"new_claim", "details_followup", "tracking_followup", "return_request"})
VOCABULARY: dict[str, Collection[object]] = {
    "kind": [str(kind) for kind in Kind],
    "platform": [None, *PLATFORMS],
    "service": [None, *SERVICES],
    "language": LANGUAGES,
    "is_auto": (True, False),
    "missing": MISSING,
    "flags": FLAGS,
}


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


# --- reading ------------------------------------------------------------------------------------


@cache
def our_letters() -> dict[str, Any]:
    """The table of our own letters."""
    return tomllib.loads((FOLDER / LETTERS).read_text(encoding="utf-8"))


def load_cases(half: str = "all") -> list[LabelledCase]:
    """The cases of half ``a``, ``b``, ``c`` or ``all``; raises LabelError naming the first case with a bad label."""
    cases = []
    for path in sorted(FOLDER.rglob("*.toml")):
        if path.name != LETTERS:
            cases += [read_case(raw) for raw in tomllib.loads(path.read_text(encoding="utf-8"))["case"]]
    return [case for case in cases if half in ("all", case.half)]


def read_case(raw: Mapping[str, Any]) -> LabelledCase:
    """One case from its table; raises LabelError."""
    try:
        days = [datetime.fromisoformat(mail["date"]) for mail in raw["mail"]]
        if days != sorted(days) or any(day.tzinfo is None for day in days):
            raise LabelError("dates of the mails need an offset and an order")
        if raw["half"] not in HALVES:
            raise LabelError(f"half is none of {HALVES}")
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
    days = [gold[name].allowed for name in DATES]
    sure_day = any(None not in values and all(len(str(value)) == 10 for value in values) and values for values in days)
    if gold["missing"].scored and kinds & CLAIMS and not sure_day:
        gold["missing"] = Gold(gold["missing"].must, gold["missing"].may | {ASK_DATE})
    return gold


def _gold(name: str, raw: Any) -> Gold:
    if raw == "*":
        return Gold(scored=False)
    if name in SETS:
        several = [] if raw is None else [raw] if isinstance(raw, str) else raw
        table = several if isinstance(several, dict) else {"must": several}
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
