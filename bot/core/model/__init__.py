"""The nouns of the product, and nothing else.

Rules of this file: only frozen data, no behaviour beyond looking at itself, no imports from our own
code. Everything that crosses a border (child process, database, JSON output) is one of these types.
Texts named ``id`` come from the policy files; the words for them stand in ``templates/``.
"""

from __future__ import annotations

from bot.core.model.decision import Case, Check, Decision, Doubt, Draft, Event, Promises, Reply, Verdict
from bot.core.model.findings import FIELDS, MANY_VALUE_FIELDS, ONE_VALUE_FIELDS, Details, Finding
from bot.core.model.mail import Address, Arrival, Attachment, Automatic, Enclosure, Letter, Look
from bot.core.model.policy import (
    Advice,
    Carrier,
    Exclusion,
    Model,
    Offer,
    OpenQuestion,
    Platform,
    Policy,
    Required,
    Service,
    Terms,
    Window,
    Words,
)
from bot.core.model.vocabulary import (
    CLAIM_KINDS,
    FLAGS,
    MACHINE_KINDS,
    REQUESTS,
    REQUIRED_DETAILS,
    SELLERS,
    Kind,
    Outcome,
    State,
)

__all__ = [
    "CLAIM_KINDS",
    "FIELDS",
    "FLAGS",
    "MACHINE_KINDS",
    "MANY_VALUE_FIELDS",
    "ONE_VALUE_FIELDS",
    "REQUESTS",
    "REQUIRED_DETAILS",
    "SELLERS",
    "Address",
    "Advice",
    "Arrival",
    "Attachment",
    "Automatic",
    "Carrier",
    "Case",
    "Check",
    "Decision",
    "Details",
    "Doubt",
    "Draft",
    "Enclosure",
    "Event",
    "Exclusion",
    "Finding",
    "Kind",
    "Letter",
    "Look",
    "Model",
    "Offer",
    "OpenQuestion",
    "Outcome",
    "Platform",
    "Policy",
    "Promises",
    "Reply",
    "Required",
    "Service",
    "State",
    "Terms",
    "Verdict",
    "Window",
    "Words",
]
