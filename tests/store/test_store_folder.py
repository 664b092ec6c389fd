"""The data folder: private, and used by one bot at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import pytest
from scenes import NOON, Scene

from bot.errors import AlreadyRunning, StoreError
from bot.store.engine import Store
from bot.store.folder import FolderLock

HOLD = """
import sys, pathlib
from bot.store.folder import FolderLock
with FolderLock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_folder_database_and_files_are_for_the_owner_only(scene: Scene) -> None:
    sha256 = scene.store.files.put(b"mail")
    scene.store.logical_now(NOON)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [scene.folder, *scene.folder.rglob("*")]}
    assert scene.store.files.path(sha256) in modes
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


@pytest.mark.parametrize("mode", [0o750, 0o755, 0o701, 0o777])
def test_a_wider_folder_is_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(StoreError, match=f"chmod 700 {folder}"):
        Store(folder)
    assert list(folder.iterdir()) == []
    folder.chmod(0o700)
    Store(folder).close()


def test_a_second_copy_is_refused_and_told_who_is_there(tmp_path: Path, start: Callable[..., Popen[str]]) -> None:
    process = start(HOLD, tmp_path / "data")
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(AlreadyRunning, match=f"process {process.pid}"):
        FolderLock(tmp_path / "data")
    process.kill()
    process.wait()
    with FolderLock(tmp_path / "data"):  # the system lifted the lock of the killed one
        assert (tmp_path / "data" / "lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_can_be_taken_again_after_its_release(tmp_path: Path) -> None:
    for _ in range(2):
        with FolderLock(tmp_path / "data"):
            pass


def test_the_bots_own_time_never_goes_back(scene: Scene) -> None:
    store = scene.store
    assert store.logical_now(NOON) == NOON
    assert store.logical_now(NOON - timedelta(hours=1)) == NOON
    assert store.clock_lag(NOON - timedelta(hours=1)) == timedelta(hours=1)
    assert store.logical_now(NOON + timedelta(minutes=2)) == NOON + timedelta(minutes=2)
    store.close()
    with Store(scene.folder) as again:
        assert again.logical_now(NOON) == NOON + timedelta(minutes=2)
        again.set_logical_now(NOON)  # the operator's cure
        assert again.logical_now(NOON) == NOON
