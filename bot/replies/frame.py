"""The frame of a language, part by part: each of them says what it is for, and only when it is wanted.

A letter that lacks its greeting, its close or the line that a machine wrote it is a wrong letter, whatever the letter
itself says. Every part is filled by itself with what makes it speak, and with what must keep it silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import TemplateError as JinjaError

from bot.errors import TemplateError
from bot.replies.budget import budget
from bot.replies.essence import TEAM
from bot.replies.language import RENDER_ERRORS, Language
from bot.replies.samples import CASE
from bot.replies.where import block_line

BODY = "_base/body.txt"
QUIET: Mapping[str, object] = {
    "case": CASE,
    "name": "",
    "foreign": False,
    "automatic": False,
    "note": "",
    "law": False,
    "own_store": False,
    "known": (),
    "asks": (),
    "again": (),
    "steps": (),
}
NOTE = "We saw the glass on your photo."
KNOWN = ({"field": "order_number", "value": "KS20418"}, {"field": "tracking_number", "value": "1Z999AA10123456784"})


@dataclass(frozen=True)
class Part:
    """A block, the facts that make it speak, and what it must then hold."""

    block: str
    facts: Mapping[str, object] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    silent: bool = True
    """with none of these facts it says nothing"""


PARTS = (
    Part("greeting", silent=False),
    Part("greeting", {"name": "Ana Exemplo"}, silent=False),  # some languages would have to bend the name
    Part("known", {"known": KNOWN}, ("KS20418", "1Z999AA10123456784")),
    Part("asks", {"asks": ("model", "photo_or_video")}, ("1. ", "2. "), ("ask.model", "ask.photo_or_video")),
    Part("asks", {"asks": ("model",), "again": ("model",)}, ("1. ",), ("ask_again.model",)),
    Part(
        "asks",
        {"asks": ("troubleshooting",), "steps": ("restart",)},
        ("- ",),
        ("try.intro", "step_to_try.restart", "ask.troubleshooting"),
    ),
    Part("note", {"note": NOTE}, (NOTE,)),
    Part("law", {"law": True, "own_store": True}, phrases=("law.line",)),
    Part("law", {"law": True}, phrases=("law.with_seller",)),
    Part("foreign", {"foreign": True}),
    Part("close", holds=(TEAM,), silent=False),
    Part("automatic", {"automatic": True}),
    Part("number", holds=(CASE,), silent=False),
)
SUBJECT_PART = "about"


def check_frame(speech: Language) -> Iterator[str]:
    """Problems of ``_base/body.txt``; one that cannot be read at all is told elsewhere."""
    try:
        blocks = speech.template(BODY).blocks
    except JinjaError:
        return
    for part in PARTS:
        where = block_line(speech, "_base", "body.txt", part.block)
        if part.block not in blocks:
            yield f"{where}: block {part.block!r} is missing"
            continue
        try:
            said = _said(speech, part.block, {**QUIET, **part.facts})
            unasked = _said(speech, part.block, QUIET) if part.silent else ""
        except TemplateError as error:
            yield from error.problems
            continue
        except RENDER_ERRORS as error:
            yield f"{where}: block {part.block!r}: {error}"
            continue
        facts = ", ".join(part.facts) or "any letter"
        wanted = (*part.holds, *(speech.phrases[id_].strip() for id_ in part.phrases if id_ in speech.phrases))
        if not said.strip():
            yield f"{where}: block {part.block!r} says nothing for {facts}"
        for words in wanted:
            if words not in said:
                yield f"{where}: block {part.block!r} does not show {words[:40]!r} for {facts}"
        if unasked.strip():
            yield f"{where}: block {part.block!r} speaks where there is no {facts}"


def _said(speech: Language, block: str, facts: Mapping[str, object]) -> str:
    template = speech.template(BODY)
    with budget():
        return "".join(template.blocks[block](template.new_context(dict(facts))))
