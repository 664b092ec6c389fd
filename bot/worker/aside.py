"""Mails that cannot be read, or are too large to fetch: each becomes a visible case, nothing is lost."""

from __future__ import annotations

from bot.core.model import Decision, Details, Doubt, Event, Kind, Letter, State, Verdict
from bot.store.ledger import Entry
from bot.store.records import Received
from bot.store.states import ArrivalOutcome
from bot.worker.wiring import Wiring

UNREADABLE = "unreadable"


def set_aside(w: Wiring, entry: Entry, reason: str) -> None:
    """A visible case for a mail that could not be read: nothing is lost, nothing waits for it."""
    _visible(w, entry, reason, ArrivalOutcome.QUARANTINED, w.config.folders.quarantine)
    w.store.alerts.report("quarantine", f"A mail could not be read: {reason}", w.now())


def record_oversize(w: Wiring, entry: Entry, head: bytes) -> None:
    """A mail over the size limit: its header is kept, the mail stays on the server for a person."""
    w.store.ledger.stored(entry.id, w.store.files.put(head), len(head), w.now())
    reason = f"it is larger than {w.config.limits.max_mail_mb} MB"
    _visible(w, entry, reason, ArrivalOutcome.OVERSIZE, w.config.folders.oversize)


def _visible(w: Wiring, entry: Entry, reason: str, outcome: ArrivalOutcome, folder: str) -> None:
    now = w.now()
    decision = Decision(
        kind=Kind.NEW_CLAIM,
        automatic=None,
        language=w.policy.default_language,
        details=Details(),
        missing=(),
        verdict=Verdict(service=None, checks=(), policy_hash=w.policy.hash),
        flags=(),
        state=State.READY_FOR_STAFF,
        events=(Event(name=UNREADABLE, actor="bot", data={"reason": reason}),),
        reply=None,
        silence=reason,
        doubt=Doubt(id=UNREADABLE, facts={}),
        next_actor="staff",
        answer_by=None,
        reply_by=None,
    )
    assert decision.doubt is not None
    mail = Received(letter=_shell(reason), received_at=entry.received_at, arrival_id=entry.id)
    with w.store.write():
        recorded = w.store.records.record(
            decision,
            mail,
            now,
            case=None,
            on=entry.received_at.date(),
            number=w.store.cases.new_number(),
            why=w.letters.doubt(w.letters.default_language, decision.doubt),
        )
        done = w.store.ledger.get(entry.id).outcome is not None
        if not done:
            w.store.ledger.finish(entry.id, outcome, now, reason=reason, case_id=recorded.case_id)
        w.store.mailops.move(entry.id, folder, now)


def _shell(reason: str) -> Letter:
    """A letter that holds nothing: what staff see of a mail that could not be read. The original is a file."""
    return Letter(
        message_id="",
        references=(),
        sender=None,
        sender_problem=reason,
        reply_to=(),
        to=(),
        cc=(),
        subject="",
        sent_at=None,
        text="",
        own_words="",
        quoted="",
        attachments=(),
        enclosures=(),
        headers=(),
        language="",
        language_confidence=0.0,
        defects=(reason,),
    )
