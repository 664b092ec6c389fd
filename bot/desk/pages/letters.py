"""The letters for operators: list, editor, what is wrong, and what a customer would get, marked against the live one.

What is typed is only looked at until it is saved, and saved it still is no letter of anybody: the live edition is a
stored copy. Templates are filled in the sandbox alone, and their source is shown as text.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.core.model import Policy
from bot.core.warranty.actions import APPROVALS
from bot.core.warranty.staff_letters import BY_STAFF, BY_TIMER
from bot.desk.operating import facts, testing, typed, working
from bot.desk.operating.access import bench, may_edit, working_policy
from bot.desk.render import page
from bot.desk.request import desk, form, go, is_part, needs, person, text
from bot.desk.security import policy_with
from bot.editions.shelf import Shelf
from bot.errors import CannotSave, ComposeError, Overtaken, SendError, StoreError, TemplateError
from bot.replies.inventory import INVENTORY
from bot.replies.samples import CASE
from bot.store.states import Role
from bot.store.touched import Touched

FIRST, SHOWN_WITH = "received", "details_needed"
SENT_DAYS = 28
ACTS = ("check", "save", "test")
MESSAGES = ("saved", "same", "tested")
GROUPS = ("approvals", "questions", "alone", "timers", "staff", "all")


@needs(Role.LEAD)
def first(request: Request) -> Response:
    """The first letter in the language that most letters are written in."""
    return go(f"/letters/{desk(request).letters.default_language}/{FIRST}")


@needs(Role.LEAD)
def show(request: Request) -> Response:
    """The page."""
    said = request.query_params.get("said", "")
    return _page(request, said=said if said in MESSAGES else "")


@needs(Role.OPERATOR)
def post(request: Request) -> Response:
    """Look at what is typed, save it, or send it to oneself as a test."""
    code, letter, files = _asked(request)
    act = text(request, "do")
    if act not in ACTS:
        raise HTTPException(400)
    texts = {name: _typed(request, part) for part, name in files.items()}
    if act == "test":
        return _test(request, texts)
    if act == "check":
        return _page(request, texts=texts)
    state, seen = desk(request), {name: text(request, f"seen_{part}") for part, name in files.items()}
    try:
        changed = working.save(Shelf(state.store.folder), state.config, texts, seen)
    except Overtaken:
        theirs = working.overtaken(state.config, texts, seen)
        return _page(request, 409, texts=texts, theirs=theirs)
    except CannotSave as error:
        return _page(request, 422, texts=texts, closed=str(error))
    for name in changed:
        bench(request).saved[name] = (person(request).shown, state.now())
    with_ = f"&with={_shown_with(request, letter)}" if letter not in INVENTORY else ""
    chosen = _chosen(request, letter)
    return go(f"/letters/{code}/{letter}?said={'saved' if changed else 'same'}&facts={chosen}{with_}")


@needs(Role.LEAD)
def twin(request: Request) -> Response:
    """The HTML part of the saved letter, as a customer's program gets it: shut in, on its own."""
    state = desk(request)
    code, letter, _ = _asked(request)
    if letter not in INVENTORY:
        raise HTTPException(404)
    policy = working_policy(request)
    try:
        with typed.typed_letters(state.config, policy, code, {}, letter) as letters:
            made = facts.filled(state, letters, policy, code, letter, _chosen(request, letter))
    except (TemplateError, StoreError):
        raise HTTPException(404) from None
    return HTMLResponse(
        made.draft.html, headers={"Content-Security-Policy": policy_with("style-src 'unsafe-inline'", "sandbox")}
    )


def _test(request: Request, texts: dict[str, str]) -> Response:
    state, recipient = desk(request), text(request, "recipient")
    code, letter, _ = _asked(request)
    if recipient not in state.config.operator.test_address:
        raise HTTPException(400)
    policy, name = working_policy(request), _shown_with(request, letter)
    try:
        with typed.typed_letters(state.config, policy, code, texts, letter if letter in INVENTORY else "") as letters:
            made = facts.filled(state, letters, policy, code, name, _chosen(request, name))
            # A real number in a subject would lead an answer into its case.
            testing.send(state, letters.render(made.reply, CASE), recipient)
    except TemplateError:
        return _page(request, 422, texts=texts)
    except (SendError, ComposeError, StoreError) as error:
        return _page(request, 422, texts=texts, not_sent=str(error))
    return _page(request, texts=texts, said="tested", recipient=recipient)


def _page(request: Request, status: int = 200, **more: Any) -> Response:
    state = desk(request)
    code, letter, files = _asked(request)
    there = {part: working.read(state.config, name) for part, name in files.items()}
    texts: dict[str, str] = more.pop("texts", None) or {file.name: file.text for file in there.values()}
    typed_now = "do" in form(request)
    name, policy = _shown_with(request, letter), working_policy(request)
    chosen = _chosen(request, name)
    found: dict[str, Any] = {
        "code": code,
        "letter": letter,
        "name": name,
        "parts": {part: texts[file.name] for part, file in there.items()},
        "paths": {part: file.name.partition("/")[2] for part, file in there.items()},
        "hashes": {p: text(request, f"seen_{p}") if typed_now else f.seen for p, f in there.items()},
        "unsaved": any(texts[file.name] != file.text for file in there.values()),
        "closed": next(filter(None, (working.why_closed(state.config, n) for n in files.values())), ""),
        "chosen": chosen,
        "whole": letter not in INVENTORY,
        **_looked_at(request, policy, code, letter, name, chosen, texts),
    }
    if is_part(request):
        return page(request, "parts/letter_looked.html", status, **{**found, **more, "oob": True})
    live = state.store.editions.live()
    common: dict[str, Any] = {
        "groups": _groups(request),
        "codes": working.languages(state.config),
        "letters_shown_with": list(INVENTORY) if letter not in INVENTORY else [],
        "sent_days": SENT_DAYS,
        "cases": facts.choices(state, name),
        "samples": facts.SAMPLES,
        "addresses": state.config.operator.test_address,
        "live": live,
        "editable": may_edit(request),
        "theirs": (),
        "said_key": more.pop("said", ""),
        "recipient": "",
        "not_sent": "",
        "saved_by": bench(request).saved,
        "fields": {file: part for part, file in files.items()},
    }
    if more.get("theirs"):
        # Saving once more writes over what is shown as theirs, and over nothing newer.
        found["hashes"] = {part: file.seen for part, file in there.items()}
    return page(request, "letters.html", status, **{**common, **found, **more, "oob": False})


def _looked_at(
    request: Request, policy: Policy, code: str, letter: str, name: str, chosen: str, texts: dict[str, str]
) -> dict[str, Any]:
    """What is wrong, and the letter as a customer would get it."""
    state = desk(request)
    seen, gone = None, False
    try:
        with typed.typed_letters(state.config, policy, code, texts, letter if letter in INVENTORY else "") as letters:
            problems = typed.letter_problems(letters, policy, code, letter)
            try:
                seen = facts.seen(state, letters, policy, code, name, chosen)
            except StoreError:
                gone = True
            except TemplateError as error:
                problems = problems or [typed.problem_of(told) for told in error.problems]
    except TemplateError as error:
        problems = [typed.problem_of(told) for told in error.problems]
    return {"problems": problems, "seen": seen, "gone": gone}


def _asked(request: Request) -> tuple[str, str, dict[str, str]]:
    """Language, letter and files of the address; only names that are there."""
    code, letter = request.path_params["code"], request.path_params["letter"]
    files = working.files_of_letter(code, letter)
    if code not in working.languages(desk(request).config) or not files:
        raise HTTPException(404)
    return code, letter, files


def _typed(request: Request, part: str) -> str:
    value = form(request).get(part, "")
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def _shown_with(request: Request, letter: str) -> str:
    """The letter that is shown: this one, or the one chosen to see a phrase or the frame in."""
    wanted = text(request, "with") or request.query_params.get("with", "")
    return letter if letter in INVENTORY else wanted if wanted in INVENTORY else SHOWN_WITH


def _chosen(request: Request, letter: str) -> str:
    """Whose facts: a sample, or the number of a case."""
    wanted = text(request, "facts") or request.query_params.get("facts", "")
    if wanted in facts.SAMPLES:
        return wanted
    state = desk(request)
    try:
        return state.store.cases.number_of(state.store.cases.id_of(wanted)) if wanted else _usual(request, letter)
    except StoreError:
        return _usual(request, letter)


def _usual(request: Request, letter: str) -> str:
    return facts.usual_choice(facts.choices(desk(request), letter))


def _groups(request: Request) -> list[tuple[str, list[tuple[str, int]]]]:
    """The letters as the list shows them, each with how often it was sent."""
    state = desk(request)
    sent = Touched(state.store.db).sent(state.now() - timedelta(days=SENT_DAYS))
    groups: dict[str, list[tuple[str, int]]] = {name: [] for name in GROUPS}
    for letter, names in INVENTORY.items():
        groups[_group(letter, names)].append((letter, sent.get(letter, 0)))
    groups["all"] = [(working.FRAME, 0), (working.PHRASES, 0)]
    return list(groups.items())


def _group(letter: str, names: tuple[str, ...]) -> str:
    if letter in APPROVALS.values():
        return "approvals"
    if letter in BY_STAFF:
        return "staff"
    if letter in BY_TIMER:
        return "timers"
    return "questions" if "asks" in names or "reply_by" in names else "alone"


routes = [
    Route("/letters", first, methods=["GET"]),
    Route("/letters/{code}/{letter}", show, methods=["GET"]),
    Route("/letters/{code}/{letter}", post, methods=["POST"]),
    Route("/letters/{code}/{letter}/html", twin, methods=["GET"]),
]
