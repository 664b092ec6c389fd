"""Two policies, row by row: what was changed, and what that means for a customer. Pure.

Rows are the same row when they have the same kind and id; where they stand in a file does not matter, but for services,
of which the first that fits is taken. A comment or another layout is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from bot.core.model import Policy, Window
from bot.core.warranty import said
from bot.core.warranty.contradictions import length_of
from bot.core.warranty.policy_dealers import FILE as DEALERS
from bot.core.warranty.policy_dealers import PREFIX
from bot.core.warranty.versions import terms_of_each

# Kind of row -> the attribute of the policy (or of its terms) that holds them.
TERMS = {
    "service": "services",
    "required": "required",
    "exclusion": "exclusions",
    "offer": "offers",
    "open question": "open_questions",
}
TABLES = {"shop": "platforms", "model": "models", "advice": "advice"}
HEAD = ("name", "contact", "default_language")


@dataclass(frozen=True)
class Change:
    """One key of one row that differs."""

    file: str
    row: str
    """for example: service free_replacement"""
    key: str
    """empty for a whole row"""
    was: str
    now: str
    means: str = ""


def compare(old: Policy, new: Policy) -> list[Change]:
    """All differences, in the order of the files."""
    found = [
        Change("warranty.toml", "policy", key, getattr(old, key), getattr(new, key))
        for key in HEAD
        if getattr(old, key) != getattr(new, key)
    ]
    before, after = dict(terms_of_each(old)), dict(terms_of_each(new))
    for file in dict.fromkeys([*after, *before]):
        if file not in before or file not in after:
            gone = file not in after
            told = "no older terms hold any more" if gone else "watches of that time are judged by these terms"
            found.append(Change(file, "terms", "", "there" if gone else "", "" if gone else "there", told))
            continue
        for kind, attribute in TERMS.items():
            found += _rows(file, kind, getattr(before[file], attribute), getattr(after[file], attribute), new)
        found += _order(file, before[file], after[file])
    for kind, attribute in TABLES.items():
        found += _rows(f"{attribute}.toml", kind, getattr(old, attribute), getattr(new, attribute), new)
    found += _carriers(old, new)
    for step in sorted({*old.tried_words, *new.tried_words}):
        was, now = old.tried_words.get(step, ()), new.tried_words.get(step, ())
        found += _list("advice.toml", f"tried {step}", "", was, now, "are read as this step")
    for code in sorted({*old.words, *new.words}):
        found += _words(code, old, new)
    return found


def _key(row: Any) -> str:
    return str(getattr(row, "id", "") or f"{row.symptom}: {said.listed(row.steps)}")


def _rows(file: str, kind: str, old: Sequence[Any], new: Sequence[Any], policy: Policy) -> Iterator[Change]:
    before, after = {_key(row): row for row in old}, {_key(row): row for row in new}
    for id_ in dict.fromkeys([*after, *before]):
        one, two = before.get(id_), after.get(id_)
        name, place = f"{kind} {id_}", DEALERS if id_.startswith(PREFIX) else file
        if one is None or two is None:
            row = two or one
            told = str(getattr(row, "means", "") or getattr(row, "name", "") or getattr(row, "line", ""))
            yield Change(place, name, "", "" if one is None else "there", "" if two is None else "there", told)
            continue
        for field in fields(one):
            was, now = getattr(one, field.name), getattr(two, field.name)
            if was != now:
                means = _meaning(kind, id_, field.name, was, now, policy)
                yield Change(place, name, field.name, _shown(was), _shown(now), means)


def _shown(value: object) -> str:
    if isinstance(value, Window) or value is None:
        return said.window(value)
    if isinstance(value, Mapping):
        return said.listed(f"{key} {said.listed(values)}" for key, values in value.items())
    if isinstance(value, (list, tuple)):
        return said.listed(value)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _meaning(kind: str, id_: str, key: str, was: Any, now: Any, policy: Policy) -> str:
    """What a customer notices; empty where the values say it themselves."""
    if isinstance(was, Window) and isinstance(now, Window) and key == "window":
        if was.since != now.since:
            return f"the days of {id_} count from {now.since} instead of {was.since}"
        longer, days = length_of(now) > length_of(was), sorted((length_of(was), length_of(now)))
        told = "has it now too" if longer else "has it no more"
        return f"who writes after day {days[0]} and up to day {days[1]} from {now.since} {told}"
    if kind == "shop" and key == "seller":
        gained = [s.id for s in policy.services if now in s.sellers and was not in s.sellers]
        lost = [s.id for s in policy.services if was in s.sellers and now not in s.sellers]
        return f"its buyers get {said.listed(gained)} and lose {said.listed(lost)}"
    if key in ("sellers", "requests", "needs", "exclusions", "unless_flags") and isinstance(now, tuple):
        come, gone = [v for v in now if v not in was], [v for v in was if v not in now]
        return "; ".join(
            f"{word} {said.listed(values)}" for word, values in (("now", come), ("no more", gone)) if values
        )
    if key == "shipping_paid_by":
        return f"the {now} pays the shipping of {id_}"
    if key == "until_decided":
        return f"from now on {said.UNTIL.get(now, now)}"
    return ""


def _order(file: str, old: Policy, new: Policy) -> Iterator[Change]:
    was, now = [s.id for s in old.services], [s.id for s in new.services]
    if was != now and sorted(was) == sorted(now):
        told = "the first service that fits is recommended"
        yield Change(file, "services", "order", said.listed(was), said.listed(now), told)


def _carriers(old: Policy, new: Policy) -> Iterator[Change]:
    """A carrier is one row for each shape of its numbers."""
    for id_ in dict.fromkeys(row.id for row in (*new.carriers, *old.carriers)):
        one = {(row.pattern, i): row for i, row in enumerate(r for r in old.carriers if r.id == id_)}
        two = {(row.pattern, i): row for i, row in enumerate(r for r in new.carriers if r.id == id_)}
        if one == two:
            continue
        was, now = [row.pattern for row in one.values()], [row.pattern for row in two.values()]
        if was != now:
            yield Change("carriers.toml", f"carrier {id_}", "number", said.listed(was), said.listed(now))
            continue
        for before, after in zip(one.values(), two.values(), strict=True):
            for field in fields(before):
                b, a = getattr(before, field.name), getattr(after, field.name)
                if a != b:
                    yield Change("carriers.toml", f"carrier {id_}", field.name, _shown(b), _shown(a))


def _words(code: str, old: Policy, new: Policy) -> Iterator[Change]:
    file = f"words/{code}.toml"
    one, two = old.words.get(code), new.words.get(code)
    if one is None or two is None:
        told = f"mails in {code} are read" if one is None else f"mails in {code} are read no more"
        yield Change(file, f"language {code}", "", "" if one is None else "there", "" if two is None else "there", told)
        return
    for topic in dict.fromkeys([*two.phrases, *one.phrases]):
        told = f"are read as {topic}"
        yield from _list(file, "words", topic, one.phrases.get(topic, ()), two.phrases.get(topic, ()), told)
    for key in ("name", "spaces", "day_first", "months", "weekdays"):
        was, now = getattr(one, key), getattr(two, key)
        if was != now:
            yield Change(file, "words", key, _shown(was), _shown(now))


def _list(file: str, row: str, key: str, was: Sequence[str], now: Sequence[str], means: str) -> Iterator[Change]:
    gone, come = [w for w in was if w not in now], [w for w in now if w not in was]
    if gone:
        yield Change(file, row, key, ", ".join(f'"{w}"' for w in gone), "", f"these {means} no more")
    if come:
        yield Change(file, row, key, "", ", ".join(f'"{w}"' for w in come), f"these {means} now")
