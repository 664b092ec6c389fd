"""Lists that a person keeps under a name of their own. What is kept is the list's address, nothing of its cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import NotAllowed
from bot.store.database import Database

MOST = 12
LONGEST_NAME = 40
LONGEST_QUERY = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedView:
    """One list under its name."""

    id: int
    name: str
    query: str
    """the list as its address names it: ``view=decide&language=de``"""


class SavedViews:
    """The table ``saved_view``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, person_id: int) -> tuple[SavedView, ...]:
        """A person's lists, in the order they were kept."""
        rows = self._db.rows(
            "SELECT id, name, query FROM saved_view WHERE person_id = :person ORDER BY id", person=person_id
        )
        return tuple(SavedView(**row) for row in rows)

    def keep(self, person_id: int, name: str, query: str, now: datetime) -> SavedView:
        """Keep a list; one with the same name gives way. Raises NotAllowed when the name or the number is too much."""
        name = " ".join(name.split())
        if not 1 <= len(name) <= LONGEST_NAME or len(query) > LONGEST_QUERY:
            raise NotAllowed("the name of a list has one to forty letters")
        with self._db.write():
            others = [view for view in self.of(person_id) if view.name != name]
            if len(others) >= MOST:
                raise NotAllowed(f"a person keeps at most {MOST} lists")
            row = self._db.returning(
                "INSERT INTO saved_view (person_id, name, query, created_at) VALUES (:person, :name, :query, :now)"
                " ON CONFLICT (person_id, name) DO UPDATE SET query = excluded.query RETURNING id, name, query",
                person=person_id,
                name=name,
                query=query,
                now=now,
            )[0]
        return SavedView(**row)

    def drop(self, person_id: int, view_id: int) -> bool:
        """Forget one of a person's own lists; whether it was there."""
        with self._db.write():
            return (
                self._db.execute(
                    "DELETE FROM saved_view WHERE id = :id AND person_id = :person", id=view_id, person=person_id
                )
                == 1
            )
