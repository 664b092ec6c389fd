"""The limited child, with real processes: what kills it, what it may not do, and what the next mail sees."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

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
