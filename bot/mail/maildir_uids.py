"""The list of uids that a Maildir does not have of its own.

Kept in ``bot-uids`` beside the mail: the first line holds UIDVALIDITY, the next uid and the number of lines that
follow; each of those a uid and the name of a file without its flags, which other programs change. Replaced as a
whole, so it is never half written. A list that is lost or damaged is begun anew under a higher UIDVALIDITY.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

UIDS = "bot-uids"
# Names of mails that went away by other hands are kept until they outnumber the rest by this many: a name that a
# reading of the folder missed, because somebody was renaming it, must not come back as a new mail.
STALE = 10_000


class UidList:
    """Gives names their uids, the same ones for ever. Raises OSError."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.uidvalidity = 0

    def assign(self, names: Mapping[str, int], gone: Collection[str] = ()) -> dict[str, int]:
        """Name -> uid for all names, new ones in the order of their time; names in ``gone`` are forgotten.

        One process at a time, or two mails could get the same uid.
        """
        with self._locked():
            remembered = self._read()
            self.uidvalidity, following, uids = remembered or (max(int(time.time()), self.uidvalidity + 1), 1, {})
            fresh = sorted(names.keys() - uids.keys(), key=lambda name: (names[name], name))
            if fresh or not remembered or not uids.keys().isdisjoint(gone):
                uids.update(zip(fresh, range(following, following + len(fresh)), strict=True))
                crowded = len(uids) > len(names) + STALE
                kept = {n: uid for n, uid in uids.items() if n in names or not (crowded or n in gone)}
                self._write(following + len(fresh), kept)
            return {name: uids[name] for name in names}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with open(self._root / (UIDS + ".lock"), "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self) -> tuple[int, int, dict[str, int]] | None:
        """UIDVALIDITY, next uid, name -> uid; None when there is no list, or none that can be trusted."""
        try:
            first, *rest = (self._root / UIDS).read_text("utf-8", "surrogateescape").split("\n")[:-1]
            uidvalidity, following, count = map(int, first.split())
            uids = {name: int(uid) for uid, _, name in (line.partition(" ") for line in rest)}
            numbers = set(uids.values())
            if not count == len(rest) == len(numbers) or max(numbers, default=0) >= following:
                raise ValueError(first)
            return uidvalidity, following, uids
        except (FileNotFoundError, ValueError):
            return None

    def _write(self, following: int, uids: Mapping[str, int]) -> None:
        lines = [f"{self.uidvalidity} {following} {len(uids)}", *(f"{uid} {name}" for name, uid in uids.items())]
        text = "".join(line + "\n" for line in lines)
        write_durably(self._root / (UIDS + ".new"), text.encode("utf-8", "surrogateescape"))
        os.rename(self._root / (UIDS + ".new"), self._root / UIDS)
        force_to_disk(self._root)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file that only this account can read, and wait until the disk has it."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def force_to_disk(folder: Path) -> None:
    """Wait until the disk has the names in this folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
