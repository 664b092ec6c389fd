"""The warranty policy and the reading tables, as the policy files say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


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
class Advice:
    """What a customer with this symptom may try before a watch is sent in."""

    symptom: str
    steps: tuple[str, ...]
    """ids of ``staff_letters.STEPS_TO_TRY``, the most telling first"""
    never_if_flags: tuple[str, ...] = ()
    never_with: tuple[str, ...] = ()
    """symptoms beside which nothing is tried at all"""
    not_lines: tuple[str, ...] = ()
    only_models: tuple[str, ...] = ()
    """empty: every model"""
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
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """facts that touch it too: for (quality, return), wish, condition, symptom -> values; all of them must hold"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """The terms for watches bought until a day, kept when they were changed."""

    file: str
    until: date
    """the last day of purchase they hold for"""
    services: tuple[Service, ...]
    required: tuple[Required, ...]
    exclusions: tuple[Exclusion, ...]
    open_questions: tuple[OpenQuestion, ...]
    offers: tuple[Offer, ...]


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
    advice: tuple[Advice, ...] = ()
    tried_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """step -> parts of words by which customers name it"""
    earlier: tuple[Terms, ...] = ()
    """terms that held for older purchases, the newest first"""

    def platform(self, id_: str) -> Platform | None:
        """The platform of this id."""
        return next((p for p in self.platforms if p.id == id_), None)
