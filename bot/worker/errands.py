"""Filing mail away and copies to Sent: asked for in the deciding transaction, done here, harmless when done twice."""

from __future__ import annotations

import structlog

from bot.errors import MailboxError, StoreError
from bot.mail.inbox import Inbox
from bot.store.mailops import Batch
from bot.store.states import Mailop
from bot.worker.wiring import Wiring

log = structlog.get_logger("errands")


def run_errands(w: Wiring, inbox: Inbox) -> None:
    """Everything due in this mailbox. Raises MailboxError; what is not done stays due."""
    while batches := w.store.mailops.open(w.mailbox, w.now()):
        for batch in batches:
            if batch.op is Mailop.MOVE:
                _move(w, inbox, batch)
            else:
                _copy_to_sent(w, inbox, batch)


def _move(w: Wiring, inbox: Inbox, batch: Batch) -> None:
    ids = [e.id for e in batch.errands]
    try:
        moved = inbox.move([e.uid for e in batch.errands if e.uid is not None], batch.target)
    except MailboxError as error:
        w.store.mailops.failed(ids, str(error), w.now())
        raise
    if not moved:
        log.warning("this server cannot move mail; it stays in the inbox", folder=batch.target)
    w.store.mailops.done(ids)


def _copy_to_sent(w: Wiring, inbox: Inbox, batch: Batch) -> None:
    for errand in batch.errands:
        try:
            raw = w.store.files.read(errand.raw_sha256 or "")
            inbox.append_sent(raw, f"<{errand.message_id}>", batch.target)
        except (MailboxError, StoreError) as error:
            w.store.mailops.failed([errand.id], str(error), w.now())
            if isinstance(error, MailboxError):
                raise
        else:
            w.store.mailops.done([errand.id])
