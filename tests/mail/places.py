"""One mailbox of each kind, from both sides: the inbox under test, and a person with a mail program of their own."""

from __future__ import annotations

import itertools
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from imapclient import IMAPClient
from servers import Account

from bot.demo.server import EmbeddedMail
from bot.mail.inbox import Inbox, open_inbox
from bot.mail.settings import ImapSettings, MaildirSettings, Secret

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)


class Place(Protocol):
    """What the contract suite needs of a mailbox."""

    can_renumber: bool
    """whether this server can be made to change UIDVALIDITY"""
    hands_out_expunged: bool
    """a mail that is gone is still given to a session that saw it (RFC 2180 4.1.2 allows it)"""
    finds_quoted_ids: bool
    """finds a Message-ID that holds a quote or a backslash"""

    def inbox(self) -> Inbox: ...
    def deliver(self, raw: bytes, received_at: datetime | None = None) -> None: ...
    def renumber(self) -> None: ...

    # the second client; mails are named by their place in the inbox, from 0
    def expunge(self, place: int) -> None: ...
    def take(self, place: int, folder: str) -> None: ...
    def put_back(self, folder: str) -> None: ...
    def mark_seen(self, place: int) -> None: ...
    def seen(self) -> int: ...
    def mails(self, folder: str = "INBOX") -> list[bytes]: ...


class ImapPlace:
    """A mailbox behind IMAP; the second client is a session of its own each time."""

    can_renumber = False
    hands_out_expunged = False
    finds_quoted_ids = True

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self.settings = ImapSettings(host=host, port=port, user=user, password=Secret(password), security="none")

    def inbox(self) -> Inbox:
        return open_inbox(self.settings)

    def other(self, folder: str = "INBOX") -> IMAPClient:
        client = IMAPClient(self.settings.host, self.settings.port, ssl=False, timeout=20)
        client.login(self.settings.user, self.settings.password.reveal())
        client.select_folder(folder)
        return client

    def expunge(self, place: int) -> None:
        with self.other() as client:
            uid = client.search("ALL")[place]
            client.add_flags([uid], [b"\\Deleted"])
            client.uid_expunge([uid])

    def take(self, place: int, folder: str) -> None:
        with self.other() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.move([client.search("ALL")[place]], folder)

    def put_back(self, folder: str) -> None:
        with self.other(folder) as client:
            client.move(client.search("ALL"), "INBOX")

    def mark_seen(self, place: int) -> None:
        with self.other() as client:
            client.add_flags([client.search("ALL")[place]], [b"\\Seen"])

    def seen(self) -> int:
        with self.other() as client:
            return len(client.search("SEEN"))

    def mails(self, folder: str = "INBOX") -> list[bytes]:
        with self.other(folder) as client:
            return [row[b"BODY[]"] for _, row in sorted(client.fetch(client.search("ALL"), ["BODY.PEEK[]"]).items())]


class DovecotPlace(ImapPlace):
    """On the private Dovecot."""

    can_renumber = True

    def __init__(self, account: Account) -> None:
        super().__init__(account.host, account.port, account.user, account.password)
        self.deliver = account.deliver
        self.renumber = account.reset_uidvalidity


class EmbeddedPlace(ImapPlace):
    """On the servers of the demo: they live in memory and never change UIDVALIDITY."""

    hands_out_expunged = True
    finds_quoted_ids = False

    def __init__(self, mail: EmbeddedMail) -> None:
        super().__init__(mail.host, mail.imap_port, mail.user, mail.password)
        self._mail = mail

    def deliver(self, raw: bytes, received_at: datetime | None = None) -> None:
        self._mail.deliver(raw, received_at=received_at)

    def renumber(self) -> None:
        raise NotImplementedError


class MaildirPlace:
    """A folder on disk; the second client renames files, as mail programs do."""

    can_renumber = True
    hands_out_expunged = False
    finds_quoted_ids = True

    def __init__(self, root: Path) -> None:
        self.root = root
        self._names = itertools.count(1)
        for part in ("tmp", "new", "cur"):
            (root / part).mkdir(parents=True)

    def inbox(self) -> Inbox:
        return open_inbox(MaildirSettings(path=self.root))

    def deliver(self, raw: bytes, received_at: datetime | None = None) -> None:
        name = f"{time.time_ns() // 10**9}.M{time.time_ns()}Q{next(self._names)}.test"
        (self.root / "tmp" / name).write_bytes(raw)
        if received_at:
            os.utime(self.root / "tmp" / name, (received_at.timestamp(),) * 2)
        (self.root / "tmp" / name).rename(self.root / "new" / name)

    def renumber(self) -> None:
        time.sleep(1.05)  # UIDVALIDITY counts seconds
        (self.root / "bot-uids").unlink()

    def expunge(self, place: int) -> None:
        self._files("INBOX")[place].unlink()

    def take(self, place: int, folder: str) -> None:
        file = self._files("INBOX")[place]
        for part in ("tmp", "new", "cur"):
            (self._place(folder) / part).mkdir(parents=True, exist_ok=True)
        file.rename(self._place(folder) / "cur" / file.name)

    def put_back(self, folder: str) -> None:
        for file in self._files(folder):
            file.rename(self.root / "cur" / file.name)

    def mark_seen(self, place: int) -> None:
        file = self._files("INBOX")[place]
        file.rename(self.root / "cur" / (file.name.partition(":2,")[0] + ":2,S"))

    def seen(self) -> int:
        return sum("S" in file.name.partition(":2,")[2] for file in self._files("INBOX"))

    def mails(self, folder: str = "INBOX") -> list[bytes]:
        return [file.read_bytes() for file in self._files(folder)]

    def _files(self, folder: str) -> list[Path]:
        found = (file for part in ("new", "cur") for file in (self._place(folder) / part).iterdir())
        return sorted(found, key=lambda file: (file.stat().st_mtime_ns, file.name))

    def _place(self, folder: str) -> Path:
        return self.root if folder == "INBOX" else self.root / ("." + folder.replace("/", "."))


def mail(number: int, body: bytes = b"My watch stopped.\r\n", more: bytes = b"") -> bytes:
    return (
        b"From: Anna <anna@example.com>\r\nTo: support@shop.example.com\r\nSubject: watch %d\r\n"
        b"Message-ID: <%d@mail.example.com>\r\n%s\r\n" % (number, number, more)
    ) + body


def ids(place: Place) -> list[int]:
    with place.inbox() as inbox:
        inbox.open()
        return [listed.uid for listed in inbox.list()]
