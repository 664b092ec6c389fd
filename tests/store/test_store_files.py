"""Files under their hash: whole or not there, and never under a name somebody sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import NOON, Scene

from bot.errors import StoreError
from bot.store.engine import Store
from bot.store.states import FileKind

DATA = b"Subject: hello\r\n\r\nworld"
SHA256 = hashlib.sha256(DATA).hexdigest()


def test_bytes_come_back_as_they_went_in(scene: Scene) -> None:
    assert scene.store.files.put(DATA) == SHA256
    assert scene.store.files.read(SHA256) == DATA
    assert scene.store.files.path(SHA256) == scene.folder / "files" / SHA256[:2] / SHA256


def test_the_same_bytes_are_kept_once(scene: Scene) -> None:
    scene.store.files.put(DATA)
    first = scene.store.files.path(SHA256).stat()
    scene.store.files.put(DATA)
    assert scene.store.files.path(SHA256).stat().st_ino == first.st_ino
    assert list(scene.store.files.tmp.iterdir()) == []


def test_a_torn_file_is_written_anew(scene: Scene) -> None:
    scene.store.files.put(DATA)
    scene.store.files.path(SHA256).write_bytes(DATA[:5])
    scene.store.files.put(DATA)
    assert scene.store.files.read(SHA256) == DATA


PUT_MANY = """
import sys, pathlib
from bot.store.engine import Store
with Store(pathlib.Path(sys.argv[1]), prepare=False) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(60):
        store.files.put(f"the same {number}".encode())
"""


def test_two_processes_put_the_same_bytes_at_once(scene: Scene, start: Callable[..., Popen[str]]) -> None:
    writers = [start(PUT_MANY, scene.folder) for _ in range(2)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    for number in range(60):
        data = f"the same {number}".encode()
        assert scene.store.files.read(hashlib.sha256(data).hexdigest()) == data
    assert list(scene.store.files.tmp.iterdir()) == []


def test_a_file_on_disk_is_moved_in(scene: Scene) -> None:
    source = scene.store.files.tmp / "3"
    source.write_bytes(DATA)
    source.chmod(0o644)
    scene.store.files.adopt(source, SHA256)
    assert not source.exists()
    assert scene.store.files.read(SHA256) == DATA
    assert scene.store.files.path(SHA256).stat().st_mode & 0o777 == 0o600


def test_a_file_that_changed_on_the_way_is_refused(scene: Scene) -> None:
    source = scene.store.files.tmp / "3"
    source.write_bytes(b"other")
    with pytest.raises(StoreError, match="another one"):
        scene.store.files.adopt(source, SHA256)
    assert not scene.store.files.path(SHA256).exists()


def test_a_link_is_not_moved_in(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(DATA)
    link = scene.store.files.tmp / "3"
    link.symlink_to(tmp_path / "secret")
    with pytest.raises(StoreError, match="not a plain file"):
        scene.store.files.adopt(link, SHA256)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", SHA256.upper(), SHA256 + "0", SHA256[:-1] + "\n", "\x00" * 64]
)
def test_only_a_hash_becomes_a_path(scene: Scene, name: str) -> None:
    with pytest.raises(StoreError, match="not a SHA-256"):
        scene.store.files.path(name)


def test_a_damaged_file_is_noticed(scene: Scene) -> None:
    scene.store.files.put(DATA)
    with scene.store.write():
        scene.store.files.record(SHA256, FileKind.MAIL, NOON)
    assert scene.store.files.damaged(NOON) == ()
    scene.store.files.path(SHA256).write_bytes(DATA[::-1])
    assert scene.store.files.damaged(NOON) == (SHA256,)
    with pytest.raises(StoreError, match="damaged"):
        scene.store.files.read(SHA256)


def test_no_row_names_a_file_that_is_not_on_disk(scene: Scene) -> None:
    with pytest.raises(StoreError, match="must be on disk"), scene.store.write():
        scene.store.files.record(SHA256, FileKind.MAIL, NOON)
    assert scene.store.db.rows("SELECT * FROM file") == []


def test_half_written_files_of_a_crash_are_swept(scene: Scene) -> None:
    (scene.store.files.tmp / "half").write_bytes(b"ha")
    (scene.store.files.tmp / "folder").mkdir()
    (scene.store.files.tmp / "folder" / "1").write_bytes(b"ha")
    scene.store.files.put(DATA)
    assert scene.store.files.sweep() == 2
    assert list(scene.store.files.tmp.iterdir()) == []
    assert scene.store.files.read(SHA256) == DATA


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5))
def test_any_bytes_are_kept(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    with Store(tmp_path_factory.mktemp("any") / "data") as store:
        names = [store.files.put(data) for data in contents]
        assert [store.files.read(name) for name in names] == contents
