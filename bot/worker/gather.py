"""What is known before deciding: the mail, read in the limited child, and the case it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.core.details.written import day_written
from bot.core.model import Automatic, Case, Details, Letter
from bot.core.reading.automatic import answerable, authentication, recognise
from bot.core.reading.own_words import holds_ours
from bot.errors import UnreadableLetter
from bot.isolate import Reading
from bot.store.cases import Match
from bot.store.ledger import Entry
from bot.worker.wiring import READY_FILES, Wiring

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
    notice: bool = False
    """a shop's form wrote it"""
    noticed: tuple[str, ...] = ()
    """flags that a look at other cases gave"""


def gather(w: Wiring, entry: Entry) -> Gathered:
    """Read the mail in the limited child and find its case.

    Raises UnreadableLetter when it lies in this mail, other BotErrors when it lies with us.
    """
    arrived = entry.received_at.date()
    raw_path = w.store.files.path(entry.raw_sha256 or "")
    if not raw_path.is_file():
        raise UnreadableLetter("its original is gone from the data folder")
    reading = w.reader.read(raw_path, w.store.folder / READY_FILES, arrived)
    if pasted := _pasted(w, reading.letter):
        reading = w.reader.read(raw_path, w.store.folder / READY_FILES, arrived, pasted)
    for attachment in reading.letter.attachments:
        source = w.store.folder / READY_FILES / attachment.sha256
        if source.exists():
            w.store.files.adopt(source, attachment.sha256)
    notice = _is_notice(w, reading.letter)
    letter = _of_form_customer(reading.letter) if notice else reading.letter
    reading = replace(reading, letter=letter)
    own, trust = w.config.address.own, w.config.trust
    automatic = recognise(letter, own)
    match = _unless_long_over(w, _match(w, entry, letter, reading.details, notice))
    stranger = match.relation == "stranger" or (
        match.relation == "party" and authentication(letter, trust.authserv_ids) == "fail"
    )
    if stranger:
        match = replace(match, relation="stranger")
    case = w.store.cases.snapshot(match.case_id) if match.case_id and match.relation == "party" else None
    orders = (
        *(case.details.sure("order_number") if case else ()),
        *reading.details.sure("order_number"),
    )
    return Gathered(
        entry=entry,
        reading=reading,
        on=day_written(letter, arrived) or arrived,
        automatic=automatic,
        unanswerable=_unanswerable(w, letter, notice),
        match=match,
        case=case,
        notice=notice,
        noticed=w.store.lookups.noticed(letter, orders, match.case_id if case else None),
    )


def _pasted(w: Wiring, letter: Letter) -> list[str]:
    """Our letters to this sender, when he pasted one without quote marks: what they say is not what he says."""
    sent = w.store.lookups.sent_to(letter.sender.address) if letter.sender else []
    return sent if holds_ours(letter.own_words, sent) else []


def _is_notice(w: Wiring, letter: Letter) -> bool:
    """A shop's form writes from its own address."""
    return letter.sender is not None and letter.sender.address in w.config.trust.form_senders


def _of_form_customer(letter: Letter) -> Letter:
    """A form's customer stands in Reply-To; without one nobody is known."""
    return replace(letter, sender=letter.reply_to[0]) if len(letter.reply_to) == 1 else letter


def _unanswerable(w: Wiring, letter: Letter, notice: bool) -> str:
    if notice and _is_notice(w, letter):
        return "The shop's form does not name the customer's address."
    trust = w.config.trust
    return answerable(letter, w.config.address.own, trust.authserv_ids, trust.form_senders)


def _unless_long_over(w: Wiring, match: Match) -> Match:
    """A case that ended long ago is not opened again: a new one is linked to it."""
    ended = w.store.cases.ended_at(match.case_id) if match.case_id and match.relation == "party" else None
    if ended is None or w.now() - ended <= timedelta(days=w.config.timers.reopen):
        return match
    return replace(match, relation="old")


def _match(w: Wiring, entry: Entry, letter: Letter, details: Details, notice: bool) -> Match:
    """References first; then the same sender with the same order; then a shop's form about the same request; then
    the same sender whom we asked for something.

    A mail that was set aside, and is now read after all, belongs to the case it opened then.
    """
    if entry.case_id is not None:
        case_id = w.store.cases.heir_of(entry.case_id)
        return Match(case_id=case_id, number=w.store.cases.number_of(case_id), relation="party")
    if letter.sender is None:
        return Match()
    sender = letter.sender.address
    found = w.store.cases.match((*letter.references, *letter.header_values("x-loop")), sender)
    if found.relation is not None:
        return found
    orders = details.sure("order_number")
    if orders and (same := w.store.cases.match_same_case(sender, orders)).relation is not None:
        return same
    forms = w.config.trust.form_senders
    if forms and (notice or w.store.cases.has_form(sender) or orders):
        joined = w.store.cases.match_form(sender, orders, forms, w.now() - STILL_WAITING)
        if joined.relation is not None:
            return joined
    if orders:
        return Match()
    return w.store.cases.match_waiting(sender, details.sure("model"), w.now() - STILL_WAITING)
