"""One received mail as rows: the tables ``letter`` and ``attachment``.

Used by ``records`` alone, inside its transaction. Nothing is concluded here; text is kept as it was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.codec import dump
from bot.core.model import Automatic, Kind, Letter
from bot.store.database import Database
from bot.store.files import Files
from bot.store.outbox import bare_id
from bot.store.states import FileKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A mail as the store keeps it: what was read, and how it came."""

    letter: Letter
    received_at: datetime
    arrival_id: int | None = None
    """its row in the ledger"""


def write_letter(
    db: Database,
    files: Files,
    mail: Received,
    kind: Kind,
    automatic: Automatic | None,
    silence: str,
    case_id: int | None,
    number: int | None,
    now: datetime,
) -> int:
    """The row of a mail and those of its files, in the caller's transaction; the mail's id."""
    letter = mail.letter
    letter_id = db.insert(
        "letter",
        {
            "case_id": case_id,
            "number": number,
            "arrival_id": mail.arrival_id,
            "from_address": letter.sender.address.lower() if letter.sender else "",
            "from_name": letter.sender.name if letter.sender else "",
            "subject": letter.subject,
            "own_words": letter.own_words,
            "quoted": letter.quoted,
            "text": letter.text,
            "language": letter.language,
            "kind": kind,
            "message_id": bare_id(letter.message_id),
            "sent_at": letter.sent_at,
            "received_at": mail.received_at,
            "automatic_rule": automatic.rule if automatic else "",
            "automatic_reason": automatic.reason if automatic else "",
            "silence": silence,
        },
    )
    for file in letter.attachments:
        if file.sha256:
            files.record(file.sha256, FileKind.ATTACHMENT, now)
        db.insert(
            "attachment",
            {
                "letter_id": letter_id,
                "place": file.place,
                "sha256": file.sha256 or None,
                "name": file.name,
                "declared_type": file.declared_type,
                "found_type": file.found_type,
                "size": file.size,
                "inline": file.inline,
                "look": dump(file.look) if file.look else None,
            },
        )
    return letter_id
