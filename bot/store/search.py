"""Finding a case by whatever is at hand: a number, an address, any word of a mail, a detail, a note, a name.

The index is written in the transaction that writes what it indexes. Exact numbers come first, then addresses, then
words, newest case first. A search that finds nothing says where it looked and offers the closest number.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from bot.store.database import Database, Row
from bot.store.searchable import (
    Piece,
    asked,
    excerpt,
    expression,
    neighbours_of,
    numbers,
    pattern,
    ready,
    squeezed,
)

PAGE = 50
COUNTED = 1000
"""more hits by words than these are not counted, only shown page by page"""
MOST_SLIPS = 2500
NUMBERS = {"order_number": "order", "tracking_number": "parcel"}

# What a case can be found by. Our own letters are templates and would match everything; notes of colleagues count.
_PARTS = {
    "people": "SELECT from_name || ' ' || from_address AS text FROM letter WHERE case_id = :id"
    " UNION SELECT address FROM party WHERE case_id = :id",
    "details": "SELECT value AS text FROM finding WHERE case_id = :id AND counts = 1"
    " UNION SELECT value FROM correction WHERE case_id = :id"
    " UNION SELECT t.name FROM attachment t JOIN letter l ON l.id = t.letter_id WHERE l.case_id = :id"
    " UNION SELECT number FROM cases WHERE id = :id",
    "mails": "SELECT subject || char(10) || text AS text FROM letter WHERE case_id = :id",
    "notes": "SELECT COALESCE(json_extract(data, '$.text'), '') || ' ' || COALESCE(json_extract(data, '$.because'), '')"
    " AS text FROM event WHERE case_id = :id AND (name = 'note' OR json_type(data, '$.because') = 'text')",
}


# The same texts as they were written, in the order in which a person wants to see them.
_TEXTS = """
    WITH wanted (id) AS (SELECT value FROM json_each(:ids))
    SELECT case_id, 0 AS rank, 'mail' AS place, received_at AS at, own_words AS text FROM letter
        WHERE case_id IN wanted
    UNION ALL SELECT case_id, 1, 'subject', received_at, subject FROM letter WHERE case_id IN wanted
    UNION ALL SELECT case_id, 2, 'note', at, COALESCE(json_extract(data, '$.text'), json_extract(data, '$.because'))
        FROM event WHERE case_id IN wanted AND (name = 'note' OR json_type(data, '$.because') = 'text')
    UNION ALL SELECT case_id, 3, 'name', received_at, from_name || ' ' || from_address FROM letter
        WHERE case_id IN wanted
    UNION ALL SELECT case_id, 4, 'detail', '', value FROM finding WHERE case_id IN wanted AND counts = 1
    UNION ALL SELECT case_id, 5, 'mail', received_at, text FROM letter WHERE case_id IN wanted
    ORDER BY case_id, rank, at DESC"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One case that was found, and by what."""

    case_id: int
    by: str
    """case, order, parcel, address or words"""
    value: str
    """the number or the address; empty for words"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Closest:
    """The number nearest to one that was not found."""

    value: str
    by: str
    case_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One page of what a search found."""

    query: str
    """as it was understood"""
    hits: tuple[Hit, ...]
    total: int
    more: bool
    """there are more hits than ``total`` says"""
    offset: int
    looked_in: int
    """how many cases there are"""
    closest: tuple[Closest, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Excerpt:
    """Where a word stands, with the words around it."""

    place: str
    """mail, subject, name, note or detail"""
    at: str
    """time of the mail or the note; empty for a detail"""
    pieces: tuple[Piece, ...]


def index_case(db: Database, case_id: int) -> None:
    """Write anew what a case can be found by. Inside the caller's ``write()``, after what it read was written."""
    texts = {
        part: "\n".join(ready(row["text"]) for row in db.rows(sql, id=case_id) if row["text"].strip())
        for part, sql in _PARTS.items()
    }
    db.execute("DELETE FROM search WHERE rowid = :id", id=case_id)
    db.execute(
        "INSERT INTO search (rowid, people, details, mails, notes) VALUES (:id, :people, :details, :mails, :notes)",
        id=case_id,
        **texts,
    )
    db.execute("DELETE FROM known_number WHERE case_id = :id", id=case_id)
    for kind, value in _numbers_of(db, case_id):
        db.execute(
            "INSERT INTO known_number (squeezed, case_id, kind, value) VALUES (:squeezed, :id, :kind, :value)"
            " ON CONFLICT DO NOTHING",
            squeezed=squeezed(value),
            id=case_id,
            kind=kind,
            value=value,
        )


def _numbers_of(db: Database, case_id: int) -> list[tuple[str, str]]:
    """Those that count come first; one that was corrected away still leads to the case."""
    own = [("case", str(row["number"])) for row in db.rows("SELECT number FROM cases WHERE id = :id", id=case_id)]
    found = db.rows(
        "SELECT field, value, counts FROM finding WHERE case_id = :id"
        " AND field IN (SELECT value FROM json_each(:fields))"
        " UNION SELECT field, value, 1 FROM correction WHERE case_id = :id AND gone = 0"
        " AND field IN (SELECT value FROM json_each(:fields)) ORDER BY counts DESC",
        id=case_id,
        fields=json.dumps(list(NUMBERS)),
    )
    return own + [(NUMBERS[row["field"]], row["value"]) for row in found]


class Search:
    """The tables ``search`` and ``known_number``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, query: str, *, offset: int = 0, limit: int = PAGE) -> Found:
        """One page of the cases that fit. Any text is a query; one without a letter or digit finds nothing."""
        text = asked(query)
        with self._db.read():
            exact = self._exact(text)
            words = expression(text)
            known = json.dumps([hit.case_id for hit in exact])
            counted = self._count(words, known)
            hits = [*exact[offset : offset + limit]]
            if words and len(hits) < limit:
                rows = self._db.rows(
                    "SELECT rowid AS id FROM search WHERE search MATCH :words"
                    " AND rowid NOT IN (SELECT value FROM json_each(:known))"
                    " ORDER BY rowid DESC LIMIT :limit OFFSET :offset",
                    words=words,
                    known=known,
                    limit=limit - len(hits),
                    offset=max(offset - len(exact), 0),
                )
                hits += [Hit(case_id=row["id"], by="words", value="") for row in rows]
            return Found(
                query=text,
                hits=tuple(hits),
                total=len(exact) + min(counted, COUNTED),
                more=counted > COUNTED,
                offset=offset,
                looked_in=int(self._db.value("SELECT count(*) FROM cases")),
                closest=() if exact or counted else self._closest(text),
            )

    def excerpts(self, query: str, case_ids: Iterable[int]) -> dict[int, Excerpt]:
        """For each of these cases the words around the first place where a word of the query stands."""
        wanted = pattern(query)
        if wanted is None:
            return {}
        found: dict[int, Excerpt] = {}
        rows = self._db.rows(_TEXTS, ids=json.dumps(list(case_ids)))
        for row in rows:
            if row["case_id"] not in found and (pieces := excerpt(row["text"], wanted)):
                found[row["case_id"]] = Excerpt(place=row["place"], at=row["at"], pieces=pieces)
        return found

    def rebuild(self) -> int:
        """Index every case anew, in one transaction; how many."""
        with self._db.write():
            ids = [row["id"] for row in self._db.rows("SELECT id FROM cases")]
            for case_id in ids:
                index_case(self._db, case_id)
        return len(ids)

    def _exact(self, text: str) -> list[Hit]:
        """Cases with exactly this number or of exactly this address, then those whose number begins so."""
        found: dict[int, Hit] = {}
        for number in numbers(text):
            self._add(found, self._by_number("squeezed = :number", number))
        if "@" in text:
            rows = self._db.rows(
                "SELECT case_id, address FROM party WHERE address = :text ORDER BY case_id DESC", text=text.lower()
            )
            for row in rows:
                found.setdefault(row["case_id"], Hit(case_id=row["case_id"], by="address", value=row["address"]))
        for number in numbers(text)[:1]:
            self._add(found, self._by_number("squeezed > :number AND squeezed < :number || char(1114111)", number))
        return list(found.values())

    def _by_number(self, where: str, number: str) -> list[Row]:
        return self._db.rows(
            f"SELECT case_id, kind, value FROM known_number WHERE {where} ORDER BY squeezed, case_id DESC LIMIT 200",
            number=number,
        )

    @staticmethod
    def _add(found: dict[int, Hit], rows: Iterable[Row]) -> None:
        for row in rows:
            found.setdefault(row["case_id"], Hit(case_id=row["case_id"], by=row["kind"], value=row["value"]))

    def _count(self, words: str, known: str) -> int:
        if not words:
            return 0
        return int(
            self._db.value(
                "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH :words"
                " AND rowid NOT IN (SELECT value FROM json_each(:known)) LIMIT :most)",
                words=words,
                known=known,
                most=COUNTED + 1,
            )
        )

    def _closest(self, text: str) -> tuple[Closest, ...]:
        """The numbers one slip away; else those that share the longest beginning with what was typed."""
        for number in numbers(text):
            slips = list(dict.fromkeys(islice(neighbours_of(number), MOST_SLIPS)))
            near = self._db.rows(
                "SELECT max(case_id) AS case_id, kind, value FROM known_number"
                " WHERE squeezed IN (SELECT value FROM json_each(:slips)) GROUP BY squeezed, kind"
                " ORDER BY 1 DESC LIMIT 3",
                slips=json.dumps(slips),
            )
            for length in range(len(number) - 1, 3, -1):
                near = near or self._by_number(
                    "squeezed >= :number AND squeezed < :number || char(1114111)", number[:length]
                )
            if near:
                return tuple(Closest(value=r["value"], by=r["kind"], case_id=r["case_id"]) for r in near[:3])
        return ()
