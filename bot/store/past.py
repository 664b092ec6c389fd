"""Mails that came, as a rehearsal replays them: only looked at, the database opened for reading alone.

Not a part of ``Store``, which writes when it opens. Copies, echoes of our own letters and mails that were never fetched
whole are left out. A mail that leads up to one of the asked time comes along.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.core.codec import load
from bot.core.model import Look
from bot.core.warranty.lifecycle import STAFF, TIMER
from bot.core.warranty.quiet import QUIET_FLAGS
from bot.errors import StoreError
from bot.store.engine import DATABASE
from bot.store.schema import pending
from bot.store.times import moment, stamp

MOST_OURS = 6
HOLDING = ("take", "give-back")
_MAILS = """
    SELECT a.id, a.received_at, a.raw_sha256, l.id AS letter_id, COALESCE(l.case_id, a.case_id) AS case_id, c.number
    FROM arrival a LEFT JOIN letter l ON l.arrival_id = a.id LEFT JOIN cases c ON c.id = COALESCE(l.case_id, a.case_id)
    WHERE a.raw_sha256 IS NOT NULL AND a.state = 'done'
      AND a.outcome IN ('human', 'machine', 'bounce', 'list', 'spam', 'quarantined')
    ORDER BY a.received_at, a.id"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What a person or a timer did with a case, or corrected of it."""

    at: datetime
    name: str
    field: str = ""
    value: str = ""
    actor: str = ""
    gone: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """One mail that came, and what was known when it did."""

    raw: Path
    received_at: datetime
    done: tuple[Done, ...] = ()
    """since the mail before it"""
    noticed: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    looks: dict[str, Look] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseThatWas:
    """One case with its mails, oldest first. Without a number: one mail that belongs to none."""

    number: str
    terms: dict[str, object]
    mails: tuple[Came, ...]


def past_cases(folder: Path, since: datetime, most: int = 0) -> list[CaseThatWas]:
    """The cases that got a mail since then, oldest first; ``most``: only the newest of them, 0 for all.

    Raises StoreError when there is no database, or one of an older version.
    """
    with _opened(folder) as db:
        cases: dict[str, list[dict[str, Any]]] = {}
        for row in _rows(db, _MAILS):
            key = f"case {row['case_id']}" if row["case_id"] else f"mail {row['id']}"
            cases.setdefault(key, []).append(row)
        wanted = [mails for mails in cases.values() if mails[-1]["received_at"] >= stamp(since)]
        wanted.sort(key=lambda mails: (mails[-1]["received_at"], mails[-1]["id"]))
        return [_case(db, folder, mails) for mails in (wanted[-most:] if most else wanted)]


def live_hash(folder: Path) -> str | None:
    """The hash of the live edition; None where nothing was published. Raises StoreError."""
    if not (folder / DATABASE).is_file():
        return None
    with _opened(folder) as db:
        row = db.execute("SELECT hash FROM editions ORDER BY id DESC LIMIT 1").fetchone()
        return str(row["hash"]) if row else None


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    path = folder / DATABASE
    if not path.is_file():
        raise StoreError(f"there is no data in {folder} yet: run the bot once, or name a folder of mails")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=10)) as db:
            db.row_factory = sqlite3.Row
            if pending(db):
                raise StoreError("the database is of an older version: start the bot once to bring it up to date")
            db.execute("BEGIN")  # one state of the database, whatever a running bot writes meanwhile
            yield db
    except sqlite3.Error as error:
        raise StoreError(f"the database says: {error}") from error


def _rows(db: sqlite3.Connection, sql: str, **values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(sql, values)]


def _case(db: sqlite3.Connection, folder: Path, mails: list[dict[str, Any]]) -> CaseThatWas:
    case_id = mails[0]["case_id"]
    done = sorted(_done(db, case_id), key=lambda one: one.at) if case_id else []
    terms = _rows(db, "SELECT terms FROM cases WHERE id = :id", id=case_id) if case_id else []
    flags = _rows(db, "SELECT flag, since FROM flag WHERE case_id = :id", id=case_id) if case_id else []
    sent = "SELECT body_text, sent_at FROM outbox WHERE case_id = :id AND state = 'accepted' ORDER BY id DESC"
    letters = _rows(db, sent, id=case_id) if case_id else []
    came, last = [], ""
    for place, mail in enumerate(mails):
        at = mail["received_at"]
        following = mails[place + 1]["received_at"] if place + 1 < len(mails) else "9999"
        came.append(
            Came(
                raw=folder / "files" / mail["raw_sha256"][:2] / mail["raw_sha256"],
                received_at=moment(at),
                done=tuple(one for one in done if last <= stamp(one.at) < at) if place else (),
                # What is noticed with a mail is written right after it came, before the next one does.
                noticed=tuple(f["flag"] for f in flags if f["flag"] in QUIET_FLAGS and at <= f["since"] < following),
                ours=tuple(row["body_text"] for row in letters if row["sent_at"] < at)[:MOST_OURS],
                looks=_looks(db, mail["letter_id"]),
            )
        )
        last = at
    return CaseThatWas(
        number=mails[0]["number"] or "",
        terms=json.loads(terms[0]["terms"]) if terms else {},
        mails=tuple(came),
    )


def _done(db: sqlite3.Connection, case_id: int) -> Iterator[Done]:
    for row in _rows(db, "SELECT at, actor, name FROM event WHERE case_id = :id ORDER BY id", id=case_id):
        if row["actor"] != "customer" and row["name"] in (*STAFF, *TIMER, *HOLDING):
            yield Done(at=moment(row["at"]), name=row["name"], actor=row["actor"])
    sql = "SELECT at, actor, field, value, gone FROM correction WHERE case_id = :id ORDER BY id"
    for row in _rows(db, sql, id=case_id):
        yield Done(
            at=moment(row["at"]),
            name="correct",
            field=row["field"],
            value=row["value"],
            actor=row["actor"],
            gone=bool(row["gone"]),
        )


def _looks(db: sqlite3.Connection, letter_id: int | None) -> dict[str, Look]:
    sql = "SELECT sha256, look FROM attachment WHERE letter_id = :id AND sha256 IS NOT NULL AND look IS NOT NULL"
    return {row["sha256"]: load(Look, row["look"]) for row in _rows(db, sql, id=letter_id)} if letter_id else {}
