"""Fixtures for all tests, and the option that accepts what comes out."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["servers"]
ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="write expected replies and generated documents anew, and show what changed",
    )


@pytest.fixture
def accept(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[Path, str], None]:
    """``accept(file, text)``: the file must hold the text; with --rewrite it is written, and the change is shown."""

    def compare(file: Path, text: str) -> None:
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        if old == text:
            return
        name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
        lines = difflib.unified_diff(old.splitlines(), text.splitlines(), f"{name} as it was", name, lineterm="")
        change = "\n".join(lines)
        if not request.config.getoption("--rewrite"):
            pytest.fail(f"{name} says something else; make stories or make docs accepts it\n{change}", pytrace=False)
        file.write_text(text, encoding="utf-8")
        with capsys.disabled():
            print(f"\n{change}")

    return compare
