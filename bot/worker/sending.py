"""The outbox to the SMTP server: claim, mark "payload started", send, note what became of it.

Between the server's acceptance and our note nobody can know whether a letter was sent. Such a letter becomes
``unknown`` and waits for evidence; it is never sent blindly again. One sender works on an outbox at a time.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from bot.errors import SendError, StoreError
from bot.mail.smtp import Sender
from bot.store.outbox import OutboxRow
from bot.worker.wiring import Wiring, never

log = structlog.get_logger("sending")
PATIENCE = 3  # refusals in a row that are not about one letter alone: the server is not itself, all others wait


def send_due(w: Wiring, *, enough: Callable[[], bool] = never) -> int:
    """Send what is due; how many letters the server took. ``enough`` is asked after each letter."""
    # What a round before this one could not note down, because the disk failed in the middle of it.
    w.store.delivery.recover(w.now())
    row = w.store.outbox.claim(w.now())
    if row is None:
        return 0
    sent = refused = 0
    with w.sender() as session:
        while row is not None:
            try:
                sent += _send(w, session, row)
                refused = 0
            except SendError as error:
                refused += not error.permanent
                if refused >= PATIENCE or not (error.permanent or error.code):
                    break
            row = None if enough() else w.store.outbox.claim(w.now())
    return sent


def _send(w: Wiring, session: Sender, row: OutboxRow) -> int:
    try:
        raw = w.store.files.read(row.raw_sha256)
    except StoreError as error:
        w.store.delivery.failed(row.id, w.now(), 0, str(error))
        return 0
    try:
        result = session.send(
            raw,
            sender=w.config.address.sender,
            recipient=row.recipient,
            echo=w.config.address.echo_address,
            on_payload=lambda: w.store.delivery.data_started(row.id, w.now()),
        )
    except SendError as error:
        text = str(error)
        log.warning("not sent", outbox=row.id, code=error.code, ambiguous=error.ambiguous)
        if error.ambiguous:
            w.store.delivery.unknown(row.id, w.now(), text)
        elif error.permanent:
            w.store.delivery.failed(row.id, w.now(), error.code, text)
        else:
            w.store.delivery.retry(row.id, w.now(), error.code, text)
            w.store.alerts.report("smtp", text, w.now())
        raise
    with w.store.write():
        w.store.delivery.accepted(row.id, w.now(), result.code, result.text)
        if w.config.folders.sent:
            w.store.mailops.append_sent(row.id, w.mailbox, w.config.folders.sent, w.now())
    log.info("sent", outbox=row.id, reply=row.reply)
    return 1
