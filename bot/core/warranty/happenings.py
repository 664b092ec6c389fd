"""The names of everything that can happen to a case: the words of its history, and what other programs may ask for.

A mail's event, an action of a person, a timer, what became of a letter. A name that is not in here is not written by
anything; ``tests`` hold that against the histories of real cases.
"""

from __future__ import annotations

from bot.core.warranty.actions import ACTIONS
from bot.core.warranty.lifecycle import CUSTOMER, STAFF, TIMER
from bot.core.warranty.timers import TIMERS

MAILS = (
    *CUSTOMER,
    "withdraw",
    "asked",
    "thanked",
    "offer_answered",
    "notice_joined",
    "tracking_invalid",
    "paid_consent_missing",
    "mail_attached",
    "machine_mail",
    "unwanted_mail",
    "unreadable",
)
BESIDE = ("taken_over", "given_back", "took_in", "undone")
LETTERS = (
    "letter_queued",
    "letter_held",
    "letter_superseded",
    "letter_sent",
    "letter_failed",
    "letter_unknown",
    "letter_released",
    "letter_discarded",
    "letter_discarded",
    "letter_bounced",
)

HAPPENINGS: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *MAILS,
            *STAFF,
            *TIMER,
            *(action.event or name.replace("-", "_") for name, action in ACTIONS.items()),
            *BESIDE,
            *(timer.event or timer.id for timer in TIMERS),
            *LETTERS,
        )
    )
)
