"""One case: what was written, what we know, what to answer. Opening it takes it, so that two do not answer at once."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.casework.answers import promised
from bot.desk.casework.marks import paragraphs
from bot.desk.casework.plain import one_line, writer
from bot.desk.casework.posted import posted
from bot.desk.casework.view import case_view, list_query, people
from bot.desk.casework.wording import Wording, clause_name
from bot.desk.pages.act import keep_draft
from bot.desk.render import page
from bot.desk.request import desk, go, needs, person, text
from bot.errors import StoreError
from bot.store.states import Role
from bot.store.times import moment

MESSAGES = ("taken_back", "too_late", "done", "done_before", "kept", "corrected", "noted")
"""what a redirect may say on the page it leads to"""


@needs(Role.READER)
def show(request: Request) -> Response:
    """The page."""
    number = _number(request)
    if number != request.path_params["number"]:
        query = f"?{request.url.query}" if request.url.query else ""
        return go(f"/case/{number}{query}")
    return show_case(request, number)


def show_case(request: Request, number: str, status: int = 200, **more: Any) -> Response:
    """The page of a case, also as the answer to a form that could not be done."""
    said = request.query_params.get("said", "")
    facts: dict[str, Any] = {
        "said_key": said if said in MESSAGES else "",
        "wrong": {},
        "broken": (),
        "typed": {},
        "chosen": _chosen(request),
    }
    return page(request, "case.html", status, **{**case_view(request, number), **facts, **more})


def _chosen(request: Request) -> int:
    """Which answer stands chosen: the first, unless the address says another."""
    wanted = request.query_params.get("answer", "")
    return int(wanted) if wanted in ("1", "2", "3") else 1


@needs(Role.READER)
def policy(request: Request) -> Response:
    """What the policy says at each place that a check names."""
    rows: dict[str, list[str]] = {}
    words = desk(request).words(person(request))
    shipped = desk(request).w.policy
    said = [(s.clause, s.means) for s in shipped.services] + [(r.clause, r.means) for r in shipped.required]
    said += [(e.clause, e.means) for e in shipped.exclusions] + [(o.clause, o.means) for o in shipped.offers]
    for clause, means in said:
        rows.setdefault(clause, []).append(means)
    for question in shipped.open_questions:
        for clause in question.clauses:
            rows.setdefault(clause, []).append(f"{question.question} {question.default}")
    rows.setdefault("last paragraph", [])
    return page(
        request,
        "policy.html",
        number=_number(request),
        clauses=sorted(rows.items()),
        clause_words=lambda clause: clause_name(words, clause),
        list_query=list_query(request),
    )


@needs(Role.READER)
def whole(request: Request) -> Response:
    """One mail in full, as text: headers as they were, quotes in their place."""
    state, number = desk(request), _number(request)
    mail = state.store.casefile.mail(request.path_params["mail"])
    if mail is None or mail["case_number"] != number:
        raise HTTPException(404)
    return page(
        request,
        "mail.html",
        number=number,
        mail=mail,
        subject=one_line(mail["subject"], 300),
        writer=writer(mail["from_name"], mail["from_address"]),
        body=paragraphs(mail["text"]),
        came=moment(mail["received_at"]),
        list_query=list_query(request),
    )


@needs(Role.AGENT)
def hold(request: Request) -> Response:
    """Typing renews the hold, taking over moves it, leaving ends it."""
    state, who, number = desk(request), person(request), _number(request)
    case_id, what = state.store.cases.id_of(number), text(request, "do")
    if what == "take":
        state.store.holds.take_over(case_id, who.name, state.now())
    elif what == "leave":
        state.store.holds.leave(case_id, who.name)
        return go("/queue")
    elif what == "typed":
        state.store.holds.typed(case_id, who.name, state.now())
        company = state.store.holds.company(case_id, who.name, state.now())
        names = people(state)
        wording = Wording(state.words(who), state.w.policy, state.store.cases.snapshot(case_id), names)
        return page(request, "parts/company.html", company=company, people=names, lost=True, **wording.facts())
    return go(_here(request, number))


@needs(Role.AGENT)
def draft(request: Request) -> Response:
    """Keep what was typed; the script asks for it on each pause."""
    state, who, number = desk(request), person(request), _number(request)
    p = posted(request, text(request, "action"))
    kept = keep_draft(request, number, p)
    state.store.holds.typed(state.store.cases.id_of(number), who.name, state.now())
    broken = promised(state, number, p, who)
    return page(
        request,
        "parts/kept.html",
        kept=kept,
        at=state.now(),
        broken=broken,
        edited=p.edited,
        case_number=number,
        body=p.body,
    )


def _number(request: Request) -> str:
    state = desk(request)
    try:
        return state.store.cases.number_of(state.store.cases.id_of(request.path_params["number"]))
    except StoreError:
        raise HTTPException(404) from None


def _here(request: Request, number: str) -> str:
    query = text(request, "list")
    return f"/case/{number}?{query}" if query else f"/case/{number}"


routes = [
    Route("/case/{number}", show, methods=["GET"]),
    Route("/case/{number}/mail/{mail:id}", whole, methods=["GET"]),
    Route("/case/{number}/policy", policy, methods=["GET"]),
    Route("/case/{number}/hold", hold, methods=["POST"]),
    Route("/case/{number}/draft", draft, methods=["POST"]),
]
