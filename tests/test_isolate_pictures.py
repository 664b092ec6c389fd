"""Pictures made anew in the limited child: small, upright, without a word of what the file carried."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bot.errors import UnreadableLetter
from bot.isolate.pictures import EDGES, Pictures


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    made = Pictures()
    yield made
    made.close()


def write(path: Path, format_: str = "JPEG", size: tuple[int, int] = (2400, 1200), **more: object) -> Path:
    Image.linear_gradient("L").resize(size).convert("RGB").save(path, format_, **more)
    return path


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_becomes_two_jpegs(pictures: Pictures, tmp_path: Path, format_: str) -> None:
    shown = pictures.make(write(tmp_path / "source", format_), tmp_path, "made")
    assert shown.width == 2 * shown.height
    for size, edge in EDGES.items():
        made = Image.open(tmp_path / f"made-{size}.jpg")
        assert (made.format, max(made.size)) == ("JPEG", edge)


def test_metadata_stays_behind_and_the_picture_stands_upright(pictures: Pictures, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = 6, "SpyCam", "secret"
    source = write(tmp_path / "source", exif=exif.tobytes(), icc_profile=b"profile 4711", comment=b"secret 4711")
    shown = pictures.make(source, tmp_path, "made")
    assert shown.height > shown.width
    for size in EDGES:
        data = (tmp_path / f"made-{size}.jpg").read_bytes()
        assert not any(word in data for word in (b"SpyCam", b"secret", b"4711", b"Exif", b"ICC_PROFILE"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%PDF-1.7 x",
        b"\xff\xd8\xff\xe0 broken",
        b"BM" + b"\0" * 200,
    ],
)
def test_what_is_no_picture_is_refused_and_leaves_nothing(pictures: Pictures, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "source").write_bytes(data)
    with pytest.raises(UnreadableLetter):
        pictures.make(tmp_path / "source", tmp_path, "made")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_bomb_is_refused_by_its_size(pictures: Pictures, tmp_path: Path) -> None:
    made = io.BytesIO()
    Image.new("1", (13300, 13300)).save(made, "PNG")
    (tmp_path / "source").write_bytes(made.getvalue())
    with pytest.raises(UnreadableLetter, match="more pixels than is safe"):
        pictures.make(tmp_path / "source", tmp_path, "made")


def test_a_child_that_was_killed_is_started_again(pictures: Pictures, tmp_path: Path) -> None:
    source = write(tmp_path / "source")
    pictures.make(source, tmp_path, "one")
    process = pictures._reader._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    pictures.make(source, tmp_path, "two")
    assert (tmp_path / "two-small.jpg").is_file()


def test_it_writes_nowhere_but_into_its_folder(pictures: Pictures, tmp_path: Path) -> None:
    source = write(tmp_path / "source")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableLetter, match="refused"):
        pictures.make(source, tmp_path / "folder", "../outside")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "source"]
