"""Fixtures of the whole-system tests: a shop on Dovecot, and one on a Maildir."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import Account
from sink import Sink

sys.path.insert(0, str(Path(__file__).parent))

from maildir_box import MaildirBox
from shop import IMAP, MAILDIR, ROOT, Shop

from bot.isolate import Reader


@pytest.fixture(scope="session")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The policy that ships, with the words of two languages: these tests start the program very often."""
    folder = tmp_path_factory.mktemp("policy") / "policy"
    shutil.copytree(ROOT / "policy", folder)
    for words in (folder / "words").glob("*.toml"):
        if words.stem not in ("en", "de"):
            words.unlink()
    return folder


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The letters in one language: every start checks every letter."""
    folder = tmp_path_factory.mktemp("letters") / "templates"
    shutil.copytree(ROOT / "templates" / "en", folder / "en")
    return folder


@pytest.fixture(scope="session")
def reader(policy: Path) -> Iterator[Reader]:
    """The child that reads mails, shared by all shops of this process."""
    with Reader(policy) as shared:
        yield shared


@pytest.fixture
def shop(account: Account, sink: Sink, reader: Reader, templates: Path, policy: Path, tmp_path: Path) -> Shop:
    """A shop whose mailbox lies on the private Dovecot."""
    mailbox = IMAP.format(port=account.port, user=account.user)
    made = Shop(tmp_path, account, sink, reader, mailbox, templates, policy)
    made.configure()
    return made


@pytest.fixture
def maildir_shop(sink: Sink, reader: Reader, templates: Path, policy: Path, tmp_path: Path) -> Shop:
    """A shop whose mailbox is a Maildir: no server needed."""
    box = MaildirBox(tmp_path / "mail")
    made = Shop(tmp_path, box, sink, reader, MAILDIR.format(path=box.root), templates, policy)
    made.configure()
    return made
