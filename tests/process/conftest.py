"""A desk for the tests of the process: a Maildir, a real mail server, the real worker, a clock that is set."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from config_text import write
from sink import Sink
from story_desk import ADDRESSES, CONFIG, SHOP

sys.path.insert(0, str(Path(__file__).parent))

from counter import Counter, open_counter

from bot.config import load_config, load_policy
from bot.isolate import Reader
from bot.replies import Letters
from bot.store.engine import Store
from bot.worker.wiring import Wiring

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    """Policy, letters in two languages and the reading child: read once, they keep nothing of a case."""
    folder = tmp_path_factory.mktemp("shared")
    for language in ("en", "de"):
        shutil.copytree(ROOT / "templates" / language, folder / "templates" / language)
    (folder / "mail").mkdir()
    config = load_config(write(folder, CONFIG.format(host="127.0.0.1", port=25, shop=SHOP) + ADDRESSES))
    policy = load_policy(config.policy.folder)
    with Store(folder / "data") as store, Reader(config.policy.folder) as reader:
        letters = Letters(folder / "templates", policy.default_language)
        yield Wiring(config, policy, letters, store, reader, b"a secret of thirty-two bytes long")


@pytest.fixture
def counter(tmp_path: Path, sink: Sink, shared: Wiring) -> Iterator[Counter]:
    with open_counter(tmp_path, sink, shared) as made:
        yield made
