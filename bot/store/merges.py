"""One case goes into another: its mails, findings, parties and letters move, its history stays.

Used by ``acts`` alone, inside its transaction. Events are never changed, so what happened to a case before it was
merged stands with its own number; that number goes on leading to the case that took it in.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from bot.store.database import Database


def move_parts(db: Database, gone: int, into: int) -> int:
    """Everything of case ``gone`` under case ``into``; by how much the numbers of its mails grew."""
    step = int(db.value("SELECT COALESCE(max(number), 0) FROM letter WHERE case_id = :into", into=into))
    for row in db.rows("SELECT id FROM letter WHERE case_id = :gone ORDER BY number DESC", gone=gone):
        db.execute(
            "UPDATE letter SET case_id = :into, number = number + :step WHERE id = :id",
            into=into,
            step=step,
            id=row["id"],
        )
    db.execute(
        "UPDATE finding SET case_id = :into, letter_number = letter_number + :step WHERE case_id = :gone",
        into=into,
        gone=gone,
        step=step,
    )
    for table in ("checks", "arrival", "outbox", "correction"):
        db.execute(f"UPDATE {table} SET case_id = :into WHERE case_id = :gone", into=into, gone=gone)
    db.execute(
        "INSERT INTO party (case_id, address, since, proof)"
        " SELECT :into, address, since, proof FROM party WHERE case_id = :gone"
        " ON CONFLICT (case_id, address) DO NOTHING",
        into=into,
        gone=gone,
    )
    db.execute("UPDATE cases SET linked_to = :into WHERE linked_to = :gone AND id <> :into", into=into, gone=gone)
    return step
