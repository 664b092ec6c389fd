"""Publishing: the working files are read once, copied, checked whole, and made live by one row in the database.

Each step leaves either nothing or something the next one sweeps: a copy under a temporary name, a copy under its hash
that no row knows. Only the row makes an edition live, and it is written last. Going back to an earlier edition is a
new row too, so that the history tells it.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import __version__
from bot.config import Config
from bot.editions.checking import Checked, check_set
from bot.editions.contents import Contents, Folders, differences, read_contents
from bot.editions.shelf import Shelf, write_files
from bot.errors import EditionError, NothingToPublish, Overtaken, ProblemsError
from bot.store.editions import Edition
from bot.store.engine import Store
from bot.store.states import EditionKind

FIRST_START = "first start"
WITH_THE_PROGRAM = "came with the program"


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A new live edition and what it was checked as."""

    edition: Edition
    contents: Contents
    checked: Checked


def working_folders(config: Config) -> Folders:
    """What an operator edits."""
    return Folders(policy=config.policy.folder, templates=config.templates.folder)


def publish(
    store: Store,
    config: Config,
    author: str,
    note: str,
    now: datetime,
    *,
    folders: Folders | None = None,
    expected: int | None = None,
    kind: EditionKind = EditionKind.PUBLISH,
) -> Published:
    """Make the working files, or other ``folders``, the live edition.

    ``expected`` is the live edition that was looked at before: when somebody published meanwhile nothing happens.
    Raises PolicyError, TemplateError and ConfigError with all problems, NothingToPublish, Overtaken, StoreError; then
    the live edition stays what it was.
    """
    folders = folders or working_folders(config)
    shelf = Shelf(store.folder)
    with shelf.locked():
        shelf.sweep(store.editions.hashes())
        contents = read_contents(folders)
        live = store.editions.live()
        if live and expected is not None and live.number != expected:
            raise Overtaken(f"edition {live.number} was published meanwhile by {live.author}: look at it first")
        if live and live.hash == contents.hash and shelf.is_sound(live.hash):
            raise NothingToPublish(f"nothing to publish: edition {live.number} is live and holds the same files")
        fresh = shelf.lay(contents)
        try:
            checked = _checked(contents, fresh, folders, config)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        shelf.keep(fresh, contents.hash)
        if live and live.hash == contents.hash:
            raise NothingToPublish(
                f"nothing to publish: edition {live.number} is live and holds the same files;"
                " its stored copy was damaged and is whole again"
            )
        edition = store.editions.add(
            hash_=contents.hash,
            author=author,
            note=note,
            now=now,
            kind=kind,
            program=__version__,
            files=len(contents.files),
            changed=_changed(shelf, live, contents),
        )
    return Published(edition=edition, contents=contents, checked=checked)


def rehearse_publish(config: Config, folders: Folders | None = None) -> Contents:
    """Everything that ``publish`` checks, with nothing stored. Raises as it does."""
    folders = folders or working_folders(config)
    contents = read_contents(folders)
    with tempfile.TemporaryDirectory(prefix="after-sales-") as place:
        copy = Path(place) / "copy"
        write_files(copy, contents)
        _checked(contents, copy, folders, config)
    return contents


def roll_back(store: Store, config: Config, number: int | None, author: str, note: str, now: datetime) -> Published:
    """Make the files of an earlier edition live again, by default those before the live ones.

    The working files stay as they are. Raises EditionError when there is nothing to go back to or its stored copy is
    gone or damaged, NothingToPublish when those files are live, and as ``publish`` does when they fit no more.
    """
    shelf = Shelf(store.folder)
    with shelf.locked():
        live = store.editions.live()
        if live is None:
            raise EditionError("nothing was published yet: there is nothing to go back to")
        target = store.editions.get(number) if number is not None else before(store, live)
        if target.hash == live.hash:
            raise NothingToPublish(f"edition {live.number} is live and holds the files of edition {target.number}")
        contents = shelf.read(target.hash)
        checked = check_set(contents, shelf.folders(target.hash).templates, config)
        edition = store.editions.add(
            hash_=target.hash,
            author=author,
            note=note,
            now=now,
            kind=EditionKind.ROLLBACK,
            back_to=target.stands_at,
            program=__version__,
            files=len(contents.files),
            changed=_changed(shelf, live, contents),
        )
    return Published(edition=edition, contents=contents, checked=checked)


def before(store: Store, live: Edition) -> Edition:
    """The edition one step back: the newest before the live files that holds others. Raises EditionError."""
    found = (e for e in store.editions.every() if e.number < live.stands_at and e.hash != live.hash)
    target = next(found, None)
    if target is None:
        raise EditionError(f"there is no edition before {live.stands_at}: there is nothing to go back to")
    return target


def _checked(contents: Contents, copy: Path, named: Folders, config: Config) -> Checked:
    """The check of a copy; what it finds is told of the files it was made from."""
    try:
        return check_set(contents, copy / "templates", config)
    except ProblemsError as error:
        told = [p.replace(str(copy / "templates"), str(named.templates)) for p in error.problems]
        raise type(error)(told) from error


def _changed(shelf: Shelf, live: Edition | None, contents: Contents) -> tuple[tuple[str, str], ...]:
    """What is other than in the live edition; nothing can be said of a copy that is damaged."""
    try:
        return differences(shelf.read(live.hash).files, contents.files) if live else ()
    except EditionError:
        return ()
