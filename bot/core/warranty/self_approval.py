"""When the bot may approve by itself: only what an operator listed, and only where nothing at all is open.

The policy leaves the decision to the Customer Center; an empty list, the default, keeps it there. Every check that a
mail can settle must have passed, no mark of any kind may stand on the case, nothing may be missing, and nobody may
have looked at the case before. What only the inspection can show is said in the approving letter.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.core.model import Case, Decision, Outcome, Policy, State


def approvable(decision: Decision, case: Case | None, services: Collection[str], policy: Policy) -> str:
    """The service the bot may approve after this mail, or empty. ``services`` are those the operator listed."""
    service = decision.verdict.service
    if service is None or service not in services:
        return ""
    untouched = case is None or (case.state is State.WAITING_FOR_DETAILS and not case.held)
    corrected = bool(decision.details.corrections)
    asked_nothing = bool(decision.doubt) and decision.doubt is not None and decision.doubt.id == "complete"
    ready = decision.state is State.READY_FOR_STAFF and decision.reply is not None and not decision.silence
    if not (untouched and ready and asked_nothing) or corrected or decision.flags or decision.missing:
        return ""
    later = {f"exclusion.{row.id}" for row in policy.exclusions if row.checked_at == "inspection"}
    others = tuple(f"{row.id}." for row in policy.services if row.id != service)
    checks = [c for c in decision.verdict.checks if c.rule not in later and not c.rule.startswith(others)]
    own = any(c.rule.startswith(f"{service}.") for c in checks)
    return service if own and all(c.outcome is Outcome.PASSED for c in checks) else ""
