"""The connections: one that writes, one per thread that reads.

Nothing is written outside ``write()``, which begins IMMEDIATE: a deferred transaction that reads before it writes
fails at once when another program wrote in between, whatever the busy timeout says. Inside ``write()`` reads go
through the writing connection and see what was just written; everywhere else they see what is committed.

The rollback journal is the default. WAL can lose commits with several connections in SQLite 3.7.0 to 3.51.2, so it
is used only when asked for and the linked library is a repaired one.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.errors import StoreError
from bot.store.times import stamp

BUSY_MS = 10_000
WAL_REPAIRED = (3, 51, 3)
WAL_BACKPORTS = ((3, 50, 7), (3, 44, 6))

Row = dict[str, Any]
Rows = list[Row]


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL-reset fault."""
    return version >= WAL_REPAIRED or any(version[:2] == fix[:2] and version >= fix for fix in WAL_BACKPORTS)


class Database:
    """One SQLite file. Values are bound by name, ``rows("... = :name", name=...)``; times and days as they are."""

    def __init__(self, path: Path, *, wal: bool = False) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        self._owner = 0
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self.journal_mode = "wal" if wal and wal_is_safe(sqlite3.sqlite_version_info) else "truncate"
        self.writer = self._connect()
        with _told():
            self.writer.execute(f"PRAGMA journal_mode = {self.journal_mode}")
            self.writer.execute("PRAGMA synchronous = FULL")

    def close(self) -> None:
        """Close every connection; an open transaction is rolled back."""
        with self._lock:
            for connection in [*self._readers, self.writer]:
                connection.close()
            self._readers.clear()

    @contextmanager
    def write(self) -> Iterator[None]:
        """BEGIN IMMEDIATE ... COMMIT, or nothing at all when the body raises.

        Inside another ``write()`` of the same thread it is a savepoint: undone alone if the outer body catches the
        error, kept only if the outer one commits. Other threads wait. Raises StoreError.
        """
        with self._lock:
            begin, end, undo = (
                ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
                if not self._depth
                else (
                    f"SAVEPOINT inner_{self._depth}",
                    f"RELEASE inner_{self._depth}",
                    (f"ROLLBACK TO inner_{self._depth}", f"RELEASE inner_{self._depth}"),
                )
            )
            with _told():
                self.writer.execute(begin)
            self._depth += 1
            self._owner = threading.get_ident()
            try:
                yield
                with _told():
                    self.writer.execute(end)
            except BaseException:
                # On a full disk SQLite has already rolled back by itself.
                for statement in undo if self.writer.in_transaction else ():
                    self.writer.execute(statement)
                raise
            finally:
                self._depth -= 1
                if not self._depth:
                    self._owner = 0

    @contextmanager
    def read(self) -> Iterator[None]:
        """Several reads of one state of the database. Short: in the default journal mode it keeps writers waiting."""
        connection = self._reading()
        if connection.in_transaction:
            yield
            return
        with _told():
            connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")

    def rows(self, sql: str, /, **values: Any) -> list[Row]:
        """All rows of a query."""
        with _told():
            return [dict(row) for row in self._reading().execute(sql, _bound(values)).fetchall()]

    def row(self, sql: str, /, **values: Any) -> Row | None:
        """The first row, if there is one."""
        found = self.rows(sql, **values)
        return found[0] if found else None

    def value(self, sql: str, /, **values: Any) -> Any:
        """The first column of the first row, if there is one."""
        found = self.row(sql, **values)
        return next(iter(found.values())) if found else None

    def execute(self, sql: str, /, **values: Any) -> int:
        """Change rows; the number changed. Only inside ``write()``."""
        self._require_write()
        with _told():
            return self.writer.execute(sql, _bound(values)).rowcount

    def returning(self, sql: str, /, **values: Any) -> list[Row]:
        """Change rows that the statement returns. Only inside ``write()``."""
        self._require_write()
        with _told():
            return [dict(row) for row in self.writer.execute(sql, _bound(values)).fetchall()]

    def insert(self, table: str, values: Mapping[str, Any]) -> int:
        """Add one row to an existing table; its id. Column names come from our code, never from mail."""
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id"
        return int(self.returning(sql, **values)[0]["id"])

    def _require_write(self) -> None:
        if self._owner != threading.get_ident():
            raise StoreError("a change of the database stands outside store.write()")

    def _reading(self) -> sqlite3.Connection:
        if self._owner == threading.get_ident():
            return self.writer
        reader: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._connect()
            # Not opened read-only: whoever reads first after another program was killed must undo its half write.
            reader.execute("PRAGMA query_only = ON")
            self._local.reader = reader
            self._readers.append(reader)  # without the lock: whoever writes holds it, and readers do not wait for that
        return reader

    def _connect(self) -> sqlite3.Connection:
        with _told():
            connection = sqlite3.connect(
                self.path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000
            )
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
        return connection


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"the database says: {error}") from error


def _bound(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value
