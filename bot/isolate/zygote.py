"""The process between the caller and the mails: imports once, reads the policy once, forks once per mail.

Single-threaded, so that forking is safe. Never looks into a mail itself. A file that kills its fork is left
out of the next attempt, so that one broken picture does not cost the customer's words.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from bot.core.codec import dump, load
from bot.errors import PolicyError
from bot.isolate import guard
from bot.isolate.fork import ALL_FILES, NO_FILE, Read, Work, attempt, describe
from bot.isolate.guard import Limits
from bot.isolate.wire import (
    CANNOT,
    NOT_READ,
    READ,
    RESULT,
    TROUBLE,
    UNREADABLE,
    Answer,
    GoneError,
    Hello,
    Order,
    Stream,
)

ATTEMPTS = 3  # one more after a file killed the first; the third leaves all files out
OUTCOMES = {RESULT: READ, UNREADABLE: NOT_READ, TROUBLE: CANNOT}
ORDER_BYTES = 1 << 20


def serve(prepare: Callable[[], tuple[Read, str]], load_ocr: Callable[[], object], limits: Limits) -> int:
    """Answer orders from standard input until it closes. ``prepare`` gives the reading function and policy hash.

    ``load_ocr`` is called once, after the first mail that needed it: most desks see no screenshot for hours.
    """
    orders, answers = os.dup(0), os.dup(1)
    for fd in (0, 1):
        os.dup2(os.open(os.devnull, os.O_RDWR), fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.dont_write_bytecode = True
    no_network = guard.leave_network()
    try:
        read, policy_hash = prepare()
        hello = Hello(policy_hash=policy_hash, no_network=no_network)
    except PolicyError as error:
        read, hello = None, Hello(problems=error.problems)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller must hear it
        read, hello = None, Hello(error=f"{describe(error)}: {error}")
    with os.fdopen(answers, "wb") as out:
        out.write(dump(hello).encode() + b"\n")
        out.flush()
        if read is None:
            return 1
        gc.collect()
        gc.freeze()  # a fork then shares these objects instead of copying their pages
        incoming = Stream(orders)
        try:
            while True:
                order = load(Order, incoming.line(float("inf"), ORDER_BYTES))
                answer, body, wants_ocr = _answer(order, limits, read, orders)
                out.write(dump(answer).encode() + b"\n" + body)
                out.flush()
                if wants_ocr:
                    load_ocr()
                    gc.freeze()
        except (EOFError, GoneError, BrokenPipeError):
            return 0


def _answer(order: Order, limits: Limits, read: Read, watch: int) -> tuple[Answer, bytes, bool]:
    until = time.monotonic() + limits.wall_seconds
    work = Work(order=order, limits=limits)
    cpu, peak, forks = 0.0, 0, 0
    while True:
        end = attempt(work, read, until, watch)
        cpu, peak, forks = cpu + end.cpu_seconds, max(peak, end.peak_kib), forks + 1
        if end.killer == NO_FILE or forks == ATTEMPTS or time.monotonic() >= until:
            break
        skip = end.killer if forks + 1 < ATTEMPTS else ALL_FILES
        work = replace(work, skip=work.skip | {skip}, reason=f"not looked at: {end.body.decode()}")
    body = end.body if end.mark == RESULT else b""
    reason = "" if body else end.body.decode()
    outcome = OUTCOMES[end.mark]
    answer = Answer(outcome=outcome, reason=reason, size=len(body), cpu_seconds=cpu, peak_kib=peak, forks=forks)
    return answer, body, end.loaded_ocr
