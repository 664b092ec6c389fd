"""Tokens of other programs, and the answers they were given: the tables ``token`` and ``answered``.

The token is shown once, when it is made, and only its SHA-256 is kept. The answer to an action is kept with the key
the program gave it, in the action's own transaction: who asks a second time with that key gets the same answer and
nothing is done twice.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import StoreError
from bot.store.database import Database, Row
from bot.store.states import Role
from bot.store.times import moment_or_none, stamp

PREFIX = "after-sales_"  # found by programs that look for secrets in places where none should be
TOKEN_BYTES = 32
USE_EVERY = timedelta(minutes=1)  # how exactly the last use is known: every note of it is a disk write
KEEP_ANSWERS = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A token that may be used."""

    id: int
    name: str
    role: Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What was answered to a key before."""

    request_sha256: str
    answer: str


class Tokens:
    """The tables ``token`` and ``answered``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, name: str, role: Role, expires_at: datetime | None, actor: str, now: datetime) -> str:
        """Make a token; its text, which is not kept. Raises StoreError when the name is taken."""
        text = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        with self._db.write():
            if self._db.row("SELECT 1 FROM token WHERE name = :name", name=name):
                raise StoreError(f'there is a token "{name}" already: revoked ones keep their name for the history')
            self._db.insert(
                "token",
                {
                    "name": name,
                    "role": role,
                    "sha256": _digest(text),
                    "created_by": actor,
                    "created_at": now,
                    "expires_at": expires_at,
                },
            )
        return text

    def find(self, text: str, now: datetime) -> Token | None:
        """The token of this text when it may be used now; its use is noted."""
        row = self._db.row(
            "SELECT * FROM token WHERE sha256 = :digest AND revoked_at IS NULL"
            " AND (expires_at IS NULL OR expires_at > :now)",
            digest=_digest(text),
            now=now,
        )
        if row is None:
            return None
        used = moment_or_none(row["last_used_at"])
        if used is None or now - used >= USE_EVERY:
            with self._db.write():
                self._db.execute("UPDATE token SET last_used_at = :now WHERE id = :id", id=row["id"], now=now)
        return Token(id=row["id"], name=row["name"], role=Role(row["role"]))

    def revoke(self, name: str, now: datetime) -> None:
        """End a token for good. Raises StoreError when there is none that still holds."""
        with self._db.write():
            ended = self._db.execute(
                "UPDATE token SET revoked_at = :now WHERE name = :name AND revoked_at IS NULL", name=name, now=now
            )
        if not ended:
            raise StoreError(f'there is no token "{name}" that could be revoked')

    def list(self, now: datetime) -> list[Row]:
        """All tokens without what proves them: name, role, state, created_by, created_at, expires_at, last_used_at."""
        return self._db.rows(
            "SELECT name, role, CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= :now THEN 'expired'"
            " ELSE 'valid' END AS state, created_by, created_at, expires_at, last_used_at, revoked_at"
            " FROM token ORDER BY created_at, name",
            now=now,
        )

    def answered(self, token: Token, key: str) -> Answered | None:
        """What was answered to this key of the token before, if anything."""
        row = self._db.row(
            "SELECT request_sha256, answer FROM answered WHERE token_id = :id AND key = :key", id=token.id, key=key
        )
        return Answered(**row) if row else None

    def remember(self, token: Token, key: str, request_sha256: str, answer: str, now: datetime) -> None:
        """Keep an answer, inside the transaction of what was done; those of two days ago are forgotten."""
        with self._db.write():
            self._db.execute("DELETE FROM answered WHERE at < :before", before=stamp(now - KEEP_ANSWERS))
            self._db.insert(
                "answered",
                {"token_id": token.id, "key": key, "request_sha256": request_sha256, "answer": answer, "at": now},
            )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
