"""Who is signed in: a random token in a cookie, its SHA-256 in the database.

The cookie is HttpOnly and SameSite=Strict; behind TLS it is Secure and bound to the host by its name. The token that
forms carry is derived from the cookie's, so nothing more is stored and a form of another session never fits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.desk.state import DeskState
from bot.store.people import Person, Session

BROWSER_WORDS = 200
# What an open page asks by itself is no sign that somebody sits before it.
ASKED_BY_THE_PAGE = ("/queue/fresh",)
FORM_WORDS = b"form token"


def cookie_name(desk: DeskState, visitor: bool = False) -> str:
    """With TLS the name itself forbids that another host sets the cookie."""
    name = "desk_visitor" if visitor else "desk_session"
    return f"__Host-{name}" if desk.secure else name


def find(desk: DeskState, request: Request) -> Session | None:
    """The session this request belongs to."""
    token = request.cookies.get(cookie_name(desk), "")
    if not token:
        return None
    idle = timedelta(minutes=desk.settings.idle_minutes)
    return desk.store.people.session(_kept(token), desk.now(), idle, note=request.url.path not in ASKED_BY_THE_PAGE)


def begin(desk: DeskState, request: Request, person: Person, *, lasting: bool, response: Response) -> None:
    """Sign the person in: a new token at every sign-in, whatever cookie came along."""
    token = secrets.token_urlsafe(32)
    now, hours = desk.now(), timedelta(hours=desk.settings.session_hours)
    desk.store.people.sign_in(
        person.id,
        _kept(token),
        now,
        now + hours,
        lasting=lasting,
        address=client(request),
        browser=request.headers.get("user-agent", "")[:BROWSER_WORDS],
    )
    _set(desk, response, cookie_name(desk), token, int(hours.total_seconds()) if lasting else None)


def end(desk: DeskState, session: Session, response: Response) -> None:
    """Sign this browser out."""
    desk.store.people.end(session.id, session.person.id)
    _set(desk, response, cookie_name(desk), "", 0)


def visitor(desk: DeskState, request: Request) -> str:
    """A token for somebody who is not signed in yet: for the form at the door. Fresh when there is none."""
    return request.cookies.get(cookie_name(desk, visitor=True)) or secrets.token_urlsafe(32)


def remember_visitor(desk: DeskState, token: str, response: Response) -> None:
    """The cookie that goes with a form at the door."""
    _set(desk, response, cookie_name(desk, visitor=True), token, None)


def form_token(desk: DeskState, request: Request, session: Session | None) -> str:
    """What a form must carry to be ours; empty when the browser has no cookie."""
    token = request.cookies.get(cookie_name(desk, visitor=session is None), "")
    return token_for(token) if token else ""


def token_for(cookie: str) -> str:
    """The form token of a cookie."""
    return hmac.new(cookie.encode(), FORM_WORDS, hashlib.sha256).hexdigest()


def same(given: str, wanted: str) -> bool:
    """Compared in constant time; nothing is never right."""
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def client(request: Request) -> str:
    """Where the request came from, as the server under us believes it."""
    return request.client.host if request.client else ""


def _kept(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _set(desk: DeskState, response: Response, name: str, value: str, max_age: int | None) -> None:
    response.set_cookie(name, value, max_age=max_age, path="/", secure=desk.secure, httponly=True, samesite="strict")
