"""Where people decide otherwise than the rules would: per check and model, each with its cases and its row."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.listing import reader
from bot.desk.operating.overrides import ALL_PASSED, cases_of, report
from bot.desk.operating.rows import row_of_rule
from bot.desk.render import page
from bot.desk.request import desk, needs
from bot.store.states import Role

CHOICES = (28, 91, 365)
MOST_CASES = 100


@needs(Role.LEAD)
def show(request: Request) -> Response:
    """The table."""
    days = _days(request)
    rows = report(desk(request).store, *_span(request))
    return page(
        request,
        "overridden.html",
        rows=rows,
        loudest=next((row for row in rows if row.stands_out), None),
        row_of_rule=row_of_rule,
        all_passed=ALL_PASSED,
        days=days,
        choices=CHOICES,
    )


@needs(Role.LEAD)
def cases(request: Request) -> Response:
    """The cases that were decided otherwise while a check stood open."""
    state, days, rule = desk(request), _days(request), request.query_params.get("rule", "")
    ids = cases_of(state.store, *_span(request), rule)
    return page(
        request,
        "overridden_cases.html",
        rule=rule,
        all_passed=ALL_PASSED,
        days=days,
        total=len(ids),
        rows=state.store.queue.shown(ids[:MOST_CASES], reader(request)),
    )


def _days(request: Request) -> int:
    told = request.query_params.get("days", "")
    return int(told) if told in map(str, CHOICES) else CHOICES[0]


def _span(request: Request) -> tuple[datetime, datetime]:
    """The days up to now; what was decided within this second counts too."""
    now = desk(request).now()
    return now - timedelta(days=_days(request)), now + timedelta(seconds=1)


routes = [
    Route("/policy/overridden", show, methods=["GET"]),
    Route("/policy/overridden/cases", cases, methods=["GET"]),
]
