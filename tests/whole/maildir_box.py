"""A Maildir on this disk, as a mail server fills it and a mail program shows it."""

from __future__ import annotations

import itertools
import os
import re
from datetime import datetime
from pathlib import Path


class MaildirBox:
    """Fresh and empty."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._names = itertools.count(1)
        for part in ("tmp", "new", "cur"):
            (root / part).mkdir(parents=True)

    def deliver(self, raw: bytes, received_at: datetime | None = None) -> None:
        """A mail arrives."""
        fresh = self.root / "tmp" / f"{next(self._names):06d}.test"
        fresh.write_bytes(raw)
        if received_at:
            os.utime(fresh, (received_at.timestamp(),) * 2)
        fresh.rename(self.root / "new" / fresh.name)

    def mails(self, folder: str = "INBOX") -> list[bytes]:
        """The mails of a folder, with CRLF."""
        place = self.root if folder == "INBOX" else self.root / f".{folder}"
        files = [file for part in ("new", "cur") for file in sorted((place / part).glob("*"))]
        return [re.sub(rb"\r?\n", b"\r\n", file.read_bytes()) for file in files]
