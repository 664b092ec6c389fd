"""A template as a response, with what every page shows: who is signed in, words, mail state, counts.

In a template: ``t("key", fact=...)`` and ``rich(...)`` for sentences, ``words`` for days and numbers, ``csrf`` inside
every form (``{{ csrf }}`` is the whole hidden field), ``static("name")``, ``icon("check")``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.desk import session
from bot.desk.request import TOKEN, desk, signed_in
from bot.desk.sent import sent_notice
from bot.desk.state import DeskState, static_version
from bot.desk.words import Words
from bot.store.people import Looks
from bot.store.states import Role

LATE = 3  # polls that may be missed before the frame says so
LEAST = timedelta(minutes=5)


def page(request: Request, template: str, status: int = 200, /, **facts: Any) -> HTMLResponse:
    """The template with these facts. ``status`` 422 for a form that was wrong, 409 for a case that changed."""
    state, found = desk(request), signed_in(request)
    words = state.words(found.person if found else None, request.headers.get("accept-language", ""))
    cookie = request.cookies.get(session.cookie_name(state, visitor=found is None), "")
    fresh = ""
    if found is None and not cookie:
        cookie = fresh = session.visitor(state, request)
    common: dict[str, Any] = _dressed(words) | {
        "request": request,
        "person": found.person if found else None,
        "looks": found.person.looks if found else Looks(),
        "csrf": _field(session.token_for(cookie)),
        "csrf_token": session.token_for(cookie),
        "now": state.now(),
        "here": "/" + request.url.path.strip("/").partition("/")[0],
        "may": lambda role: found is not None and found.person.role.may(Role(role)),
    }
    if found:
        common["sent"] = sent_notice(request)
        common["mail_state"] = mail_state(state, words)
        common["queue_count"] = state.store.desk_facts.waiting_for_staff()
    response = HTMLResponse(state.templates.get_template(template).render(common | facts), status)
    if fresh:
        session.remember_visitor(state, fresh, response)
    return response


def fault(request: Request, status: int, key: str, reference: str) -> HTMLResponse:
    """The error page when not even the frame can be made: it asks the database nothing."""
    state = desk(request)
    words = state.words(None, request.headers.get("accept-language", ""))
    facts = _dressed(words) | {"looks": Looks(), "key": key, "reference": reference}
    return HTMLResponse(state.templates.get_template("fault.html").render(facts), status)


def _dressed(words: Words) -> dict[str, Any]:
    """What every template needs, whoever asks."""
    return {
        "words": words,
        "t": words.t,
        "rich": words.rich,
        "said": words.said,
        "static": lambda name: f"/static/{name}?v={static_version(name)}",
        "icon": icon,
    }


def icon(name: str) -> Markup:
    """One of the frame's symbols."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>').format(name)


def mail_state(state: DeskState, words: Words) -> dict[str, Any]:
    """How fetching mail goes, as a sentence; ``late`` when nothing came for too long."""
    mail, now = state.store.desk_facts.mail_state(state.config.mailbox.name), state.now()
    if mail.last_ok is None:
        return {"late": bool(mail.error), "says": words.t("mail.never"), "error": mail.error}
    patience = max(LATE * timedelta(seconds=state.config.schedule.poll_seconds), LEAST)
    late = now - mail.last_ok > patience
    key = "mail.late" if late else "mail.fetched"
    return {"late": late, "says": words.t(key, ago=words.ago(mail.last_ok, now)), "error": mail.error}


def _field(token: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN, escape(token))
