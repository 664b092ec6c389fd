"""Invented people and their mails, and a scene that takes them through a real store."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.core.model import (
    Address,
    Attachment,
    Case,
    Check,
    Decision,
    Details,
    Doubt,
    Event,
    Finding,
    Kind,
    Letter,
    Look,
    Outcome,
    Reply,
    State,
    Verdict,
)
from bot.store.budgets import Budgets
from bot.store.engine import Store
from bot.store.outbox import NewLetter, Posted
from bot.store.records import Received, Recorded
from bot.store.states import FileKind

NOON = datetime(2025, 3, 14, 12, 0, 0, tzinfo=UTC)
ANNA = "anna@example.com"


def letter(sender: str = ANNA, **changes: object) -> Letter:
    """A short claim."""
    plain = Letter(
        message_id="<first@example.com>",
        references=(),
        sender=Address(address=sender, name="Anna Example") if sender else None,
        sender_problem="" if sender else "no From header",
        reply_to=(),
        to=(Address(address="care@example.com"),),
        cc=(),
        subject="My watch is dead",
        sent_at=NOON,
        text="It does not turn on.\n> old text",
        own_words="It does not turn on.",
        quoted="> old text",
        attachments=(),
        enclosures=(),
        headers=(),
        language="en",
        language_confidence=0.9,
        defects=(),
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def finding(name: str, value: str, **changes: object) -> Finding:
    """A sure finding in the customer's own words."""
    plain = Finding(field=name, value=value, place="own_words", start=0, end=5, words=value, confidence=0.9)
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def decision(*findings: Finding, **changes: object) -> Decision:
    """A claim that lacks a photo: the customer is asked."""
    plain = Decision(
        kind=Kind.NEW_CLAIM,
        automatic=None,
        language="en",
        details=Details(findings=findings or (finding("order_number", "KS20418"), finding("model", "TANK T3 Ultra"))),
        missing=("photo_or_video",),
        verdict=Verdict(
            service="free_repair",
            checks=(
                Check(rule="window", outcome=Outcome.PASSED, clause="services table, row 3"),
                Check(rule="seller", outcome=Outcome.UNKNOWN, clause="services table, row 3", words="a shop"),
            ),
            policy_hash="p1",
        ),
        flags=(),
        state=State.WAITING_FOR_DETAILS,
        events=(Event(name="details_asked", actor="bot", data={"asks": ["photo_or_video"]}),),
        reply=Reply(name="details_needed", language="en", facts={}),
        silence="",
        doubt=None,
        next_actor="customer",
        answer_by=None,
        reply_by=date(2025, 3, 28),
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def for_staff(**changes: object) -> Decision:
    """A decision that hands the case to a person."""
    plain = decision(
        state=State.READY_FOR_STAFF,
        missing=(),
        next_actor="staff",
        doubt=Doubt(id="seller_unknown", facts={"seller": "a shop"}),
        answer_by=date(2025, 3, 17),
        reply_by=None,
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


@dataclass
class Scene:
    """A store and the few steps most tests begin with."""

    store: Store
    folder: Path
    now: datetime = NOON
    budgets: Budgets = field(default_factory=Budgets)
    count: int = 0

    def later(self, **time: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**time)
        return self.now

    def open_case(self, made: Decision | None = None, sent: Letter | None = None, **more: object) -> Recorded:
        """A new case from one mail."""
        self.count += 1
        with self.store.write():
            return self.store.records.record(
                made or decision(),
                Received(letter=sent or letter(message_id=f"<m{self.count}@example.com>"), received_at=self.now),
                self.now,
                case=None,
                on=self.now.date(),
                number=self.store.cases.new_number(),
                **more,  # type: ignore[arg-type]
            )

    def add_mail(self, case: Case, made: Decision | None = None, sent: Letter | None = None) -> Recorded:
        """A further mail of a case."""
        self.count += 1
        with self.store.write():
            return self.store.records.record(
                made or decision(),
                Received(letter=sent or letter(message_id=f"<m{self.count}@example.com>"), received_at=self.now),
                self.now,
                case=case,
                on=self.now.date(),
            )

    def answer(self, case: Recorded | None, **changes: object) -> Posted:
        """Queue a letter of ours."""
        self.count += 1
        raw = self.store.files.put(f"letter {self.count}".encode())
        plain = NewLetter(
            dedupe_key=f"key {self.count}",
            case_id=case.case_id if case else None,
            case_version=case.version if case else None,
            cause_key="cause",
            reply="details_needed",
            language="en",
            recipient=ANNA,
            message_id=f"<kb.{self.count}@desk.example.com>",
            subject="KOSPET case: a photo, please",
            body_text="Please send a photo.",
            raw_sha256=raw,
            automatic=True,
        )
        with self.store.write():
            self.store.files.record(raw, FileKind.LETTER, self.now)
            return self.store.outbox.queue(
                dataclasses.replace(plain, **changes),  # type: ignore[arg-type]
                self.budgets,
                self.now,
            )

    def send(self, wait: timedelta = timedelta(0)) -> int | None:
        """Send the next due letter with success; its id."""
        row = self.store.outbox.claim(self.now)
        if row is None:
            return None
        self.store.delivery.data_started(row.id, self.now)
        self.now += wait
        self.store.delivery.accepted(row.id, self.now, 250, "2.0.0 Ok")
        return row.id

    def arrive(self, uid: int = 1, raw: bytes | None = None, mailbox: str = "INBOX", uidvalidity: int = 7) -> int:
        """A mail that is stored and waits for work; its ledger id."""
        self.store.mailboxes.enter(mailbox, uidvalidity, None, self.now)
        data = raw or f"mail {mailbox} {uidvalidity} {uid}".encode()
        entry = self.store.ledger.see(mailbox, uidvalidity, [(uid, len(data), self.now)], self.now)[0]
        self.store.ledger.stored(entry.id, self.store.files.put(data), len(data), self.now)
        return entry.id

    def photo(self, place: int = 1) -> Attachment:
        """A photo on disk."""
        data = f"photo {place}".encode()
        return Attachment(
            place=place,
            sha256=self.store.files.put(data),
            size=len(data),
            name="../../etc/passwd.jpg",
            declared_type="image/jpeg",
            found_type="image/jpeg",
            look=Look(kind="photo", faults=("blurred",), width=800, height=600),
        )

    def column(self, sql: str, **values: object) -> list[object]:
        """The first column of a query."""
        return [next(iter(row.values())) for row in self.store.db.rows(sql, **values)]


def taken(scene: Scene, case_id: int) -> None:
    """A person takes the case over, as the action does: no automatic letter any more."""
    case = scene.store.cases.snapshot(case_id)
    scene.store.acts.apply(case, Event(name="take", actor="Kim"), {"held": True}, NOON)
