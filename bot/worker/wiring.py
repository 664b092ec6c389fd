"""Everything the jobs need, opened once: the one place that knows all rooms."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from bot.config import Config, load_policy
from bot.core.model import Address, Policy, Promises
from bot.errors import ConfigError
from bot.isolate import Limits, Reader
from bot.mail.inbox import Inbox, open_inbox
from bot.mail.settings import ImapSettings, MaildirSettings, Secret, SmtpSettings
from bot.mail.smtp import Sender
from bot.replies import Letters
from bot.store.budgets import Budgets
from bot.store.engine import Store
from bot.store.folder import FolderLock

Breakable = TypeVar("Breakable", Inbox, Sender)
SECRET_FILE = "secret"  # noqa: S105 - a file name
SECURITY = {"tls": "ssl", "ssl": "ssl", "starttls": "starttls", "none": "none"}
READY_FILES = "incoming"  # files of the mail being read, before they are adopted


def wall_clock() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)


@dataclass
class Wiring:
    """An opened bot. A context manager; the jobs are functions over it."""

    config: Config
    policy: Policy
    letters: Letters
    store: Store
    reader: Reader
    secret: bytes
    clock: Callable[[], datetime] = wall_clock
    replies: bool = True
    """False: everything is recorded, no letter is written (import, dry run)"""
    lock: FolderLock | None = None
    _breakable: list[Inbox | Sender] = field(default_factory=list)

    @property
    def mailbox(self) -> str:
        """The mailbox's name in the ledger."""
        return self.config.mailbox.name

    @property
    def sender_address(self) -> Address:
        """What our letters come from."""
        return Address(address=self.config.address.sender, name=self.config.smtp.from_name)

    @property
    def promises(self) -> Promises:
        """Days, from the configuration."""
        p = self.config.promises
        return Promises(
            answer_working_days=p.answer_working_days,
            hazard_working_days=p.hazard_working_days,
            reply_days=p.reply_days,
        )

    @property
    def budgets(self) -> Budgets:
        """Limits on automatic letters."""
        b = self.config.budgets
        relays = frozenset(h for p in self.policy.platforms for h in p.relay_hosts)
        return Budgets(
            address_per_day=b.per_address_day,
            address_per_week=b.per_address_week,
            domain_per_day=b.per_domain_day,
            bot_per_hour=b.per_hour,
            bot_per_day=b.per_day,
            big_providers=frozenset(b.big_providers) | relays,
        )

    def now(self) -> datetime:
        """The bot's own time: never earlier than before."""
        return self.store.logical_now(self.clock())

    def inbox(self) -> Inbox:
        """A fresh inbox; one connection a poll, thrown away after any trouble."""
        return self._breaking(open_inbox(inbox_settings(self.config)))

    def sender(self) -> Sender:
        """A fresh SMTP session."""
        return self._breaking(Sender(smtp_settings(self.config)))

    def break_connections(self) -> None:
        """From the watchdog: make the call under way fail now."""
        for connection in list(self._breakable):
            with suppress(Exception):
                connection.abort()

    def _breaking(self, connection: Breakable) -> Breakable:
        self._breakable = [connection]
        return connection

    def close(self) -> None:
        """End the child process, the database and the lock."""
        self.reader.close()
        self.store.close()
        if self.lock:
            self.lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_wiring(config: Config, *, clock: Callable[[], datetime] = wall_clock, replies: bool = True) -> Wiring:
    """Open everything for working; raises ConfigError, PolicyError, TemplateError, StoreError, AlreadyRunning."""
    from bot.config import config_problems

    policy = load_policy(config.policy.folder)
    letters = Letters(config.templates.folder, policy.default_language)
    letters.check(asks=asks_of(policy))
    if problems := config_problems(config, policy):
        raise ConfigError(problems)
    folder = config.data.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FolderLock(folder)
    try:
        store = Store(folder)
    except BaseException:
        lock.release()
        raise
    limits = Limits(wall_seconds=config.limits.read_seconds, memory_bytes=config.limits.read_memory_mb << 20)
    reader = Reader(config.policy.folder, limits)
    (folder / READY_FILES).mkdir(mode=0o700, exist_ok=True)
    secret = own_secret(folder)
    on = replies and config.automation.replies
    return Wiring(config, policy, letters, store, reader, secret, clock=clock, replies=on, lock=lock)


def asks_of(policy: Policy) -> tuple[str, ...]:
    """Every id a letter may ask for."""
    return (*(row.id for row in policy.required), "purchase_or_delivery_date")


def own_secret(folder: Path) -> bytes:
    """The key of our Message-IDs, made at the first start; losing it only stops old references from being known."""
    path = folder / SECRET_FILE
    with suppress(FileExistsError):
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
    return path.read_bytes()


def inbox_settings(config: Config) -> ImapSettings | MaildirSettings:
    """The mail room's settings from the operator's."""
    if config.mailbox.type == "maildir":
        assert config.maildir.path is not None
        return MaildirSettings(path=config.maildir.path)
    imap = config.imap
    return ImapSettings(
        host=imap.host,
        port=imap.port,
        security=SECURITY[imap.security],  # type: ignore[arg-type]
        user=imap.user,
        password=Secret(imap.password.reveal()),
        ca_file=imap.ca_file,
        folder=imap.folder,
        connect_timeout=imap.connect_timeout,
        timeout=imap.read_timeout,
    )


def smtp_settings(config: Config) -> SmtpSettings:
    """The mail room's settings from the operator's."""
    smtp = config.smtp
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        security=SECURITY[smtp.security],  # type: ignore[arg-type]
        user=smtp.user,
        password=Secret(smtp.password.reveal()),
        ca_file=smtp.ca_file,
        timeout=smtp.timeout,
        data_timeout=smtp.data_timeout,
    )
