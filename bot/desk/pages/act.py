"""Every action of the warranty process as one address: its form, its letter, and doing it. No others exist.

A form names the version of the case it was made for. The same form sent twice is done once; a form for a case that
changed meanwhile is not done, and the answer says what happened. What was typed is never lost on the way.
"""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.model import Case
from bot.core.warranty.action_values import VALUES
from bot.core.warranty.actions import ACTIONS, HAZARD, possible_actions
from bot.core.warranty.proposal import answer_key
from bot.desk.casework import answers, forms
from bot.desk.casework.labels import LABEL
from bot.desk.casework.plain import one_line
from bot.desk.casework.posted import ADD, DROP, KEEP, SEND, SHOW, Posted, posted
from bot.desk.casework.refused import overtaken, taken
from bot.desk.casework.view import canned, greeted_in, list_query, reader
from bot.desk.casework.wording import needs_letter
from bot.desk.render import page
from bot.desk.request import desk, go, needs, person
from bot.errors import NotAllowed, Overtaken, StoreError, TemplateError, TooLate, TooMuchPromised, WrongValue
from bot.store.states import Role
from bot.worker.acting import Performed, done_before, perform, rehearse

# Actions that only add to a case: they need nobody's turn and take nothing from who has the case open.
BESIDE_ANYBODY = ("note",)
# What is said after an action without a letter.
SAYS = {"note": "noted", "correct": "corrected"}


@needs(Role.AGENT)
def ask(request: Request) -> Response:
    """The form of an action; ``?v.<name>=`` stands in its fields."""
    action = _action(request)
    given = request.query_params
    values = {name: given[forms.PREFIX + name] for name in forms.names(action) if forms.PREFIX + name in given}
    return _form(request, _case(request), action, values, listed=list_query(request))


@needs(Role.AGENT, files=1)
def do(request: Request) -> Response:
    """Do it, or show its letter, or keep what was typed."""
    action, case = _action(request), _case(request)
    p = posted(request, action)
    state, who = desk(request), person(request)
    if p.label_wrong:
        keep_draft(request, case.number, p)
        return _form(request, case, action, p.values, 422, p=p, wrong={LABEL: state.words(who).t("wrong.file")})
    if p.do == KEEP:
        keep_draft(request, case.number, p)
        return go(_address(case.number, p, said="kept"))
    if p.do == DROP:
        state.store.drafts.drop(state.store.cases.id_of(case.number), who.name, p.key)
        return go(_address(case.number, p))
    if p.do == SHOW:
        return _shown(request, case, p)
    if p.do.startswith(f"{ADD}."):
        return _form(request, case, action, p.values, p=p, typed=_with_canned(request, case, p))
    if p.do != SEND:
        raise HTTPException(400)
    return _done(request, case, p)


@needs(Role.AGENT)
def undo(request: Request) -> Response:
    """Take a letter back: the case stands as before, the letter is a draft again."""
    state, who, case = desk(request), person(request), _case(request)
    outbox_id = request.path_params["letter"]
    case_id = state.store.cases.id_of(case.number)
    deed = state.store.deeds.of_letter(outbox_id)
    if deed is None or deed.case_id != case_id:
        raise HTTPException(404)
    if deed.actor != who.name and not who.role.may(Role.LEAD):
        raise HTTPException(403, "role")
    try:
        with state.store.write():
            state.store.deeds.undo(outbox_id, who.name, state.now())
            letter = state.store.outbox.get(outbox_id)
            key = answer_key(deed.action, deed.told)
            state.store.drafts.keep(case_id, deed.actor, key, deed.told, letter.body_text, state.now(), letter.language)
    except TooLate:
        return go(f"/case/{case.number}?said=too_late&sent={outbox_id}")
    except Overtaken:
        return overtaken(request, case, None)
    state.store.holds.open(case_id, who.name, state.now())
    return go(f"/case/{case.number}?said=taken_back")


def keep_draft(request: Request, number: str, p: Posted) -> bool:
    """Keep the letter of this form for the person; whether there was one."""
    if not p.body:
        return False
    state, who = desk(request), person(request)
    state.store.drafts.keep(state.store.cases.id_of(number), who.name, p.key, p.told, p.body, state.now(), p.language)
    return True


# --- doing it ---------------------------------------------------------------------------------------


def _done(request: Request, case: Case, p: Posted) -> Response:
    state, who = desk(request), person(request)
    case_id = state.store.cases.id_of(case.number)
    try:
        known = done_before(state.w, case.number, p.action, p.values, p.version, p.wish)
        if known:
            return _after(request, known, p, before="")
        if p.take:
            state.store.holds.take_over(case_id, who.name, state.now())
        company = state.store.holds.company(case_id, who.name, state.now())
        if company.holder and p.action not in BESIDE_ANYBODY:
            keep_draft(request, case.number, p)
            return taken(request, case, p, company)
        if p.version != case.version:
            raise Overtaken
        if (unread := _unread(request, case, p)) is not None:
            return unread
        before = state.store.queue.neighbours(p.wanted, case.number, reader(state, who)).next
        done = perform(state.w, case.number, p.action, p.values, who.name, p.version, p.wish)
    except TooMuchPromised as error:
        return _form(request, case, p.action, p.values, 422, p=p, broken=error.broken)
    except (WrongValue, TemplateError) as error:
        return _form(request, case, p.action, p.values, 422, p=p, wrong=_wrong(request, case, p, error))
    except NotAllowed:
        return _form(request, case, p.action, p.values, 422, p=p, impossible=True)
    except Overtaken:
        keep_draft(request, case.number, p)
        return overtaken(request, case, p)
    return _after(request, done, p, before=before)


def _unread(request: Request, case: Case, p: Posted) -> Response | None:
    """The letter once more, when it is not the one the person saw: nothing goes out unread."""
    state, who = desk(request), person(request)
    now = rehearse(state.w, case.number, p.action, p.values, who.name, p.as_written).draft
    if now is None or answers.fingerprint(now.text) == p.drafted:
        return None
    if not p.drafted:
        return _form(request, case, p.action, p.values, p=p, fresh=True)
    return _form(request, case, p.action, p.values, 422, p=p, changed=True, fresh=not p.edited)


def _after(request: Request, done: Performed, p: Posted, before: str) -> Response:
    """Where to go on: the next case of the list, this one, or the list."""
    state, who = desk(request), person(request)
    case_id = state.store.cases.id_of(done.number)
    state.store.drafts.drop(case_id, who.name, p.key)
    if done.outbox_id is None:
        said = "done_before" if done.by else SAYS.get(p.action, "done")
        return go(_address(done.number, p, said=said))
    sent = f"sent={done.outbox_id}" + ("&said=done_before" if done.by else "")
    listed = f"&{p.list}" if p.list else ""
    where = who.looks.after_sending
    if where == "stay" or (done.by and not before):
        return go(f"/case/{done.number}?{sent}{listed}")
    state.store.holds.leave(case_id, who.name)
    if where == "next" and before and before != done.number:
        return go(f"/case/{before}?{sent}{listed}")
    return go(f"/queue?{sent}{listed}")


# --- the form ---------------------------------------------------------------------------------------


def _form(
    request: Request,
    case: Case,
    action: str,
    values: Any,
    status: int = 200,
    *,
    p: Posted | None = None,
    fresh: bool = False,
    typed: str | None = None,
    listed: str = "",
    **more: Any,
) -> Response:
    """The page of one action. ``fresh`` shows the letter as it is written now instead of what was typed."""
    state, who = desk(request), person(request)
    case_id = state.store.cases.id_of(case.number)
    drafts = state.store.drafts.of(case_id, who.name)
    if typed is None and p is not None and p.body and not fresh:
        typed = p.body
    answer = answers.answer(
        state,
        case,
        who,
        action,
        values,
        {} if fresh else drafts,
        p.language if p else "",
        typed=typed,
        greeted=greeted_in(state, case_id) if p is None else "",
        label=p.label if p else None,
    )
    facts: dict[str, Any] = {
        "case": case,
        "answer": answer,
        "row": ACTIONS[action],
        "seen": p.seen if p and status != 200 else state.store.casefile.last_event(case_id),
        "list_query": p.list if p else listed,
        "languages": state.letters.languages,
        "language": p.language if p else "",
        "canned": canned(state, (p.language if p else "") or case.language),
        "undo_seconds": answers.undo_seconds(state),
        "possible": action in possible_actions(case.state) and not case.merged_into,
        "customer": one_line(str(state.store.cases.show(case.number)["case"]["customer"] or "")),
        "wrong": {},
        "broken": answer.letter.broken if answer.letter else (),
        "impossible": False,
        "changed": False,
        "send_words": f"act.send_{who.looks.after_sending}",
        "needs_letter": needs_letter,
        "hazard": HAZARD in case.flags,
    }
    return page(request, "act.html", status, **(facts | more))


def _shown(request: Request, case: Case, p: Posted) -> Response:
    """The letter as it is written now; which field is wrong where it cannot be."""
    state, who = desk(request), person(request)
    try:
        rehearse(state.w, case.number, p.action, p.values, who.name, p.as_written)
    except WrongValue as error:
        return _form(request, case, p.action, p.values, 422, p=p, wrong=_wrong(request, case, p, error))
    except (NotAllowed, TemplateError):
        pass  # the form itself says that it is impossible
    return _form(request, case, p.action, p.values, p=p, fresh=not p.edited)


def _with_canned(request: Request, case: Case, p: Posted) -> str:
    """The letter with one paragraph more, before its last ones: greeting and name stay last."""
    known = {id_: words for id_, words, _ in canned(desk(request), p.language or case.language)}
    wanted = known.get(p.do.partition(".")[2])
    if wanted is None:
        raise HTTPException(400)
    blocks = p.body.strip().split("\n\n")
    return "\n\n".join([*blocks[:-1], wanted, *blocks[-1:]])


def _wrong(request: Request, case: Case, p: Posted, error: Exception) -> dict[str, str]:
    """Which field is wrong -> why, in words; ``body`` is the letter itself."""
    words = desk(request).words(person(request))
    message = str(error)
    needed = [name for name in forms.needed(p.action, p.values) if not p.values.get(name)]
    if needed:
        return {name: words.t("wrong.needed") for name in needed}
    either = forms.label_or_payer(desk(request), p.action, p.values)
    if either and not p.label and not p.values.get("payer"):
        return {name: words.t("wrong.either") for name in either}
    name = message.partition(":")[0]
    if name not in VALUES and p.edited and case.number not in p.body:
        return {"body": words.t("guard.number", number=case.number)}
    if name not in VALUES:
        name = "value" if p.action == "correct" else ""
    field = next((f for f in forms.fields(desk(request), p.action, p.values) if f.name == name), None)
    return {name: words.t(f"wrong.{field.kind if field else 'other'}")}


def _action(request: Request) -> str:
    action: str = request.path_params["action"]
    if action not in ACTIONS:
        raise HTTPException(404)
    if not person(request).role.may(Role(ACTIONS[action].role)):
        raise HTTPException(403, "role")
    return action


def _case(request: Request) -> Case:
    state = desk(request)
    try:
        return state.store.cases.snapshot(state.store.cases.id_of(request.path_params["number"]))
    except StoreError:
        raise HTTPException(404) from None


def _address(number: str, p: Posted, said: str = "") -> str:
    parts = [part for part in (f"said={said}" if said else "", p.list) if part]
    return f"/case/{number}?{'&'.join(parts)}" if parts else f"/case/{number}"


routes = [
    Route("/case/{number}/act/{action}", ask, methods=["GET"]),
    Route("/case/{number}/act/{action}", do, methods=["POST"]),
    Route("/case/{number}/undo/{letter:id}", undo, methods=["POST"]),
]
