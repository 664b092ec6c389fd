"""The nouns of a rehearsal: what is replayed, how each side came out, what differs, and all of it together.

Only frozen data. ``before`` is the live edition, ``after`` the files that are tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.core.model import Finding, Look, Promises


@dataclass(frozen=True)
class Ways:
    """What the configuration adds to the files: the same on both sides."""

    own_addresses: tuple[str, ...] = ()
    """empty: the policy's contact"""
    trusted: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    promises: Promises = field(default_factory=Promises)
    limit_mb: int = 30


# --- what is replayed -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Between:
    """What people or timers did with a case between two mails of it."""

    name: str
    """of the event: approve, quote, silence ...; correct, take, give-back"""
    finding: Finding | None = None
    """of a correction"""
    terms: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class PastMail:
    """One mail that came, as a file on disk."""

    path: Path
    name: str
    """how the report calls it"""
    arrived: date | None = None
    """None: only its Date header tells"""
    counts: bool = True
    """False: it only leads up to a later mail, and nothing is reported of it"""
    between: tuple[Between, ...] = ()
    """what happened since the mail before it"""
    noticed: tuple[str, ...] = ()
    """flags that a look at other cases gave"""
    ours: tuple[str, ...] = ()
    """texts we had sent to its writer"""
    known: Mapping[str, Look] = field(default_factory=dict)
    """looks into its files that were taken when it came, by hash"""
    expected: Mapping[str, object] | None = None
    """of a golden story: facts as in expected.toml"""


@dataclass(frozen=True)
class PastCase:
    """The mails of one case, oldest first."""

    name: str
    mails: tuple[PastMail, ...]
    ways: Ways | None = None
    """where they differ from the configuration"""


# --- how it came out --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One mail with one set of files."""

    facts: Mapping[str, str]
    """DECIDED -> its value in words; empty where there is none"""
    rules: Mapping[str, str]
    """rule of the policy -> passed, failed or unknown"""
    reply: str
    """the letter's name; empty when none is written"""
    silence: str
    """why none is written"""
    language: str = ""
    """of the letter"""
    subject: str = ""
    text: str = ""
    failure: str = ""
    """why the letter cannot be written: then nobody would get it"""
    told: tuple[str, ...] = ()
    """values of this case that the letter holds: never a difference between two letters"""


@dataclass(frozen=True)
class Change:
    """One thing that differs."""

    what: str
    """a name of DECIDED, rule:<id>, failure, reply, letter"""
    before: str
    after: str


@dataclass(frozen=True)
class Outcome:
    """What became of one replayed mail."""

    mail: PastMail
    case: str
    before: Side | None = None
    after: Side | None = None
    trouble: str = ""
    """why it was not replayed; then there are no sides"""
    unreadable: bool = False
    """the trouble lies in the mail"""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Group:
    """The same change in several mails; one of them is shown."""

    id: int
    changes: tuple[Change, ...]
    shown: Outcome
    mails: tuple[str, ...]
    """their names, the shown one first"""


@dataclass(frozen=True)
class RuleChange:
    """How often a check comes out differently."""

    rule: str
    before: str
    after: str
    mails: int
    groups: tuple[int, ...]


@dataclass(frozen=True)
class Story:
    """How a golden story came out."""

    name: str
    steps: int
    """mails that were replayed"""
    whole: bool
    """all its steps are mails that can be replayed"""
    broken: tuple[str, ...] = ()
    """what no longer is as it is told, with the live files it was"""
    broken_before: tuple[str, ...] = ()
    """what is not as it is told with the live files either"""
    reworded: int = 0
    """letters that say it in other words"""


@dataclass(frozen=True)
class Progress:
    """How far it is."""

    done: int
    total: int
    seconds: float
    changed: int = 0


@dataclass(frozen=True)
class Report:
    """All of a rehearsal."""

    total: int
    """mails that were to be replayed"""
    replayed: int
    changed: int
    unreadable: tuple[tuple[str, str], ...] = ()
    """name and reason of each"""
    failed: tuple[tuple[str, str], ...] = ()
    """not replayed by a fault of ours: name and reason of each"""
    unwritten: int = 0
    """letters that the new files cannot write"""
    groups: tuple[Group, ...] = ()
    """the most telling first"""
    rules: tuple[RuleChange, ...] = ()
    services: tuple[tuple[str, str, int], ...] = ()
    """service before, service after, mails: also those that stay"""
    stories: tuple[Story, ...] = ()
    stopped: bool = False
    """before its end: the figures are of what was replayed until then"""
    seconds: float = 0.0
    reading_seconds: float = 0.0
    """of all children together"""
    workers: int = 0

    @property
    def unchanged(self) -> int:
        """Replayed mails that come out the same."""
        return self.replayed - self.changed

    @property
    def broken_stories(self) -> tuple[Story, ...]:
        """Golden stories that no longer hold."""
        return tuple(story for story in self.stories if story.broken)

    @property
    def breaks(self) -> bool:
        """Whether something that worked no longer does."""
        return bool(self.broken_stories or self.unwritten)
