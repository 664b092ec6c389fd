"""The caller's side: hands a raw mail's path to the zygote, gets a Reading or an error back.

Owns the zygote: starts it on the first read, starts it again when it died, ends it on exit. One ``Reader``
reads one mail at a time; for more, use several.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import bot
from bot.core.codec import dump, load
from bot.errors import PolicyError, ReaderError, UnreadableLetter
from bot.isolate.guard import Limits
from bot.isolate.wire import CANNOT, NOT_READ, Answer, Hello, Order, Reading, Stream

START_SECONDS = 60.0
GRACE_SECONDS = 10.0  # the zygote keeps the wall limit; beyond this it is the zygote that hangs
LINE_BYTES = 1 << 20

# All the child gets to know of our environment: no password can leak through a variable.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
# Numeric libraries start a thread per processor, which neither a fork nor an address space limit likes.
SET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "PYTHONUTF8": "1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What the last mail cost in the child."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mib: float = 0.0
    forks: int = 0


class Reader:
    """Reads mails in a limited child process. A context manager; safe to share, but one mail at a time."""

    program: tuple[str, ...] = ("-m", "bot.isolate")
    """what the interpreter is asked to run; a test may name another"""

    def __init__(self, policy_dir: Path, limits: Limits | None = None) -> None:
        self.cost = Cost()
        self.policy_hash = ""
        """of the policy the running child works with; empty before the first read"""
        self.no_network = False
        """the running child has no network at all, beside being refused sockets"""
        self._policy_dir = policy_dir.absolute()
        self.limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._stream: Stream | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, raw_path: Path, files_dir: Path | None, on: date | None, ours: Sequence[str] = ()) -> Reading:
        """The reading of the mail in ``raw_path``, which arrived on the day ``on``.

        Its files go to ``files_dir`` under their hashes. Without ``on`` the mail's own Date header is all there is.
        ``ours`` are texts we sent to this sender: what he pasted of them is not read as his words.

        Raises UnreadableLetter when it lies in the mail, PolicyError when the policy cannot be used, ReaderError
        when it lies with us (disk full, raw mail gone, the child does not start): then try again later.
        """
        files = str(files_dir.absolute()) if files_dir else ""
        body = self.answer(Order(raw=str(raw_path.absolute()), files=files, on=on, ours=tuple(ours)))
        try:
            return load(Reading, body)
        except ValueError as error:
            raise UnreadableLetter("what was read makes no sense") from error

    def answer(self, order: Order) -> bytes:
        """What the child's answer to one order holds: JSON, not yet looked at. Raises as ``read`` does."""
        line = dump(order).encode() + b"\n"
        with self._lock:
            for last in (False, True):
                stream = self._start()
                started = time.monotonic()
                try:
                    answer, body = self._ask(stream, line)
                    break
                except (EOFError, BrokenPipeError):
                    # Somebody killed the zygote, which never opens a mail itself: not this mail's fault, once.
                    self._stop()
                    if last:
                        raise UnreadableLetter("the reading process dies on it") from None
                except TimeoutError:
                    self._stop()
                    raise UnreadableLetter("the reading process does not come back from it") from None
        self.cost = Cost(
            seconds=time.monotonic() - started,
            cpu_seconds=answer.cpu_seconds,
            peak_mib=answer.peak_kib / 1024,
            forks=answer.forks,
        )
        if answer.outcome == NOT_READ:
            raise UnreadableLetter(answer.reason)
        if answer.outcome == CANNOT:
            raise ReaderError(answer.reason)
        return body

    def prepare(self) -> None:
        """Start the child now, so that no mail pays for it. Raises PolicyError and ReaderError."""
        with self._lock:
            self._start()

    def reload(self) -> None:
        """Read the policy afresh: the next mail starts a new child."""
        with self._lock:
            self._stop()

    def close(self) -> None:
        """End the child. The reader may be used again afterwards."""
        self.reload()

    def _ask(self, stream: Stream, order: bytes) -> tuple[Answer, bytes]:
        assert self._process is not None
        assert self._process.stdin is not None
        until = time.monotonic() + self.limits.wall_seconds + GRACE_SECONDS
        self._process.stdin.write(order)
        self._process.stdin.flush()
        answer = load(Answer, stream.line(until, LINE_BYTES))
        return answer, stream.take(min(answer.size, self.limits.answer_bytes), until)

    def _start(self) -> Stream:
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._stream is not None:
            return self._stream
        root = str(Path(bot.__file__).parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(
            # -P: a module that lies in the working folder must not be taken for one of ours.
            [sys.executable, "-P", *self.program, str(self._policy_dir), dump(self.limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**known, **SET, "PYTHONPATH": path},
            close_fds=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        stream = Stream(self._process.stdout.fileno())
        try:
            hello = load(Hello, stream.line(time.monotonic() + START_SECONDS, LINE_BYTES))
        except (EOFError, TimeoutError, ValueError) as error:
            self._stop()
            raise ReaderError("the reading process does not start") from error
        if hello.problems or hello.error:
            self._stop()
            raise PolicyError(hello.problems) if hello.problems else ReaderError(hello.error)
        self.policy_hash, self.no_network = hello.policy_hash, hello.no_network
        self._stream = stream
        return stream

    def _stop(self) -> None:
        process, self._process, self._stream = self._process, None, None
        if process is None:
            return
        # A fork at work lies in the zygote's process group; none may outlive us.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, 9)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
