"""Actions beside the life cycle: notes, who has the case, marks, corrected details, merged cases. None has a letter.

A detail that is corrected changes what the case comes to: flags, verdict and what is missing are worked out anew,
and a case that lacks nothing any more goes to staff. Each function writes inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.core.model import Case, Details, Event, Finding, State
from bot.core.warranty.answer import promised_day
from bot.core.warranty.assess import Assessment, assess_again
from bot.core.warranty.corrections import correction, mark
from bot.core.warranty.lifecycle import TURNS, next_state
from bot.core.warranty.quiet import QUIET_FLAGS
from bot.errors import NotAllowed
from bot.store.acts import Facts
from bot.worker.wiring import Wiring


@dataclass(frozen=True, kw_only=True, slots=True)
class After:
    """The case after such an action."""

    version: int
    state: str
    next_actor: str


Beside = Callable[[Wiring, Case, int, Event, Mapping[str, object], datetime], After]


def _plainly(**changes: Any) -> Beside:
    """Columns that the action sets; {actor} and {to} stand for who did it and who was named."""

    def act(w: Wiring, case: Case, case_id: int, event: Event, values: Mapping[str, object], now: datetime) -> After:
        said = {"actor": event.actor, "to": values.get("to", "")}
        columns = {n: v.format(**said) if isinstance(v, str) else v for n, v in changes.items()}
        recorded = w.store.acts.apply(case, event, columns, now, edition=w.edition_number)
        return _after(w, case_id, recorded.version)

    return act


def _correct(w: Wiring, case: Case, case_id: int, event: Event, values: Mapping[str, object], now: datetime) -> After:
    found = correction(str(values["field"]), str(values["value"]), event.actor, w.policy)
    return _restate(w, case, case_id, event, found, values, now)


def _mark(stands: bool) -> Beside:
    def act(w: Wiring, case: Case, case_id: int, event: Event, values: Mapping[str, object], now: datetime) -> After:
        found = mark(str(values["flag"]), event.actor, stands=stands)
        return _restate(w, case, case_id, event, found, values, now)

    return act


def _restate(
    w: Wiring, case: Case, case_id: int, event: Event, found: Finding, values: Mapping[str, object], now: datetime
) -> After:
    """The case with one more correction, judged anew."""
    before = {"was": list(case.details.values(found.field)), "service": case.service or ""}
    details = case.details.corrected(found)
    facts = assess_again(case, details, w.policy, QUIET_FLAGS & set(case.flags))
    event = replace(event, data={**event.data, **before, "service_after": facts.verdict.service or ""})
    w.store.acts.correct(case_id, found, event.actor, str(values.get("because") or ""), now)
    changes = _moved(w, case, facts, now)
    recorded = w.store.acts.apply(case, event, changes, now, facts=_stored(details, facts), edition=w.edition_number)
    return _after(w, case_id, recorded.version)


def _moved(w: Wiring, case: Case, facts: Assessment, now: datetime) -> dict[str, Any]:
    """A case that waited for what is now known goes to staff; every other one stays where it is."""
    if case.state is not State.WAITING_FOR_DETAILS or facts.missing:
        return {}
    state = next_state(case.state, "details_complete")
    assert state is not None
    answer_by = promised_day(case, now.date(), w.promises.answer_working_days)
    doubt = {"service": facts.verdict.service or "", "model": next(iter(case.details.values("model")), "")}
    return {
        "state": state,
        "next_actor": TURNS[state].actor,
        "answer_by": answer_by,
        "reply_by": None,
        "doubt_id": "complete",
        "doubt_facts": json.dumps(doubt),
    }


def _merge(w: Wiring, case: Case, case_id: int, event: Event, values: Mapping[str, object], now: datetime) -> After:
    """This case ends; everything of it goes on in the other one, and so does all later mail."""
    into_id = w.store.cases.heir_of(w.store.cases.id_of(str(values["into"])))
    if into_id == case_id:
        raise NotAllowed("a case cannot be merged with itself")
    into = w.store.cases.snapshot(into_id)
    w.store.outbox.supersede(case_id, now)
    step = w.store.acts.merge(case_id, into_id)
    gone = {"state": State.CLOSED, "next_actor": "nobody", "answer_by": None, "reply_by": None, "merged_into": into_id}
    use = w.edition_number
    closed = w.store.acts.apply(case, event, {**gone, "doubt_id": "", "why": ""}, now, edition=use)
    details = _joined(into.details, case.details, step)
    kept = QUIET_FLAGS & {*into.flags, *case.flags}
    facts = assess_again(into, details, w.policy, kept)
    took = Event(name="took_in", actor=event.actor, data={"case": case.number, "service": facts.verdict.service or ""})
    asked = {id_: max(into.asked.get(id_, 0), case.asked.get(id_, 0)) for id_ in {*into.asked, *case.asked}}
    changes = {**_moved(w, into, facts, now), "asked": json.dumps(asked)}
    after = w.store.acts.apply(into, took, changes, now, facts=_stored(details, facts), edition=use)
    w.store.outbox.carry_over(into_id, after.version)
    return After(version=closed.version, state=State.CLOSED, next_actor="nobody")


def _joined(into: Details, gone: Details, step: int) -> Details:
    """All findings of both; the kept case's own word counts where only one value can."""
    moved = tuple(replace(f, letter=f.letter + step, confidence=min(f.confidence, 0.89)) for f in gone.findings)
    kept = {c.field for c in into.corrections if c.field != "flag"}
    more = tuple(c for c in gone.corrections if c.field not in kept)
    return Details(findings=(*into.findings, *moved), corrections=(*into.corrections, *more))


def _stored(details: Details, facts: Assessment) -> Facts:
    return Facts(details=details, verdict=facts.verdict, flags=facts.flags, missing=facts.missing)


def _after(w: Wiring, case_id: int, version: int) -> After:
    row = w.store.db.rows("SELECT state, next_actor FROM cases WHERE id = :id", id=case_id)[0]
    return After(version=version, state=row["state"], next_actor=row["next_actor"])


BESIDE: dict[str, Beside] = {
    "note": _plainly(),
    "assign": _plainly(assigned_to="{to}"),
    "take": _plainly(held=True, assigned_to="{actor}"),
    "give-back": _plainly(held=False, assigned_to=""),
    "flag": _mark(True),
    "unflag": _mark(False),
    "correct": _correct,
    "merge": _merge,
}
