"""Errands in mailboxes: grouped, repeatable, given up late and with an alert."""

from __future__ import annotations

from datetime import timedelta

import pytest
from scenes import NOON, Scene

from bot.store.mailops import MAX_ATTEMPTS
from bot.store.states import Mailop


def test_errands_are_grouped_by_folder(scene: Scene) -> None:
    first, second, odd = (scene.arrive(uid=uid) for uid in (1, 2, 3))
    sent = scene.answer(scene.open_case())
    for arrival, folder in ((first, "Bot/Done"), (odd, "Bot/Quarantine"), (second, "Bot/Done")):
        scene.store.mailops.move(arrival, folder, NOON)
    scene.store.mailops.append_sent(sent.id, "INBOX", "Sent", NOON)
    batches = scene.store.mailops.open("INBOX", NOON)
    assert [(batch.op, batch.target, [errand.uid for errand in batch.errands]) for batch in batches] == [
        (Mailop.MOVE, "Bot/Done", [1, 2]),
        (Mailop.MOVE, "Bot/Quarantine", [3]),
        (Mailop.APPEND_SENT, "Sent", [None]),
    ]
    copy = batches[-1].errands[0]
    assert copy.message_id.endswith("@desk.example.com")
    assert copy.raw_sha256 == scene.store.outbox.get(sent.id).raw_sha256
    assert len(scene.store.mailops.open("INBOX", NOON, limit=1)[0].errands) == 1
    assert scene.store.mailops.open("Other", NOON) == ()


def test_an_errand_done_is_not_given_out_again(scene: Scene) -> None:
    arrival = scene.arrive()
    scene.store.mailops.move(arrival, "Bot/Done", NOON)
    scene.store.mailops.done([scene.store.mailops.open("INBOX", NOON)[0].errands[0].id])
    scene.store.mailops.move(arrival, "Bot/Done", NOON)  # asked for once more after a crash
    assert scene.store.mailops.open("INBOX", NOON) == ()


def test_a_mail_out_of_quarantine_is_filed_anew(scene: Scene) -> None:
    arrival = scene.arrive()
    scene.store.mailops.move(arrival, "Bot/Quarantine", NOON)
    scene.store.mailops.done([scene.store.mailops.open("INBOX", NOON)[0].errands[0].id])
    scene.store.mailops.move(arrival, "Bot/Done", NOON)
    assert [batch.target for batch in scene.store.mailops.open("INBOX", NOON)] == ["Bot/Done"]


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (50, 60)])
def test_a_failed_errand_waits_longer_each_time(scene: Scene, failures: int, minutes: int) -> None:
    scene.store.mailops.move(scene.arrive(), "Bot/Done", NOON)
    id_ = scene.store.mailops.open("INBOX", NOON)[0].errands[0].id
    for _ in range(failures):
        scene.store.mailops.failed([id_], "no such folder", NOON)
    due = NOON + timedelta(minutes=minutes)
    assert scene.store.mailops.open("INBOX", due - timedelta(seconds=1)) == ()
    assert scene.store.mailops.open("INBOX", due)[0].errands[0].attempts == failures


def test_an_errand_is_given_up_with_an_alert(scene: Scene) -> None:
    scene.store.mailops.move(scene.arrive(), "Bot/Done", NOON)
    id_ = scene.store.mailops.open("INBOX", NOON)[0].errands[0].id
    for _ in range(MAX_ATTEMPTS):
        scene.store.mailops.failed([id_], "no such folder", NOON)
    assert scene.store.mailops.open("INBOX", NOON + timedelta(days=30)) == ()
    assert [alert["kind"] for alert in scene.store.alerts.open()] == ["mail_not_filed"]


def test_an_alert_is_one_line_until_it_is_put_away(scene: Scene) -> None:
    alerts = scene.store.alerts
    for minute in range(3):
        alerts.report("no_mail", f"since {minute} minutes", NOON + timedelta(minutes=minute))
    assert [(row["count"], row["since"], row["text"]) for row in alerts.open()] == [
        (3, "2025-03-14T12:00:00Z", "since 2 minutes")
    ]
    assert alerts.acknowledge("no_mail")
    assert alerts.open() == []
    assert not alerts.acknowledge("no_mail")
    alerts.report("no_mail", "again", NOON + timedelta(hours=1))
    assert [(row["count"], row["since"]) for row in alerts.open()] == [(1, "2025-03-14T13:00:00Z")]
