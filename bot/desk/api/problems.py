"""What goes wrong, told to programs as problem details (RFC 9457): a fixed type to act on, a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
# type -> (status, title)
PROBLEMS: dict[str, tuple[int, str]] = {
    "wrong-request": (400, "The request cannot be understood"),
    "no-token": (401, "A valid token is needed"),
    "role": (403, "The role of this token does not allow it"),
    "not-found": (404, "There is no such thing"),
    "not-allowed": (409, "The action cannot be done with this case now"),
    "overtaken": (409, "The case changed since this version"),
    "too-large": (413, "This is too much at once"),
    "version": (412, "The case has another version"),
    "host": (421, "The desk is not known under this address"),
    "wrong-value": (422, "What was said with the action cannot be"),
    "key-used": (422, "This Idempotency-Key was used for another request"),
    "no-version": (428, "Say which version of the case you looked at"),
    "too-many": (429, "Too many requests"),
    "ours": (500, "Something broke on our side"),
}

# What is turned away before any page is asked: its status -> how programs are told.
TURNED_AWAY = {403: "no-token", 413: "too-large", 421: "host"}


@dataclass
class Problem(Exception):
    """One of PROBLEMS, with what is to be said of this one."""

    type: str
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def response(self) -> JSONResponse:
        """As it is sent."""
        status, title = PROBLEMS[self.type]
        body = {"type": type_of(self.type), "title": title, "status": status, **self.more}
        if self.detail:
            body["detail"] = self.detail
        return JSONResponse(body, status, dict(self.headers), MEDIA_TYPE)


def type_of(name: str) -> str:
    """The URI that programs compare; it leads nowhere and never changes."""
    return f"urn:after-sales:problem:{name}"
