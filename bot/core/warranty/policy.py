"""From the bytes of the policy files to a checked ``Policy``.

Pure: the caller reads the folder. Every problem of every file is collected before anything is raised, because an
operator who mends a file wants the whole list. A policy with one mistake is not used at all:
half a policy would decide wrongly.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from bot.core.model import Policy, Words
from bot.core.warranty import policy_advice
from bot.core.warranty import policy_rows as rows
from bot.core.warranty.policy_patterns import Shape, check_shapes
from bot.core.warranty.policy_table import Table, choose, did_you_mean
from bot.core.warranty.policy_words import compare_topics, read_words
from bot.errors import PolicyError

FILES = ("warranty.toml", "platforms.toml", "models.toml", "carriers.toml")
OPTIONAL_FILES = (policy_advice.FILE,)

T = TypeVar("T")


def parse_policy(files: Mapping[str, bytes]) -> Policy:
    """The policy; ``files`` maps names relative to the policy folder (``words/en.toml``) to their content.

    Raises ``PolicyError`` with one line for each problem: file, table, key, what is wrong, the cure.
    """
    problems: list[str] = []
    tables = _open(files, problems)
    warranty = tables["warranty.toml"]
    head = warranty.table("policy") or Table("warranty.toml", "policy", {}, [])
    name, contact, default = head.text("name"), head.text("contact"), head.text("default_language")
    head.finish()
    if contact and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", contact):
        head.say("contact", f'"{contact}" is not a mail address', "write name@example.com")
    shapes: list[Shape] = []
    models = _rows(tables["models.toml"], "model", rows.read_model, named=True)
    words = _words(tables, default, head)
    symptoms = {
        topic.removeprefix("symptom.") for w in words.values() for topic in w.phrases if topic.startswith("symptom.")
    }
    advice, tried = policy_advice.read_advice(tables[policy_advice.FILE], sorted(symptoms), models)
    policy = Policy(
        hash=_hash(files),
        name=name,
        contact=contact,
        default_language=default,
        services=_rows(warranty, "service", rows.read_service),
        required=_rows(warranty, "required", rows.read_required),
        exclusions=_rows(warranty, "exclusion", rows.read_exclusion),
        open_questions=_rows(warranty, "open_question", rows.read_open_question, optional=True),
        offers=_rows(warranty, "offer", rows.read_offer, optional=True),
        platforms=_rows(tables["platforms.toml"], "platform", lambda t: rows.read_platform(t, shapes), named=True),
        models=models,
        carriers=tuple(
            carrier
            for numbers in _rows(
                tables["carriers.toml"], "carrier", lambda t: tuple(rows.read_carrier(t, shapes)), named=True
            )
            for carrier in numbers
        ),
        words=words,
        advice=advice,
        tried_words=tried,
    )
    check_shapes(shapes)
    _check_references(warranty, policy)
    for file in (*FILES, *OPTIONAL_FILES):
        tables[file].finish()
    if problems:
        raise PolicyError(problems)
    return policy


def _hash(files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for name in sorted(files):
        # The lengths keep the border between a name and a content in its place.
        total.update(f"{len(name)} {name} {len(files[name])} ".encode() + files[name])
    return total.hexdigest()


def _open(files: Mapping[str, bytes], problems: list[str]) -> dict[str, Table]:
    """Each file as a table; a file that is missing or no TOML counts as an empty one whose gaps are not told."""
    tables = {}
    for name in FILES:
        if name not in files:
            problems.append(f"{name}: the file is missing; copy it from the policy folder that came with the program")
            tables[name] = Table(name, "", {}, [])
    tables.update({name: Table(name, "", {}, []) for name in OPTIONAL_FILES if name not in files})
    for name in sorted(files):
        if name not in (*FILES, *OPTIONAL_FILES) and not re.fullmatch(r"words/[^/]+\.toml", name):
            problems.append(f"{name}: unknown file; remove or rename it{did_you_mean(name, (*FILES, *OPTIONAL_FILES))}")
            continue
        try:
            tables[name] = Table(name, "", tomllib.loads(files[name].decode("utf-8-sig")), problems)
        except UnicodeDecodeError as error:
            line = files[name].count(b"\n", 0, error.start) + 1
            problems.append(f"{name}: line {line}: not UTF-8; save the file as UTF-8")
            tables[name] = Table(name, "", {}, [])
        except tomllib.TOMLDecodeError as error:
            problems.append(f"{name}: not TOML: {error}; correct the line")
            tables[name] = Table(name, "", {}, [])
    return tables


def _rows(
    table: Table, key: str, read: Callable[[Table], T], *, optional: bool = False, named: bool = False
) -> tuple[T, ...]:
    """All rows of one kind; notes repeated ids, and with ``named`` repeated names and hosts."""
    found: list[T] = []
    ids: set[str] = set()
    owners: dict[tuple[str, str], str] = {}
    for row in table.rows(key, optional=optional):
        found.append(read(row))
        row.finish()
        id_ = row.data.get("id")
        if isinstance(id_, str) and id_ in ids:
            row.say("id", "another row has this id", "give each row its own")
        ids.add(str(id_))
        for list_key in ("names", "hosts", "relay_hosts") if named else ():
            for name in _texts_of(row.data.get(list_key)):
                owner = owners.setdefault((list_key, rows.plain_name(name)), str(id_))
                if owner != str(id_):
                    row.say(list_key, f'"{name}" already belongs to "{owner}"', "keep it in one row")
    if not found and not optional and key in table.data:
        table.say(key, "has no rows", f"add a block under [[{key}]]")
    return tuple(found)


def _texts_of(value: Any) -> Iterable[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _words(tables: Mapping[str, Table], default: str, head: Table) -> dict[str, Words]:
    """The words files by language; all have the topics of the default language's file."""
    words = {}
    for name, table in tables.items():
        if name.startswith("words/"):
            read = read_words(table)
            words[read.language] = read
    chosen = words.get(default)
    if chosen is None:
        if default:
            cure = f"add words/{default}.toml" + did_you_mean(default, words)
            head.say("default_language", f'"{default}" has no words file', cure)
        return words
    # A default file that could not be read would make every topic of the others unknown.
    for language, read in words.items() if chosen.phrases else ():
        compare_topics(tables[f"words/{language}.toml"], read, chosen.phrases, default)
    return words


def _check_references(warranty: Table, policy: Policy) -> None:
    """Notes clauses, open questions and exclusions that a row names and nobody defines."""
    sections: dict[str, tuple[int, bool]] = {}
    for section in warranty.rows("section"):
        id_ = section.text("id")
        section.text("heading")
        if id_ in sections:
            section.say("id", "another row has this id", "give each row its own")
        sections[id_] = (section.number("rows", default=0), section.flag("note", default=False))
        section.finish()
    questions = {q.id for q in policy.open_questions}
    exclusions = {e.id for e in policy.exclusions}
    for kind in ("service", "offer", "required", "exclusion", "open_question"):
        for row in Table(warranty.file, "", warranty.data, []).rows(kind, optional=True):
            row.problems = warranty.problems
            for clause in [row.data.get("clause"), *_texts_of(row.data.get("clauses"))]:
                if isinstance(clause, str) and clause:
                    _check_clause(row, clause, sections)
            question = row.data.get("open_question")
            if isinstance(question, str) and question and question not in questions:
                row.say("open_question", f'"{question}" is not known', choose(question, sorted(questions)))
            for exclusion in _texts_of(row.data.get("exclusions")):
                if exclusion not in exclusions:
                    row.say("exclusions", f'"{exclusion}" is not known', choose(exclusion, sorted(exclusions)))


def _check_clause(row: Table, clause: str, sections: Mapping[str, tuple[int, bool]]) -> None:
    name, _, place = clause.partition(", ")
    if name not in sections:
        row.say("clause", f'"{clause}" names no [[section]]', choose(name, list(sections)))
        return
    last, note = sections[name]
    number = re.fullmatch(r"row (\d{1,3})", place)
    if not place or (place == "note" and note) or (number and 1 <= int(number[1]) <= last):
        return
    known = [f"row 1 to row {last}"] * bool(last) + ["note"] * note
    row.say("clause", f'"{clause}" points nowhere', f"{name} has {' and '.join(known) or 'no rows'}")
