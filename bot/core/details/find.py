"""All finders, in one table. Add a finder by adding a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from bot.core.details.bought import find_dates
from bot.core.details.order import find_orders, find_platform
from bot.core.details.parcel import find_parcels
from bot.core.details.problem import (
    find_condition,
    find_flags,
    find_problem,
    find_tried,
    find_unwanted,
    find_wishes,
)
from bot.core.details.product import find_models
from bot.core.details.proof import find_evidence
from bot.core.details.scope import Scope, open_scope
from bot.core.details.suspicion import find_suspicion
from bot.core.model import Details, Finding, Letter, Policy

FINDERS: tuple[Callable[[Scope], Iterator[Finding]], ...] = (
    # what was bought, where and when
    find_orders,
    find_platform,
    find_models,
    find_dates,
    # what is wrong and what was tried
    find_problem,
    find_tried,
    find_evidence,
    # what the customer wants, and what excludes it
    find_wishes,
    find_condition,
    find_flags,
    find_unwanted,
    find_suspicion,
    # what is on its way
    find_parcels,
)


def find_details(letter: Letter, policy: Policy, on: date) -> Details:
    """Everything found in one mail; ``on`` is the day of the mail, which relative dates count from."""
    scope = open_scope(letter, policy, on)
    return Details(findings=tuple(finding for finder in FINDERS for finding in finder(scope)))
