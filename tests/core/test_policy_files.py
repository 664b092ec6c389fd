"""Mistakes in the policy files: every kind is told with file, place, what is wrong and the cure.

A broken policy is ``fixtures/policies/good`` with one change; the change and the exact problems stand in one file of
``fixtures/policies/broken``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.config import load_policy
from bot.core.model import Window
from bot.core.warranty.policy import parse_policy
from bot.errors import PolicyError

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "fixtures" / "policies" / "good"
BROKEN = sorted((ROOT / "fixtures" / "policies" / "broken").glob("*.toml"))


def good_files() -> dict[str, bytes]:
    return {p.relative_to(GOOD).as_posix(): p.read_bytes() for p in GOOD.rglob("*.toml")}


def changed_files(change: dict[str, object]) -> dict[str, bytes]:
    files = good_files()
    name = str(change["file"])
    if change.get("removed"):
        del files[name]
    elif change.get("added"):
        files[name] = b""
    elif change.get("latin_1"):
        files[name] = files[name].decode("utf-8").encode("latin-1")
    else:
        text, old = files[name].decode("utf-8"), str(change["old"])
        assert text.count(old) == 1, "the change must hit one place of the good policy"
        files[name] = text.replace(old, str(change["new"])).encode("utf-8")
    return files


def problems_of(files: dict[str, bytes]) -> tuple[str, ...]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(files)
    return caught.value.problems


# --- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("file", BROKEN, ids=lambda p: p.stem)
def test_each_mistake_is_told_in_exactly_these_words(file: Path) -> None:
    change = tomllib.loads(file.read_text(encoding="utf-8"))
    assert list(problems_of(changed_files(change))) == change["problems"]


def test_the_good_policy_has_no_problems() -> None:
    policy = parse_policy(good_files())
    assert policy.services[0].window == Window(years=2, since="delivery")
    assert policy.services[0].undisputed == Window(years=1, since="delivery")
    assert policy.words["en"].phrases["symptom.screen.black"] == ("black screen",)
    assert [c.id for c in policy.carriers] == ["parcel", "parcel"], "one row for each shape of number"


def test_all_mistakes_of_all_files_are_told_at_once() -> None:
    files = good_files()
    files["warranty.toml"] = files["warranty.toml"].replace(b'"quality"\n', b'"qualty"\n')
    files["models.toml"] = files["models.toml"].replace(b"common_word = false\n", b"", 1)
    files["words/de.toml"] = b"language = "
    files["carriers.toml"] = files["carriers.toml"].replace(b'"mod7"', b'"mod8"')
    named = {problem.partition(":")[0] for problem in problems_of(files)}
    assert named == {"warranty.toml", "models.toml", "carriers.toml", "words/de.toml"}


def test_an_empty_folder_names_every_missing_file() -> None:
    assert [p.partition(":")[0] for p in problems_of({})] == [
        "warranty.toml",
        "platforms.toml",
        "models.toml",
        "carriers.toml",
    ]


def test_a_missing_folder_is_a_policy_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="the policy folder is missing"):
        load_policy(tmp_path / "nowhere")


def test_words_that_are_no_toml_do_not_make_the_topics_of_others_unknown() -> None:
    (problem,) = problems_of(good_files() | {"words/en.toml": b"language = "})
    assert problem.startswith("words/en.toml:1: not TOML: ")


# --- the hash -----------------------------------------------------------------------------------


def test_the_hash_changes_with_one_letter_of_any_file() -> None:
    files = good_files()
    before = parse_policy(files).hash
    assert parse_policy(dict(reversed(files.items()))).hash == before, "the order of reading does not matter"
    hashes = {before}
    for name in files:
        hashes.add(parse_policy(files | {name: files[name] + b"# a comment\n"}).hash)
    assert len(hashes) == len(files) + 1
