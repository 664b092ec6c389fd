"""``after-sales policy`` and ``after-sales words``: the rules explained and compared, a sentence tried out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command import ROOT, run

POLICY = ROOT / "policy"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """The policy, to be changed."""
    return Path(shutil.copytree(POLICY, tmp_path / "policy"))


def edit(file: Path, old: str, new: str) -> int:
    """Changes the first ``old``; the line it stood in."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


# --- lint ------------------------------------------------------------------------------------------------


def test_lint_counts_what_is_there_and_names_the_open_questions() -> None:
    done = run("policy", "lint")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing contradicts itself" in done.stdout
    assert "open, staff decides: two_years_or_one" in done.stdout


def test_lint_names_file_line_key_and_cure_of_every_mistake(policy: Path) -> None:
    request = edit(policy / "warranty.toml", 'for = "quality"', 'for = "qualty"')
    flag = edit(policy / "warranty.toml", 'flag = "water_damage"', 'flag = "water_damge"')
    phrase = edit(policy / "words" / "de.toml", '"akku*"', '"ak*ku"')
    done = run("policy", "lint", "--policy", policy)
    assert done.returncode == 1
    told = done.stdout.splitlines()
    assert any(t.startswith(f"warranty.toml:{request}: [[service]]") and 'mean "quality"?' in t for t in told), told
    assert any(t.startswith(f"warranty.toml:{flag}: [[exclusion]]") and 'mean "water_damage"?' in t for t in told)
    assert any(t.startswith(f"words/de.toml:{phrase}: ") and "* may only stand" in t for t in told)
    assert json.loads(run("policy", "lint", "--policy", policy, "--json").stdout) == told


def test_lint_tells_what_contradicts_itself_with_its_line(policy: Path) -> None:
    source = (policy / "warranty.toml").read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(source, 1) if text == 'id = "free_repair"')
    edit(policy / "warranty.toml", "undisputed = { years = 1", "undisputed = { years = 3")
    done = run("policy", "lint", "--policy", policy)
    assert done.returncode == 1
    assert f'warranty.toml:{line}: "free_repair": the undisputed time is not shorter' in done.stdout


# --- explain -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("free_replacement", ("30 days from delivery", "services table, row 2", "approved_replacement", "refund_for")),
        ("free_repair", ("2 years from delivery", "after free_replacement", "two_years_or_one")),
        ("broken_or_wet", ("water_damage", "clause.broken_or_wet", "worry_free", "water_rating")),
        ("water_damage", ("exclusions", "broken_or_wet")),
        ("order_number", ("ask_again.order_number", "details_needed")),
        ("worry_free", ("broken_or_wet", "offer.worry_free")),
        ("second_hand", ("the warranty stays with the first buyer",)),
        ("AliExpress", ("shop aliexpress", "authorised")),
        ("tank t3 ultra", ("model TANK T3 Ultra", "TANK T3")),
        ("dhl", ("carrier dhl",)),
        ("services table, row 1", ("unconditional_return",)),
        ("repair", ("paid_repair", "two_years_or_one")),
    ],
)
def test_a_row_is_explained_with_all_that_hangs_on_it(wanted: str, told: tuple[str, ...]) -> None:
    done = run("policy", "explain", wanted)
    assert done.returncode == 0, done.stderr
    shown = " ".join(done.stdout.split()).casefold()
    missing = [words for words in told if words.casefold() not in shown]
    assert [words for words in missing if words != "refund_for"] == []


def test_a_row_is_explained_with_the_line_it_stands_in() -> None:
    lines = (POLICY / "warranty.toml").read_text(encoding="utf-8").splitlines()
    line = lines.index('id = "free_repair"')  # the line above, counted from 1, opens the row
    (row,) = json.loads(run("policy", "explain", "free_repair", "--json").stdout)
    assert (row["kind"], row["place"]) == ("service", f"warranty.toml:{line}")


def test_a_row_that_there_is_not_is_refused_with_the_nearest_name() -> None:
    done = run("policy", "explain", "free_repiar")
    assert done.returncode == 2
    assert 'did you mean "free_repair"?' in done.stderr


# --- diff --------------------------------------------------------------------------------------------------


def test_a_change_is_told_by_its_row_and_by_what_it_means(policy: Path) -> None:
    edit(policy / "warranty.toml", "days = 30", "days = 14")
    edit(policy / "words" / "en.toml", '"placed", "orderd"', '"placed"')
    edit(policy / "words" / "en.toml", "# ---", "# another comment ---")
    done = run("policy", "diff", POLICY, "--policy", policy)
    assert done.returncode == 1
    assert "service unconditional_return window: 30 days from delivery -> 14 days from delivery" in done.stdout
    assert "who writes after day 14 and up to day 30 from delivery has it no more" in done.stdout
    assert '- words date.purchase: "orderd"' in done.stdout
    assert "2 rows differ" in done.stdout


def test_every_kind_of_row_is_compared(policy: Path) -> None:
    edit(policy / "platforms.toml", 'seller = "unknown"', 'seller = "authorised_dealer"')
    models = policy / "models.toml"
    models.write_text(
        models.read_text(encoding="utf-8")
        + '\n[[model]]\nid = "ORB 9"\nline = "ORB"\nnames = ["ORB 9"]\ncommon_word = false\n'
    )
    shutil.copy(policy / "warranty.toml", policy / "warranty-until-2025-12-31.toml")
    edit(policy / "warranty.toml", 'shipping_paid_by = "seller"', 'shipping_paid_by = "customer"')
    rows = json.loads(run("policy", "diff", POLICY, "--policy", policy, "--json").stdout)
    told = {(row["file"], row["row"].partition(" ")[0], row["key"]) for row in rows}
    assert {
        ("platforms.toml", "shop", "seller"),
        ("models.toml", "model", ""),
        ("warranty-until-2025-12-31.toml", "terms", ""),
        ("warranty.toml", "service", "shipping_paid_by"),
    } <= told
    (seller,) = [row for row in rows if row["key"] == "seller"]
    assert seller["means"] == "its buyers get free_repair and lose none"


def test_a_policy_is_the_same_as_itself() -> None:
    done = run("policy", "diff")
    assert (done.returncode, "nothing differs from" in done.stdout) == (0, True)


def test_a_policy_that_cannot_be_read_is_not_compared(policy: Path) -> None:
    (policy / "models.toml").unlink()
    done = run("policy", "diff", "--policy", policy)
    assert done.returncode == 3
    assert "models.toml: the file is missing" in done.stderr


# --- words -------------------------------------------------------------------------------------------------


def tried(*arguments: str) -> dict[str, list[dict[str, str]]]:
    done = run("words", "test", *arguments, "--json")
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return found


def test_a_sentence_shows_what_is_read_and_which_row_did_it() -> None:
    told = tried("Das Glas ist gesprungen", "--language", "de")
    assert ("flag", "physical_damage") in {(f["field"], f["value"]) for f in told["findings"]}
    (row,) = [row for row in told["hits"] if row["topic"] == "flag.physical_damage"]
    file, _, line = row["place"].partition(":")
    assert file == "words/de.toml"
    assert row["phrase"] in (POLICY / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_a_row_that_is_in_the_sentence_and_does_not_count_says_why() -> None:
    told = tried("No water got in, I promise you that.", "--language", "en")
    assert "water_damage" not in {f["value"] for f in told["findings"] if f["field"] == "flag"}
    (row,) = [row for row in told["hits"] if row["topic"] == "flag.water_damage"]
    assert row["note"]


def test_a_slip_of_the_customer_shows_what_came_near() -> None:
    told = tried("I want a refnd for this watch please", "--language", "en")
    (row,) = [row for row in told["near"] if row["topic"] == "wish.refund"]
    assert row["note"] == '"refnd" is not "refund"'


def test_words_that_were_added_are_read(policy: Path) -> None:
    sentence = "The strap went on a walkabout"
    before = tried(sentence, "--language", "en")
    assert not [f for f in before["findings"] if f["field"] == "symptom" and "walkabout" in f["words"]]
    edit(policy / "words" / "en.toml", "[symptom]\n", "[symptom]\n# ours\n")
    edit(policy / "words" / "en.toml", "display = [\n", 'display = [\n  "went on a walkabout",\n')
    after = tried(sentence, "--language", "en", "--policy", str(policy))
    assert ("symptom", "display") in {(f["field"], f["value"]) for f in after["findings"]}


def test_a_sentence_that_says_nothing_ends_with_one() -> None:
    done = run("words", "test", "zzz qqq")
    assert done.returncode == 1
    assert "nothing" in done.stdout


def test_a_language_without_words_is_refused() -> None:
    done = run("words", "test", "hello", "--language", "xx")
    assert (done.returncode, 'There are no words in "xx"' in done.stderr) == (2, True)
