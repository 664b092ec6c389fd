"""One case through both sets of files: each mail read once, decided and written twice.

Nothing is sent or stored: what a mail leads to lives in memory until the case's last mail. One bad mail costs only
itself; the case goes on with the next. What needs no second time is not done twice: the same policy decides once, the
same reply with the same templates is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.config import Config, config_problems, load_policy
from bot.core.model import Case, Decision, Draft, Reply
from bot.core.reading.own_words import holds_ours
from bot.core.warranty.lifecycle import TURNS, next_state
from bot.editions.checking import asks_of
from bot.editions.contents import TEMPLATES, Folders, read_contents
from bot.errors import BotError, FilesError, PolicyError, TemplateError, UnreadableLetter
from bot.explain import SAMPLE_NUMBER, Setup, case_after, judge
from bot.isolate import Limits
from bot.isolate.twice import Twice, TwiceReader
from bot.rehearsal.compare import changes, side_of
from bot.rehearsal.model import Between, Outcome, PastCase, PastMail, Side, Ways
from bot.replies import Letters


@dataclass(frozen=True)
class Pair:
    """Both sets of files, opened."""

    before: Setup
    after: Setup
    same_templates: bool

    @property
    def same_policy(self) -> bool:
        """Whether both decide alike."""
        return self.before.policy.hash == self.after.policy.hash


def open_pair(old: Folders, new: Folders, config: Config | None = None, *, check: bool = True) -> Pair:
    """Raises ``FilesError`` with every problem of both new folders (``check`` lints the letters too).

    The old files are those in use: what is wrong with them raises PolicyError and TemplateError as everywhere.
    ``config``: what it names must be in the new policy.
    """
    policy = load_policy(old.policy)
    letters = Letters(old.templates, policy.default_language)
    problems: list[str] = []
    fresh, written, same = policy, letters, False
    try:
        fresh = load_policy(new.policy)
        problems += config_problems(config, fresh) if config else ()
    except PolicyError as error:
        problems += [f"{new.policy.name}/{problem}" for problem in error.problems]
    try:
        written = Letters(new.templates, fresh.default_language)
        same = not problems and read_contents(old).part(TEMPLATES) == read_contents(new).part(TEMPLATES)
        # Letters that are live were looked at when they were published, unless more may be asked for now.
        if check and not (same and set(asks_of(fresh)) <= set(asks_of(policy))):
            written.check(asks=asks_of(fresh))
    except TemplateError as error:
        problems += [f"{new.templates.name}/{problem}" for problem in error.problems]
    if problems:
        raise FilesError(problems)
    return Pair(
        before=Setup(old.policy, policy, letters, ()),
        after=Setup(new.policy, fresh, written, ()),
        same_templates=same and policy.default_language == fresh.default_language,
    )


class Replay:
    """Replays cases one after the other, with a child process of its own. ``close`` ends that."""

    def __init__(self, pair: Pair, ways: Ways, limits: Limits | None = None) -> None:
        self._pair, self._ways = pair, ways
        self._reader = TwiceReader(pair.before.policy_folder, pair.after.policy_folder, limits)
        self.reading_seconds = 0.0
        """spent waiting for the child so far"""

    def close(self) -> None:
        """End the child."""
        self._reader.close()

    def case(self, past: PastCase, enough: Callable[[], bool]) -> Iterator[Outcome]:
        """The outcome of each mail that counts. ``enough`` is asked before each mail."""
        ways = past.ways or self._ways
        before, after = (_with(setup, ways) for setup in (self._pair.before, self._pair.after))
        case, other = None, None
        for mail in past.mails:
            if enough():
                return
            case, other = _lived(case, mail.between), _lived(other, mail.between)
            try:
                reading = self._read(mail)
                decision = judge(
                    reading.first.letter, reading.first.details, case, before, arrived=mail.arrived,
                    noticed=mail.noticed,
                )  # fmt: skip
                if self._pair.same_policy and case == other:
                    second = decision
                else:
                    second = judge(
                        reading.second.letter, reading.second.details, other, after, arrived=mail.arrived,
                        noticed=mail.noticed,
                    )  # fmt: skip
                sides = self._sides(before, after, decision, second) if mail.counts else None
            except UnreadableLetter as error:
                if mail.counts:
                    yield Outcome(mail, past.name, trouble=str(error), unreadable=True)
                continue
            except BotError as error:
                if mail.counts:
                    yield Outcome(mail, past.name, trouble=str(error))
                continue
            except Exception as error:  # noqa: BLE001 - one mail must never stop ten thousand
                if mail.counts:
                    yield Outcome(mail, past.name, trouble=f"unexpected {type(error).__name__}")
                continue
            case = case_after(case, reading.first.letter, decision, mail.arrived)
            other = case_after(other, reading.second.letter, second, mail.arrived)
            if sides is not None:
                yield Outcome(mail, past.name, *sides, changes=changes(*sides))

    def _read(self, mail: PastMail) -> Twice:
        if not mail.path.is_file():
            raise UnreadableLetter("there is no such file")
        reading = self._asked(mail, ())
        if mail.ours and holds_ours(reading.first.letter.own_words, mail.ours):
            reading = self._asked(mail, mail.ours)
        return reading

    def _asked(self, mail: PastMail, ours: tuple[str, ...]) -> Twice:
        reading = self._reader.read_twice(mail.path, mail.arrived, ours, mail.known)
        self.reading_seconds += self._reader.cost.seconds
        return reading

    def _sides(self, before: Setup, after: Setup, one: Decision, other: Decision) -> tuple[Side, Side]:
        draft, failure = _written(before.letters, one.reply)
        if self._pair.same_templates and one.reply == other.reply:
            return side_of(one, draft, failure), side_of(other, draft, failure)
        return side_of(one, draft, failure), side_of(other, *_written(after.letters, other.reply))


def _written(letters: Letters, reply: Reply | None) -> tuple[Draft | None, str]:
    """The letter, or why it cannot be written."""
    try:
        return (letters.render(reply, SAMPLE_NUMBER) if reply else None), ""
    except TemplateError as error:
        return None, str(error)


def _with(setup: Setup, ways: Ways) -> Setup:
    return replace(
        setup,
        own_addresses=ways.own_addresses or (setup.policy.contact,),
        trusted=ways.trusted,
        forms=ways.forms,
        promises=ways.promises,
        limit_mb=ways.limit_mb,
    )


def _lived(case: Case | None, between: tuple[Between, ...]) -> Case | None:
    """The case after what people and timers did with it."""
    for done in between if case is not None else ():
        assert case is not None
        if done.finding is not None:
            case = replace(case, details=case.details.corrected(done.finding))
        elif done.name in ("take", "give-back"):
            case = replace(case, held=done.name == "take")
        elif state := next_state(case.state, done.name):
            terms = done.terms or case.terms
            turn = TURNS[state].actor
            case = replace(case, state=state, next_actor=turn, doubt=None, answer_by=None, reply_by=None, terms=terms)
    return case
