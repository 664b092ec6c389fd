"""What the fork does with one mail: bytes from disk -> Reading, its files kept and looked at on the way.

Runs inside the limits of ``guard``. May read the one raw mail and write into the one files folder; every
failure that lies in the mail leaves as UnreadableLetter, every OSError is ours.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import replace
from datetime import date

from bot.core.codec import dump
from bot.core.details.evidence import look_at
from bot.core.details.find import find_details
from bot.core.details.lettering import load_ocr
from bot.core.details.written import day_written
from bot.core.model import Attachment, Letter, Look, Policy
from bot.core.reading.letter import Mail, open_mail
from bot.errors import UnreadableLetter
from bot.isolate.fork import ALL_FILES, NO_FILE, OCR, Say, Work
from bot.isolate.wire import Reading

NO_DAY = date(2000, 1, 1)  # no date can be read relative to it, and none is after it
WARMING = b"From: Ann <ann@example.com>\r\nSubject: watch\r\n\r\nMy watch is dead since Monday, please help me.\r\n"


def warm_up(policy: Policy) -> None:
    """Read a small mail, so that everything loaded on first use is loaded before the first fork."""
    letter = open_mail(WARMING).letter(tuple(policy.words))
    dump(Reading(letter=letter, details=find_details(letter, policy, date(2025, 1, 6))))


def read_letter(work: Work, policy: Policy, say: Say) -> Reading:
    """The reading of ``work.order.raw``. ``say`` is told the place of each file before it is opened.

    Raises UnreadableLetter (the mail's fault) and OSError (ours).
    """
    mail = open_raw(work)
    letter = with_looks(mail, mail.letter(tuple(policy.words), work.order.ours), work, say)
    return Reading(letter=letter, details=find_details(letter, policy, day_of(letter, work)))


def open_raw(work: Work) -> Mail:
    """The mail of an order, taken apart. Raises UnreadableLetter and OSError."""
    with open(work.order.raw, "rb") as file:
        return open_mail(file.read())


def with_looks(mail: Mail, letter: Letter, work: Work, say: Say) -> Letter:
    """The letter with each of its files kept and looked at; files that were looked at before are not opened again."""
    before = load_ocr.cache_info().misses
    looked = tuple(_take(mail, attachment, work, say) for attachment in letter.attachments)
    say(NO_FILE)
    if load_ocr.cache_info().misses > before:
        say(OCR)
    return replace(letter, attachments=looked)


def day_of(letter: Letter, work: Work) -> date:
    """The day that relative dates of this mail count from."""
    return day_written(letter, work.order.on) or NO_DAY


def _take(mail: Mail, attachment: Attachment, work: Work, say: Say) -> Attachment:
    """Keep one file and look at it. Its bytes are gone again afterwards: one file in memory at a time."""
    if attachment.sha256 in work.order.known:
        return replace(attachment, look=work.order.known[attachment.sha256])
    data = mail.file(attachment.place)
    if hashlib.sha256(data).hexdigest() != attachment.sha256:
        raise UnreadableLetter(f"file {attachment.place} reads differently each time")
    if work.order.files:
        _keep(data, os.path.join(work.order.files, attachment.sha256))
    spent = time.process_time()
    if not work.skip.isdisjoint((attachment.place, ALL_FILES)):
        look = Look(kind="unreadable", faults=("not_opened",), note=work.reason)
    elif spent > work.limits.look_seconds:
        look = Look(kind="other", note="not looked at: the mail has too many files")
    else:
        say(attachment.place)
        look = _look(data, attachment, read_print=spent < work.limits.text_seconds)
    return replace(attachment, look=look)


def _look(data: bytes, attachment: Attachment, *, read_print: bool) -> Look:
    try:
        return look_at(data, attachment.found_type, attachment.name, attachment.inline, read_print=read_print)
    except Exception as error:  # noqa: BLE001 - the edge towards strangers' files
        # One strange file, or one that fills the memory, must not cost the rest of the mail.
        return Look(kind="unreadable", faults=("not_opened",), note=f"not looked at: {type(error).__name__}")


def _keep(data: bytes, path: str) -> None:
    """The bytes on disk under their hash; a crash leaves a .part file, never half a file under the final name."""
    if os.path.exists(path):
        return
    part = f"{path}.{os.getpid()}.part"
    with open(part, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(part, path)
