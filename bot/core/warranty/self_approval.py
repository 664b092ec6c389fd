"""When the bot may approve by itself: only what an operator listed, and only where nothing at all is open.

The policy leaves the decision to the Customer Center; an empty list, the default, keeps it there. Every check that a
mail can settle must have passed, no mark of any kind may stand on the case, nothing may be missing, and nobody may
have looked at the case before. What only the inspection can show is said in the approving letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.core.model import Case, Decision, Details, Outcome, Policy, State

# What a customer may want beside the service and still get it without a person. Who wants money instead of a
# replacement, another remedy or a price is read by one. Words of a question alone are no question: see ``is_asked``.
WANTED = {
    "unconditional_return": {"return", "refund", "thanks", "question"},
    "free_replacement": {"replacement", "repair", "thanks", "question"},
    "free_repair": {"repair", "thanks", "question"},
}
QUESTION_MARKS = ("?", "？", "؟")


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
    if not _plain(decision.details, service):
        return ""
    later = {f"exclusion.{row.id}" for row in policy.exclusions if row.checked_at == "inspection"}
    others = tuple(f"{row.id}." for row in policy.services if row.id != service)
    checks = [c for c in decision.verdict.checks if c.rule not in later and not c.rule.startswith(others)]
    own = any(c.rule.startswith(f"{service}.") for c in checks)
    return service if own and all(c.outcome is Outcome.PASSED for c in checks) else ""


def is_asked(own_words: Iterable[str]) -> bool:
    """Whether any mail of the customer holds a question: somebody has to answer it, and the bot cannot."""
    return any(mark in words for words in own_words for mark in QUESTION_MARKS)


def _plain(details: Details, service: str) -> bool:
    """One watch of one order, no wish that the service does not meet, and no word that only might be a mark."""
    wishes = set(details.values("wish")) <= WANTED.get(service, set())
    single = all(len(details.values(name)) == 1 for name in ("order_number", "model"))
    return wishes and single and not details.all("flag")
