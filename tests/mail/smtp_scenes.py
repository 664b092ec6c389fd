"""Settings and small steps that the tests of the sender share."""

from __future__ import annotations

from dataclasses import replace

from sink import Sink

from bot.mail.settings import Secret, SmtpSettings
from bot.mail.smtp import Sender, Sent

RAW = b"From: support@shop.example.com\r\nTo: anna@example.com\r\nSubject: Your watch\r\n\r\nDear customer\r\n"
SHOP, ANNA, ECHO = "support@shop.example.com", "anna@example.com", "echo@shop.example.com"


def settings(sink: Sink, **more: object) -> SmtpSettings:
    given = SmtpSettings(
        host=sink.host, port=sink.port, security="none", user=sink.user, password=Secret(sink.password),
        connect_timeout=3, timeout=3, data_timeout=3,
    )  # fmt: skip
    return replace(given, **more)  # type: ignore[arg-type]


class Marks:
    """Counts how often the payload was announced."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def send(sender: Sender, raw: bytes = RAW, mark: Marks | None = None, echo: str = "", to: str = ANNA) -> Sent:
    return sender.send(raw, sender=SHOP, recipient=to, echo=echo, on_payload=mark or Marks())
