"""Every setting an operator may write in ``config.toml``, with its type, default and limits.

Only shapes live here: reading the file, wording the problems and fetching secrets is ``config``.
``config.example.toml`` explains each setting; a test keeps the two equal. Nothing may be set that is not here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from bot.desk_settings import DeskSettings
from bot.setting_types import (
    Address,
    AddressOrNone,
    Count,
    Day,
    Days,
    Domain,
    DomainOrNone,
    FilePath,
    FolderPath,
    Hour,
    Line,
    PolicyFolder,
    Port,
    Seconds,
    Secret,
    Section,
    Security,
    TemplateFolder,
    Texts,
    Zone,
)
from bot.webhook_settings import WebhookSettings

__all__ = ["Config", "DeskSettings", "Section"]

BIG_PROVIDERS = tuple(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com gmx.de gmx.net
    web.de t-online.de freenet.de orange.fr free.fr wanadoo.fr laposte.net libero.it wp.pl o2.pl onet.pl interia.pl
    seznam.cz mail.ru yandex.ru qq.com 163.com proton.me protonmail.com uol.com.br terra.com.br yahoo.co.jp
    docomo.ne.jp naver.com
    """.split()  # noqa: SIM905 - a table, not a list
)


class MailboxSettings(Section):
    """Which kind of mailbox is read, and the name it has in the database."""

    type: Literal["imap", "maildir"] = "imap"
    name: Annotated[Line, Field(min_length=1, max_length=60)] = "after-sales"


class Login(Section):
    """A server with a login; the password comes from outside the file."""

    host: Line = ""
    user: Line = ""
    ca_file: FilePath = None
    """extra certificate authority; empty: the system's"""
    password_env: str = ""
    password_file: FilePath = None
    _password: Secret = PrivateAttr(default_factory=lambda: Secret(""))

    @property
    def password(self) -> Secret:
        """The password as ``load_config`` found it."""
        return self._password


class ImapSettings(Login):
    """The mailbox on an IMAP server."""

    port: Port = 993
    security: Security = "tls"
    password_env: str = "AFTER_SALES_IMAP_PASSWORD"  # noqa: S105 - a name, not a password
    folder: Annotated[Line, Field(min_length=1)] = "INBOX"
    connect_timeout: Seconds = 10
    read_timeout: Seconds = 60


class MaildirSettings(Section):
    """The mailbox as a Maildir folder."""

    path: FilePath = None


class SmtpSettings(Login):
    """The server that replies go out through."""

    port: Port = 587
    security: Security = "starttls"
    password_env: str = "AFTER_SALES_SMTP_PASSWORD"  # noqa: S105 - a name, not a password
    from_name: Line = "KOSPET After-Sales"
    timeout: Seconds = 60
    data_timeout: Seconds = 600
    """wait after the last dot (RFC 5321 4.5.3.2.6: ten minutes); shorter waits make duplicates"""


class AddressSettings(Section):
    """Our own addresses."""

    own: Annotated[tuple[Address, ...], Field(min_length=1, strict=False)]
    reply_from: AddressOrNone = ""
    message_id_domain: DomainOrNone = ""
    echo_address: AddressOrNone = ""

    @property
    def sender(self) -> str:
        """The address that replies come from."""
        return self.reply_from or self.own[0]

    @property
    def domain(self) -> str:
        """The right side of our Message-IDs."""
        return self.message_id_domain or self.sender.rpartition("@")[2]


class FolderSettings(Section):
    """Where handled mail goes, as folder names of the mailbox."""

    done: Annotated[Line, Field(min_length=1)] = "Handled"
    quarantine: Annotated[Line, Field(min_length=1)] = "Quarantine"
    oversize: Annotated[Line, Field(min_length=1)] = "Oversize"
    echo: Annotated[Line, Field(min_length=1)] = "Echo"
    sent: Line = ""


class DataSettings(Section):
    """Where the database, the mails and their files lie."""

    folder: FolderPath = Path("data")


class PolicySettings(Section):
    """Where the policy files lie; empty: those that came with the program."""

    folder: PolicyFolder = Path()


class TemplateSettings(Section):
    """Where the letters lie; empty: those that came with the program."""

    folder: TemplateFolder = Path()


class LimitSettings(Section):
    """How much one mail may cost."""

    max_mail_mb: Annotated[int, Field(ge=1, le=200)] = 30
    read_seconds: Seconds = 30
    read_memory_mb: Annotated[int, Field(ge=256)] = 1024
    min_free_mb: Count = 300


class BudgetSettings(Section):
    """How many automatic letters may go out; more wait for a person."""

    per_address_day: Count = 3
    per_address_week: Count = 8
    per_domain_day: Count = 40
    per_hour: Count = 60
    per_day: Count = 400
    big_providers: Annotated[tuple[Domain, ...], Field(strict=False)] = BIG_PROVIDERS


class ScheduleSettings(Section):
    """How often the worker looks."""

    poll_seconds: Seconds = 60
    send_seconds: Seconds = 15
    poll_deadline_seconds: Seconds = 300
    tick_seconds: Seconds = 600
    undo_seconds: Count = 0
    """a letter of staff waits so long, to be taken back"""


class PromiseSettings(Section):
    """The days that letters name."""

    answer_working_days: Days = 3
    hazard_working_days: Days = 1
    reply_days: Days = 14
    ship_days: Days = 14
    quote_days: Days = 14


class TimerSettings(Section):
    """When the bot reminds, closes, or tells staff; calendar days."""

    letters: bool = True
    reminder_1: Days = 7
    reminder_2: Days = 14
    closing_notice: Days = 21
    closed: Days = 28
    ship_reminder: Days = 5
    """before the day to ship by"""
    not_shipped: Days = 30
    parcel_missing: Days = 15
    not_inspected: Days = 5
    not_sent_back: Days = 7
    returned: Days = 20
    objection: Days = 30
    reopen: Days = 60
    quiet_from: Hour = 20
    quiet_until: Hour = 8
    quiet_weekend: bool = True
    zone: Zone = "UTC"


class ReturnSettings(Section):
    """How parcels come to us."""

    address: Line = ""
    way_paid_by: Literal["label", "refunded"] = "refunded"


class ReturnAddress(Section):
    """One place that parcels go to."""

    id: Annotated[Line, Field(min_length=1, max_length=40)]
    regions: Texts = ()
    lines: Annotated[tuple[Line, ...], Field(min_length=2, max_length=8, strict=False)]


class PaymentWay(Section):
    """How customers pay an offer in one currency."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=6, strict=False)]


class AutomationSettings(Section):
    """What the bot may do without a person."""

    replies: bool = True
    approve: Texts = ()


class StartSettings(Section):
    """From which day on mail is answered."""

    baseline: Day = "first_run"


class TrustSettings(Section):
    """Whose statements about a mail are believed."""

    authserv_ids: Texts = ()
    form_senders: Annotated[tuple[Address, ...], Field(strict=False)] = ()


class OperatorSettings(Section):
    """The person who tends the words, the rules and the letters."""

    test_address: Annotated[tuple[Address, ...], Field(strict=False)] = ()
    """the only addresses that a test letter may go to"""


class LogSettings(Section):
    """How the log looks."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Config(Section):
    """The whole configuration, checked."""

    mailbox: MailboxSettings = MailboxSettings()
    imap: ImapSettings = ImapSettings()
    maildir: MaildirSettings = MaildirSettings()
    smtp: SmtpSettings = SmtpSettings()
    address: AddressSettings
    folders: FolderSettings = FolderSettings()
    data: DataSettings = DataSettings()
    policy: PolicySettings = PolicySettings()
    templates: TemplateSettings = TemplateSettings()
    limits: LimitSettings = LimitSettings()
    budgets: BudgetSettings = BudgetSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    promises: PromiseSettings = PromiseSettings()
    timers: TimerSettings = TimerSettings()
    returns: ReturnSettings = ReturnSettings()
    return_address: Annotated[tuple[ReturnAddress, ...], Field(strict=False)] = ()
    payment: Annotated[tuple[PaymentWay, ...], Field(strict=False)] = ()
    automation: AutomationSettings = AutomationSettings()
    start: StartSettings = StartSettings()
    trust: TrustSettings = TrustSettings()
    operator: OperatorSettings = OperatorSettings()
    desk: DeskSettings = DeskSettings()
    webhook: Annotated[tuple[WebhookSettings, ...], Field(strict=False)] = ()
    log: LogSettings = LogSettings()
