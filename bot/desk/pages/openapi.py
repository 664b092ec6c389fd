"""``/api/openapi.json``: what other programs can ask, for whoever writes one. Nothing in it is secret."""

from __future__ import annotations

import json
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.api.openapi import document
from bot.desk.pages.api import LAST


async def describe(request: Request) -> Response:  # noqa: ARG001 - the library's signature
    """The description."""
    return Response(text(), 200, {"Cache-Control": "public, max-age=300"}, "application/json")


@lru_cache
def text() -> str:
    """As it is served, and as it stands in docs/openapi.json."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


routes = [Route("/api/openapi.json", describe), LAST]
