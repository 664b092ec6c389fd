"""The facts of the letters that staff actions and timers write: exactly those that ``staff_letters`` lists.

Every value comes from the action's checked values, from what was granted before (``Case.terms``), from the case's
details or from the configuration. Nothing of a customer's own words, and no sentence, is in here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.core.model import Case, Policy, Promises
from bot.core.warranty.answer import REPLIES, working_days_after
from bot.core.warranty.coverage import Facts
from bot.core.warranty.staff_letters import LATER

SURE = 0.5
MOST_MODELS = 3
_PLAIN_CODE = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9-]{3,39}")
ALL_LETTERS: Mapping[str, tuple[str, ...]] = {**REPLIES, **LATER}


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What the configuration adds to a letter."""

    promises: Promises = field(default_factory=Promises)
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """id of a return address -> its lines"""
    way_paid_by: str = "label"
    """how KOSPET pays the way to us: label, or refunded"""
    limit_mb: int = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class _Written:
    """Everything a fact is made from."""

    name: str
    """of the action or timer"""
    case: Case
    values: Mapping[str, object]
    desk: Desk
    policy: Policy
    today: date

    def said(self, name: str, default: object = "") -> object:
        """A value of this action, else what was granted before, else the default."""
        return self.values.get(name) or self.case.terms.get(name) or default


def facts_for_action(
    name: str,
    letter: str,
    case: Case,
    values: Mapping[str, object],
    desk: Desk,
    policy: Policy,
    today: date,
) -> dict[str, object]:
    """The facts of the letter that the action ``name`` writes. ``values`` passed ``check_values``."""
    written = _Written(name=name, case=case, values=values, desk=desk, policy=policy, today=today)
    return {fact: FACTS[fact](written) for fact in ALL_LETTERS[letter]}


def terms_after(name: str, case: Case, facts: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    """What is granted or offered after the action: kept with the case, for later letters and timers."""
    kept = {key: facts[key] for key in ("quote", "valid_until", "ship_by", "payer") if key in facts}
    if name == "refunded":
        kept.pop("quote", None)
    told = {key: values[key] for key in ("service", "address", "result") if key in values}
    if name == "quote" or name == "consent":
        told["service"] = "paid_service"
    if name == "sent-back":
        told["sent_back"] = values["tracking"]
    return {**case.terms, **kept, **told}


# --- the facts ------------------------------------------------------------------------------------


def _models(w: _Written) -> list[str]:
    known = {row.id for row in w.policy.models}
    return [m for m in w.case.details.values("model", SURE) if m in known][:MOST_MODELS]


def _orders(w: _Written) -> list[str]:
    return [o for o in w.case.details.values("order_number", SURE) if _PLAIN_CODE.fullmatch(o)]


def _address(w: _Written) -> list[str]:
    return list(w.desk.addresses.get(str(w.said("address")), ()))


def _payer(w: _Written) -> str:
    default = "customer" if w.said("service") in CUSTOMER_PAYS else w.desk.way_paid_by
    return str(w.values.get("payer") or default)


def _service(w: _Written) -> str:
    return str(w.said("service", w.case.service or ""))


def _quote(w: _Written) -> dict[str, str]:
    if "total" not in w.values:
        kept = w.case.terms.get("quote")
        return {k: str(v) for k, v in kept.items()} if isinstance(kept, dict) else dict.fromkeys(QUOTE, "")
    return {key: str(w.values.get(key) or "") for key in QUOTE}


def _valid_until(w: _Written) -> str:
    fresh = (w.today + timedelta(days=w.desk.promises.quote_days)).isoformat()
    return fresh if "total" in w.values else str(w.case.terms.get("valid_until") or fresh)


def _ship_by(w: _Written) -> str:
    fresh = (w.today + timedelta(days=w.desk.promises.ship_days)).isoformat()
    return str(w.case.terms.get("ship_by") or fresh) if w.name == "ship_reminder" else fresh


def _offers(w: _Written) -> list[str]:
    if given := w.values.get("offers"):
        return list(given) if isinstance(given, list | tuple) else [str(given)]
    clause = CLAUSE_OF.get(str(w.values.get("reason")), str(w.values.get("reason")))
    return [offer.id for offer in w.policy.offers if clause in offer.exclusions]


def _own_store(w: _Written) -> bool:
    return Facts(w.case.details, w.policy, "quality", frozenset(), w.case.first_mail_on).seller == "official_store"


def _bought(w: _Written) -> dict[str, str]:
    days = {name: w.case.details.one(name) for name in ("delivery_date", "purchase_date")}
    return {n: f.value if f and f.confidence >= SURE and len(f.value) == 10 else "" for n, f in days.items()}


def _platform(w: _Written) -> str:
    row = w.policy.platform(w.case.details.value("platform") or "")
    return row.name if row else ""


def _tracking(w: _Written) -> list[str]:
    given = w.values.get("tracking")
    found = list(given) if isinstance(given, list | tuple) else list(w.case.details.values("tracking_number", SURE))
    return [str(number) for number in found if _PLAIN_CODE.fullmatch(str(number))]


def _asks(w: _Written) -> list[str]:
    given = w.values.get("asks")
    return list(given) if isinstance(given, list | tuple) else []


def _answer_by(w: _Written) -> str:
    hazard = "safety_hazard" in w.case.flags
    days = w.desk.promises.hazard_working_days if hazard else w.desk.promises.answer_working_days
    return working_days_after(w.today, days).isoformat()


def _later(w: _Written, name: str) -> str:
    """A day that the caller worked out, else the one until which we ask for a reply."""
    return str(w.values.get(name) or (w.today + timedelta(days=w.desk.promises.reply_days)).isoformat())


QUOTE = ("repair", "shipping", "total", "currency")
CUSTOMER_PAYS = ("unconditional_return", "paid_service")
# The short reasons of a refusal and the clause they mean; a watch of somebody else's has none.
CLAUSE_OF = {"out_of_warranty": "warranty_period_over", "second_hand": "warranty_period_over"}

FACTS: dict[str, Callable[[_Written], object]] = {
    "models": _models,
    "orders": _orders,
    "known": lambda w: [],
    "again": lambda w: [a for a in _asks(w) if w.case.asked.get(a)],
    "files": lambda w: [],
    "steps": lambda w: [],
    "asks": _asks,
    "reply_by": lambda w: _later(w, "reply_by"),
    "close_on": lambda w: _later(w, "close_on"),
    "asked_on": lambda w: _later(w, "asked_on"),
    "promised_on": lambda w: str(w.values.get("promised_on") or w.case.answer_by or w.today.isoformat()),
    "answer_by": _answer_by,
    "days": lambda w: w.desk.promises.answer_working_days,
    "platform": _platform,
    "tracking": _tracking,
    "carrier": lambda w: str(w.values.get("carrier") or ""),
    "limit_mb": lambda w: w.desk.limit_mb,
    "address": _address,
    "ship_by": _ship_by,
    "payer": _payer,
    "service": _service,
    "quote": _quote,
    "valid_until": _valid_until,
    "clause": lambda w: str(w.values.get("reason") or ""),
    "offers": _offers,
    "law": lambda w: True,
    "own_store": _own_store,
    "result": lambda w: str(w.values.get("result") or ""),
    "bought": _bought,
    "on": lambda w: str(w.values.get("on") or w.today.isoformat()),
    "note": lambda w: str(w.values.get("note") or ""),
}
