"""Fixtures of the mail room's tests: a place of each kind."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from relay import Relay
from servers import Account

sys.path.insert(0, str(Path(__file__).parent))

from imap_scenes import RAW
from places import DovecotPlace, EmbeddedPlace, MaildirPlace, Place

from bot.demo.server import EmbeddedMail

KINDS = (pytest.param("dovecot", marks=pytest.mark.needs_dovecot), "embedded", "maildir")


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A fresh, empty mailbox of every kind in turn."""
    if request.param == "dovecot":
        yield DovecotPlace(request.getfixturevalue("account"))
    elif request.param == "embedded":
        with EmbeddedMail() as mail:
            yield EmbeddedPlace(mail)
    else:
        yield MaildirPlace(tmp_path / "Maildir")


@pytest.fixture
def relay(account: Account) -> Iterator[Relay]:
    """Between the inbox and the account, which holds one mail."""
    account.deliver(RAW)
    with Relay(account.port) as between:
        yield between
