"""Filing mail away and copies to Sent: asked for in the deciding transaction, done here, harmless when done twice."""

from __future__ import annotations

import structlog

from bot.errors import MailboxError
from bot.mail.inbox import Inbox
from bot.store.states import Mailop
from bot.worker.wiring import Wiring

log = structlog.get_logger("errands")


def run_errands(w: Wiring, inbox: Inbox) -> None:
    """Everything due in this mailbox. Raises MailboxError; what is not done stays due."""
    while batches := w.store.mailops.open(w.mailbox, w.now()):
        for batch in batches:
            ids = [e.id for e in batch.errands]
            try:
                if batch.op is Mailop.MOVE:
                    moved = inbox.move([e.uid for e in batch.errands if e.uid is not None], batch.target)
                    if not moved:
                        log.warning("this server cannot move mail; it stays in the inbox", folder=batch.target)
                else:
                    for errand in batch.errands:
                        raw = w.store.files.read(errand.raw_sha256 or "")
                        inbox.append_sent(raw, f"<{errand.message_id}>", batch.target)
            except MailboxError as error:
                w.store.mailops.failed(ids, str(error), w.now())
                raise
            w.store.mailops.done(ids)
