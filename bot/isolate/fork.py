"""One attempt at one mail: fork, limit, read, and say how it ended.

Every way to die becomes an ``Ending`` with a reason in plain words; nothing of the mail's text goes into a
reason, because reasons are logged.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from bot.core.codec import dump
from bot.errors import UnreadableLetter
from bot.isolate import guard
from bot.isolate.guard import Limits
from bot.isolate.wire import MARKS, PLACE, RESULT, TROUBLE, UNREADABLE, GoneError, Order, Stream, TooMuchError

NO_FILE, ALL_FILES, OCR = 0, -1, -2  # places no file has
MEMORY = "it takes more memory than allowed"
WALL = "it takes longer than allowed"
ANSWER = "more comes out of it than allowed"
# The signal a fork died of -> the words staff sees.
SIGNALS = {
    signal.SIGXCPU: "it takes more processor time than allowed",
    signal.SIGKILL: "the system stopped the reading",
    signal.SIGABRT: "a library gave up on it",
}
CRASH = "a library crashed on it"
# System errors that no mail can cause: another try may go well.
OURS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ENOENT, errno.EACCES, errno.ENFILE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One mail and what is already known about it."""

    order: Order
    limits: Limits
    skip: frozenset[int] = frozenset()
    """files that killed an earlier attempt; ALL_FILES stands for all of them"""
    reason: str = ""
    """what happened then"""


Say = Callable[[int], None]
"""told the place of each file before it is opened, NO_FILE after the last, OCR when it had to load the OCR"""
Read = Callable[[Work, Say], object]
"""what the fork does with an order; its answer leaves as JSON"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """How one fork ended."""

    mark: bytes
    """RESULT, UNREADABLE or TROUBLE"""
    body: bytes
    """the reading's JSON, or the reason"""
    killer: int = NO_FILE
    """the file it was looking at when it died; NO_FILE when it did not die or looked at none"""
    loaded_ocr: bool = False
    """it loaded the OCR by itself: loading it before the next fork saves a second and a half"""
    cpu_seconds: float = 0.0
    peak_kib: int = 0


def attempt(work: Work, read: Read, until: float, watch: int) -> Ending:
    """Fork and read one mail until ``until`` (time.monotonic). GoneError when the caller hangs up on ``watch``."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        _run(work, read, outlet)
    os.close(outlet)
    place, mark, body, loaded_ocr = NO_FILE, b"", b"", False
    stream = Stream(inlet, watch)
    try:
        while mark not in MARKS:
            line = stream.line(until, work.limits.answer_bytes)
            mark, body = line[:1], line[1:]
            if mark == PLACE and int(body) == OCR:
                loaded_ocr = True
            elif mark == PLACE:
                place = int(body)
    except (TimeoutError, TooMuchError) as error:
        body = (ANSWER if isinstance(error, TooMuchError) else WALL).encode()
        status, usage = _bury(child, 0.0)
    except EOFError:
        status, usage = _bury(child, 1.0)
        body = _cause(status).encode()
    except GoneError:
        _bury(child, 0.0)
        raise
    else:
        status, usage = _bury(child, 0.0)
        place = NO_FILE
    finally:
        os.close(inlet)
    return Ending(
        mark=mark if mark in MARKS else UNREADABLE,
        body=body,
        killer=place,
        loaded_ocr=loaded_ocr,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_kib=usage.ru_maxrss,
    )


def _bury(child: int, grace: float) -> tuple[int, resource.struct_rusage]:
    """Exit status and costs of a fork that has nothing more to say; it is killed after ``grace`` seconds."""
    until = time.monotonic() + grace
    while True:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return status, usage
        if time.monotonic() >= until:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            _, status, usage = os.wait4(child, 0)
            return status, usage
        time.sleep(0.002)


def _cause(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return SIGNALS.get(signal.Signals(number), CRASH) + f" (signal {number})"
    return MEMORY


def _run(work: Work, read: Read, outlet: int) -> NoReturn:
    """The fork's whole life. Nothing may return from here into the zygote's loop."""
    try:
        guard.die_with_parent()
        # Neither the zygote's pipes nor anything else it holds open is the fork's business.
        os.dup2(outlet, 3)
        os.closerange(4, 1024)
        for fd in (0, 1, 2):
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
        guard.set_limits(work.limits)
        guard.shut(work.order.files)
        _write(3, _last_words(work, read, lambda place: _write(3, PLACE + b"%d\n" % place)) + b"\n")
    finally:
        os._exit(0)


def _last_words(work: Work, read: Read, say: Say) -> bytes:
    try:
        return RESULT + dump(read(work, say)).encode()
    except UnreadableLetter as error:
        return UNREADABLE + _one_line(str(error))
    except MemoryError:
        return UNREADABLE + MEMORY.encode()
    except guard.RefusedError as error:
        return UNREADABLE + _one_line(str(error))
    except OSError as error:
        return (TROUBLE if error.errno in OURS else UNREADABLE) + _one_line(describe(error))
    except Exception as error:  # noqa: BLE001 - the edge towards strangers' mails
        return UNREADABLE + _one_line("it broke the reader: " + describe(error))


def describe(error: BaseException) -> str:
    """Which error, and where: without its message, which may hold the mail's words."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {os.path.basename(frames[-1].filename)} line {frames[-1].lineno}" if frames else ""
    reason = f" ({os.strerror(error.errno)})" if isinstance(error, OSError) and error.errno else ""
    return f"{type(error).__name__}{reason}{where}"


def _one_line(text: str) -> bytes:
    return " ".join(text.split()).encode("utf-8", "replace")


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
