"""Fixtures of the store's tests: a fresh data folder, and processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import bot

sys.path.insert(0, str(Path(__file__).parent))

from scenes import Scene

from bot.store.engine import Store

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Store(tmp_path / "data") as store:
        yield Scene(store=store, folder=tmp_path / "data")


@pytest.fixture
def start() -> Iterator[Start]:
    """Run a script in a process of its own: ``start(script, *arguments)``."""
    started: list[subprocess.Popen[str]] = []

    def run(script: str, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(bot.__file__).parents[1])},
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()
