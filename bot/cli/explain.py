"""``after-sales explain``: what the bot would do with a mail, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import ATTENTION, OK, USAGE
from bot.cli.show import heading, paint, progress

if TYPE_CHECKING:
    from bot.config import Config
    from bot.explain import Explanation, Setup


@click.command()
@click.argument("mails", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for the case after the last mail.")
@click.option(
    "--each", is_flag=True, help="Every mail is a case of its own: one JSON line a mail; folders and Maildirs too."
)
@click.option(
    "-c", "--config", type=click.Path(path_type=Path), help="Use the policy and templates of this config.toml."
)
@click.option("--policy", type=click.Path(path_type=Path), help="Policy folder; the built-in one otherwise.")
@click.option("--templates", type=click.Path(path_type=Path), help="Templates folder; the built-in one otherwise.")
@click.option("--edition", type=int, help="Use the files of this published edition; needs -c.")
def explain(
    mails: tuple[Path, ...],
    as_json: bool,
    each: bool,
    config: Path | None,
    policy: Path | None,
    templates: Path | None,
    edition: int | None,
) -> int:
    """What the bot would do with a mail, and why. Nothing is sent, nothing is stored.

    Several mails are one case, oldest first; each is taken at the time of its Date header.

    \b
    Examples:
      after-sales explain mail.eml
      after-sales explain first.eml second.eml --json
      after-sales explain --each ~/Maildir > rows.jsonl
      after-sales explain mail.eml --edition 3 -c my-desk/config.toml

    \b
    Exit codes: 0 explained; 1 a mail could not be read, or there is no such edition; 2 --edition without -c;
    3 policy or templates cannot be used.
    """
    from bot.explain import as_row, mail_files
    from bot.explain import explain as explain_mails
    from bot.isolate import Reader

    if edition is not None and config is None:
        click.echo("--edition needs the configuration of its data folder: -c config.toml", err=True)
        return USAGE
    setup = _setup(config, policy, templates, edition)
    if each:
        return _each(mail_files(mails), setup)
    with Reader(setup.policy_folder) as reader:
        explained = explain_mails(mails, setup, reader)
    if as_json:
        click.echo(json.dumps(as_row(explained[-1]), ensure_ascii=False, indent=1))
    else:
        for number, one in enumerate(explained, 1):
            _report(one, setup, number if len(explained) > 1 else 0)
    return OK


def _setup(config: Path | None, policy: Path | None, templates: Path | None, edition: int | None) -> Setup:
    from bot.config import default_folder, load_config
    from bot.explain import open_setup

    own: tuple[str, ...] = ()
    if config:
        loaded = load_config(config, logins=False)
        if edition is not None:
            policy, templates = _published(loaded, edition)
        policy = policy or loaded.policy.folder
        templates = templates or loaded.templates.folder
        own = loaded.address.own
    return open_setup(policy or default_folder("policy"), templates or default_folder("templates"), own)


def _published(config: Config, edition: int) -> tuple[Path, Path]:
    """The folders of an edition. Raises StoreError and EditionError."""
    from bot.editions.shelf import Shelf
    from bot.store.engine import Store

    with Store(config.data.folder, prepare=False) as store:
        shelf, hash_ = Shelf(store.folder), store.editions.get(edition).hash
        shelf.read(hash_)
    return shelf.folders(hash_).policy, shelf.folders(hash_).templates


def _each(files: list[Path], setup: Setup) -> int:
    from bot.explain import explain_each

    bad = 0
    for row in progress(explain_each(files, setup), len(files), "Reading"):
        bad += "error" in row
        click.echo(json.dumps(row, ensure_ascii=False))
    return ATTENTION if bad else OK


# --- the readable report ------------------------------------------------------------------------

# What is shown of the findings, in this order; the rest is in --json.
SHOWN = (
    "order_number",
    "platform",
    "seller",
    "model",
    "purchase_date",
    "delivery_date",
    "tracking_number",
    "symptom",
    "tried",
    "evidence",
    "condition",
    "wish",
    "flag",
)
MARKS = {"passed": "✓", "failed": "✗", "unknown": "?"}


def _report(one: Explanation, setup: Setup, number: int) -> None:
    decision, draft = one.decision, one.draft
    if number:
        heading(f"Mail {number}")
    heading(f"{decision.kind}, language {decision.language}")
    if decision.automatic:
        click.echo(f"  a machine wrote it: {decision.automatic.reason} (rule {decision.automatic.rule})")
    heading("Found")
    for name in SHOWN:
        for found in {(f.value, f.place): f for f in decision.details.all(name)}.values():
            words = " ".join(found.words.split())
            quote = f'"{words[:50]}{"…" if len(words) > 50 else ""}"' if words else found.note
            sure = "" if found.confidence >= 0.5 else paint("  not sure", "unknown")
            click.echo(f"  {name:<16} {found.value:<26} {paint(f'{found.place}: {quote}', 'faint')}{sure}")
    if decision.missing:
        heading("Missing")
        click.echo("  " + ", ".join(decision.missing))
    if decision.verdict.service is not None:
        heading(f"Service if all that is true: {decision.verdict.service}")
        for check in decision.verdict.checks:
            mark = paint(f"{MARKS[check.outcome]} {check.outcome:<8}", check.outcome)
            words = " ".join(check.words.split())[:48]
            click.echo(f"  {mark} {check.rule:<36} {check.clause:<24} {paint(words, 'faint')}".rstrip())
    if decision.flags:
        heading("Flags")
        click.echo("  " + ", ".join(decision.flags))
    heading(f"Then: {decision.state}, next is {decision.next_actor}")
    if decision.doubt:
        language = setup.letters.default_language
        click.echo(
            f"  for staff: {setup.letters.phrase(language, f'doubt.{decision.doubt.id}', **decision.doubt.facts)}"
        )
    if draft is None:
        click.echo(f"  no reply: {decision.silence}")
        return
    heading(f"Reply: {draft.reply} ({draft.language})")
    click.echo(f"  Subject: {draft.subject}")
    click.echo()
    for line in draft.text.rstrip().splitlines():
        click.echo(f"  {line}".rstrip())
