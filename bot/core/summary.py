"""A decision as the flat row that ``explain --json`` prints: vocabulary and meaning of every key are public."""

from __future__ import annotations

from bot.core.details.calendar import shown_date
from bot.core.model import Decision, Details, Kind


def summarise(decision: Decision) -> dict[str, object]:
    """One JSON object for the case after this mail."""
    details = decision.details
    return {
        "kind": str(decision.kind),
        "order_number": one_or_many(details, "order_number"),
        "platform": _sure(details, "platform"),
        "model": one_or_many(details, "model"),
        "tracking_number": one_or_many(details, "tracking_number"),
        "purchase_date": _date(details, "purchase_date"),
        "delivery_date": _date(details, "delivery_date"),
        "missing": list(decision.missing),
        "service": decision.verdict.service,
        "flags": list(decision.flags),
        "language": decision.language,
        "is_auto": is_auto(decision),
    }


def is_auto(decision: Decision) -> bool:
    """Nobody wrote it to us, or nothing must be answered."""
    return decision.automatic is not None or decision.kind is Kind.SPAM


def one_or_many(details: Details, name: str) -> str | list[str] | None:
    """A value, several, or none."""
    values = details.sure(name)
    return list(values) if len(values) > 1 else (values[0] if values else None)


def _sure(details: Details, name: str) -> str | None:
    found = details.one(name)
    return found.value if found and found.is_sure else None


def _date(details: Details, name: str) -> str | None:
    value = _sure(details, name)
    return shown_date(value) if value else None
