"""The policy as tables: each row with its clause, what it means, how long, for whom, and where it stands in the files.

What the rows say is the policy's own text, in the language it was written in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.model import Policy
from bot.core.warranty import said
from bot.core.warranty.policy_lines import Lines

WARRANTY = "warranty.toml"
# Kind of a row -> (its table in the files, the file)
KINDS: Mapping[str, tuple[str, str]] = {
    "open_question": ("open_question", WARRANTY),
    "service": ("service", WARRANTY),
    "exclusion": ("exclusion", WARRANTY),
    "required": ("required", WARRANTY),
    "offer": ("offer", WARRANTY),
    "platform": ("platform", "platforms.toml"),
    "model": ("model", "models.toml"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the policy."""

    kind: str
    id: str
    means: str
    clause: str = ""
    more: str = ""
    """how long and for whom; the default of an open question; names of a shop or model"""
    undecided: bool = False
    """a person decides every case that touches it"""
    cases: int | None = None
    """that it touched; None where nobody counts them"""
    file: str = ""
    line: int = 0


def tables(policy: Policy, sources: Mapping[str, str], counts: Mapping[tuple[str, str], int]) -> dict[str, list[Row]]:
    """Kind -> its rows in the order of the file. ``sources``: ``warranty.toml`` -> its text, for the lines."""
    lines = {file: Lines(sources.get(file, "")) for _, file in KINDS.values()}
    found: dict[str, list[Row]] = {}
    for kind, (table, file) in KINDS.items():
        found[kind] = [
            Row(
                kind=kind,
                id=row.id,
                file=file,
                line=lines[file].at(table, place),
                cases=None if kind == "offer" else counts.get((kind, row.id), 0),
                **SAID[kind](row),
            )
            for place, row in enumerate(getattr(policy, ATTRIBUTES[kind]))
        ]
    return found


ATTRIBUTES = {
    "open_question": "open_questions",
    "service": "services",
    "exclusion": "exclusions",
    "required": "required",
    "offer": "offers",
    "platform": "platforms",
    "model": "models",
}
# Kind -> what is shown of a row beside its id.
SAID = {
    "open_question": lambda r: {
        "means": r.question, "clause": "; ".join(r.clauses), "more": r.default, "undecided": r.until_decided == "staff",
    },
    "service": lambda r: {
        "means": r.means, "clause": r.clause, "more": f"{said.window(r.window)}; {said.sellers(r.sellers)}",
    },
    "exclusion": lambda r: {"means": r.means, "clause": r.clause, "more": said.CHECKED.get(r.checked_at, r.checked_at)},
    "required": lambda r: {"means": r.means, "clause": r.clause, "more": said.requests(r.requests)},
    "offer": lambda r: {"means": r.means, "clause": r.clause, "more": said.listed(r.exclusions)},
    "platform": lambda r: {"means": r.name, "more": f"{said.sellers([r.seller])}; {said.listed(r.names)}"},
    "model": lambda r: {"means": r.line, "more": said.listed(r.names)},
}  # fmt: skip


def row_of_rule(rule: str) -> tuple[str, str]:
    """(kind, id) of the row that a check belongs to: ``exclusion.water_damage``, ``free_repair.window``."""
    first, _, rest = rule.partition(".")
    if first in ("exclusion", "open_question"):
        return first, rest
    return ("service", first) if rest else ("rule", rule)
