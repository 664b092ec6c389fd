"""What is concluded from a mail: checks, verdict, letter, the next state, and the trace of why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.core.model.findings import Details
from bot.core.model.mail import Automatic
from bot.core.model.vocabulary import Kind, Outcome, State


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One rule put to the facts."""

    rule: str
    outcome: Outcome
    clause: str
    """where the policy says so, for example "services table, row 3" """
    words: str = ""
    """the customer's words or the dates the outcome rests on"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Which service applies if the customer's facts are true. A recommendation, never an approval."""

    service: str | None
    checks: tuple[Check, ...]
    policy_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """Which letter to write, in which language, with which facts (JSON values only)."""

    name: str
    language: str
    facts: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A rendered letter."""

    reply: str
    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """The one question a person must answer; worded by ``doubt.<id>`` in phrases.toml."""

    id: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened to a case."""

    name: str
    actor: str
    """customer, bot, or a staff name"""
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What the store knows of a case before this mail."""

    number: str
    state: State
    version: int
    language: str
    first_mail_on: date
    """day of the customer's first mail: the day the policy counts to"""
    letters: int
    """how many mails of the customer it already holds"""
    details: Details
    asked: Mapping[str, int]
    """missing id -> how often it was asked"""
    flags: tuple[str, ...] = ()
    service: str | None = None
    kind: Kind = Kind.NEW_CLAIM
    held: bool = False
    """a person took over: no automatic letter any more"""
    answer_by: date | None = None
    reply_by: date | None = None
    terms: Mapping[str, object] = field(default_factory=dict)
    """what staff granted or offered: service, address, payer, carrier, ship_by; quote, valid_until"""
    merged_into: str = ""
    """number of the case that took this one in"""
    next_actor: str = ""
    doubt: Doubt | None = None
    """the question that waits for staff"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Everything the bot concluded from one mail, and the trace of why."""

    kind: Kind
    automatic: Automatic | None
    language: str
    details: Details
    missing: tuple[str, ...]
    verdict: Verdict
    flags: tuple[str, ...]
    state: State
    events: tuple[Event, ...]
    reply: Reply | None
    silence: str
    """why there is no reply; empty when there is one"""
    doubt: Doubt | None
    next_actor: str
    """customer, staff, carrier, or nobody"""
    answer_by: date | None
    """the day we promised an answer by"""
    reply_by: date | None
    """the day we asked the customer to reply by"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promises:
    """How fast we answer and how long a customer has; days from the configuration."""

    answer_working_days: int = 3
    hazard_working_days: int = 1
    reply_days: int = 14
    ship_days: int = 14
    """an approved parcel is handed over within so many days"""
    quote_days: int = 14
    """an offer with a price holds so long"""
    parcel_days: int = 15
    """an announced parcel is waited for so long before a person looks for it"""
