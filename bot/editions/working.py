"""The working files against the live edition: how many were changed and not yet published, and which are broken.

``Watch`` looks again only when a file was touched: names, sizes and times are compared, contents only then.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.config import Config, config_problems
from bot.core.warranty.policy import parse_policy
from bot.editions.contents import POLICY, READ, TEMPLATES, differences, listed, read_contents
from bot.editions.publishing import working_folders
from bot.editions.shelf import Shelf
from bot.errors import EditionError, ProblemsError
from bot.replies import Letters
from bot.store.editions import Edition
from bot.store.engine import Store

ALERT = "unpublished"
SHOWN = 3  # problems named in one sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpublished:
    """What the working files hold that customers do not get yet."""

    since: Edition
    changes: tuple[tuple[str, str], ...]
    """``(file, changed | added | removed)``; unknown where the stored copy is damaged"""
    problems: tuple[str, ...]
    """of a short look; every letter is looked at when they are published"""

    @property
    def sentence(self) -> str:
        """For people."""
        count = len(self.changes)
        said = f"{count} {'file' if count == 1 else 'files'} changed since edition {self.since.number}"
        if not count:
            said = f"the working files are not those of edition {self.since.number}"
        if not self.problems:
            return f"{said}, not yet published"
        more = f" and {len(self.problems) - SHOWN} more" if len(self.problems) > SHOWN else ""
        return f"{said}, not yet published, and broken: {'; '.join(self.problems[:SHOWN])}{more}. No customer gets them"


def unpublished(store: Store, config: Config) -> Unpublished | None:
    """How the working files differ from the live edition; None when they do not, or nothing was published yet."""
    live = store.editions.live()
    if live is None:
        return None
    folders = working_folders(config)
    try:
        contents = read_contents(folders)
    except ProblemsError as error:
        return Unpublished(since=live, changes=(), problems=error.problems)
    if contents.hash == live.hash:
        return None
    try:
        changes = differences(Shelf(store.folder).read(live.hash).files, contents.files)
    except EditionError:
        changes = ()
    problems: list[str] = []
    try:
        policy = parse_policy(contents.part(POLICY))
        problems.extend(config_problems(config, policy))
        Letters(folders.templates, policy.default_language)
    except ProblemsError as error:
        problems.extend(error.problems)
    return Unpublished(since=live, changes=changes, problems=tuple(problems))


class Watch:
    """Looks at the working files again and again, cheaply."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store, self._config = store, config
        self._seen: object = None
        self._found: Unpublished | None = None

    def look(self) -> tuple[Unpublished | None, bool]:
        """What is not published, and whether that is new."""
        seen = (self._store.editions.live_number(), self._signature())
        if seen == self._seen:
            return self._found, False
        first, before = self._seen is None, self._found
        self._seen, self._found = seen, unpublished(self._store, self._config)
        return self._found, first or self._found != before

    def _signature(self) -> tuple[object, ...]:
        folders = working_folders(self._config)
        signs: list[object] = []
        for half, folder in ((POLICY, folders.policy), (TEMPLATES, folders.templates)):
            try:
                for path, name in listed(folder, READ[half]):
                    stat = path.stat()
                    signs.append((half, name, stat.st_size, stat.st_mtime_ns))
            except OSError:
                signs.append((half, "cannot be listed"))
        return tuple(signs)
