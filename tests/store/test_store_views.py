"""What staff reads with any SQLite program: the right cases, the most urgent first, in plain words."""

from __future__ import annotations

import sqlite3
from datetime import date

import pytest
from scenes import ANNA, NOON, Scene, decision, for_staff, letter

from bot.core.model import Automatic, Kind, State
from bot.store.engine import DATABASE
from bot.store.records import Received
from bot.store.views import VIEWS


def test_the_queue_holds_what_needs_a_person_most_urgent_first(scene: Scene) -> None:
    scene.store.logical_now(NOON)
    later = scene.open_case(for_staff(answer_by=date(2025, 3, 20)))
    undated = scene.open_case(for_staff(answer_by=None))
    today = scene.open_case(for_staff(answer_by=date(2025, 3, 14)))
    overdue = scene.open_case(for_staff(answer_by=date(2025, 3, 13)))
    hazard = scene.open_case(for_staff(answer_by=date(2025, 3, 21), flags=("angry", "safety_hazard")))
    scene.open_case()  # waits for the customer
    scene.open_case(for_staff(state=State.COMPLETED))
    assert [(row["case_number"], row["urgency"]) for row in scene.store.cases.queue()] == [
        (hazard.number, "hazard"),
        (overdue.number, "overdue"),
        (today.number, "today"),
        (later.number, "later"),
        (undated.number, "later"),
    ]
    assert scene.store.cases.queue()[0]["flags"] == "angry, safety_hazard"


def test_the_bots_own_day_decides_what_is_late(scene: Scene) -> None:
    scene.store.logical_now(NOON)
    scene.open_case(for_staff(answer_by=date(2025, 3, 14)))
    assert scene.store.cases.queue()[0]["urgency"] == "today"
    scene.store.logical_now(scene.later(days=1))
    assert scene.store.cases.queue()[0]["urgency"] == "overdue"


def test_the_queue_says_why_in_plain_words(scene: Scene) -> None:
    worded = scene.open_case(for_staff(), why="Is “a shop” one of our dealers?")
    plain = scene.open_case(for_staff())
    asked = scene.open_case()
    scene.answer(asked, hold="staff_first")
    why = {row["case_number"]: row["why"] for row in scene.store.cases.queue()}
    assert why == {
        worded.number: "Is “a shop” one of our dealers?",
        plain.number: "seller unknown",
        asked.number: "a letter is held: staff first",
    }
    assert {row["doubt"] for row in scene.store.cases.queue()} == {"seller_unknown", ""}


def test_a_released_letter_leaves_the_queue(scene: Scene) -> None:
    held = scene.answer(scene.open_case(), hold="staff_first")
    scene.store.delivery.release(held.id, NOON, "Kim")
    assert scene.store.cases.queue() == []


def test_a_person_s_letter_that_was_sent_ends_the_trouble_with_an_earlier_one(scene: Scene) -> None:
    case = scene.open_case(for_staff())
    refused = scene.answer(case)
    scene.store.outbox.claim(NOON)
    scene.store.delivery.failed(refused.id, NOON, 550, "no such user")
    scene.answer(case, reply="received")
    scene.send()
    assert "no such user" in scene.store.cases.queue()[0]["why"], "one of ours may come back as well, later"
    scene.answer(case, reply="new_address", automatic=False)
    scene.send()
    assert scene.store.cases.queue()[0]["why"] == "seller unknown"


def test_the_overview_has_one_line_for_each_case(scene: Scene) -> None:
    case = scene.open_case(decision(flags=("second_hand",)))
    scene.answer(case)
    scene.send()
    row = scene.store.cases.list()[0]
    assert row["case_number"] == case.number
    assert (row["customer"], row["address"], row["mails"], row["letters"]) == ("Anna Example", ANNA, 1, 1)
    assert (row["order_number"], row["model"], row["missing"]) == ("KS20418", "TANK T3 Ultra", "photo_or_video")
    assert (row["waiting_for"], row["flags"], row["last_mail_at"]) == (
        "customer",
        "second_hand",
        "2025-03-14T12:00:00Z",
    )


def test_a_conversation_reads_in_order(scene: Scene) -> None:
    case = scene.open_case(sent=letter(attachments=(scene.photo(),)))
    scene.later(minutes=1)
    scene.answer(case)
    scene.send()
    scene.later(minutes=1)
    away = Automatic(kind=Kind.AUTO_REPLY, rule="auto_submitted", reason="out of office")
    mail = Received(letter=letter(message_id="<away@example.com>", own_words="I am away."), received_at=scene.now)
    scene.store.records.keep(mail, Kind.AUTO_REPLY, scene.now, automatic=away, case_id=case.case_id)
    scene.later(minutes=1)
    again = scene.add_mail(scene.store.cases.snapshot(case.case_id), sent=letter(own_words="Here is the photo."))
    scene.later(minutes=1)
    scene.answer(again, automatic=False, reply="approved_repair", body_text="We repair it.")
    rows = scene.store.db.rows("SELECT * FROM conversation WHERE case_number = :n", n=case.number)
    assert [(row["who"], row["words"], row["status"]) for row in rows] == [
        ("customer", "It does not turn on.", "received"),
        ("bot", "Please send a photo.", "sent"),
        ("machine", "I am away.", "out of office"),
        ("customer", "Here is the photo.", "received"),
        ("staff", "We repair it.", "waiting"),
    ]
    assert [row["files"] for row in rows] == [1, 0, 0, 0, 0]


def test_the_open_outbox_shows_what_has_not_ended(scene: Scene) -> None:
    cases = [scene.open_case() for _ in range(4)]
    sent = scene.answer(cases[0])
    assert scene.send() == sent.id
    tried = scene.answer(cases[1])
    scene.store.outbox.claim(NOON)
    scene.store.delivery.retry(tried.id, NOON, 451, "greylisted")
    held = scene.answer(cases[2], hold="staff_first")
    lost = scene.answer(cases[3], automatic=False)
    scene.store.outbox.claim(NOON)
    scene.store.delivery.data_started(lost.id, NOON)
    scene.store.delivery.unknown(lost.id, NOON, "no answer")
    rows = scene.store.outbox.open()
    assert [(row["outbox_id"], row["state"], row["why"], row["perhaps_sent"]) for row in rows] == [
        (tried.id, "queued", "greylisted", 0),
        (held.id, "held", "staff first", 0),
        (lost.id, "unknown", "no answer", 1),
    ]
    assert (rows[0]["next_try"], rows[0]["tries"]) == ("2025-03-14T12:05:00Z", 1)


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_any_sqlite_program_reads_a_view_of_an_empty_store(scene: Scene, view: str) -> None:
    scene.store.close()
    with sqlite3.connect(f"file:{scene.folder / DATABASE}?mode=ro", uri=True) as plain:
        cursor = plain.execute(f"SELECT * FROM {view}")
        assert cursor.fetchall() == []
        names = [column[0] for column in cursor.description]
    assert len(names) == len(set(names)) > 5
