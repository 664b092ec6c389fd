"""A reply as a row for the outbox: rendered, composed, its final bytes on disk.

The dedupe key is made from the content of the mail that caused the letter, so the same mail leads to the same
letter with the same Message-ID, whatever happened to the database in between.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

import structlog

from bot.core.model import Draft, Letter, Reply
from bot.mail.compose import compose, reply_message_id
from bot.mail.enclosure import Enclosure
from bot.store.acts import Correspondent
from bot.store.outbox import NewLetter, Posted
from bot.store.records import Recorded
from bot.store.states import FileKind
from bot.worker.wiring import Wiring

log = structlog.get_logger("writing")
PROMISE = "promise"  # why a letter is held that says more than was decided


def compose_reply(w: Wiring, letter: Letter, key: str, number: str, reply: Reply, service: str) -> NewLetter:
    """The automatic answer to a mail, without its case; the caller's transaction adds it.

    Raises TemplateError and ComposeError.
    """
    assert letter.sender is not None
    recipient = (letter.reply_to or (letter.sender,))[0].address
    to = Correspondent(address=recipient, message_id=letter.message_id, references=letter.references)
    return compose_letter(w, reply, number, to, key, service)


def compose_letter(w: Wiring, reply: Reply, number: str, to: Correspondent, key: str, service: str) -> NewLetter:
    """An automatic letter for the outbox. Raises TemplateError and ComposeError."""
    draft = w.letters.render(reply, number)
    return compose_draft(w, reply, draft, number, to, key, service, automatic=True)


def compose_draft(
    w: Wiring,
    reply: Reply,
    draft: Draft,
    number: str,
    to: Correspondent,
    key: str,
    service: str,
    *,
    automatic: bool,
    label: Enclosure | None = None,
) -> NewLetter:
    """The same for a letter that is already drafted, perhaps in a person's words. Raises ComposeError.

    ``key`` names its cause; ``service`` is the one a person decided on, empty while nobody has. A letter that promises
    more than that is held for a person, whoever wrote it.
    """
    dedupe = f"{reply.name}:{key}:{to.address}"
    message_id = reply_message_id(w.secret, dedupe, reply.name, number, w.config.address.domain)
    raw = compose(
        draft,
        sender=w.sender_address,
        recipient=to.address,
        message_id=message_id,
        in_reply_to=to.message_id,
        references=to.references,
        sent_at=w.now(),
        automatic=automatic,
        enclosure=label,
    )
    broken = w.letters.broken_promises(reply, draft, service)
    if broken:
        log.warning("a letter promises what was not decided", case=number, reply=reply.name, words=broken)
    return NewLetter(
        dedupe_key=dedupe,
        case_id=None,
        case_version=None,
        cause_key=key,
        reply=reply.name,
        language=draft.language,
        recipient=to.address,
        message_id=message_id,
        subject=draft.subject,
        body_text=draft.text,
        raw_sha256=w.store.files.put(raw),
        edition=w.edition_number,
        automatic=automatic,
        hold=PROMISE if broken else "",
    )


def post(w: Wiring, letter: NewLetter, recorded: Recorded, now: datetime) -> Posted:
    """Queue a letter of the case that was just recorded, in the caller's transaction."""
    w.store.files.record(letter.raw_sha256, FileKind.LETTER, now)
    of_case = replace(letter, case_id=recorded.case_id, case_version=recorded.version)
    return w.store.outbox.queue(of_case, w.budgets, now)


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
