"""What a person does to a case: checked, drafted, and written with its letter in one transaction.

The table of actions says what is allowed; here it is carried out. Whoever acts names the version of the case that
was looked at: when the case changed meanwhile nothing happens and ``Overtaken`` says who was first. The same ways
serve the command line, every other screen, and the bot where an operator lets it approve.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import structlog

from bot.core.warranty.action_values import Context, check_values
from bot.core.warranty.actions import ACTIONS, act
from bot.core.warranty.answer import working_days_after
from bot.core.warranty.answered import question_stands
from bot.core.warranty.proposal import first_answer, is_otherwise, proposed_to
from bot.core.warranty.staff_facts import decided_service, facts_for_action, terms_after
from bot.core.warranty.staff_letters import BY_EVENT, BY_TIMER
from bot.errors import NotAllowed, Overtaken, TooMuchPromised, WrongValue
from bot.mail.enclosure import shipping_label
from bot.store.outbox import NewLetter
from bot.worker.acted import Performed, Prepared, Wish, cause_of
from bot.worker.beside import BESIDE
from bot.worker.wiring import Wiring
from bot.worker.writing import PROMISE, compose_draft, post

log = structlog.get_logger("acting")
BOT = "bot"
# Letters that leave at once: who holds a hot watch does not wait until nobody may take back what was written.
AT_ONCE = ("safety_followup",)


def rehearse(
    w: Wiring, number: str, action: str, values: Mapping[str, object], actor: str, wish: Wish | None = None
) -> Performed:
    """What ``perform`` would do now; nothing is written."""
    p = _prepare(w.fixed(), number, action, values, actor, None, wish or Wish())
    return Performed(
        number=p.case.number,
        version=p.case.version,
        state=p.acted.state,
        next_actor=p.acted.next_actor,
        draft=p.draft,
        recipient=p.to.address if p.to else "",
        held=PROMISE if p.broken else "",
        broken=p.broken,
    )


def perform(
    w: Wiring,
    number: str,
    action: str,
    values: Mapping[str, object],
    actor: str,
    version: int | None = None,
    wish: Wish | None = None,
) -> Performed:
    """Do it. ``version`` is the one of the case that was looked at; None takes the case as it stands now.

    The same action with the same words on the same version is done once: a second time tells what was done.

    Raises NotAllowed with what is possible instead, TooMuchPromised when the letter may not go out as it is and
    ``wish`` is strict, Overtaken when somebody was quicker, StoreError when there is no such case, TemplateError and
    ComposeError when the letter cannot be written; then nothing has changed.
    """
    wish, w = wish or Wish(), w.fixed()
    try:
        p = _prepare(w, number, action, values, actor, version, wish)
        letter = _compose(w, p, actor, wish)
        with w.store.write():
            done = _write(w, p, letter, action, actor, wish)
    except Overtaken:
        known = done_before(w, number, action, values, version, wish)
        if known is None:
            raise
        return known
    log.info("acted", case=p.case.number, action=action, actor=actor, state=done.state, held=done.held)
    return done


def _prepare(
    w: Wiring, number: str, action: str, values: Mapping[str, object], actor: str, version: int | None, wish: Wish
) -> Prepared:
    today = w.now().date()
    case_id = w.store.cases.id_of(number)
    case = w.store.cases.snapshot(case_id)
    if version is not None and version != case.version:
        raise Overtaken(w.store.acts.who_was_first(case))
    label = shipping_label(wish.label) if wish.label else None
    checked = _checked(w, action, values, wish)
    acted = act(case, action, checked, actor, w.policy, today)
    cause = cause_of(case.number, case.version, action, checked, wish)
    if acted.reply is None:
        if wish.body is not None or wish.label:
            raise WrongValue(f"{action} writes no letter")
        return Prepared(case=case, case_id=case_id, acted=acted, values=checked, facts={}, cause=cause)
    facts = facts_for_action(action, acted.reply.name, case, checked, w.desk, w.policy, today)
    reply = replace(acted.reply, facts=facts, language=wish.language or acted.reply.language)
    to = w.store.acts.correspondent(case_id, w.config.trust.form_senders)
    if not to.address:
        raise NotAllowed(f"nobody can be written to in case {case.number}: its mail could not be read")
    service = decided_service(case, terms_after(action, case, facts, checked))
    written = w.letters.render(reply, case.number, str(checked.get("name") or ""))
    draft = written if wish.body is None else w.letters.rewritten(written, wish.body)
    if case.number not in draft.text:
        raise WrongValue(f"the letter must hold the case number {case.number}: answers are sorted by it")
    broken = tuple(w.letters.broken_promises(reply, draft, service))
    if broken and wish.strict:
        raise TooMuchPromised(broken)
    return Prepared(
        case=case,
        case_id=case_id,
        acted=acted,
        values=checked,
        facts=facts,
        cause=cause,
        service=service,
        label=label,
        reply=reply,
        to=to,
        written=written,
        draft=draft,
        broken=broken,
    )


def _checked(w: Wiring, action: str, values: Mapping[str, object], wish: Wish) -> dict[str, object]:
    if values.get("label") and not wish.label:
        raise WrongValue("label: this file was not taken in; it must come with the action itself")
    if wish.label:
        values = {**values, "label": hashlib.sha256(wish.label).hexdigest()}
    # Only what the row knows is checked by its own rule; what it does not know is told first.
    row = ACTIONS.get(action)
    unknown = row is None or set(values) - {*row.needs, *row.may, "because"}
    context = Context(policy=w.policy, addresses=tuple(w.desk.addresses), today=w.now().date())
    return dict(values) if unknown else check_values(values, context)


def _compose(w: Wiring, p: Prepared, actor: str, wish: Wish) -> NewLetter | None:
    if p.reply is None or p.to is None or p.draft is None:
        return None
    # What a person wrote anew is a person's letter, also where the bot would have sent its own.
    automatic = (p.reply.name in BY_EVENT or p.reply.name in BY_TIMER or actor == BOT) and not p.edited
    label = shipping_label(wish.label) if wish.label else None
    letter = compose_draft(
        w, p.reply, p.draft, p.case.number, p.to, p.cause, p.service, automatic=automatic, label=label
    )
    if actor == BOT:
        return letter
    undo = max(timedelta(seconds=w.config.schedule.undo_seconds), wish.wait) if p.reply.name not in AT_ONCE else None
    return replace(letter, not_before=w.now() + undo if undo else None, released_by=actor if automatic else "")


def done_before(
    w: Wiring, number: str, action: str, values: Mapping[str, object], version: int | None, wish: Wish
) -> Performed | None:
    """What a form came to that was sent once before, unless it was taken back since."""
    if version is None:
        return None
    case_id = w.store.cases.id_of(number)
    number = w.store.cases.number_of(case_id)
    deed = w.store.deeds.of(cause_of(number, version, action, _checked(w, action, values, wish), wish))
    if deed is None or deed.undone_at is not None:
        return None
    case = w.store.cases.snapshot(case_id)
    letter = w.store.outbox.get(deed.outbox_id) if deed.outbox_id else None
    return Performed(
        number=number,
        version=deed.version_after,
        state=case.state,
        next_actor=case.next_actor,
        recipient=letter.recipient if letter else "",
        outbox_id=deed.outbox_id,
        held=letter.held_reason if letter else "",
        by=deed.actor,
    )


def _write(w: Wiring, p: Prepared, letter: NewLetter | None, action: str, actor: str, wish: Wish) -> Performed:
    now = w.now()
    before = w.store.deeds.before(p.case_id)
    if action in BESIDE:
        after = BESIDE[action](w, p.case, p.case_id, p.acted.event, p.values, now)
        w.store.outbox.carry_over(p.case_id, after.version)
        w.store.deeds.note(p.cause, p.case_id, after.version, action, actor, before, now, **_first(w, p, action, actor))
        return Performed(number=p.case.number, version=after.version, state=after.state, next_actor=after.next_actor)
    event = replace(p.acted.event, data={**p.acted.event.data, **_said_of_letter(p, wish)})
    changes, asked = _changes(w, p, action), _asks(p) if action == "ask" else ()
    recorded = w.store.acts.apply(p.case, event, changes, now, asked=asked, edition=w.edition_number)
    w.store.outbox.give_way(recorded.case_id, recorded.version, now)
    queued = post(w, letter, recorded, now) if letter else None
    w.store.deeds.note(
        p.cause,
        p.case_id,
        recorded.version,
        action,
        actor,
        before,
        now,
        **_first(w, p, action, actor),
        body=p.draft.text if p.draft and p.edited else None,
        outbox_id=queued.id if queued else None,
    )
    return Performed(
        number=p.case.number,
        version=recorded.version,
        state=p.acted.state,
        next_actor=p.acted.next_actor,
        draft=p.draft,
        recipient=letter.recipient if letter else "",
        outbox_id=queued.id if queued else None,
        held=queued.held_reason if queued else "",
        broken=p.broken,
    )


def _first(w: Wiring, p: Prepared, action: str, actor: str) -> dict[str, Any]:
    """For the deed: what was said, what we had proposed first, and whether this is another answer."""
    first = None if actor == BOT else first_answer(p.case, w.policy, w.desk)
    proposed = proposed_to(p.case, first) if first else ""
    return {"told": p.values, "proposed": proposed, "otherwise": is_otherwise(action, p.values, first)}


def _said_of_letter(p: Prepared, wish: Wish) -> dict[str, object]:
    """For the history: that a person changed the letter, and its language where it is not the case's."""
    said: dict[str, object] = {"edited": p.edited} if p.edited else {}
    if wish.language and p.draft and p.draft.language != p.case.language:
        said["language"] = p.draft.language
    return said


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


__all__ = ["PROMISE", "Performed", "Wish", "done_before", "perform", "rehearse"]
