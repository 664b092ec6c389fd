"""The schema's history: one plain function per step, never edited once released, only followed by another.

All steps that are due run in one transaction: a database is either as before or complete. A database that knows
steps this program does not is newer and is refused.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database as SchemaDatabase
from sqlite_utils import Migrations

from bot.errors import StoreError
from bot.store.tables import TABLES
from bot.store.views import create_views

MIGRATIONS = Migrations("after-sales")


@MIGRATIONS()
def m001_tables(db: SchemaDatabase) -> None:
    """The first tables."""
    for statement in TABLES:
        db.execute(statement)


@MIGRATIONS()
def m002_views(db: SchemaDatabase) -> None:
    """The views staff reads. A later step that changes a view calls this again."""
    create_views(db)


STEPS = (m001_tables.__name__, m002_views.__name__)


def pending(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The steps this database still needs. Raises StoreError when it is newer than this program."""
    db = SchemaDatabase(connection)
    done = {step.name for step in MIGRATIONS.applied(db)}
    if newer := sorted(done - set(STEPS)):
        raise StoreError(
            f"the database was made by a newer version (it knows {', '.join(newer)})."
            " Install that version again, or go back to a backup from before."
        )
    return tuple(name for name in STEPS if name not in done)


def migrate(connection: sqlite3.Connection, *, stop_before: str | None = None) -> None:
    """Bring the schema up to date, all or nothing. Raises StoreError."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if pending(connection):  # another program may have been quicker
                MIGRATIONS.apply(SchemaDatabase(connection), stop_before=stop_before)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise StoreError(f"the database cannot be brought up to date: {error}") from error
