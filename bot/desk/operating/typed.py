"""What is wrong with files as they are typed: looked at beside the working files, with nothing written to them.

A letter is looked at alone, with every combination of facts it can get; phrases and the frame with all letters of
their language, and beside the default one. The whole look over all languages comes before publishing.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.config import Config, config_problems
from bot.core.model import Policy
from bot.core.warranty.contradictions import contradictions
from bot.core.warranty.policy import parse_policy
from bot.desk.operating.working import FRAME, PHRASES, policy_files, read
from bot.editions.checking import asks_of
from bot.editions.contents import POLICY, READ, TEMPLATES, listed
from bot.editions.publishing import working_folders
from bot.errors import PolicyError
from bot.replies import Letters, lint

MOST = 40  # problems that are shown
_PLACE = re.compile(r"^(?P<file>[\w./-]+?)(?::(?P<line>\d+))?: (?P<told>.*)$", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong."""

    file: str
    """as it is called in messages, ``de/received/body.txt``; empty where none is named"""
    line: int
    """0 where none is known"""
    fault: str
    cure: str = ""
    stops: bool = True
    """whether publishing waits for it"""


def problem_of(sentence: str, *, stops: bool = True) -> Problem:
    """A sentence of a check, taken apart: file, line, fault, and the cure behind the semicolon."""
    match = _PLACE.match(sentence)
    file, line, told = (match["file"], int(match["line"] or 0), match["told"]) if match else ("", 0, sentence)
    fault, _, cure = told.partition("; ")
    return Problem(file=file, line=line, fault=fault, cure=cure, stops=stops)


# --- policy --------------------------------------------------------------------------------------------


def typed_policy(config: Config, typed: Mapping[str, str]) -> tuple[Policy | None, list[Problem]]:
    """The policy with some files as they are typed (``policy/warranty.toml`` -> text), and what is wrong with it."""
    files = {name: read(config, name).text for name in policy_files(config)} | dict(typed)
    try:
        policy = parse_policy({name.removeprefix(f"{POLICY}/"): text.encode() for name, text in files.items()})
    except PolicyError as error:
        return None, [problem_of(told) for told in error.problems[:MOST]]
    problems = [problem_of(told) for told in config_problems(config, policy)]
    return policy, [*problems, *(problem_of(told, stops=False) for told in contradictions(policy))]


# --- letters -------------------------------------------------------------------------------------------


@contextmanager
def typed_letters(
    config: Config, policy: Policy, code: str, typed: Mapping[str, str], alone: str = ""
) -> Iterator[Letters]:
    """The letters of one language and the default one, with some files as they are typed. Raises TemplateError.

    ``alone``: only this letter is wanted, so the files of the others are left out.
    """
    folder = working_folders(config).templates
    with tempfile.TemporaryDirectory(prefix="after-sales-") as made:
        for language in {code, policy.default_language}:
            for path, name in listed(folder / language, READ[TEMPLATES]) if (folder / language).is_dir() else ():
                if not alone or name.partition("/")[0] in (alone, FRAME, "phrases.toml"):
                    _put(Path(made) / language / name, path.read_bytes())
        for name, text in typed.items():
            _put(Path(made) / name.removeprefix(f"{TEMPLATES}/"), text.replace("\r\n", "\n").encode())
        yield Letters(Path(made), policy.default_language)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def letter_problems(letters: Letters, policy: Policy, code: str, letter: str) -> list[Problem]:
    """What is wrong with a letter, the frame or the phrases of a language."""
    if letter in (FRAME, PHRASES):  # every letter of the language stands on them
        told = [problem for problem in letters.lint(asks_of(policy)) if problem.startswith(f"{code}/")]
    else:
        told = lint.letter_problems(letters, code, letter, asks_of(policy))
    return [problem_of(one) for one in told[:MOST]]
