"""The address of the list behind a number: the queue where it can say it, else the list of the numbers themselves."""

from __future__ import annotations

from urllib.parse import urlencode

from bot.desk.numbers.period import Period
from bot.store.figures import Span


def mails(period: Period, group: str) -> str:
    """The mails of one group of the account."""
    return f"/numbers/mails?{urlencode({**period.query, 'group': group})}"


def cases(period: Period, what: str, value: str = "") -> str:
    """The cases that were counted."""
    told = {"what": what, **({"value": value} if value else {})}
    return f"/numbers/cases?{urlencode({**period.query, **told})}"


def opened(span: Span, **filters: str) -> str:
    """The queue's list of all cases opened in some days."""
    days = {"opened_from": span.first.isoformat(), "opened_until": span.last.isoformat()}
    return f"/queue?{urlencode({'view': 'all', **filters, **days})}"


def part(span: Span, what: str) -> str:
    """The cases of one part of a period."""
    days = {"from": span.first.isoformat(), "until": span.last.isoformat()}
    return f"/numbers/cases?{urlencode({**days, 'what': what})}"


def standing(next_actor: str, state: str = "") -> str:
    """The queue's list of those who wait for somebody."""
    view = {"staff": "needs", "customer": "customer", "carrier": "parcels"}.get(next_actor, "all")
    return f"/queue?{urlencode({'view': view, **({'state': state} if state else {})})}"
