"""The queue: cases that need a person, most urgent first, in views and filters that stand in the address.

The list does not move under the eye: what came meanwhile is told in one line, and shown when asked for. The only thing
done to several cases at once is to say whose they are; a decision is about one person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.listing import BAR, Rows, address, choices, reader, view_address, wanted
from bot.desk.render import page
from bot.desk.request import desk, form, go, needs, person, text
from bot.desk.state import DeskState
from bot.errors import NotAllowed, Overtaken, StoreError
from bot.store.cases import DIGITS, LETTERS
from bot.store.listings import FILTERS, Wanted
from bot.store.people import Person
from bot.store.queue import PAGE
from bot.store.states import Role
from bot.store.times import moment, stamp
from bot.worker.acting import perform

MOST_AT_ONCE = PAGE
SPLIT = ":"


@needs(Role.READER)
def show(request: Request) -> Response:
    """One page of a list."""
    state, who = desk(request), person(request)
    list_ = wanted(request.query_params)
    listing = state.store.queue.page(list_, reader(request), offset=_offset(request))
    may_assign = who.role.may(Role.AGENT)
    return page(
        request,
        "queue.html",
        listing=listing,
        rows=Rows(request, list_).of(listing.rows),
        bar=bar(state, who, listing.counts, list_),
        set_filters=_set_filters(request, list_),
        choices=choices(request) if request.query_params.get("filter") else {},
        filtering=bool(request.query_params.get("filter")),
        list_=list_,
        address=lambda **more: address(list_, **more),
        here_address=address(list_),
        fresh_address=address(list_, "/queue/fresh", at=stamp(listing.at), n=str(listing.total)),
        page_size=PAGE,
        picking=may_assign and "pick" in request.query_params,
        colleagues=[row for row in state.store.people.every() if not row["disabled"] and row["role"] != Role.READER],
        told=_said(request.query_params),
        no_filters=dict.fromkeys(FILTERS, ""),
        key=Markup("<kbd>{}</kbd>").format,
    )


@needs(Role.READER)
def fresh(request: Request) -> Response:
    """What changed in a list since it was shown: a link, or nothing at all."""
    params = request.query_params
    list_ = wanted(params)
    try:
        since, shown = moment(params.get("at", "")), int(params.get("n", ""))
    except ValueError:
        return Response(status_code=204)
    changed = desk(request).store.queue.fresh(list_, reader(request), since, max(shown, 0))
    if not changed.new and changed.done < 1:
        return Response(status_code=204)
    return page(request, "parts/fresh.html", changed=changed, since=since, here_address=address(list_))


@needs(Role.AGENT)
def assign(request: Request) -> Response:
    """Say whose these cases are. Each as it was looked at: one that changed meanwhile stays and is named."""
    state, who = desk(request), person(request)
    list_ = wanted(QueryParams(text(request, "list")))
    to = text(request, "to")
    picked = [str(value) for value in form(request).getlist("case")][:MOST_AT_ONCE]
    if to not in {row["name"] for row in state.store.people.every() if not row["disabled"]} or not picked:
        return go(address(list_, pick="yes", missed="to" if picked else "case"))
    done, changed = 0, []
    with state.store.write():
        for number, version in (value.partition(SPLIT)[::2] for value in picked):
            try:
                perform(state.w, number, "assign", {"to": to}, who.name, int(version))
                done += 1
            except (Overtaken, NotAllowed, ValueError):
                changed.append(number)
            except StoreError:  # no such case
                continue
    return go(address(list_, done=str(done), to=to, changed=",".join(changed)))


@needs(Role.READER)
def keep(request: Request) -> Response:
    """Keep the list under a name of the person's own."""
    state = desk(request)
    list_ = wanted(QueryParams(text(request, "list")))
    try:
        state.store.saved_views.keep(person(request).id, text(request, "name"), _query(list_), state.now())
    except NotAllowed:
        return go(address(list_, filter="yes", missed="name"))
    return go(address(list_))


@needs(Role.READER)
def forget(request: Request) -> Response:
    """Keep it no longer."""
    desk(request).store.saved_views.drop(person(request).id, request.path_params["id"])
    return go(address(wanted(QueryParams(text(request, "list"))), filter="yes"))


def bar(
    state: DeskState, who: Person, counts: Mapping[str, int], list_: Wanted | None, here: str = ""
) -> list[dict[str, Any]]:
    """The views with their counts, then the person's own lists."""
    aside = state.store.set_aside.counts()
    chosen = here or (list_.view if list_ else "")
    views: list[dict[str, Any]] = [
        {"name": name, "address": view_address(name), "count": {**counts, **aside}[name], "here": name == chosen}
        for name in BAR
    ]
    kept = state.store.saved_views.of(who.id)
    own = [(k, address(wanted(QueryParams(k.query)))) for k in kept]
    return [
        *views,
        *(
            {"own": k.name, "id": k.id, "address": to, "here": list_ is not None and to == address(list_)}
            for k, to in own
        ),
    ]


def _query(list_: Wanted) -> str:
    return address(list_, "").lstrip("?")


def _offset(request: Request) -> int:
    told = request.query_params.get("from", "")
    return max(int(told) - 1, 0) if told.isascii() and told.isdigit() and len(told) < 8 else 0


def _set_filters(request: Request, list_: Wanted) -> list[dict[str, str]]:
    """Each filter that is set, in words, and the list's address without it."""
    offered = choices(request) if list_.filters else {}
    return [
        {
            "name": name,
            "value": dict(offered.get(name, ())).get(value, value.replace("_", " ")),
            "without": address(list_, **{name: ""}),
        }
        for name, value in list_.filters.items()
    ]


def _said(params: QueryParams) -> dict[str, Any]:
    """What a post before this page came to."""
    changed = [n for n in params.get("changed", "").split(",") if n and set(n) <= {*LETTERS, *DIGITS}]
    done = params.get("done", "")
    return {
        "done": int(done) if done.isascii() and done.isdigit() and len(done) < 4 else None,
        "to": params.get("to", ""),
        "changed": ", ".join(changed[:MOST_AT_ONCE]),
        "missed": params.get("missed", "") if params.get("missed") in ("to", "case", "name") else "",
    }


routes = [
    Route("/queue", show),
    Route("/queue/fresh", fresh),
    Route("/queue/assign", assign, methods=["POST"]),
    Route("/queue/keep", keep, methods=["POST"]),
    Route("/queue/forget/{id:id}", forget, methods=["POST"]),
]
