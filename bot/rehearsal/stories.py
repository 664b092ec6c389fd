"""Golden stories: cases with the decisions they must come to.

A story is a folder as in ``fixtures/stories``; the program carries those, operators keep their own in ``stories/``
beside their configuration. What a person does and days that go by need the worker and a desk: a story is followed up to
its first such step. Decisions must hold; other words are a change and no failure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.config import default_folder
from bot.core.warranty.quiet import QUIET_FLAGS
from bot.errors import FilesError
from bot.rehearsal.model import Outcome, PastCase, PastMail, Side, Story, Ways
from bot.rehearsal.threads import glance

STEP = re.compile(r"(\d+)-(customer\.eml|staff\.toml|time\.toml)")
EXPECTED, SETTINGS = "expected.toml", "config.toml"
# Facts of expected.toml that a mail alone leads to; the others are of the database and its timers.
HELD = (
    "kind", "service", "state", "next_actor", "missing", "flags", "doubt", "answer_by", "reply_by", "language",
    "order_number", "platform", "model", "reply",
)  # fmt: skip
IN_ANY_ORDER = ("missing", "flags", "order_number", "model", "platform")
OUR_ADDRESS = "after-sales@kospet.com"  # the desk that the program's own stories are written to


def packaged_stories() -> Path:
    """The stories that came with the program."""
    source = default_folder("fixtures") / "stories"
    return source if source.is_dir() else default_folder("stories")


def stories_in(folder: Path, ways: Ways | None = None) -> list[PastCase]:
    """The stories of a folder, by name. ``ways`` are those of the operator's own; the program's are told with defaults.

    Raises ``FilesError`` with every story that cannot be read.
    """
    found: list[PastCase] = []
    problems: list[str] = []
    for place in sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ():
        try:
            found += _cases(place, ways or Ways(own_addresses=(OUR_ADDRESS,)))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
            problems.append(f"{place}: {error}")
    if problems:
        raise FilesError(problems)
    return found


def _cases(place: Path, ways: Ways) -> list[PastCase]:
    """The cases of a story: most have one. Mails of an own case stand together, in their order."""
    if not (place / EXPECTED).is_file():
        raise ValueError(f"{EXPECTED} is missing; it says what each mail must lead to")
    expected = tomllib.loads((place / EXPECTED).read_text(encoding="utf-8"))
    more = place / SETTINGS
    settings = tomllib.loads(more.read_text(encoding="utf-8")) if more.is_file() else {}
    ways = replace(ways, forms=tuple(settings.get("trust", {}).get("form_senders", ways.forms)))
    steps = sorted((int(match[1]), path) for path in place.iterdir() if (match := STEP.fullmatch(path.name)))
    mails: dict[str, list[PastMail]] = {}
    given_up: set[str] = set()
    for number, path in steps:
        facts = expected.get("mail", {}).get(str(number))
        if path.suffix != ".eml" or facts is None or settings.get("automation"):
            break  # what follows needs a person, a timer or the worker itself
        case = str(facts.get("case", ""))
        if facts.get("outcome", "human") not in ("human", "machine", "bounce") or facts.get("linked_to"):
            given_up.add(case)  # told by the database alone: a copy, a stranger, an older case
        if case not in given_up:
            at = glance(path).at
            noticed = tuple(flag for flag in facts.get("flags", ()) if flag in QUIET_FLAGS)  # seen in other cases
            mail = PastMail(path, f"{place.name}, mail {number}", at.date() if at else None, noticed=noticed)
            mails.setdefault(case, []).append(replace(mail, expected=facts))
    return [PastCase(place.name, tuple(some), ways) for some in mails.values()]


def told(story: PastCase, outcomes: Iterable[Outcome]) -> Story:
    """How a story came out."""
    broken: list[str] = []
    before: list[str] = []
    steps = reworded = 0
    for outcome in outcomes:
        steps += 1
        expected = outcome.mail.expected or {}
        if outcome.before is None or outcome.after is None:
            broken.append(f"{outcome.mail.name}: {outcome.trouble}")
            continue
        was = set(_differs(expected, outcome.before))
        now = _differs(expected, outcome.after)
        broken += [f"{outcome.mail.name}: {words}" for words in now if words not in was]
        before += [f"{outcome.mail.name}: {words}" for words in now if words in was]
        reworded += any(change.what == "letter" for change in outcome.changes)
    last = story.mails[-1].path.parent if story.mails else Path()
    files = [path for path in last.iterdir() if STEP.fullmatch(path.name)] if story.mails else []
    return Story(story.name, steps, len(files) == steps, tuple(broken), tuple(before), reworded)


def _differs(expected: Mapping[str, object], side: Side) -> list[str]:
    """What is not as it is told, each in words."""
    found = []
    if side.failure:
        found.append(f"its letter cannot be written: {side.failure}")
    if expected.get("outcome", "human") != "human":
        return found  # a machine's mail: that nothing is answered is all there is to hold
    for name in HELD:
        is_ = side.reply if name == "reply" else side.facts[name]
        must = _plain(expected.get(name))
        if _comparable(name, is_) != _comparable(name, must):
            found.append(f"{name} is {is_ or 'empty'} and must be {must or 'empty'}")
    return found


def _comparable(name: str, value: str) -> object:
    return sorted(value.split(", ")) if name in IN_ANY_ORDER else value


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
