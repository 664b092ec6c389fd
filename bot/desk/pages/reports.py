"""What browsers refused to do on our pages: counted, so that an attempt is seen and a fault of ours is found."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.request import desk
from bot.desk.security import CSP_REPORTS

log = structlog.get_logger("desk")


async def report(request: Request) -> Response:
    """A report of the Content Security Policy, as browsers send it. Nothing it says is trusted, little is kept."""
    try:
        said: Any = json.loads(await request.body())["csp-report"]
        directive = str(said.get("effective-directive") or said.get("violated-directive") or "")
        blocked, page = str(said.get("blocked-uri") or ""), urlsplit(str(said.get("document-uri") or "")).path
    except (ValueError, KeyError, TypeError, AttributeError):
        return Response(status_code=400)
    state = desk(request)
    if await state.run(state.store.desk_facts.report, directive, _place(blocked), page, state.now()):
        log.warning("a browser refused something on a page", directive=directive[:60], page=page[:100])
    return Response(status_code=204)


def _place(blocked: str) -> str:
    """Without the query: it may hold what nobody should read."""
    parts = urlsplit(blocked)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else blocked


routes = [Route(CSP_REPORTS, report, methods=["POST"])]
