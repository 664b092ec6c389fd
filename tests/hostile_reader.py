"""A zygote whose reader does what the mail's Subject says: loop, allocate, crash ... For test_isolate only.

The limits, the fork and the guard are the real ones; only the reading is replaced.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from bot.core.codec import load
from bot.core.model import Details, Letter
from bot.errors import PolicyError
from bot.isolate.fork import NO_FILE, Read, Say, Work
from bot.isolate.guard import Limits
from bot.isolate.wire import Reading
from bot.isolate.zygote import serve


def letter(text: str, defects: tuple[str, ...] = ()) -> Letter:
    """A letter with a subject and nothing else."""
    return Letter(
        message_id="",
        references=(),
        sender=None,
        sender_problem="",
        reply_to=(),
        to=(),
        cc=(),
        subject=text,
        sent_at=None,
        text="",
        own_words="",
        quoted="",
        attachments=(),
        enclosures=(),
        headers=(),
        language="en",
        language_confidence=1.0,
        defects=defects,
    )


def loop() -> None:
    while True:
        pass


def allocate() -> None:
    held = []
    while True:
        held.append(bytearray(50 << 20))


def write(path: str) -> None:
    Path(path).write_bytes(b"x")


HOSTILE = {
    "loop": loop,
    "sleep": lambda: time.sleep(3600),
    "allocate": allocate,
    "segfault": lambda: ctypes.string_at(1),
    "abort": os.abort,
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "kill by libc": lambda: ctypes.CDLL(None).kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: os._exit(7),
    "close the pipe": lambda: (os.closerange(3, 64), time.sleep(3600)),
    "exception": lambda: {}.__getitem__("secret words"),
    "recursion": lambda: loop_deep(0),
    "socket": lambda: socket.socket(),
    "look up a name": lambda: socket.getaddrinfo("example.com", 80),
    "subprocess": lambda: subprocess.run(["true"], check=False),
    "system": lambda: os.system("true"),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "fork": os.fork,
    "remove": lambda: os.remove(__file__),
    "write": lambda: write(__file__ + ".written"),
    "descriptors": lambda: [os.open("/dev/zero", os.O_RDONLY) for _ in range(5000)],
    "zygote": lambda: ctypes.CDLL(None).kill(os.getppid(), signal.SIGKILL),
    "no space": lambda: (_ for _ in ()).throw(OSError(28, "No space left on device")),
}


def loop_deep(depth: int) -> int:
    return loop_deep(depth + 1)


def read(work: Work, say: Say) -> Reading:
    """Obey the Subject. ``file N: deed`` does the deed while looking at file N, unless told to skip it."""
    subject = Path(work.order.raw).read_text().removeprefix("Subject: ").strip()
    if subject.startswith("file "):
        place, deed = subject.removeprefix("file ").split(": ")
        for number in range(1, 4):
            if number not in work.skip and -1 not in work.skip:
                say(number)
                if place in (str(number), "each"):
                    HOSTILE[deed]()
        say(NO_FILE)
        return Reading(letter=letter(subject, defects=(work.reason,)), details=Details())
    if subject == "big":
        return Reading(letter=letter("x" * (9 << 20)), details=Details())
    if subject == "keep a file":
        write(os.path.join(work.order.files, "kept"))
    elif subject == "escape":
        write(os.path.join(work.order.files, "..", "escaped"))
    elif subject == "big file":
        Path(work.order.files, "big").write_bytes(b"x" * (work.limits.file_bytes + 1))
    elif subject == "environment":
        return Reading(letter=letter(" ".join(os.environ)), details=Details())
    elif subject == "descriptors held":
        held = [n for n in range(4, 4096) if os.path.exists(f"/proc/self/fd/{n}")]
        return Reading(letter=letter(" ".join(os.readlink(f"/proc/self/fd/{n}") for n in held)), details=Details())
    elif subject in HOSTILE:
        HOSTILE[subject]()
    return Reading(letter=letter(subject), details=Details())


def prepare() -> tuple[Read, str]:
    """The policy folder is a stage direction here: a file ``problems`` in it makes the policy unusable."""
    problems = Path(sys.argv[1], "problems")
    if problems.exists():
        raise PolicyError(problems.read_text().splitlines())
    version = Path(sys.argv[1], "version")
    return read, version.read_text() if version.exists() else "hash"


if __name__ == "__main__":
    sys.exit(serve(prepare, lambda: None, load(Limits, sys.argv[2])))
