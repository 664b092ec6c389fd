"""``after-sales words``: what the bot reads in a sentence, by which words, and what it nearly read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import ATTENTION, OK
from bot.cli.operator_files import files_options, read_toml, working_files
from bot.cli.show import heading, paint, table

if TYPE_CHECKING:
    from bot.core.details.tried_out import Row
    from bot.core.model import Letter, Policy

HEADERS = "From: <customer@example.com>\nSubject: -\nContent-Type: text/plain; charset=utf-8\n\n"


@click.group()
def words() -> None:
    """The words of customers: try a sentence before and after you change them.

    \b
    Examples:
      after-sales words test "The screen stays black since Monday"
      after-sales words test "Das Glas ist gesprungen" --language de

    \b
    Exit codes: 0 something was read; 1 nothing was read; 2 no such language; 3 policy cannot be used.
    """


@words.command()
@click.argument("sentence")
@click.option("--language", help="Read it in this language, for example de; recognised when not given.")
@files_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def test(
    sentence: str,
    language: str | None,
    config: Path | None,
    policy: Path | None,
    templates: Path | None,
    as_json: bool,
) -> int:
    """What the finders read in a sentence, the row of the words file behind it, and what came near and why it missed.

    \b
    Examples:
      after-sales words test "My T3 Ultra gets very hot when charging"
      after-sales words test "Der Akku ist aufgebläht" --policy my-desk/policy
    """
    from bot.config import load_policy
    from bot.core.details.find import find_details
    from bot.core.details.scope import open_scope
    from bot.core.details.tried_out import rows_that_came_near, rows_that_hit
    from bot.worker.wiring import wall_clock

    files = working_files(config, policy, templates)
    rules = load_policy(files.policy)
    letter, sure = _letter(sentence, language, rules)
    on = wall_clock().date()
    findings = [f for f in find_details(letter, rules, on).findings if f.place == "own_words"]
    scope = open_scope(letter, rules, on)
    hits, near = rows_that_hit(scope), rows_that_came_near(scope)
    places = _places(files.policy, [*hits, *near])
    if as_json:
        row = {
            "language": letter.language,
            "findings": [
                {"field": f.field, "value": f.value, "confidence": f.confidence, "words": f.words, "note": f.note}
                for f in findings
            ],
            "hits": [_as_row(row, places) for row in hits],
            "near": [_as_row(row, places) for row in near],
        }
        click.echo(json.dumps(row, ensure_ascii=False, indent=1))
        return OK if findings or hits else ATTENTION
    read_in = ", ".join(w.name for w in scope.book.words)
    told = f"{letter.language}, {sure}" if letter.language else "not recognised: too short, or no language we know"
    heading(f"Language: {told}; read with the words of {read_in}")
    heading("Read")
    rows = [[f.field, f.value, f'"{f.words}"', "" if f.is_sure else "not sure", f.note] for f in findings]
    table(rows, ["what", "value", "words", "", "note"])
    if not rows:
        click.echo("  nothing")
    heading("Rows of the words files that are in it")
    _show(hits, places)
    heading("What came near and is not in it")
    _show(near, places)
    return OK if findings or hits else ATTENTION


def _letter(sentence: str, language: str | None, rules: Policy) -> tuple[Letter, str]:
    """The sentence as a mail of its own, and how its language is known. Raises UsageError."""
    from bot.core.nearest import did_you_mean
    from bot.core.reading.letter import open_mail

    mail = open_mail((HEADERS + sentence).encode("utf-8", "replace"))
    letter = replace(mail.letter(tuple(rules.words)), subject="")
    if language is None:
        return letter, f"recognised ({letter.language_confidence:.2f})"
    if language not in rules.words:
        hint = did_you_mean(language, rules.words)
        raise click.UsageError(f'There are no words in "{language}"{hint}; there are {", ".join(sorted(rules.words))}.')
    return replace(letter, language=language), "as you said"


def _places(folder: Path, rows: Sequence[Row]) -> dict[Row, str]:
    from bot.core.warranty.policy_lines import Lines

    sources = read_toml(folder)
    lines = {name: Lines(source) for name, source in sources.items()}
    places = {}
    for row in rows:
        file = f"words/{row.language}.toml"
        places[row] = f"{file}:{lines[file].of(tuple(row.topic.split('.')), row.phrase)}"
    return places


def _as_row(row: Row, places: dict[Row, str]) -> dict[str, str]:
    return {
        "place": places[row],
        "topic": row.topic,
        "phrase": row.phrase,
        "words": row.words,
        "note": row.note,
    }


def _show(rows: Sequence[Row], places: dict[Row, str]) -> None:
    for row in rows:
        said = f' -> "{row.words}"' if row.words and row.words.casefold() != row.phrase else ""
        note = paint(f"  {row.note}", "unknown") if row.note else ""
        click.echo(f'  {paint(places[row], "faint")}  {row.topic}: "{row.phrase}"{said}{note}')
    if not rows:
        click.echo("  none")
