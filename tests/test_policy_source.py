"""Every row of the policy can be found again in the policy's own text (docs/policy-source.md)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = (ROOT / "docs" / "policy-source.md").read_text(encoding="utf-8")
WARRANTY: dict[str, Any] = tomllib.loads((ROOT / "policy" / "warranty.toml").read_text(encoding="utf-8"))
SECTIONS: list[dict[str, Any]] = WARRANTY["section"]


def lines_after(heading: str) -> list[str]:
    """The lines below a heading up to the next heading of the list."""
    text = SOURCE.partition(heading)[2].partition("\n")[2]
    for other in SECTIONS:
        text = text.partition(other["heading"])[0]
    return text.splitlines()


def rows_after(heading: str) -> list[str]:
    """The bullets or numbered steps below a heading; for the table its plain lines up to the first gap."""
    lines = lines_after(heading)
    marked = [line for line in lines if re.match(r"\s+(•|\d+\.)\s", line)]
    if marked:
        return marked
    table = []
    for line in lines:
        if not line.strip():
            break
        table.append(line)
    return table


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: str(s["id"]))
def test_each_section_has_its_heading_once_in_the_text(section: dict[str, Any]) -> None:
    assert SOURCE.count(section["heading"]) == 1


@pytest.mark.parametrize("section", [s for s in SECTIONS if "rows" in s], ids=lambda s: str(s["id"]))
def test_each_section_has_as_many_rows_as_the_text(section: dict[str, Any]) -> None:
    assert len(rows_after(section["heading"])) == section["rows"]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: str(s["id"]))
def test_a_section_has_a_note_exactly_where_the_text_has_one(section: dict[str, Any]) -> None:
    has_note = any(line.startswith("Notes:") for line in lines_after(section["heading"]))
    assert section.get("note", False) == has_note


def test_no_row_repeats_the_words_of_the_text() -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}

    for kind in ("service", "offer", "required", "exclusion"):
        for row in WARRANTY[kind]:
            assert not runs(row["means"]) & runs(SOURCE), row["id"]


@pytest.mark.parametrize(
    ("kind", "id_", "words"),
    [
        ("service", "unconditional_return", "30-Days Unconditional Return"),
        ("service", "free_replacement", "Free Replacement"),
        ("service", "free_repair", "Free Repair Service"),
        ("offer", "paid_repair", "paid service"),
        ("exclusion", "warranty_period_over", "exceeds the warranty period"),
        ("exclusion", "broken_or_wet", "water damaged"),
        ("exclusion", "rooted_or_flashed", "root the device"),
        ("exclusion", "used_on_after_fault", "Continue to use"),
        ("required", "troubleshooting", "what you have tried"),
        ("required", "photo_or_video", "photo or video"),
        ("required", "item_condition", "unused and unopened"),
    ],
)
def test_the_clause_of_a_row_is_the_place_that_speaks_of_it(kind: str, id_: str, words: str) -> None:
    (row,) = (r for r in WARRANTY[kind] if r["id"] == id_)
    name, _, place = row["clause"].partition(", ")
    (section,) = (s for s in SECTIONS if s["id"] == name)
    if place == "note":
        (text,) = (line for line in lines_after(section["heading"]) if line.startswith("Notes:"))
    else:
        text = rows_after(section["heading"])[int(place.removeprefix("row ")) - 1]
    assert words in text
