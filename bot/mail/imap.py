"""The inbox behind an IMAP server (RFC 3501, with MOVE RFC 6851 and UIDPLUS RFC 4315 where they are offered).

Known to hold and easy to break: ``BODY.PEEK[]`` and never ``RFC822``, which marks mail as read; a body of None
is a mail that vanished, never an empty one; ``UID SEARCH n:*`` always answers with the newest mail, so the whole
list is asked for; a plain EXPUNGE also removes what other people marked, so it is never sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from imapclient import SEEN
from imapclient.exceptions import IMAPClientError

from bot.errors import MailboxError
from bot.mail.connection import Lever
from bot.mail.imap_folders import copy_then_expunge, is_there, made, translated
from bot.mail.imap_session import DRIVER_ERRORS, Session, explain, log_in
from bot.mail.inbox import (
    MAX_BATCH_BYTES,
    MAX_BATCH_MAILS,
    MAX_HEADER_BYTES,
    Listed,
    batches,
    require_message_id,
)
from bot.mail.settings import ImapSettings

LISTED_A_COMMAND = 500  # a uid list of this length keeps under the 8,000 bytes that servers take (RFC 2683 3.2.1.5)
SEARCHED_A_COMMAND = 50_000  # the driver refuses an answer line over 1,000,000 bytes
MOVED_A_COMMAND = 100
GOODBYE_SECONDS = 5.0
# Our own letters only: a copy that shows as unread in everybody's mail program would be noise.
SENT_FLAGS = (SEEN,)


class ImapInbox:
    """See Inbox for what the methods promise."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._lever = Lever()
        self._session: Session | None = None
        self._selected = ""
        self._exists = 0
        self._uidvalidity = 0
        self._sizes: dict[int, int] = {}

    @property
    def name(self) -> str:
        """For example ``imap:shop@mail.example.com/INBOX``."""
        return f"imap:{self._settings.user}@{self._settings.host}/{self._settings.folder}"

    def open(self) -> int:
        """Connect, log in and select the inbox; the UIDVALIDITY."""
        with self._trying("log in"):
            self._session = log_in(self._settings, self._lever)
        with self._trying(f"open the folder {self._settings.folder}"):
            self._uidvalidity = self._select(self._settings.folder)
            return self._uidvalidity

    def list(self, known: Collection[int] = ()) -> tuple[Listed, ...]:
        """All mails but the known ones, oldest uid first."""
        with self._trying("list the mails"):
            session = self._in_inbox()
            session.noop()  # servers may search what they showed last, without the mail that came since
            uids = sorted(self._all_uids(session).difference(known))
            found: list[Listed] = []
            for start in range(0, len(uids), LISTED_A_COMMAND):
                some = uids[start : start + LISTED_A_COMMAND]
                answer = session.fetch(some, ["RFC822.SIZE", "INTERNALDATE"])
                for uid in some:
                    if b"RFC822.SIZE" in answer.get(uid, {}):
                        row = answer[uid]
                        found.append(
                            Listed(uid=uid, size=int(row[b"RFC822.SIZE"]), received_at=_time(row.get(b"INTERNALDATE")))
                        )
        self._sizes.update((mail.uid, mail.size) for mail in found)
        return tuple(found)

    def fetch(
        self, uids: Sequence[int], max_bytes: int = MAX_BATCH_BYTES, max_count: int = MAX_BATCH_MAILS
    ) -> Iterator[tuple[int, bytes | None]]:
        """Whole mails, one FETCH a batch."""
        with self._trying("ask for the size of mails"):
            self._learn_sizes([uid for uid in uids if uid not in self._sizes])
        sizes = [(uid, self._sizes.get(uid, 0)) for uid in uids]
        for some in batches(sizes, max_bytes, max_count):
            with self._trying("fetch mails"):
                answer = self._in_inbox().fetch(some, ["BODY.PEEK[]"])
            for uid in some:
                yield uid, self._body(uid, answer.pop(uid, {}).get(b"BODY[]"))

    def headers(self, uid: int) -> bytes | None:
        """The start of the header block."""
        with self._trying("fetch the header of a mail"):
            answer = self._in_inbox().fetch([uid], [f"BODY.PEEK[HEADER]<0.{MAX_HEADER_BYTES}>"])
            return self._body(uid, answer.get(uid, {}).get(b"BODY[HEADER]<0>"))

    def move(self, uids: Sequence[int], folder: str) -> bool:
        """MOVE; else COPY, proof of the copy, ``\\Deleted`` and UID EXPUNGE; else nothing and False."""
        with self._trying(f"move mails to {folder}"):
            session = self._in_inbox()
            can_move = session.has_capability("MOVE")
            if not can_move and not session.has_capability("UIDPLUS"):
                return False
            target = made(session, folder)
            for start in range(0, len(uids), MOVED_A_COMMAND):
                some = uids[start : start + MOVED_A_COMMAND]
                if can_move:
                    _move(session, some, target)
                else:
                    copy_then_expunge(session, some, target)
            return True

    def append_sent(self, raw: bytes, message_id: str, folder: str) -> bool:
        """APPEND, unless SEARCH HEADER finds the Message-ID."""
        require_message_id(message_id)
        with self._trying(f"keep a copy in {folder}"):
            session = self._in_inbox()
            target = made(session, folder)
            if self._holds(session, target, message_id):
                return False
            session.append(target, raw, flags=SENT_FLAGS)
            return True

    def has_message(self, folder: str, message_id: str) -> bool:
        """SEARCH HEADER in the folder, if there is one."""
        require_message_id(message_id)
        with self._trying(f"search {folder}"):
            session = self._in_inbox()
            target = translated(session, folder)
            return is_there(session, target) and self._holds(session, target, message_id)

    def prepare(self, folders: Sequence[str]) -> None:
        """CREATE and SUBSCRIBE what is missing."""
        with self._trying("make its folders"):
            session = self._in_inbox()
            for folder in folders:
                made(session, folder)

    def close(self) -> None:
        """LOGOUT, for at most a few seconds."""
        session, self._session = self._session, None
        if session is not None and not self._lever.pulled:
            with suppress(*DRIVER_ERRORS):
                session.socket().settimeout(GOODBYE_SECONDS)
                session.logout()
        self._drop(session)

    def abort(self) -> None:
        """Break the connection."""
        self._lever.pull()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _trying(self, what: str) -> Iterator[None]:
        """Any failure of the driver ends the connection: what it would answer next cannot be told."""
        try:
            yield
        except MailboxError:
            raise
        except DRIVER_ERRORS as error:
            session, self._session = self._session, None
            self._drop(session)
            raise explain(self._settings, what, error, self._lever.pulled) from error

    def _drop(self, session: Session | None) -> None:
        if session is not None:
            with suppress(*DRIVER_ERRORS):
                session.shutdown()
        self._lever.release()

    def _select(self, folder: str, readonly: bool = False) -> int:
        if self._session is None:
            raise MailboxError(f"the connection to {self._settings.host} is not open")
        self._selected = ""
        answer = self._session.select_folder(folder, readonly)
        self._selected = folder
        self._exists = int(answer.get(b"EXISTS", 0))
        return int(answer[b"UIDVALIDITY"])

    def _in_inbox(self) -> Session:
        """The session with the inbox selected; the uids are those of ``open`` or MailboxError is raised."""
        if self._selected != self._settings.folder and self._select(self._settings.folder) != self._uidvalidity:
            raise MailboxError(f"{self.name} was rebuilt by the server meanwhile; it is read again from the start")
        if self._session is None:
            raise MailboxError(f"the connection to {self._settings.host} is not open")
        return self._session

    def _all_uids(self, session: Session) -> set[int]:
        if self._exists <= SEARCHED_A_COMMAND:
            return set(session.search("ALL"))
        starts = range(1, self._exists + 1, SEARCHED_A_COMMAND)
        spans = [f"{start}:{start + SEARCHED_A_COMMAND - 1}" for start in starts[:-1]] + [f"{starts[-1]}:*"]
        return {uid for span in spans for uid in session.search(span)}

    def _learn_sizes(self, uids: Sequence[int]) -> None:
        for start in range(0, len(uids), LISTED_A_COMMAND):
            answer = self._in_inbox().fetch(uids[start : start + LISTED_A_COMMAND], ["RFC822.SIZE"])
            self._sizes.update((uid, int(row.get(b"RFC822.SIZE", 0))) for uid, row in answer.items())

    def _body(self, uid: int, body: object) -> bytes | None:
        # Some servers answer for an expunged mail with an empty text instead of NIL.
        gone = not isinstance(body, bytes) or (not body and self._sizes.get(uid, 1) > 0)
        return None if gone else bytes(body)  # type: ignore[call-overload]

    def _holds(self, session: Session, target: str, message_id: str) -> bool:
        escaped = message_id.replace("\\", "\\\\").replace('"', '\\"')  # the driver quotes only some that need it
        self._select(target, readonly=True)
        return bool(session.search(f'HEADER Message-ID "{escaped}"'))


def _move(session: Session, uids: Sequence[int], target: str) -> None:
    """MOVE. When somebody took one of the mails away a moment before, servers refuse it for all of them at first."""
    try:
        session.move(uids, target)
    except IMAPClientError as error:
        if "EXPUNGEISSUED" not in str(error):  # RFC 5530 3
            raise
        session.noop()
        session.move(uids, target)


def _time(internal: object) -> datetime:
    """INTERNALDATE in UTC; a server that sends none has just received the mail, as far as anybody can tell."""
    if not isinstance(internal, datetime):
        return datetime.now(UTC)
    return (internal if internal.tzinfo else internal.replace(tzinfo=UTC)).astimezone(UTC)
