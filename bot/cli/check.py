"""``after-sales check``: try everything the bot needs, and say in plain words what was found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from bot.cli import ATTENTION, OK
from bot.cli.run import CONFIG
from bot.cli.show import paint
from bot.config import Config, config_problems, load_config, load_policy
from bot.errors import BotError, ProblemsError

MIB = 1 << 20
NAMED = 10  # changed files that are named


@dataclass(frozen=True)
class Finding:
    """One thing tried: whether it is well, and the sentences to say."""

    what: str
    good: bool
    says: tuple[str, ...]


@click.command()
@CONFIG
@click.option("--offline", is_flag=True, help="Do not connect to any server.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def check(config: Path, offline: bool, as_json: bool) -> int:
    """Try everything: configuration, policy, letters, disk, mailbox login and folders, mail server login.

    Nothing is sent, moved or stored.

    \b
    Examples:
      after-sales check
      after-sales check --offline -c my-desk/config.toml

    \b
    Exit codes: 0 all is well; 1 something must be put right; 3 the configuration cannot be used at all.
    """
    loaded = load_config(config)
    findings = [_try(what, trial, loaded) for what, trial in TRIALS if not (offline and what in ONLINE)]
    if as_json:
        rows = [{"what": f.what, "good": f.good, "says": list(f.says)} for f in findings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for found in findings:
            mark = paint("ok ", "passed") if found.good else paint("NOT", "failed")
            click.echo(f"{mark}  {found.what}: {found.says[0]}")
            for line in found.says[1:]:
                click.echo(f"       {line}")
    return OK if all(f.good for f in findings) else ATTENTION


def _try(what: str, trial: Callable[[Config], Iterator[str]], config: Config) -> Finding:
    try:
        return Finding(what, True, tuple(trial(config)) or ("fine",))
    except ProblemsError as error:
        count = len(error.problems)
        return Finding(what, False, (f"{count} problem{'s' if count != 1 else ''}", *error.problems))
    except (BotError, OSError) as error:
        return Finding(what, False, (str(error),))


# --- what is tried ------------------------------------------------------------------------------


def _configuration(config: Config) -> Iterator[str]:
    yield f"mailbox {config.mailbox.name} ({config.mailbox.type}), letters come from {config.address.sender}"


def _policy(config: Config) -> Iterator[str]:
    from bot.errors import ConfigError

    policy = load_policy(config.policy.folder)
    if problems := config_problems(config, policy):
        raise ConfigError(problems)
    open_ = sum(q.until_decided == "staff" for q in policy.open_questions)
    yield (
        f"{len(policy.services)} services, {len(policy.platforms)} shops, {len(policy.models)} models, "
        f"{len(policy.words)} languages read; {open_} open questions go to staff"
    )


def _contradictions(config: Config) -> Iterator[str]:
    from bot.core.warranty.contradictions import contradictions, open_questions_for_staff
    from bot.errors import PolicyError

    policy = load_policy(config.policy.folder)
    if found := contradictions(policy):
        raise PolicyError(found)
    known = open_questions_for_staff(policy)
    yield f"none but the {len(known)} open questions that staff decides until KOSPET does"
    yield from known


def _letters(config: Config) -> Iterator[str]:
    from bot.replies import Letters
    from bot.worker.wiring import asks_of

    policy = load_policy(config.policy.folder)
    letters = Letters(config.templates.folder, policy.default_language)
    letters.check(asks=asks_of(policy))
    yield f"every letter is fine in {', '.join(letters.languages)}"


def _edition(config: Config) -> Iterator[str]:
    from bot.editions.shelf import Shelf
    from bot.editions.working import unpublished
    from bot.errors import EditionError
    from bot.store.engine import DATABASE, Store

    if not (config.data.folder / DATABASE).is_file():
        yield "none yet; the first start publishes these files"
        return
    with Store(config.data.folder, prepare=False) as store:
        live = store.editions.live()
        if live is None:
            yield "none yet; the next start publishes these files"
            return
        try:
            Shelf(store.folder).read(live.hash)
        except EditionError as error:
            raise EditionError(f"{error}; bring it back from a backup, or publish anew: after-sales publish") from error
        yield f"edition {live.number} is live, published by {live.author} on {live.published_at:%Y-%m-%d}"
        found = unpublished(store, config)
        if found is not None:
            yield f"{found.sentence}: after-sales publish"
            yield from (f"{how} {file}" for file, how in found.changes[:NAMED])
            if len(found.changes) > NAMED:
                yield f"and {len(found.changes) - NAMED} more"


def _disk(config: Config) -> Iterator[str]:
    from bot.errors import StoreError

    folder = config.data.folder
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // MIB
    wanted = max(config.limits.min_free_mb, 5 * config.limits.max_mail_mb)
    if free < wanted:
        raise StoreError(f"only {free} MB are free at {folder}; {wanted} MB are needed, or mail waits on the server")
    yield f"{free} MB are free at {folder}"


def _database(config: Config) -> Iterator[str]:
    from bot.store.engine import DATABASE, Store

    if not (config.data.folder / DATABASE).is_file():
        yield "there is none yet; the first start makes it"
        return
    with Store(config.data.folder, prepare=False) as store:
        store.check()
        alerts = store.alerts.open()
        yield f"sound, {len(store.cases.list(limit=1_000_000))} cases"
        for alert in alerts:
            yield f"alert since {alert['since']}: {alert['text']}"


def _desk(config: Config) -> Iterator[str]:
    from bot.desk.serve import address_of
    from bot.errors import DeskError
    from bot.store.engine import DATABASE, Store

    where = address_of(config.desk)
    people = []
    if (config.data.folder / DATABASE).is_file():
        with Store(config.data.folder, prepare=False) as store:
            people = [row for row in store.people.every() if not row["disabled"]]
    if config.desk.enabled and not people:
        raise DeskError('it is enabled, and nobody can sign in; let somebody in with "after-sales user add"')
    served = f"served by after-sales run at {where}" if config.desk.enabled else "off in after-sales run"
    yield f"{served}; {len(people)} {'person' if len(people) == 1 else 'people'} can sign in"


def _mailbox(config: Config) -> Iterator[str]:
    from bot.mail.inbox import open_inbox
    from bot.worker.wiring import inbox_settings

    with open_inbox(inbox_settings(config)) as inbox:
        inbox.open()
        count = len(inbox.list())
        folders = config.folders
        inbox.prepare([f for f in (folders.done, folders.quarantine, folders.oversize, folders.echo) if f])
        yield f"logged in, {count} mails in the inbox, folders can be used"


def _mail_server(config: Config) -> Iterator[str]:
    from bot.mail.smtp import Sender
    from bot.worker.wiring import smtp_settings

    with Sender(smtp_settings(config)) as sender:
        sender.open()
        yield f"{config.smtp.host}:{config.smtp.port} takes our login"


TRIALS: tuple[tuple[str, Callable[[Config], Iterator[str]]], ...] = (
    ("configuration", _configuration),
    ("policy", _policy),
    ("contradictions", _contradictions),
    ("letters", _letters),
    ("edition", _edition),
    ("disk", _disk),
    ("database", _database),
    ("desk", _desk),
    ("mailbox", _mailbox),
    ("mail server", _mail_server),
)
ONLINE = ("mailbox", "mail server")
