"""Where an IMAP server files mail: the names of its folders, and how mail gets into one without MOVE.

Raises what the driver raises, and MailboxError where the server's word does not fit what it did.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from imapclient import DELETED

from bot.errors import MailboxError
from bot.mail.imap_session import DRIVER_ERRORS, Session
from bot.mail.inbox import require_folder

COPIED = re.compile(rb"\d+ ([\d:,]+) ")
NOT_A_MAILBOX = frozenset({b"\\noselect", b"\\nonexistent"})


def translated(session: Session, folder: str) -> str:
    """Our ``Bot/Done`` in the server's spelling: its separator, and its prefix for a person's own folders."""
    levels = require_folder(folder)
    if folder.upper() == "INBOX":
        return folder
    rows = session.list_folders("", "")
    separator = (rows[0][1] if rows else b"/") or b"/"
    prefix = ""
    if session.has_capability("NAMESPACE") and (personal := session.namespace().personal):
        prefix = str(personal[0][0])
    name = separator.decode("ascii").join(levels)
    return name if name.startswith(prefix) else prefix + name


def is_there(session: Session, target: str) -> bool:
    """Whether mail can be put into a folder of this name; a mere level between others is none."""
    found = [flags for flags, _, name in session.list_folders("", target) if name == target]
    return any(not NOT_A_MAILBOX & {flag.lower() for flag in flags} for flags in found)


def made(session: Session, folder: str) -> str:
    """Our folder in the server's spelling, after making it if it was missing."""
    target = translated(session, folder)
    if not is_there(session, target):
        session.create_folder(target)
        with suppress(*DRIVER_ERRORS):  # being shown in mail programs is a kindness, no need
            session.subscribe_folder(target)
    return target


def copy_then_expunge(session: Session, uids: Sequence[int], target: str) -> None:
    """COPY, proof that the copies exist, then ``\\Deleted`` and UID EXPUNGE of exactly these (RFC 4315)."""
    before = _count(session, target)
    session.copied()  # forget an older answer
    session.copy(uids, target)
    copied = _sources(session.copied(), uids)
    if not copied:  # no COPYUID: all were gone, or the server does not tell
        copied = sorted(session.fetch(uids, ["UID"]))
        if _count(session, target) < before + len(copied):
            raise MailboxError(f"the server copied mails to {target} but they are not there; nothing was removed")
    if copied:
        session.add_flags(copied, [DELETED], silent=True)
        session.uid_expunge(copied)


def _count(session: Session, folder: str) -> int:
    return int(session.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])


def _sources(answer: bytes, uids: Sequence[int]) -> list[int]:
    """Which of the uids a COPYUID answer names as copied."""
    match = COPIED.match(answer)
    if not match:
        return []
    spans = [[int(end) for end in span.split(b":")] for span in match.group(1).split(b",")]
    return [uid for uid in uids if any(min(span) <= uid <= max(span) for span in spans)]
