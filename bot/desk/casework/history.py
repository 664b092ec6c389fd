"""What happened to a case as sentences: ids of events with their facts, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk.casework.plain import one_line, shown
from bot.desk.words import Words
from bot.store.times import moment

# Who did it, where it is no person.
MACHINES = ("bot", "customer", "machine")
# A fact of an event -> the list of words its value is from.
WORDED = {
    "service": "verdict",
    "service_after": "verdict",
    "reason": "reason",
    "result": "result",
    "flag": "flag",
    "field": "field",
    "reply": "letter",
    "kind": "kind",
    "timer": "event",
    "action": "action",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """One line of the timeline."""

    id: int
    at: datetime
    says: str
    by: str
    """name of the person; empty for the bot"""
    quote: str
    """free text of a colleague: a note, a reason"""
    note: bool


def history(events: Sequence[Mapping[str, Any]], words: Words, people: Mapping[str, str]) -> list[Happened]:
    """The events, the newest first. ``people`` gives shown names."""
    lines = [_line(event, words, people, index) for index, event in enumerate(events)]
    return list(reversed(lines))


def _line(event: Mapping[str, Any], words: Words, people: Mapping[str, str], index: int) -> Happened:
    data = event["data"] if isinstance(event["data"], dict) else {}
    actor = event["actor"]
    return Happened(
        id=event.get("id", index),
        at=moment(event["at"]),
        says=says(event["name"], data, words),
        by="" if actor in MACHINES else people.get(actor, one_line(actor)),
        quote=shown(str(data.get("text") or data.get("because") or "")),
        note=event["name"] == "note",
    )


def says(name: str, data: Mapping[str, Any], words: Words) -> str:
    """The sentence of an event, with what is known of it after a colon."""
    facts = []
    for fact, table in WORDED.items():
        value = data.get(fact)
        if isinstance(value, str) and value:
            facts.append(words.said(table, value))
    if data.get("value"):
        facts.append(one_line(str(data["value"])))
    if data.get("total"):
        facts.append(f"{data['total']} {data.get('currency', '')}".strip())
    for fact in ("tracking", "into", "case", "to"):
        value = data.get(fact)
        if value:
            facts.append(", ".join(map(str, value)) if isinstance(value, list) else one_line(str(value)))
    if data.get("edited"):
        facts.append(words.t("history.edited", n=int(data["edited"])))
    sentence = words.said("event", name)
    return f"{sentence}: {', '.join(dict.fromkeys(facts))}" if facts else sentence
