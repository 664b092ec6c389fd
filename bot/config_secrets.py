"""Secrets that the configuration names but does not hold: from the environment, or from a file only the service reads.

A secret is fetched once, held as ``Secret`` and never repeated in a message.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.setting_types import Secret
from bot.settings import Login
from bot.webhook_settings import WebhookSettings, key_of

SECRET_KEYS = ("password", "pass", "passwd", "secret", "token")


def plain_secrets(raw: Mapping[str, Any]) -> Iterator[str]:
    """A password in the config file ends up in backups and screenshots; its value is never repeated."""
    for section, content in raw.items():
        tables = content if isinstance(content, list) else [content]
        name = "secret" if section == "webhook" else "password"
        for key in (key for table in tables if isinstance(table, dict) for key in table):
            if key in SECRET_KEYS:
                yield (
                    f"{section}.{key}: a secret must not stand in this file; remove it and name {name}_env"
                    f" (an environment variable) or {name}_file (a file with mode 600)"
                )


def fetch_password(name: str, login: Login) -> Iterator[str]:
    """Puts the password into the section, or says why there is none."""
    if login.password_file is not None and "password_env" in login.model_fields_set and login.password_env:
        yield f"{name}.password_env: stands beside password_file; keep one of the two"
    value, problems = _fetched(f"{name}.", "password", login.password_env, login.password_file)
    yield from problems
    if value is not None:
        login._password = Secret(value)


def fetch_keys(webhook: WebhookSettings) -> Iterator[str]:
    """Puts the secrets into the section, or says why there are none."""
    place = f"webhook {webhook.name}: "
    value, problems = _fetched(place, "secret", webhook.secret_env, webhook.secret_file)
    yield from problems
    keys = (value or "").split()
    for key in keys:
        try:
            key_of(key)
        except ValueError as error:
            yield f"{place}the secret {error}; make one with: echo whsec_$(openssl rand -base64 32)"
            return
    webhook._keys = tuple(Secret(key) for key in keys)


def _fetched(place: str, word: str, variable: str, file: Path | None) -> tuple[str | None, list[str]]:
    """A secret and what is wrong with where it stands; None when its file cannot be read."""
    if file is None:
        value = os.environ.get(variable, "")
        missing = (
            f"{place}{word}_env: the environment variable {variable or '(no name)'} is not set;"
            f" set it, or name a {word}_file"
        )
        return value, [] if value else [missing]
    problems = []
    try:
        if file.stat().st_mode & 0o007:
            problems.append(f"{place}{word}_file: every user of this machine may read {file}; run chmod 600 {file}")
        value = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        return None, [f"{place}{word}_file: {file} cannot be read ({reason}); create it with mode 600"]
    if not value:
        problems.append(f"{place}{word}_file: {file} is empty; write the {word} into it")
    return value, problems
