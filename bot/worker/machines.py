"""Mail that machines wrote: kept, shown with the case it speaks of, never answered.

A delivery report that names a letter of ours is shown on that letter's case, whoever the report says it comes from:
only a mail server that had the letter, or its receiver, knows its Message-ID.
"""

from __future__ import annotations

import re

from bot.core.model import Decision, Kind, Letter
from bot.store.records import Received
from bot.store.states import ArrivalOutcome, Evidence
from bot.worker.gather import Gathered
from bot.worker.wiring import Wiring

# What a mail of each kind ends as, when it opens or joins no case.
ENDS = {Kind.BOUNCE: ArrivalOutcome.BOUNCE, Kind.AUTO_REPLY: ArrivalOutcome.MACHINE, Kind.SPAM: ArrivalOutcome.SPAM}
LISTS = ("list", "newsletter")
OUR_ID = re.compile(r"<(kb\.[!-;=?-~]{10,240})>")
# RFC 3464 2.3.3: a report may also say that a letter is late, or that it arrived.
ACTION = re.compile(r"^action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)


def keep_machine_mail(w: Wiring, g: Gathered, decision: Decision) -> tuple[ArrivalOutcome, int | None]:
    """Keep it, inside the caller's transaction; how the mail ends, and the case it was put to."""
    letter, now = g.reading.letter, w.now()
    outcome = ENDS.get(decision.kind, ArrivalOutcome.MACHINE)
    if g.automatic is not None and g.automatic.rule in LISTS:
        outcome = ArrivalOutcome.LIST
    case_id = g.match.case_id if g.match.relation == "party" else None
    if decision.kind is Kind.BOUNCE:
        reported = _reported_case(w, letter, decision.silence)
        case_id = case_id if reported is None else reported
    w.store.records.keep(
        Received(letter=letter, received_at=g.entry.received_at, arrival_id=g.entry.id),
        decision.kind,
        now,
        automatic=decision.automatic,
        silence=decision.silence,
        case_id=case_id,
    )
    return outcome, case_id


def _reported_case(w: Wiring, letter: Letter, reason: str) -> int | None:
    for message_id in _named_ids(letter):
        if _says_failed(letter):
            row = w.store.delivery.bounced(message_id, w.now(), reason)
        else:
            row = w.store.delivery.evidence(message_id, Evidence.DELIVERY_REPORT, w.now())
        if row is not None:
            return row.case_id
    return None


def _says_failed(letter: Letter) -> bool:
    """A report without a word about it, as older mail servers write them, is about a failure."""
    actions = [a.lower() for e in letter.enclosures if e.how == "report" for a in ACTION.findall(e.text)]
    return not actions or "failed" in actions


def _named_ids(letter: Letter) -> list[str]:
    """Message-IDs a delivery report may speak of: its references and whatever stands in its text."""
    texts = "\n".join((letter.text, letter.quoted, *(e.text for e in letter.enclosures)))
    return [*letter.references, *OUR_ID.findall(texts)]
