"""The limits a fork puts on itself before it opens a stranger's mail.

Two walls: what the kernel holds (memory, processor time, file size, descriptors, and no network where the
system lets us leave it), and an audit hook inside the interpreter that holds everywhere. Nothing in this
file can be undone by the process that called it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass

MIB = 1 << 20
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# Audit events that reading a mail never needs; a trailing dot stands for the whole family.
REFUSED = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.fork",
    "os.forkpty",
    "os.kill",
    "os.killpg",
    "os.chdir",
    "os.chmod",
    "os.chown",
    "os.chflags",
    "os.link",
    "os.symlink",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "os.setxattr",
    "os.utime",
    "pty.",
    "shutil.",
    "sqlite3.",
    "urllib.",
    "http.",
    "ftplib.",
    "imaplib.",
    "smtplib.",
    "poplib.",
    "webbrowser.",
    "resource.setrlimit",
    "resource.prlimit",
)
# Audit events whose first arguments are paths that must lie in the files folder, and how many of them.
PATHS = {"os.rename": 2, "os.remove": 1}


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What reading one mail may cost. The caller gets UnreadableLetter beyond it."""

    memory_bytes: int = 1024 * MIB
    """address space of the fork, libraries included"""
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    """for the whole mail, repeats without a bad file included"""
    file_bytes: int = 64 * MIB
    """the biggest attachment that may be written"""
    open_files: int = 64
    answer_bytes: int = 8 * MIB
    look_seconds: float = 12.0
    """processor time after which the remaining files are kept but no longer looked at"""
    text_seconds: float = 6.0
    """processor time after which no text is read from pictures any more"""


class RefusedError(PermissionError):
    """Reading a mail tried something it has no need for. An OSError, so that a library's own fallback works."""


def set_limits(limits: Limits) -> None:
    """Kernel limits for this process; those a system does not know are left out."""
    wanted = (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
    )
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    for name, soft, hard in wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(name, (soft, hard))


def shut(files_dir: str) -> None:
    """Refuse sockets, other programs and every change to the disk outside ``files_dir`` ('' = none)."""
    exact = frozenset(event for event in REFUSED if not event.endswith("."))
    families = tuple(event for event in REFUSED if event.endswith("."))
    home = os.path.realpath(files_dir) if files_dir else ""

    def inside(path: object) -> bool:
        if not home or not isinstance(path, str | bytes | os.PathLike):
            return False
        return os.path.dirname(os.path.realpath(os.fsdecode(path))) == home

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            writes = isinstance(flags, int) and flags & WRITING and not isinstance(path, int)
            if writes and path != os.devnull and not inside(path):
                raise RefusedError("refused: writing to a file")
        elif event in PATHS:
            if not all(inside(path) for path in arguments[: PATHS[event]]):
                raise RefusedError(f"refused: {event}")
        elif event in exact or event.startswith(families):
            raise RefusedError(f"refused: {event}")

    sys.addaudithook(hook)


def leave_network() -> bool:
    """Move this process into a network of its own, without any way out. False where the system does not let us."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        return bool(libc.unshare(CLONE_NEWNET) == 0 or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
    return False


def die_with_parent() -> None:
    """Be killed when the parent dies, and never gain rights. Linux only; elsewhere the wall limit remains."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
