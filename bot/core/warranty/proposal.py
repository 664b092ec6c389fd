"""Whether a person answered as we proposed first: where rules get better.

There is one judge of what we would say: ``proposals.proposed_actions``. What it proposed first is written down with
what a person does then, so that a rule that changes later judges nobody anew. Where nothing was proposed nobody
decides otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.model import Case, Policy
from bot.core.warranty.actions import ACTIONS
from bot.core.warranty.proposals import Proposal, proposed_actions
from bot.core.warranty.staff_facts import Desk

# The actions that decide about a request; all others go on with what was decided.
DECISIONS = ("approve", "decline", "quote", "ask", "withdraw", "close")
# Values that say what an answer decides: the first that an action has.
DECIDES = ("service", "reason", "result", "flag", "field")
# The customer takes the request back, or nobody answers any more: no word against our answer.
_SAYS_NOTHING = ("withdraw", "close")
ASKED = ":"
"""between a question and what was proposed to it; in no id"""


def answer_key(action: str, values: Mapping[str, object]) -> str:
    """The name of an answer: the action and what it decides, like ``approve.free_repair``."""
    decides = decided(values)
    return f"{action}.{decides}" if decides else action


def decided(values: Mapping[str, object]) -> str:
    """What an answer decides; empty for those that differ by nothing."""
    return next((str(values[name]) for name in DECIDES if values.get(name)), "")


def first_answer(case: Case, policy: Policy, desk: Desk) -> Proposal | None:
    """What is proposed first; None where nothing is."""
    return next(iter(proposed_actions(case, policy, desk)), None)


def proposed_to(case: Case, first: Proposal) -> str:
    """The name of a first answer with the question it was proposed to, like ``no_date:ask``."""
    return f"{case.doubt.id if case.doubt else ''}{ASKED}{answer_key(first.action, first.values)}"


def is_otherwise(action: str, values: Mapping[str, object], first: Proposal | None) -> bool | None:
    """Whether a person answered otherwise than was proposed first; None where that says nothing about us.

    What only goes beside (a note, a mark) is no answer, unless it is what was proposed.
    """
    if first is None:
        return None
    if action != first.action:
        return None if action in _SAYS_NOTHING or not ACTIONS[action].event else True
    return any(values.get(name) != first.values[name] for name in DECIDES if name in first.values)
