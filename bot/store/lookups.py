"""What a mail has in common with cases of other people: the same order, the same picture. Read only.

A hit is a quiet sign for staff, never a reason to refuse: people share addresses and pictures travel.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Iterable

from bot.core.model import Letter
from bot.store.database import Database

# A picture of one colour has one of these as its hash, whatever it shows.
BLANK = ("", "0" * 16, "f" * 16)
MOST_TEXT = 8000  # letters; ours are far shorter
# The other case is somebody else's: neither this one nor one of the same sender.
_OTHERS = (
    " AND {case_id} NOT IN (SELECT case_id FROM party WHERE address = :sender) AND {case_id} <> COALESCE(:case_id, 0)"
)


class Lookups:
    """Questions over all cases."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def noticed(self, letter: Letter, orders: Iterable[str], case_id: int | None) -> tuple[str, ...]:
        """The quiet flags of a mail: names as in the vocabulary."""
        sender = letter.sender.address.lower() if letter.sender else ""
        found = []
        if self._same_order(list(orders), sender, case_id):
            found.append("same_order_elsewhere")
        if self._same_picture(letter, sender, case_id):
            found.append("same_picture_elsewhere")
        return tuple(found)

    def order_known(self, orders: Iterable[str], case_id: int | None) -> bool:
        """Whether any other case, of whomever, is or was about one of these orders."""
        sql = (
            "SELECT 1 FROM finding WHERE field = 'order_number' AND confidence >= 0.5"
            " AND value IN (SELECT value FROM json_each(:orders)) AND case_id <> COALESCE(:case_id, 0) LIMIT 1"
        )
        return self._db.row(sql, orders=json.dumps(list(orders)), case_id=case_id) is not None

    def sent_to(self, address: str, limit: int = 6) -> list[str]:
        """The texts of our last letters to an address, the newest first."""
        rows = self._db.rows(
            "SELECT body_text FROM outbox WHERE recipient = :address AND state IN ('accepted', 'unknown')"
            " ORDER BY id DESC LIMIT :limit",
            address=address.lower(),
            limit=limit,
        )
        return [row["body_text"][:MOST_TEXT] for row in rows]

    def own_words(self, case_id: int | None) -> list[str]:
        """What the customer wrote in a case, mail by mail."""
        rows = self._db.rows("SELECT own_words FROM letter WHERE case_id = :case_id ORDER BY id", case_id=case_id)
        return [row["own_words"] for row in rows]

    def _same_order(self, orders: list[str], sender: str, case_id: int | None) -> bool:
        sql = (
            "SELECT 1 FROM finding f WHERE f.field = 'order_number' AND f.confidence >= 0.5"
            f" AND f.value IN (SELECT value FROM json_each(:orders)){_OTHERS.format(case_id='f.case_id')} LIMIT 1"
        )
        return self._hit(sql, sender, case_id, orders=json.dumps(orders))

    def _same_picture(self, letter: Letter, sender: str, case_id: int | None) -> bool:
        shown = [a for a in letter.attachments if a.look and a.look.kind in ("photo", "video")]
        files = [a.sha256 for a in shown if a.sha256]
        prints = [a.look.picture_hash for a in shown if a.look and a.look.picture_hash not in BLANK]
        sql = (
            "SELECT 1 FROM attachment t JOIN letter l ON l.id = t.letter_id WHERE l.case_id IS NOT NULL"
            " AND {condition} IN (SELECT value FROM json_each(:wanted))" + _OTHERS.format(case_id="l.case_id")
        )
        return any(
            wanted and self._hit(sql.format(condition=condition), sender, case_id, wanted=json.dumps(wanted))
            for condition, wanted in (("t.sha256", files), ("json_extract(t.look, '$.picture_hash')", prints))
        )

    def _hit(self, sql: str, sender: str, case_id: int | None, **values: str) -> bool:
        return self._db.row(sql, sender=sender, case_id=case_id, **values) is not None
