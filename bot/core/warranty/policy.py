"""From the bytes of the policy files to a checked ``Policy``.

Pure: the caller reads the folder. Every problem of every file is collected before anything is raised, because an
operator who mends a file wants the whole list. A policy with one mistake is not used at all:
half a policy would decide wrongly.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping

from bot.core.model import Policy, Words
from bot.core.nearest import did_you_mean
from bot.core.warranty import policy_advice, policy_dealers
from bot.core.warranty import policy_rows as rows
from bot.core.warranty.policy_lines import Lines, toml_problem
from bot.core.warranty.policy_patterns import Shape, check_shapes
from bot.core.warranty.policy_table import Table
from bot.core.warranty.policy_terms import EARLIER, check_references, read_earlier, read_head, read_rows, read_tables
from bot.core.warranty.policy_words import compare_topics, read_words
from bot.errors import PolicyError

FILES = ("warranty.toml", "platforms.toml", "models.toml", "carriers.toml")
OPTIONAL_FILES = (policy_advice.FILE, policy_dealers.FILE)
MAX_FILE = 1 << 20  # bytes; the largest words file has a tenth of it
LONG_LIST = 4 << 20  # bytes; of dealers, some twenty thousand


def parse_policy(files: Mapping[str, bytes]) -> Policy:
    """The policy; ``files`` maps names relative to the policy folder (``words/en.toml``) to their content.

    Raises ``PolicyError`` with one line for each problem: file, table, key, what is wrong, the cure.
    """
    problems: list[str] = []
    tables = _open(files, problems)
    warranty = tables["warranty.toml"]
    head = read_head(warranty)
    shapes: list[Shape] = []
    models = read_rows(tables["models.toml"], "model", rows.read_model, named=True)
    words = _words(tables, head.default_language, head.table)
    symptoms = {
        topic.removeprefix("symptom.") for w in words.values() for topic in w.phrases if topic.startswith("symptom.")
    }
    advice, tried = policy_advice.read_advice(tables[policy_advice.FILE], sorted(symptoms), models)
    terms = read_tables(warranty)
    platforms = read_rows(tables["platforms.toml"], "platform", lambda t: rows.read_platform(t, shapes), named=True)
    policy = Policy(
        hash=_hash(files),
        name=head.name,
        contact=head.contact,
        default_language=head.default_language,
        services=terms.services,
        required=terms.required,
        exclusions=terms.exclusions,
        open_questions=terms.open_questions,
        offers=terms.offers,
        platforms=(*platforms, *policy_dealers.read_dealers(tables[policy_dealers.FILE], platforms)),
        models=models,
        carriers=tuple(
            carrier
            for numbers in read_rows(
                tables["carriers.toml"], "carrier", lambda t: tuple(rows.read_carrier(t, shapes)), named=True
            )
            for carrier in numbers
        ),
        words=words,
        advice=advice,
        tried_words=tried,
        earlier=read_earlier(tables),
    )
    check_shapes(shapes)
    check_references(warranty, terms)
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
        known = name in (*FILES, *OPTIONAL_FILES) or EARLIER.fullmatch(name)
        if not known and not re.fullmatch(r"words/[^/]+\.toml", name):
            problems.append(f"{name}: unknown file; remove or rename it{did_you_mean(name, (*FILES, *OPTIONAL_FILES))}")
            continue
        tables[name] = _parsed(name, files[name], problems)
    return tables


def _parsed(name: str, data: bytes, problems: list[str]) -> Table:
    empty = Table(name, "", {}, [])
    most = LONG_LIST if name == policy_dealers.FILE else MAX_FILE
    if len(data) > most:
        problems.append(f"{name}: larger than {most} bytes; is this the right file?")
        return empty
    try:
        source = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(f"{name}:{line}: not UTF-8; save the file as UTF-8")
        return empty
    try:
        return Table(name, "", tomllib.loads(source), problems, Lines(source))
    except RecursionError:
        problems.append(f"{name}: not TOML: brackets in brackets without end; correct the brackets")
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        problems.append(f"{name}{toml_problem(str(error), source)}")
    return empty


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
