"""What is known of a case and what follows from it: verdict, checks, details, each with where it comes from.

Ids and values go out as they are; the template finds the words. What is open or failed comes first, what passed is
folded, what only the inspection can tell is one row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.model import SELLERS, Case, Policy
from bot.core.warranty.assess import assess_again
from bot.core.warranty.corrections import CONDITIONS, CORRECTABLE
from bot.core.warranty.quiet import QUIET_FLAGS
from bot.desk.casework.conversation import PASSING, mark_id
from bot.desk.casework.plain import one_line

SHOWN_PASSED = 3
MOST_QUOTES = 3
# row of the details -> its fields; the first is the one that can be corrected
DETAILS: Mapping[str, tuple[str, ...]] = {
    "order": ("order_number",),
    "shop": ("platform", "seller"),
    "model": ("model",),
    "bought": ("purchase_date",),
    "came": ("delivery_date",),
    "condition": ("condition",),
    "what": ("symptom", "what", "when", "how"),
    "tried": ("tried",),
    "photo": ("evidence",),
    "tracking": ("tracking_number",),
    "wish": ("wish",),
}
# required detail that is missing -> the row it is missing in
MISSING = {
    "order_number": "order",
    "order_platform": "shop",
    "model": "model",
    "description": "what",
    "troubleshooting": "tried",
    "photo_or_video": "photo",
    "item_condition": "condition",
    "purchase_or_delivery_date": "came",
}
ALWAYS_SHOWN = ("order", "shop", "model", "bought", "came", "what", "tried", "photo")
FOR_RETURN = ("order", "shop", "model", "came", "condition")


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckRow:
    """One rule put to the facts."""

    rule: str
    topic: str
    """id of its words: exclusion.broken_or_wet, seller, window, condition, first_owner, open_question.second_hand"""
    outcome: str
    clause: str
    words: str
    service: str = ""
    """which service it is about; empty: all"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checks:
    """All rules, in the order they are looked at."""

    open: tuple[CheckRow, ...]
    passed: tuple[CheckRow, ...]
    more: tuple[CheckRow, ...]
    """passed too, folded"""
    at_inspection: tuple[CheckRow, ...]
    other: tuple[CheckRow, ...]
    """about services that do not apply"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """Words a value came from."""

    text: str
    to: str
    """id of the mark on the page, empty when the words cannot be seen"""
    place: str
    letter: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One detail."""

    id: str
    field: str
    values: tuple[str, ...]
    quotes: tuple[Quote, ...]
    missing: bool
    correctable: tuple[str, ...]
    corrected_by: str = ""
    unsure: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The middle column."""

    request: str
    """quality, return or empty"""
    service: str
    ifs: tuple[str, ...]
    """flags of the open questions the verdict depends on"""
    checks: Checks
    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    flags: tuple[str, ...]


def known(case: Case, shown: Mapping[str, Any], policy: Policy, marked: frozenset[str]) -> Known:
    """Everything the middle column says. ``shown`` is what ``cases.show`` gives, ``marked`` ids of marks."""
    facts = assess_again(case, case.details, policy, QUIET_FLAGS & set(case.flags))
    missing = tuple(part for part in (shown["case"]["missing"] or "").split(", ") if part)
    questions = {q.flag for q in policy.open_questions if q.flag and q.until_decided == "staff"}
    return Known(
        request=facts.request,
        service=shown["case"]["service"] or "",
        ifs=tuple(flag for flag in case.flags if flag in questions),
        checks=_checks(shown["checks"], shown["case"]["service"] or "", policy),
        rows=_rows(case, shown, missing, facts.request, marked),
        missing=missing,
        flags=case.flags,
    )


def _checks(rows: Sequence[Mapping[str, Any]], service: str, policy: Policy) -> Checks:
    late = {f"exclusion.{row.id}" for row in policy.exclusions if row.checked_at == "inspection"}
    services = {row.id for row in policy.services}
    all_ = [_check(row, services) for row in rows]
    about = [c for c in all_ if not c.service or service not in services or c.service == service]
    at_inspection = tuple(c for c in about if c.rule in late and c.outcome == "unknown" and not c.words)
    open_ = [c for c in about if c.outcome != "passed" and c not in at_inspection]
    order = {"failed": 0, "unknown": 1}
    open_.sort(
        key=lambda c: (order[c.outcome], not c.topic.startswith("open_question"), not c.topic.startswith("excl"))
    )
    passed = [c for c in about if c.outcome == "passed"]
    passed.sort(key=lambda c: not c.service)
    return Checks(
        open=tuple(open_),
        passed=tuple(passed[:SHOWN_PASSED]),
        more=tuple(passed[SHOWN_PASSED:]),
        at_inspection=at_inspection,
        other=tuple(c for c in all_ if c not in about),
    )


def _check(row: Mapping[str, Any], services: set[str]) -> CheckRow:
    head, _, tail = row["rule"].partition(".")
    service = head if head in services else ""
    return CheckRow(
        rule=row["rule"],
        topic=tail if service else row["rule"],
        outcome=row["outcome"],
        clause=row["clause"],
        words=one_line(row["words"]),
        service=service,
    )


def _rows(
    case: Case, shown: Mapping[str, Any], missing: tuple[str, ...], request: str, marked: frozenset[str]
) -> tuple[Row, ...]:
    lacking = {MISSING[id_] for id_ in missing if id_ in MISSING}
    wanted = FOR_RETURN if request == "return" else ALWAYS_SHOWN if request else ()
    staff = {c.field: c.words.removeprefix("says ") for c in case.details.corrections}
    rows = []
    for id_, fields in DETAILS.items():
        values = {f: case.details.values(f) for f in fields}
        main = next((values[f] for f in fields if values[f]), ())
        if not main and id_ not in lacking and id_ not in wanted:
            continue
        sure = [f.confidence for f in case.details.all(fields[0])]
        rows.append(
            Row(
                id=id_,
                field=fields[0],
                values=main if values[fields[0]] else (),
                quotes=_quotes(shown["findings"], fields, marked),
                missing=id_ in lacking,
                correctable=tuple(f for f in fields if f in CORRECTABLE),
                corrected_by=next((staff[f] for f in fields if f in staff), ""),
                unsure=bool(sure) and max(sure) < 0.5,
            )
        )
    return tuple(rows)


def _quotes(findings: Sequence[Mapping[str, Any]], fields: Sequence[str], marked: frozenset[str]) -> tuple[Quote, ...]:
    quotes: dict[str, Quote] = {}
    for found in findings:
        if found["field"] not in fields or not found["counts"]:
            continue
        text = one_line(found["words"], 90)
        if len(text) < PASSING.get(found["field"], 1):
            continue
        id_ = mark_id(found["letter"], found["span_start"], found["span_end"])
        to = id_ if found["place"] == "own_words" and id_ in marked else ""
        quote = Quote(text=text, to=to, place=found["place"], letter=found["letter"])
        if text not in quotes or (quote.to and not quotes[text].to):
            quotes[text] = quote
    ordered = sorted(quotes.values(), key=lambda q: not q.to)
    return tuple(ordered[:MOST_QUOTES])


def choices(field: str, policy: Policy) -> tuple[tuple[str, str], ...]:
    """What a detail can be corrected to, where that is a closed list: value and name; a name may be empty."""
    lists: Mapping[str, tuple[tuple[str, str], ...]] = {
        "platform": tuple((row.id, row.name) for row in policy.platforms),
        "model": tuple((row.id, row.id) for row in policy.models),
        "condition": tuple((value, "") for value in CONDITIONS),
        "seller": tuple((value, "") for value in SELLERS),
    }
    return lists.get(field, ())
