"""The facts of the letters that staff actions and timers write: exactly those that ``staff_letters`` lists.

Every value comes from the action's checked values, from what was granted before (``Case.terms``), from the case's
details or from the configuration. Nothing of a customer's own words, and no sentence, is in here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.core.model import Case, Policy, Promises, State
from bot.core.warranty.answer import REPLIES, sold_by_us, working_days_after
from bot.core.warranty.answered import answer_facts
from bot.core.warranty.parcels import on_the_way, parcels_of
from bot.core.warranty.rough import rough_date
from bot.core.warranty.staff_letters import LATER
from bot.core.warranty.versions import terms_for
from bot.errors import WrongValue

ANSWER = "answer"
MOST_MODELS = 3
_PLAIN_CODE = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9-]{3,39}")
ALL_LETTERS: Mapping[str, tuple[str, ...]] = {**REPLIES, **LATER}


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What the configuration adds to a letter."""

    promises: Promises = field(default_factory=Promises)
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """id of a return address -> its lines"""
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """id of a return address -> ISO codes of the countries it is meant for"""
    usual_address: str = ""
    """id of the address that is taken where no region tells"""
    way_paid_by: str = "refunded"
    """how KOSPET pays the way to us: label, or refunded"""
    payment: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """currency -> the lines that tell how it is paid"""
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
    """The facts of the letter that the action ``name`` writes. ``values`` passed ``check_values``.

    Raises WrongValue where a letter would promise a label that is not there, or ask for money and not say how.
    """
    written = _Written(name=name, case=case, values=values, desk=desk, policy=policy, today=today)
    if letter == ANSWER:
        return answer_facts(case, str(values.get("text") or ""), policy, today, desk.promises, ends=name != ANSWER)
    return {fact: FACTS[fact](written) for fact in ALL_LETTERS[letter]}


def fact_of(fact: str, case: Case, desk: Desk, policy: Policy, today: date) -> object:
    """One fact of a letter as the case stands, before anybody has said anything; None for one that is not from here.

    Raises WrongValue where something would have to be said first.
    """
    written = _Written(name="", case=case, values={}, desk=desk, policy=policy, today=today)
    return FACTS[fact](written) if fact in FACTS else None


def terms_after(name: str, case: Case, facts: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    """What is granted or offered after the action: kept with the case, for later letters and timers."""
    kept = {key: facts[key] for key in ("quote", "valid_until", "ship_by", "payer") if key in facts}
    if name == "refunded":
        kept.pop("quote", None)
    told: dict[str, object] = {key: values[key] for key in ("service", "address", "result") if key in values}
    if name in ("received", "lost"):
        told["parcels_done"] = list(parcels_of(case))
    if name == "quote" or name == "consent":
        told["service"] = "paid_service"
    if name == "decline" or (name == "inspected" and values.get("reason")):
        told["service"] = "not_covered"  # what was granted before is granted no more
    elif name == "inspected":
        told["service"] = str(facts["service"])
    if name == "sent-back":
        told["sent_back"] = values["tracking"]
    before = {key: value for key, value in case.terms.items() if key != "result" or name != "approve"}  # a new round
    return {**before, **kept, **told}


# --- the facts ------------------------------------------------------------------------------------


def _models(w: _Written) -> list[str]:
    known = {row.id for row in w.policy.models}
    return [m for m in w.case.details.sure("model") if m in known][:MOST_MODELS]


def _orders(w: _Written) -> list[str]:
    return [o for o in w.case.details.sure("order_number") if _PLAIN_CODE.fullmatch(o)]


def _address(w: _Written) -> list[str]:
    if w.name == "consent" and w.case.terms.get("result"):
        return []  # the watch is here
    return list(w.desk.addresses.get(str(w.said("address")), ()))


def _payer(w: _Written) -> str:
    default = "customer" if w.said("service") in CUSTOMER_PAYS else w.desk.way_paid_by
    label = w.values.get("label")
    payer = str(w.values.get("payer") or (label and "label") or default)
    if payer == "label" and not label and "service" in w.values:
        raise WrongValue(
            "who sends with our label must get it with the letter: name its file (label), or another payer"
        )
    if payer == "customer" and w.values.get("service") in WE_PAY:
        raise WrongValue(f"the policy lets us pay the way for {w.values['service']}; name another payer")
    if label and payer != "label":
        raise WrongValue(f"a label is for the payer label, not for {payer}")
    return payer


def _pay(w: _Written) -> list[str]:
    lines = list(w.desk.payment.get(_quote(w)["currency"], ()))
    if w.name == "consent" and not lines and not w.values.get("note"):
        raise WrongValue("the customer must learn how to pay: say it in the note, or set [payment] for the currency")
    return lines


def _service(w: _Written) -> str:
    """What the inspection leads to: what staff say now; a confirmed fault leads to what was granted before."""
    granted = w.case.terms.get("service") if w.values.get("result") == "confirmed" else ""
    return str(w.values.get("service") or granted or "undecided")


def _law(w: _Written) -> bool:
    """A letter with a result says no only where nothing free follows from it."""
    return "result" not in w.values or bool(w.values.get("reason")) or _service(w) not in FREE


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
    offers = terms_for(w.policy, w.case.details)[0].offers
    return [offer.id for offer in offers if clause in offer.exclusions]


def decided_service(case: Case, terms: Mapping[str, object] | None = None) -> str:
    """The service a person decided on (``terms``: after the action of now); empty while nobody has decided."""
    return str((case.terms if terms is None else terms).get("service") or "")


def _bought(w: _Written) -> dict[str, str]:
    days = {name: w.case.details.one(name) for name in ("delivery_date", "purchase_date")}
    return {n: f.value if f and f.is_sure else "" for n, f in days.items()}


def _window(w: _Written) -> int:
    """Days within which a watch may be given back, under the terms of its day of purchase."""
    row = next((s for s in terms_for(w.policy, w.case.details)[0].services if s.request == "return"), None)
    return row.window.days if row else 0


def _platform(w: _Written) -> str:
    row = w.policy.platform(w.case.details.value("platform") or "")
    return row.name if row else ""


def _tracking(w: _Written) -> list[str]:
    if w.name in PARCEL_SENT:
        return list(on_the_way(w.case, w.policy))
    ours = w.case.terms.get("sent_back") if w.name == "lost" and w.case.state is State.RETURNING else None
    given = w.values.get("tracking") or ours  # the parcel that is lost is the one to the customer
    found = list(given) if isinstance(given, list | tuple) else list(w.case.details.sure("tracking_number"))
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


def _reply_by(w: _Written) -> str:
    """Never after the last day of an offer that still holds."""
    valid_until = str(w.case.terms.get("valid_until") or "") if w.name == "quote_reminder" else ""
    return min(_later(w, "reply_by"), valid_until) if valid_until >= w.today.isoformat() else _later(w, "reply_by")


QUOTE = ("repair", "shipping", "total", "currency")
CUSTOMER_PAYS = ("unconditional_return", "paid_service")
WE_PAY = ("free_replacement", "free_repair")
PARCEL_SENT = ("approve", "consent")  # the number may have come before
FREE = ("unconditional_return", "free_replacement", "free_repair")
# The short reasons of a refusal and the clause they mean; a watch of somebody else's has none.
CLAUSE_OF = {"out_of_warranty": "warranty_period_over", "second_hand": "warranty_period_over"}

FACTS: dict[str, Callable[[_Written], object]] = {
    "models": _models,
    "orders": _orders,
    "known": lambda w: [],
    "again": lambda w: [a for a in _asks(w) if w.case.asked.get(a)],
    "twice": lambda w: [a for a in _asks(w) if w.case.asked.get(a, 0) > 1],
    "files": lambda w: [],
    "rough": lambda w: rough_date(w.case.details, _asks(w)),
    "steps": lambda w: [],
    "asks": _asks,
    "reply_by": _reply_by,
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
    "law": _law,
    "own_store": lambda w: sold_by_us(w.case, w.policy),
    "pay": _pay,
    "result": lambda w: str(w.values.get("result") or ""),
    "bought": _bought,
    "ground": lambda w: str(w.values.get("reason") or ""),
    "window": _window,
    "written_on": lambda w: w.case.first_mail_on.isoformat(),
    "on": lambda w: str(w.values.get("on") or w.today.isoformat()),
    "note": lambda w: str(w.values.get("note") or ""),
}
