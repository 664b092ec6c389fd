"""Who may do what: every address that takes a post, as every role, from the table of routes itself.

A route that is added stands in no row here, and the first test says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from desk_program import V1, Program
from desk_served import ServedDesk
from desk_visitor import Visitor
from starlette.routing import Route

from bot.core.warranty.actions import ACTIONS
from bot.desk import app as application
from bot.store.states import Role

# Address -> the least role that may post there; None for the doors that are open to strangers.
LEAST: dict[str, Role | None] = {
    "/login": None,
    "/logout": None,
    "/csp-report": None,
    "/me/look": Role.READER,
    "/me/password": Role.READER,
    "/me/end": Role.READER,
    "/queue/keep": Role.READER,  # lists of their own
    "/queue/forget/{id:id}": Role.READER,
    "/queue/assign": Role.AGENT,
    "/case/{number}/hold": Role.AGENT,
    "/case/{number}/draft": Role.AGENT,
    "/case/{number}/undo/{letter:id}": Role.AGENT,
    "/unreadable/{id:id}/retry": Role.AGENT,
    "/held/{id:id}/release": Role.AGENT,  # of some letters; of which, the letter says
    "/held/{id:id}/discard": Role.AGENT,
    "/held/{id:id}/sent": Role.AGENT,
    "/letters/{code}/{letter}": Role.OPERATOR,
    "/policy/file/{name:path}": Role.OPERATOR,
    "/policy/words": Role.LEAD,
    "/publish": Role.OPERATOR,
    "/publish/back/{number:id}": Role.OPERATOR,
}
# These have a row for each action of the table of actions.
OF_ACTIONS = ("/case/{number}/act/{action}", f"{V1}/cases/{{number}}/actions/{{action}}")
TABLES = ("cases", "event", "outbox", "correction", "flag", "arrival", "hold", "draft", "saved_view", "api_token")
OPERATED = {"code": "en", "letter": "received", "name:path": "warranty.toml"}
NO_ROW = "999999999"


def posts() -> Iterator[str]:
    for route in application._routes():
        if isinstance(route, Route) and "POST" in (route.methods or {}) and route.path != "/api/{rest:path}":
            yield route.path


def everything(desk: ServedDesk) -> list[Any]:
    known = {row["name"] for row in desk.store.db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [desk.store.db.rows(f"SELECT * FROM {table}") for table in TABLES if table in known]


def rows(desk: ServedDesk) -> Iterator[tuple[str, Role]]:
    """Every address that takes a post from somebody who is signed in, and the least role."""
    for path, least in LEAST.items():
        if least is not None:
            known = {"number": desk.case("blurred-photo"), **OPERATED}
            yield re.sub(r"{([\w:]+)}", lambda found: known.get(found[1], NO_ROW), path), least  # noqa: B023
    for action, row in ACTIONS.items():
        yield f"/case/{desk.case('blurred-photo')}/act/{action}", Role(row.role)


def test_every_address_that_takes_a_post_has_a_row() -> None:
    assert sorted(posts()) == sorted([*LEAST, *OF_ACTIONS])


@pytest.mark.parametrize("role", list(Role))
def test_a_role_posts_where_it_may_and_nowhere_else(desk: ServedDesk, role: Role) -> None:
    visitor, before, wrong = desk.visitor(role), everything(desk), {}
    for path, least in rows(desk):
        if not role.may(least):
            answer = visitor.post(path, version="1", seen="1", do="send", name="x", **{"v.text": "x"})
            if answer.status != 403 or "This is not for you to do" not in answer.words:
                wrong[path] = answer.status
    assert everything(desk) == before
    for path, least in rows(desk):
        if role.may(least) and (answer := visitor.post(path, version="1", seen="1", do="show")).status == 403:
            wrong[path] = answer.status
    assert wrong == {}


@pytest.mark.parametrize("role", list(Role))
def test_a_program_does_what_its_token_may_and_nothing_else(
    desk: ServedDesk, program: Callable[..., Program], role: Role
) -> None:
    known, before, wrong = program(role), everything(desk), {}
    for action, row in ACTIONS.items():
        said = {"values": {}, "dry_run": True}
        answer = known.ask("POST", f"{V1}/cases/{desk.case('blurred-photo')}/actions/{action}", said)
        if (answer.status == 403) == role.may(Role(row.role)):
            wrong[action] = answer.status
    assert wrong == {}
    assert everything(desk) == before


def test_nobody_posts_without_being_signed_in_nor_without_the_token_of_the_form(desk: ServedDesk) -> None:
    before, wrong = everything(desk), {}
    stranger, forged, foreign = Visitor(desk.url), desk.visitor("operator"), desk.visitor("operator")
    other = desk.visitor("operator").token  # of another session of the same person
    for path, _ in rows(desk):
        if not (answer := stranger.post(path)).place.startswith("/login"):
            wrong[f"stranger {path}"] = answer.status
        if (answer := forged.post(path, csrf="")).status != 403:
            wrong[f"no token {path}"] = answer.status
        if (answer := foreign.post(path, csrf=other)).status != 403:
            wrong[f"token of another session {path}"] = answer.status
        if (answer := forged.post(path, headers={"Origin": "https://evil.example"})).status != 403:
            wrong[f"from elsewhere {path}"] = answer.status
    assert wrong == {}
    assert everything(desk) == before


def test_a_session_does_not_open_what_is_for_programs_nor_a_token_what_is_for_people(
    desk: ServedDesk, program: Callable[..., Program]
) -> None:
    visitor = desk.visitor("operator")
    assert visitor.get(f"{V1}/cases").status == 401
    for path in ("/queue", "/me", f"/case/{desk.case('blurred-photo')}", "/export/queue.csv"):
        assert program("operator").ask("GET", path).status == 303
