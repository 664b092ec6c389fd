"""A sentence as a customer would write it: what is read in it, by which row of the words files, and what came near."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.details.find import find_details
from bot.core.details.scope import open_scope
from bot.core.details.tried_out import Row, rows_that_came_near, rows_that_hit
from bot.core.model import Policy
from bot.core.reading.letter import open_mail
from bot.core.warranty.policy_lines import Lines
from bot.desk.operating.access import policy_sources, working_policy
from bot.desk.render import page
from bot.desk.request import desk, needs, text
from bot.store.states import Role

LONGEST = 1_000  # letters of the sentence
HEADERS = "From: <customer@example.com>\nSubject: -\nContent-Type: text/plain; charset=utf-8\n\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A row of a words file and where it stands."""

    row: Row
    file: str
    line: int


@needs(Role.LEAD)
def show(request: Request) -> Response:
    """The empty form."""
    return _page(request)


@needs(Role.LEAD)
def read(request: Request) -> Response:
    """What is read in the sentence, with the working words."""
    policy = working_policy(request)
    sentence, language = text(request, "sentence")[:LONGEST], text(request, "language")
    if not sentence:
        return _page(request, 422, missing=True)
    mail = open_mail((HEADERS + sentence).encode("utf-8", "replace"))
    letter = replace(mail.letter(tuple(policy.words)), subject="")
    if language in policy.words:
        letter = replace(letter, language=language)
    on = desk(request).now().date()
    scope = open_scope(letter, policy, on)
    sources = policy_sources(request)
    return _page(
        request,
        sentence=sentence,
        chosen=language if language in policy.words else "",
        letter=letter,
        read_in=[words.name for words in scope.book.words],
        findings=[f for f in find_details(letter, policy, on).findings if f.place == "own_words"],
        hits=_placed(rows_that_hit(scope), sources),
        near=_placed(rows_that_came_near(scope), sources),
        tried=True,
    )


def _page(request: Request, status: int = 200, **more: Any) -> Response:
    policy: Policy = working_policy(request)
    facts: dict[str, Any] = {
        "languages": sorted(policy.words),
        "sentence": "",
        "chosen": "",
        "missing": False,
        "tried": False,
        "longest": LONGEST,
    }
    return page(request, "words_tried.html", status, **{**facts, **more})


def _placed(rows: list[Row], sources: dict[str, str]) -> list[Placed]:
    lines = {row.language: Lines(sources.get(f"words/{row.language}.toml", "")) for row in rows}
    return [
        Placed(
            row=row,
            file=f"words/{row.language}.toml",
            line=lines[row.language].of(tuple(row.topic.split(".")), row.phrase),
        )
        for row in rows
    ]


routes = [
    Route("/policy/words", show, methods=["GET"]),
    Route("/policy/words", read, methods=["POST"]),
]
