"""The log goes to standard error, wherever that is when a line is written."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest
import structlog

from bot.worker.logs import set_up_logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_line_goes_to_where_standard_error_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    log = structlog.get_logger("test")
    monkeypatch.setattr(sys, "stderr", first)
    set_up_logs("info", "json")
    log.info("one")
    monkeypatch.setattr(sys, "stderr", second)
    first.close()
    log.info("two")
    assert '"two"' in second.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_only_what_is_loud_enough_is_written(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    set_up_logs("warning", form)
    structlog.get_logger("other").info("quiet")
    structlog.get_logger("other").warning("loud")
    assert "loud" in written.getvalue()
    assert "quiet" not in written.getvalue()
