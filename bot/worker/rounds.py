"""One round over the mailbox, for a command that ends: poll, answer, send, file away. And recovery, before any work."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.worker.answering import answer_due
from bot.worker.intake import poll
from bot.worker.renewing import mind_the_working_files
from bot.worker.sending import send_due
from bot.worker.ticking import tick
from bot.worker.webhooks import begin_to_listen, tell_due
from bot.worker.wiring import READY_FILES, Wiring

log = structlog.get_logger("rounds")


def recover(w: Wiring) -> None:
    """What a crash may have left behind, put right before the first poll. May itself be interrupted and run again."""
    begin_to_listen(w)
    mind_the_working_files(w)
    recovered = w.store.delivery.recover(w.now())
    w.store.files.sweep()
    for left in (w.store.folder / READY_FILES).glob("*"):
        left.unlink(missing_ok=True)
    for sha256 in w.store.files.damaged(w.now() - timedelta(days=1)):
        w.store.alerts.report("damaged_file", f"A stored file is damaged: {sha256}", w.now())
    if recovered.unknown or recovered.queued:
        log.warning("recovered", queued=recovered.queued, unknown=recovered.unknown)


def one_round(w: Wiring) -> dict[str, int]:
    """Everything in the mailbox decided, what is due sent, and the answered mails filed away; the counts."""
    recover(w)
    new, handled = _take_in_and_answer(w)
    tick(w)
    sent = send_due(w)
    tell_due(w)
    poll(w)
    return {"new": new, "handled": handled, "sent": sent}


def import_round(w: Wiring) -> dict[str, int]:
    """Cases from the mail of before the first start, without a letter. Newer mail waits for the next ordinary round."""
    recover(w)
    new, handled = _take_in_and_answer(w, old=True)
    poll(w)
    return {"new": new, "handled": handled, "sent": 0}


def rehearse_round(w: Wiring, *, old: bool = False) -> dict[str, int]:
    """The same without touching the mailbox and without sending: for a dry run on a copy of the data."""
    new, handled = _take_in_and_answer(w, old=old, touch=False)
    return {"new": new, "handled": handled, "sent": 0}


def _take_in_and_answer(w: Wiring, *, old: bool = False, touch: bool = True) -> tuple[int, int]:
    """Poll until nothing more comes: one poll brings a bounded number of mails."""
    new = handled = 0
    while True:
        polled = poll(w, keep_old=old, touch=touch)
        new += polled.new
        handled += answer_due(w, only_old=old)
        if not polled.new:
            return new, handled
