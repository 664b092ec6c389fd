"""All pages, guarded, as one ASGI application. A page is added by naming its module in ``PAGES``."""

from __future__ import annotations

import importlib
import secrets
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.desk import session
from bot.desk.api.problems import TURNED_AWAY, Problem
from bot.desk.operating.bench import Bench
from bot.desk.render import fault, page
from bot.desk.request import desk, is_part
from bot.desk.security import Guard, TooLarge
from bot.desk.state import DeskState
from bot.errors import StoreError
from bot.worker.logs import trace

log = structlog.get_logger("desk")
PAGES = (
    "login", "me", "reports", "queue", "numbers", "search", "held", "case", "act", "files", "export", "api", "openapi",
    "letters", "policy", "publish", "overridden", "words_tried",
)  # fmt: skip
API = "/api/"
STATIC = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
# Statuses with a sentence of their own in words/*.toml under [error]; all others say what 500 says.
SAID = (400, 403, 404, 405, 409, 413, 421, 422, 503)


def create_app(state: DeskState) -> ASGIApp:
    """The desk's application; closing ``state`` is the caller's."""
    app = Starlette(
        routes=[*_routes(), Mount("/static", Static(directory=STATIC))],
        exception_handlers={HTTPException: _refused, TooLarge: _too_large, StoreError: _broken, Exception: _broken},
    )
    app.state.desk = state
    app.state.bench = Bench()
    return Guard(app, state, _Refusal(app))


def _routes() -> list[BaseRoute]:
    modules = [importlib.import_module(f"bot.desk.pages.{name}") for name in PAGES]
    return [route for module in modules for route in module.routes]


class Static(StaticFiles):
    """Our own files. Their address changes with their content, so a browser never asks twice."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The library's hook."""
        response = await super().get_response(path, scope)
        if response.status_code == 200 and b"v=" in scope["query_string"]:
            response.headers["Cache-Control"] = FOR_EVER
        return response


class _Refusal:
    """The page for a request that the guard turned away."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self._app
        request = Request(scope, receive)
        if request.url.path.startswith(API):
            response: Response = Problem(TURNED_AWAY[request.state.refusal]).response()
        else:
            response = await _error_page(request, request.state.refusal, "")
        await response(scope, receive, send)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    why = "token" if error.detail == "token" else ""
    response = await _error_page(request, error.status_code, "", why)
    response.headers.update(error.headers or {})
    return response


async def _too_large(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the library's signature
    return await _error_page(request, 413, "")


async def _broken(request: Request, error: Exception) -> Response:
    """Something of ours: nobody sees what, whoever runs the desk finds it in the log by its number."""
    reference = f"{secrets.token_hex(2)}-{secrets.token_hex(1)}".upper()
    log.error("page failed", reference=reference, path=request.url.path, error=trace(error))
    return await _error_page(request, 500, reference)


async def _error_page(request: Request, status: int, reference: str, why: str = "") -> Response:
    key = why or (str(status) if status in SAID else "500")
    return await desk(request).run(_write_error, request, status, key, reference)


def _write_error(request: Request, status: int, key: str, reference: str) -> Response:
    try:
        if not hasattr(request.state, "session") and not hasattr(request.state, "refusal"):
            request.state.session = session.find(desk(request), request)
        template = "parts/error.html" if is_part(request) else "error.html"
        return page(request, template, status, key=key, reference=reference)
    except Exception as error:  # noqa: BLE001 - what broke the page breaks its frame as well
        log.error("page failed", path=request.url.path, error=trace(error))
        return fault(request, status, key, reference)
