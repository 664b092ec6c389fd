"""``after-sales template preview``: a letter as it would be, on the terminal, as a page, as a test to oneself.

A test letter belongs to no case: nothing is stored, it bears a made-up number, it answers nothing, and an answer to it
goes to whoever asked for it. It goes to the operator's own addresses only, those of ``[operator] test_address``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import OK
from bot.cli.operator_files import Files, files_options, open_letters, working_files
from bot.cli.show import heading, paint

if TYPE_CHECKING:
    from bot.config import Config
    from bot.core.model import Policy
    from bot.replies import Letters
    from bot.worker.preview import Preview

TEST_MARK = "[TEST]"


@click.command()
@click.argument("reply")
@click.argument("language", metavar="[LANG]", required=False)
@files_options
@click.option("--case", "number", help="With the facts of this case.")
@click.option("--story", help="With the facts of a story: its name, or its folder.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to look at in a browser.")
@click.option("--send", metavar="ADDRESS", help="Send it as a test, to an address of [operator] test_address.")
def preview(
    reply: str,
    language: str | None,
    config: Path | None,
    policy: Path | None,
    templates: Path | None,
    number: str | None,
    story: str | None,
    html: Path | None,
    send: str | None,
) -> int:
    """A letter as a customer would get it. Without a case or a story: everyday, shortest and longest facts.

    What a case does not tell yet is taken from samples and named.

    \b
    Examples:
      after-sales template preview details_needed
      after-sales template preview approved_repair de --case K7F3Q9 --html letter.html
      after-sales template preview received --story complete-repair-request
      after-sales template preview received --send me@example.com

    \b
    Exit codes: 0 shown; 1 there is no such case or story, or the server did not take the test; 2 no such
    letter or language, or an address that no test may go to; 3 the letter cannot be filled.
    """
    from bot.cli.template import known_language, known_letter

    if number and story:
        raise click.UsageError("Say --case or --story, not both.")
    files = working_files(config, policy, templates, logins=send is not None)
    recipient = _allowed(files.config, send) if send else ""
    rules, letters = open_letters(files)
    name = known_letter(reply)
    code = known_language(letters, language) if language else ""
    shown = _previews(files, rules, letters, name, code, number, story)
    for one in shown:
        heading(f"{one.draft.reply} ({one.draft.language}), {one.what}")
        if one.invented:
            click.echo(paint(f"not known of it, so from samples: {', '.join(one.invented)}", "unknown"))
        click.echo(f"Subject: {one.draft.subject}\n")
        click.echo(one.draft.text.rstrip())
    if html is not None:
        html.write_text(page(shown), encoding="utf-8")
        click.echo(f"\nwritten to {html}", err=True)
    if recipient:
        assert files.config is not None
        _send(files.config, letters, shown[0], recipient)
        click.echo(f"\nsent to {recipient} as a test; nothing was stored", err=True)
    return OK


def _previews(
    files: Files, rules: Policy, letters: Letters, name: str, code: str, number: str | None, story: str | None
) -> Sequence[Preview]:
    from bot.worker.preview import awkward
    from bot.worker.wiring import asks_of

    if number:
        return [_of_case(files, rules, letters, name, code, number)]
    if story:
        return [_of_story(files, rules, letters, name, code, story)]
    return awkward(letters, name, code or letters.default_language, asks_of(rules), rules)


def _of_case(files: Files, rules: Policy, letters: Letters, name: str, code: str, number: str) -> Preview:
    from bot.cli.cases import known
    from bot.store.engine import Store
    from bot.worker.preview import of_case
    from bot.worker.promised import desk_of
    from bot.worker.wiring import asks_of, wall_clock

    if files.config is None:
        raise click.UsageError("A case lies in a data folder: say which configuration with -c.")
    with Store(files.config.data.folder, prepare=False) as store:
        case = store.cases.snapshot(store.cases.id_of(known(store, number)))
        today = store.logical_now(wall_clock()).date()
    return of_case(letters, name, case, rules, desk_of(files.config), today, code, asks_of(rules))


def _of_story(files: Files, rules: Policy, letters: Letters, name: str, code: str, story: str) -> Preview:
    from bot.core.warranty.staff_facts import Desk
    from bot.errors import BotError
    from bot.explain import Setup, case_after, explain
    from bot.isolate import Reader
    from bot.worker.preview import of_case, of_reply
    from bot.worker.promised import desk_of
    from bot.worker.wiring import asks_of

    folder = _story_folder(story)
    mails = sorted(folder.glob("*-customer.eml"), key=lambda path: int(path.name.partition("-")[0]))
    if not mails:
        raise BotError(f"{folder} holds no mail of a customer")
    setup = Setup(files.policy, rules, letters, (rules.contact,))
    with Reader(files.policy) as reader:
        told = explain(mails, setup, reader)
    case = None
    for one in told:
        case = case_after(case, one.letter, one.decision)
        if one.decision.reply and one.decision.reply.name == name:
            return of_reply(letters, f"story {folder.name}", one.decision.reply, code)
    if case is None:
        raise BotError(f"{folder}: no mail of this story makes a case")
    desk = desk_of(files.config) if files.config else Desk()
    return of_case(letters, name, case, rules, desk, case.first_mail_on, code, asks_of(rules))


def _story_folder(story: str) -> Path:
    """A story of the working folder, or one that came with the program. Raises BotError with the nearest."""
    from bot.core.nearest import did_you_mean
    from bot.errors import BotError
    from bot.rehearsal.stories import packaged_stories

    if Path(story).is_dir():
        return Path(story)
    places = [place for place in (Path("stories"), packaged_stories()) if place.is_dir()]
    for place in places:
        if (place / story).is_dir():
            return place / story
    names = [path.name for place in places for path in place.iterdir() if path.is_dir()]
    raise BotError(f"there is no story {story}{did_you_mean(story, names)}")


# --- the page ------------------------------------------------------------------------------------

HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font-family: sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em }}
body {{ color: #1a1a1a; background: #f4f4f2 }}
section {{ background: #fff; border: 1px solid #ccc; border-radius: 6px; margin: 0 0 2em; padding: 1em 1.5em }}
h2 {{ font-size: 1em; color: #555; margin: 0 0 .6em }}
.subject {{ font-weight: bold; border-bottom: 1px solid #ddd; padding-bottom: .6em }}
.note {{ color: #8a5a00 }}
</style></head><body>
"""


def page(shown: Sequence[Preview]) -> str:
    """All previews on one page that needs nothing from elsewhere: each letter as its own HTML part has it."""
    from html import escape

    parts = [HEAD.format(title=escape(f"{shown[0].draft.reply} ({shown[0].draft.language})"))]
    for one in shown:
        body = one.draft.html.partition("<body")[2].partition(">")[2].partition("</body>")[0]
        note = f'<p class="note">From samples: {escape(", ".join(one.invented))}</p>' if one.invented else ""
        language = escape(one.draft.language)
        direction = "rtl" if 'dir="rtl"' in one.draft.html else "ltr"
        parts.append(
            f"<section><h2>{escape(one.draft.reply)} ({language}), {escape(one.what)}</h2>{note}"
            f'<p class="subject" lang="{language}">{escape(one.draft.subject)}</p>'
            f'<div lang="{language}" dir="{direction}">{body}</div></section>'
        )
    return "\n".join([*parts, "</body></html>\n"])


# --- a test letter -------------------------------------------------------------------------------


def _allowed(config: Config | None, address: str) -> str:
    """The address of a test. Raises UsageError for any that the configuration does not list as the operator's own."""
    wanted = address.strip().lower()
    listed = config.operator.test_address if config else ()
    if wanted in listed:
        return wanted
    if not listed:
        cure = 'write it into the configuration first: [operator] test_address = ["you@example.com"]'
    else:
        cure = f"a test may go to {', '.join(listed)}"
    raise click.UsageError(f'No test goes to "{address}": {cure}.')


def _send(config: Config, letters: Letters, shown: Preview, recipient: str) -> None:
    import secrets
    from dataclasses import replace

    from bot.mail.compose import compose
    from bot.mail.smtp import Sender
    from bot.replies.samples import CASE
    from bot.worker.promised import sender_of
    from bot.worker.wiring import smtp_settings, wall_clock

    # A real number in a subject would lead an answer into its case.
    draft = letters.render(shown.reply, CASE)
    raw = compose(
        replace(draft, subject=f"{TEST_MARK} {draft.subject}"),
        sender=sender_of(config),
        recipient=recipient,
        message_id=f"<test.{secrets.token_hex(16)}@{config.address.domain}>",
        in_reply_to="",
        references=(),
        sent_at=wall_clock(),
        automatic=True,
        reply_to=recipient,
    )
    with Sender(smtp_settings(config)) as server:
        server.send(raw, sender=config.address.sender, recipient=recipient, on_payload=lambda: None)
