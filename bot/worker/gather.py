"""What is known before deciding: the mail, read in the limited child, and the case it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.core.details.written import day_written
from bot.core.model import Automatic, Case, Details, Letter
from bot.core.reading.automatic import answerable, authentication, recognise
from bot.errors import UnreadableLetter
from bot.isolate import Reading
from bot.store.cases import Match
from bot.store.ledger import Entry
from bot.worker.wiring import READY_FILES, Wiring

SURE = 0.5
STILL_WAITING = timedelta(days=30)  # after that a new mail is a new matter


@dataclass(frozen=True)
class Gathered:
    """What is known before deciding."""

    entry: Entry
    reading: Reading
    on: date
    automatic: Automatic | None
    unanswerable: str
    match: Match
    case: Case | None


def gather(w: Wiring, entry: Entry) -> Gathered:
    """Read the mail in the limited child and find its case.

    Raises UnreadableLetter when it lies in this mail, other BotErrors when it lies with us.
    """
    arrived = entry.received_at.date()
    raw_path = w.store.files.path(entry.raw_sha256 or "")
    if not raw_path.is_file():
        raise UnreadableLetter("its original is gone from the data folder")
    reading = w.reader.read(raw_path, w.store.folder / READY_FILES, arrived)
    for attachment in reading.letter.attachments:
        source = w.store.folder / READY_FILES / attachment.sha256
        if source.exists():
            w.store.files.adopt(source, attachment.sha256)
    letter = _of_form_customer(w, reading.letter)
    reading = replace(reading, letter=letter)
    own = w.config.address.own
    trust = w.config.trust
    automatic = recognise(letter, own)
    match = _match(w, entry, letter, reading.details)
    stranger = match.relation == "stranger" or (
        match.relation == "party" and authentication(letter, trust.authserv_ids) == "fail"
    )
    if stranger:
        match = replace(match, relation="stranger")
    case = w.store.cases.snapshot(match.case_id) if match.case_id and match.relation == "party" else None
    return Gathered(
        entry=entry,
        reading=reading,
        on=day_written(letter, arrived) or arrived,
        automatic=automatic,
        unanswerable=answerable(letter, own, trust.authserv_ids, trust.form_senders),
        match=match,
        case=case,
    )


def _of_form_customer(w: Wiring, letter: Letter) -> Letter:
    """A shop's form writes from its own address; the customer stands in Reply-To."""
    forms = {f.lower() for f in w.config.trust.form_senders}
    if letter.sender and letter.sender.address in forms and len(letter.reply_to) == 1:
        return replace(letter, sender=letter.reply_to[0])
    return letter


def _match(w: Wiring, entry: Entry, letter: Letter, details: Details) -> Match:
    """References first; then the same sender with the same order; then the same sender whom we asked for something.

    A mail that was set aside, and is now read after all, belongs to the case it opened then.
    """
    if entry.case_id is not None:
        return Match(case_id=entry.case_id, number=w.store.cases.number_of(entry.case_id), relation="party")
    if letter.sender is None:
        return Match()
    sender = letter.sender.address
    found = w.store.cases.match((*letter.references, *letter.header_values("x-loop")), sender)
    if found.relation is not None:
        return found
    if orders := details.values("order_number", SURE):
        return w.store.cases.match_same_case(sender, orders)
    return w.store.cases.match_waiting(sender, details.values("model", SURE), w.now() - STILL_WAITING)
