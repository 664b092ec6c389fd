"""Logs: one line an event, as text or JSON, on standard error. They hold ids and words of ours, never a mail's text."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO, cast

import structlog


class _StandardError:
    """Standard error as it is when a line is written: whoever put another one in its place meanwhile gets the line."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


def set_up_logs(level: str, form: str) -> None:
    """``level`` debug, info, warning or error; ``form`` text or json."""
    colours = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)
    )
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json":
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )
    # The scheduler says for every skipped tick what our own watchdog knows better.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def trace(error: BaseException) -> str:
    """Which error, and where it was raised, innermost first: without its message, which may hold a mail's words."""
    frames = traceback.extract_tb(error.__traceback__)[::-1][:6]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    cause = f", after {trace(error.__cause__)}" if error.__cause__ else ""
    return f"{type(error).__name__} at {places or 'no place'}{cause}"
