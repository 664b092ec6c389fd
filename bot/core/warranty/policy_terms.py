"""The terms of one warranty file: services, what is required, exclusions, open questions and offers.

``warranty.toml`` holds the terms of today. Terms that were changed stand beside it as
``warranty-until-2025-12-31.toml``, named by the last day of purchase they hold for; both are read by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from bot.core.model import Exclusion, Offer, OpenQuestion, Required, Service, Terms
from bot.core.warranty import policy_rows as rows
from bot.core.warranty.policy_table import Table, choose

EARLIER = re.compile(r"warranty-until-(\d{4}-\d\d-\d\d)\.toml")

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """The rows of one file."""

    services: tuple[Service, ...]
    required: tuple[Required, ...]
    exclusions: tuple[Exclusion, ...]
    open_questions: tuple[OpenQuestion, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The [policy] block of one file."""

    name: str
    contact: str
    default_language: str
    table: Table


def read_head(warranty: Table) -> Head:
    """What the file says about itself."""
    head = warranty.table("policy") or Table(warranty.file, "policy", {}, [])
    read = Head(
        name=head.text("name"),
        contact=head.text("contact"),
        default_language=head.text("default_language"),
        table=head,
    )
    head.finish()
    if read.contact and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", read.contact):
        head.say("contact", f'"{read.contact}" is not a mail address', "write name@example.com")
    return read


def read_tables(warranty: Table) -> Tables:
    """All rows of one file, with every mistake noted."""
    return Tables(
        services=read_rows(warranty, "service", rows.read_service),
        required=read_rows(warranty, "required", rows.read_required),
        exclusions=read_rows(warranty, "exclusion", rows.read_exclusion),
        open_questions=read_rows(warranty, "open_question", rows.read_open_question, optional=True),
        offers=read_rows(warranty, "offer", rows.read_offer, optional=True),
    )


def read_earlier(tables: Mapping[str, Table]) -> tuple[Terms, ...]:
    """The terms of older purchases, the newest first."""
    found = []
    for name, table in tables.items():
        if not (named := EARLIER.fullmatch(name)):
            continue
        try:
            until = date.fromisoformat(named[1])
        except ValueError:
            table.say("", f"{named[1]} is no day of the calendar", "name the file by the last day its terms hold for")
            continue
        read_head(table)
        read = read_tables(table)
        check_references(table, read)
        table.finish()
        found.append(
            Terms(
                file=name,
                until=until,
                services=read.services,
                required=read.required,
                exclusions=read.exclusions,
                open_questions=read.open_questions,
                offers=read.offers,
            )
        )
    return tuple(sorted(found, key=lambda terms: terms.until, reverse=True))


def read_rows(
    table: Table, key: str, read: Callable[[Table], T], *, optional: bool = False, named: bool = False
) -> tuple[T, ...]:
    """All rows of one kind; notes repeated ids, and with ``named`` repeated names and hosts."""
    found: list[T] = []
    ids: set[str] = set()
    owners: dict[tuple[str, str], str] = {}
    for row in table.rows(key, optional=optional):
        found.append(read(row))
        row.finish()
        id_ = row.data.get("id")
        if isinstance(id_, str) and id_ in ids:
            row.say("id", "another row has this id", "give each row its own")
        ids.add(str(id_))
        for list_key in ("names", "hosts", "relay_hosts") if named else ():
            for name in _texts_of(row.data.get(list_key)):
                owner = owners.setdefault((list_key, rows.plain_name(name)), str(id_))
                if owner != str(id_):
                    row.say(list_key, f'"{name}" already belongs to "{owner}"', "keep it in one row")
    if not found and not optional and key in table.data:
        table.say(key, "has no rows", f"add a block under [[{key}]]")
    return tuple(found)


def _texts_of(value: Any) -> Iterable[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def check_references(warranty: Table, tables: Tables) -> None:
    """Notes clauses, open questions and exclusions that a row names and nobody defines."""
    sections: dict[str, tuple[int, bool]] = {}
    for section in warranty.rows("section"):
        id_ = section.text("id")
        section.text("heading")
        if id_ in sections:
            section.say("id", "another row has this id", "give each row its own")
        sections[id_] = (section.number("rows", default=0), section.flag("note", default=False))
        section.finish()
    questions = {q.id for q in tables.open_questions}
    exclusions = {e.id for e in tables.exclusions}
    for kind in ("service", "offer", "required", "exclusion", "open_question"):
        for row in Table(warranty.file, "", warranty.data, [], warranty.lines).rows(kind, optional=True):
            row.problems = warranty.problems
            for clause in [row.data.get("clause"), *_texts_of(row.data.get("clauses"))]:
                if isinstance(clause, str) and clause:
                    _check_clause(row, clause, sections)
            question = row.data.get("open_question")
            if isinstance(question, str) and question and question not in questions:
                row.say("open_question", f'"{question}" is not known', choose(question, sorted(questions)))
            for exclusion in _texts_of(row.data.get("exclusions")):
                if exclusion not in exclusions:
                    row.say("exclusions", f'"{exclusion}" is not known', choose(exclusion, sorted(exclusions)))


def _check_clause(row: Table, clause: str, sections: Mapping[str, tuple[int, bool]]) -> None:
    name, _, place = clause.partition(", ")
    if name not in sections:
        row.say("clause", f'"{clause}" names no [[section]]', choose(name, list(sections)))
        return
    last, note = sections[name]
    number = re.fullmatch(r"row (\d{1,3})", place)
    if not place or (place == "note" and note) or (number and 1 <= int(number[1]) <= last):
        return
    known = [f"row 1 to row {last}"] * bool(last) + ["note"] * note
    row.say("clause", f'"{clause}" points nowhere', f"{name} has {' and '.join(known) or 'no rows'}")
