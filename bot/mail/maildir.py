"""The inbox in a Maildir on this machine, as qmail defined it; folders below it as in Maildir++.

Mail is only ever renamed, inside one file system: a crash leaves it in the old place or in the new one. Other
programs may rename a file at any moment (its flags are part of the name), so a path is looked up again before
a mail counts as gone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType
from typing import Self

from imapclient.imap_utf7 import encode

from bot.errors import MailboxError
from bot.mail.inbox import (
    MAX_BATCH_BYTES,
    MAX_BATCH_MAILS,
    MAX_HEADER_BYTES,
    Listed,
    require_folder,
    require_message_id,
)
from bot.mail.maildir_uids import UidList, force_to_disk, write_durably
from bot.mail.settings import MaildirSettings

FLAGS = ":2,"
SENT_FLAGS = FLAGS + "S"


class MaildirInbox:
    """See Inbox for what the methods promise."""

    def __init__(self, settings: MaildirSettings) -> None:
        self._root = settings.path
        self._list = UidList(settings.path)
        self._files: dict[int, Path] = {}
        self._uidvalidity = 0
        self._stopped = False

    @property
    def name(self) -> str:
        """For example ``maildir:/var/mail/shop``."""
        return f"maildir:{self._root.absolute()}"

    def open(self) -> int:
        """Read or begin the list of uids; the UIDVALIDITY."""
        with self._trying("open it"):
            if not all((self._root / part).is_dir() for part in ("new", "cur", "tmp")):
                raise MailboxError(f"{self._root} is no Maildir: it must hold the folders new, cur and tmp")
            self._uidvalidity = 0
            self._look()
            return self._uidvalidity

    def list(self, known: Collection[int] = ()) -> tuple[Listed, ...]:
        """All mails but the known ones, in the order of their uids."""
        with self._trying("list the mails"):
            self._look()
            found: list[Listed] = []
            for uid in sorted(self._files.keys() - set(known)):
                try:
                    status = self._files[uid].stat()
                except FileNotFoundError:
                    continue
                received = datetime.fromtimestamp(status.st_mtime, UTC)
                found.append(Listed(uid=uid, size=status.st_size, received_at=received))
            return tuple(found)

    def fetch(
        self,
        uids: Sequence[int],
        max_bytes: int = MAX_BATCH_BYTES,  # noqa: ARG002 - one file is held at a time, a batch has nothing to gain
        max_count: int = MAX_BATCH_MAILS,  # noqa: ARG002
    ) -> Iterator[tuple[int, bytes | None]]:
        """Whole files, one at a time."""
        for uid in uids:
            yield uid, self._read(uid, -1)

    def headers(self, uid: int) -> bytes | None:
        """The start of the header block."""
        start = self._read(uid, MAX_HEADER_BYTES)
        return None if start is None else _header_block(start)

    def move(self, uids: Sequence[int], folder: str) -> bool:
        """One rename a mail, then the folders are forced to disk; the uid is never used again."""
        with self._trying(f"move mails to {folder}"):
            target = self._made(folder) / "cur"
            moved: dict[str, Path] = {}
            for uid in uids:
                if file := self._found(uid):
                    os.rename(file, _free(target, file.name if FLAGS in file.name else file.name + FLAGS))
                    moved[_base(file)] = file.parent
            for place in {target, *moved.values()}:
                force_to_disk(place)
            self._look(gone=moved.keys())
            return True

    def append_sent(self, raw: bytes, message_id: str, folder: str) -> bool:
        """A file named after the Message-ID: written in tmp, forced to disk, renamed."""
        require_message_id(message_id)
        with self._trying(f"keep a copy in {folder}"):
            place = self._made(folder)
            if _holds(place, message_id):
                return False
            name = "kb-" + hashlib.sha256(message_id.encode("ascii")).hexdigest()
            write_durably(place / "tmp" / name, raw)
            os.rename(place / "tmp" / name, place / "cur" / (name + SENT_FLAGS))
            force_to_disk(place / "cur")
            return True

    def has_message(self, folder: str, message_id: str) -> bool:
        """Looks into the header of every mail there: slow in a folder of many thousands."""
        require_message_id(message_id)
        with self._trying(f"search {folder}"):
            return _holds(self._place(folder), message_id)

    def prepare(self, folders: Sequence[str]) -> None:
        """Make the missing ones of these folders."""
        with self._trying("make its folders"):
            for folder in folders:
                self._made(folder)

    def close(self) -> None:
        """Nothing is held open."""

    def abort(self) -> None:
        """The call under way ends after its present mail."""
        self._stopped = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _trying(self, what: str) -> Iterator[None]:
        if self._stopped:
            raise MailboxError(f"the Maildir {self._root}: stopped from outside before trying to {what}")
        try:
            yield
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise MailboxError(
                f"the Maildir {self._root} failed while trying to {what}: {why}; "
                "check that the bot's account may read and write there, and that the disk is not full"
            ) from error

    def _look(self, gone: Collection[str] = ()) -> None:
        """See what lies there now, and give every mail its uid."""
        found: dict[str, Path] = {}
        times: dict[str, int] = {}
        for part in ("new", "cur"):  # in this order: a mail that is taken from new to cur meanwhile is seen
            with os.scandir(self._root / part) as entries:
                for entry in entries:
                    path = Path(entry.path)
                    # Only plain files: a pipe would hold up the reader for ever.
                    if entry.name[0] != "." and "\n" not in entry.name and entry.is_file(follow_symlinks=False):
                        try:
                            times[_base(path)] = entry.stat().st_mtime_ns
                        except FileNotFoundError:
                            continue
                        found[_base(path)] = path
        uids = self._list.assign(times, gone)
        if self._list.uidvalidity != self._uidvalidity:
            if self._uidvalidity:
                raise MailboxError(f"{self.name} lost its list of uids meanwhile; it is read again from the start")
            self._uidvalidity = self._list.uidvalidity
        self._files = {uids[base]: path for base, path in found.items()}

    def _found(self, uid: int) -> Path | None:
        """Where the mail lies now."""
        if uid not in self._files or not self._files[uid].exists():
            self._look()
        return self._files.get(uid)

    def _read(self, uid: int, most: int) -> bytes | None:
        with self._trying("read a mail"):
            for _ in range(2):  # the second time at the place that a program has renamed it to
                file = self._found(uid)
                if file is None:
                    return None
                try:
                    with file.open("rb") as mail:
                        return mail.read(most)
                except FileNotFoundError:
                    self._files.pop(uid, None)
            return None

    def _place(self, folder: str) -> Path:
        levels = require_folder(folder)
        if any("." in level for level in levels):
            raise MailboxError(f"the folder name {folder!r} cannot be used in a Maildir: it holds a dot")
        if folder.upper() == "INBOX":
            return self._root
        return self._root / ("." + ".".join(encode(level).decode("ascii") for level in levels))

    def _made(self, folder: str) -> Path:
        place = self._place(folder)
        if not (place / "cur").is_dir():
            for part in ("tmp", "new", "cur"):
                (place / part).mkdir(0o700, parents=True, exist_ok=True)
            (place / "maildirfolder").touch(0o600)
            force_to_disk(place)
            force_to_disk(self._root)
        return place


def _base(file: Path) -> str:
    return file.name.partition(FLAGS)[0]


def _header_block(start: bytes) -> bytes:
    ends = [end + 2 * len(line) for line in (b"\r\n", b"\n") if (end := start.find(line * 2)) >= 0]
    return start[: min(ends)] if ends else start


def _holds(place: Path, message_id: str) -> bool:
    for file in (file for part in ("new", "cur") for file in (place / part).glob("*")):
        try:
            with file.open("rb") as mail:
                header = BytesHeaderParser().parsebytes(_header_block(mail.read(MAX_HEADER_BYTES)))
        except FileNotFoundError:
            continue
        if message_id in str(header.get("Message-ID", "")):
            return True
    return False


def _free(folder: Path, name: str) -> Path:
    """A path that no other mail has: a rename would silently replace it."""
    base, mark, flags = name.partition(FLAGS)
    path, count = folder / name, 0
    while path.exists():
        count += 1
        path = folder / f"{base}-{count}{mark}{flags}"
    return path
