"""Raw mails, attachments and final letters, each under the SHA-256 of its bytes.

A file is whole and on disk before any row names it: written aside, fsynced, renamed, its folder fsynced. The same
bytes are kept once. A name a customer gave is never part of a path. Files are only ever added here.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
from datetime import datetime
from pathlib import Path

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.folder import PRIVATE_FILE, PRIVATE_FOLDER, sync_folder
from bot.store.states import FileKind

SHA256 = re.compile(r"[0-9a-f]{64}")


class Files:
    """The folders ``files`` and ``tmp`` of the data folder, and the table ``file``."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self._files = folder / "files"
        self.tmp = folder / "tmp"
        """same disk as the files: what is written here is moved in by a rename"""
        for place in (self._files, self.tmp):
            place.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the file lies or would lie. Raises StoreError for what is not a SHA-256."""
        if not SHA256.fullmatch(sha256):
            raise StoreError("a file is asked for by something that is not a SHA-256")
        return self._files / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Keep these bytes; their SHA-256. On disk when it returns; name it with ``record`` in a transaction."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        try:
            if not _holds(target, len(data)):
                descriptor, name = tempfile.mkstemp(dir=self.tmp)  # mode 0600
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                self._move_in(Path(name), target)
            else:
                sync_folder(target.parent)  # another writer may have renamed it and died before its fsync
        except OSError as error:
            raise StoreError(f"a file cannot be written: {error.strerror}") from error
        return sha256

    def adopt(self, path: Path, sha256: str) -> str:
        """Move a file that already lies on disk in. Raises StoreError when its bytes have another SHA-256."""
        target = self.path(sha256)
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                raise StoreError(f"{path.name} is not a plain file")
            if _hash(path) != sha256:
                raise StoreError(f"{path.name} changed on the way: its SHA-256 is another one")
            if _holds(target, path.stat().st_size):
                path.unlink()
                sync_folder(target.parent)
            else:
                path.chmod(PRIVATE_FILE)
                self._move_in(path, target)
        except OSError as error:
            raise StoreError(f"a file cannot be moved in: {error.strerror}") from error
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes. Raises StoreError when they are gone or damaged."""
        try:
            data = self.path(sha256).read_bytes()
        except OSError as error:
            raise StoreError(f"the file {sha256} cannot be read: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(f"the file {sha256} is damaged; bring it back from a backup")
        return data

    def record(self, sha256: str, kind: FileKind, now: datetime) -> None:
        """Write the row of a file that is on disk. Inside the caller's ``write()``."""
        try:
            size = self.path(sha256).stat().st_size
        except OSError as error:
            raise StoreError(f"the file {sha256} must be on disk before a row names it") from error
        self._db.execute(
            "INSERT INTO file (sha256, size, kind, created_at) VALUES (:sha256, :size, :kind, :now)"
            " ON CONFLICT (sha256) DO NOTHING",
            sha256=sha256,
            size=size,
            kind=kind,
            now=now,
        )

    def damaged(self, since: datetime) -> tuple[str, ...]:
        """The files recorded since then that are gone or whose bytes changed."""
        rows = self._db.rows("SELECT sha256 FROM file WHERE created_at >= :since ORDER BY sha256", since=since)
        return tuple(row["sha256"] for row in rows if not self._is_whole(row["sha256"]))

    def sweep(self) -> int:
        """Remove what a crash left half written; how many. Only at start, while nothing else writes."""
        left = list(self.tmp.iterdir())
        for path in left:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        return len(left)

    def _is_whole(self, sha256: str) -> bool:
        path = self.path(sha256)
        return path.is_file() and _hash(path) == sha256

    def _move_in(self, source: Path, target: Path) -> None:
        descriptor = os.open(source, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if not target.parent.is_dir():
            target.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            sync_folder(self._files)
        try:
            source.rename(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self.put(source.read_bytes())  # came from another disk
            source.unlink()
        sync_folder(target.parent)


def _holds(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
