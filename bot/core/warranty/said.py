"""Rows of the policy in plain words, for operators: how long, for whom, what it leads to. Pure.

These sentences are read by the people who own the policy, never by a customer.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.model import Window

REQUESTS = {"quality": "something is wrong with the watch", "return": "the watch is to be given back"}
SELLERS = {
    "official_store": "KOSPET's own store",
    "authorised_dealer": "authorised dealers",
    "unknown": "a shop of which nobody knows whether it is authorised",
}
CHECKED = {"mail": "the customer's own words can show it", "inspection": "only the service centre can see it"}
UNTIL = {"staff": "a person decides every case that touches it", "default": "the default holds"}


def window(row: Window | None) -> str:
    """30 days from delivery."""
    if row is None:
        return "none"
    for unit in ("days", "months", "years"):
        if count := getattr(row, unit):
            return f"{count} {unit if count > 1 else unit[:-1]} from {row.since}"
    return "none"


def listed(values: Iterable[object]) -> str:
    """A, B, C; none where there is nothing."""
    return ", ".join(str(value) for value in values) or "none"


def requests(values: Iterable[str]) -> str:
    """What customers write for, in words."""
    return " or ".join(REQUESTS.get(value, value) for value in values)


def sellers(values: Iterable[str]) -> str:
    """Whose buyers, in words."""
    return " and ".join(SELLERS.get(value, value) for value in values)
