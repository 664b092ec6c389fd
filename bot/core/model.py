"""The nouns of the product, and nothing else.

Rules of this file: only frozen data, no behaviour beyond looking at itself, no imports from our own
code. Everything that crosses a border (child process, database, JSON output) is one of these types.
Texts named ``id`` come from the policy files; the words for them stand in ``templates/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

# --- vocabularies -----------------------------------------------------------------------------


class Kind(StrEnum):
    """What a mail is."""

    NEW_CLAIM = "new_claim"
    DETAILS_FOLLOWUP = "details_followup"
    TRACKING_FOLLOWUP = "tracking_followup"
    GENERAL_QUESTION = "general_question"
    RETURN_REQUEST = "return_request"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    SPAM = "spam"
    OTHER = "other"


class State(StrEnum):
    """Where a case stands; the number is the step of the policy's warranty process."""

    NEW = "new"  # 2
    WAITING_FOR_DETAILS = "waiting_for_details"  # 2
    READY_FOR_STAFF = "ready_for_staff"  # 3
    APPROVED = "approved"  # 3
    DECLINED = "declined"  # 3
    PARCEL_ANNOUNCED = "parcel_announced"  # 5
    AT_SERVICE_CENTRE = "at_service_centre"  # 6
    INSPECTED = "inspected"  # 6
    RETURNING = "returning"  # 7
    COMPLETED = "completed"  # 8
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """The result of one check."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


CLAIM_KINDS = frozenset({Kind.NEW_CLAIM, Kind.DETAILS_FOLLOWUP, Kind.TRACKING_FOLLOWUP, Kind.RETURN_REQUEST})
MACHINE_KINDS = frozenset({Kind.AUTO_REPLY, Kind.BOUNCE})

# What a case may be marked with; policy rows and words files name these and no others.
FLAGS = (
    "physical_damage",
    "water_damage",
    "disassembled",
    "rooted_or_flashed",
    "continued_use",
    "wear_and_tear",
    "counterfeit",
    "second_hand",
    "out_of_warranty",
    "between_one_and_two_years",
    "third_party_seller",
    "multiple_items",
    "threat_or_legal",
    "safety_hazard",
    "blurry_photo",
    "dark_photo",
    "possible_fraud",
    "unclear",
)
# The details that a finder exists for; a required row names one of these.
REQUIRED_DETAILS = (
    "order_number",
    "order_platform",
    "model",
    "description",
    "troubleshooting",
    "photo_or_video",
    "item_condition",
)
SELLERS = ("official_store", "authorised_dealer", "unknown")
REQUESTS = ("quality", "return")


# --- arrival and letter -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One mail as a mailbox handed it over. (mailbox, uidvalidity, uid) is its key."""

    mailbox: str
    uidvalidity: int
    uid: int
    size: int
    received_at: datetime
    """INTERNALDATE, aware UTC."""
    raw: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One mailbox of an address header; ``address`` is lower-cased."""

    address: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What one look into one attached file showed."""

    kind: str
    """photo, screenshot, logo, video, document, other, unreadable"""
    faults: tuple[str, ...] = ()
    """blurred, dark, small, not_opened: why the file cannot serve as evidence"""
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    sharpness: float | None = None
    light: float | None = None
    picture_hash: str = ""
    """perceptual hash, 16 hex digits; equal or near for the same picture"""
    text: str = ""
    """text read from a document or screenshot"""
    codes: tuple[str, ...] = ()
    """bar codes and QR codes"""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A reference to one file of a mail; the bytes lie elsewhere under ``sha256``."""

    place: int
    """1 for the first file of the mail"""
    sha256: str
    size: int
    name: str
    """as the sender wrote it: data, never a path"""
    declared_type: str
    found_type: str
    """from the first bytes; application/octet-stream when unknown"""
    inline: bool = False
    look: Look | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A mail inside the mail: attached message/rfc822 or a forwarded block. Evidence, not the customer's words."""

    subject: str
    sender: str
    text: str
    how: str
    """attached or forwarded"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail after reading. Text is NFC, without NUL, surrogates and control characters."""

    message_id: str
    references: tuple[str, ...]
    """In-Reply-To and References, newest last, without repeats"""
    sender: Address | None
    sender_problem: str
    """why there is no single usable sender; empty when there is"""
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    sent_at: datetime | None
    """the Date header: a claim of the sender"""
    text: str
    """the whole readable text"""
    own_words: str
    """what the customer wrote: no quote, signature, footer"""
    quoted: str
    """what was cut out of ``text``: kept and shown, never read as the customer's"""
    attachments: tuple[Attachment, ...]
    enclosures: tuple[Enclosure, ...]
    headers: tuple[tuple[str, str], ...]
    """the headers on our allow-list, names lower-cased, in order, repeats kept"""
    language: str
    """ISO 639-1 of own_words; empty when too little was written"""
    language_confidence: float
    defects: tuple[str, ...]

    def header_values(self, name: str) -> tuple[str, ...]:
        """All values of one header (lower-case name), in order."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Automatic:
    """Why a mail is taken for a machine's."""

    kind: Kind
    """auto_reply, bounce or other"""
    rule: str
    """id of the rule that hit"""
    reason: str
    """one sentence for staff"""


# --- findings ---------------------------------------------------------------------------------

# Every value a finder may yield. `one` fields keep the newest value over a thread, `many` add up.
ONE_VALUE_FIELDS = ("platform", "seller", "purchase_date", "delivery_date", "condition", "language")
MANY_VALUE_FIELDS = (
    "order_number",
    "model",
    "tracking_number",
    "symptom",
    "what",
    "when",
    "how",
    "tried",
    "evidence",
    "flag",
    "wish",
)
FIELDS = ONE_VALUE_FIELDS + MANY_VALUE_FIELDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A value, and the words and the place it came from."""

    field: str
    value: str
    """ids and codes as in the policy; dates as 2025-03-14, 2025-03 or an interval 2025-03-04/2025-04-03"""
    place: str
    """subject, own_words, file 1, forwarded 1, sender, inferred"""
    start: int
    end: int
    """span in the text of that place; 0, 0 where the place has no text"""
    words: str
    confidence: float
    """0 to 1; under 0.5 is asked or flagged, never used to decide"""
    letter: int = 1
    """which mail of the thread, 1 for the first"""
    replaces: bool = False
    """the customer corrects: earlier values of this field no longer count"""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """All findings of a mail, or of a whole thread after joining."""

    findings: tuple[Finding, ...] = ()

    def all(self, name: str) -> tuple[Finding, ...]:
        """The findings of one field, in order."""
        return tuple(f for f in self.findings if f.field == name)

    def values(self, name: str, at_least: float = 0.0) -> tuple[str, ...]:
        """The distinct values of one field, in order."""
        return tuple(dict.fromkeys(f.value for f in self.all(name) if f.confidence >= at_least))

    def one(self, name: str) -> Finding | None:
        """The finding that counts for a single-valued field: the surest, the newest of equals."""
        found = self.all(name)
        return max(found, key=lambda f: (f.confidence, f.letter)) if found else None

    def value(self, name: str) -> str | None:
        """The value that counts for a single-valued field."""
        found = self.one(name)
        return found.value if found else None

    def has(self, name: str, value: str) -> bool:
        """Whether a field holds this value."""
        return any(f.value == value for f in self.all(name))

    def joined_with(self, newer: Details, letter: int) -> Details:
        """Earlier findings plus those of mail number ``letter``; a later fact corrects an earlier one."""
        fresh = tuple(replace(f, letter=letter) for f in newer.findings)
        corrected = {f.field for f in fresh if f.replaces}
        restated = {f.field for f in fresh if f.field in ONE_VALUE_FIELDS and f.confidence >= 0.5}
        dropped = corrected | restated
        return Details(findings=tuple(f for f in self.findings if f.field not in dropped) + fresh)


# --- verdict, reply, decision -----------------------------------------------------------------


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
    """customer, staff, or nobody"""
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


# --- policy -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """How long a service is open, and from which event on. Exactly one of days, months, years."""

    days: int = 0
    months: int = 0
    years: int = 0
    since: str = "delivery"
    """delivery or purchase; the other one is used when this one is unknown"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """One row of the services table."""

    id: str
    request: str
    """quality (something is wrong) or return (wants to give it back)"""
    sellers: tuple[str, ...]
    window: Window
    needs: tuple[str, ...]
    """conditions of the item, for example unopened"""
    shipping_paid_by: str
    solution: str
    clause: str
    undisputed: Window | None = None
    """inside it no sentence of the policy denies the service; after it ``open_question`` holds"""
    open_question: str = ""
    means: str = ""
    """the row in our own words, for staff"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What a customer can still have when the free services are out. Named in a letter, never priced."""

    id: str
    exclusions: tuple[str, ...]
    """ids of the exclusions after which staff may offer it"""
    shipping_paid_by: str
    link: str
    clause: str
    means: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Required:
    """One detail the customer must give."""

    id: str
    requests: tuple[str, ...]
    unless_flags: tuple[str, ...]
    """not asked when one of these flags is set"""
    clause: str
    means: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusion:
    """One thing the warranty does not cover. A word match never refuses; it fails a check for staff."""

    id: str
    flag: str
    checked_at: str
    """mail or inspection"""
    clause: str
    open_question: str = ""
    """the question KOSPET has to decide before this row is beyond doubt"""
    means: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenQuestion:
    """A point on which the policy contradicts itself or is silent, with the default until KOSPET decides."""

    id: str
    question: str
    default: str
    until_decided: str
    """staff: a case that touches it goes to a person; default: the default holds"""
    flag: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """Where a watch can be bought."""

    id: str
    name: str
    seller: str
    """official_store, authorised_dealer or unknown"""
    names: tuple[str, ...]
    hosts: tuple[str, ...]
    order_pattern: str
    """regular expression for a bare order number; empty when only a label tells"""
    sure: bool
    """the pattern alone names the platform"""
    relay_hosts: tuple[str, ...] = ()
    """mail domains of masked buyer addresses"""
    labelled_pattern: str = ""
    """a weaker shape: counts only with a # before it or beside a word for order"""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A watch on sale or once on sale."""

    id: str
    """KOSPET's name for it, for example TANK T3 Ultra"""
    line: str
    names: tuple[str, ...]
    common_word: bool
    """the name is also an ordinary word: only near KOSPET or a watch"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """A parcel service and one shape of its numbers; a service with several shapes is several of these."""

    id: str
    name: str
    names: tuple[str, ...]
    pattern: str
    check: str
    """id of the check-digit rule, or none"""
    needs_word: bool
    """digits only: counts only near a word for parcel or the carrier's name"""
    hosts: tuple[str, ...] = ()
    page: str = ""
    """where staff can follow the parcel, {N} for the number"""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The phrases of one language, by topic. See docs/operators-guide.md for the phrase notation."""

    language: str
    name: str
    spaces: bool
    """words are written apart (false for ja, zh)"""
    months: tuple[tuple[str, ...], ...]
    """twelve tuples of names and short forms"""
    weekdays: tuple[tuple[str, ...], ...]
    """seven tuples, Monday first"""
    day_first: bool
    """12.03. is 12 March"""
    phrases: Mapping[str, tuple[str, ...]]
    """topic -> phrases, for example "flag.water_damage" """


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The warranty policy and all reading tables as data."""

    hash: str
    name: str
    contact: str
    default_language: str
    services: tuple[Service, ...]
    required: tuple[Required, ...]
    exclusions: tuple[Exclusion, ...]
    open_questions: tuple[OpenQuestion, ...]
    platforms: tuple[Platform, ...]
    models: tuple[Model, ...]
    carriers: tuple[Carrier, ...]
    words: Mapping[str, Words]
    offers: tuple[Offer, ...] = ()

    def platform(self, id_: str) -> Platform | None:
        """The platform of this id."""
        return next((p for p in self.platforms if p.id == id_), None)
