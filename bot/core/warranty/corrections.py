"""What staff may correct, and how a correction stands beside what was read.

A corrected detail counts instead of every value that was read, now and after later mails; the read ones stay in the
history. The place of such a finding is ``staff``, its words are who said so.
"""

from __future__ import annotations

import re

from bot.core.details.calendar import parse_span
from bot.core.model import SELLERS, Finding, Policy
from bot.core.warranty.action_values import among
from bot.errors import WrongValue

CONDITIONS = ("unopened", "opened", "used")
# The details with one clear value; what happened and what was tried are the customer's to tell.
CORRECTABLE = (
    "order_number",
    "platform",
    "model",
    "purchase_date",
    "delivery_date",
    "condition",
    "seller",
    "tracking_number",
)
PLACE = "staff"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,39}")
_DAY = re.compile(r"\d{4}-\d\d(-\d\d)?(/\d{4}-\d\d-\d\d)?")


def correction(field: str, value: str, actor: str, policy: Policy) -> Finding:
    """The finding of a corrected detail. Raises WrongValue for a detail or value that cannot be."""
    among(field, CORRECTABLE)
    return _said(field, _right(field, value.strip(), policy), actor, 1.0)


def mark(flag: str, actor: str, *, stands: bool) -> Finding:
    """The finding of a flag that a person set or took away."""
    return _said("flag", flag, actor, 1.0 if stands else 0.0)


def _said(field: str, value: str, actor: str, confidence: float) -> Finding:
    return Finding(
        field=field, value=value, place=PLACE, start=0, end=0, words=f"says {actor}", confidence=confidence, letter=0
    )


def _right(field: str, value: str, policy: Policy) -> str:
    if field == "platform":
        return among(value, [row.id for row in policy.platforms])
    if field == "model":
        names = {row.id.casefold(): row.id for row in policy.models}
        return names.get(value.casefold()) or among(value, [row.id for row in policy.models])
    if field == "condition":
        return among(value, CONDITIONS)
    if field == "seller":
        return among(value, SELLERS)
    if field in ("order_number", "tracking_number"):
        if not _CODE.fullmatch(value.lstrip("#")):
            raise WrongValue(f'"{value}" is not a number of letters, digits and hyphens')
        return value.lstrip("#")
    if not _DAY.fullmatch(value):
        raise WrongValue(f'"{value}" is no day; write it like 2025-03-14, 2025-03 or 2025-03-01/2025-03-20')
    try:
        parse_span(value)
    except ValueError as error:
        raise WrongValue(f'"{value}" is no day of the calendar') from error
    return value
