"""A story as it lies in its folder: numbered steps, what came out of each, and what all stories together go through."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from story_desk import Desk, Told

FOLDER = Path(__file__).parents[1] / "fixtures" / "stories"
STORIES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
# A step is one file: a mail, what a person does, or time that goes by.
STEP = re.compile(r"(\d+)-(?:customer\.eml|staff\.toml|time\.toml)")
BESIDE = ("expected.toml", "config.toml")


@dataclass(frozen=True)
class Step:
    """One file of a story."""

    number: int
    path: Path

    @property
    def what(self) -> str:
        """mail, staff or time"""
        return {"customer": "mail"}.get(word := self.path.stem.partition("-")[2], word)

    @property
    def order(self) -> dict[str, Any]:
        """What a step of staff or time says."""
        return tomllib.loads(self.path.read_text(encoding="utf-8"))

    def run(self, desk: Desk) -> Told:
        """The step, at a desk that went through the steps before it."""
        if self.what == "mail":
            return desk.take(self.path.read_bytes())
        if self.what == "staff":
            return desk.act(self.order)
        order = self.order
        return desk.wait_until(order.get("to") or desk.clock.at.date() + timedelta(days=order["days"]))


def steps_of(story: str) -> list[Step]:
    """The steps in their order."""
    found = [(match, path) for path in (FOLDER / story).iterdir() if (match := STEP.fullmatch(path.name))]
    return sorted((Step(int(match[1]), path) for match, path in found), key=lambda step: step.number)


def config_of(story: str) -> str:
    """Settings that differ in this story."""
    more = FOLDER / story / "config.toml"
    return more.read_text(encoding="utf-8") if more.exists() else ""


def expected_of(story: str) -> dict[str, Any]:
    """expected.toml, empty before the first rewriting."""
    expected = FOLDER / story / "expected.toml"
    return tomllib.loads(expected.read_text(encoding="utf-8")) if expected.exists() else {}


def about(story: str) -> str:
    """The story's own first line, which no rewriting changes."""
    return str(expected_of(story).get("about", ""))


def as_toml(about: str, steps: list[Told]) -> str:
    """expected.toml of what came out."""
    lines = [f"about = {_value(about)}"]
    for number, told in enumerate(steps, 1):
        lines += ["", f"[{told.step}.{number}]"]
        lines += [f"{name} = {_value(value)}" for name, value in told.facts.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return date.fromisoformat(str(value)).isoformat()
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def told_by(story: str) -> Iterator[tuple[Step, dict[str, Any]]]:
    """Each step with the facts after it, as expected.toml tells them."""
    expected = expected_of(story)
    for step in steps_of(story):
        yield step, expected[step.what][str(step.number)]
