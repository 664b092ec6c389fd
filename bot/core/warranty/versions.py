"""Which terms a case is judged by: those of the day of purchase.

Terms that were changed live on in ``Policy.earlier``. The day of delivery stands for a day of purchase that nobody
told. A span of days that reaches over a change is judged by both terms; when they agree it does not matter which holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from bot.core.details.calendar import Span, parse_span
from bot.core.model import Details, Finding, Policy, Terms

TODAYS = "warranty.toml"


def day_of_purchase(details: Details) -> Finding | None:
    """The finding that says which terms hold."""
    told = (details.one("purchase_date"), details.one("delivery_date"))
    return next((found for found in told if found and found.is_sure), None)


def terms_for(policy: Policy, details: Details) -> tuple[Policy, ...]:
    """The policy with each set of terms that may hold, the newest first; only today's when no day is known."""
    found = day_of_purchase(details) if policy.earlier else None
    if found is None:
        return (policy,)
    span = parse_span(found.value)
    holding = [policy] if span.last > policy.earlier[0].until else []
    older = (*(terms.until for terms in policy.earlier[1:]), date.min)
    for terms, before in zip(policy.earlier, older, strict=True):
        if _meets(span, before, terms.until):
            holding.append(_under(policy, terms))
    return tuple(holding)


def terms_of_each(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Each set of terms with the file it stands in, the newest first."""
    yield TODAYS, policy
    for terms in policy.earlier:
        yield terms.file, _under(policy, terms)


def _meets(span: Span, before: date, until: date) -> bool:
    return span.first <= until and span.last > before


def _under(policy: Policy, terms: Terms) -> Policy:
    return replace(
        policy,
        services=terms.services,
        required=terms.required,
        exclusions=terms.exclusions,
        open_questions=terms.open_questions,
        offers=terms.offers,
        earlier=(),
    )
