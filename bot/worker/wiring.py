"""Everything the jobs need, opened once: the one place that knows all rooms."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.config import Config, load_policy
from bot.core.model import Address, Policy, Promises
from bot.core.warranty.answer import REPEATABLE
from bot.core.warranty.contradictions import contradictions
from bot.core.warranty.staff_facts import Desk
from bot.core.warranty.staff_letters import BY_EVENT, BY_TIMER
from bot.errors import ConfigError, StoreError
from bot.isolate import Limits, Reader
from bot.mail.inbox import Inbox, open_inbox
from bot.mail.settings import ImapSettings, MaildirSettings, Secret, SmtpSettings
from bot.mail.smtp import Sender
from bot.replies import Letters
from bot.store.budgets import Budgets
from bot.store.engine import Store
from bot.store.folder import FolderLock, sync_folder

SECRET_FILE = "secret"  # noqa: S105 - a name, not a secret
SECRET_BYTES = 32
SECURITY = {"tls": "ssl", "ssl": "ssl", "starttls": "starttls", "none": "none"}
READY_FILES = "incoming"  # files of the mail being read, before they are adopted


def wall_clock() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)


def never() -> bool:
    """No reason to stop."""
    return False


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
    lock: FolderLock | None = None
    _inbox: Inbox | None = None
    _sender: Sender | None = None

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
            ship_days=p.ship_days,
            quote_days=p.quote_days,
            parcel_days=self.config.timers.parcel_missing,
        )

    @property
    def desk(self) -> Desk:
        """What the configuration adds to letters of staff and of timers."""
        return Desk(
            promises=self.promises,
            addresses={row.id: row.lines for row in self.config.return_address},
            regions={row.id: row.regions for row in self.config.return_address},
            usual_address=self.config.returns.address,
            way_paid_by=self.config.returns.way_paid_by,
            payment={row.currency: row.lines for row in self.config.payment},
            limit_mb=self.config.limits.max_mail_mb,
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
            # What happens twice is told twice; timers have their own memory of what they did.
            repeatable=REPEATABLE | BY_EVENT.keys() | BY_TIMER.keys(),
        )

    def now(self) -> datetime:
        """The bot's own time: never earlier than before."""
        return self.store.logical_now(self.clock())

    def inbox(self) -> Inbox:
        """A fresh inbox; one connection a poll, thrown away after any trouble."""
        self._inbox = open_inbox(inbox_settings(self.config))
        return self._inbox

    def sender(self) -> Sender:
        """A fresh SMTP session."""
        self._sender = Sender(smtp_settings(self.config))
        return self._sender

    def break_inbox(self) -> None:
        """From the watchdog: make the mailbox call under way fail now."""
        if self._inbox is not None:
            self._inbox.abort()

    def break_sender(self) -> None:
        """The same for the mail server. A letter under way may then have been sent, and nobody knows."""
        if self._sender is not None:
            self._sender.abort()

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


def open_wiring(config: Config, *, clock: Callable[[], datetime] = wall_clock) -> Wiring:
    """Open everything for working; raises ConfigError, PolicyError, TemplateError, StoreError, AlreadyRunning."""
    from bot.config import config_problems

    policy = load_policy(config.policy.folder)
    letters = Letters(config.templates.folder, policy.default_language)
    letters.check(asks=asks_of(policy))
    if problems := config_problems(config, policy):
        raise ConfigError(problems)
    folder = config.data.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as undo:
        lock = FolderLock(folder)
        undo.callback(lock.release)
        store = Store(folder)
        undo.callback(store.close)
        limits = Limits(wall_seconds=config.limits.read_seconds, memory_bytes=config.limits.read_memory_mb << 20)
        reader = Reader(config.policy.folder, limits)
        (folder / READY_FILES).mkdir(mode=0o700, exist_ok=True)
        wiring = Wiring(config, policy, letters, store, reader, own_secret(folder), clock=clock, lock=lock)
        undo.pop_all()
    if found := contradictions(policy):
        store.alerts.report("policy", f"The policy contradicts itself: {found[0]}", wiring.now())
    return wiring


def open_desk(config: Config, *, clock: Callable[[], datetime] = wall_clock) -> Wiring:
    """Open what a person's action needs, beside a running bot: no lock, and the database must be there.

    Raises ConfigError, PolicyError, TemplateError, StoreError.
    """
    policy = load_policy(config.policy.folder)
    letters = Letters(config.templates.folder, policy.default_language)
    store = Store(config.data.folder, prepare=False)
    try:
        reader = Reader(config.policy.folder, Limits())
        return Wiring(config, policy, letters, store, reader, own_secret(config.data.folder), clock=clock)
    except BaseException:
        store.close()
        raise


def asks_of(policy: Policy) -> tuple[str, ...]:
    """Every id a letter may ask for."""
    return (*(row.id for row in policy.required), "purchase_or_delivery_date")


def own_secret(folder: Path) -> bytes:
    """The key of our Message-IDs, made at the first start; losing it only stops old references from being known.

    Never half written: a key that a crash cut off would be one that anybody can guess.
    """
    path = folder / SECRET_FILE
    if not path.exists():
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        sync_folder(folder)
    secret = path.read_bytes()
    if len(secret) < SECRET_BYTES:
        raise StoreError(f"{path} is damaged; bring it back from a backup, or remove it to have a new one made")
    return secret


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
