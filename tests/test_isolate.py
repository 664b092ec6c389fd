"""The limited child, with real processes: what kills it, what it may not do, and what the next mail sees."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bot.errors import PolicyError, ReaderError, UnreadableLetter
from bot.isolate import Limits, Reader, Reading

ON = date(2025, 6, 2)
LIMITS = Limits(memory_bytes=512 << 20, cpu_seconds=1, wall_seconds=4.0, file_bytes=1 << 20)


class HostileReader(Reader):
    """The real limits around a reader that obeys the mail."""

    program = (str(Path(__file__).with_name("hostile_reader.py")),)


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    """An empty policy folder."""
    folder = tmp_path / "policy"
    folder.mkdir()
    return folder


@pytest.fixture
def hostile(stage: Path) -> Iterator[HostileReader]:
    with HostileReader(stage, LIMITS) as reader:
        yield reader


def read(reader: Reader, subject: str, folder: Path, files: Path | None = None) -> Reading:
    raw = folder / "mail.eml"
    raw.write_text(f"Subject: {subject}\n")
    return reader.read(raw, files, ON)


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("loop", "processor time"),  # a regular expression that never ends
        ("sleep", "longer than allowed"),  # waits, using no processor
        ("allocate", "memory"),  # a bomb
        ("segfault", "crashed"),  # a fault in a C library
        ("abort", "library gave up"),  # C++ without memory
        ("kill by libc", "system stopped"),  # the kernel's out-of-memory killer looks like this
        ("exit", "memory"),  # gone without a word
        ("close the pipe", "system stopped"),  # pretends to be gone
        ("exception", "KeyError in hostile_reader"),  # a fault of ours
        ("recursion", "RecursionError"),  # nested brackets
        ("big", "more comes out"),  # nine megabytes of answer
        ("descriptors", "Too many open files"),  # a container with a thousand doors
    ],
)
@pytest.mark.timeout(30)
def test_every_way_to_die_has_a_reason_and_the_next_mail_is_read(
    hostile: HostileReader, tmp_path: Path, deed: str, words: str
) -> None:
    started = time.monotonic()
    with pytest.raises((UnreadableLetter, ReaderError), match=words):
        read(hostile, deed, tmp_path)
    assert time.monotonic() - started < 20
    assert read(hostile, "a good one", tmp_path).letter.subject == "a good one"


@pytest.mark.timeout(30)
def test_an_error_names_its_place_and_never_the_words_of_the_mail(hostile: HostileReader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableLetter) as caught:
        read(hostile, "exception", tmp_path)
    assert "secret words" not in str(caught.value)


@pytest.mark.parametrize(
    "deed", ["socket", "look up a name", "subprocess", "system", "exec", "fork", "remove", "killed", "write"]
)
@pytest.mark.timeout(30)
def test_the_child_may_not(hostile: HostileReader, tmp_path: Path, deed: str) -> None:
    with pytest.raises(UnreadableLetter, match="refused"):
        read(hostile, deed, tmp_path)
    assert not Path(f"{HostileReader.program[0]}.written").exists()


@pytest.mark.timeout(30)
def test_files_are_written_into_the_files_folder_and_nowhere_else(hostile: HostileReader, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    read(hostile, "keep a file", tmp_path, files)
    assert (files / "kept").read_bytes() == b"x"
    with pytest.raises(UnreadableLetter, match="refused"):
        read(hostile, "escape", tmp_path, files)
    assert not (tmp_path / "escaped").exists()
    with pytest.raises(UnreadableLetter, match="File too large"):
        read(hostile, "big file", tmp_path, files)


@pytest.mark.timeout(30)
def test_a_full_disk_is_not_the_mails_fault(hostile: HostileReader, tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="No space left"):
        read(hostile, "no space", tmp_path)


@pytest.mark.timeout(30)
def test_a_raw_mail_that_is_gone_is_not_the_mails_fault(hostile: HostileReader, tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="FileNotFoundError"):
        hostile.read(tmp_path / "none.eml", None, ON)


@pytest.mark.parametrize("deed", ["loop", "segfault"])
@pytest.mark.timeout(30)
def test_a_file_that_kills_the_child_costs_that_file_only(hostile: HostileReader, tmp_path: Path, deed: str) -> None:
    reading = read(hostile, f"file 2: {deed}", tmp_path)
    assert reading.letter.defects[0].startswith("not looked at: ")
    assert hostile.cost.forks == 2


@pytest.mark.timeout(30)
def test_a_mail_full_of_killing_files_is_still_read_without_them(hostile: HostileReader, tmp_path: Path) -> None:
    assert read(hostile, "file each: segfault", tmp_path).letter.subject == "file each: segfault"
    assert hostile.cost.forks == 3


@pytest.mark.timeout(30)
def test_a_zygote_that_was_killed_between_two_mails_is_started_again(hostile: HostileReader, tmp_path: Path) -> None:
    read(hostile, "one", tmp_path)
    os.kill(zygote_of(hostile), signal.SIGKILL)
    assert read(hostile, "two", tmp_path).letter.subject == "two"


@pytest.mark.timeout(30)
def test_a_mail_that_kills_the_zygote_twice_is_unreadable(hostile: HostileReader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableLetter, match="reading process dies"):
        read(hostile, "zygote", tmp_path)
    assert read(hostile, "good", tmp_path).letter.subject == "good"


@pytest.mark.timeout(30)
def test_a_caller_that_is_killed_in_the_middle_of_a_mail_leaves_no_process(stage: Path, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_text("Subject: sleep\n")
    program = f"""
import sys, threading, time
from datetime import date
from pathlib import Path
from bot.isolate import Reader
Reader.program = {HostileReader.program!r}
reader = Reader(Path({str(stage)!r}))
threading.Thread(target=reader.read, args=(Path({str(tmp_path / "mail.eml")!r}), None, date(2025, 1, 1))).start()
while not (reader._stream and reader._process):
    time.sleep(0.01)
print(reader._process.pid, flush=True)
"""
    caller = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert caller.stdout is not None
    zygote = int(caller.stdout.readline())
    until = time.monotonic() + 5
    while not (forks := children(zygote)) and time.monotonic() < until:
        time.sleep(0.02)
    caller.kill()
    caller.wait()
    caller.stdout.close()
    assert forks
    while any(map(alive, (zygote, *forks))) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(map(alive, (zygote, *forks)))


def test_a_policy_that_cannot_be_used_names_all_problems_and_its_repair_is_enough(stage: Path, tmp_path: Path) -> None:
    (stage / "problems").write_text("no services\nno models")
    with HostileReader(stage, LIMITS) as reader:
        with pytest.raises(PolicyError) as caught:
            read(reader, "one", tmp_path)
        assert caught.value.problems == ("no services", "no models")
        (stage / "problems").unlink()
        assert read(reader, "one", tmp_path).letter.subject == "one"


def test_reload_takes_the_policy_that_lies_on_disk_now(stage: Path, tmp_path: Path) -> None:
    with HostileReader(stage, LIMITS) as reader:
        (stage / "version").write_text("first")
        read(reader, "one", tmp_path)
        (stage / "version").write_text("second")
        read(reader, "two", tmp_path)
        assert reader.policy_hash == "first"
        reader.reload()
        read(reader, "three", tmp_path)
        assert reader.policy_hash == "second"


def test_the_child_knows_no_secret_of_the_callers_environment(
    hostile: HostileReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTER_SALES_SMTP_PASSWORD", "secret")
    assert "AFTER_SALES_SMTP_PASSWORD" not in read(hostile, "environment", tmp_path).letter.subject


def test_the_child_holds_no_database_of_the_caller_and_no_pipe_of_the_zygote(
    hostile: HostileReader, tmp_path: Path
) -> None:
    database = sqlite3.connect(tmp_path / "desk.db")
    database.execute("create table one (x)")
    os.set_inheritable(os.open(tmp_path / "desk.db", os.O_RDONLY), True)
    assert read(hostile, "descriptors held", tmp_path).letter.subject.split() in ([], [os.devnull] * 3)
    database.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="leaving the network needs rights that a plain user may lack")
def test_as_root_the_child_has_no_network_beside_being_refused_sockets(hostile: HostileReader, tmp_path: Path) -> None:
    read(hostile, "one", tmp_path)
    assert hostile.no_network


@pytest.mark.timeout(60)
def test_several_readers_work_side_by_side(stage: Path, tmp_path: Path) -> None:
    subjects: dict[int, list[str]] = {}

    def work(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        with HostileReader(stage, LIMITS) as reader:
            subjects[number] = [read(reader, f"{number} {n}", folder).letter.subject for n in range(5)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert subjects == {number: [f"{number} {n}" for n in range(5)] for number in range(3)}


# --- the real reader --------------------------------------------------------------------------

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
    """The real reader with the real policy and the words of one language, which is enough here."""
    folder = tmp_path_factory.mktemp("policy")
    (folder / "words").mkdir()
    for file in (*POLICY.glob("*.toml"), POLICY / "words" / "en.toml"):
        (folder / file.relative_to(POLICY)).write_bytes(file.read_bytes())
    with Reader(folder) as reader:
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
    started = time.monotonic()
    with contextlib.suppress(UnreadableLetter):
        assert isinstance(reader.read(path, None, ON), Reading)
    assert time.monotonic() - started < 31
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
    assert spent < 30


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def alive(pid: int) -> bool:
    """Whether a process still runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def zygote_of(reader: Reader) -> int:
    assert reader._process is not None
    return reader._process.pid
