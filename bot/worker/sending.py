"""The outbox to the SMTP server: claim, mark "payload started", send, note what became of it.

Between the server's acceptance and our note nobody can know whether a letter was sent. Such a letter becomes
``unknown`` and waits for evidence; it is never sent blindly again.
"""

from __future__ import annotations

import structlog

from bot.errors import SendError
from bot.mail.smtp import Sender
from bot.store.outbox import OutboxRow
from bot.worker.wiring import Wiring

log = structlog.get_logger("sending")
MOST = 100  # letters a round, so that the other jobs get their turn


def send_due(w: Wiring) -> int:
    """Send what is due; how many letters the server took."""
    row = w.store.outbox.claim(w.now())
    if row is None:
        return 0
    sent = 0
    with w.sender() as session:
        while row is not None:
            try:
                sent += _send(w, session, row)
            except SendError as error:
                if not error.permanent and not error.code:
                    break  # the server is away: the others wait as well
            row = w.store.outbox.claim(w.now()) if sent < MOST else None
    return sent


def _send(w: Wiring, session: Sender, row: OutboxRow) -> int:
    raw = w.store.files.read(row.raw_sha256)
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
