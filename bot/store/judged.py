"""What the details of a case come to, as it is stored: after a mail and after a correction alike."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.codec import dump
from bot.core.model import Details, Verdict
from bot.store.database import Database


def columns_of(details: Details, verdict: Verdict, missing: Iterable[str]) -> dict[str, object]:
    """The columns of ``cases`` that follow from the details."""
    return {
        "details": dump(details),
        "service": verdict.service,
        "policy_hash": verdict.policy_hash,
        "missing": ", ".join(missing),
        "order_number": ", ".join(details.sure("order_number")),
        "platform": details.value("platform") or "",
        "model": ", ".join(details.sure("model")),
    }


def write_checks(db: Database, case_id: int, letter_id: int, verdict: Verdict) -> None:
    """The checks of one mail, in the caller's transaction."""
    for check in verdict.checks:
        db.insert(
            "checks",
            {
                "case_id": case_id,
                "letter_id": letter_id,
                "rule": check.rule,
                "outcome": check.outcome,
                "clause": check.clause,
                "words": check.words,
                "policy_hash": verdict.policy_hash,
            },
        )
