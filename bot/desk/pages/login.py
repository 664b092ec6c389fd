"""Signing in and out. Two fields, one plain sentence for everything that is wrong, no figures before signing in."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk import session
from bot.desk.people import LIMITS, Tried
from bot.desk.render import page
from bot.desk.request import desk, for_everybody, form, go, local, signed_in, text

log = structlog.get_logger("desk")
HOME = "/queue"


@for_everybody
def show(request: Request) -> Response:
    """The form at the door; whoever is inside already goes in."""
    place = local(request.query_params.get("next", ""))
    if signed_in(request):
        return go(place or HOME)
    return _form(request, place=place)


@for_everybody
def sign_in(request: Request) -> Response:
    """Name and password; in again is out first, so that the cookie is a new one."""
    state = desk(request)
    password = form(request).get("password", "")
    assert isinstance(password, str)
    tried = state.door.knock(text(request, "name"), password, session.client(request), state.now())
    place = local(text(request, "next"))
    if tried.person is None:
        # Without the name: a password may have been typed there.
        log.warning("sign-in refused", address=session.client(request), rests=tried.rests_until is not None)
        status = 429 if tried.rests_until else 422
        wrong = _wrong(request, tried)
        return _form(request, status, name=text(request, "name"), place=place, wrong=wrong)
    log.info("signed in", person=tried.person.name, address=session.client(request))
    old, response = signed_in(request), go(place or HOME)
    if old:
        state.store.people.end(old.id, old.person.id)
    session.begin(state, request, tried.person, lasting=bool(text(request, "remember")), response=response)
    return response


def _form(request: Request, status: int = 200, *, name: str = "", place: str, wrong: str = "") -> Response:
    hours = desk(request).settings.session_hours
    return page(request, "login.html", status, name=name, next=place, wrong=wrong, hours=hours)


def _wrong(request: Request, tried: Tried) -> str:
    state = desk(request)
    words = state.words(None, request.headers.get("accept-language", ""))
    if tried.rests_until:
        minutes = max(1, -(-int((tried.rests_until - state.now()).total_seconds()) // 60))
        return words.t("login.rests", n=minutes)
    rest = int(LIMITS[0].within.total_seconds()) // 60
    return words.t("login.wrong", n=tried.left, minutes=rest)


@for_everybody
def sign_out(request: Request) -> Response:
    """This browser is signed out."""
    response, found = go("/login"), signed_in(request)
    if found:
        session.end(desk(request), found, response)
    return response


@for_everybody
def home(request: Request) -> Response:  # noqa: ARG001 - a page function's signature
    """The desk begins with its queue."""
    return go(HOME)


routes = [
    Route("/", home),
    Route("/login", show, methods=["GET"]),
    Route("/login", sign_in, methods=["POST"]),
    Route("/logout", sign_out, methods=["POST"]),
]
