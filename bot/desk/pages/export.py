"""Every list of the desk as a file: CSV for tables, JSON for programs. ``/export/<list>.csv?<the list's address>``.

Written while it is read, so a list of any length costs the same memory. ``bom=no`` leaves out the mark that old
programs need to know UTF-8.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.desk import csv_text, records
from bot.desk.listing import reader, wanted
from bot.desk.numbers import lists
from bot.desk.numbers.board import Board, gather
from bot.desk.pages.numbers import chosen
from bot.desk.records import COLUMNS, Record
from bot.desk.request import desk, needs
from bot.desk.state import DeskState
from bot.store.figures import GROUPS, LOST
from bot.store.states import Role

AT_ONCE = 200  # lines that are made before the server writes
KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
Source = Callable[[Request], Iterator[Record]]


def _queue(request: Request) -> Iterator[Record]:
    store, who = desk(request).store, reader(request)
    return records.cases(store, store.queue.ids(wanted(request.query_params), who), who)


def _search(request: Request) -> Iterator[Record]:
    store = desk(request).store
    query, offset = request.query_params.get("q", ""), 0
    while hits := store.search.find(query, offset=offset, limit=records.PIECE).hits:
        yield from records.cases(store, [hit.case_id for hit in hits], reader(request))
        offset += len(hits)


def _behind(request: Request) -> Iterator[Record]:
    query, store = request.query_params, desk(request).store
    if (name := query.get("what", "")) not in lists.NAMES:
        raise HTTPException(404)
    ids = lists.cases_of(store, chosen(request), name, query.get("value", ""))
    return records.cases(store, ids, reader(request))


def _mails(request: Request) -> Iterator[Record]:
    group = request.query_params.get("group", "all")
    if group not in {*GROUPS, LOST, "all"}:
        raise HTTPException(404)
    return records.mails(desk(request).store, chosen(request).span, group)


def _of_board(make: Callable[[Board], Iterator[Record]]) -> Source:
    return lambda request: make(gather(desk(request).store, chosen(request)))


# list as it is called in the address -> (its columns, its records)
EXPORTS: dict[str, tuple[str, Source]] = {
    "queue": ("cases", _queue),
    "search": ("cases", _search),
    "held": ("held", lambda request: records.held(desk(request).store)),
    "unreadable": ("unreadable", lambda request: records.unreadable(desk(request).store)),
    "numbers": ("numbers", _of_board(records.numbers)),
    "numbers-cases": ("cases", _behind),
    "mails": ("mails", _mails),
    "overrides": ("overrides", _of_board(records.overrides)),
    "corrected": ("corrected", _of_board(records.corrected)),
    "radar": ("radar", _of_board(records.radar)),
}


@needs(Role.READER)
def export(request: Request) -> Response:
    """The file."""
    name, kind = request.path_params["name"], request.path_params["kind"]
    if name not in EXPORTS or kind not in KINDS:
        raise HTTPException(404)
    state = desk(request)
    columns, source = EXPORTS[name]
    rows = source(request)
    bom = request.query_params.get("bom", "yes") != "no"
    text = csv_text.lines(list(COLUMNS[columns]), rows, bom=bom) if kind == "csv" else _json(rows)
    day = state.now().date().isoformat()
    headers = {"Content-Disposition": f'attachment; filename="after-sales-{name}-{day}.{kind}"'}
    return StreamingResponse(_written(state, text), media_type=KINDS[kind], headers=headers)


async def _written(state: DeskState, text: Iterator[str]) -> AsyncIterator[bytes]:
    """Pieces of the file, each made on a thread of the desk."""
    while piece := await state.run(lambda: "".join(islice(text, AT_ONCE))):
        yield piece.encode("utf-8", "replace")


def _json(rows: Iterator[Record]) -> Iterator[str]:
    yield "["
    for n, row in enumerate(rows):
        yield ("," if n else "") + "\n" + json.dumps(row, ensure_ascii=False)
    yield "\n]\n"


routes = [Route("/export/{name}.{kind}", export)]
