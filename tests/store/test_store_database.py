"""Transactions, connections and crashes, on real files and with real processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from subprocess import Popen

import pytest
from scenes import NOON, Scene

from bot.errors import StoreError
from bot.store.database import wal_is_safe
from bot.store.engine import Store
from bot.store.times import moment, stamp

MUTES = "SELECT count(*) FROM mute"


def mute(store: Store, address: str = "anna@example.com") -> None:
    store.gate.mute(address, NOON, "test")


def mute_and_fail(store: Store) -> None:
    with store.write():
        mute(store, "inner@example.com")
        raise ValueError("on purpose")


def test_a_transaction_sees_its_own_rows_and_nobody_else_does(scene: Scene) -> None:
    seen_elsewhere: list[int] = []

    def look() -> None:
        seen_elsewhere.append(scene.store.db.value(MUTES))

    with scene.store.write():
        mute(scene.store)
        assert scene.store.db.value(MUTES) == 1
        other = threading.Thread(target=look)
        other.start()
        other.join()
    assert seen_elsewhere == [0]
    assert scene.store.db.value(MUTES) == 1


def test_an_error_leaves_nothing_of_the_transaction(scene: Scene) -> None:
    with pytest.raises(ValueError, match="on purpose"):
        mute_and_fail(scene.store)
    assert scene.store.db.value(MUTES) == 0
    mute(scene.store)
    assert scene.store.db.value(MUTES) == 1


def test_an_inner_transaction_can_fail_alone(scene: Scene) -> None:
    with scene.store.write():
        mute(scene.store, "outer@example.com")
        with pytest.raises(ValueError, match="on purpose"):
            mute_and_fail(scene.store)
    assert scene.column("SELECT address FROM mute") == ["outer@example.com"]


def test_an_inner_transaction_is_lost_with_the_outer_one(scene: Scene) -> None:
    def fail() -> None:
        with scene.store.write():
            with scene.store.write():
                mute(scene.store)
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert scene.store.db.value(MUTES) == 0


def test_a_change_outside_a_transaction_is_refused(scene: Scene) -> None:
    with pytest.raises(StoreError, match=r"outside store\.write"):
        scene.store.db.execute("DELETE FROM mute")


def test_a_reader_cannot_write(scene: Scene) -> None:
    with pytest.raises(StoreError, match="readonly"):
        scene.store.db.rows("DELETE FROM mute RETURNING address")


def test_an_insert_makes_neither_tables_nor_columns(scene: Scene) -> None:
    with pytest.raises(StoreError, match="no such table"), scene.store.write():
        scene.store.db.insert("nonsense", {"a": 1})
    with pytest.raises(StoreError, match="no column named"), scene.store.write():
        scene.store.db.insert("event", {"colour": "red"})


def test_threads_write_one_after_the_other(scene: Scene) -> None:
    def work(name: int) -> None:
        for number in range(10):
            mute(scene.store, f"{name}-{number}@example.com")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert scene.store.db.value(MUTES) == 50


def test_programs_that_read_and_then_write_wait_for_each_other(scene: Scene) -> None:
    def count_up(store: Store, pause: float) -> None:
        with store.write():
            before = store.db.value("SELECT count FROM alert WHERE kind = 'counter'")
            reading.set()
            time.sleep(pause)
            store.db.execute("UPDATE alert SET count = :next WHERE kind = 'counter'", next=before + 1)

    scene.store.alerts.report("counter", "", NOON)
    reading = threading.Event()
    with Store(scene.folder) as other:
        first = threading.Thread(target=count_up, args=(scene.store, 0.3))
        first.start()
        assert reading.wait(10)
        count_up(other, 0)
        first.join()
    assert scene.store.alerts.open()[0]["count"] == 3


def test_a_group_of_reads_sees_one_state(scene: Scene) -> None:
    with scene.store.read():
        before = scene.store.db.value(MUTES)
        assert scene.store.db.value("SELECT count(*) FROM alert") == 0
    mute(scene.store)
    with scene.store.read():
        assert scene.store.db.value(MUTES) == before + 1


def test_commits_survive_a_power_cut_by_the_settings_in_force(scene: Scene) -> None:
    read = {
        name: scene.store.db.writer.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    }
    assert read == {"journal_mode": "truncate", "synchronous": 2}
    assert scene.store.db.value("PRAGMA foreign_keys") == 1
    assert scene.store.db.value("PRAGMA busy_timeout") == 10_000


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),  # common on servers today
        ((3, 44, 5), False),
        ((3, 44, 6), True),  # backport
        ((3, 45, 0), False),  # newer than a backport, not repaired
        ((3, 50, 6), False),
        ((3, 50, 7), True),  # backport
        ((3, 51, 2), False),
        ((3, 51, 3), True),  # repaired
        ((4, 0, 0), True),
    ],
)
def test_wal_is_trusted_only_where_it_is_repaired(version: tuple[int, int, int], safe: bool) -> None:
    assert wal_is_safe(version) is safe


WRITE_AND_WAIT = """
import sys, pathlib
from bot.store.engine import Store
from bot.store.times import moment
store = Store(pathlib.Path(sys.argv[1]))
store.db.writer.execute("PRAGMA cache_size = 5")
with store.write():
    for number in range(3000):  # far more than the cache holds: half of it is in the file already
        store.gate.mute(f"{number}@example.com", moment("2030-01-01T00:00:00Z"), "x" * 200)
    print("half", flush=True)
    sys.stdin.read()
"""


def test_kill_in_the_middle_of_a_write_leaves_nothing(scene: Scene, start: Callable[..., Popen[str]]) -> None:
    mute(scene.store, "before@example.com")
    process = start(WRITE_AND_WAIT, scene.folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    assert (scene.folder / "after-sales.db-journal").stat().st_size > 0
    process.kill()
    process.wait()
    # The store that was open all the time, reading first: it must undo the half write.
    assert scene.column("SELECT address FROM mute") == ["before@example.com"]
    scene.store.close()
    with Store(scene.folder) as again:
        assert again.db.value(MUTES) == 1


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime.fromisoformat("2025-03-14T09:26:53+00:00"), "2025-03-14T09:26:53Z"),
        (datetime.fromisoformat("2025-03-14T01:26:53.9+08:00"), "2025-03-13T17:26:53Z"),  # another day in UTC
    ],
)
def test_times_are_kept_as_utc_text(time: datetime, text: str) -> None:
    assert stamp(time) == text
    assert stamp(moment(text)) == text


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        stamp(datetime.fromisoformat("2025-03-14T09:26:53"))


def test_a_missing_database_is_not_made_by_a_command_that_only_looks(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="run the bot once"):
        Store(tmp_path / "data", prepare=False)
    assert not (tmp_path / "data").exists()
