"""One stored mail: gather what is known, decide, apply everything in one transaction.

The decision is pure and the transaction is one, so a crash anywhere leaves either nothing or everything; the next
start works on the same mail again and comes to the same letter with the same Message-ID. An attempt is counted before
it is made. A mail that fails three times is set aside; a fault of ours (disk, database, templates) costs it nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.core.decide import decide
from bot.core.model import Decision, Kind
from bot.core.warranty.answer import working_days_after
from bot.core.warranty.self_approval import approvable, is_asked
from bot.core.warranty.staff_facts import decided_service
from bot.errors import BotError, EditionError, Overtaken, PolicyError, ReaderError, TemplateError
from bot.store.cases import FORM
from bot.store.ledger import MAX_ATTEMPTS, STOPPED, Entry
from bot.store.records import Received
from bot.store.states import ArrivalOutcome, Evidence
from bot.worker.acting import BOT, perform
from bot.worker.aside import set_aside
from bot.worker.gather import Gathered, gather
from bot.worker.logs import trace
from bot.worker.machines import keep_machine_mail
from bot.worker.renewing import distrust, renew
from bot.worker.wiring import Wiring, never
from bot.worker.writing import compose_reply, content_key, post

log = structlog.get_logger("answering")
# Wrong for every mail alike: another try may go well, this mail is not to blame.
OURS = (ReaderError, PolicyError, TemplateError)
WAIT = timedelta(minutes=1)
OLD = "it came before the first start"
SAME_ORDER = "the same order as in the shop's form"
SWITCHED_OFF = "automatic letters are switched off"


def answer_due(w: Wiring, *, only_old: bool = False, enough: Callable[[], bool] = never) -> int:
    """Work on every stored mail that is due, oldest first; how many came to their end.

    ``only_old`` leaves mail from after the first start alone; ``enough`` is asked after each mail.
    """
    done = 0
    while entries := [e for e in w.store.ledger.due(w.now()) if not only_old or _is_old(w, e)]:
        before = done
        renew(w)
        if not _reader_is_ready(w):
            break
        for entry in entries:
            if renew(w) and not _reader_is_ready(w):
                return done
            try:
                done += answer_one(w.fixed(), entry)
            except Exception as error:  # noqa: BLE001 - a mail must never stop the next one
                # Not even setting it aside went well: it stays for the next round, and the others have their turn.
                log.error("left for the next round", arrival=entry.id, error=trace(error))
            if enough():
                return done
        if done == before:
            break
    return done


def _reader_is_ready(w: Wiring) -> bool:
    """The child runs before an attempt is counted: its start takes longest, and no mail is to blame for it."""
    w.close_put_away()
    try:
        w.reader.prepare()
        if w.reader.policy_hash != w.policy.hash:
            distrust(w)
            w.reader.prepare()
    except (ReaderError, PolicyError, EditionError) as error:
        w.store.alerts.report("reading", str(error), w.now())
        log.error("no mail can be read", error=str(error))
        return False
    return True


def answer_one(w: Wiring, entry: Entry) -> bool:
    """One mail through all steps; True when it came to its end. A mail that fails is tried again, then set aside."""
    if entry.attempts >= MAX_ATTEMPTS:  # each time the process itself ended over it
        set_aside(w, entry, entry.reason or STOPPED)
        return True
    w.store.ledger.begin(entry.id, w.now())
    try:
        apply(w, gather(w, entry))
    except Overtaken:
        # Staff changed the case meanwhile: it is read afresh on the next round.
        w.store.ledger.postpone(entry.id, "", timedelta(0), w.now())
        return False
    except Exception as error:  # noqa: BLE001 - whatever it is, the mail is tried again or set aside
        reason = str(error) if isinstance(error, BotError) else f"unexpected {type(error).__name__}"
        log.warning("not answered", arrival=entry.id, attempt=entry.attempts + 1, error=trace(error))
        if _is_ours(error):
            w.store.ledger.postpone(entry.id, reason, WAIT, w.now())
            w.store.alerts.report("reading", reason, w.now())
            return False
        if entry.attempts + 1 < MAX_ATTEMPTS:
            w.store.ledger.stumble(entry.id, reason, w.now())
            return False
        set_aside(w, entry, reason)
    return True


def _is_ours(error: Exception) -> bool:
    return isinstance(error, OURS) or isinstance(error.__cause__, OSError | sqlite3.OperationalError)


def _is_old(w: Wiring, entry: Entry) -> bool:
    return w.store.mailboxes.is_old(entry.mailbox, entry.received_at)


def apply(w: Wiring, g: Gathered) -> None:
    """Everything that follows from the mail, kept together or not at all."""
    letter = g.reading.letter
    key = content_key(letter)
    w.store.ledger.identify(g.entry.id, letter.message_id, key, w.now())
    original = w.store.ledger.original_of(g.entry.id)
    if original is not None:
        _finish(w, g, ArrivalOutcome.DUPLICATE, reason=f"a copy of mail {original}", dup_of=original)
        return
    if g.automatic is not None and g.automatic.rule == "echo":
        with w.store.write():
            w.store.delivery.evidence(letter.message_id, Evidence.ECHO, w.now())
            _finish(w, g, ArrivalOutcome.ECHO, reason=g.automatic.reason)
        return
    decision = _decide(w, g)
    if decision.automatic is not None or decision.kind is Kind.SPAM:
        with w.store.write():
            outcome, case_id = keep_machine_mail(w, g, decision)
            _finish(w, g, outcome, reason=decision.silence, case_id=case_id)
        return
    _record(w, g, key, _unless_silenced(w, g, decision))


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
        noticed=g.noticed,
        notice=g.notice,
        promises=w.promises,
        limit_mb=w.config.limits.max_mail_mb,
    )


def _unless_silenced(w: Wiring, g: Gathered, decision: Decision) -> Decision:
    """Without its letter where none may be written: then nobody has asked the customer, and nobody waits for him."""
    old = _is_old(w, g.entry)
    if decision.reply is None or not (old or not w.config.automation.replies):
        return decision
    decision = replace(decision, reply=None, silence=OLD if old else SWITCHED_OFF, reply_by=None)
    if decision.next_actor == "staff":
        return decision
    if old:
        return replace(decision, next_actor="nobody")
    answer_by = working_days_after(w.now().date(), w.promises.answer_working_days)
    return replace(decision, next_actor="staff", answer_by=answer_by)


def _record(w: Wiring, g: Gathered, key: str, decision: Decision) -> None:
    letter, now, reply = g.reading.letter, w.now(), decision.reply
    number = g.case.number if g.case else w.store.cases.new_number()
    service = _self_approved(w, g, decision)
    decided = decided_service(g.case) if g.case else ""
    new_letter = compose_reply(w, letter, key, number, reply, decided) if reply and not service else None
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
            linked_to=g.match.case_id if g.match.relation in ("stranger", "old") else None,
            proof=FORM if g.notice else SAME_ORDER if _joins_a_form(w, g) else "",
            asked=tuple(asks) if decision.next_actor == "customer" else (),
            why=why,
            edition=w.edition_number,
        )
        if new_letter is not None:
            w.store.outbox.supersede(recorded.case_id, now)
            post(w, new_letter, recorded, now)
            w.store.gate.stop_loop(new_letter.recipient, w.budgets, now)
        else:
            w.store.outbox.carry_over(recorded.case_id, recorded.version)
        if service:
            perform(w, number, "approve", {"service": service, "address": w.config.returns.address}, BOT)
        _finish(w, g, ArrivalOutcome.HUMAN, reason=decision.silence, case_id=recorded.case_id)
    log.info("case", case=number, kind=str(decision.kind), state=str(decision.state), reply=reply.name if reply else "")


def _self_approved(w: Wiring, g: Gathered, decision: Decision) -> str:
    """The service the bot approves by itself, or empty. An order we know already, or a question, is for a person."""
    listed = w.config.automation.approve
    if not listed or g.match.relation in ("stranger", "old"):
        return ""
    service = approvable(decision, g.case, listed, w.policy)
    case_id = g.match.case_id if g.case else None
    known = service and w.store.lookups.order_known(decision.details.values("order_number"), case_id)
    asked = service and is_asked((g.reading.letter.own_words, *w.store.lookups.own_words(case_id)))
    return "" if known or asked else service


def _joins_a_form(w: Wiring, g: Gathered) -> bool:
    """A case that a form opened without naming the customer gets its customer by this mail."""
    if g.case is None or g.match.case_id is None:
        return False
    forms, acts = w.config.trust.form_senders, w.store.acts
    return (
        acts.correspondent(g.match.case_id).address in forms and not acts.correspondent(g.match.case_id, forms).address
    )


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
