"""A running bot takes up what was published: between two mails, never inside one, and without a restart.

The newest row of the editions is compared with what is loaded, which costs one look at the database. A new edition is
loaded beside the one in use and exchanged in one step. One that cannot be loaded is told and tried again later; the
last good one stays in use. Whoever works on a mail, a timer or a page holds ``Wiring.fixed()`` and is not disturbed.
"""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog

from bot.editions.loading import load, load_newest, tell, why_not
from bot.editions.working import ALERT
from bot.errors import EditionError, ProblemsError
from bot.store.editions import Edition
from bot.worker.wiring import Wiring

log = structlog.get_logger("renewing")
TRY_AGAIN = timedelta(minutes=1)
_ONE_AT_A_TIME = threading.Lock()  # loading takes a second of one processor


def renew(w: Wiring) -> bool:
    """Take up the newest edition if it is another than the one in use; whether it was."""
    newest = w.store.editions.live_number()
    if newest is None or newest == w.edition_number:
        return False
    if w.refused and w.refused[0] == newest and w.now() - w.refused[1] < TRY_AGAIN:
        return False
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        return False  # somebody is at it; what is in use is good for one more piece of work
    try:
        return _take_up(w, w.store.editions.get(newest))
    finally:
        _ONE_AT_A_TIME.release()


def distrust(w: Wiring) -> None:
    """The child reads another policy than ours: the stored copy was changed. It is mended, or an earlier one used.

    Raises EditionError and PolicyError when none can be used.
    """
    if w.edition is not None:
        log.warning("the stored copy of the edition in use was changed", edition=w.edition.number)
        w.use(load_newest(w.store, w.config, w.now()))


def mind_the_working_files(w: Wiring) -> None:
    """Say what was changed and not yet published, once for each change, until it is published."""
    found, is_new = w.watch.look() if w.watch else (None, False)
    if not is_new:
        return
    if found is None:
        w.store.alerts.acknowledge(ALERT)
        return
    log.warning("not yet published", files=len(found.changes), edition=found.since.number, broken=found.problems)
    sentence = found.sentence
    w.store.alerts.report(ALERT, f"{sentence[0].upper()}{sentence[1:]}: after-sales publish", w.now())


def _take_up(w: Wiring, edition: Edition) -> bool:
    before = w.edition_number
    try:
        loaded = load(w.store, w.config, edition)
    except (EditionError, ProblemsError) as error:
        w.refused = (edition.number, w.now())
        text = why_not(edition, error, f"Edition {before} stays in use.")
        log.error("an edition cannot be used", edition=edition.number, in_use=before, error=str(error))
        tell(w.store, text, w.now())
        return False
    w.use(loaded)
    w.refused = None
    tell(w.store, "", w.now())
    log.info("edition", now=edition.number, before=before, author=edition.author, note=edition.note)
    return True
