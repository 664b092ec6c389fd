"""The command line as a process of its own, with and without somebody watching."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=150,  # checking every letter takes seconds, many on a busy machine
        check=False,
    )


def on_a_terminal(*arguments: object, **environment: str) -> str:
    """What the command prints when somebody watches."""
    watcher, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", **environment},
        stdout=terminal,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        seen = b""
        while True:
            try:
                piece = os.read(watcher, 65536)
            except OSError:  # how Linux says that the other end is gone
                break
            if not piece:
                break
            seen += piece
        process.wait(60)
    os.close(watcher)
    return seen.decode()
