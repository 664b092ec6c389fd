"""The files of an edition back into the working folders, when an operator asks for it and never otherwise.

Only what an edition holds is touched: notes and other files in the working folders stay. Each file is written beside
its place and renamed, so that nobody who looks meanwhile finds half of one.
"""

from __future__ import annotations

import os
from pathlib import Path

from bot.config import Config, default_folder
from bot.editions.contents import POLICY, REMOVED, TEMPLATES, differences, read_contents
from bot.editions.publishing import working_folders
from bot.editions.shelf import Shelf
from bot.errors import EditionError, ProblemsError, StoreError
from bot.store.editions import Edition
from bot.store.engine import Store


def would_lose(store: Store, config: Config) -> tuple[tuple[str, str], ...]:
    """What the working files hold that no edition does: ``(file, changed | added | removed)`` against the live one."""
    try:
        contents = read_contents(working_folders(config))
    except ProblemsError:
        return ()
    if contents.hash in store.editions.hashes():
        return ()
    live = store.editions.live()
    try:
        kept = Shelf(store.folder).read(live.hash).files if live else {}
    except EditionError:
        kept = {}
    return differences(kept, contents.files)


def restore(store: Store, config: Config, edition: Edition) -> tuple[tuple[str, str], ...]:
    """Make the working files those of the edition; what was changed. Raises EditionError and StoreError."""
    folders = working_folders(config)
    homes = {POLICY: folders.policy, TEMPLATES: folders.templates}
    for half, folder in homes.items():
        if folder == default_folder(half):
            raise StoreError(
                f"the {half} folder is the one that came with the program; lay out your own: after-sales init"
            )
    wanted = Shelf(store.folder).read(edition.hash).files
    try:
        there = read_contents(folders).files
    except ProblemsError:
        there = {}
    changes = differences(there, wanted)
    try:
        for name, how in changes:
            half, _, rest = name.partition("/")
            place = homes[half] / rest
            if how == REMOVED:
                place.unlink()
            else:
                put(place, wanted[name])
    except OSError as error:
        raise StoreError(f"{error.filename}: {error.strerror}; some files are restored, some are not") from error
    return changes


def put(place: Path, data: bytes) -> None:
    """Write a file in one step; its mode stays what it was. Raises OSError."""
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.new")
    fresh.write_bytes(data)
    if place.exists():
        os.chmod(fresh, place.stat().st_mode & 0o777)
    fresh.replace(place)
