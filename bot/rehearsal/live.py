"""Which files are live, told without opening anything for writing."""

from __future__ import annotations

from bot.config import Config
from bot.editions.contents import Folders
from bot.editions.shelf import Shelf
from bot.store.past import live_hash


def live_folders(config: Config) -> Folders | None:
    """The stored copy of the live edition; None where nothing was published yet. Raises EditionError, StoreError."""
    hash_ = live_hash(config.data.folder)
    if hash_ is None:
        return None
    shelf = Shelf(config.data.folder)
    shelf.read(hash_)  # a copy that was changed since is no edition
    return shelf.folders(hash_)
