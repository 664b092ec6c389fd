"""Who works at the desk, from which browsers they are signed in, and what was tried at the door.

Nothing is hashed or checked here: the desk brings hashes. A session is found by the SHA-256 of its token, so that a
stolen copy of the database opens nothing.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.errors import StoreError
from bot.store.database import Database, Row
from bot.store.states import Role
from bot.store.times import moment

TRIES_KEPT = timedelta(days=30)
SEEN_EVERY = timedelta(seconds=60)  # each note of it is a disk write


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """How a person wants the desk; zone and language are those of the desk when empty."""

    theme: str = "auto"
    density: str = "dense"
    single_keys: str = "on"
    after_sending: str = "next"
    zone: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who may sign in. ``name`` is written into the history of cases, ``shown`` is for people to read."""

    id: int
    name: str
    shown: str
    role: Role
    disabled: bool = False
    looks: Looks = field(default_factory=Looks)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One signed-in browser."""

    id: int
    person: Person
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    lasting: bool
    address: str
    browser: str


class People:
    """The tables ``person``, ``session`` and ``login_try``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # --- persons --------------------------------------------------------------------------------

    def add(self, name: str, shown: str, role: Role, password_hash: str, now: datetime) -> int:
        """A new person. Raises StoreError when the name is taken."""
        with self._db.write():
            if self._db.row("SELECT 1 FROM person WHERE name = :name", name=name):
                raise StoreError(f"there is a person named {name} already")
            values = {"name": name, "shown": shown, "role": role, "password_hash": password_hash}
            return self._db.insert("person", {**values, "password_at": now, "created_at": now})

    def every(self) -> list[Row]:
        """All persons for a list, with their open sessions and last sign-in."""
        return self._db.rows(
            "SELECT name, shown, role, disabled, created_at,"
            " (SELECT count(*) FROM session s WHERE s.person_id = p.id) AS sessions,"
            " (SELECT max(seen_at) FROM session s WHERE s.person_id = p.id) AS seen_at FROM person p ORDER BY name"
        )

    def named(self, name: str) -> Person:
        """Raises StoreError when there is nobody of that name."""
        row = self._db.row("SELECT * FROM person WHERE name = :name", name=name)
        if row is None:
            raise StoreError(f"there is nobody named {name}")
        return _person(row)

    def secret_of(self, name: str) -> tuple[Person, str] | None:
        """A person who may sign in and the password's hash; None for strangers and for those who were shut out."""
        row = self._db.row("SELECT * FROM person WHERE name = :name AND disabled = 0", name=name)
        return (_person(row), str(row["password_hash"])) if row else None

    def set_password(self, person_id: int, password_hash: str, now: datetime, *, keep_session: int = 0) -> None:
        """A new password; every other browser is signed out."""
        with self._db.write():
            self._db.execute(
                "UPDATE person SET password_hash = :hash, password_at = :now WHERE id = :id",
                hash=password_hash,
                now=now,
                id=person_id,
            )
            self._db.execute(
                "DELETE FROM session WHERE person_id = :id AND id <> :keep", id=person_id, keep=keep_session
            )

    def set_hash(self, person_id: int, password_hash: str) -> None:
        """The same password, hashed with newer parameters."""
        with self._db.write():
            self._db.execute("UPDATE person SET password_hash = :h WHERE id = :id", h=password_hash, id=person_id)

    def set_disabled(self, person_id: int, disabled: bool) -> None:
        """Shut out, with all browsers signed out; or let in again."""
        with self._db.write():
            self._db.execute("UPDATE person SET disabled = :d WHERE id = :id", d=disabled, id=person_id)
            if disabled:
                self._db.execute("DELETE FROM session WHERE person_id = :id", id=person_id)

    def set_role(self, person_id: int, role: Role) -> None:
        """What the person may do from now on."""
        with self._db.write():
            self._db.execute("UPDATE person SET role = :role WHERE id = :id", role=role, id=person_id)

    def set_looks(self, person_id: int, looks: Looks) -> None:
        """How the person wants the desk."""
        values = {name: getattr(looks, name) for name in Looks.__slots__}
        pairs = ", ".join(f"{name} = :{name}" for name in values)
        with self._db.write():
            self._db.execute(f"UPDATE person SET {pairs} WHERE id = :id", id=person_id, **values)

    # --- sessions -------------------------------------------------------------------------------

    def sign_in(
        self,
        person_id: int,
        token_sha256: str,
        now: datetime,
        ends_at: datetime,
        *,
        lasting: bool,
        address: str,
        browser: str,
    ) -> int:
        """Remember a browser; those whose time is over are forgotten on the way."""
        with self._db.write():
            self._db.execute("DELETE FROM session WHERE ends_at <= :now", now=now)
            values: dict[str, Any] = {"token_sha256": token_sha256, "person_id": person_id, "lasting": lasting}
            values |= {"created_at": now, "seen_at": now, "ends_at": ends_at, "address": address, "browser": browser}
            return self._db.insert("session", values)

    def session(self, token_sha256: str, now: datetime, idle: timedelta, *, note: bool = True) -> Session | None:
        """The session of a token; None when it ended, lay idle for too long, or the person was shut out.

        ``note``: this is a sign of life of the person.
        """
        row = self._db.row(
            "SELECT p.*, s.id AS session_id, s.created_at AS began, s.seen_at, s.ends_at, s.lasting, s.address,"
            " s.browser FROM session s JOIN person p ON p.id = s.person_id"
            " WHERE s.token_sha256 = :token AND s.ends_at > :now AND p.disabled = 0",
            token=token_sha256,
            now=now,
        )
        if row is None:
            return None
        found = _session(row)
        if not found.lasting and now - found.seen_at > idle:
            self.end(found.id, found.person.id)
            return None
        if note and now - found.seen_at >= SEEN_EVERY:
            with self._db.write():
                self._db.execute("UPDATE session SET seen_at = :now WHERE id = :id", now=now, id=found.id)
        return found

    def sessions_of(self, person: Person, now: datetime) -> list[Session]:
        """Every browser the person is signed in with, the last used first."""
        rows = self._db.rows(
            "SELECT p.*, s.id AS session_id, s.created_at AS began, s.seen_at, s.ends_at, s.lasting, s.address,"
            " s.browser FROM session s JOIN person p ON p.id = s.person_id"
            " WHERE p.id = :id AND s.ends_at > :now ORDER BY s.seen_at DESC, s.id DESC",
            id=person.id,
            now=now,
        )
        return [_session(row) for row in rows]

    def end(self, session_id: int, person_id: int) -> bool:
        """Sign one browser out; False when this person has no such session."""
        with self._db.write():
            sql = "DELETE FROM session WHERE id = :id AND person_id = :person"
            return self._db.execute(sql, id=session_id, person=person_id) > 0

    # --- the door -------------------------------------------------------------------------------

    def tries(self, since: datetime, *, name_key: str = "", address: str = "") -> tuple[int, datetime | None]:
        """Failed tries since then and the time of the last; by name, by address, or by both together.

        A sign-in that worked wipes the slate of its name at that address.
        """
        row = self._db.rows(
            "SELECT count(*) AS n, max(at) AS last FROM login_try t WHERE at > :since AND good = 0"
            " AND (:name_key = '' OR name_key = :name_key) AND (:address = '' OR address = :address)"
            " AND NOT EXISTS (SELECT 1 FROM login_try g WHERE g.good = 1 AND g.name_key = t.name_key"
            " AND g.address = t.address AND g.id > t.id)",
            since=since,
            name_key=name_key,
            address=address,
        )[0]
        return int(row["n"]), moment(row["last"]) if row["last"] else None

    def note_try(self, name_key: str, address: str, now: datetime, *, good: bool) -> None:
        """Remember one try at the door."""
        with self._db.write():
            self._db.execute("DELETE FROM login_try WHERE at < :old", old=now - TRIES_KEPT)
            self._db.insert("login_try", {"at": now, "name_key": name_key, "address": address, "good": good})


def _person(row: Row) -> Person:
    looks = Looks(**{name: str(row[name]) for name in Looks.__slots__})
    return Person(
        id=row["id"],
        name=row["name"],
        shown=row["shown"],
        role=Role(row["role"]),
        disabled=bool(row["disabled"]),
        looks=looks,
    )


def _session(row: Row) -> Session:
    return Session(
        id=row["session_id"],
        person=_person(row),
        created_at=moment(row["began"]),
        seen_at=moment(row["seen_at"]),
        ends_at=moment(row["ends_at"]),
        lasting=bool(row["lasting"]),
        address=row["address"],
        browser=row["browser"],
    )
