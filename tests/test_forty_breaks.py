"""Every file an operator may edit, broken in forty ways and more: a named error, or a letter that is still right.

Each way is tried on its share of all files, so that every file is broken and every way meets many files; together they
are thousands of broken files. A break that nobody notices and that changes a letter or a rule fails the test.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from breaks import GONE, PHRASES, POLICY, TEMPLATES, Way

from bot.core.model import Policy, Reply
from bot.core.warranty.policy import parse_policy
from bot.errors import PolicyError, TemplateError
from bot.replies import Letters
from bot.replies.inventory import ASKS, INVENTORY
from bot.replies.lint import FRAME, letter_problems, phrase_problems
from bot.replies.samples import CASE, combine
from bot.replies.siblings import check_siblings

ROOT = Path(__file__).parent.parent
SHARES = 2  # of every file's ways: each file meets so many of them, the frames and English phrases all
SECONDS = 5.0  # that no break may take, whatever it does
NAMED = re.compile(r"^[\w-]+(?:/[\w.-]+)*(?:\.\w+)?(?::\d+)?(?::| is missing|: )")


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Letters:
    """All letters, in a folder that may be broken."""
    folder = tmp_path_factory.mktemp("broken") / "templates"
    shutil.copytree(ROOT / "templates", folder)
    return Letters(folder, "en")


@cache
def rendered(letters: Letters, code: str, letter: str) -> tuple[tuple[str, str], ...]:
    """The letter as it must be: with a sample of its facts."""
    return tuple(texts_of(letters, code, letter))


def texts_of(letters: Letters, code: str, letter: str) -> Iterator[tuple[str, str]]:
    for number, facts in enumerate(combine(letter, ASKS)):
        if number % 5 == 0:
            yield letters.words(Reply(name=letter, language=code, facts=facts), CASE)


def share(names: list[str], ways: dict[str, Way], way: str, shares: int) -> list[str]:
    """The files that meet this way: every file meets ``shares`` of the ways, spread over all of them."""
    number, count = list(ways).index(way), len(ways)
    step = count // shares
    return [name for place, name in enumerate(names) if (place - number) % step == 0 or shares >= count]


def files_of(folder: Path, pattern: str) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern))


def broken(path: Path, way: Way) -> bool:
    """Break the file; False where there is nothing to break in this way."""
    data = way(path.read_bytes())
    if data is None or data == path.read_bytes():
        return False
    path.unlink() if data == GONE else path.write_bytes(data)
    return True


# --- letters -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", TEMPLATES)
def test_a_broken_letter_is_named_or_still_right(letters: Letters, way: str) -> None:
    names = [*files_of(letters.directory, "*/[!_]*/body.txt"), *files_of(letters.directory, "*/[!_]*/subject.txt")]
    tried = 0
    for name in share(names, TEMPLATES, way, SHARES):
        code, letter, _ = name.split("/")
        tried += check_break(letters, name, TEMPLATES[way], code, [letter])
    assert tried, "a way that breaks nothing tests nothing"


@pytest.mark.parametrize("way", TEMPLATES)
def test_a_broken_frame_is_named_or_all_its_letters_are_still_right(letters: Letters, way: str) -> None:
    for name in share(files_of(letters.directory, f"*/{FRAME}/*.txt"), TEMPLATES, way, 12):
        code = name.partition("/")[0]
        check_break(letters, name, TEMPLATES[way], code, [FRAME, "received", "details_needed", "approved_repair"])


@pytest.mark.parametrize("way", PHRASES)
def test_a_broken_list_of_phrases_is_named_or_all_letters_are_still_right(letters: Letters, way: str) -> None:
    names = files_of(letters.directory, "*/phrases.toml")
    for name in share(names, PHRASES, way, 12):
        check_break(letters, name, PHRASES[way], name.partition("/")[0], ["details_needed", "approved_repair"])


def check_break(letters: Letters, name: str, way: Way, code: str, affected: list[str]) -> bool:
    """Breaks one file, looks, and mends it again."""
    path = letters.directory / name
    sound = path.read_bytes()
    right = {letter: rendered(letters, code, letter) for letter in affected if letter != FRAME}
    if not broken(path, way):
        return False
    started = time.monotonic()
    try:
        problems = problems_of(letters, name, code, affected)
        assert time.monotonic() - started < SECONDS, f"{name}: looking took too long"
        if problems:
            unnamed = [problem for problem in problems if not NAMED.match(problem)]
            assert not unnamed, unnamed
        else:
            for letter, texts in right.items():
                assert tuple(texts_of(letters, code, letter)) == texts, f"{name}: nobody saw it and {letter} is wrong"
    finally:
        path.write_bytes(sound)
        letters.reread(code)
    return True


def problems_of(letters: Letters, name: str, code: str, affected: list[str]) -> list[str]:
    try:
        letters.reread(code)
    except TemplateError as error:
        return list(error.problems)
    for letter in affected:
        if found := letter_problems(letters, code, letter, ASKS):
            return found
    if name.endswith("phrases.toml") and (found := phrase_problems(letters, code, ASKS)):
        return found
    if name.endswith("phrases.toml"):
        every = [problem for letter in INVENTORY for problem in letter_problems(letters, code, letter, ASKS)]
        return every or list(check_siblings(letters, ()))
    return list(check_siblings(letters, affected, phrases=False))


# --- the policy ----------------------------------------------------------------------------------------

TABLES = {p.relative_to(ROOT / "policy").as_posix(): p.read_bytes() for p in (ROOT / "policy").rglob("*.toml")}
RULES = {name: data for name, data in TABLES.items() if not name.startswith("words/")}
# The default language and another one: a topic must stand in both.
ENGLISH = {name: TABLES[name] for name in ("words/en.toml", "words/sv.toml")}


def rules_of(files: dict[str, bytes]) -> Policy:
    return replace(parse_policy(files), hash="")


def told_of(files: dict[str, bytes]) -> Policy | tuple[str, ...]:
    """The policy, or its problems."""
    try:
        return rules_of(files)
    except PolicyError as error:
        return error.problems


@cache
def sound_rules(name: str) -> Policy:
    return rules_of(RULES | ENGLISH | {name: TABLES[name]})


@pytest.mark.parametrize("way", POLICY)
def test_a_broken_rule_or_word_is_named_or_the_policy_is_the_same(way: str) -> None:
    words = sorted(name for name in TABLES if name not in RULES)
    tried = 0
    for name in (*RULES, *share(words, POLICY, way, 14)):
        data = POLICY[way](TABLES[name])
        if data is None or data == TABLES[name]:
            continue
        tried += 1
        files = RULES | ENGLISH | {name: data}
        if data == GONE:
            del files[name]
            if name in ("advice.toml", *words) and name not in ENGLISH:
                continue  # no advice, and a language that nobody reads: both may be meant
        started = time.monotonic()
        told = told_of(files)
        if isinstance(told, Policy):
            assert told == sound_rules(name), f"{name}: nobody saw it and the policy is another one"
        else:
            assert [problem for problem in told if ".toml" not in problem.partition(": ")[0]] == []
        assert time.monotonic() - started < SECONDS, f"{name}: reading took too long"
    assert tried, "a way that breaks nothing tests nothing"


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("warranty-until-2025-13-45.toml", "is no day of the calendar"),
        ("warranty-until-2025.toml", "unknown file"),
        ("modles.toml", 'did you mean "models.toml"?'),
        ("words/german.toml", "is no language code"),
        ("words/english.txt.toml", "is no language code"),
    ],
)
def test_a_file_with_a_wrong_name_is_named(name: str, cure: str) -> None:
    like = "warranty.toml" if name.startswith("warranty") else "words/en.toml" if "words" in name else "models.toml"
    with pytest.raises(PolicyError) as caught:
        parse_policy(RULES | ENGLISH | {name: TABLES[like]})
    assert any(problem.startswith(name) and cure in problem for problem in caught.value.problems)


def test_there_are_forty_ways_and_more_for_every_kind_of_file() -> None:
    assert [len(ways) >= 40 for ways in (TEMPLATES, PHRASES, POLICY)] == [True, True, True]
