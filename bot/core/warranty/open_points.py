"""Which open questions of the policy a case touches.

A question is touched by its flag, by an exclusion or a service that names it, or by the facts in its ``when``. One that
goes to staff until it is decided leaves an unknown check: nobody but a person passes over it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bot.core.model import Check, Details, OpenQuestion, Outcome, Policy


def open_points(
    policy: Policy, details: Details, request: str, flags: Collection[str], named: Collection[str]
) -> Iterator[Check]:
    """One check for each question that is touched. ``named``: questions that a failed or doubtful row names."""
    for row in policy.open_questions:
        words = _words(row, details, request, flags, named)
        if words is not None:
            yield Check(
                rule=f"open_question.{row.id}",
                outcome=Outcome.UNKNOWN if row.until_decided == "staff" else Outcome.PASSED,
                clause="; ".join(row.clauses),
                words=words or row.default,
            )


def _words(
    row: OpenQuestion, details: Details, request: str, flags: Collection[str], named: Collection[str]
) -> str | None:
    """The customer's words that touch it, "" where there are none; None when nothing does."""
    if row.flag and row.flag in flags:
        return next((f.words for f in details.all("flag") if f.value == row.flag and f.is_sure), "")
    if row.id in named:
        return ""
    if not row.when or request not in row.when.get("for", (request,)):
        return None
    words = ""
    for field, values in row.when.items():
        if field == "for":
            continue
        hits = [f for f in details.all(field) if f.value in values and f.is_sure]
        if not hits:
            return None
        words = words or hits[0].words
    return words
