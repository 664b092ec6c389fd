"""``after-sales template``: the letters, as an operator looks at them, tries them and changes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import ATTENTION, OK
from bot.cli.operator_files import Files, files_options, files_to_compare, open_letters, working_files
from bot.cli.show import heading, paint, table
from bot.cli.template_add import add
from bot.cli.template_preview import preview

if TYPE_CHECKING:
    from bot.replies import Letters
    from bot.replies.compare import Change

EXIT_CODES = "Exit codes: 0 fine; 1 something must be put right; 2 no such letter or language; 3 files cannot be used."
SOURCES = ("subject.txt", "body.txt")
SIGNS = {"changed": ("~", "unknown"), "added": ("+", "passed"), "removed": ("-", "failed")}


@click.group()
def template() -> None:
    """The letters: list them, read one, see it filled, look for mistakes, compare with what customers get.

    \b
    Examples:
      after-sales template list
      after-sales template show received de
      after-sales template preview approved_repair de --case K7F3Q9 --html letter.html
      after-sales template lint
      after-sales template diff
      after-sales template add da

    \b
    Exit codes: 0 done; 1 something must be put right, or there is no such case; 2 no such letter or
    language, or an address that no test may go to; 3 configuration, policy or templates cannot be used.
    """


template.add_command(preview)
template.add_command(add)


@template.command("list")
@files_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_(config: Path | None, policy: Path | None, templates: Path | None, as_json: bool) -> int:
    """All letters: when each is sent, by whom, and the languages it is there in.

    \b
    Examples:
      after-sales template list
      after-sales template list --json
    """
    from bot.core.warranty.staff_letters import BY_STAFF
    from bot.replies.inventory import INVENTORY, SENT_WHEN

    _, letters = open_letters(working_files(config, policy, templates))
    rows = [
        {
            "letter": name,
            "sent when": SENT_WHEN[name],
            "approved by": "a person" if name in BY_STAFF else "the bot",
            "languages": [code for code in letters.languages if (letters.directory / code / name).is_dir()],
            "facts": list(facts),
        }
        for name, facts in INVENTORY.items()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return OK
    every = len(letters.languages)
    cells = []
    for row in rows:
        held = row["languages"]
        assert isinstance(held, list)
        missing = [code for code in letters.languages if code not in held]
        told = f"all {every}" if not missing else f"{len(held)} of {every}, not in {', '.join(missing)}"
        cells.append([str(row["letter"]), str(row["approved by"]), told, str(row["sent when"])])
    table(cells, ["letter", "approved by", "languages", "sent when"])
    click.echo(f"\n{len(rows)} letters in {', '.join(letters.languages)}")
    return OK


@template.command()
@click.argument("reply")
@click.argument("language", metavar="[LANG]", required=False)
@files_options
def show(reply: str, language: str | None, config: Path | None, policy: Path | None, templates: Path | None) -> int:
    """The source of a letter with line numbers, the facts it gets, and where its phrases stand.

    \b
    Examples:
      after-sales template show received
      after-sales template show approved_repair de
    """
    from bot.replies.inventory import INVENTORY, SENT_WHEN

    files = working_files(config, policy, templates)
    _, letters = open_letters(files)
    name, code = known_letter(reply), known_language(letters, language)
    click.echo(f"{name} is sent when {SENT_WHEN[name]}.")
    click.echo(f"Its facts: {', '.join(INVENTORY[name])}; and case, name, automatic, foreign of every letter.")
    for file in SOURCES:
        heading(str(files.templates / code / name / file))
        path = files.templates / code / name / file
        lines = path.read_bytes().decode("utf-8-sig", "replace").splitlines() if path.is_file() else ["(is missing)"]
        for number, line in enumerate(lines, 1):
            click.echo(f"{paint(f'{number:>4}', 'faint')}  {line}".rstrip())
    heading("Phrases it names")
    for place, id_, words in _phrases_of(letters, code, name):
        click.echo(f"  {id_:<28} {paint(place, 'faint')}  {words}")
    heading("Around it")
    click.echo(f"  {files.templates / code / '_base' / 'body.txt'}: greeting, close, case number; all letters share it")
    return OK


def _phrases_of(letters: Letters, code: str, name: str) -> Iterator[tuple[str, str, str]]:
    from jinja2 import TemplateError as JinjaError

    from bot.replies.calls import named_phrases

    speech = letters.speech(code)
    for file in SOURCES:
        try:
            found = speech.press.nodes(f"{code}/{name}/{file}")
        except JinjaError as error:
            click.echo(f"  {file} cannot be read: {error}")
            continue
        for id_ in dict.fromkeys(named_phrases(speech, found)):
            yield speech.place(id_), id_, " ".join(speech.phrases[id_].split())[:70]


@template.command()
@files_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def lint(config: Path | None, policy: Path | None, templates: Path | None, as_json: bool) -> int:
    """Everything wrong with the letters, each with file and line. Every letter is filled with every kind of facts.

    \b
    Examples:
      after-sales template lint
      after-sales template lint --templates my-desk/templates

    \b
    Exit codes: 0 every letter is fine; 1 something must be put right; 3 policy cannot be used.
    """
    from bot.config import load_policy
    from bot.errors import TemplateError
    from bot.replies import Letters
    from bot.worker.wiring import asks_of

    files = working_files(config, policy, templates)
    rules = load_policy(files.policy)
    try:
        letters = Letters(files.templates, rules.default_language)
        problems = letters.lint(asks_of(rules))
        fine = f"{files.templates}: every letter is fine in {', '.join(letters.languages)}"
    except TemplateError as error:
        problems, fine = list(error.problems), ""
    return tell_problems(problems, files.templates, fine, as_json=as_json)


@template.command()
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@files_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def diff(
    directory: Path | None, config: Path | None, policy: Path | None, templates: Path | None, as_json: bool
) -> int:
    """What customers would read otherwise, letter by letter and sentence by sentence.

    The working templates are held against DIR, else against the live edition, else against the letters that came
    with the program.

    \b
    Examples:
      after-sales template diff
      after-sales template diff ../templates-of-last-year

    \b
    Exit codes: 0 nothing differs; 1 something differs; 3 templates cannot be used.
    """
    from bot.replies.compare import compare

    working = working_files(config, policy, templates)
    before = files_to_compare(working, directory)
    rules, new = open_letters(working)
    from bot.replies import Letters

    changes = compare(Letters(before.templates, rules.default_language), new)
    if as_json:
        rows = [{"letter": c.letter, "place": c.place, "what": c.what, "was": c.before, "is": c.after} for c in changes]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        _show_changes(changes, before, working)
    return ATTENTION if changes else OK


def _show_changes(changes: Sequence[Change], before: Files, working: Files) -> None:
    letter = ""
    for change in changes:
        if change.letter != letter:
            letter = change.letter
            heading(letter)
        sign, meaning = SIGNS[change.what]
        click.echo(f"  {paint(sign, meaning)} {paint(change.place, 'faint')}")
        if change.before:
            click.echo(f"      {paint('was: ' + change.before, 'failed')}")
        if change.after:
            click.echo(f"      {paint('is:  ' + change.after, 'passed')}")
    if changes:
        click.echo()
    differ = {0: "nothing differs", 1: "1 place differs"}.get(len(changes), f"{len(changes)} places differ")
    click.echo(f"{working.templates}: {differ} from {before.what} ({before.templates})")


def known_letter(reply: str) -> str:
    """The name of a letter. Raises UsageError with the nearest."""
    from bot.core.nearest import did_you_mean
    from bot.replies.inventory import INVENTORY

    name = reply.strip().lower().replace("-", "_")
    if name in INVENTORY:
        return name
    hint = did_you_mean(name, INVENTORY) or "; after-sales template list shows all."
    raise click.UsageError(f'No letter is called "{reply}"{hint}')


def known_language(letters: Letters, language: str | None) -> str:
    """A folder of letters; the default one when none was said. Raises UsageError."""
    if language is None:
        return letters.default_language
    if language in letters.languages:
        return language
    raise click.UsageError(f'There is no folder for "{language}"; there are {", ".join(letters.languages)}.')


def tell_problems(problems: Sequence[str], folder: Path, fine: str, *, as_json: bool) -> int:
    """All problems, one a line, or that there are none."""
    if as_json:
        click.echo(json.dumps(list(problems), ensure_ascii=False, indent=1))
        return ATTENTION if problems else OK
    for problem in problems:
        place, _, told = problem.partition(": ")
        click.echo(f"{paint(place, 'failed')}: {told}")
    if problems:
        click.echo(f"\n{folder}: {len(problems)} {'problem' if len(problems) == 1 else 'problems'}", err=True)
        return ATTENTION
    click.echo(fine)
    return OK
