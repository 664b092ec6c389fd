"""A reply as a row for the outbox: rendered, composed, its final bytes on disk.

The dedupe key is made from the content of the mail that caused the letter, so the same mail leads to the same
letter with the same Message-ID, whatever happened to the database in between.
"""

from __future__ import annotations

import hashlib

from bot.core.model import Letter, Reply
from bot.mail.compose import compose, reply_message_id
from bot.store.outbox import NewLetter
from bot.worker.wiring import Wiring


def compose_reply(w: Wiring, letter: Letter, key: str, number: str, reply: Reply) -> NewLetter:
    """The row without its case; the caller's transaction adds it. Raises TemplateError and ComposeError."""
    assert letter.sender is not None
    recipient = (letter.reply_to or (letter.sender,))[0].address
    draft = w.letters.render(reply, number)
    dedupe = f"{reply.name}:{key}:{recipient}"
    message_id = reply_message_id(w.secret, dedupe, reply.name, number, w.config.address.domain)
    raw = compose(
        draft,
        sender=w.sender_address,
        recipient=recipient,
        message_id=message_id,
        in_reply_to=letter.message_id,
        references=letter.references,
        sent_at=w.now(),
        automatic=True,
    )
    return NewLetter(
        dedupe_key=dedupe,
        case_id=None,
        case_version=None,
        cause_key=key,
        reply=reply.name,
        language=draft.language,
        recipient=recipient,
        message_id=message_id,
        subject=draft.subject,
        body_text=draft.text,
        raw_sha256=w.store.files.put(raw),
        automatic=True,
    )


def content_key(letter: Letter) -> str:
    """The same for the same content on whatever way it came; a Message-ID alone may be somebody else's."""
    parts = (
        letter.message_id,
        letter.sender.address if letter.sender else "",
        " ".join(a.address for a in (*letter.to, *letter.cc)),
        letter.subject,
        letter.sent_at.isoformat() if letter.sent_at else "",
        letter.text,
        " ".join(a.sha256 for a in letter.attachments),
    )
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
