"""What belongs to a set of files, and what makes two sets the same."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bot.editions.contents import Contents, Folders, differences, read_contents
from bot.editions.shelf import NEW, Shelf
from bot.errors import EditionError, PolicyError, StoreError, TemplateError


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders.below(tmp_path / "working")
    for path, text in (
        (made.policy / "warranty.toml", "a = 1"),
        (made.policy / "words" / "en.toml", "b = 2"),
        (made.templates / "en" / "phrases.toml", "c = 3"),
        (made.templates / "en" / "received" / "body.txt", "Hello"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return made


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("policy/README.md", "a note"),
        ("policy/warranty.toml~", "an editor's copy"),
        ("policy/warranty.toml.new", "from an upgrade"),
        ("policy/.warranty.toml.swp", "hidden"),
        ("templates/.git/config.toml", "in a hidden folder"),
        ("templates/en/body.txt.bak", "put aside"),
        ("policy/notes.txt", "no table"),
    ],
)
def test_what_the_bot_never_reads_is_no_change(folders: Folders, tmp_path: Path, name: str, why: str) -> None:
    before = read_contents(folders).hash
    path = tmp_path / "working" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    assert read_contents(folders).hash == before


def test_a_changed_a_new_a_removed_and_a_renamed_file_each_give_another_hash(folders: Folders) -> None:
    seen = [read_contents(folders)]
    body = folders.templates / "en" / "received" / "body.txt"
    for step in (
        lambda: body.write_text("Hello!"),
        lambda: (folders.policy / "more.toml").write_text(""),
        lambda: body.rename(body.with_name("text.txt")),
        lambda: (folders.policy / "warranty.toml").unlink(),
    ):
        step()
        seen.append(read_contents(folders))
    assert len({contents.hash for contents in seen}) == 5
    assert differences(seen[0].files, seen[-1].files) == (
        ("policy/more.toml", "added"),
        ("policy/warranty.toml", "removed"),
        ("templates/en/received/body.txt", "removed"),
        ("templates/en/received/text.txt", "added"),
    )


def test_where_a_name_ends_and_a_content_begins_is_part_of_the_hash() -> None:
    assert Contents({"policy/a": b"bc"}).hash != Contents({"policy/ab": b"c"}).hash


@pytest.mark.parametrize(("half", "error"), [("policy", PolicyError), ("templates", TemplateError)])
def test_a_folder_that_is_missing_is_named(folders: Folders, half: str, error: type[Exception]) -> None:
    folder = getattr(folders, half)
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(error, match=f"{half} folder is missing; set {half}.folder"):
        read_contents(folders)


def test_a_copy_is_whole_read_only_and_known_by_its_hash(folders: Folders, tmp_path: Path) -> None:
    shelf, contents = Shelf(tmp_path / "data"), read_contents(folders)
    with shelf.locked():
        shelf.keep(shelf.lay(contents), contents.hash)
    assert shelf.read(contents.hash).files == contents.files
    copies = [path for path in (shelf.folder / contents.hash).rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in copies} == {0o400}


@pytest.mark.parametrize("how", ["changed", "one file gone", "one file more", "all gone"])
def test_a_damaged_copy_is_never_read(folders: Folders, tmp_path: Path, how: str) -> None:
    shelf, contents = Shelf(tmp_path / "data"), read_contents(folders)
    with shelf.locked():
        shelf.keep(shelf.lay(contents), contents.hash)
    copy = shelf.folders(contents.hash)
    file = copy.policy / "warranty.toml"
    if how == "changed":
        file.chmod(0o600)
        file.write_text("a = 2")
    elif how == "one file gone":
        file.unlink()
    elif how == "one file more":
        (copy.templates / "en" / "more.txt").write_text("x")
    else:
        (shelf.folder / contents.hash).rename(shelf.folder / "elsewhere")
    with pytest.raises(EditionError, match=str(shelf.folder)):
        shelf.read(contents.hash)
    with shelf.locked():  # publishing the same again makes it whole
        shelf.keep(shelf.lay(contents), contents.hash)
        shelf.sweep({contents.hash})
    assert shelf.is_sound(contents.hash)
    assert sorted(path.name for path in shelf.folder.iterdir()) == sorted([contents.hash, "lock"])


def test_on_a_full_disk_nothing_is_left(folders: Folders, tmp_path: Path) -> None:
    """The system refuses to write beyond a size, as it does when there is no room."""
    import resource
    import signal

    shelf = Shelf(tmp_path / "data")
    (folders.templates / "en" / "received" / "body.txt").write_text("x" * 5000)
    contents = read_contents(folders)
    before = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with shelf.locked():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[0][1]))
            with pytest.raises(StoreError, match=f"{os.strerror(errno.EFBIG)}; nothing was published"):
                shelf.lay(contents)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before[0])
        signal.signal(signal.SIGXFSZ, before[1])
    assert [path.name for path in shelf.folder.iterdir()] == ["lock"]


def test_only_one_writes_on_the_shelf(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with shelf.locked() as first, Shelf(tmp_path).locked(wait=False) as second:
        assert (first, second) == (True, False)
    with shelf.locked(wait=False) as again:
        assert again


def test_what_was_left_behind_is_swept(folders: Folders, tmp_path: Path) -> None:
    shelf, contents = Shelf(tmp_path / "data"), read_contents(folders)
    with shelf.locked():
        left = shelf.lay(contents)
        assert left.name.startswith(NEW)
        assert shelf.sweep(set()) == 1
        assert not left.exists()
