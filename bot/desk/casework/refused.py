"""The two pages that say why nothing was done: the case changed, or somebody else has it. What was typed is kept."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.core.model import Case
from bot.core.warranty.actions import possible_actions
from bot.desk.casework import forms
from bot.desk.casework.history import history
from bot.desk.casework.plain import one_line
from bot.desk.casework.posted import Posted
from bot.desk.casework.view import people
from bot.desk.render import page
from bot.desk.request import desk, person
from bot.store.holds import IDLE, Company
from bot.store.times import moment


def overtaken(request: Request, case: Case, p: Posted | None) -> Response:
    """409: nothing was sent; what happened meanwhile, in words, and both ways on."""
    state, who = desk(request), person(request)
    case_id = state.store.cases.id_of(case.number)
    case = state.store.cases.snapshot(case_id)
    words, names = state.words(who), people(state)
    events = state.store.casefile.since(case_id, p.seen) if p else []
    seen_at = state.store.casefile.at(case_id, p.seen) if p else ""
    mails = state.store.casefile.mails_since(case_id, seen_at) if seen_at else []
    return page(
        request,
        "overtaken.html",
        409,
        case=case,
        p=p,
        happened=history(events, words, names),
        mails=[{**mail, "says": one_line(mail["own_words"], 200), "at": moment(mail["received_at"])} for mail in mails],
        version=case.version,
        seen=state.store.casefile.last_event(case_id),
        possible=p is not None and p.action in possible_actions(case.state),
        fields=forms.fields(state, p.action, p.values) if p else (),
        question="",
    )


def taken(request: Request, case: Case, p: Posted, company: Company) -> Response:
    """409: somebody else has the case; the letter is kept."""
    state = desk(request)
    assert company.holder is not None
    return page(
        request,
        "taken.html",
        409,
        case=case,
        p=p,
        version=p.version,  # what was looked at: what happened since is still to be told
        seen=p.seen,
        company=company,
        people=people(state),
        holder_idle=state.now() - company.holder.last_sign > IDLE,
        fields=forms.fields(state, p.action, p.values),
    )
