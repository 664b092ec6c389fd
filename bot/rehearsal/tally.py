"""From outcomes, one by one, to a report. Pure; of each group of equal changes only one mail is kept whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from bot.rehearsal.compare import RULE, same_change, weight
from bot.rehearsal.model import Group, Outcome, Report, RuleChange, Story


@dataclass
class _Pile:
    """The mails of one group."""

    shown: Outcome
    names: list[str] = field(default_factory=list)


class Tally:
    """Counts while mails are replayed."""

    def __init__(self) -> None:
        self.replayed = 0
        self.changed = 0
        self.done = 0
        self._unreadable: list[tuple[str, str]] = []
        self._failed: list[tuple[str, str]] = []
        self._unwritten = 0
        self._piles: dict[Hashable, _Pile] = {}
        self._rules: dict[tuple[str, str, str], Counter[Hashable]] = {}
        self._services: Counter[tuple[str, str]] = Counter()

    def add(self, outcome: Outcome) -> None:
        """One more mail."""
        self.done += 1
        if outcome.before is None or outcome.after is None:
            (self._unreadable if outcome.unreadable else self._failed).append((outcome.mail.name, outcome.trouble))
            return
        self.replayed += 1
        self._services[(outcome.before.facts["service"], outcome.after.facts["service"])] += 1
        if not outcome.changes:
            return
        self.changed += 1
        self._unwritten += any(change.what == "failure" for change in outcome.changes)
        key = same_change(outcome.before, outcome.after, outcome.changes)
        self._piles.setdefault(key, _Pile(outcome)).names.append(outcome.mail.name)
        for change in outcome.changes:
            if change.what.startswith(RULE):
                row = (change.what.removeprefix(RULE), change.before, change.after)
                self._rules.setdefault(row, Counter())[key] += 1

    def report(
        self,
        total: int,
        stories: Iterable[Story] = (),
        *,
        stopped: bool = False,
        seconds: float = 0.0,
        reading_seconds: float = 0.0,
        workers: int = 0,
    ) -> Report:
        """Everything so far, the most telling change first and of equal ones the most frequent."""
        piles = sorted(self._piles.items(), key=lambda item: (weight(item[1].shown.changes), -len(item[1].names)))
        ids = {key: number for number, (key, _) in enumerate(piles, 1)}
        rules = [
            RuleChange(rule, before, after, keys.total(), tuple(sorted(ids[key] for key in keys)))
            for (rule, before, after), keys in self._rules.items()
        ]
        return Report(
            total=total,
            replayed=self.replayed,
            changed=self.changed,
            unreadable=tuple(self._unreadable),
            failed=tuple(self._failed),
            unwritten=self._unwritten,
            groups=tuple(Group(ids[key], pile.shown.changes, pile.shown, tuple(pile.names)) for key, pile in piles),
            rules=tuple(sorted(rules, key=lambda row: (-row.mails, row.rule, row.before, row.after))),
            services=tuple((was, is_, count) for (was, is_), count in sorted(self._services.items())),
            stories=tuple(stories),
            stopped=stopped,
            seconds=seconds,
            reading_seconds=reading_seconds,
            workers=workers,
        )
