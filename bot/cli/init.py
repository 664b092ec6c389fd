"""``after-sales init``: a working folder that an operator understands at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from bot.cli import ATTENTION, OK
from bot.cli.show import heading

# what is laid out, and what it is for
CONTENTS = (
    ("config.toml", "mailbox, sender, limits: every setting with its default and a sentence"),
    ("policy/", "the warranty as tables: services, windows, exclusions, shops, models, carriers, words"),
    ("templates/", "the letters, one folder a language; phrases.toml holds the short ones"),
    ("data/", "database, mails and files; made by the bot, never edited by hand"),
)


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
def init(directory: Path) -> int:
    """Lay out a working folder: config, policy and templates to edit. Existing files are never overwritten.

    \b
    Examples:
      after-sales init my-desk

    \b
    Exit codes: 0 laid out; 1 some files were there already and stayed as they are.
    """
    kept = lay_out(directory)
    heading(f"{directory}/")
    for name, line in CONTENTS:
        click.echo(f"  {name:<14} {line}")
    for path in kept:
        click.echo(f"  kept as it was: {path}")
    heading("Next")
    click.echo(f"  1. write your servers and addresses into {directory / 'config.toml'}")
    click.echo(f"  2. after-sales check -c {directory / 'config.toml'}")
    click.echo(f"  3. after-sales once -c {directory / 'config.toml'}     (a dry run)")
    return ATTENTION if kept else OK


def lay_out(directory: Path) -> list[Path]:
    """Copy what is missing; the files that were there already and stayed."""
    from bot.config import default_folder

    directory.mkdir(parents=True, exist_ok=True)
    kept: list[Path] = []
    for name in ("policy", "templates"):
        source = default_folder(name)
        for file in sorted(f for f in source.rglob("*") if f.is_file()):
            _copy(file, directory / name / file.relative_to(source), kept)
    example = default_folder("policy").parent / "config.example.toml"
    if not example.is_file():
        example = default_folder("policy").parent / "_config.example.toml"
    target = directory / "config.toml"
    if target.exists():
        kept.append(target)
    else:
        text = example.read_text(encoding="utf-8")
        target.write_text(_own_folders(text), encoding="utf-8")
        target.chmod(0o600)
    return kept


def _own_folders(text: str) -> str:
    """The example with its policy and templates folders pointing at the ones beside it."""
    lines, section = [], ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip()
        if section in ("[policy]", "[templates]") and line.startswith("folder ="):
            line = f'folder = "{section.strip("[]")}"'
        lines.append(line)
    return "\n".join(lines) + "\n"


def _copy(source: Path, target: Path, kept: list[Path]) -> None:
    if target.exists():
        if target.read_bytes() != source.read_bytes():
            kept.append(target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
