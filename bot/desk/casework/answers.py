"""The likely answers to a case, each with its letter as it would go out now, and what was typed into it before.

Everything a person needs to choose is rendered with the page, so choosing needs no request. A letter that cannot be
written yet (a price is missing, no address is configured) says what it lacks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.model import Case, Draft
from bot.core.warranty.actions import ACTIONS, HAZARD, possible_actions
from bot.core.warranty.proposal import answer_key, decided, first_answer, proposed_to
from bot.core.warranty.regions import address_for
from bot.desk.casework import forms, labels
from bot.desk.numbers import links
from bot.desk.numbers.period import CHOICES, period_of
from bot.desk.proposals import likely_actions
from bot.desk.state import DeskState
from bot.errors import NotAllowed, TemplateError
from bot.store.drafts import Kept
from bot.store.people import Person
from bot.store.states import Role
from bot.worker.acting import Performed, Wish, rehearse

if TYPE_CHECKING:
    from bot.desk.casework.posted import Posted

LEAST_UNDO = timedelta(seconds=10)
FEWEST = 5
"""cases, below which nothing is said of how often people agreed"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter as it stands in the form."""

    draft: Draft
    recipient: str
    body: str
    """what stands in the field: as written, or as the person left it"""
    drafted: str
    """fingerprint of the letter as the templates write it"""
    edited: bool
    kept_at: datetime | None
    broken: tuple[str, ...]
    """promises beyond the decision"""
    twin: Draft | None
    """the same letter in the reader's language"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer that can be given."""

    key: str
    action: str
    values: Mapping[str, object]
    decides: str
    """the value that tells this answer from another one of the same action"""
    fields: tuple[forms.Field, ...]
    letter: Letter | None
    lacks: str = ""
    """why there is no letter yet, or why it cannot be done"""
    label: labels.Label | None = None
    """goes out with the letter"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """In how many of these cases people answered as was proposed first."""

    agreed: int
    of: int
    href: str
    """the list of them"""


def fingerprint(text: str) -> str:
    """Of a letter's text, whatever a browser does to line ends."""
    return hashlib.sha256("\n".join(text.split("\r\n")).strip().encode()).hexdigest()[:24]


def likely(
    state: DeskState, case: Case, who: Person, drafts: Mapping[str, Kept], language: str, greeted: str
) -> list[Answer]:
    """The likely answers. ``language`` is the one the letters shall have; empty: the case's."""
    proposed = likely_actions(case, state.w.policy, state.w.desk)
    return [answer(state, case, who, p.action, p.values, drafts, language, greeted=greeted) for p in proposed]


def answer(
    state: DeskState,
    case: Case,
    who: Person,
    action: str,
    values: Mapping[str, object],
    drafts: Mapping[str, Kept],
    language: str = "",
    *,
    typed: str | None = None,
    greeted: str = "",
    label: labels.Label | None = None,
) -> Answer:
    """One answer with its letter; ``typed`` is what stands in the field already, ``greeted`` whom a letter greets."""
    key = answer_key(action, values)
    kept = drafts.get(key)
    if kept and typed is None:
        values = {**values, **forms.again(action, kept.told)}
        language = language or kept.language
        label = label or labels.told(state, case.number, who, kept.told)
    if greeted and "name" in ACTIONS[action].may and "name" not in values:
        values = {**values, "name": greeted}
    if "address" in ACTIONS[action].needs and not values.get("address") and (usual := usual_address(state, case)):
        values = {**values, "address": usual}
    letter, lacks = None, ""
    wish = Wish(language=language, label=label.data if label else b"")
    try:
        done = rehearse(state.w, case.number, action, values, who.name, wish)
        letter = _letter(state, case, who, action, values, done, kept, typed, wish) if done.draft else None
    except NotAllowed as error:
        lacks = str(error)
    except TemplateError as error:
        lacks = error.problems[0]
    return Answer(
        key=key,
        action=action,
        values=values,
        decides=decided(values),
        fields=forms.fields(state, action, values, label),
        label=label,
        letter=letter,
        lacks=lacks,
    )


def is_ours(state: DeskState, case: Case, shown: list[Answer]) -> bool:
    """Whether the answer that stands first is what we would say, and not only what usually comes next."""
    first = first_answer(case, state.w.policy, state.w.desk)
    return bool(shown) and (
        HAZARD in case.flags or (first is not None and shown[0].key == answer_key(first.action, first.values))
    )


def agreement(state: DeskState, case: Case, who: Person, shown: list[Answer]) -> Agreement | None:
    """How often the answer that stands first was followed within a year; None where that says little or nothing."""
    first = first_answer(case, state.w.policy, state.w.desk)
    if first is None or not shown or shown[0].key != answer_key(first.action, first.values):
        return None
    words, name = state.words(who), proposed_to(case, first)
    period = period_of({"days": str(CHOICES[-1])}, words.today(state.now()), words.zone)
    agreed, of = state.store.decisions.agreed(name, period.span)
    return Agreement(agreed=agreed, of=of, href=links.cases(period, "proposed", name)) if of >= FEWEST else None


def promised(state: DeskState, number: str, p: Posted, who: Person) -> tuple[str, ...]:
    """What the words of a form promise beyond the decision; nothing where there is no letter yet."""
    wish = replace(p.as_written, body=p.body if p.edited else None)
    try:
        return rehearse(state.w, number, p.action, p.values, who.name, wish).broken
    except (NotAllowed, TemplateError):
        return ()


def others(case: Case, who: Person) -> tuple[str, ...]:
    """Every action that makes sense now and that the person's role allows, in the order of the table."""
    idle = {"take"} if case.held else {"give-back"}
    idle |= set() if case.flags else {"unflag"}
    return tuple(
        name for name in possible_actions(case.state) if name not in idle and who.role.may(Role(ACTIONS[name].role))
    )


def usual_address(state: DeskState, case: Case) -> str:
    """Where parcels go unless somebody says otherwise: near the customer, else the first; '' when there is none."""
    return address_for(case, state.w.desk) or next(iter(state.w.desk.addresses), "")


def undo_seconds(state: DeskState) -> int:
    """How long a letter waits."""
    return max(int(LEAST_UNDO.total_seconds()), state.config.schedule.undo_seconds)


def _letter(
    state: DeskState,
    case: Case,
    who: Person,
    action: str,
    values: Mapping[str, object],
    done: Performed,
    kept: Kept | None,
    typed: str | None,
    wish: Wish,
) -> Letter:
    assert done.draft is not None
    body = done.draft.text
    stands = typed if typed is not None else kept.body if kept else body
    edited = fingerprint(stands) != fingerprint(body)
    broken = done.broken
    if edited:
        try:
            broken = rehearse(state.w, case.number, action, values, who.name, replace(wish, body=stands)).broken
        except (NotAllowed, TemplateError):
            broken = ()
    own = state.words(who).language
    twin = None
    if own != done.draft.language and own in state.letters.languages:
        twin = rehearse(state.w, case.number, action, values, who.name, replace(wish, language=own)).draft
    return Letter(
        draft=done.draft,
        recipient=done.recipient,
        body=stands,
        drafted=fingerprint(body),
        edited=edited,
        kept_at=kept.saved_at if kept and edited and typed is None else None,
        broken=broken,
        twin=twin,
    )
