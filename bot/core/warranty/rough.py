"""What a question for the exact day names: the month or interval that was understood and settles nothing."""

from __future__ import annotations

from collections.abc import Collection

from bot.core.details.calendar import parse_span
from bot.core.model import Details

DATE = "purchase_or_delivery_date"
FIELDS = ("delivery_date", "purchase_date")  # the policy counts from delivery; the purchase stands in for it


def rough_date(details: Details, asks: Collection[str]) -> dict[str, str]:
    """``{"field", "value"}`` of the date that is known and no single day, if a date is asked for; else ``{}``."""
    if DATE not in asks:
        return {}
    for name in FIELDS:
        found = details.one(name)
        if found and found.is_sure:
            return {"field": name, "value": found.value} if parse_span(found.value).days > 1 else {}
    return {}
