"""The schema guards itself, and old files become new ones."""

from __future__ import annotations

import sqlite3
from enum import StrEnum
from pathlib import Path

import pytest
from scenes import ANNA, NOON, Scene, decision, finding, letter

from bot.core.model import Kind, Outcome, State
from bot.errors import StoreError
from bot.store import schema
from bot.store.engine import DATABASE, Store
from bot.store.states import (
    OUTBOX_MOVES,
    ArrivalOutcome,
    ArrivalState,
    EditionKind,
    Evidence,
    FileKind,
    Mailop,
    MailopState,
    NextActor,
    OutboxState,
    Role,
    WebhookState,
)
from bot.store.views import VIEWS

V1 = Path(__file__).with_name("schema_v1.sql")
WORDS: list[tuple[str, str, type[StrEnum]]] = [
    ("arrival", "state", ArrivalState),
    ("arrival", "outcome", ArrivalOutcome),
    ("file", "kind", FileKind),
    ("cases", "state", State),
    ("cases", "kind", Kind),
    ("cases", "next_actor", NextActor),
    ("letter", "kind", Kind),
    ("checks", "outcome", Outcome),
    ("outbox", "state", OutboxState),
    ("outbox", "evidence", Evidence),
    ("mailop", "op", Mailop),
    ("mailop", "state", MailopState),
    ("person", "role", Role),
    ("token", "role", Role),
    ("webhook", "state", WebhookState),
    ("editions", "kind", EditionKind),
]
TIMES = [
    ("arrival", "received_at"),
    ("cases", "opened_at"),
    ("cases", "answer_by"),
    ("letter", "received_at"),
    ("outbox", "created_at"),
    ("mute", "until"),
    ("alert", "since"),
    ("file", "created_at"),
    ("flag", "since"),
    ("party", "since"),
    ("cases", "state_since"),
    ("correction", "at"),
    ("timer", "at"),
    ("timer", "period"),
    ("cases", "turn_since"),
    ("saved_view", "created_at"),
    ("looked_at", "at"),
    ("token", "created_at"),
    ("answered", "at"),
    ("listener", "since"),
    ("webhook", "next_try"),
    ("hold", "seen_at"),
    ("draft", "saved_at"),
    ("deed", "at"),
    ("editions", "published_at"),
]


def build_v1(folder: Path) -> None:
    """A data folder as the first version left it, with one mailbox, one mail and one case."""
    folder.mkdir(mode=0o700)
    connection = sqlite3.connect(folder / DATABASE)
    connection.executescript(V1.read_text(encoding="utf-8"))
    connection.execute("INSERT INTO mailbox (name, uidvalidity) VALUES ('INBOX', 7)")
    connection.execute(
        "INSERT INTO cases (number, state, kind, next_actor, opened_at, state_since, first_mail_on, updated_at,"
        " policy_hash, details)"
        " VALUES ('K7F3Q9', 'ready_for_staff', 'new_claim', 'staff', :now, :now, '2025-03-14', :now, 'p0', :details)",
        {"now": "2025-03-14T12:00:00Z", "details": '{"findings":[]}'},
    )
    connection.commit()
    connection.close()


@pytest.fixture
def full(scene: Scene) -> Scene:
    """At least one row in every table."""
    publish(scene.store)
    scene.store.webhooks.listen([("orders", "https://orders.example.com/hook", ["*"])], NOON)
    flagged = decision(flags=("second_hand",))
    case = scene.open_case(flagged, letter(attachments=(scene.photo(),)))
    sent = scene.answer(case)
    arrival = scene.arrive()
    scene.store.mailops.move(arrival, "Bot/Done", NOON)
    scene.store.mailops.append_sent(sent.id, "INBOX", "Sent", NOON)
    scene.store.gate.mute(ANNA, NOON, "test")
    scene.store.alerts.report("test", "test", NOON)
    scene.store.logical_now(NOON)
    person = scene.store.people.add("ana", "Ana Example", Role.AGENT, "hash", NOON)
    scene.store.saved_views.keep(person, "German", "language=de", NOON)
    scene.store.holds.open(case.case_id, "ana", NOON)
    scene.store.drafts.keep(case.case_id, "ana", "approve.free_repair", {}, "Hello", NOON)
    before = scene.store.deeds.before(case.case_id)
    with scene.store.write():
        scene.store.acts.correct(case.case_id, finding("model", "MAGIC P10", place="staff"), "maria", "", NOON)
        scene.store.deeds.note("act:1", case.case_id, 1, "note", "ana", before, NOON, told={})
        scene.store.timers.fire(case.case_id, "reminder_1", NOON.date(), NOON)
    fill_the_desk(scene.store)
    token = scene.store.tokens.find(scene.store.tokens.add("orders", Role.AGENT, None, "maria", NOON), NOON)
    assert token is not None
    scene.store.tokens.remember(token, "key", "0" * 64, "{}", NOON)
    return scene


def publish(store: Store) -> None:
    """A first edition, as far as the database knows of it."""
    store.editions.add(hash_="0" * 64, author="maria", note="", now=NOON, kind=EditionKind.FIRST, program="1", files=1)


def changed(table: str, column: str, value: str) -> str:
    """The statement that puts a value where it does not belong; an edition is never changed, so a new one has it."""
    if table != "editions":
        return f"UPDATE {table} SET {column} = '{value}'"
    values = {"hash": "1" * 64, "author": "m", "published_at": "2025-03-14T12:00:00Z", "kind": "first", "program": "1"}
    values |= {"files": "1", column: value}
    return f"INSERT INTO editions ({', '.join(values)}) VALUES ({', '.join(map(repr, values.values()))})"


def fill_the_desk(store: Store) -> None:
    """Somebody who works there, signed in, and what a browser refused."""
    maria = store.people.add("maria", "Maria", Role.LEAD, "$argon2id$", NOON)
    store.people.sign_in(maria, "0" * 64, NOON, NOON, lasting=False, address="127.0.0.1", browser="")
    store.people.note_try("0" * 64, "127.0.0.1", NOON, good=True)
    store.desk_facts.report("img-src", "inline", "/queue", NOON)


def tables(store: Store) -> list[str]:
    """Not the search index: its inner tables belong to SQLite, and it is filled with every case."""
    rows = store.db.rows(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE '%sqlite%'"
        " ORDER BY name"
    )
    return [row["name"] for row in rows]


def test_every_table_is_strict_and_filled_by_the_scene(full: Scene) -> None:
    rows = full.store.db.rows("PRAGMA table_list")
    strict = {row["name"] for row in rows if row["type"] == "table" and row["strict"]}
    assert strict == set(tables(full.store))
    assert [name for name in tables(full.store) if not full.store.db.value(f"SELECT count(*) FROM {name}")] == []


@pytest.mark.parametrize(("table", "column", "words"), WORDS, ids=lambda value: value if isinstance(value, str) else "")
def test_an_unknown_word_is_refused(full: Scene, table: str, column: str, words: type[StrEnum]) -> None:
    assert "nonsense" not in set(words)
    with pytest.raises(StoreError, match="CHECK constraint failed"), full.store.write():
        full.store.db.execute(changed(table, column, "nonsense"))


def test_every_closed_list_of_words_is_tested_here(full: Scene) -> None:
    checked = {
        (table, row["name"])
        for table in tables(full.store)
        for row in full.store.db.rows(f"PRAGMA table_info({table})")
        if f"CHECK ({row['name']} IN ('"
        in full.store.db.value("SELECT sql FROM sqlite_master WHERE name = :t", t=table)
    }
    assert checked == {(table, column) for table, column, _ in WORDS}


@pytest.mark.parametrize(("table", "column"), TIMES)
def test_a_time_of_another_shape_is_refused(full: Scene, table: str, column: str) -> None:
    with pytest.raises(StoreError, match="CHECK constraint failed"), full.store.write():
        full.store.db.execute(changed(table, column, "14.03.2025 12:00"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE arrival SET state = 'done', outcome = NULL", "done without an outcome"),
        ("UPDATE arrival SET state = 'seen', outcome = 'human'", "an outcome before the end"),
        ("UPDATE arrival SET raw_sha256 = NULL WHERE state = 'stored'", "ours, but without bytes"),
        ("UPDATE outbox SET state = 'held'", "held without a reason"),
        ("UPDATE outbox SET state = 'accepted'", "accepted at no time"),
        ("UPDATE mailop SET arrival_id = NULL WHERE op = 'move'", "a move of nothing"),
        (
            (
                "INSERT INTO editions (hash, author, published_at, kind, program, files)"
                " SELECT hash, author, published_at, 'rollback', program, files FROM editions"
            ),
            "back to nothing",
        ),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(full: Scene, change: str, why: str) -> None:
    with pytest.raises(StoreError, match="CHECK constraint failed"), full.store.write():
        full.store.db.execute(change)


@pytest.mark.parametrize("table", ["cases", "file", "letter", "mailbox", "arrival", "outbox"])
def test_a_row_others_point_to_cannot_go(full: Scene, table: str) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY constraint failed"), full.store.write():
        full.store.db.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("change", ["UPDATE event SET name = 'other'", "DELETE FROM event", "UPDATE event SET at = at"])
def test_events_are_only_ever_added(full: Scene, change: str) -> None:
    before = full.store.db.rows("SELECT * FROM event")
    with pytest.raises(StoreError, match="what happened is never"), full.store.write():
        full.store.db.execute(change)
    assert full.store.db.rows("SELECT * FROM event") == before


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("arrival", "mailbox, uidvalidity, uid, size, received_at, raw_sha256, state, created_at, updated_at"),
        (
            "cases",
            "number, state, kind, next_actor, opened_at, state_since, first_mail_on, updated_at, policy_hash, details",
        ),
        ("timer", "case_id, kind, period, at"),
        ("letter", "case_id, number, subject, own_words, quoted, text, language, kind, received_at"),
        ("attachment", "letter_id, place, name, declared_type, found_type, size"),
        ("party", "case_id, address, since, proof"),
        ("mailop", "arrival_id, mailbox, op, target, state, next_try"),
        (
            "outbox",
            (
                "dedupe_key, cause_key, reply, language, recipient, recipient_domain, message_id, subject, body_text,"
                " raw_sha256, state, next_try, created_at"
            ),
        ),
    ],
)
def test_the_same_thing_is_not_kept_twice(full: Scene, table: str, columns: str) -> None:
    where = "WHERE op = 'move'" if table == "mailop" else ""
    with pytest.raises(StoreError, match="UNIQUE constraint failed"), full.store.write():
        full.store.db.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} {where}")


@pytest.mark.parametrize("change", ["UPDATE editions SET note = 'other'", "DELETE FROM editions"])
def test_editions_are_only_ever_added(full: Scene, change: str) -> None:
    with pytest.raises(StoreError, match="what was published is never"), full.store.write():
        full.store.db.execute(change)
    assert [edition.number for edition in full.store.editions.every()] == [1]


def test_every_state_of_a_letter_says_what_may_follow() -> None:
    assert set(OUTBOX_MOVES) == set(OutboxState)
    assert [state for state, after in OUTBOX_MOVES.items() if not after] == [
        OutboxState.ACCEPTED,
    ]


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    build_v1(tmp_path / "data")
    with pytest.raises(StoreError, match="older version"):
        Store(tmp_path / "data", prepare=False)
    with Store(tmp_path / "data") as store:
        assert [row["case_number"] for row in store.cases.queue()] == ["K7F3Q9"]
        assert {row["name"] for row in store.db.rows("SELECT name FROM sqlite_master WHERE type = 'view'")} == set(
            VIEWS
        )
    Store(tmp_path / "data", prepare=False).close()


def test_old_and_new_files_end_with_the_same_schema(tmp_path: Path) -> None:
    """When this fails, a released table was edited: add a migration instead.

    Before the first release only: write the file anew with ``python tests/store/test_store_schema.py``.
    """
    build_v1(tmp_path / "old")
    shape = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%sqlite%' ORDER BY type, name"
    with Store(tmp_path / "old") as old, Store(tmp_path / "new") as new:
        assert old.db.rows(shape) == new.db.rows(shape)


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "data") as store:
        before = store.db.rows("SELECT * FROM _sqlite_migrations")
    with Store(tmp_path / "data") as store:
        assert store.db.rows("SELECT * FROM _sqlite_migrations") == before


def test_a_step_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_v1(tmp_path / "data")
    monkeypatch.setitem(VIEWS, "zz_broken", "SELECT nonsense FROM")
    with pytest.raises(StoreError, match="brought up to date"):
        Store(tmp_path / "data")
    monkeypatch.delitem(VIEWS, "zz_broken")
    with sqlite3.connect(tmp_path / "data" / DATABASE) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'view'").fetchone() == (0,)
    Store(tmp_path / "data").close()


def test_a_file_of_a_newer_version_is_refused(scene: Scene) -> None:
    with scene.store.write():
        scene.store.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('after-sales', 'm999_future', 'x')"
        )
    scene.store.close()
    for prepare in (True, False):
        with pytest.raises(StoreError, match=r"newer version.*m999_future"):
            Store(scene.folder, prepare=prepare)


def test_a_damaged_file_is_refused(full: Scene) -> None:
    full.store.close()
    path = full.folder / DATABASE
    data = bytearray(path.read_bytes())
    data[3 * 4096 : 8 * 4096] = bytes(range(256)) * (5 * 4096 // 256)
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        Store(full.folder)


def test_rows_that_point_nowhere_are_refused(full: Scene) -> None:
    full.store.close()
    with sqlite3.connect(full.folder / DATABASE) as connection:
        connection.execute("DELETE FROM letter")
    with pytest.raises(StoreError, match="point to rows that are gone"):
        Store(full.folder)


def freeze() -> None:
    """Write the first version's schema down again."""
    from sqlite_utils import Database

    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(connection, stop_before=schema.STEPS[1])
    rows = Database(connection).query(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'sqlite_sequence'"
        " AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')"
    )
    text = ";\n".join(row["sql"] for row in rows)
    V1.write_text(
        f"{text};\nINSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        f" VALUES ('after-sales', '{schema.STEPS[0]}', '2025-03-14 12:00:00+00:00');\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    freeze()
