"""``after-sales rehearse``: past mail through the live files and through changed ones, before anybody gets a letter."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import ATTENTION, OK
from bot.cli.bar import Bar
from bot.cli.show import heading, paint, table, wrap

if TYPE_CHECKING:
    from bot.config import Config
    from bot.editions.contents import Folders
    from bot.rehearsal import PastCase, Progress, Report, Ways
    from bot.rehearsal.model import Outcome

STOPPED = 130
USUAL = timedelta(days=90)
SHOWN = 12  # changes on the terminal; the page has them all
SPANS = {"d": 1, "w": 7, "m": 30, "y": 365}
CONFIG = Path("config.toml")


def _since(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """``90d``, ``12w`` or a day."""
    if value is None:
        return None
    text = value.strip().lower()
    if match := re.fullmatch(r"(\d{1,4})([dwmy])", text):
        return datetime.now(UTC) - timedelta(days=int(match[1]) * SPANS[match[2]])
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as error:
        raise click.BadParameter(f'"{value}" is no time; write 90d, 12w or a day like 2025-03-14') from error


@click.command()
@click.argument("mails", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--policy", type=click.Path(path_type=Path), help="The policy folder to try; the working one otherwise.")
@click.option("--templates", type=click.Path(path_type=Path), help="The templates folder to try; likewise.")
@click.option("--since", callback=_since, help="Mails of the database since then: 90d (the default), 12w, 2025-03-14.")
@click.option(
    "--stories", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Golden stories to hold; otherwise those of the program, and yours in stories/ beside the configuration.",
)  # fmt: skip
@click.option("--no-stories", is_flag=True, help="Leave the golden stories out: quicker, and says less.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the whole report as a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a mail that changes, and one for the whole.")
@click.option(
    "-c", "--config", type=click.Path(path_type=Path), help="The configuration file; config.toml if it is there."
)
def rehearse(
    mails: tuple[Path, ...],
    policy: Path | None,
    templates: Path | None,
    since: datetime | None,
    stories: Path | None,
    no_stories: bool,
    html: Path | None,
    as_json: bool,
    config: Path | None,
) -> int:
    """Who would have got something else? Past mail through the live files and through the changed ones.

    The live edition is compared with the working files, or with the folders that are named; before anything was
    published, with the files that came with the program. Mails are those of the database, or the files, folders and
    Maildirs named as MAILS. Then the golden stories must still come out as they are told. Nothing is sent, nothing is
    stored; Ctrl-C ends it with what it has.

    \b
    Examples:
      after-sales rehearse -c my-desk/config.toml
      after-sales rehearse --since 30d --html report.html
      after-sales rehearse --policy try/policy ~/Maildir

    \b
    Exit codes: 0 nothing breaks, whatever changes; 1 a golden story no longer holds, or a letter
    can no longer be written; 2 wrong use; 3 the new files cannot be used; 130 stopped.
    """
    from bot.config import load_config
    from bot.rehearsal import Ways
    from bot.rehearsal import rehearse as replay
    from bot.rehearsal.past import from_database, from_files, ways_of
    from bot.rehearsal.replay import open_pair
    from bot.rehearsal.rows import mail_row, report_row

    if stories and no_stories:
        raise click.UsageError("--stories and --no-stories exclude each other")
    if mails and since:
        raise click.UsageError("--since is about the mails of the database: give it, or name mails")
    if config is None and CONFIG.is_file():
        config = CONFIG
    loaded = load_config(config, logins=False) if config else None
    if loaded is None and not mails:
        raise click.UsageError("name mails to replay, or a configuration whose database holds them (-c)")
    old, new = _folders(loaded, policy, templates)
    pair = open_pair(old, new, loaded)
    ways = ways_of(loaded) if loaded else Ways()
    golden = [] if no_stories else _stories(stories, config, ways)
    cases: list[PastCase]
    if mails or loaded is None:
        cases = from_files(mails)
    else:
        cases = from_database(loaded.data.folder, since or datetime.now(UTC) - USUAL)
    bar = Bar("Replaying", "mails")

    def told(progress: Progress) -> None:
        note = f"{progress.changed:,} changed" if progress.changed else ""
        bar.update(progress.done, progress.total, progress.seconds, note)

    def line(outcome: Outcome) -> None:
        if outcome.changes or outcome.trouble:
            click.echo(json.dumps(mail_row(outcome), ensure_ascii=False))

    try:
        report = replay(
            old, new, cases, ways=ways, stories=golden, pair=pair, progress=told, each=line if as_json else None
        )
    finally:
        bar.close()
    if html:
        _write(html, report)
    if as_json:
        click.echo(json.dumps(report_row(report), ensure_ascii=False))
    else:
        _show(report, html)
    return STOPPED if report.stopped else ATTENTION if report.breaks else OK


def _folders(config: Config | None, policy: Path | None, templates: Path | None) -> tuple[Folders, Folders]:
    """The live files and those to try."""
    from bot.config import default_folder
    from bot.editions.contents import Folders
    from bot.rehearsal.live import live_folders

    ours = Folders(policy=default_folder("policy"), templates=default_folder("templates"))
    working = Folders(policy=config.policy.folder, templates=config.templates.folder) if config else ours
    live = live_folders(config) if config else None
    named = bool(policy or templates)
    old = live or (working if named else ours)
    new = Folders(policy=policy or working.policy, templates=templates or working.templates)
    if (old.policy.resolve(), old.templates.resolve()) == (new.policy.resolve(), new.templates.resolve()):
        raise click.UsageError("both sides are the same folders; name what to try with --policy or --templates")
    return old, new


def _stories(named: Path | None, config: Path | None, ways: Ways) -> list[PastCase]:
    from bot.rehearsal.stories import packaged_stories, stories_in

    if named:
        return stories_in(named, ways)
    own = config.absolute().parent / "stories" if config else None
    return stories_in(packaged_stories()) + (stories_in(own, ways) if own and own.is_dir() else [])


def _write(path: Path, report: Report) -> None:
    """For the operator's eyes: letters hold what customers told."""
    from bot.rehearsal.page import page

    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(page(report))
    except OSError as error:
        raise click.FileError(str(path), error.strerror or "") from error


def _show(report: Report, html: Path | None) -> None:
    from bot.rehearsal.wording import counted, excerpt, group_in_words, stories_in_words, story_problems, totals

    if report.stopped:
        click.echo(paint("Stopped before its end; this is what was replayed until then.", "unknown"))
    heading("Mails")
    for name, value in totals(report):
        click.echo(f"  {name:<36} {value}")
    if report.rules:
        heading("Checks that come out differently")
        rows = [[r.rule, r.before or "not looked at", r.after or "not looked at", f"{r.mails:,}"] for r in report.rules]
        table(rows[:SHOWN], ["rule", "before", "after", "mails"])
    moved = [[was or "none", is_ or "none", f"{count:,}"] for was, is_, count in report.services if was != is_]
    if moved:
        heading("Services")
        table(moved, ["before", "after", "mails"])
    if report.groups:
        heading("What changes, the most telling first")
    for group in report.groups[:SHOWN]:
        for number, words in enumerate(wrap(f"{counted(len(group.mails), 'mail')}: {group_in_words(group)}", 96)):
            click.echo(f"  {'' if not number else '  '}{words}")
        was, is_ = excerpt(group.shown)
        if was or is_:
            click.echo(f"    {paint(f'- {was}', 'failed')}\n    {paint(f'+ {is_}', 'passed')}")
        click.echo(f"    {paint(f'such as {group.shown.mail.name}', 'faint')}")
    if (left := len(report.groups) - SHOWN) > 0:
        click.echo(f"  and {counted(left, 'more change')}: --html shows them all")
    for name, reason in report.failed[:SHOWN]:
        click.echo(f"  not replayed: {name}: {reason}")
    for name, reason in report.unreadable[:SHOWN]:
        click.echo(f"  cannot be read: {name}: {reason}")
    heading("Golden stories")
    click.echo(f"  {stories_in_words(report)}")
    for problem in story_problems(report.stories):
        click.echo(f"  {paint('broken', 'failed')} {problem}")
    if html:
        click.echo(f"\nThe whole report: {html}")
