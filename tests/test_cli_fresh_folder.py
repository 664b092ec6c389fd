"""What an operator tries first, in a folder just laid out: no server is named yet, and no password given."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("fresh") / "my-desk"
    assert run("init", place).returncode == 0
    return place


@pytest.mark.parametrize(
    "command",
    [
        ("template", "lint"),
        ("template", "preview", "received", "de"),
        ("template", "diff"),
        ("policy", "lint"),
        ("policy", "explain", "free_repair"),
        ("policy", "diff"),
        ("words", "test", "my TANK T3 Ultra is swollen"),
    ],
    ids=" ".join,
)
def test_words_and_rules_can_be_tried_before_any_password_is_given(folder: Path, command: tuple[str, ...]) -> None:
    said = run(*command, "-c", folder / "config.toml", AFTER_SALES_IMAP_PASSWORD="")
    assert said.returncode == 0, said.stdout + said.stderr


def test_what_logs_in_still_asks_for_the_password(folder: Path) -> None:
    said = run("once", "-c", folder / "config.toml", AFTER_SALES_IMAP_PASSWORD="")
    assert said.returncode == 3
    assert "AFTER_SALES_IMAP_PASSWORD is not set" in said.stderr


@pytest.mark.parametrize("written", ["swollen", "swolen", "swole"])
def test_a_swollen_watch_is_a_hazard_however_it_is_spelt(folder: Path, written: str) -> None:
    said = run("words", "test", f"my watch is {written}", "-c", folder / "config.toml")
    assert "safety_hazard" in said.stdout.split("What came near")[0]
