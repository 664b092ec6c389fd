"""What every inbox can do, whatever stands behind it.

One protocol, one table, one contract suite (tests/mail/test_inbox_contract.py) that runs over each row. An
inbox hands over bytes and files mail away; it reads nothing, decides nothing and keeps no memory of its own.
Rules for all: ``\\Seen`` of arrived mail is neither read nor set; mail leaves the inbox only by ``move``; mail
that somebody else took away meanwhile is no error; every trouble is a MailboxError in the operator's words.
An inbox is used by one thread, ``abort`` excepted, and thrown away after a MailboxError or an abort.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

from bot.errors import MailboxError
from bot.mail.settings import ImapSettings, MaildirSettings

MAX_BATCH_BYTES = 8 * 1024 * 1024
MAX_BATCH_MAILS = 100
MAX_HEADER_BYTES = 256 * 1024
MESSAGE_ID = re.compile(r"[!-~]{1,250}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A mail that lies in the inbox, not yet fetched."""

    uid: int
    size: int
    """bytes, as the server tells: a hint, some servers are wrong"""
    received_at: datetime
    """when the server got it, aware UTC"""


class Inbox(Protocol):
    """A mailbox that can be polled. Every method raises MailboxError and nothing else."""

    @property
    def name(self) -> str:
        """Names the mailbox in the ledger; the same mailbox always has the same name."""

    def open(self) -> int:
        """Connect and select; the UIDVALIDITY, under which the uids hold until it changes (RFC 3501 2.3.1.1)."""

    def list(self, known: Collection[int] = ()) -> tuple[Listed, ...]:
        """The mails that lie in the inbox now, without the known uids, oldest first."""

    def fetch(
        self, uids: Sequence[int], max_bytes: int = MAX_BATCH_BYTES, max_count: int = MAX_BATCH_MAILS
    ) -> Iterator[tuple[int, bytes | None]]:
        """Each mail's bytes, in the order asked for; None for a mail that is no longer there.

        One batch of at most ``max_bytes`` (a larger mail comes alone) and ``max_count`` mails is held at a time.
        Between two mails the other methods may be called.
        """

    def headers(self, uid: int) -> bytes | None:
        """At most the first 256 KiB of the header block, for a mail too large to fetch; None when it is gone."""

    def move(self, uids: Sequence[int], folder: str) -> bool:
        """File mails away; ``folder`` is written with ``/`` between levels and made when missing.

        False: this server can only take mail away by an expunge that could hit other mail, so it was left where
        it is. A uid that is gone already counts as moved.
        """

    def append_sent(self, raw: bytes, message_id: str, folder: str) -> bool:
        """Keep a copy of a letter we sent; False when one with this Message-ID is there already."""

    def has_message(self, folder: str, message_id: str) -> bool:
        """Whether the folder holds a mail with this Message-ID; a missing folder holds none."""

    def prepare(self, folders: Sequence[str]) -> None:
        """Make the missing ones of these folders."""

    def close(self) -> None:
        """End the session politely; never raises."""

    def abort(self) -> None:
        """From another thread: break the connection, so that the call under way fails now; never raises."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def _imap(settings: ImapSettings) -> Inbox:
    from bot.mail.imap import ImapInbox  # a command that reads no mail must not pay for the import

    return ImapInbox(settings)


def _maildir(settings: MaildirSettings) -> Inbox:
    from bot.mail.maildir import MaildirInbox

    return MaildirInbox(settings)


# name in the configuration -> settings it takes, how it is made
INBOXES: dict[str, tuple[type, Callable[[Any], Inbox]]] = {
    "imap": (ImapSettings, _imap),
    "maildir": (MaildirSettings, _maildir),
}


def open_inbox(settings: ImapSettings | MaildirSettings) -> Inbox:
    """The inbox for these settings, not yet connected: ``with open_inbox(s) as inbox: inbox.open()``."""
    for kind, make in INBOXES.values():
        if isinstance(settings, kind):
            return make(settings)
    raise MailboxError(f"no inbox is made from {type(settings).__name__}", permanent=True)


def require_message_id(message_id: str) -> str:
    """The id itself, if it may be sent inside a command. Raises MailboxError.

    Text from a mail is kept out of every other command: drivers are known to pass on line breaks.
    """
    if not MESSAGE_ID.fullmatch(message_id):
        raise MailboxError("a Message-ID with characters outside ! to ~, or over 250 of them, was asked for")
    return message_id


def require_folder(folder: str) -> tuple[str, ...]:
    """The levels of a folder written as ``Bot/Done``. Raises MailboxError on what no server could name."""
    levels = tuple(folder.split("/"))
    if not all(level.strip() for level in levels) or any(ord(s) < 32 or s in '\x7f*%"\\' for s in folder):
        raise MailboxError(
            f'the folder name {folder!r} cannot be used; write it like Bot/Done, without * % " \\', permanent=True
        )
    return levels


def batches(sizes: Sequence[tuple[int, int]], max_bytes: int, max_count: int) -> Iterator[tuple[int, ...]]:
    """Cut (uid, size) pairs into runs that keep to both bounds; a mail over the bound is a run of its own."""
    run: list[int] = []
    total = 0
    for uid, size in sizes:
        if run and (total + size > max_bytes or len(run) >= max_count):
            yield tuple(run)
            run, total = [], 0
        run.append(uid)
        total += size
    if run:
        yield tuple(run)
