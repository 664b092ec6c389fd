"""Cases as the rest of the product reads them: which case a mail belongs to, what is known of it, lists for people.

The thread rule: a Message-ID of ours in the references says *which* case; only a sender who is already a party may
add to it. A Message-ID of the customer's counts only from that same customer. A number in a subject counts for nothing.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.core.codec import load
from bot.core.model import Case, Details, Doubt, Kind, State
from bot.errors import StoreError
from bot.store.database import Database, Row, Rows
from bot.store.outbox import bare_id
from bot.store.times import day_or_none, moment_or_none

# Letter, digit, letter, digit ...: never a word. No 0 O 1 I L 5 S 8 B 2 Z U, which are mistaken for each other.
LETTERS = "ACDEFGHJKMNPQRTVWXY"
DIGITS = "34679"
CLOSED = (State.COMPLETED, State.WITHDRAWN)
ENDED = f"('{State.COMPLETED}', '{State.WITHDRAWN}', '{State.CLOSED}')"
FORM = "a shop's form named this address"

# filter of ``list`` -> condition on the view case_overview
FILTERS = {
    "state": "state = :state",
    "waiting_for": "waiting_for = :waiting_for",
    "language": "language = :language",
    "service": "service = :service",
    "flag": "', ' || flags || ',' LIKE '%, ' || :flag || ',%'",
    "address": "case_number IN"
    " (SELECT number FROM cases c JOIN party p ON p.case_id = c.id WHERE p.address = :address)",
    "order_number": "', ' || order_number || ',' LIKE '%, ' || :order_number || ',%'",
}
# part of ``show`` -> its rows, oldest first
PARTS = {
    "conversation": "SELECT * FROM conversation WHERE case_number = :number",
    "parties": "SELECT address, since, proof FROM party WHERE case_id = :id ORDER BY since, address",
    "files": "SELECT l.number AS letter, t.place, t.name, t.declared_type, t.found_type, t.size, t.inline, t.look,"
    " t.sha256 FROM attachment t JOIN letter l ON l.id = t.letter_id WHERE l.case_id = :id ORDER BY l.id, t.place",
    "findings": "SELECT field, value, letter_number AS letter, place, span_start, span_end, words, confidence, note,"
    " counts FROM finding WHERE case_id = :id ORDER BY letter_number, field, id",
    "checks": "SELECT rule, outcome, clause, words, policy_hash FROM checks WHERE case_id = :id AND letter_id ="
    " (SELECT max(letter_id) FROM checks WHERE case_id = :id) ORDER BY id",
    "flags": "SELECT flag, since, words FROM flag WHERE case_id = :id ORDER BY since, flag",
    "corrections": "SELECT at, actor, field, value, gone, because FROM correction WHERE case_id = :id ORDER BY id",
    "timers": "SELECT kind, period, at FROM timer WHERE case_id = :id ORDER BY at, kind",
    "events": "SELECT at, actor, name, data FROM event WHERE case_id = :id ORDER BY id",
    "letters": "SELECT id AS outbox_id, reply, language, recipient, subject, automatic, state, held_reason, attempts,"
    " edition, next_try, smtp_code, smtp_text, evidence, created_at, sent_at FROM outbox"
    " WHERE case_id = :id ORDER BY id",
    "linked_from": "SELECT number AS case_number, opened_at FROM cases WHERE linked_to = :id ORDER BY id",
}
_JSON_COLUMNS = ("look", "data", "doubt_facts", "terms")


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Which case a mail speaks of, and whether its sender may add to it."""

    case_id: int | None = None
    number: str = ""
    relation: str | None = None
    """party; stranger, old (ended long ago): open a linked case of its own; None: no case is named"""


class Cases:
    """The table ``cases`` and its parts, for reading."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def new_number(self) -> str:
        """A free case number such as K7F3Q9: not guessable, shaped like no order or tracking number."""
        while True:
            number = "".join(secrets.choice(LETTERS) + secrets.choice(DIGITS) for _ in range(3))
            if self._db.row("SELECT id FROM cases WHERE number = :number", number=number) is None:
                return number

    def match(self, references: Sequence[str], sender: str) -> Match:
        """The case a mail's references name. ``references``: In-Reply-To, References, X-Loop, the newest last."""
        ids = [bare_id(reference) for reference in reversed(references)]
        for id_ in filter(None, ids):
            case_id = self._db.value("SELECT case_id FROM outbox WHERE message_id = :id", id=id_)
            if case_id is not None:
                return self._related(case_id, sender)
        for id_ in filter(None, ids):
            case_id = self._db.value(
                "SELECT l.case_id FROM letter l JOIN party p ON p.case_id = l.case_id AND p.address = l.from_address"
                " WHERE l.message_id = :id AND l.from_address = :sender ORDER BY l.id DESC LIMIT 1",
                id=id_,
                sender=sender.lower(),
            )
            if case_id is not None:
                return self._related(case_id, sender)
        return Match()

    def match_same_case(self, sender: str, order_numbers: Sequence[str]) -> Match:
        """An open case of this sender about one of these orders, the newest first."""
        rows = self._db.rows(
            "SELECT c.id, c.order_number FROM cases c JOIN party p ON p.case_id = c.id"
            f" WHERE p.address = :sender AND c.state NOT IN ('{CLOSED[0]}', '{CLOSED[1]}') ORDER BY c.id DESC",
            sender=sender.lower(),
        )
        for row in rows:
            if set(order_numbers) & set(row["order_number"].split(", ")) - {""}:
                return self._related(row["id"], sender)
        return Match()

    def match_waiting(self, sender: str, models: Sequence[str], since: datetime) -> Match:
        """The one case of this sender that waits for the customer and moved lately, unless it is of another model.

        People who forgot the photo write a new mail; it names no order, because they gave it before.
        """
        rows = self._db.rows(
            "SELECT c.id, c.model FROM cases c JOIN party p ON p.case_id = c.id"
            " WHERE p.address = :sender AND c.state = 'waiting_for_details' AND c.updated_at >= :since",
            sender=sender.lower(),
            since=since,
        )
        same = [r for r in rows if not models or not r["model"] or set(models) & set(r["model"].split(", "))]
        return self._related(same[0]["id"], sender) if len(same) == 1 and len(rows) == 1 else Match()

    def match_form(self, sender: str, order_numbers: Sequence[str], forms: Sequence[str], since: datetime) -> Match:
        """The one undecided case that this mail and a shop's form are both about, whichever came first.

        The same customer, and no other order; or the same order, where the form did not name the customer. ``forms``
        are the addresses such forms write from. A case of somebody else's is never matched.
        """
        marks = ", ".join(f":form_{n}" for n in range(len(forms)))
        rows = self._db.rows(
            "SELECT c.id, c.order_number, p.address = :sender AS own FROM cases c JOIN party p ON p.case_id = c.id"
            " WHERE c.state IN ('new', 'waiting_for_details', 'ready_for_staff') AND c.updated_at >= :since"
            f" AND (p.address = :sender OR p.address IN ({marks or 'NULL'})) ORDER BY c.id DESC",
            sender=sender.lower(),
            since=since,
            **{f"form_{n}": form.lower() for n, form in enumerate(forms)},
        )
        wanted = set(order_numbers)
        same: dict[int, None] = {}
        for row in rows:
            orders = set(row["order_number"].split(", ")) - {""}
            if orders & wanted or (row["own"] and not (orders and wanted)):
                same[row["id"]] = None
        if len(same) != 1:
            return Match()
        case_id = next(iter(same))
        return Match(case_id=case_id, number=self.number_of(case_id), relation="party")

    def has_form(self, sender: str) -> bool:
        """Whether a shop's form opened a case of this customer."""
        return (
            self._db.row("SELECT 1 FROM party WHERE address = :s AND proof = :p", s=sender.lower(), p=FORM) is not None
        )

    def ended_at(self, case_id: int) -> datetime | None:
        """When a case ended; None while it goes on."""
        at: str | None = self._db.value(
            f"SELECT state_since FROM cases WHERE id = :id AND state IN {ENDED}", id=case_id
        )
        return moment_or_none(at)

    def snapshot(self, case_id: int) -> Case:
        """What a decision needs to know of a case. Raises StoreError when there is none."""
        with self._db.read():
            row = self._db.row("SELECT * FROM cases WHERE id = :case_id", case_id=case_id)
            if row is None:
                raise StoreError(f"there is no case {case_id}")
            flags = self._db.rows(
                "SELECT flag FROM flag WHERE case_id = :case_id ORDER BY since, flag", case_id=case_id
            )
            letters = self._db.value("SELECT max(number) FROM letter WHERE case_id = :case_id", case_id=case_id)
        return Case(
            number=row["number"],
            state=State(row["state"]),
            version=row["version"],
            language=row["language"],
            first_mail_on=date.fromisoformat(row["first_mail_on"]),
            letters=letters or 0,
            details=load(Details, row["details"]),
            asked=json.loads(row["asked"]),
            flags=tuple(flag["flag"] for flag in flags),
            service=row["service"],
            kind=Kind(row["kind"]),
            held=bool(row["held"]),
            answer_by=day_or_none(row["answer_by"]),
            reply_by=day_or_none(row["reply_by"]),
            terms=json.loads(row["terms"]),
            merged_into=self.number_of(row["merged_into"]) if row["merged_into"] else "",
            next_actor=row["next_actor"],
            doubt=Doubt(id=row["doubt_id"], facts=json.loads(row["doubt_facts"])) if row["doubt_id"] else None,
        )

    def decided_since(self, at: datetime) -> list[Row]:
        """What became of each mail worked on since a moment, oldest first: mail, case, letter or why none."""
        return self._db.rows(
            "SELECT l.from_address AS sender, l.subject, l.kind, c.number AS case_number, c.state, o.reply,"
            " COALESCE(NULLIF(l.silence, ''), NULLIF(l.automatic_reason, ''), o.held_reason, '') AS why_none"
            " FROM letter l JOIN arrival a ON a.id = l.arrival_id LEFT JOIN cases c ON c.id = l.case_id"
            " LEFT JOIN outbox o ON o.case_id = c.id AND o.cause_key = a.content_key"
            " WHERE a.updated_at >= :at ORDER BY l.id",
            at=at,
        )

    def id_of(self, number: str) -> int:
        """The id of a case number, written in any case and with or without #. Raises StoreError."""
        plain = number.strip().lstrip("#").upper()
        case_id: int | None = self._db.value("SELECT id FROM cases WHERE number = :number", number=plain)
        if case_id is None:
            raise StoreError(f"there is no case {plain}")
        return case_id

    def number_of(self, case_id: int) -> str:
        """The number of a case. Raises StoreError."""
        number: str | None = self._db.value("SELECT number FROM cases WHERE id = :case_id", case_id=case_id)
        if number is None:
            raise StoreError(f"there is no case {case_id}")
        return number

    def list(self, *, limit: int = 100, **filters: str) -> Rows:
        """Rows of ``case_overview``, last changed first; filters as in FILTERS. Raises StoreError for others."""
        if unknown := sorted(set(filters) - set(FILTERS)):
            raise StoreError(f"cases cannot be filtered by {', '.join(unknown)}; by {', '.join(FILTERS)} they can")
        where = " AND ".join(FILTERS[name] for name in filters) or "1 = 1"
        return self._db.rows(
            f"SELECT * FROM case_overview WHERE {where} ORDER BY updated_at DESC, case_number LIMIT :limit",
            limit=limit,
            **filters,
        )

    def queue(self) -> Rows:
        """The cases that need a person, most urgent first: the view ``review_queue``."""
        return self._db.rows("SELECT * FROM review_queue")

    def why(self, number: str) -> str | None:
        """Why a case needs a person: the queue knows more reasons than a case keeps. None when it needs nobody."""
        rows = self._db.rows("SELECT why FROM review_queue WHERE case_number = :n", n=number)
        return rows[0]["why"] if rows else None

    def show(self, number: str) -> dict[str, Any]:
        """Everything about a case as JSON values: ``case`` and the PARTS. Raises StoreError when there is none."""
        with self._db.read():
            id_ = self.id_of(number)
            case = self._db.rows(
                "SELECT o.*, c.doubt_id, c.doubt_facts, c.why, c.version, c.policy_hash, c.edition, c.first_mail_on,"
                " c.state_since, c.assigned_to, c.terms, (SELECT number FROM cases WHERE id = c.merged_into)"
                " AS merged_into"
                " FROM case_overview o JOIN cases c ON c.number = o.case_number WHERE c.id = :id",
                id=id_,
            )[0]
            values = {"id": id_, "number": case["case_number"]}
            parts = {name: [_open_json(row) for row in self._db.rows(sql, **values)] for name, sql in PARTS.items()}
        return {"case": _open_json(case), **parts}

    def heir_of(self, case_id: int) -> int:
        """The case that goes on: this one, or the one it was merged into, through all merges."""
        seen = {case_id}
        while (into := self._db.value("SELECT merged_into FROM cases WHERE id = :id", id=case_id)) not in (None, *seen):
            case_id = into
            seen.add(case_id)
        return case_id

    def _related(self, case_id: int, sender: str) -> Match:
        case_id = self.heir_of(case_id)
        row = self._db.rows(
            "SELECT number, (SELECT count(*) FROM party WHERE case_id = cases.id AND address = :sender) AS known"
            " FROM cases WHERE id = :case_id",
            case_id=case_id,
            sender=sender.lower(),
        )[0]
        return Match(case_id=case_id, number=row["number"], relation="party" if row["known"] else "stranger")


def _open_json(row: Row) -> Row:
    return {name: json.loads(value) if name in _JSON_COLUMNS and value else value for name, value in row.items()}
