"""``after-sales template add``: the beginning of a new language, letters and words, copied from one that is there.

What every language has of its own is filled in from the calendar data of the program: its name, months, weekdays, the
order of a date, whether words are written apart. A person translates the rest; ``template lint`` says what is left.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import OK
from bot.cli.operator_files import files_options, open_letters, working_files
from bot.cli.show import heading

if TYPE_CHECKING:
    from babel import Locale

WITHOUT_SPACES = ("ja", "zh", "th", "km", "lo", "my")


@click.command()
@click.argument("language", metavar="LANG")
@click.option("--from", "model", help="The language to copy; the default language if not given.")
@files_options
def add(language: str, model: str | None, config: Path | None, policy: Path | None, templates: Path | None) -> int:
    """Begin a new language: a folder of letters and a words file, copied to be translated. Nothing is overwritten.

    LANG is a code of ISO 639-1 such as da. Mails in it are recognised as soon as its words file is published.

    \b
    Examples:
      after-sales template add da
      after-sales template add pt --from es

    \b
    Exit codes: 0 laid out; 2 no such language, or it is there already; 3 files cannot be used.
    """
    from babel import Locale, UnknownLocaleError

    from bot.cli.template import known_language
    from bot.config import default_folder

    files = working_files(config, policy, templates)
    if files.templates.resolve() == default_folder("templates").resolve() and templates is None:
        raise click.UsageError("The letters are those that came with the program; lay out your own: after-sales init")
    _, letters = open_letters(files)
    copied = known_language(letters, model)
    code = language.strip().lower()
    try:
        locale = Locale(code) if re.fullmatch("[a-z]{2,3}", code) else None
    except UnknownLocaleError:
        locale = None
    if locale is None:
        raise click.UsageError(f'"{language}" is no code of a language; write two letters such as da for Danish.')
    folder, words = files.templates / code, files.policy / "words" / f"{code}.toml"
    if folder.exists() and words.exists():
        raise click.UsageError(f'"{code}" is there already: {folder} and {words}.')
    heading(f"{locale.english_name} ({code}), copied from {copied}")
    if not words.exists():
        source = (files.policy / "words" / f"{copied}.toml").read_text(encoding="utf-8-sig")
        words.write_text(begun(source, locale), encoding="utf-8", newline="\n")
        click.echo(f"  {words}  the words customers write")
    if not folder.exists():
        fresh = folder.with_name(f".{code}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(files.templates / copied, fresh)
        fresh.rename(folder)
        count = sum(part.is_dir() and not part.name.startswith("_") for part in folder.iterdir())
        click.echo(f"  {folder}/  {count} letters and phrases.toml")
    heading("Next")
    click.echo("  1. translate both; names, what stands in {{ }} and {% %}, and the keys of tables stay as they are")
    click.echo(f"  2. after-sales template lint names what still stands there as in {copied}; after-sales policy lint")
    click.echo("  3. let a native speaker read one letter of each kind, then publish")
    return OK


def begun(source: str, locale: Locale) -> str:
    """A words file with what is known of a language in the place of the copied language's own."""
    pattern = locale.date_formats["medium"].pattern
    day_first = pattern.find("d") < pattern.find("M")
    known = {
        "language": json.dumps(locale.language),
        "name": json.dumps(str(locale.get_display_name()).capitalize(), ensure_ascii=False),
        "spaces": "false" if locale.language in WITHOUT_SPACES else "true",
        "day_first": "true" if day_first else "false",
        "months": _named(locale.months, range(1, 13)),
        "weekdays": _named(locale.days, range(7)),
    }
    for key, value in known.items():
        line = rf"^{key} = (?:\[\n(?:  .*\n)+\]|\[.*\]|\S+)[^\n]*$"
        source = re.sub(line, f"{key} = {value}".replace("\\", "\\\\"), source, count=1, flags=re.MULTILINE)
    return source


def _named(tables: object, places: range) -> str:
    """``[["januar", "jan"], ...]``."""
    forms = tables["format"], tables["stand-alone"]  # type: ignore[index]
    rows = []
    for place in places:
        names = [form[width][place].rstrip(".").lower() for form in forms for width in ("wide", "abbreviated")]
        rows.append(json.dumps(list(dict.fromkeys(names)), ensure_ascii=False))
    return "[\n" + "".join(f"  {row},\n" for row in rows) + "]"
