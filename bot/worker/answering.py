"""One stored mail: gather what is known, decide, apply everything in one transaction.

The decision is pure and the transaction is one, so a crash anywhere leaves either nothing or everything; the next
start works on the same mail again and comes to the same letter with the same Message-ID.
"""

from __future__ import annotations

import re
from dataclasses import replace

import structlog

from bot.core.decide import decide
from bot.core.model import Decision, Kind, Letter
from bot.errors import BotError, Overtaken, ReaderError
from bot.store.ledger import Entry
from bot.store.records import Received
from bot.store.states import ArrivalOutcome, Evidence, FileKind
from bot.worker.aside import set_aside
from bot.worker.gather import Gathered, gather
from bot.worker.wiring import Wiring
from bot.worker.writing import compose_reply, content_key

log = structlog.get_logger("answering")
# What a mail of each kind ends as, when it opens or joins no case.
ENDS = {Kind.BOUNCE: ArrivalOutcome.BOUNCE, Kind.AUTO_REPLY: ArrivalOutcome.MACHINE, Kind.SPAM: ArrivalOutcome.SPAM}


def answer_due(w: Wiring) -> int:
    """Work on every stored mail that is due, oldest first; how many came to their end."""
    done = 0
    while entries := w.store.ledger.due(w.now()):
        before = done
        for entry in entries:
            done += answer_one(w, entry)
        if done == before:
            break
    return done


def answer_one(w: Wiring, entry: Entry) -> bool:
    """One mail through all steps; True when it came to its end. A mail that fails is tried again, then set aside."""
    if not w.store.ledger.begin(entry.id, w.now()):
        set_aside(w, entry, str(w.store.ledger.show(entry.id)["reason"]))
        return True
    try:
        gathered = gather(w, entry)
        apply(w, gathered)
    except ReaderError as error:
        # The fault is ours (disk full, child does not start): the mail waits without losing an attempt's worth.
        w.store.alerts.report("reading", str(error), w.now())
        w.store.ledger.stumble(entry.id, str(error), w.now())
        return False
    except Overtaken:
        return False  # staff changed the case meanwhile: read afresh on the next round
    except BotError as error:
        return _stumble(w, entry, str(error))
    except Exception as error:
        log.exception("unexpected", arrival=entry.id)
        return _stumble(w, entry, f"unexpected {type(error).__name__}")
    return True


def _stumble(w: Wiring, entry: Entry, reason: str) -> bool:
    if not w.store.ledger.stumble(entry.id, reason, w.now()):
        return False
    set_aside(w, entry, reason)
    return True


def apply(w: Wiring, g: Gathered) -> None:
    """Everything that follows from the mail, kept together or not at all."""
    letter = g.reading.letter
    key = content_key(letter)
    original = _original(w, g, key)
    if original is not None:
        _finish(w, g, ArrivalOutcome.DUPLICATE, reason=f"a copy of mail {original}", dup_of=original)
        return
    if g.automatic is not None and g.automatic.rule == "echo":
        w.store.delivery.evidence(letter.message_id, Evidence.ECHO, w.now())
        _finish(w, g, ArrivalOutcome.ECHO, reason=g.automatic.reason)
        return
    decision = _decide(w, g)
    if decision.automatic is not None or decision.kind is Kind.SPAM:
        _keep_machine_mail(w, g, decision)
        return
    _record(w, g, key, decision)


def _original(w: Wiring, g: Gathered, key: str) -> int | None:
    w.store.ledger.identify(g.entry.id, g.reading.letter.message_id, key, w.now())
    return w.store.ledger.original_of(g.entry.id)


def _decide(w: Wiring, g: Gathered) -> Decision:
    return decide(
        g.reading.letter,
        g.reading.details,
        g.case,
        w.policy,
        on=g.on,
        today=w.now().date(),
        automatic=g.automatic,
        unanswerable=g.unanswerable,
        stranger=g.match.number if g.match.relation == "stranger" else "",
        promises=w.promises,
        limit_mb=w.config.limits.max_mail_mb,
    )


def _keep_machine_mail(w: Wiring, g: Gathered, decision: Decision) -> None:
    letter, now = g.reading.letter, w.now()
    outcome = ENDS.get(decision.kind, ArrivalOutcome.MACHINE)
    if g.automatic is not None and g.automatic.rule in ("list", "newsletter"):
        outcome = ArrivalOutcome.LIST
    mail = Received(letter=letter, received_at=g.entry.received_at, arrival_id=g.entry.id)
    case_id = g.match.case_id if g.match.relation == "party" else None
    with w.store.write():
        if decision.kind is Kind.BOUNCE:
            for message_id in _named_ids(letter):
                row = w.store.delivery.bounced(message_id, now, decision.silence)
                if row is not None:
                    case_id = row.case_id
                    break
        w.store.records.keep(
            mail, decision.kind, now, automatic=decision.automatic, silence=decision.silence, case_id=case_id
        )
        _finish(w, g, outcome, reason=decision.silence, case_id=case_id)


def _named_ids(letter: Letter) -> list[str]:
    """Message-IDs a delivery report may speak of: its references and whatever stands in its text."""
    texts = "\n".join((letter.text, letter.quoted, *(e.text for e in letter.enclosures)))
    return [*letter.references, *re.findall(r"<(kb\.[!-;=?-~]{10,240})>", texts)]


def _record(w: Wiring, g: Gathered, key: str, decision: Decision) -> None:
    letter, now = g.reading.letter, w.now()
    number = g.case.number if g.case else w.store.cases.new_number()
    reply = decision.reply if w.replies else None
    new_letter = compose_reply(w, letter, key, number, reply) if reply else None
    why = w.letters.doubt(w.letters.default_language, decision.doubt) if decision.doubt else ""
    asks = reply.facts.get("asks", ()) if reply else ()
    assert isinstance(asks, list | tuple)
    with w.store.write():
        recorded = w.store.records.record(
            decision,
            Received(letter=letter, received_at=g.entry.received_at, arrival_id=g.entry.id),
            now,
            case=g.case,
            on=g.on,
            number=number,
            linked_to=g.match.case_id if g.match.relation == "stranger" else None,
            asked=tuple(asks) if decision.next_actor == "customer" else (),
            why=why,
        )
        if new_letter is not None:
            w.store.outbox.supersede(recorded.case_id, now)
            w.store.files.record(new_letter.raw_sha256, FileKind.LETTER, now)
            queued = replace(new_letter, case_id=recorded.case_id, case_version=recorded.version)
            w.store.outbox.queue(queued, w.budgets, now)
            w.store.gate.stop_loop(queued.recipient, w.budgets, now)
        else:
            w.store.outbox.carry_over(recorded.case_id, recorded.version)
        _finish(w, g, ArrivalOutcome.HUMAN, reason=decision.silence, case_id=recorded.case_id)
    log.info("case", case=number, kind=str(decision.kind), state=str(decision.state), reply=reply.name if reply else "")


def _finish(
    w: Wiring,
    g: Gathered,
    outcome: ArrivalOutcome,
    *,
    reason: str,
    case_id: int | None = None,
    dup_of: int | None = None,
) -> None:
    folders = w.config.folders
    with w.store.write():
        w.store.ledger.finish(g.entry.id, outcome, w.now(), reason=reason, case_id=case_id, dup_of=dup_of)
        w.store.mailops.move(g.entry.id, folders.echo if outcome is ArrivalOutcome.ECHO else folders.done, w.now())
