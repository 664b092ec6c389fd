"""Who has a case open at the desk: one person has it, others may read along.

Opening takes the case when nobody has it, typing renews it, and after a quarter of an hour without a sign of life it
is free again. It stands in the database because a sign that lives in a browser's connection fails for late comers.
Sending checks it once more; nothing here keeps a letter back by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Database, Row
from bot.store.times import moment, moment_or_none

LASTS = timedelta(minutes=15)
IDLE = timedelta(minutes=5)
"""without a sign for so long: still theirs, but a colleague is told"""
READS_ALONG = timedelta(minutes=3)
FRESH = timedelta(seconds=30)
"""a sign so young is not written again: every note of it is a disk write"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """One person at one case."""

    actor: str
    since: datetime
    seen_at: datetime
    typed_at: datetime | None

    @property
    def last_sign(self) -> datetime:
        """The last moment the person was there."""
        return max(self.seen_at, self.typed_at or self.seen_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Company:
    """Who is at a case, as one person sees it."""

    holder: Hold | None
    """who has it, if it is somebody else"""
    mine: bool
    readers: tuple[str, ...]
    """others who look at it now and do not have it"""


class Holds:
    """The table ``hold``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(self, case_id: int, actor: str, now: datetime, *, may_have: bool = True) -> Company:
        """This person looks at the case, and has it from now on when nobody else does and ``may_have``."""
        before = self._rows(case_id, now)
        own = next((r for r in before if r["actor"] == actor), None)
        has = may_have and not any(r["has_it"] for r in before if r["actor"] != actor)
        if own is None or bool(own["has_it"]) != has or now - moment(own["seen_at"]) > FRESH:
            with self._db.write():
                self._note(case_id, actor, now, has=has)
        return self.company(case_id, actor, now)

    def company(self, case_id: int, actor: str, now: datetime) -> Company:
        """Who is there, without leaving a sign."""
        rows = self._rows(case_id, now)
        holder = next((r for r in rows if r["has_it"]), None)
        readers = [r["actor"] for r in rows if not r["has_it"] and now - _hold(r).last_sign < READS_ALONG]
        return Company(
            holder=_hold(holder) if holder and holder["actor"] != actor else None,
            mine=holder is not None and holder["actor"] == actor,
            readers=tuple(reader for reader in readers if reader != actor),
        )

    def typed(self, case_id: int, actor: str, now: datetime) -> bool:
        """This person types; whether the case is still theirs."""
        with self._db.write():
            mine = not any(r["has_it"] for r in self._rows(case_id, now) if r["actor"] != actor)
            if mine:
                self._note(case_id, actor, now, has=True, typed=True)
        return mine

    def take_over(self, case_id: int, actor: str, now: datetime) -> str:
        """This person has the case from now on; who had it before, '' when nobody did."""
        with self._db.write():
            others = [r["actor"] for r in self._rows(case_id, now) if r["has_it"] and r["actor"] != actor]
            self._db.execute("UPDATE hold SET has_it = 0 WHERE case_id = :case_id", case_id=case_id)
            self._note(case_id, actor, now, has=True)
        return others[0] if others else ""

    def leave(self, case_id: int, actor: str) -> None:
        """This person is done with the case."""
        with self._db.write():
            self._db.execute(
                "DELETE FROM hold WHERE case_id = :case_id AND actor = :actor", case_id=case_id, actor=actor
            )

    def held_by_others(self, actor: str, now: datetime) -> dict[str, str]:
        """Number of each case that somebody else has -> who."""
        rows = self._db.rows(
            "SELECT c.number, h.actor FROM hold h JOIN cases c ON c.id = h.case_id WHERE h.has_it = 1"
            " AND h.actor <> :actor AND max(h.seen_at, COALESCE(h.typed_at, h.seen_at)) > :since",
            actor=actor,
            since=now - LASTS,
        )
        return {row["number"]: row["actor"] for row in rows}

    def _rows(self, case_id: int, now: datetime) -> list[Row]:
        """The rows that still count."""
        return self._db.rows(
            "SELECT * FROM hold WHERE case_id = :case_id"
            " AND max(seen_at, COALESCE(typed_at, seen_at)) > :since ORDER BY since, actor",
            case_id=case_id,
            since=now - LASTS,
        )

    def _note(self, case_id: int, actor: str, now: datetime, *, has: bool, typed: bool = False) -> None:
        self._db.execute(
            "DELETE FROM hold WHERE case_id = :case_id AND max(seen_at, COALESCE(typed_at, seen_at)) <= :since",
            case_id=case_id,
            since=now - LASTS,
        )
        self._db.execute(
            "INSERT INTO hold (case_id, actor, has_it, since, seen_at, typed_at)"
            " VALUES (:case_id, :actor, :has, :now, :now, :typed)"
            " ON CONFLICT (case_id, actor) DO UPDATE SET has_it = excluded.has_it, seen_at = excluded.seen_at,"
            " typed_at = COALESCE(excluded.typed_at, typed_at),"
            " since = CASE WHEN has_it = excluded.has_it THEN since ELSE excluded.since END",
            case_id=case_id,
            actor=actor,
            has=has,
            now=now,
            typed=now if typed else None,
        )


def _hold(row: Row) -> Hold:
    return Hold(
        actor=row["actor"],
        since=moment(row["since"]),
        seen_at=moment(row["seen_at"]),
        typed_at=moment_or_none(row["typed_at"]),
    )
