"""Who may send or put away a letter that waits for a person: one table by why it waits.

Where only the case moved on, whoever works on cases can judge it. Where a guard stopped the letter (a promise beyond
the decision, too many letters, a line that broke while it was sent) a lead looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.store.states import OutboxState, Role

# why a letter is held -> the lowest role that settles it
SETTLES: Mapping[str, Role] = {
    "case_changed": Role.AGENT,
    "case_taken_over": Role.AGENT,
    "same_reply": Role.AGENT,
    "staff_first": Role.AGENT,
    "promise": Role.LEAD,
    "maybe_sent": Role.LEAD,
    "muted": Role.LEAD,
    "address_day": Role.LEAD,
    "address_week": Role.LEAD,
    "domain_day": Role.LEAD,
    "bot_hour": Role.LEAD,
    "bot_day": Role.LEAD,
}
REFUSED = Role.AGENT
"""by the mail server: it is tried again"""
OTHERWISE = Role.LEAD


def settles(state: str, held_reason: str) -> Role:
    """The lowest role that settles a letter in this state, held for this reason."""
    return REFUSED if state == OutboxState.FAILED else SETTLES.get(held_reason, OTHERWISE)
