"""A person's own settings: how the desk looks, the password, the browsers that are signed in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel import Locale
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.people import wrong_with
from bot.desk.render import page
from bot.desk.request import back, desk, form, go, needs, person, signed_in, text
from bot.desk.words import LANGUAGES, Words
from bot.store.people import Session
from bot.store.states import Role

# What may be chosen, in the order it is shown. An empty language or zone is that of the desk.
CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("auto", "light", "dark"),
    "density": ("dense", "roomy"),
    "single_keys": ("on", "off"),
    "after_sending": ("next", "stay", "queue"),
}


@needs(Role.READER)
def show(request: Request) -> Response:
    """The page."""
    return _page(request)


@needs(Role.READER)
def look(request: Request) -> Response:
    """One or several choices at once; what is not named stays."""
    who, posted = person(request), form(request)
    chosen: dict[str, Any] = {}
    for name, allowed in CHOICES.items():
        if name in posted:
            chosen[name] = _one_of(text(request, name), allowed)
    if "language" in posted:
        chosen["language"] = _one_of(text(request, "language"), ("", *LANGUAGES))
    if "zone" in posted:
        zone = text(request, "zone")
        if zone and not _is_zone(zone):
            return _page(request, 422, wrong={"zone": "zone_unknown"}, zone=zone)
        chosen["zone"] = zone
    desk(request).store.people.set_looks(who.id, replace(who.looks, **chosen))
    return back(request, "/me")


@needs(Role.READER)
def password(request: Request) -> Response:
    """Another password: the old one first, so that a desk left open gives it to nobody."""
    state, who, found = desk(request), person(request), signed_in(request)
    assert found is not None
    posted = {name: str(form(request).get(name, "")) for name in ("old", "new", "again")}
    tried = state.door.knock(who.name, posted["old"], f"session {found.id}", state.now())
    if tried.person is None:
        return _page(request, 422, wrong={"old": "rests" if tried.rests_until else "old_wrong"})
    if why := wrong_with(posted["new"], who.name):
        return _page(request, 422, wrong={"new": why})
    if posted["again"] != posted["new"]:
        return _page(request, 422, wrong={"again": "not_the_same"})
    state.store.people.set_password(who.id, state.door.hashed(posted["new"]), state.now(), keep_session=found.id)
    return go("/me?done=password")


@needs(Role.READER)
def end(request: Request) -> Response:
    """Sign out one of the person's other browsers, or all of them."""
    state, who, found = desk(request), person(request), signed_in(request)
    assert found is not None
    which = text(request, "session")
    for one in state.store.people.sessions_of(who, state.now()):
        if one.id != found.id and which in ("others", str(one.id)):
            state.store.people.end(one.id, who.id)
    return go("/me?done=session")


def _page(request: Request, status: int = 200, **more: Any) -> Response:
    state, who = desk(request), person(request)
    found = signed_in(request)
    assert found is not None
    done = request.query_params.get("done", "")
    facts: dict[str, Any] = {
        "choices": CHOICES,
        "languages": LANGUAGES,
        "names": {code: Locale.parse(code).get_display_name() for code in LANGUAGES},
        "zones": sorted(available_timezones()),
        "zone": who.looks.zone,
        "desk_zone": state.settings.zone,
        "sessions": [_shown(one, state.words(who)) for one in state.store.people.sessions_of(who, state.now())],
        "own": found.id,
        "wrong": {"old": "", "new": "", "again": "", "zone": ""} | more.pop("wrong", {}),
        "done": done if done in ("password", "session") else "",
    }
    return page(request, "me.html", status, **(facts | more))


# What a browser calls itself -> what people call it; the first that fits, for each calls itself like the older ones.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux")),
)


def _shown(one: Session, words: Words) -> dict[str, Any]:
    """A session for the list: the browser by its name."""
    browser = next((name for sign, name in BROWSERS if sign in one.browser), "")
    system = next((name for sign, name in SYSTEMS if sign in one.browser), "")
    label = words.t("me.session_browser", browser=browser, system=system) if browser and system else browser
    label = label or words.t("me.session_unknown")
    return {
        "id": one.id,
        "label": label,
        "address": one.address,
        "created_at": one.created_at,
        "seen_at": one.seen_at,
    }


def _one_of(value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise HTTPException(400)
    return value


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


routes = [
    Route("/me", show, methods=["GET"]),
    Route("/me/look", look, methods=["POST"]),
    Route("/me/password", password, methods=["POST"]),
    Route("/me/end", end, methods=["POST"]),
]
