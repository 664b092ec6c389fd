"""Mails that cannot be read, or are too large to fetch: each becomes a visible case, nothing is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.core.model import Decision, Details, Doubt, Event, Kind, Letter, Reply, State, Verdict
from bot.core.reading.automatic import answerable, recognise
from bot.core.warranty.answer import working_days_after
from bot.errors import BotError, ComposeError, StoreError, TemplateError
from bot.store.ledger import Entry
from bot.store.outbox import NewLetter
from bot.store.records import Received
from bot.store.states import ArrivalOutcome
from bot.worker.wiring import READY_FILES, Wiring
from bot.worker.writing import compose_reply, post

UNREADABLE = "unreadable"
HEAD_BYTES = 256 * 1024


def set_aside(w: Wiring, entry: Entry, reason: str) -> None:
    """A visible case for a mail that could not be read: nothing is lost, nothing waits for it."""
    letter = _heading(w, entry, _original(w, entry), reason)
    _visible(w, entry, letter, reason, ArrivalOutcome.QUARANTINED)
    w.store.alerts.report("quarantine", f"A mail could not be read: {reason}", w.now())


def record_oversize(w: Wiring, entry: Entry, head: bytes) -> None:
    """A mail over the size limit: its header is kept, the mail stays on the server for a person."""
    reason = f"it is larger than {w.config.limits.max_mail_mb} MB"
    letter, sha256 = _heading(w, entry, head, reason), w.store.files.put(head)
    with w.store.write():  # together, or the header alone would pass for the whole mail
        w.store.ledger.stored(entry.id, sha256, len(head), w.now())
        _visible(w, replace(entry, raw_sha256=sha256), letter, reason, ArrivalOutcome.OVERSIZE)


def _original(w: Wiring, entry: Entry) -> bytes:
    try:
        return w.store.files.read(entry.raw_sha256 or "")
    except StoreError:
        return b""


def _heading(w: Wiring, entry: Entry, raw: bytes, reason: str) -> Letter:
    """What the header alone tells, read in the child like everything; a bare shell when not even that can be read."""
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD_BYTES], maxsplit=1)[0]
    path = w.store.folder / READY_FILES / f"head-{entry.id}"
    try:
        path.write_bytes(_plain(head) + b"\r\n\r\n")
        return w.reader.read(path, None, entry.received_at.date()).letter
    except (BotError, OSError):
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
    folders = w.config.folders
    target = folders.oversize if outcome is ArrivalOutcome.OVERSIZE else folders.quarantine
    if entry.case_id is not None:  # set aside before and tried again in vain: its case stands
        with w.store.write():
            w.store.ledger.finish(entry.id, outcome, now, reason=reason)
            w.store.mailops.move(entry.id, target, now)
        return
    reply = _note(w, entry, letter, outcome)
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
    new_letter = _composed(w, letter, key, number, reply) if reply else None
    mail = Received(letter=letter, received_at=entry.received_at, arrival_id=entry.id)
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
            edition=w.edition_number,
        )
        if new_letter is not None:
            post(w, new_letter, recorded, now)
        w.store.ledger.finish(entry.id, outcome, now, reason=reason, case_id=recorded.case_id)
        w.store.mailops.move(entry.id, target, now)


def _composed(w: Wiring, letter: Letter, key: str, number: str, reply: Reply) -> NewLetter | None:
    """None when the note cannot be written: what is set aside must not fail again over its own note."""
    try:
        return compose_reply(w, letter, key, number, reply, "")
    except (ComposeError, TemplateError) as error:
        w.store.alerts.report("letters", str(error), w.now())
        return None


def _note(w: Wiring, entry: Entry, letter: Letter, outcome: ArrivalOutcome) -> Reply | None:
    """A short letter to the sender, through the same gate as every other one; None when there may be none."""
    own, trust = w.config.address.own, w.config.trust
    known = letter.sender is not None and recognise(letter, own) is None
    silenced = not w.config.automation.replies or w.store.mailboxes.is_old(entry.mailbox, entry.received_at)
    if silenced or not known or answerable(letter, own, trust.authserv_ids, trust.form_senders):
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
