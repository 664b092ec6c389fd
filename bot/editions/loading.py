"""From a row to policy and letters: the stored copy is compared with its hash, then read into memory whole.

A copy that is gone, damaged, or fits this program no more is not used: the last good edition stays, and an operator
is told which file is meant and what to do. Where the working files still hold the same contents a damaged copy is
made anew from them, for then nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot import __version__
from bot.config import Config, default_folder
from bot.core.model import Policy
from bot.editions.checking import Checked, check_set, open_set
from bot.editions.contents import Contents, Folders, read_contents
from bot.editions.publishing import (
    FIRST_START,
    WITH_THE_PROGRAM,
    Published,
    publish,
    working_folders,
)
from bot.editions.shelf import Shelf
from bot.errors import BotError, EditionError, NothingToPublish, ProblemsError
from bot.replies import Letters
from bot.store.editions import Edition
from bot.store.engine import Store
from bot.store.states import EditionKind

ALERT = "edition"
MOST_TRIED = 10  # editions that are tried at a start, the newest first


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What the bot works with."""

    edition: Edition | None
    """None: the working files, where nothing was published yet"""
    policy: Policy
    letters: Letters
    folders: Folders


def load(store: Store, config: Config, edition: Edition) -> Loaded:
    """One edition. Every letter was looked at when it was published; another version of the program looks again.

    Raises EditionError when the stored copy cannot be used, and as ``check_set`` does when it fits no more.
    """
    shelf = Shelf(store.folder)
    contents = _read_or_mend(shelf, config, edition)
    templates = shelf.folders(edition.hash).templates
    if edition.program != __version__:
        checked = check_set(contents, templates, config)
    else:
        checked = open_set(contents, templates)
    return _loaded(shelf, edition, checked)


def load_at_start(store: Store, config: Config, now: datetime) -> Loaded:
    """For a bot that starts: the newest edition that is good; the first start publishes, which checks everything.

    Raises PolicyError, TemplateError and ConfigError when nothing can be used at all.
    """
    shelf = Shelf(store.folder)
    with shelf.locked(wait=False) as alone:
        if alone:
            shelf.sweep(store.editions.hashes())
    made = _publish_at_start(store, config, now)
    if made is not None:
        return _loaded(shelf, made.edition, made.checked)
    return _newest_good(store, config, now)


def load_newest(store: Store, config: Config, now: datetime) -> Loaded:
    """The newest edition that is good; an alert tells of a newer one that is not. Raises as ``load`` does."""
    return _newest_good(store, config, now)


def load_beside(store: Store, config: Config, now: datetime) -> Loaded:
    """For a person's action or the desk, beside a bot: the newest good edition, else the working files.

    Raises PolicyError, TemplateError and EditionError.
    """
    if store.editions.live_number() is None:
        folders = working_folders(config)
        checked = open_set(read_contents(folders), folders.templates)
        return Loaded(edition=None, policy=checked.policy, letters=checked.letters, folders=folders)
    return _newest_good(store, config, now)


def tell(store: Store, text: str, now: datetime) -> None:
    """Tell the operator that an edition cannot be used; an empty text ends it."""
    if text:
        store.alerts.report(ALERT, text, now)
    else:
        store.alerts.acknowledge(ALERT)


def why_not(edition: Edition, error: BotError, instead: str) -> str:
    """Why an edition is not in use, with the cure."""
    told = error.problems[0] if isinstance(error, ProblemsError) else str(error)
    return (
        f"Edition {edition.number} cannot be used: {told}. {instead}"
        " Bring the folder back from a backup, or publish anew: after-sales publish"
    )


def _newest_good(store: Store, config: Config, now: datetime) -> Loaded:
    failed: tuple[Edition, BotError] | None = None
    for edition in _distinct(store.editions.every()):
        try:
            loaded = load(store, config, edition)
        except (EditionError, ProblemsError) as error:
            failed = failed or (edition, error)
            continue
        tell(store, why_not(*failed, f"Edition {edition.number} is in use instead.") if failed else "", now)
        return loaded
    assert failed is not None
    tell(store, why_not(*failed, "No earlier one can be used either."), now)
    raise failed[1]


def _distinct(editions: list[Edition]) -> Iterator[Edition]:
    """The newest of each contents, the newest first, not all of a long history."""
    seen: dict[str, Edition] = {}
    for edition in editions:
        seen.setdefault(edition.hash, edition)
    yield from list(seen.values())[:MOST_TRIED]


def _publish_at_start(store: Store, config: Config, now: datetime) -> Published | None:
    """The first edition; and what came with a new program, where the operator keeps no files of his own."""
    live = store.editions.live()
    if live is None:
        return publish(store, config, FIRST_START, "", now, kind=EditionKind.FIRST)
    if not _is_of_the_program(config) or live.kind is EditionKind.ROLLBACK:
        return None
    with suppress(NothingToPublish, ProblemsError):
        return publish(store, config, f"after-sales {__version__}", WITH_THE_PROGRAM, now, expected=live.number)
    return None


def _is_of_the_program(config: Config) -> bool:
    folders = working_folders(config)
    return folders.policy == default_folder("policy") and folders.templates == default_folder("templates")


def _read_or_mend(shelf: Shelf, config: Config, edition: Edition) -> Contents:
    try:
        return shelf.read(edition.hash)
    except EditionError:
        contents = _same_in_working_files(config, edition)
        if contents is None:
            raise
        with shelf.locked():
            shelf.keep(shelf.lay(contents), edition.hash)
        return contents


def _same_in_working_files(config: Config, edition: Edition) -> Contents | None:
    try:
        contents = read_contents(working_folders(config))
    except ProblemsError:
        return None
    return contents if contents.hash == edition.hash else None


def _loaded(shelf: Shelf, edition: Edition, checked: Checked) -> Loaded:
    return Loaded(edition=edition, policy=checked.policy, letters=checked.letters, folders=shelf.folders(edition.hash))
