"""What all requests share: configuration, the opened store, letters, templates, and the threads that pages run on.

Pages are plain functions on a fixed number of threads of our own: the store keeps one reading connection per thread,
so threads that come and go would pile up open files.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import ParamSpec, TypeVar

from babel import negotiate_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.config import Config
from bot.desk.people import Door
from bot.desk.words import LANGUAGES, Words, words_of
from bot.desk_settings import DeskSettings
from bot.isolate.pictures import Pictures
from bot.replies import Letters
from bot.store.engine import Store
from bot.store.people import Person
from bot.worker.renewing import renew
from bot.worker.wiring import Wiring

HERE = Path(__file__).parent
THREADS = 8
P = ParamSpec("P")
R = TypeVar("R")
_FIXED: contextvars.ContextVar[Wiring | None] = contextvars.ContextVar("fixed", default=None)


@cache
def pages() -> Environment:
    """The templates of pages: compiled once in a process."""
    return Environment(
        loader=FileSystemLoader(HERE / "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@dataclass
class DeskState:
    """The open desk. One for all requests."""

    opened: Wiring
    """what ``bot.worker.acting`` works with, with the edition in use now"""
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="desk"))

    pictures: Pictures = field(default_factory=Pictures)
    """makes strangers' pictures anew, in a process of its own"""

    closing: threading.Event = field(default_factory=threading.Event)
    """set when the desk ends: long work of its threads stops then"""

    def __post_init__(self) -> None:
        self.door = Door(self.store.people)
        self.templates = pages()

    @property
    def w(self) -> Wiring:
        """The same for the request at work: one edition from its beginning to its end."""
        return _FIXED.get() or self.opened

    @property
    def config(self) -> Config:
        """The whole configuration."""
        return self.w.config

    @property
    def settings(self) -> DeskSettings:
        """The desk's own part of it."""
        return self.w.config.desk

    @property
    def store(self) -> Store:
        """The database; usable from every thread."""
        return self.w.store

    @property
    def letters(self) -> Letters:
        """The templates of letters."""
        return self.w.letters

    @property
    def secure(self) -> bool:
        """Whether browsers reach the desk over TLS."""
        return self.settings.public_url.startswith("https://")

    @property
    def origins(self) -> frozenset[str]:
        """The origins that pages of ours have in a browser."""
        s = self.settings
        if s.public_url:
            usual = ":443" if self.secure else ":80"
            return frozenset({s.public_url.removesuffix(usual)})
        names = {s.host, "127.0.0.1", "localhost"} if s.host in ("127.0.0.1", "localhost") else {s.host}
        # Browsers leave the usual port away.
        port = "" if s.port == 80 else f":{s.port}"
        return frozenset(f"http://{f'[{name}]' if ':' in name else name}{port}" for name in names)

    def now(self) -> datetime:
        """The bot's own time."""
        return self.w.now()

    def words(self, person: Person | None = None, wanted: str = "") -> Words:
        """The words for a person; at the door those the browser ``wanted`` (Accept-Language), else the desk's."""
        looks = person.looks if person else None
        language = looks.language if looks else negotiate_locale(_tags(wanted), LANGUAGES, sep="-")
        language = language or self.settings.language
        return words_of(language, (looks.zone if looks else "") or self.settings.zone)

    async def run(self, work: Callable[P, R], *args: P.args, **more: P.kwargs) -> R:
        """Call it on one of the desk's threads."""
        context = contextvars.copy_context()

        def work_with_one_edition() -> R:
            _FIXED.set(self.opened.fixed())
            return work(*args, **more)

        def call() -> R:
            renew(self.opened)
            return context.run(work_with_one_edition)

        return await asyncio.get_running_loop().run_in_executor(self.threads, call)

    def close(self) -> None:
        """End the threads and close the store."""
        self.closing.set()
        self.threads.shutdown(wait=True, cancel_futures=True)
        self.pictures.close()
        self.opened.close()


def _tags(accepted: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first, without regions; few, whatever it holds."""
    wishes = [part.partition(";") for part in accepted.split(",")[:10]]
    return [tag.strip().partition("-")[0].lower() for tag, _, _ in sorted(wishes, key=_weight, reverse=True)]


def _weight(wish: tuple[str, str, str]) -> float:
    try:
        return float(wish[2].strip().removeprefix("q="))
    except ValueError:
        return 0.0 if wish[2] else 1.0


@lru_cache
def static_version(name: str) -> str:
    """A few letters that change with the file, so that browsers may keep it for ever."""
    return hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:10]
