"""What was published, when and by whom: the table ``editions``. The newest row is the live edition.

Rows are only ever added. The files of an edition are not in here: ``bot.editions`` keeps them in the data folder.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import StoreError
from bot.store.database import Database, Row
from bot.store.states import EditionKind
from bot.store.times import moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """One published set of policy, words and letters."""

    number: int
    hash: str
    """of all its files: SHA-256 as 64 hexadecimal digits"""
    author: str
    note: str
    published_at: datetime
    kind: EditionKind
    back_to: int | None
    """the edition whose files a rollback brought back"""
    program: str
    """the version of the program that checked it"""
    files: int
    changed: tuple[tuple[str, str], ...]
    """``(file, changed | added | removed)`` against the edition before; empty for the first"""

    @property
    def stands_at(self) -> int:
        """The number of the edition whose files these are: its own, or the one it went back to."""
        return self.back_to or self.number


class Editions:
    """The table ``editions``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def live_number(self) -> int | None:
        """The number of the newest edition; None before the first start."""
        number: int | None = self._db.value("SELECT max(id) FROM editions")
        return number

    def live(self) -> Edition | None:
        """The newest edition; None before the first start."""
        row = self._db.row("SELECT * FROM editions ORDER BY id DESC LIMIT 1")
        return _edition(row) if row else None

    def get(self, number: int) -> Edition:
        """One edition. Raises StoreError when there is none of this number."""
        row = self._db.row("SELECT * FROM editions WHERE id = :number", number=number)
        if row is None:
            live = self.live_number()
            there = f"the newest is {live}" if live else "nothing was published yet"
            raise StoreError(f"there is no edition {number}; {there}")
        return _edition(row)

    def every(self) -> list[Edition]:
        """All editions, the newest first."""
        return [_edition(row) for row in self._db.rows("SELECT * FROM editions ORDER BY id DESC")]

    def hashes(self) -> set[str]:
        """The hashes of all editions: what must stay in the data folder."""
        return {row["hash"] for row in self._db.rows("SELECT DISTINCT hash FROM editions")}

    def cases_decided(self) -> dict[int, int]:
        """How many cases were decided last by each edition."""
        rows = self._db.rows(
            "SELECT edition, count(*) AS n FROM cases WHERE edition IS NOT NULL GROUP BY edition ORDER BY edition"
        )
        return {row["edition"]: row["n"] for row in rows}

    def add(
        self,
        *,
        hash_: str,
        author: str,
        note: str,
        now: datetime,
        kind: EditionKind,
        program: str,
        files: int,
        changed: Sequence[tuple[str, str]] = (),
        back_to: int | None = None,
    ) -> Edition:
        """A new live edition. Its files must be in the data folder."""
        with self._db.write():
            number = self._db.insert(
                "editions",
                {
                    "hash": hash_,
                    "author": author,
                    "note": note,
                    "published_at": now,
                    "kind": kind,
                    "back_to": back_to,
                    "program": program,
                    "files": files,
                    "changed": json.dumps(list(changed), ensure_ascii=False),
                },
            )
            return self.get(number)


def _edition(row: Row) -> Edition:
    plain = {name: row[name] for name in ("hash", "author", "note", "back_to", "program", "files")}
    return Edition(
        number=row["id"],
        published_at=moment(row["published_at"]),
        kind=EditionKind(row["kind"]),
        changed=tuple((str(file), str(how)) for file, how in json.loads(row["changed"])),
        **plain,
    )
