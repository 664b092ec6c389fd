"""What travels between the three processes, and how to wait for it with a deadline.

caller -> zygote   one JSON line per mail (``Order``)
zygote -> caller   one JSON line (``Answer``), then ``size`` bytes: the JSON of a ``Reading``
fork   -> zygote   lines; the first byte names the line (``PLACE`` ...)

Nothing here is pickled: a fork that was taken over can only hand back a valid ``Reading``.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.core.model import Details, Letter, Look

PLACE = b"@"  # the file that is looked at from now on
RESULT = b"="  # the JSON of a Reading
UNREADABLE = b"!"  # a reason that lies in the mail
TROUBLE = b"?"  # a reason that lies with us: disk full, raw mail gone
MARKS = (RESULT, UNREADABLE, TROUBLE)

READ, NOT_READ, CANNOT = "read", "not_read", "cannot"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A letter, its attachments looked at, and the findings in it."""

    letter: Letter
    details: Details


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One mail, or one file of it, to work on. Paths are absolute."""

    raw: str
    files: str
    """folder for the attached files; empty: they are looked at and not kept"""
    on: date | None
    """the day the mail arrived; None when only its own Date header tells"""
    name: str = ""
    """what the files made from it begin with, where the job is to make some"""
    ours: tuple[str, ...] = ()
    """texts we sent to this sender: their lines are never his"""
    known: Mapping[str, Look] = field(default_factory=dict)
    """what an earlier look into these files showed, by their hashes: they are not opened again"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hello:
    """The zygote's first line."""

    policy_hash: str = ""
    problems: tuple[str, ...] = ()
    """why the policy cannot be used"""
    error: str = ""
    no_network: bool = False
    """it lives in a network namespace of its own"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The zygote's line after each mail."""

    outcome: str
    """read, not_read (the mail's fault) or cannot (ours)"""
    reason: str = ""
    size: int = 0
    """bytes of the reading that follow"""
    cpu_seconds: float = 0.0
    peak_kib: int = 0
    forks: int = 1


class TooMuchError(Exception):
    """More bytes came than allowed."""


class GoneError(Exception):
    """The watched side hung up or spoke out of turn."""


class Stream:
    """Bytes from a descriptor, each wait bounded by a time.monotonic() moment (TimeoutError beyond it).

    EOFError when the descriptor ends first. ``watch`` is a second descriptor that never says anything while we
    read: when it does or closes, GoneError is raised.
    """

    def __init__(self, fd: int, watch: int | None = None) -> None:
        self._fd = fd
        self._watch = watch
        self._got = bytearray()
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)
        if watch is not None:
            self._poll.register(watch, select.POLLIN)

    def line(self, until: float, most: int) -> bytes:
        """The next line without its newline; TooMuchError when it is longer than ``most``."""
        while (end := self._got.find(b"\n")) < 0:
            if len(self._got) > most:
                raise TooMuchError
            if not self._more(until):
                raise EOFError
        return self._cut(end, 1)

    def take(self, size: int, until: float) -> bytes:
        """Exactly ``size`` bytes."""
        while len(self._got) < size:
            if not self._more(until):
                raise EOFError
        return self._cut(size, 0)

    def _cut(self, end: int, drop: int) -> bytes:
        taken = bytes(self._got[:end])
        del self._got[: end + drop]
        return taken

    def _more(self, until: float) -> bool:
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            ready = {fd for fd, _ in self._poll.poll(min(left, 60.0) * 1000)}
            if self._watch in ready:
                raise GoneError
            if self._fd in ready:
                piece = os.read(self._fd, 1 << 16)
                self._got += piece
                return bool(piece)
