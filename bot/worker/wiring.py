"""Everything the jobs need, opened once: the one place that knows all rooms."""

from __future__ import annotations

import copy
import os
import secrets
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.config import Config
from bot.core.model import Address, Policy, Promises
from bot.core.warranty.answer import REPEATABLE
from bot.core.warranty.contradictions import contradictions
from bot.core.warranty.staff_facts import Desk
from bot.core.warranty.staff_letters import BY_EVENT, BY_TIMER
from bot.editions.checking import asks_of
from bot.editions.loading import Loaded, load_at_start, load_beside
from bot.editions.working import Watch
from bot.errors import StoreError
from bot.isolate import Limits, Reader
from bot.mail.inbox import Inbox, open_inbox
from bot.mail.settings import ImapSettings, MaildirSettings, Secret, SmtpSettings
from bot.mail.smtp import Sender
from bot.replies import Letters
from bot.store.budgets import Budgets
from bot.store.editions import Edition
from bot.store.engine import Store
from bot.store.folder import FolderLock, sync_folder
from bot.worker.promised import desk_of, promises_of, sender_of

__all__ = ["Wiring", "asks_of", "open_desk", "open_wiring"]

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
    edition: Edition | None = None
    """the one that policy, letters and reader are of; None: the working files, nothing was published yet"""
    watch: Watch | None = None
    """on the working files"""
    refused: tuple[int, datetime] | None = None
    """the edition that could not be loaded, and when it was tried"""
    _change: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _put_away: list[Reader] = field(default_factory=list, init=False, repr=False)
    _inbox: Inbox | None = None
    _sender: Sender | None = None

    @property
    def mailbox(self) -> str:
        """The mailbox's name in the ledger."""
        return self.config.mailbox.name

    @property
    def sender_address(self) -> Address:
        """What our letters come from."""
        return sender_of(self.config)

    @property
    def promises(self) -> Promises:
        """Days, from the configuration."""
        return promises_of(self.config)

    @property
    def desk(self) -> Desk:
        """What the configuration adds to letters of staff and of timers."""
        return desk_of(self.config)

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

    @property
    def edition_number(self) -> int | None:
        """What cases and letters name as the edition that decided them."""
        return self.edition.number if self.edition else None

    def fixed(self) -> Wiring:
        """The same bot with the edition in use now, for one piece of work: another one that comes changes it not."""
        with self._change:
            return copy.copy(self)

    def use(self, loaded: Loaded) -> None:
        """Work with another edition from the next piece of work on."""
        reader = Reader(loaded.folders.policy, self.reader.limits)
        with self._change:
            self._put_away.append(self.reader)
            self.policy, self.letters, self.reader = loaded.policy, loaded.letters, reader
            self.edition = loaded.edition

    def close_put_away(self) -> None:
        """End the children of earlier editions. Only between two mails."""
        while self._put_away:
            self._put_away.pop().close()

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
        self.close_put_away()
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
    folder = config.data.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as undo:
        lock = FolderLock(folder)
        undo.callback(lock.release)
        store = Store(folder)
        undo.callback(store.close)
        loaded = load_at_start(store, config, clock())
        limits = Limits(wall_seconds=config.limits.read_seconds, memory_bytes=config.limits.read_memory_mb << 20)
        (folder / READY_FILES).mkdir(mode=0o700, exist_ok=True)
        wiring = _wired(config, loaded, store, limits, clock)
        wiring.lock, wiring.watch = lock, Watch(store, config)
        undo.pop_all()
    if found := contradictions(wiring.policy):
        store.alerts.report("policy", f"The policy contradicts itself: {found[0]}", wiring.now())
    return wiring


def open_desk(config: Config, *, clock: Callable[[], datetime] = wall_clock) -> Wiring:
    """Open what a person's action needs, beside a running bot: no lock, and the database must be there.

    Raises ConfigError, PolicyError, TemplateError, EditionError, StoreError.
    """
    store = Store(config.data.folder, prepare=False)
    try:
        loaded = load_beside(store, config, clock())
        return _wired(config, loaded, store, Limits(), clock)
    except BaseException:
        store.close()
        raise


def _wired(config: Config, loaded: Loaded, store: Store, limits: Limits, clock: Callable[[], datetime]) -> Wiring:
    reader = Reader(loaded.folders.policy, limits)
    secret = own_secret(config.data.folder)
    return Wiring(config, loaded.policy, loaded.letters, store, reader, secret, clock=clock, edition=loaded.edition)


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
