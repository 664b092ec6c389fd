"""Texts of configurations for the tests, and what loading them says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load_config
from bot.errors import ConfigError

SMALLEST = """
[imap]
host = "imap.example.com"
user = "desk"
[smtp]
host = "smtp.example.com"
[address]
own = ["After-Sales@Example.com"]
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text))
    return list(caught.value.problems)


def with_setting(section: str, line: str) -> str:
    """The smallest file with one more line in a section."""
    if f"[{section}]" in SMALLEST:
        return SMALLEST.replace(f"[{section}]\n", f"[{section}]\n{line}\n")
    return f"{SMALLEST}[{section}]\n{line}\n"
