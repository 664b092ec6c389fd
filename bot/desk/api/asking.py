"""Who asks, how often, and with which words: before anything of the desk is touched.

A token is looked at in the header alone: no cookie counts here, so no browser can be led into it. Each token has its
own bucket of requests, and who tries tokens has one for the address.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.desk.api.problems import Problem
from bot.desk.request import desk
from bot.desk.security import TooLarge
from bot.errors import StoreError
from bot.store.states import Role
from bot.store.tokens import Token
from bot.worker.logs import trace

log = structlog.get_logger("api")
PER_MINUTE = 300
WRONG_PER_MINUTE = 20
MOST_BUCKETS = 10_000
Call = Callable[[Request, Token], Response]


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Buckets:
    """Requests per minute for each key; a bucket fills while nobody asks."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._buckets: dict[object, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, key: object) -> int:
        """0 when there was one left, else the seconds to wait."""
        now = self._clock()
        with self._lock:
            bucket = self._buckets.pop(key, None) or _Bucket(float(self.per_minute), now)
            bucket.left = min(self.per_minute, bucket.left + (now - bucket.at) * self.per_minute / 60)
            bucket.at = now
            self._buckets[key] = bucket  # the last to ask stands last
            if len(self._buckets) > MOST_BUCKETS:
                del self._buckets[next(iter(self._buckets))]
            if bucket.left < 1:
                return math.ceil((1 - bucket.left) * 60 / self.per_minute)
            bucket.left -= 1
            return 0


def for_programs(role: Role) -> Callable[[Call], Callable[[Request], Awaitable[Response]]]:
    """The endpoint is for tokens with this role or a higher one."""

    def wrap(work: Call) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            state = desk(request)
            try:
                if request.method == "POST":
                    request.state.said = await _body(request)
                return await state.run(_guarded, work, request, role)
            except Problem as problem:
                return problem.response()
            except TooLarge:
                return Problem("too-large").response()

        endpoint.__doc__ = work.__doc__
        return endpoint

    return wrap


def _guarded(work: Call, request: Request, role: Role) -> Response:
    try:
        token = _token(request)
        if not token.role.may(role):
            raise Problem("role", f"this token is a {token.role}; {role} is needed")
        return work(request, token)
    except Problem:
        raise
    except StoreError as error:
        log.error("api failed", path=request.url.path, error=trace(error))
        raise Problem("ours", "the database cannot be used now; nothing was done") from error
    except Exception as error:
        log.error("api failed", path=request.url.path, error=trace(error))
        raise Problem("ours", "nothing was done; whoever runs the desk finds the cause in its log") from error


def _token(request: Request) -> Token:
    state = desk(request)
    wrong, asked = _buckets(request)
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    token = state.store.tokens.find(text.strip(), state.now()) if scheme.lower() == "bearer" and text else None
    if token is None:
        _spend(wrong, request.client.host if request.client else "")
        raise Problem("no-token", "send it as: Authorization: Bearer ...", {"WWW-Authenticate": "Bearer"})
    _spend(asked, token.id)
    return token


def _spend(buckets: Buckets, key: object) -> None:
    if wait := buckets.take(key):
        raise Problem("too-many", f"{buckets.per_minute} a minute; wait {wait} s", {"Retry-After": str(wait)})


def _buckets(request: Request) -> tuple[Buckets, Buckets]:
    """Those of this running desk: for wrong tokens by address, for right ones by token."""
    kept = getattr(request.app.state, "buckets", None)
    if kept is None:
        kept = request.app.state.buckets = (Buckets(WRONG_PER_MINUTE), Buckets(PER_MINUTE))
    found: tuple[Buckets, Buckets] = kept
    return found


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem("wrong-request", "the body is JSON: Content-Type: application/json")
    try:
        said = json.loads(raw or b"{}")
    except ValueError as error:
        raise Problem("wrong-request", f"the body is no JSON: {error}") from error
    except RecursionError as error:
        raise Problem("wrong-request", "the body is nested too deeply") from error
    if not isinstance(said, dict):
        raise Problem("wrong-request", "the body is a JSON object")
    return said


def number_of(request: Request, name: str, least: int, most: int, otherwise: int) -> int:
    """A number of the address. Raises Problem."""
    text = request.query_params.get(name, str(otherwise))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise Problem("wrong-request", f"{name} is a number from {least} to {most}")
    return int(text)
