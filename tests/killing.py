"""The command line with a kill switch, for tests: ``python killing.py once --send -c config.toml``.

A *place* is the moment before or after a call that leaves a trace outside this process (a statement of SQLite, bytes
to or from a server or a child, a rename, an fsync), named by the functions of ours that led to it. The interpreter's
profiler sees all of them; nothing of the product is replaced or changed. Counting begins with the first connection
to the database, for nothing is written before.

    KILL_LIST=file    write down every place that is passed, in order
    KILL_AT=place     end at this place as a power cut would: SIGKILL, no clean-up
    KILL_TURN=2       not the first time it is passed, but the second
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import bot.cli.run
import bot.worker.rounds
import bot.worker.wiring  # noqa: F401  # imported before the profiler makes it slow

TRACES = frozenset(
    {
        *("execute", "executescript", "commit", "sendall", "send", "recv", "recv_into", "connect", "fork_exec"),
        *("fsync", "rename", "replace", "unlink", "link", "mkdir", "flock", "write", "ftruncate"),
    }
)
OURS = os.sep + "bot" + os.sep
# What only reads the database.
SPARED = ("database.rows", "database.read")
# Their methods of the same names leave no trace; log lines are none that matters.
IN_MEMORY = (str, io.StringIO, io.BytesIO, io.TextIOWrapper)
DEPTH = 4


class Switch:
    """The profiler's function."""

    def __init__(self, at: str, turn: int, listed: str) -> None:
        self._at, self._turn = at, turn
        self._list = open(listed, "w", encoding="utf-8") if listed else None  # noqa: SIM115 - ends with the process

    def __call__(self, frame: FrameType, event: str, function: Any) -> None:
        if event not in ("c_call", "c_return") or function.__name__ not in TRACES:
            return
        if isinstance(getattr(function, "__self__", None), IN_MEMORY):
            return
        names = _ours(frame)
        if not names or names[0].startswith(SPARED):
            return
        place = f"{'before' if event == 'c_call' else 'after'} {function.__name__} in {' < '.join(names)}"
        if self._list:
            self._list.write(place + "\n")
            self._list.flush()
        if place == self._at:
            self._turn -= 1
            if not self._turn:
                os.kill(os.getpid(), signal.SIGKILL)

    def begin(self, event: str, _: tuple[Any, ...]) -> None:
        """The audit hook: the first connection to the database starts the counting."""
        if event == "sqlite3.connect" and sys.getprofile() is None:
            threading.setprofile(self)
            sys.setprofile(self)


def _ours(frame: FrameType | None) -> list[str]:
    names: list[str] = []
    while frame is not None and len(names) < DEPTH:
        path = frame.f_code.co_filename
        if OURS in path:
            names.append(f"{Path(path).stem}.{frame.f_code.co_name}:{frame.f_lineno}")
        frame = frame.f_back
    return names


if __name__ == "__main__":
    switch = Switch(
        os.environ.get("KILL_AT", ""), int(os.environ.get("KILL_TURN", "1")), os.environ.get("KILL_LIST", "")
    )
    sys.addaudithook(switch.begin)
    from bot.cli import main

    main(sys.argv[1:])
