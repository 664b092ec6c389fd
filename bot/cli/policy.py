"""``after-sales policy``: the rules, checked, explained row by row, and compared by what they mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import ATTENTION, OK
from bot.cli.dealers import dealers
from bot.cli.operator_files import files_options, files_to_compare, read_toml, working_files
from bot.cli.show import columns_now, heading, paint, wrap
from bot.cli.template import tell_problems

if TYPE_CHECKING:
    from bot.core.warranty.explained import Explained

LABEL = 15  # columns
_NAMED = re.compile(r'"([^"]+)"')
_FILE = re.compile(r"([\w/.-]+\.toml): ")


@click.group()
def policy() -> None:
    """The rules and the words of customers: look for mistakes, explain a row, compare with what is live.

    \b
    Examples:
      after-sales policy lint
      after-sales policy explain free_repair
      after-sales policy explain "repair, row 2"
      after-sales policy diff
      after-sales policy dealers dealers.csv

    \b
    Exit codes: 0 done; 1 something must be put right, or something differs; 2 no such row or clause;
    3 configuration or policy cannot be used.
    """


policy.add_command(dealers)


@policy.command()
@files_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def lint(config: Path | None, policy: Path | None, templates: Path | None, as_json: bool) -> int:
    """Every mistake of the policy and the words, with file, line, key and cure, and what contradicts itself.

    \b
    Examples:
      after-sales policy lint
      after-sales policy lint --policy my-desk/policy --json

    \b
    Exit codes: 0 the policy is fine; 1 something must be put right; 3 the configuration cannot be used.
    """
    from bot.config import config_problems, load_policy
    from bot.core.warranty.contradictions import contradictions, open_questions_for_staff
    from bot.errors import PolicyError

    files = working_files(config, policy, templates)
    try:
        rules = load_policy(files.policy)
    except PolicyError as error:
        return tell_problems(error.problems, files.policy, "", as_json=as_json)
    sources = read_toml(files.policy)
    problems = [_with_line(line, sources) for line in contradictions(rules)]
    if files.config is not None:
        problems += config_problems(files.config, rules)
    fine = (
        f"{files.policy}: {len(rules.services)} services, {len(rules.exclusions)} exclusions, {len(rules.platforms)} "
        f"shops, {len(rules.models)} models, words in {', '.join(sorted(rules.words))}; nothing contradicts itself"
    )
    code = tell_problems(problems, files.policy, fine, as_json=as_json)
    if not as_json:
        for question in open_questions_for_staff(rules):
            click.echo(paint(f"open, staff decides: {question}", "faint"))
    return code


def _with_line(problem: str, sources: Mapping[str, str]) -> str:
    """The line of the first row a contradiction names."""
    told = _FILE.match(problem)
    if told is None:
        return problem
    lines = (_line_of_id(name, sources.get(told[1], "")) for name in _NAMED.findall(problem))
    line = next(filter(None, lines), 0)
    return f"{told[1]}:{line}: {problem[told.end() :]}" if line else problem


def _line_of_id(id_: str, source: str) -> int:
    mark = re.compile(rf'\s*id\s*=\s*"{re.escape(id_)}"')
    return next((number for number, row in enumerate(source.split("\n"), 1) if mark.match(row)), 0)


def _line_of(found: Explained, source: str) -> int:
    from bot.core.warranty.policy_lines import Lines

    if found.kind == "clause":
        return _line_of_id(found.id.partition(", ")[0], source)
    return Lines(source).at(*found.path)


@policy.command()
@click.argument("row", metavar="ROW-OR-CLAUSE")
@files_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def explain(row: str, config: Path | None, policy: Path | None, templates: Path | None, as_json: bool) -> int:
    """What a row means in words, the clause it rests on, and which letters, services and flags hang on it.

    ROW is a service, exclusion, required detail, offer, open question, shop, model, carrier or flag; a CLAUSE is a
    section of the policy, or one of its rows.

    \b
    Examples:
      after-sales policy explain free_replacement
      after-sales policy explain water_damage
      after-sales policy explain "TANK T3 Ultra"
      after-sales policy explain "services table, row 2"
    """
    from bot.config import load_policy
    from bot.core.nearest import did_you_mean
    from bot.core.warranty.explained import explain as explain_row
    from bot.core.warranty.explained import names_of

    files = working_files(config, policy, templates)
    rules = load_policy(files.policy)
    found = explain_row(rules, row)
    if not found:
        raise click.UsageError(f'The policy has no row or clause "{row}"{did_you_mean(row, names_of(rules)) or "."}')
    sources = read_toml(files.policy)
    places = [f"{one.file}:{_line_of(one, sources.get(one.file, ''))}" for one in found]
    if as_json:
        rows = [
            {"kind": one.kind, "id": one.id, "place": place, "lines": [list(line) for line in one.lines]}
            for one, place in zip(found, places, strict=True)
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return OK
    for one, place in zip(found, places, strict=True):
        heading(f"{one.kind} {one.id}  {place}")
        for label, words in one.lines:
            wide = max(LABEL, len(label) + 2)
            first, *more = wrap(words, max(40, columns_now() - wide - 2)) or [""]
            click.echo(f"  {paint(label, 'faint')}{' ' * (wide - len(label))}{first}")
            for line in more:
                click.echo(f"  {' ' * wide}{line}")
    return OK


@policy.command()
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@files_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def diff(
    directory: Path | None, config: Path | None, policy: Path | None, templates: Path | None, as_json: bool
) -> int:
    """What was changed in the rules, row by row, and what that means for a customer.

    The working policy is held against DIR, else against the live edition, else against the policy that came with the
    program.

    \b
    Examples:
      after-sales policy diff
      after-sales policy diff ../policy-of-last-year

    \b
    Exit codes: 0 nothing differs; 1 something differs; 3 a policy cannot be used.
    """
    from bot.config import load_policy
    from bot.core.warranty.policy_diff import compare

    working = working_files(config, policy, templates)
    before = files_to_compare(working, directory)
    changes = compare(load_policy(before.policy), load_policy(working.policy))
    if as_json:
        rows = [
            {"file": c.file, "row": c.row, "key": c.key, "was": c.was, "is": c.now, "means": c.means} for c in changes
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return ATTENTION if changes else OK
    file = ""
    for change in changes:
        if change.file != file:
            file = change.file
            heading(file)
        sign, meaning = ("+", "passed") if not change.was else ("-", "failed") if not change.now else ("~", "unknown")
        said = f"{change.was} -> {change.now}" if change.was and change.now else change.now or change.was
        key = f" {change.key}" if change.key else ""
        click.echo(f"  {paint(sign, meaning)} {change.row}{key}{'' if said == 'there' else ': ' + said}")
        if change.means:
            click.echo(f"      {paint(change.means, 'faint')}")
    if changes:
        click.echo()
    differ = {0: "nothing differs", 1: "1 row differs"}.get(len(changes), f"{len(changes)} rows differ")
    click.echo(f"{working.policy}: {differ} from {before.what} ({before.policy})")
    return ATTENTION if changes else OK
