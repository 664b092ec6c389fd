"""What the bot would do with mails from files: the worker's own way, with nothing sent and nothing stored.

Mails given together are one case, oldest first, each taken at the time of its Date header.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from bot.config import load_policy
from bot.core.decide import decide
from bot.core.details.written import day_written
from bot.core.model import Case, Decision, Details, Draft, Letter, Policy, Promises
from bot.core.reading.automatic import answerable, recognise
from bot.core.summary import is_auto, summarise
from bot.core.warranty.kind import kind_of_case
from bot.errors import BotError, UnreadableLetter
from bot.isolate import Reader, Reading
from bot.replies import Letters

SAMPLE_NUMBER = "K7F3Q9"  # no case is opened, so no real number is drawn
UNDATED = date(2000, 1, 1)


@dataclass(frozen=True)
class Setup:
    """What explaining needs."""

    policy_folder: Path
    policy: Policy
    letters: Letters
    own_addresses: tuple[str, ...]
    trusted: tuple[str, ...] = ()
    """servers whose word on a sender's identity counts"""
    forms: tuple[str, ...] = ()
    """addresses that a shop's forms write from"""
    promises: Promises = field(default_factory=Promises)
    limit_mb: int = 30


@dataclass(frozen=True)
class Explanation:
    """One mail and what follows from it."""

    letter: Letter
    decision: Decision
    draft: Draft | None


def open_setup(policy_folder: Path, templates: Path, own_addresses: Iterable[str] = ()) -> Setup:
    """Load policy and templates; raises PolicyError and TemplateError with all problems."""
    policy = load_policy(policy_folder)
    own = tuple(own_addresses) or (policy.contact,)
    return Setup(policy_folder, policy, Letters(templates, policy.default_language), own)


def explain(paths: Iterable[Path], setup: Setup, reader: Reader) -> list[Explanation]:
    """One explanation a mail, in order; the last one describes the case. Raises UnreadableLetter."""
    case: Case | None = None
    explained = []
    for path in paths:
        reading = _read(path, reader)
        decision = judge(reading.letter, reading.details, case, setup)
        case = case_after(case, reading.letter, decision)
        draft = setup.letters.render(decision.reply, SAMPLE_NUMBER) if decision.reply else None
        explained.append(Explanation(reading.letter, decision, draft))
    return explained


def _read(path: Path, reader: Reader) -> Reading:
    if not path.is_file():
        raise UnreadableLetter(f"{path}: there is no such file")
    try:
        return reader.read(path, None, None)
    except UnreadableLetter as error:
        raise UnreadableLetter(f"{path}: {error}") from error


def judge(
    letter: Letter,
    details: Details,
    case: Case | None,
    setup: Setup,
    *,
    arrived: date | None = None,
    noticed: Collection[str] = (),
) -> Decision:
    """What the worker would decide, on the day the mail arrived; without one on the day of its Date header.

    ``noticed`` are flags that a look at other cases gave.
    """
    notice = letter.sender is not None and letter.sender.address in setup.forms
    if notice and len(letter.reply_to) == 1:
        letter = replace(letter, sender=letter.reply_to[0])
    on = day_written(letter, arrived) or arrived or UNDATED
    return decide(
        letter,
        details,
        case,
        setup.policy,
        on=on,
        today=arrived or on,
        automatic=recognise(letter, setup.own_addresses),
        unanswerable=answerable(letter, setup.own_addresses, setup.trusted, setup.forms),
        noticed=noticed,
        notice=notice,
        promises=setup.promises,
        limit_mb=setup.limit_mb,
    )


def case_after(case: Case | None, letter: Letter, decision: Decision, arrived: date | None = None) -> Case | None:
    """The case as the store would hold it after this mail."""
    if is_auto(decision):
        return case
    asked = dict(case.asked) if case else {}
    asks = decision.reply.facts.get("asks", ()) if decision.reply and decision.next_actor == "customer" else ()
    for id_ in asks:  # type: ignore[attr-defined]
        asked[id_] = asked.get(id_, 0) + 1
    return Case(
        number=SAMPLE_NUMBER,
        state=decision.state,
        version=(case.version if case else 0) + 1,
        language=decision.language,
        first_mail_on=case.first_mail_on if case else day_written(letter, arrived) or arrived or UNDATED,
        letters=(case.letters if case else 0) + 1,
        details=decision.details,
        asked=asked,
        flags=decision.flags,
        service=decision.verdict.service,
        kind=kind_of_case(case.kind, decision.kind) if case else decision.kind,
        held=case.held if case else False,
        answer_by=decision.answer_by,
        reply_by=decision.reply_by,
        terms=case.terms if case else {},
        next_actor=decision.next_actor,
        doubt=decision.doubt,
    )


# --- JSON ---------------------------------------------------------------------------------------


def as_row(explanation: Explanation) -> dict[str, object]:
    """The public JSON object of ``explain --json``."""
    letter, decision, draft = explanation.letter, explanation.decision, explanation.draft
    return {
        **summarise(decision),
        "state": str(decision.state),
        "next_actor": decision.next_actor,
        "answer_by": decision.answer_by.isoformat() if decision.answer_by else None,
        "reply_by": decision.reply_by.isoformat() if decision.reply_by else None,
        "doubt": decision.doubt.id if decision.doubt else None,
        "reply": _reply(decision, draft),
        "checks": [
            {"rule": c.rule, "outcome": str(c.outcome), "clause": c.clause, "words": c.words}
            for c in decision.verdict.checks
        ],
        "findings": [
            {
                "field": f.field,
                "value": f.value,
                "confidence": f.confidence,
                "letter": f.letter,
                "source": {"place": f.place, "start": f.start, "end": f.end, "words": f.words},
                "note": f.note,
            }
            for f in decision.details.findings
        ],
        "policy_hash": decision.verdict.policy_hash,
        "own_words": letter.own_words,
        "text": letter.text,
        "attachments": [_attachment(letter, n) for n in range(len(letter.attachments))],
        "defects": list(letter.defects),
    }


def _reply(decision: Decision, draft: Draft | None) -> dict[str, object]:
    if decision.reply is None or draft is None:
        return {"name": None, "why_none": decision.silence}
    return {
        "name": decision.reply.name,
        "language": draft.language,
        "subject": draft.subject,
        "body": draft.text,
        "why_none": None,
    }


def _attachment(letter: Letter, index: int) -> dict[str, object]:
    a = letter.attachments[index]
    return {
        "place": a.place,
        "name": a.name,
        "type": a.found_type,
        "size": a.size,
        "kind": a.look.kind if a.look else None,
        "faults": list(a.look.faults) if a.look else [],
        "note": a.look.note if a.look else "",
    }


# --- many mails, each a case of its own -----------------------------------------------------------


def mail_files(paths: Iterable[Path]) -> list[Path]:
    """Files, and the mails of folders: a Maildir's ``new`` and ``cur``, else every ``.eml`` below."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
        elif (path / "cur").is_dir():
            found += sorted(f for sub in ("new", "cur") for f in (path / sub).glob("*") if f.is_file())
        else:
            files = [f for f in path.rglob("*") if f.is_file() and not f.name.startswith(".")]
            mails = [f for f in files if f.suffix.lower() in (".eml", ".txt", ".mail", ".msg", ".mbox", "")]
            found += sorted(mails or files)
    return found


def explain_each(files: list[Path], setup: Setup, workers: int = 0) -> Iterator[dict[str, object]]:
    """One row a mail, each a case of its own, in the order of ``files``. A bad mail gives ``error`` and never stops."""
    count = max(1, min(workers or os.cpu_count() or 1, len(files)))
    readers = [Reader(setup.policy_folder) for _ in range(count)]
    free = list(readers)

    def one(path: Path) -> dict[str, object]:
        reader = free.pop()
        try:
            return {"file": str(path), **as_row(explain([path], setup, reader)[-1])}
        except BotError as error:
            return {"file": str(path), "error": str(error)}
        except Exception as error:  # noqa: BLE001 - one mail must never stop a thousand
            return {"file": str(path), "error": f"{type(error).__name__}: {error}"}
        finally:
            free.append(reader)

    try:
        with ThreadPoolExecutor(count) as pool:
            yield from pool.map(one, files)
    finally:
        for reader in readers:
            reader.close()
