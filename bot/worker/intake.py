"""Mails from the mailbox onto our disk: list, note, fetch, keep. Nothing is read or decided here.

A mail is ours only when its raw bytes are on disk; until then it stays where it is and is found again by the next
poll. The mailbox is listed whole and compared with the ledger: other programs read and flag mail as they like.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import structlog

from bot.errors import BotError, MailboxError, StoreError
from bot.mail.inbox import Inbox
from bot.store.ledger import Entry
from bot.store.states import Evidence
from bot.worker.aside import record_oversize
from bot.worker.errands import run_errands
from bot.worker.logs import trace
from bot.worker.wiring import Wiring

log = structlog.get_logger("intake")
MIB = 1 << 20
MOST = 200  # mails a poll: what is fetched must also be answered before the poll's deadline


@dataclass(frozen=True)
class Polled:
    """What one poll brought."""

    new: int = 0
    skipped: str = ""


def poll(w: Wiring, *, keep_old: bool = False, touch: bool = True) -> Polled:
    """One poll. ``keep_old`` takes mail of before the first start too (import); without ``touch`` nothing in the
    mailbox is moved. Raises MailboxError."""
    now = w.now()
    free = shutil.disk_usage(w.config.data.folder).free // MIB
    wanted = max(w.config.limits.min_free_mb, 5 * w.config.limits.max_mail_mb)
    if free < wanted:
        text = f"Only {free} MB are free, {wanted} MB are needed: mail waits on the server until there is room"
        log.warning("the disk is nearly full", free_mb=free, wanted_mb=wanted)
        w.store.alerts.report("disk_full", text, now)
        return Polled(skipped=text)
    try:
        with w.inbox() as inbox:
            new = _take(w, inbox, keep_old)
            if touch:
                run_errands(w, inbox)
            _look_for_evidence(w, inbox)
    except MailboxError as error:
        w.store.mailboxes.poll_failed(w.mailbox, str(error))
        w.store.alerts.report("mailbox", str(error), now)
        raise
    w.store.mailboxes.polled(w.mailbox, w.now())
    return Polled(new=new)


def baseline(w: Wiring, now: datetime) -> datetime:
    """Mail received before this moment is never answered: the first start, or the operator's date."""
    day = w.config.start.baseline
    return now if day == "first_run" else datetime.combine(date.fromisoformat(day), time(), tzinfo=UTC)


def _take(w: Wiring, inbox: Inbox, keep_old: bool) -> int:
    now = w.now()
    validity = inbox.open()
    epoch = w.store.mailboxes.enter(w.mailbox, validity, baseline(w, now), now)
    if epoch.changed:
        log.warning("the mailbox was numbered anew", uidvalidity=validity)
    listed = inbox.list(w.store.ledger.known_uids(w.mailbox, validity))
    w.store.ledger.see(w.mailbox, validity, [(m.uid, m.size, m.received_at) for m in listed], now)
    if keep_old:
        w.store.ledger.take_old(w.mailbox, validity, now)
    waiting = w.store.ledger.unfetched(w.mailbox, validity)[:MOST]
    cap = w.config.limits.max_mail_mb * MIB
    count = _fetch(w, inbox, [e for e in waiting if e.size <= cap])
    for entry in waiting:
        if entry.size > cap:
            count += _note_oversize(w, inbox, entry)
    if count:
        log.info("fetched", mails=count)
    return count


def _fetch(w: Wiring, inbox: Inbox, waiting: list[Entry]) -> int:
    entries = {e.uid: e for e in waiting}
    count = 0
    for uid, raw in inbox.fetch(list(entries)):
        if raw is None:  # gone; a mail without a byte is a mail, and nobody can read it
            w.store.ledger.missed(entries[uid].id, w.now())
            continue
        w.store.ledger.stored(entries[uid].id, w.store.files.put(raw), len(raw), w.now())
        count += 1
    return count


def _note_oversize(w: Wiring, inbox: Inbox, entry: Entry) -> int:
    head = inbox.headers(entry.uid)
    if head is None:
        w.store.ledger.missed(entry.id, w.now())
        return 0
    try:
        record_oversize(w.fixed(), entry, head)
    except (MailboxError, StoreError):
        raise
    except BotError as error:  # this one waits, the others have their turn
        log.warning("left for the next poll", arrival=entry.id, error=trace(error))
        return 0
    return 1


def _look_for_evidence(w: Wiring, inbox: Inbox) -> None:
    """Letters that may have been sent: many servers keep their own copy in Sent."""
    folder = w.config.folders.sent
    for row in w.store.delivery.awaiting_evidence() if folder else ():
        if inbox.has_message(folder, f"<{row.message_id}>"):
            w.store.delivery.evidence(row.message_id, Evidence.SENT_FOLDER, w.now())
    w.store.delivery.hold_unknown(w.now())
