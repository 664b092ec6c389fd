"""What is checked before any page is asked, and what is said with every answer, also with those of errors.

Around the whole application: nothing in it can forget a header. A request is refused when it names another host
(DNS rebinding), when a changing one comes from another site, or when it is too large. Page functions check who asks
and the form token; see ``request``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.desk.state import DeskState

MAX_BODY = 1 << 20
# A form with a file: the label of a parcel, which is looked at before anything is kept of it.
MAX_WITH_FILE = 3 << 20
WITH_FILE = re.compile(r"/case/[^/]+/act/[a-z-]+")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSP_REPORTS = "/csp-report"
POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    f"report-uri {CSP_REPORTS}",
)
HEADERS = {
    "Content-Security-Policy": "; ".join(POLICY),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
# A page shows customers' data: no copy in a cache, no page from a cache after signing out.
UNCACHED = "no-store"


class TooLarge(Exception):
    """The body is larger than anything the desk takes."""


class _Answer:
    """Sends on, with our headers."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send, self._headers = send, headers
        self.began = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.began = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", UNCACHED)
        await self._send(message)


_bare = Response(status_code=500)


class Guard:
    """The outermost layer. ``refused`` makes the page that says why, from ``state.refusal``, a status."""

    def __init__(self, app: ASGIApp, desk: DeskState, refused: ASGIApp) -> None:
        self._app, self._desk, self._refused = app, desk, refused
        self._origins = desk.origins
        self._hosts = frozenset(origin.partition("://")[2] for origin in self._origins)
        self._headers = HEADERS | (TLS_ONLY if desk.secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        if scope["type"] != "http":
            return
        answer = _Answer(send, self._headers)
        if refusal := self._refusal(scope):
            scope["state"] = {**scope.get("state", {}), "refusal": refusal}
            await self._refused(scope, receive, answer)
            return
        try:
            await self._app(scope, self._measured(receive, most(scope, Headers(scope=scope))), answer)
        except Exception:  # noqa: BLE001 - its page was sent and its place logged; the server would print its words
            if not answer.began:
                await _bare(scope, receive, answer)

    def _refusal(self, scope: Scope) -> int:
        """The status that this request is refused with; 0 when it may go on."""
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._hosts:
            return 421
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > most(scope, headers):
            return 413
        if scope["method"] in SAFE or self._is_ours(headers) or self._needs_no_origin(scope, headers):
            return 0
        return 403

    def _is_ours(self, headers: Headers) -> bool:
        """Whether a page of ours sent this: the browser says so, in words that no page can set."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None and origin.lower() not in self._origins:
            return False
        if site is not None and site != "same-origin":
            return False
        return origin is not None or site is not None

    @staticmethod
    def _needs_no_origin(scope: Scope, headers: Headers) -> bool:
        """Programs with a token of their own: no cookie is looked at there, so no browser can be led into it."""
        return scope["path"].startswith("/api/") and headers.get("authorization", "").lower().startswith("bearer ")

    def _measured(self, receive: Receive, limit: int) -> Receive:
        taken = 0

        async def count() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLarge
            return message

        return count


def most(scope: Scope, headers: Headers) -> int:
    """The largest body that is taken here, in bytes."""
    with_file = headers.get("content-type", "").startswith("multipart/form-data") and WITH_FILE.fullmatch(scope["path"])
    return MAX_WITH_FILE if with_file else MAX_BODY


def policy_with(*more: str) -> str:
    """The policy of a page that needs one rule more or another one: ``policy_with("sandbox")``."""
    names = {rule.partition(" ")[0] for rule in more}
    return "; ".join([*_without(POLICY, names), *more])


def _without(rules: Iterable[str], names: set[str]) -> list[str]:
    return [rule for rule in rules if rule.partition(" ")[0] not in names]
