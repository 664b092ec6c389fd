"""Mails that cannot be read, or are too large to fetch: each becomes a visible case, nothing is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.core.model import Decision, Details, Doubt, Event, Kind, Letter, Reply, State, Verdict
from bot.core.reading.automatic import answerable, recognise
from bot.core.warranty.answer import working_days_after
from bot.errors import BotError
from bot.store.ledger import Entry
from bot.store.records import Received
from bot.store.states import ArrivalOutcome, FileKind
from bot.worker.wiring import READY_FILES, Wiring
from bot.worker.writing import compose_reply

UNREADABLE = "unreadable"
HEAD_BYTES = 256 * 1024


def set_aside(w: Wiring, entry: Entry, reason: str) -> None:
    """A visible case for a mail that could not be read: nothing is lost, nothing waits for it."""
    raw = w.store.files.read(entry.raw_sha256) if entry.raw_sha256 else b""
    letter = _heading(w, entry, raw, reason)
    _visible(w, entry, letter, reason, ArrivalOutcome.QUARANTINED)
    w.store.alerts.report("quarantine", f"A mail could not be read: {reason}", w.now())


def record_oversize(w: Wiring, entry: Entry, head: bytes) -> None:
    """A mail over the size limit: its header is kept, the mail stays on the server for a person."""
    w.store.ledger.stored(entry.id, w.store.files.put(head), len(head), w.now())
    reason = f"it is larger than {w.config.limits.max_mail_mb} MB"
    _visible(w, entry, _heading(w, entry, head, reason), reason, ArrivalOutcome.OVERSIZE)


def _heading(w: Wiring, entry: Entry, raw: bytes, reason: str) -> Letter:
    """What the header alone tells, read in the child like everything; a bare shell when not even that can be read."""
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD_BYTES], maxsplit=1)[0]
    path = w.store.folder / READY_FILES / f"head-{entry.id}"
    path.write_bytes(_plain(head) + b"\r\n\r\n")
    try:
        return w.reader.read(path, None, entry.received_at.date()).letter
    except BotError:
        return _shell(reason)
    finally:
        path.unlink(missing_ok=True)


def _plain(head: bytes) -> bytes:
    """The header without what describes a body that is not there."""
    kept, keep = [], True
    for line in head.splitlines():
        if not line[:1].isspace():
            keep = not line.lower().startswith((b"content-", b"mime-version"))
        if keep:
            kept.append(line)
    return b"\r\n".join(kept)


def _visible(w: Wiring, entry: Entry, letter: Letter, reason: str, outcome: ArrivalOutcome) -> None:
    now = w.now()
    today = now.date()
    reply = _note(w, letter, outcome)
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
        reply=reply,
        silence="" if reply else reason,
        doubt=Doubt(id=UNREADABLE),
        next_actor="staff",
        answer_by=working_days_after(today, w.promises.answer_working_days),
        reply_by=None,
    )
    number = w.store.cases.new_number()
    key = f"{UNREADABLE}:{entry.raw_sha256 or entry.id}"
    new_letter = compose_reply(w, letter, key, number, reply) if reply else None
    mail = Received(letter=letter, received_at=entry.received_at, arrival_id=entry.id)
    folders = w.config.folders
    with w.store.write():
        recorded = w.store.records.record(
            decision,
            mail,
            now,
            case=None,
            on=entry.received_at.date(),
            number=number,
            asked=(),
            why=w.letters.doubt(w.letters.default_language, Doubt(id=UNREADABLE)),
        )
        if new_letter is not None:
            w.store.files.record(new_letter.raw_sha256, FileKind.LETTER, now)
            queued = replace(new_letter, case_id=recorded.case_id, case_version=recorded.version)
            w.store.outbox.queue(queued, w.budgets, now)
        if w.store.ledger.get(entry.id).outcome is None:
            w.store.ledger.finish(entry.id, outcome, now, reason=reason, case_id=recorded.case_id)
        oversize = outcome is ArrivalOutcome.OVERSIZE
        w.store.mailops.move(entry.id, folders.oversize if oversize else folders.quarantine, now)


def _note(w: Wiring, letter: Letter, outcome: ArrivalOutcome) -> Reply | None:
    """A short letter to the sender, through the same gate as every other one; None when there may be none."""
    own, trust = w.config.address.own, w.config.trust
    known = letter.sender is not None and recognise(letter, own) is None
    if not w.replies or not known or answerable(letter, own, trust.authserv_ids, trust.form_senders):
        return None
    reply_by = (w.now().date() + timedelta(days=w.promises.reply_days)).isoformat()
    language = letter.language or w.policy.default_language
    if outcome is ArrivalOutcome.OVERSIZE:
        facts = {"limit_mb": w.config.limits.max_mail_mb, "reply_by": reply_by}
        return Reply(name="attachment_too_large", language=language, facts=facts)
    return Reply(name="unreadable_mail", language=language, facts={"reply_by": reply_by})


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
