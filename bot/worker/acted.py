"""An action of a person on its way: what is wanted of its letter, what was prepared, what it came to.

``acting`` fills these. The cause of an action is a fingerprint of what was said and of the case it was said about:
the same form sent twice has the same one.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.core.model import Case, Draft, Reply
from bot.core.warranty.actions import Acted
from bot.mail.enclosure import Enclosure
from bot.store.acts import Correspondent


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a person wants of the letter beside what is said with the action."""

    body: str | None = None
    """the text as the person wrote it; None: as it is drafted"""
    language: str = ""
    """of the letter; empty: the case's"""
    wait: timedelta = timedelta(0)
    """for at least so long the letter can be taken back"""
    strict: bool = False
    """refuse a letter that promises too much, instead of holding it for a person"""
    label: bytes = b""
    """the file of a shipping label that goes out with the letter"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Performed:
    """What an action came to."""

    number: str
    version: int
    state: str
    next_actor: str
    draft: Draft | None = None
    """the letter, if the action writes one"""
    recipient: str = ""
    outbox_id: int | None = None
    held: str = ""
    """why the letter waits for a person; empty when it goes out"""
    broken: tuple[str, ...] = ()
    """``kind: words`` for every promise of the letter that the decision does not grant"""
    by: str = ""
    """who did exactly this before, so that nothing was done now; empty when it was done now"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An action that may be done, and its letter as it is drafted."""

    case: Case
    case_id: int
    acted: Acted
    values: Mapping[str, object]
    facts: Mapping[str, object]
    cause: str
    service: str = ""
    """the one that was decided, with this action"""
    label: Enclosure | None = None
    reply: Reply | None = None
    to: Correspondent | None = None
    written: Draft | None = None
    """as the templates write it"""
    draft: Draft | None = None
    """as it goes out"""
    broken: tuple[str, ...] = ()

    @property
    def edited(self) -> int:
        """How many lines a person changed in the letter."""
        if self.written is None or self.draft is None or self.written.text == self.draft.text:
            return 0
        lines = difflib.ndiff(self.written.text.splitlines(), self.draft.text.splitlines())
        return max(1, sum(line.startswith("+ ") for line in lines))


def cause_of(number: str, version: int, action: str, values: Mapping[str, object], wish: Wish) -> str:
    """The same for the same action, said in the same words, on the same case as it stood then."""
    told = dict(values)
    if wish.body is not None:
        told["body"] = wish.body
    if wish.language:
        told["language"] = wish.language
    said = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return "act:" + hashlib.sha256(f"{number}\0{version}\0{action}\0{said}".encode()).hexdigest()
