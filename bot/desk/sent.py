"""The line that follows a letter to the next page: whom it goes to, when it leaves, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from bot.core.warranty.actions import possible_actions
from bot.desk.request import desk
from bot.errors import StoreError
from bot.store.states import OutboxState

CORRECTS = "answer"
"""the action that writes a letter in words of one's own, where the one before cannot be taken back"""


@dataclass(frozen=True, kw_only=True, slots=True)
class SentNotice:
    """One letter that was just written."""

    outbox_id: int
    case_number: str
    recipient: str
    reply: str
    state: str
    """waits, held, left, refused, unknown or gone (taken back, or the case moved on)"""
    leaves: datetime | None
    left: datetime | None
    held: str
    correctable: bool
    """another letter can be written after it"""


def sent_notice(request: Request) -> SentNotice | None:
    """The letter that ``?sent=`` names; None when there is none."""
    wanted = request.query_params.get("sent", "")
    if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 12:
        return None
    store = desk(request).store
    try:
        letter = store.outbox.get(int(wanted))
        case = store.cases.snapshot(letter.case_id) if letter.case_id else None
    except StoreError:
        return None
    state = {
        OutboxState.QUEUED: "waits",
        OutboxState.HELD: "held",
        OutboxState.SUPERSEDED: "gone",
        OutboxState.FAILED: "refused",
        OutboxState.UNKNOWN: "unknown",
    }.get(letter.state, "left")
    return SentNotice(
        outbox_id=letter.id,
        case_number=case.number if case else "",
        recipient=letter.recipient,
        reply=letter.reply,
        state=state,
        leaves=letter.not_before,
        left=letter.sent_at or letter.data_started_at,
        held=letter.held_reason,
        correctable=case is not None and not case.merged_into and CORRECTS in possible_actions(case.state),
    )
