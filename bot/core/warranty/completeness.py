"""What the customer still has to tell: the policy's required rows against the findings.

PRESENT says for each required detail when it is there. The list is closed by the policy; nothing else is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.core.details.proof import SCREENSHOT_SHOWS
from bot.core.model import Details, Policy

WRONG_BOX = frozenset({"wrong_item", "missing_part"})  # nothing happened: it came like that
TELLING = frozenset({"physical_damage", "water_damage", "disassembled", "rooted_or_flashed", "wear_and_tear"})


def _described(details: Details) -> bool:
    # What broke the watch tells what happened and how.
    if TELLING & set(details.sure("flag")):
        return True
    if WRONG_BOX & set(details.sure("symptom")):
        return True
    return bool(details.all("what")) and bool(details.all("when") or details.all("how"))


def _shown(details: Details) -> bool:
    evidence = details.values("evidence")
    if "photo" in evidence or "video" in evidence:
        return True
    return "screenshot" in evidence and bool(SCREENSHOT_SHOWS & set(details.values("symptom")))


PRESENT: dict[str, Callable[[Details], bool]] = {
    "order_number": lambda d: bool(d.sure("order_number")),
    "order_platform": lambda d: bool(d.sure("platform")),
    "model": lambda d: bool(d.sure("model")),
    "description": _described,
    "troubleshooting": lambda d: bool(d.sure("tried")),
    "photo_or_video": _shown,
    "item_condition": lambda d: bool(d.sure("condition")),
    "purchase_or_delivery_date": lambda d: bool(d.sure("delivery_date") or d.sure("purchase_date")),
}


def missing_details(details: Details, request: str, flags: Collection[str], policy: Policy) -> tuple[str, ...]:
    """Ids of what is missing, in the order of the policy. ``request`` is quality, return or empty (nothing asked)."""
    return tuple(
        row.id
        for row in policy.required
        if request in row.requests and not set(row.unless_flags) & set(flags) and not PRESENT[row.id](details)
    )
