"""One letter and all that is needed to compose it, for the tests of the composer."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from bot.core.model import Address, Draft
from bot.mail.compose import reply_message_id

DOMAIN = "shop.example.com"
SENT_AT = datetime(2025, 3, 14, 12, 30, tzinfo=timezone(timedelta(hours=1)))
ID = reply_message_id(b"secret", "cause", "ask_for_details", "K7F3Q9", DOMAIN)
DRAFT = Draft(
    reply="ask_for_details",
    language="de",
    subject="Ihre Uhr: wir brauchen noch Angaben (K7F3Q9)",
    text="Guten Tag,\n\nbitte senden Sie uns die Bestellnummer – danke.\n",
    html="<p>Guten Tag,</p>\n<p>bitte senden Sie uns die Bestellnummer – danke.</p>\n",
)
GIVEN: dict[str, Any] = {
    "sender": Address(address="support@shop.example.com", name="After-sales"),
    "recipient": "anna@example.com",
    "message_id": ID,
    "in_reply_to": "<1@mail.example.com>",
    "references": ("<0@mail.example.com>",),
    "sent_at": SENT_AT,
    "automatic": True,
}
AUTOMATIC_NAMES = [
    "Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Loop", "Content-Language", "MIME-Version", "Content-Type",
]  # fmt: skip
