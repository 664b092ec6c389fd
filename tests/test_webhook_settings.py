"""The setting [[webhook]]: what cannot be is told with its cure, and a secret is never repeated."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from config_text import SMALLEST, problems_of, write

from bot.config import load_config
from bot.core.warranty.actions import ACTIONS
from bot.core.warranty.happenings import HAPPENINGS
from bot.core.warranty.lifecycle import TRANSITIONS
from bot.core.warranty.timers import TIMERS
from bot.webhook_settings import key_of

SECRET = "whsec_" + base64.b64encode(b"canary-canary-canary-canary-0001").decode()


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTER_SALES_IMAP_PASSWORD", "in-the-box-7")
    monkeypatch.setenv("HOOK", SECRET)


def with_webhook(*lines: str) -> str:
    usual = {"name": '"orders"', "url": '"https://orders.example.com/hook"', "secret_env": '"HOOK"'}
    for line in lines:
        name, _, value = line.partition(" = ")
        usual[name] = value
    return SMALLEST + "[[webhook]]\n" + "".join(f"{n} = {v}\n" for n, v in usual.items() if v)


def test_a_webhook_needs_a_name_an_address_and_a_secret(tmp_path: Path) -> None:
    (row,) = load_config(write(tmp_path, with_webhook())).webhook
    assert (row.name, row.events, row.private_address) == ("orders", ("*",), False)
    assert key_of(row.keys[0].reveal()) == b"canary-canary-canary-canary-0001"
    assert "canary" not in repr(row)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('name = "Orders!"', "is no short name"),
        ('url = "http://orders.example.com/hook"', "write https://"),
        ('url = "ftp://orders.example.com"', "is no address"),
        ('url = "https://user:pw@orders.example.com/"', "without a login"),
        ('url = "https://orders.example.com/a b"', "space"),
        ('url = "https:///hook"', "is no address"),
        ('url = "https://orders.example.com:99999/"', "is no address"),
        ('events = ["aproved"]', "is no event"),
        ("events = []", "is empty"),
        ("timeout = 0", "is too small"),
        ('secret_env = "NOT_THERE"', "is not set"),
        ('secret = "whsec_abc"', "a secret must not stand in this file"),
        ('colour = "red"', "unknown key"),
    ],
)
def test_what_cannot_be_is_told_with_its_cure(tmp_path: Path, line: str, said: str) -> None:
    problems = problems_of(tmp_path, with_webhook(line))
    assert any(said in problem for problem in problems), problems
    assert "whsec_abc" not in "".join(problems)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/hook", "http://localhost/hook", "http://[::1]:9000/"])
def test_clear_text_is_for_this_machine_alone(tmp_path: Path, url: str) -> None:
    assert load_config(write(tmp_path, with_webhook(f'url = "{url}"'))).webhook[0].url == url


@pytest.mark.parametrize(
    ("secret", "said"), [("whsec_%%%", "is not base64"), ("whsec_c2hvcnQ=", "is shorter than 24 bytes")]
)
def test_a_secret_that_is_too_weak_is_refused_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, said: str
) -> None:
    monkeypatch.setenv("HOOK", secret)
    (problem,) = problems_of(tmp_path, with_webhook())
    assert said in problem
    assert "openssl rand" in problem
    assert secret not in problem


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "hook"
    file.write_text(f"{SECRET}\n{SECRET}\n")
    file.chmod(0o600)
    text = with_webhook("secret_env = ", 'secret_file = "hook"')
    assert len(load_config(write(tmp_path, text)).webhook[0].keys) == 2
    file.chmod(0o644)
    assert any("chmod 600" in problem for problem in problems_of(tmp_path, text))


def test_two_webhooks_have_two_names(tmp_path: Path) -> None:
    block = with_webhook().removeprefix(SMALLEST)
    assert any('the name "orders" is used twice' in p for p in problems_of(tmp_path, SMALLEST + block + block))


def test_everything_that_can_happen_can_be_asked_for() -> None:
    causes = {event for row in TRANSITIONS.values() for event in row}
    causes |= {action.event or name.replace("-", "_") for name, action in ACTIONS.items()}
    causes |= {timer.event or timer.id for timer in TIMERS}
    assert causes <= set(HAPPENINGS)
    assert len(HAPPENINGS) == len(set(HAPPENINGS))
