"""Passwords: where they may come from, what is told when they cannot be had, and that nothing prints them."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from config_text import SMALLEST, problems_of, with_setting, write

from bot.config import Secret, load_config


@pytest.fixture(autouse=True)
def passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTER_SALES_IMAP_PASSWORD", "in-the-box-7")
    monkeypatch.setenv("AFTER_SALES_SMTP_PASSWORD", "out-of-the-box-7")


@pytest.mark.parametrize("section", ["imap", "smtp"])
def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path, section: str) -> None:
    (problem,) = problems_of(tmp_path, with_setting(section, 'password = "hunter2"'))
    assert problem.startswith(f"{section}.password: a secret must not stand in this file")
    assert "password_file" in problem
    assert "hunter2" not in problem


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, with_setting("imap", 'password_env = "NOT_SET_HERE"'))
    assert problem == (
        "imap.password_env: the environment variable NOT_SET_HERE is not set; set it, or name a password_file"
    )


def test_a_login_for_sending_needs_its_password_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = with_setting("smtp", 'user = "desk"')
    assert load_config(write(tmp_path, text)).smtp.password.reveal() == "out-of-the-box-7"
    monkeypatch.delenv("AFTER_SALES_SMTP_PASSWORD")
    assert [p.split(" ")[0] for p in problems_of(tmp_path, text)] == ["smtp.password_env:"]


def secret_file(folder: Path, content: str, mode: int) -> str:
    file = folder / "imap.secret"
    file.write_text(content, encoding="utf-8")
    file.chmod(mode)
    return with_setting("imap", 'password_file = "imap.secret"')


def test_a_password_file_is_read_without_its_line_end(tmp_path: Path) -> None:
    text = secret_file(tmp_path, "s p a c e\n", 0o600)
    assert load_config(write(tmp_path, text)).imap.password.reveal() == "s p a c e"


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        ("secret", 0o604, "every user of this machine may read"),
        ("\n", 0o600, "is empty"),
    ],
)
def test_a_bad_password_file_is_named(tmp_path: Path, content: str, mode: int, problem: str) -> None:
    (told,) = problems_of(tmp_path, secret_file(tmp_path, content, mode))
    assert told.startswith("imap.password_file: ")
    assert problem in told
    assert str(tmp_path / "imap.secret") in told


def test_a_password_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (told,) = problems_of(tmp_path, with_setting("imap", 'password_file = "nowhere"'))
    assert told.startswith(f"imap.password_file: {tmp_path / 'nowhere'} cannot be read")


def test_variable_and_file_together_are_refused(tmp_path: Path) -> None:
    text = secret_file(tmp_path, "secret", 0o600).replace("[imap]\n", '[imap]\npassword_env = "HOME"\n')
    assert problems_of(tmp_path, text) == ["imap.password_env: stands beside password_file; keep one of the two"]


def test_no_way_of_printing_shows_a_secret(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, SMALLEST))
    secret = config.imap.password
    shown = [repr(config), str(config), config.model_dump_json(), repr(config.imap), f"{secret}", f"{secret!r:>9}"]
    assert os.environ["AFTER_SALES_IMAP_PASSWORD"] not in "".join(shown)
    assert f"{secret} {secret!r}" == "*** ***"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert not Secret("")
