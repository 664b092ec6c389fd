"""A letter as a test to the operator's own address: nothing is stored, and an answer to it never reaches the desk.

Only addresses of ``[operator] test_address`` get one. It bears a made-up number, for a real one in a subject would
lead an answer into its case.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.core.model import Draft
from bot.desk.state import DeskState
from bot.mail.compose import compose
from bot.mail.smtp import Sender
from bot.worker.promised import sender_of
from bot.worker.wiring import smtp_settings, wall_clock

MARK = "[TEST]"


def send(state: DeskState, draft: Draft, recipient: str) -> None:
    """Hand it to the mail server. Raises SendError, ComposeError; ValueError for any other address."""
    if recipient not in state.config.operator.test_address:
        raise ValueError(recipient)
    raw = compose(
        replace(draft, subject=f"{MARK} {draft.subject}"),
        sender=sender_of(state.config),
        recipient=recipient,
        message_id=f"<test.{secrets.token_hex(16)}@{state.config.address.domain}>",
        in_reply_to="",
        references=(),
        sent_at=wall_clock(),
        automatic=True,
        reply_to=recipient,
    )
    with Sender(smtp_settings(state.config)) as server:
        server.send(raw, sender=state.config.address.sender, recipient=recipient, on_payload=lambda: None)
