"""The policy for operators: its rows as tables, each with its cases, and its files as text with what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.warranty.explained import explain
from bot.desk.listing import reader
from bot.desk.operating import typed, working
from bot.desk.operating.access import bench, may_edit, policy_sources, working_policy
from bot.desk.operating.rows import KINDS, tables
from bot.desk.render import page
from bot.desk.request import desk, form, go, is_part, needs, person, text
from bot.editions.contents import POLICY
from bot.editions.shelf import Shelf
from bot.errors import CannotSave, Overtaken
from bot.store.states import Role
from bot.store.touched import WHERE, Touched

TOUCHED_DAYS = 90
MOST_CASES = 100
ACTS = ("check", "save")
MESSAGES = ("saved", "same")


@needs(Role.LEAD)
def show(request: Request) -> Response:
    """All rows, open questions first."""
    state = desk(request)
    policy, sources = working_policy(request), policy_sources(request)
    counts = Touched(state.store.db).counts(state.now() - timedelta(days=TOUCHED_DAYS))
    return page(
        request,
        "policy_rows.html",
        tables=tables(policy, sources, counts),
        files=_files(request),
        days=TOUCHED_DAYS,
        differs=policy.hash != state.w.policy.hash,
        live=state.store.editions.live(),
        editable=may_edit(request),
    )


@needs(Role.LEAD)
def row(request: Request) -> Response:
    """One row with everything that hangs on it, and the cases it touched."""
    state, kind, id_ = desk(request), request.query_params.get("kind", ""), request.query_params.get("id", "")
    if kind not in WHERE and kind not in KINDS:
        raise HTTPException(404)
    policy = working_policy(request)
    found = explain(policy, id_) if kind in KINDS else []
    if not found and kind != "rule":
        raise HTTPException(404)
    line = next((r.line for r in tables(policy, policy_sources(request), {}).get(kind, []) if r.id == id_), 0)
    ids: tuple[int, ...] = ()
    if kind in WHERE:
        ids = Touched(state.store.db).cases_of(kind, id_, state.now() - timedelta(days=TOUCHED_DAYS))
    return page(
        request,
        "policy_row.html",
        kind=kind,
        id=id_,
        explained=found,
        file=KINDS[kind][1] if kind in KINDS else "",
        line=line,
        counted=kind in WHERE,
        total=len(ids),
        rows=state.store.queue.shown(ids[:MOST_CASES], reader(request)),
        days=TOUCHED_DAYS,
    )


@needs(Role.LEAD)
def file(request: Request) -> Response:
    """One file as text."""
    said = request.query_params.get("said", "")
    return _page(request, said_key=said if said in MESSAGES else "")


@needs(Role.OPERATOR)
def post(request: Request) -> Response:
    """Look at what is typed, or save it."""
    name, act = _name(request), text(request, "do")
    if act not in ACTS:
        raise HTTPException(400)
    value = form(request).get("body", "")
    texts = {name: value.replace("\r\n", "\n") if isinstance(value, str) else ""}
    if act == "check":
        return _page(request, texts=texts)
    state, seen = desk(request), {name: text(request, "seen_body")}
    try:
        changed = working.save(Shelf(state.store.folder), state.config, texts, seen)
    except Overtaken:
        return _page(request, 409, texts=texts, theirs=working.overtaken(state.config, texts, seen))
    except CannotSave as error:
        return _page(request, 422, texts=texts, closed=str(error))
    for one in changed:
        bench(request).saved[one] = (person(request).shown, state.now())
    return go(f"/policy/file/{name.removeprefix(f'{POLICY}/')}?said={'saved' if changed else 'same'}")


def _page(request: Request, status: int = 200, **more: Any) -> Response:
    state, name = desk(request), _name(request)
    there = working.read(state.config, name)
    texts: dict[str, str] = more.pop("texts", None) or {name: there.text}
    _, problems = typed.typed_policy(state.config, texts)
    seen = text(request, "seen_body") if "do" in form(request) and not more.get("theirs") else there.seen
    facts: dict[str, Any] = {
        "name": name.removeprefix(f"{POLICY}/"),
        "parts": {"body": texts[name]},
        "hashes": {"body": seen},
        "problems": problems,
        "unsaved": texts[name] != there.text,
        "paths": {"body": name.removeprefix(f"{POLICY}/")},
        "closed": working.why_closed(state.config, name),
        "files": _files(request),
        "editable": may_edit(request),
        "theirs": (),
        "fields": {name: "body"},
        "saved_by": bench(request).saved,
        "said_key": "",
        "at_line": _line(request),
    }
    template = "parts/problems.html" if is_part(request) else "policy_file.html"
    return page(request, template, status, **{**facts, **more})


def _files(request: Request) -> list[str]:
    return [name.removeprefix(f"{POLICY}/") for name in working.policy_files(desk(request).config)]


def _name(request: Request) -> str:
    """The file of the address, if it is one of those that are there."""
    name = f"{POLICY}/{request.path_params['name']}"
    if name not in working.policy_files(desk(request).config):
        raise HTTPException(404)
    return name


def _line(request: Request) -> int:
    told = request.query_params.get("line", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 6 else 0


routes = [
    Route("/policy", show, methods=["GET"]),
    Route("/policy/row", row, methods=["GET"]),
    Route("/policy/file/{name:path}", file, methods=["GET"]),
    Route("/policy/file/{name:path}", post, methods=["POST"]),
]
