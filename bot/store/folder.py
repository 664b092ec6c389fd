"""The data folder: ours alone, and used by one running bot at a time.

Customers' mails lie in it, so it is refused when other users of the machine could look inside. The lock is an
flock: the system lifts it when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import AlreadyRunning, StoreError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def private_folder(folder: Path) -> Path:
    """The folder, made when missing. Raises StoreError when others can look into it."""
    os.umask(0o077)  # for everything later written by drivers that know no mode
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        mode = stat.S_IMODE(folder.stat().st_mode)
    except OSError as error:
        raise StoreError(f"the data folder {folder} cannot be used: {error.strerror}") from error
    if mode & 0o077:
        raise StoreError(f"other users can look into the data folder (mode {mode:o}). Run: chmod 700 {folder}")
    return folder


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FolderLock:
    """Held by the one bot that works on a folder: ``with FolderLock(folder): ...``. Raises AlreadyRunning."""

    def __init__(self, folder: Path) -> None:
        path = private_folder(folder) / "lock"
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.read(self._descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise AlreadyRunning(f"Another copy (process {pid}) works on the data folder {folder}.") from error
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode("ascii"))

    def release(self) -> None:
        """Let the next one in; calling it twice does no harm."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
