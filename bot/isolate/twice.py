"""A mail read once for two policies: what a rehearsal compares.

The same limited child as for mails, with another job: ``python -m bot.isolate.twice OTHER_POLICY POLICY LIMITS`` takes
the mail apart once, looks at its files once and looks for details with each of the two policies. Where the policies
read alike (only services, windows or exclusions differ) even that happens once.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.core.codec import dump, load
from bot.core.details.find import find_details
from bot.core.details.lettering import load_ocr
from bot.core.details.scope import phrasebook
from bot.core.model import Look, Policy
from bot.errors import UnreadableLetter
from bot.isolate.fork import Read, Say, Work
from bot.isolate.guard import Limits
from bot.isolate.letters import day_of, open_raw, warm_up, with_looks
from bot.isolate.reader import Reader
from bot.isolate.wire import Order, Reading
from bot.isolate.zygote import ORDER_BYTES, serve

# All of a policy that reading a mail depends on; the rest only decides.
READING = ("platforms", "models", "carriers", "words", "default_language", "contact")


@dataclass(frozen=True, kw_only=True, slots=True)
class Twice:
    """The readings of one mail."""

    first: Reading
    other: Reading | None = None
    """with the other policy; None when it is the same"""

    @property
    def second(self) -> Reading:
        """With the other policy."""
        return self.other or self.first


class TwiceReader(Reader):
    """Reads with two policies; one mail at a time."""

    def __init__(self, policy_dir: Path, other_dir: Path, limits: Limits | None = None) -> None:
        super().__init__(policy_dir, limits)
        self.program = ("-m", "bot.isolate.twice", str(other_dir.absolute()))

    def read_twice(
        self, raw_path: Path, on: date | None, ours: Sequence[str] = (), known: Mapping[str, Look] | None = None
    ) -> Twice:
        """Both readings of the mail in ``raw_path``; no file of it is kept. Raises as ``read`` does.

        ``known``: looks into its files that were taken before, by hash.
        """
        order = Order(raw=str(raw_path.absolute()), files="", on=on, ours=tuple(ours), known=known or {})
        if len(dump(order).encode()) >= ORDER_BYTES:
            order = replace(order, known={})
        try:
            return load(Twice, self.answer(order))
        except ValueError as error:
            raise UnreadableLetter("what was read makes no sense") from error


def reads_alike(one: Policy, other: Policy) -> bool:
    """Whether both policies find the same in every mail."""
    return all(getattr(one, name) == getattr(other, name) for name in READING)


def read_letter_twice(work: Work, policy: Policy, other: Policy | None, say: Say) -> Twice:
    """In the fork: parse, look, find. ``other`` is None where it reads alike. Raises UnreadableLetter and OSError."""
    mail = open_raw(work)
    letter = with_looks(mail, mail.letter(tuple(policy.words), work.order.ours), work, say)
    on = day_of(letter, work)
    first = Reading(letter=letter, details=find_details(letter, policy, on))
    if other is None:
        return Twice(first=first)
    if tuple(other.words) != tuple(policy.words):  # only the language of a mail depends on them
        again = mail.letter(tuple(other.words), work.order.ours)
        letter = replace(letter, language=again.language, language_confidence=again.language_confidence)
    second = Reading(letter=letter, details=find_details(letter, other, on))
    return Twice(first=first, other=None if second == first else second)


def main(arguments: list[str]) -> int:
    """Serve until the caller hangs up."""
    other_dir, policy_dir, limits = Path(arguments[0]), Path(arguments[1]), load(Limits, arguments[2])

    def prepare() -> tuple[Read, str]:
        from bot.config import load_policy

        policy, second = load_policy(policy_dir), load_policy(other_dir)
        other = None if reads_alike(policy, second) else second
        for one in filter(None, (policy, other)):
            warm_up(one)
            phrasebook(one, "").compile_all()  # two seconds now, or most of the time of every mail not in English

        def read(work: Work, say: Say) -> Twice:
            return read_letter_twice(work, policy, other, say)

        return read, policy.hash

    return serve(prepare, load_ocr, limits)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
