"""Writing a decision down: the case and everything the mail told, in the caller's one transaction.

The case is changed only when it still has the version the decision was made on; otherwise ``Overtaken`` is raised
and nothing of the transaction stays. Nothing is concluded here: every value comes from the decision or the letter.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.model import FIELDS, Automatic, Case, Decision, Kind, Letter
from bot.core.warranty.kind import kind_of_case
from bot.errors import Overtaken, StoreError
from bot.store.database import Database
from bot.store.events import add_event, by_edition
from bot.store.files import Files
from bot.store.judged import columns_of, write_checks
from bot.store.received import Received, write_letter
from bot.store.search import index_case
from bot.store.states import NextActor
from bot.store.views import UNSETTLED

__all__ = ["Received", "Recorded", "Records"]

FIRST_MAIL = "first mail"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """What was written: the case as it is now."""

    case_id: int
    number: str
    version: int
    letter_id: int


class Records:
    """The table ``cases`` and its parts, for writing."""

    def __init__(self, db: Database, files: Files) -> None:
        self._db = db
        self._files = files

    def record(
        self,
        decision: Decision,
        mail: Received,
        now: datetime,
        *,
        case: Case | None,
        on: date,
        number: str = "",
        linked_to: int | None = None,
        proof: str = "",
        asked: Sequence[str] | None = None,
        why: str = "",
        edition: int | None = None,
    ) -> Recorded:
        """Write one decision; attachments must be on disk.

        ``case`` is the snapshot the decision was made on, None for a new case that gets ``number`` and whose first
        mail came ``on`` that day. ``linked_to`` is the case a stranger referred to, ``proof`` why the sender is a
        party although it is not the first mail that says so, ``asked`` the ids the letter asks for (else the
        decision's missing ones, when it asks the customer), ``why`` the doubt in plain words, ``edition`` the one that
        decided. Raises Overtaken when the case changed meanwhile.
        """
        with self._db.write():
            if case is None:
                case_id, version = self._open(decision, now, number, on, linked_to), 1
            else:
                number = case.number
                case_id, version = self._update(decision, case, now), case.version + 1
            self._count_asked(case_id, decision, case, asked)
            sql = "UPDATE cases SET why = :why, edition = :edition WHERE id = :case_id"
            self._db.execute(sql, why=why, edition=edition, case_id=case_id)
            self._add_party(case_id, mail.letter, proof or (FIRST_MAIL if case is None else ""), now)
            letter_number = (case.letters if case else 0) + 1
            letter_id = write_letter(
                self._db,
                self._files,
                mail,
                decision.kind,
                decision.automatic,
                decision.silence,
                case_id,
                letter_number,
                now,
            )
            self._write_findings(case_id, letter_id, letter_number, decision)
            write_checks(self._db, case_id, letter_id, decision.verdict)
            self._write_flags(case_id, decision, now)
            for event in decision.events:
                data = by_edition(event.data, edition)
                add_event(self._db, case_id, now, event.name, actor=event.actor, data=data)
            index_case(self._db, case_id)
        return Recorded(case_id=case_id, number=number, version=version, letter_id=letter_id)

    def keep(
        self,
        mail: Received,
        kind: Kind,
        now: datetime,
        *,
        automatic: Automatic | None = None,
        silence: str = "",
        case_id: int | None = None,
    ) -> int:
        """Keep a mail that changes no case, such as a machine's; with ``case_id`` it shows in that conversation."""
        with self._db.write():
            letter_id = write_letter(self._db, self._files, mail, kind, automatic, silence, case_id, None, now)
            if case_id is not None:
                data = {"kind": kind, "rule": automatic.rule if automatic else ""}
                add_event(
                    self._db, case_id, now, "mail_attached", actor="machine" if automatic else "customer", data=data
                )
                index_case(self._db, case_id)
        return letter_id

    def _open(self, decision: Decision, now: datetime, number: str, on: date, linked_to: int | None) -> int:
        if not number:
            raise StoreError("a new case needs a number")
        values = self._columns(decision, now)
        return self._db.insert(
            "cases",
            {
                **values,
                "number": number,
                "opened_at": now,
                "state_since": now,
                "first_mail_on": on,
                "linked_to": linked_to,
            },
        )

    def _update(self, decision: Decision, case: Case, now: datetime) -> int:
        values = {**self._columns(decision, now), "kind": kind_of_case(case.kind, decision.kind)}
        if decision.state is not case.state:
            values["state_since"] = now
        if self._undelivered(case):
            values["next_actor"] = NextActor.STAFF
        pairs = ", ".join(f"{name} = :{name}" for name in values)
        changed = self._db.returning(
            f"UPDATE cases SET {pairs}, version = version + 1"
            " WHERE number = :number AND version = :version RETURNING id",
            number=case.number,
            version=case.version,
            **values,
        )
        if not changed:
            raise Overtaken(f"case {case.number} changed while this mail was read")
        return int(changed[0]["id"])

    def _undelivered(self, case: Case) -> bool:
        """A letter to this customer was refused or came back: a person settles that, whatever the customer writes."""
        sql = (
            f"SELECT 1 FROM outbox o JOIN cases c ON c.id = o.case_id WHERE c.number = :number AND {UNSETTLED} LIMIT 1"
        )
        return self._db.row(sql, number=case.number) is not None

    def _columns(self, decision: Decision, now: datetime) -> dict[str, object]:
        return {
            **columns_of(decision.details, decision.verdict, decision.missing),
            "state": decision.state,
            "language": decision.language,
            "kind": decision.kind,
            "doubt_id": decision.doubt.id if decision.doubt else "",
            "doubt_facts": json.dumps(dict(decision.doubt.facts) if decision.doubt else {}, ensure_ascii=False),
            "next_actor": NextActor(decision.next_actor),
            "answer_by": decision.answer_by,
            "reply_by": decision.reply_by,
            "updated_at": now,
        }

    def _count_asked(self, case_id: int, decision: Decision, case: Case | None, asked: Sequence[str] | None) -> None:
        if asked is None:
            asks = decision.reply is not None and decision.next_actor == NextActor.CUSTOMER
            asked = decision.missing if asks else ()
        counts = dict(case.asked if case else {})
        for id_ in asked:
            counts[id_] = counts.get(id_, 0) + 1
        self._db.execute("UPDATE cases SET asked = :asked WHERE id = :id", asked=json.dumps(counts), id=case_id)

    def _add_party(self, case_id: int, letter: Letter, proof: str, now: datetime) -> None:
        # Only the first mail makes a party; later ones reach the case because their sender is one already. A case that
        # was opened by a mail nobody could read has none until that mail is read after all.
        nobody = self._db.row("SELECT 1 FROM party WHERE case_id = :case_id", case_id=case_id) is None
        if (proof or nobody) and letter.sender:
            self._db.execute(
                "INSERT INTO party (case_id, address, since, proof) VALUES (:case_id, :address, :now, :proof)"
                " ON CONFLICT (case_id, address) DO NOTHING",
                case_id=case_id,
                address=letter.sender.address.lower(),
                now=now,
                proof=proof or FIRST_MAIL,
            )

    def _write_findings(self, case_id: int, letter_id: int, letter_number: int, decision: Decision) -> None:
        # Corrected values stay in the table and count no more: both stand in the history.
        self._db.execute("UPDATE finding SET counts = 0 WHERE case_id = :case_id", case_id=case_id)
        counting = {id(f) for name in FIELDS for f in decision.details.all(name)}
        for finding in decision.details.findings:
            self._db.execute(
                "INSERT INTO finding (case_id, letter_id, letter_number, field, value, place, span_start, span_end,"
                " words, confidence, note, counts)"
                " VALUES (:case_id, :letter_id, :letter_number, :field, :value, :place, :span_start,"
                " :span_end, :words, :confidence, :note, :counts)"
                " ON CONFLICT (case_id, letter_number, field, value, place, span_start, span_end)"
                " DO UPDATE SET counts = max(counts, excluded.counts)",
                case_id=case_id,
                letter_id=letter_id if finding.letter == letter_number else None,
                letter_number=finding.letter,
                field=finding.field,
                value=finding.value,
                place=finding.place,
                span_start=finding.start,
                span_end=finding.end,
                words=finding.words,
                confidence=finding.confidence,
                note=finding.note,
                counts=id(finding) in counting,
            )

    def _write_flags(self, case_id: int, decision: Decision, now: datetime) -> None:
        before = {row["flag"] for row in self._db.rows("SELECT flag FROM flag WHERE case_id = :id", id=case_id)}
        for gone in before - set(decision.flags):
            self._db.execute("DELETE FROM flag WHERE case_id = :id AND flag = :flag", id=case_id, flag=gone)
        words = {finding.value: finding.words for finding in decision.details.all("flag")}
        for flag in dict.fromkeys(decision.flags):
            self._db.execute(
                "INSERT INTO flag (case_id, flag, since, words) VALUES (:id, :flag, :now, :words)"
                " ON CONFLICT (case_id, flag) DO UPDATE SET words = excluded.words",
                id=case_id,
                flag=flag,
                now=now,
                words=words.get(flag, ""),
            )
