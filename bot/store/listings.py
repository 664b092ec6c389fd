"""Which cases a list of the desk holds, and in which order: views, filters and orders as one table each.

A view is a condition on whose turn it is, a filter narrows it, an order sorts it. All conditions are written here;
values are always bound. Used by ``queue.py``, which runs them.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from bot.store.list_tables import ENDED

HAZARD = "EXISTS (SELECT 1 FROM flag WHERE flag = 'safety_hazard' AND case_id = cases.id)"
HELD = "EXISTS (SELECT 1 FROM outbox WHERE state = 'held' AND case_id = cases.id)"
COLUMNS = (
    "id, next_actor, state, answer_by, reply_by, opened_at, updated_at, turn_since, language, service, kind, doubt_id,"
    f" model, platform, assigned_to, {HAZARD} AS hazard, {HELD} AS letter_held"
)
_OPEN = f"next_actor = 'staff' AND state NOT IN {ENDED}"
# What needs a person: whose turn it is says the case, and a held letter waits for one whatever the case says.
NEED = (
    f"SELECT {COLUMNS} FROM cases WHERE {_OPEN} UNION ALL SELECT {COLUMNS} FROM cases"
    f" WHERE id IN (SELECT case_id FROM outbox WHERE state = 'held') AND NOT ({_OPEN})"
)
EVERY = f"SELECT {COLUMNS} FROM cases"
# With a filter the narrow index is read through, which is quicker than opening wide rows in the order of the list.
EVERY_NARROWLY = f"{EVERY} INDEXED BY cases_desk"


@dataclass(frozen=True, slots=True)
class Order:
    """Columns to sort by, the last one makes it certain; all upwards or all downwards."""

    columns: tuple[str, ...]
    down: bool = False

    @property
    def clause(self) -> str:
        """For ORDER BY."""
        return ", ".join(f"{column} {'DESC' if self.down else 'ASC'}" for column in self.columns)


URGENT = Order(
    (
        "CASE WHEN hazard THEN 0 WHEN answer_by < :today THEN 1 ELSE 2 END",
        "COALESCE(answer_by, '9999')",
        "opened_at",
        "id",
    )
)
ORDERS = {
    "urgent": URGENT,
    "reply": Order(("COALESCE(reply_by, '9999')", "opened_at", "id")),
    "waiting": Order(("turn_since", "id")),
    "changed": Order(("updated_at", "id"), down=True),
    "newest": Order(("opened_at", "id"), down=True),
    "oldest": Order(("opened_at", "id")),
}


@dataclass(frozen=True, slots=True)
class View:
    """One list: where its cases come from, what they must be, how they are sorted if nobody says otherwise."""

    source: str
    where: str
    order: str


_NEEDED = {
    "needs": "1 = 1",
    "hazard": "hazard",
    "decide": "state = 'ready_for_staff' AND doubt_id <> 'unreadable'",
    "overdue": "answer_by < :today",
    "held": "letter_held",
    "unreadable": "doubt_id = 'unreadable'",
    "mine": "assigned_to = :actor",
}
# In the order in which they are shown; the first is the desk's front page.
VIEWS: dict[str, View] = {
    **{name: View(NEED, where, "urgent") for name, where in _NEEDED.items()},
    "customer": View(f"{EVERY} WHERE next_actor = 'customer'", "1 = 1", "reply"),
    "parcels": View(f"{EVERY} WHERE next_actor = 'carrier'", "1 = 1", "waiting"),
    "answered": View(
        f"{EVERY} WHERE id IN (SELECT case_id FROM outbox WHERE sent_at >= :today_begins"
        " AND (automatic = 0 OR released_by <> ''))",
        "1 = 1",
        "changed",
    ),
    "all": View(EVERY, "1 = 1", "changed"),
}
NEEDED = tuple(_NEEDED)

# filter -> condition; the value is bound under the filter's name
FILTERS = {
    "language": "language = :language",
    "service": "COALESCE(service, 'undecided') = :service",
    "flag": "id IN (SELECT case_id FROM flag WHERE flag = :flag)",
    # Most cases are about one watch; only where several stand together the list of them is taken apart.
    "model": "(model = :model OR (instr(model, ', ') AND instr(', ' || model || ', ', ', ' || :model || ', ')))",
    "platform": "platform = :platform",
    "state": "state = :state",
    "kind": "kind = :kind",
    "doubt": "doubt_id = :doubt",
    "assigned": "assigned_to = CASE :assigned WHEN 'nobody' THEN '' WHEN 'me' THEN :actor ELSE :assigned END",
    "symptom": "id IN (SELECT case_id FROM finding WHERE field = 'symptom' AND value = :symptom AND counts = 1"
    " AND confidence >= 0.5)",
    "opened_from": "opened_at >= :opened_from",
    "opened_until": "opened_at < :opened_until",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A list as its address names it; an empty filter is none."""

    view: str = "needs"
    language: str = ""
    service: str = ""
    flag: str = ""
    model: str = ""
    platform: str = ""
    state: str = ""
    kind: str = ""
    doubt: str = ""
    assigned: str = ""
    symptom: str = ""
    opened_from: str = ""
    opened_until: str = ""
    sort: str = ""

    def __post_init__(self) -> None:
        """What no list knows becomes the plain one: an old bookmark still opens."""
        if self.view not in VIEWS:
            object.__setattr__(self, "view", next(iter(VIEWS)))
        if self.sort not in ORDERS:
            object.__setattr__(self, "sort", "")
        for name in ("opened_from", "opened_until"):
            if not _is_day(getattr(self, name)):
                object.__setattr__(self, name, "")

    @property
    def order(self) -> Order:
        """How it is sorted."""
        return ORDERS[self.order_name]

    @property
    def order_name(self) -> str:
        """The order's name in ORDERS."""
        return self.sort or VIEWS[self.view].order

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    def pairs(self) -> dict[str, str]:
        """What is said in the address; empty for the desk's front page."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in told.items() if value and (name, value) != ("view", next(iter(VIEWS)))}

    def condition(self) -> str:
        """``FROM ... WHERE ...`` over columns of COLUMNS."""
        view = VIEWS[self.view]
        source = EVERY_NARROWLY if view.source == EVERY and self.filters else view.source
        return f"FROM ({source}) WHERE {' AND '.join([view.where, *(FILTERS[name] for name in self.filters)])}"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
