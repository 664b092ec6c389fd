"""Telling other programs what happened to cases: signed, in order for each case, tried again, given up in the end.

The notice and its signature follow https://www.standardwebhooks.com: the id stays the same through every try, the time
is that of the try. A program that fails a few times in a row is left alone until the next round.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.config import Secret
from bot.errors import PostError
from bot.store.webhooks import Webhook
from bot.webhook_settings import WebhookSettings, key_of
from bot.worker.posting import REDIRECTS, post
from bot.worker.wiring import Wiring, never

log = structlog.get_logger("webhooks")
PATIENCE = 3  # failures in a row of one program within a round
GONE = 410  # the other side wants nothing more of this


def begin_to_listen(w: Wiring) -> None:
    """From now on events are written down for the programs of the configuration, whoever causes them."""
    w.store.webhooks.listen(((row.name, row.url, row.events) for row in w.config.webhook), w.now())


def tell_due(w: Wiring, *, enough: Callable[[], bool] = never) -> int:
    """Tell what is due; how many the other programs took. ``enough`` is asked after each."""
    rows = {row.name: row for row in w.config.webhook}
    failures: Counter[str] = Counter()
    taken = 0
    while not enough():
        tired = [name for name, count in failures.items() if count >= PATIENCE]
        webhook = w.store.webhooks.due(w.now(), tired)
        if webhook is None or webhook.listener not in rows:
            break
        if _tell(w, rows[webhook.listener], webhook):
            taken += 1
            failures[webhook.listener] = 0
        else:
            failures[webhook.listener] += 1
    w.store.webhooks.sweep(w.now())
    return taken


def _tell(w: Wiring, row: WebhookSettings, webhook: Webhook) -> bool:
    body = webhook.body.encode()
    headers = signed_headers(webhook.message_id, body, row.keys, w.clock())
    status, why = 0, ""
    try:
        status = post(row.url, body, headers, timeout=row.timeout, private=row.private_address)
    except PostError as error:
        why = str(error)
    if 200 <= status < 300:
        w.store.webhooks.taken(webhook.id, w.now(), status)
        log.info("told", webhook=webhook.id, listener=row.name, case=webhook.case_number)
        return True
    if status:
        why = f"status {status}, and redirects are not followed" if status in REDIRECTS else f"status {status}"
    state = w.store.webhooks.refused(webhook.id, w.now(), status, why, final=status == GONE)
    log.warning("not told", webhook=webhook.id, listener=row.name, status=status, why=why, state=str(state))
    return False


def signed_headers(message_id: str, body: bytes, keys: Sequence[Secret], at: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks; several keys sign side by side."""
    when = str(int(at.timestamp()))
    content = f"{message_id}.{when}.".encode() + body
    signatures = (hmac.digest(key_of(key.reveal()), content, hashlib.sha256) for key in keys)
    signed = " ".join(f"v1,{base64.b64encode(signature).decode()}" for signature in signatures)
    return {"webhook-id": message_id, "webhook-timestamp": when, "webhook-signature": signed}
