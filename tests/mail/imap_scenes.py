"""Settings and small steps that the tests of the IMAP inbox share."""

from __future__ import annotations

from collections.abc import Callable

from servers import Account

from bot.mail.imap import ImapInbox
from bot.mail.settings import ImapSettings, Secret

RAW = b"From: anna@example.com\r\nMessage-ID: <1@mail.example.com>\r\n\r\n" + b"My watch stopped.\r\n" * 20
OTHER = b"From: ben@example.com\r\nMessage-ID: <2@mail.example.com>\r\n\r\nHello\r\n"


def settings(port: int, account: Account, timeout: float = 10.0) -> ImapSettings:
    return ImapSettings(
        host="127.0.0.1", port=port, user=account.user, password=Secret(account.password), security="none",
        connect_timeout=timeout, timeout=timeout,
    )  # fmt: skip


def read_all(chosen: ImapSettings) -> list[bytes | None]:
    with ImapInbox(chosen) as inbox:
        inbox.open()
        return [raw for _, raw in inbox.fetch([listed.uid for listed in inbox.list()])]


def without(*words: bytes) -> Callable[[bytes], bytes]:
    """A server that does not offer these capabilities."""

    def alter(piece: bytes) -> bytes:
        for word in words:
            piece = piece.replace(b" " + word, b"")
        return piece

    return alter
