"""``/api/v1``: the desk's lists and actions for other programs. Its description is ``/api/openapi.json``."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, ALWAYS, possible_actions
from bot.desk import records
from bot.desk.api.acting import act, etag, number_of_case
from bot.desk.api.asking import for_programs, number_of
from bot.desk.api.problems import Problem
from bot.desk.listing import wanted
from bot.desk.numbers.board import gather
from bot.desk.numbers.period import period_of
from bot.desk.request import desk
from bot.store.listings import FILTERS, VIEWS
from bot.store.queue import Reader
from bot.store.states import Role
from bot.store.tokens import Token
from bot.worker.proposing import offered, proposal_rows
from bot.worker.ticking import upcoming

MOST, USUAL = 500, 100
PARAMETERS = ("view", "sort", *FILTERS, "q", "limit", "offset")


@for_programs(Role.READER)
def cases(request: Request, token: Token) -> Response:
    """Cases of a view, narrowed by filters, or found by words."""
    store, query = desk(request).store, request.query_params
    if unknown := sorted(set(query) - set(PARAMETERS)):
        raise Problem("wrong-request", f"unknown: {', '.join(unknown)}; known: {', '.join(PARAMETERS)}")
    if query.get("view", "all") not in VIEWS:
        raise Problem("wrong-request", f"view is one of {', '.join(VIEWS)}")
    limit = number_of(request, "limit", 1, MOST, USUAL)
    offset = number_of(request, "offset", 0, 10**8, 0)
    reader = reader_of(request, token)
    if words := query.get("q", ""):
        found = store.search.find(words, offset=offset, limit=limit)
        ids, total = tuple(hit.case_id for hit in found.hits), found.total
    else:
        list_ = wanted({"view": "all", **query})
        ids, total = store.queue.ids(list_, reader), 0
        total, ids = len(ids), ids[offset : offset + limit]
    rows = [records.case(listed) for listed in store.queue.shown(ids, reader)]
    return _page(request, rows, total, offset, limit)


@for_programs(Role.READER)
def case(request: Request, token: Token) -> Response:  # noqa: ARG001 - endpoints share one signature
    """Everything about one case, as ``after-sales case NUMBER --json`` prints it."""
    state = desk(request)
    number = number_of_case(state, request.path_params["number"])
    parts = state.store.cases.show(number)
    parts["case"]["why"] = state.store.cases.why(number) or parts["case"]["why"]
    coming = upcoming(state.store, state.config, number)
    parts["next"] = {"timer": coming[0], "on": coming[1].isoformat()} if coming else None
    parts["proposals"] = proposal_rows(number, offered(state.w, number))
    return _json(parts, {"ETag": etag(parts["case"]["version"])})


@for_programs(Role.READER)
def actions(request: Request, token: Token) -> Response:
    """What can be done with a case now, with this token."""
    state = desk(request)
    row = state.store.cases.show(number_of_case(state, request.path_params["number"]))["case"]
    possible = [
        {"action": name, "does": ACTIONS[name].does, "needs": ACTIONS[name].needs, "may": (*ACTIONS[name].may, *ALWAYS)}
        for name in possible_actions(State(row["state"]))
        if token.role.may(Role(ACTIONS[name].role)) and not row["merged_into"]
    ]
    told = {"case": row["case_number"], "version": row["version"], "actions": possible}
    return _json(told, {"ETag": etag(row["version"])})


@for_programs(Role.READER)
def held(request: Request, token: Token) -> Response:  # noqa: ARG001
    """Letters that wait for a person."""
    return _whole(request, list(records.held(desk(request).store)))


@for_programs(Role.READER)
def unreadable(request: Request, token: Token) -> Response:  # noqa: ARG001
    """Mails that could not be read."""
    return _whole(request, list(records.unreadable(desk(request).store)))


@for_programs(Role.READER)
def numbers(request: Request, token: Token) -> Response:  # noqa: ARG001
    """The numbers of a period, as the page of numbers shows them."""
    state = desk(request)
    zone = ZoneInfo(state.settings.zone)
    period = period_of(request.query_params, state.now().astimezone(zone).date(), zone)
    board = gather(state.store, period)
    days = {"from": period.span.first.isoformat(), "until": period.span.last.isoformat(), "zone": state.settings.zone}
    lists = {
        "numbers": list(records.numbers(board)),
        "overrides": list(records.overrides(board)),
        "corrected": list(records.corrected(board)),
        "radar": list(records.radar(board)),
    }
    return _json({"period": days, **lists})


def reader_of(request: Request, token: Token) -> Reader:
    """The program as somebody who reads lists, on the desk's own day."""
    state = desk(request)
    now, zone = state.now(), ZoneInfo(state.settings.zone)
    today = now.astimezone(zone).date()
    begins = datetime.combine(today, time(), zone)
    return Reader(actor=f"program:{token.name}", now=now, today=today, today_begins=begins)


def _whole(request: Request, rows: list[dict[str, Any]]) -> Response:
    limit = number_of(request, "limit", 1, MOST, USUAL)
    offset = number_of(request, "offset", 0, 10**8, 0)
    return _page(request, rows[offset : offset + limit], len(rows), offset, limit)


def _page(request: Request, rows: list[dict[str, Any]], total: int, offset: int, limit: int) -> Response:
    """One page of a list; the next one is named in the body and in the header (RFC 8288)."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name not in ("offset", "limit")]
    rest = offset + len(rows) < total and bool(rows)
    told = urlencode([*query, ("limit", limit), ("offset", offset + limit)])
    following = f"{request.url.path}?{told}" if rest else None
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return _json({"items": rows, "total": total, "next": following}, headers)


def _json(value: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), 200, headers, "application/json")


async def nothing(request: Request) -> Response:
    """An address that is none, told as a program expects it."""
    return Problem("not-found", f"there is no {request.url.path}; see /api/openapi.json").response()


V1 = "/api/v1"
routes = [
    Route(f"{V1}/cases", cases, methods=["GET"]),
    Route(f"{V1}/cases/{{number}}", case, methods=["GET"]),
    Route(f"{V1}/cases/{{number}}/actions", actions, methods=["GET"]),
    Route(f"{V1}/cases/{{number}}/actions/{{action}}", for_programs(Role.AGENT)(act), methods=["POST"]),
    Route(f"{V1}/held", held, methods=["GET"]),
    Route(f"{V1}/unreadable", unreadable, methods=["GET"]),
    Route(f"{V1}/numbers", numbers, methods=["GET"]),
]
LAST = Route("/api/{rest:path}", nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
