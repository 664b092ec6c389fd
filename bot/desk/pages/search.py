"""Finding a case: a number in your hand, an address, any word of any mail, note or detail, in any script.

The number of a case leads straight to it. Everything else is a list, exact numbers first; one that is empty says where
was looked and offers the closest number. What was typed is only ever a value.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.casework.plain import shown
from bot.desk.listing import Rows, reader
from bot.desk.render import page
from bot.desk.request import desk, go, needs
from bot.store.listings import Wanted
from bot.store.search import PAGE
from bot.store.states import Role


@needs(Role.READER)
def find(request: Request) -> Response:
    """What fits, or why nothing does."""
    state = desk(request)
    typed = request.query_params.get("q", "")
    told = request.query_params.get("from", "")
    offset = max(int(told) - 1, 0) if told.isascii() and told.isdigit() and len(told) < 8 else 0
    found = state.store.search.find(typed, offset=offset)
    if len(found.hits) == 1 and found.hits[0].by == "case" and not found.more:
        return go(f"/case/{found.hits[0].value}")
    ids = [hit.case_id for hit in found.hits]
    excerpts = state.store.search.excerpts(found.query, [hit.case_id for hit in found.hits if hit.by == "words"])
    rows = Rows(request, Wanted(view="all")).of(state.store.queue.shown(ids, reader(request)))
    near = state.store.queue.shown([c.case_id for c in found.closest], reader(request))
    return page(
        request,
        "search.html",
        found=found,
        hits=list(zip(found.hits, rows, strict=True)),
        excerpts={id_: (e.place, [(shown(p.text), p.hit) for p in e.pieces]) for id_, e in excerpts.items()},
        closest=list(zip(found.closest, Rows(request, Wanted(view="all")).of(near), strict=True)),
        page_size=PAGE,
        shown=shown,
    )


routes = [Route("/search", find)]
