"""A working folder from the first day to the next version of the program: nothing of the operator's is overwritten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from written import ROOT

from bot.editions.laid_out import KEPT, Change, defaults, keep_defaults, kept_defaults, lay_out, steps, take

LETTER, PHRASES, MODELS = "templates/en/received/body.txt", "templates/en/phrases.toml", "policy/models.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Laid out by an older version, whose defaults were other in three files and lacked one."""
    lay_out(tmp_path)
    older = defaults()
    for name in (LETTER, PHRASES, MODELS):
        older[name] = b"# as it was in the older version\n" + older[name]
        (tmp_path / name).write_bytes(older[name])
    del older["policy/advice.toml"]
    (tmp_path / "policy" / "advice.toml").unlink()
    keep_defaults(tmp_path, older)
    return tmp_path


def upgrade(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "upgrade", str(folder), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def changes(folder: Path) -> dict[str, Change]:
    return {step.name: step.change for step in steps(folder)}


def edit(folder: Path, name: str, more: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(more)


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_fresh_folder_explains_itself_and_has_nothing_to_upgrade(tmp_path: Path) -> None:
    assert lay_out(tmp_path) == []
    for note in ("README.md", "policy/README.md", "templates/README.md"):
        assert (tmp_path / note).read_text("utf-8").startswith("# ")
    assert 'folder = "policy"' in (tmp_path / "config.toml").read_text("utf-8")
    assert steps(tmp_path) == []
    assert kept_defaults(tmp_path) == defaults()


def test_looking_changes_nothing(folder: Path) -> None:
    edit(folder, PHRASES, "# mine\n")
    before = everything(folder)
    shown = upgrade(folder, "--diff")
    assert shown.returncode == 1
    assert everything(folder) == before
    assert "New files: 1\n  policy/advice.toml" in shown.stdout
    assert "-# as it was in the older version" in shown.stdout


def test_untouched_files_are_taken_and_what_both_changed_waits(folder: Path) -> None:
    edit(folder, PHRASES, "# mine\n")
    assert changes(folder) == {
        LETTER: Change.UNTOUCHED,
        MODELS: Change.UNTOUCHED,
        PHRASES: Change.BOTH,
        "policy/advice.toml": Change.ADDED,
    }
    mine = (folder / PHRASES).read_bytes()
    assert upgrade(folder, "--take").returncode == 1
    assert (folder / LETTER).read_bytes() == defaults()[LETTER]
    assert (folder / "policy" / "advice.toml").read_bytes() == defaults()["policy/advice.toml"]
    assert (folder / PHRASES).read_bytes() == mine
    assert changes(folder) == {PHRASES: Change.BOTH}


def test_what_both_changed_is_written_beside_and_is_over_when_it_is_taken_in(folder: Path) -> None:
    edit(folder, PHRASES, "# mine\n")
    upgrade(folder, "--take", "--write-new")
    fresh = folder / f"{PHRASES}.new"
    assert fresh.read_bytes() == defaults()[PHRASES] + b"# mine\n"
    fresh.replace(folder / PHRASES)
    done = upgrade(folder)
    assert (done.returncode, steps(folder)) == (0, [])


def test_passages_that_both_changed_stand_between_marks_in_the_file_beside(folder: Path) -> None:
    (folder / LETTER).write_bytes(b"# as I wrote it\n" + defaults()[LETTER])
    shown = upgrade(folder, "--write-new")
    assert f"{LETTER}  1 to decide" in shown.stdout
    assert "<<<<<<< yours\n# as I wrote it\n=======\n>>>>>>> new default\n" in (folder / f"{LETTER}.new").read_text()
    assert (folder / LETTER).read_bytes().startswith(b"# as I wrote it\n")


def test_what_an_operator_removed_stays_removed(folder: Path) -> None:
    (folder / LETTER).unlink()
    assert changes(folder)[LETTER] is Change.YOURS_GONE
    take(folder, steps(folder))
    assert not (folder / LETTER).exists()
    assert steps(folder) == []


def test_my_files_may_be_right_as_they_are(folder: Path) -> None:
    edit(folder, PHRASES, "# mine\n")
    mine = everything(folder)
    assert upgrade(folder, "--keep-mine").returncode == 0
    after = everything(folder)
    assert {path for path in mine if mine[path] != after[path]} == {folder / KEPT}
    assert upgrade(folder).returncode == 0


def test_a_folder_of_which_nothing_was_noted_shows_every_difference(folder: Path) -> None:
    (folder / KEPT).unlink()
    shown = upgrade(folder)
    assert "not known what this folder was laid out from" in shown.stdout
    assert set(changes(folder)) == {LETTER, MODELS, PHRASES, "policy/advice.toml"}
    assert set(changes(folder).values()) == {Change.BOTH, Change.ADDED}


def test_a_second_init_adds_what_is_missing_and_keeps_the_rest(folder: Path) -> None:
    edit(folder, PHRASES, "# mine\n")
    kept = lay_out(folder)
    assert {path.relative_to(folder).as_posix() for path in kept} == {"config.toml", LETTER, PHRASES, MODELS}
    assert (folder / "policy" / "advice.toml").is_file()
    assert changes(folder)[PHRASES] is Change.BOTH, "what it was laid out from is still known"


def test_a_folder_that_is_none_is_told_so(tmp_path: Path) -> None:
    refused = upgrade(tmp_path)
    assert refused.returncode == 1
    assert "after-sales init" in refused.stderr
