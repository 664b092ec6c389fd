"""From working files to what customers get: what changed, a trial on past cases, publishing, and the way back.

Trying, publishing and going back run on the bench; this page shows how far they are. Everything is checked whole once
more when it is published, whatever a page said before.
"""

from __future__ import annotations

import copy
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.model import Policy
from bot.desk.operating import typed, working
from bot.desk.operating.access import bench, may_edit
from bot.desk.operating.bench import LAST_CASES, live_contents
from bot.desk.render import page
from bot.desk.request import desk, go, needs, person, text
from bot.desk.state import DeskState
from bot.editions.contents import TEMPLATES, Contents, differences, unified
from bot.editions.shelf import Shelf
from bot.errors import BotError, EditionError, ProblemsError, StoreError, TemplateError
from bot.rehearsal.compare import WEIGHT, weight
from bot.rehearsal.compare import differences as pieces
from bot.rehearsal.wording import change_in_words, group_in_words, stories_in_words, story_problems, totals
from bot.store.editions import Edition
from bot.store.states import Role

MOST_LINES = 400  # of one file's difference
MOST_GROUPS = 100
WORDING_ONLY = WEIGHT.index("letter")  # anything lighter is about what is decided
MOST_LOOKED_AT = 3  # languages that are checked while the page is made; a trial checks all
LONGEST_NOTE = 500


@needs(Role.LEAD)
def show(request: Request) -> Response:
    """What would be published, and how the trial went."""
    state, at_bench = desk(request), bench(request)
    # As it is now, before anything else is read: work that ends meanwhile must not be told beside what was before it.
    job, tried = copy.copy(at_bench.job), at_bench.tried
    live = state.store.editions.live()
    facts: dict[str, Any] = {"files": [], "problems": [], "contents": None, "damaged": ""}
    try:
        contents = working.read_all(state.config)
        old = live_contents(state)
        facts |= {"contents": contents, "files": _files(old, contents), "problems": _problems(request, old, contents)}
    except ProblemsError as error:
        facts["problems"] = [typed.problem_of(told) for told in error.problems]
    except EditionError as error:
        facts["damaged"] = str(error)
    return page(
        request,
        "publish.html",
        **facts,
        live=live,
        job=job,
        tried=tried,
        tried_these=bool(tried and facts["contents"] and tried.hash == facts["contents"].hash),
        history=_history(state),
        stops=[problem for problem in facts["problems"] if problem.stops],
        editable=may_edit(request),
        last_cases=LAST_CASES,
        odd_ones=sum(_odd(group) for group in tried.report.groups) if tried and tried.report else 0,
        totals=totals,
        stories_in_words=stories_in_words,
        story_problems=story_problems,
    )


@needs(Role.LEAD)
def progress(request: Request) -> Response:
    """How far the work on the bench is; when it is over the whole page is asked for."""
    job = bench(request).job
    response = page(request, "parts/bench.html", job=job, editable=may_edit(request))
    if job is None or job.finished:
        response.headers["HX-Refresh"] = "true"
    return response


@needs(Role.LEAD)
def result(request: Request) -> Response:
    """The last trial whole: counts, checks, and changed letters side by side."""
    tried = bench(request).tried
    if tried is None or tried.report is None:
        return go("/publish")
    return page(
        request,
        "publish_result.html",
        tried=tried,
        report=tried.report,
        groups=[(g, _odd(g), _sides(g)) for g in tried.report.groups[:MOST_GROUPS]],
        more=max(0, len(tried.report.groups) - MOST_GROUPS),
        totals=list(totals(tried.report)),
        stories=stories_in_words(tried.report),
        broken=list(story_problems(tried.report.stories)),
        group_in_words=group_in_words,
        change_in_words=change_in_words,
    )


@needs(Role.OPERATOR)
def act(request: Request) -> Response:
    """Try, stop, or publish."""
    state, at_bench, what = desk(request), bench(request), text(request, "do")
    who = person(request).name
    if what == "try":
        at_bench.try_(state, person(request).shown)
    elif what == "stop":
        if at_bench.job:
            at_bench.job.stop.set()
    elif what == "publish":
        told = text(request, "live")
        at_bench.publish(state, who, text(request, "note")[:LONGEST_NOTE], int(told) if told.isdigit() else None)
    else:
        raise HTTPException(400)
    return go("/publish")


@needs(Role.LEAD)
def back(request: Request) -> Response:
    """What going back to an edition would change."""
    state, target = desk(request), _edition(request)
    live = state.store.editions.live()
    files: list[dict[str, Any]] = []
    damaged = ""
    try:
        shelf = Shelf(state.store.folder)
        files = _files(live_contents(state), shelf.read(target.hash))
    except EditionError as error:
        damaged = str(error)
    return page(
        request, "publish_back.html", target=target, live=live, files=files, damaged=damaged, editable=may_edit(request)
    )


@needs(Role.OPERATOR)
def go_back(request: Request) -> Response:
    """Make an earlier edition live again, if the live one is the one that was looked at."""
    state, target = desk(request), _edition(request)
    if text(request, "live") != str(state.store.editions.live_number()):
        raise HTTPException(409)
    bench(request).go_back(state, person(request).name, text(request, "note")[:LONGEST_NOTE], target.number)
    return go("/publish")


def _edition(request: Request) -> Edition:
    try:
        return desk(request).store.editions.get(request.path_params["number"])
    except StoreError:
        raise HTTPException(404) from None


def _files(old: Contents, new: Contents) -> list[dict[str, Any]]:
    """Each file that differs, with its lines."""
    found = []
    for name, how in differences(old.files, new.files) if old.files else ():
        lines = unified(old.files.get(name), new.files.get(name), name)[2:]
        counts = [sum(line.startswith(sign) for line in lines) for sign in "+-"]
        found.append({"name": name, "how": how, "lines": lines[:MOST_LINES], "more": counts[0], "less": counts[1]})
    return found


def _history(state: DeskState) -> list[tuple[Edition, int]]:
    """Every edition, the newest first, with how many cases it decided last."""
    decided = state.store.editions.cases_decided()
    return [(edition, decided.get(edition.number, 0)) for edition in state.store.editions.every()]


def _problems(request: Request, old: Contents, new: Contents) -> list[typed.Problem]:
    """What a look at the changed files finds; that of a trial of the very same files, which looks at all."""
    tried = bench(request).tried
    if tried and tried.hash == new.hash and tried.finished and not tried.failed:
        return [typed.problem_of(told) for told in tried.problems]
    key = (new.hash, old.hash)
    if key not in bench(request).looked_at:
        bench(request).looked_at = {key: _look(desk(request), old, new)}
    return bench(request).looked_at[key]


def _look(state: DeskState, old: Contents, new: Contents) -> list[typed.Problem]:
    policy, problems = typed.typed_policy(state.config, {})
    changed = [name.split("/") for name, _ in differences(old.files, new.files) if name.startswith(f"{TEMPLATES}/")]
    by_language: dict[str, set[str]] = {}
    for parts in changed if old.files else ():
        by_language.setdefault(parts[1], set()).add(parts[2] if len(parts) == 4 else working.PHRASES)
    for code, letters in list(by_language.items())[:MOST_LOOKED_AT]:
        problems += _of_letters(state, policy or state.w.policy, code, letters)
    return problems


def _of_letters(state: DeskState, policy: Policy, code: str, changed: set[str]) -> list[typed.Problem]:
    whole = changed & {working.PHRASES, working.FRAME}
    try:
        with typed.typed_letters(state.config, policy, code, {}) as letters:
            if code not in letters.languages:
                return []
            names = [next(iter(whole))] if whole else sorted(changed)
            known = [name for name in names if working.files_of_letter(code, name)]
            return [problem for name in known for problem in typed.letter_problems(letters, policy, code, name)]
    except TemplateError as error:
        return [typed.problem_of(told) for told in error.problems]
    except BotError as error:
        return [typed.problem_of(str(error))]


def _odd(group: Any) -> bool:
    """Whether more than the wording changes: a decision, a check, a letter that cannot be written."""
    return weight(group.changes) < WORDING_ONLY


def _sides(group: Any) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Both letters, each with its own words and what is marked in them."""
    before, after = group.shown.before, group.shown.after
    both = list(pieces(f"{before.subject}\n\n{before.text}", f"{after.subject}\n\n{after.text}"))
    return [
        (before, [piece for piece in both if piece[0] != "new"]),
        (after, [piece for piece in both if piece[0] != "gone"]),
    ]


routes = [
    Route("/publish", show, methods=["GET"]),
    Route("/publish", act, methods=["POST"]),
    Route("/publish/progress", progress, methods=["GET"]),
    Route("/publish/result", result, methods=["GET"]),
    Route("/publish/back/{number:id}", back, methods=["GET"]),
    Route("/publish/back/{number:id}", go_back, methods=["POST"]),
]
