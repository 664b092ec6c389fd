"""What a form of the case page says, read once: the action, its values, the letter, and the case that was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.core.warranty.actions import ACTIONS
from bot.core.warranty.proposal import answer_key
from bot.desk.casework.answers import LEAST_UNDO, fingerprint
from bot.desk.casework.forms import said
from bot.desk.casework.labels import LABEL, Label, carried, taken_in
from bot.desk.casework.view import LIST_FIELDS
from bot.desk.request import desk, file, form, person, text
from bot.errors import WrongValue
from bot.replies.letters import MAX_LETTER
from bot.store.listings import Wanted
from bot.worker.acting import Wish

SEND, SHOW, KEEP, DROP, ADD = "send", "show", "keep", "drop", "add"


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """One form."""

    action: str
    values: Mapping[str, object]
    version: int
    """of the case on the page that the form stood on"""
    seen: int
    """the last event on that page"""
    body: str
    """the letter's text as it came back; empty where the form has none"""
    drafted: str
    """fingerprint of the letter that the form was made with; empty when none was shown"""
    language: str
    do: str
    """send, show, keep, drop, or add.<id of a canned paragraph>"""
    take: bool
    """take the case over first"""
    list: str
    """address of the list the case was opened from"""
    label: Label | None = None
    """goes out with the letter"""
    label_wrong: bool = False
    """a file was chosen that cannot be sent"""

    @property
    def key(self) -> str:
        """The answer's name, for drafts."""
        return answer_key(self.action, self.values)

    @property
    def edited(self) -> bool:
        """Whether a person changed the letter that was shown."""
        return bool(self.body) and fingerprint(self.body) != self.drafted

    @property
    def wish(self) -> Wish:
        """What is wanted of the letter."""
        body = self.body if self.edited else None
        return replace(self.as_written, body=body, wait=LEAST_UNDO, strict=True)

    @property
    def as_written(self) -> Wish:
        """The same for the letter as the templates write it."""
        return Wish(language=self.language, label=self.label.data if self.label else b"")

    @property
    def told(self) -> Mapping[str, object]:
        """What a draft keeps of it."""
        return {**self.values, LABEL: self.label.sha256} if self.label else self.values

    @property
    def wanted(self) -> Wanted:
        """The list as such."""
        pairs = dict(parse_qsl(self.list[:2000]))
        return Wanted(**{name: pairs[name] for name in LIST_FIELDS if name in pairs})


def posted(request: Request, action: str) -> Posted:
    """The form of this action. HTTPException 404 for an action that is not in the table, 400 for a broken form."""
    if action not in ACTIONS:
        raise HTTPException(404)
    language = text(request, "letter_language")
    body = form(request).get("body", "")
    if language and language not in desk(request).letters.languages:
        raise HTTPException(400)
    if not isinstance(body, str) or len(body) > 2 * MAX_LETTER:
        raise HTTPException(413)
    label, wrong = _label(request, action)
    return Posted(
        label=label,
        label_wrong=wrong,
        action=action,
        values=said(form(request), action),
        version=_number(request, "version"),
        seen=_number(request, "seen"),
        body=body.replace("\r\n", "\n"),
        drafted=text(request, "drafted"),
        language=language,
        do=text(request, "do") or SEND,
        take=text(request, "take") == "yes",
        list=text(request, "list"),
    )


def _label(request: Request, action: str) -> tuple[Label | None, bool]:
    """The label of this form, and whether a file was chosen that cannot be one."""
    if LABEL not in ACTIONS[action].may:
        return None, False
    state, who, number = desk(request), person(request), request.path_params["number"].upper()
    if chosen := file(request, "label_file"):
        try:
            return taken_in(state, number, who, chosen), False
        except WrongValue:
            return None, True
    dropped = text(request, "label_drop") == "yes"
    return (None if dropped else carried(state, number, who, text(request, "label_kept"))), False


def _number(request: Request, name: str) -> int:
    given = text(request, name)
    if not given.isascii() or not given.isdigit() or len(given) > 12:
        raise HTTPException(400)
    return int(given)
