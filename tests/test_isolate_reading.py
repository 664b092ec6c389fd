"""Real mails, friendly and hostile, through the real reader in its limited child."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import time
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bot.errors import UnreadableLetter
from bot.isolate import Limits, Reader, Reading

ON = date(2025, 6, 2)
POLICY = Path(__file__).parents[1] / "policy"


def drawing(size: tuple[int, int] = (800, 600)) -> bytes:
    """A picture with enough in it to be a photo."""
    image = Image.effect_noise(size, 40).convert("RGB")
    ImageDraw.Draw(image).ellipse([200, 100, 600, 500], fill=(20, 20, 24), outline=(230, 230, 230), width=5)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def letter(folder: Path, text: str, *files: tuple[str, bytes]) -> Path:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann Example <ann@example.com>", "care@example.com", "My watch"
    mail.set_content(text)
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    raw = folder / "letter.eml"
    raw.write_bytes(mail.as_bytes())
    return raw


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The real reader, a little impatient, with the real policy and the words of one language, which is enough here."""
    folder = tmp_path_factory.mktemp("policy")
    (folder / "words").mkdir()
    for file in (*POLICY.glob("*.toml"), POLICY / "words" / "en.toml"):
        (folder / file.relative_to(POLICY)).write_bytes(file.read_bytes())
    with Reader(folder, Limits(cpu_seconds=6)) as reader:
        yield reader


@pytest.mark.timeout(60)
def test_a_mail_is_read_with_its_findings_and_its_files(reader: Reader, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    photo = drawing()
    raw = letter(
        tmp_path, "Amazon order 302-1234567-7654321, my TANK T3 Ultra is dead.", ("IMG_1.jpg", photo), ("a.bin", b"\1")
    )
    reading = reader.read(raw, files, ON)
    assert reading.letter.sender is not None
    assert reading.letter.sender.address == "ann@example.com"
    assert reading.details.values("order_number") == ("302-1234567-7654321",)
    first, second = reading.letter.attachments
    assert first.look is not None
    assert (first.found_type, first.look.kind, first.look.faults) == ("image/jpeg", "photo", ())
    assert second.look is not None
    assert second.look.kind == "other"
    assert {file.name for file in files.iterdir()} == {first.sha256, second.sha256}
    assert (files / first.sha256).read_bytes() == photo
    assert hashlib.sha256(photo).hexdigest() == first.sha256


@pytest.mark.timeout(60)
def test_without_a_folder_files_are_looked_at_and_not_kept(reader: Reader, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    raw = letter(tmp_path, "see photo", ("IMG_1.jpg", drawing()))
    reading = reader.read(raw, None, ON)
    assert reading.letter.attachments[0].look is not None
    assert set(tmp_path.iterdir()) - before == {raw}


@pytest.mark.timeout(60)
def test_the_same_file_twice_is_kept_once_and_a_second_reading_changes_nothing(reader: Reader, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    raw = letter(tmp_path, "twice", ("a.jpg", drawing((640, 480))), ("b.jpg", drawing((640, 480))), ("c.txt", b"x"))
    first = reader.read(raw, files, ON)
    kept = {file.name: file.stat().st_mtime_ns for file in files.iterdir()}
    assert reader.read(raw, files, ON) == first
    assert {file.name: file.stat().st_mtime_ns for file in files.iterdir()} == kept


@pytest.mark.parametrize(
    "raw",
    [
        b"\0" * 100,
        b'From: a@example.com\r\nContent-Type: text/plain; charset="\0"\r\n\r\nx',  # a charset that is none
        b"From: a@example.com\r\n" + b"X: y\r\n" * 50_000 + b"\r\nx",  # headers without end
        b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\nx",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 100_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!--" * 40_000,
        b"From: a@example.com\r\n\r\n" + b"> " * 500_000,
        b"From: a@example.com\r\n\r\n" + b"1234567 " * 100_000,
        b"From: a@example.com\r\n\r\n" + b"a" * 1_000_000,
    ],
    ids=["nul", "charset", "headers", "words", "parts", "nesting", "divs", "comments", "quotes", "digits", "one word"],
)
@pytest.mark.timeout(60)
def test_hostile_mails_end_as_a_reading_or_as_unreadable(reader: Reader, tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(raw)
    with contextlib.suppress(UnreadableLetter):
        assert isinstance(reader.read(path, None, ON), Reading)
    assert reader.read(letter(tmp_path, "hello"), None, ON).letter.own_words.strip() == "hello"


@pytest.mark.skipif(importlib.util.find_spec("rapidocr") is None, reason="the [ocr] extra is not installed")
@pytest.mark.timeout(120)
def test_print_is_read_in_the_child_also_when_the_engine_was_loaded_before_the_fork(
    reader: Reader, tmp_path: Path
) -> None:
    image = Image.new("RGB", (1080, 1920), "white")
    ImageDraw.Draw(image).text((60, 300), "Order # 302-1234567-7654321", fill="black", font_size=60)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    raw = letter(tmp_path, "see the order", ("order.png", buffer.getvalue()))
    for _ in range(3):  # the first loads the engine in the fork, the others find it loaded
        (attachment,) = reader.read(raw, None, ON).letter.attachments
        assert attachment.look is not None
        assert "302-1234567-7654321" in attachment.look.text


@pytest.mark.timeout(60)
def test_a_hundred_mails_are_read_at_the_speed_of_forking(reader: Reader, tmp_path: Path) -> None:
    raw = letter(tmp_path, "Order 302-1234567-7654321, the screen of my TANK T3 Ultra stays black since Monday.")
    reader.read(raw, None, ON)
    started = time.monotonic()
    for _ in range(100):
        reader.read(raw, None, ON)
    spent = time.monotonic() - started
    print(f"100 mails in {spent:.2f} s, {reader.cost.peak_mib:.0f} MiB at most")
    assert reader.cost.peak_mib > 0
