"""``after-sales token`` and ``after-sales webhook``: what other programs get in with, and what they are told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from command import run
from story_desk import CONFIG, SHOP

from bot.config import load_config
from bot.store.engine import Store
from bot.store.states import Role
from bot.worker.wiring import wall_clock


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(host="127.0.0.1", port=25, shop=SHOP))
    return file


def token(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("token", *arguments, "-c", config)


def test_a_token_is_printed_once_and_holds(config: Path) -> None:
    made = token(config, "add", "orders", "--role", "agent", "--expires", "2099-12-31")
    assert made.returncode == 0, made.stderr
    text = made.stdout.strip()
    assert text not in made.stderr
    with Store(load_config(config).data.folder, prepare=False) as store:
        found = store.tokens.find(text, wall_clock())
    assert found is not None
    assert (found.name, found.role) == ("orders", Role.AGENT)
    listed = token(config, "list", "--json")
    assert text not in listed.stdout
    (row,) = json.loads(listed.stdout)
    assert (row["name"], row["role"], row["state"]) == ("orders", "agent", "valid")
    assert row["expires_at"] == "2100-01-01T12:00:00Z"
    assert "orders" in token(config, "list").stdout


def test_a_revoked_token_holds_no_more(config: Path) -> None:
    text = token(config, "add", "orders").stdout.strip()
    assert token(config, "revoke", "orders").returncode == 0
    with Store(load_config(config).data.folder, prepare=False) as store:
        assert store.tokens.find(text, wall_clock()) is None
    again = token(config, "revoke", "orders")
    assert (again.returncode, again.stderr) == (1, 'there is no token "orders" that could be revoked\n')


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "orders", "--expires", "soon"), "is no day"),
        (("add", "orders", "--expires", "2020-01-01"), "is over"),
        (("add", "orders", "--role", "king"), "king"),
        (("add", "x" * 61), "at most 60"),
        (("add", "two\nlines"), "one line"),
    ],
)
def test_what_cannot_be_is_told(config: Path, arguments: tuple[str, ...], said: str) -> None:
    done = token(config, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_nothing_to_list_is_said(config: Path) -> None:
    assert token(config, "list").stdout == "There is no token.\n"
    assert run("webhook", "list", "-c", config).stdout == "Every program was told everything.\n"
    missing = run("webhook", "retry", 17, "-c", config)
    assert missing.returncode == 1
    assert "no dead webhook 17" in missing.stderr
