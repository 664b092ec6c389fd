"""Where editions lie: ``data/editions/<hash>/{policy,templates}``, each put there whole or not at all.

A set is written under a temporary name, made to survive a power cut, and renamed. Whoever writes holds the lock of
the shelf, which the system lifts when a process ends however it ends; so whatever has a temporary name, or a hash
that no row of the database knows, was left behind by somebody who was killed, and is swept.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bot.editions.contents import Contents, Folders, read_contents
from bot.errors import EditionError, ProblemsError, StoreError
from bot.store.folder import PRIVATE_FILE, PRIVATE_FOLDER, sync_folder

SHELF = "editions"
LOCK = "lock"
NEW, DAMAGED = ".new-", ".damaged-"
READ_ONLY = 0o400  # nobody edits what was published
SYNC_THREADS = 16  # the disk brings many small files home together, far faster than one after the other


class Shelf:
    """The stored copies of a data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data / SHELF

    def folders(self, hash_: str) -> Folders:
        """Where the copy of an edition lies, or would lie."""
        return Folders.below(self.folder / hash_)

    def read(self, hash_: str) -> Contents:
        """The stored copy, read and compared with its hash. Raises EditionError when it is gone or damaged."""
        where = self.folder / hash_
        if not where.is_dir():
            raise EditionError(f"{where}: the stored copy is gone")
        try:
            contents = read_contents(self.folders(hash_))
        except ProblemsError as error:
            raise EditionError(f"{where}: the stored copy is damaged ({error.problems[0]})") from error
        if contents.hash != hash_:
            raise EditionError(f"{where}: the stored copy was changed after it was published")
        return contents

    def is_sound(self, hash_: str) -> bool:
        """Whether the stored copy is there and as it was published."""
        try:
            self.read(hash_)
        except EditionError:
            return False
        return True

    @contextmanager
    def locked(self, *, wait: bool = True) -> Iterator[bool]:
        """Nobody else writes meanwhile. Without ``wait`` False when somebody does."""
        self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        descriptor = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(descriptor)

    def lay(self, contents: Contents) -> Path:
        """A copy under a temporary name, on the disk for good. Raises StoreError; then nothing is left of it."""
        fresh = self.folder / f"{NEW}{contents.hash[:16]}-{os.getpid()}"
        try:
            _clear(fresh)
            folders = write_files(fresh, contents)
            with ThreadPoolExecutor(SYNC_THREADS) as threads:
                list(threads.map(_sync, [fresh / name for name in contents.files]))
            for folder in folders:
                sync_folder(folder)
        except OSError as error:
            _clear(fresh)
            raise StoreError(f"{self.folder}: {error.strerror}; nothing was published") from error
        return fresh

    def keep(self, fresh: Path, hash_: str) -> None:
        """Give a laid copy its name. One that is there already and sound stays; a damaged one makes way."""
        target = self.folder / hash_
        try:
            if target.exists():
                if self.is_sound(hash_):
                    _clear(fresh)
                    return
                aside = self.folder / f"{DAMAGED}{hash_[:16]}-{os.getpid()}"
                _clear(aside)
                target.rename(aside)
            fresh.rename(target)
            sync_folder(self.folder)
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}; nothing was published") from error

    def sweep(self, known: Collection[str]) -> int:
        """Remove what was left behind; how much. Only under the lock."""
        left = [path for path in self.folder.iterdir() if path.is_dir() and path.name not in known]
        for path in left:
            _clear(path)
        return len(left)


def write_files(folder: Path, contents: Contents) -> list[Path]:
    """Write the files of a set into an empty place, read-only; all folders that were made. Raises OSError."""
    places = {folder / name: data for name, data in contents.files.items()}
    # An edition has both folders even where one is empty.
    below = (*(parent for path in places for parent in path.parents), folder / "policy", folder / "templates")
    made = sorted({parent for parent in below if parent == folder or parent.is_relative_to(folder)})
    for parent in made:
        parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    for path, data in places.items():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READ_ONLY), "wb") as file:
            file.write(data)
    return made


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clear(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
