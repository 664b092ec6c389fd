"""What a person does to a case: checked, drafted, and written with its letter in one transaction.

The table of actions says what is allowed; here it is carried out. Whoever acts names the version of the case that
was looked at: when the case changed meanwhile nothing happens and ``Overtaken`` says who was first. The same ways
serve the command line, every other screen, and the bot where an operator lets it approve.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import structlog

from bot.core.model import Case, Draft, Reply
from bot.core.warranty.action_values import Context, check_values
from bot.core.warranty.actions import ACTIONS, Acted, act
from bot.core.warranty.answer import working_days_after
from bot.core.warranty.answered import question_stands
from bot.core.warranty.staff_facts import decided_service, facts_for_action, terms_after
from bot.core.warranty.staff_letters import BY_EVENT, BY_TIMER
from bot.errors import NotAllowed, Overtaken, WrongValue
from bot.mail.enclosure import shipping_label
from bot.store.outbox import NewLetter
from bot.worker.beside import BESIDE
from bot.worker.wiring import Wiring
from bot.worker.writing import PROMISE, ByHand, compose_letter, post

log = structlog.get_logger("acting")
BOT = "bot"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An action that may be done, and its letter."""

    case: Case
    case_id: int
    acted: Acted
    values: Mapping[str, object]
    facts: Mapping[str, object]
    reply: Reply | None
    draft: Draft | None
    letter: NewLetter | None


def rehearse(
    w: Wiring,
    number: str,
    action: str,
    values: Mapping[str, object],
    actor: str,
    *,
    label: bytes = b"",
    text: str = "",
) -> Performed:
    """What ``perform`` would do now; nothing is written."""
    p = _prepare(w, number, action, values, actor, None, label, text)
    return Performed(
        number=p.case.number,
        version=p.case.version,
        state=p.acted.state,
        next_actor=p.acted.next_actor,
        draft=p.draft,
        recipient=p.letter.recipient if p.letter else "",
        held=p.letter.hold if p.letter else "",
    )


def perform(
    w: Wiring,
    number: str,
    action: str,
    values: Mapping[str, object],
    actor: str,
    version: int | None = None,
    *,
    label: bytes = b"",
    text: str = "",
) -> Performed:
    """Do it. ``version`` is the one of the case that was looked at; None takes the case as it stands now.

    ``label`` is the file of a shipping label that goes out with the letter, ``text`` the letter in the person's own
    words instead of the drafted ones.

    Raises NotAllowed with what is possible instead, Overtaken when somebody was quicker, StoreError when there is no
    such case, TemplateError and ComposeError when the letter cannot be written; then nothing has changed.
    """
    p = _prepare(w, number, action, values, actor, version, label, text)
    with w.store.write():
        done = _write(w, p, action)
    log.info("acted", case=p.case.number, action=action, actor=actor, state=done.state, held=done.held)
    return done


def _prepare(
    w: Wiring,
    number: str,
    action: str,
    values: Mapping[str, object],
    actor: str,
    version: int | None,
    label: bytes,
    text: str,
) -> Prepared:
    today = w.now().date()
    case_id = w.store.cases.id_of(number)
    case = w.store.cases.snapshot(case_id)
    if version is not None and version != case.version:
        raise Overtaken(w.store.acts.who_was_first(case))
    # Only what the row knows is checked by its own rule; what it does not know is told first.
    row = ACTIONS.get(action)
    enclosure = shipping_label(label) if label else None
    if enclosure:
        values = {**values, "label": hashlib.sha256(label).hexdigest()}
    unknown = row is None or set(values) - {*row.needs, *row.may, "because"}
    context = Context(policy=w.policy, addresses=tuple(w.desk.addresses), today=today)
    checked = dict(values) if unknown else check_values(values, context)
    acted = act(case, action, checked, actor, w.policy, today)
    if acted.reply is None:
        if text:
            raise WrongValue(f"{action} writes no letter")
        return Prepared(
            case=case, case_id=case_id, acted=acted, values=checked, facts={}, reply=None, draft=None, letter=None
        )
    facts = facts_for_action(action, acted.reply.name, case, checked, w.desk, w.policy, today)
    reply = replace(acted.reply, facts=facts)
    to = w.store.acts.correspondent(case_id, w.config.trust.form_senders)
    if not to.address:
        raise NotAllowed(f"nobody can be written to in case {case.number}: its mail could not be read")
    automatic = reply.name in BY_EVENT or reply.name in BY_TIMER or actor == BOT
    cause = _cause(case, action, {**checked, "text": text} if text else checked)
    service = decided_service(case, terms_after(action, case, facts, checked))
    by_hand = ByHand(name=str(checked.get("name") or ""), text=text, label=enclosure)
    letter, draft = compose_letter(w, reply, case.number, to, cause, service, automatic=automatic, by_hand=by_hand)
    if actor != BOT:
        undo = timedelta(seconds=w.config.schedule.undo_seconds)
        letter = replace(
            letter,
            not_before=w.now() + undo if undo else None,
            released_by=actor if automatic else "",
        )
    return Prepared(
        case=case, case_id=case_id, acted=acted, values=checked, facts=facts, reply=reply, draft=draft, letter=letter
    )


def _cause(case: Case, action: str, values: Mapping[str, object]) -> str:
    """The same for the same action on the same case as it stood then."""
    said = json.dumps(dict(values), sort_keys=True, ensure_ascii=False, default=str)
    return "act:" + hashlib.sha256(f"{case.number}\0{case.version}\0{action}\0{said}".encode()).hexdigest()


def _write(w: Wiring, p: Prepared, action: str) -> Performed:
    now = w.now()
    if action in BESIDE:
        after = BESIDE[action](w, p.case, p.case_id, p.acted.event, p.values, now)
        w.store.outbox.carry_over(p.case_id, after.version)
        return Performed(number=p.case.number, version=after.version, state=after.state, next_actor=after.next_actor)
    recorded = w.store.acts.apply(
        p.case, p.acted.event, _changes(w, p, action), now, asked=_asks(p) if action == "ask" else ()
    )
    w.store.outbox.give_way(recorded.case_id, recorded.version, now)
    queued = post(w, p.letter, recorded, now) if p.letter else None
    return Performed(
        number=p.case.number,
        version=recorded.version,
        state=p.acted.state,
        next_actor=p.acted.next_actor,
        draft=p.draft,
        recipient=p.letter.recipient if p.letter else "",
        outbox_id=queued.id if queued else None,
        held=queued.held_reason if queued else "",
    )


def _asks(p: Prepared) -> list[str]:
    asks = p.values.get("asks", ())
    return list(asks) if isinstance(asks, list | tuple) else []


def _changes(w: Wiring, p: Prepared, action: str) -> dict[str, Any]:
    """The columns of the case: where it stands, whose turn it is, and until when."""
    today = w.now().date()
    staff = p.acted.next_actor == "staff"
    answer_by = working_days_after(today, w.promises.answer_working_days) if staff else None
    changes: dict[str, Any] = {
        "state": p.acted.state,
        "next_actor": p.acted.next_actor,
        "answer_by": _day(p.facts.get("answer_by")) if staff and "answer_by" in p.facts else answer_by,
        "reply_by": _reply_by(p),
        "terms": terms_after(action, p.case, p.facts, p.values),
    }
    if p.acted.next_actor == "carrier" and p.facts.get("next_actor") == "we":
        changes["answer_by"] = _day(p.facts["answer_by"])  # the letter told it
    if ACTIONS[action].event and not (action == "answer" and question_stands(p.case)):
        # Somebody decided: the question that was put to staff is answered.
        changes |= {"doubt_id": "", "doubt_facts": "{}", "why": ""}
    return changes


def _reply_by(p: Prepared) -> date | None:
    """The day the customer was told: to answer, to say yes or no, to send the parcel."""
    if p.acted.next_actor != "customer":
        return None
    return next((_day(p.facts[n]) for n in ("reply_by", "valid_until", "ship_by") if p.facts.get(n)), None)


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None


__all__ = ["PROMISE", "Performed", "perform", "rehearse"]
