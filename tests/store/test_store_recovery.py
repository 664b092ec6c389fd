"""A start after a crash: killed processes at every step of a mail's way, and of a letter's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import pytest
from scenes import NOON, Scene

from bot.store.engine import Store
from bot.store.states import OutboxState

WORK_AND_DIE = """
import os, pathlib, signal, sys
sys.path.insert(0, sys.argv[3])
from scenes import NOON, Scene
from bot.store.engine import Store
from bot.store.states import ArrivalOutcome

def reached(step):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

folder = pathlib.Path(sys.argv[1])
store = Store(folder)
scene = Scene(store=store, folder=folder)
reached("opened")
store.mailboxes.enter("INBOX", 7, None, NOON)
seen = store.ledger.see("INBOX", 7, [(1, 9, NOON)], NOON)
reached("seen")
for entry in store.ledger.unfetched("INBOX", 7):
    sha256 = store.files.put(b"raw bytes")
    reached("on disk")
    store.ledger.stored(entry.id, sha256, 9, NOON)
    reached("stored")
for entry in store.ledger.due(NOON):
    store.ledger.begin(entry.id, NOON)
    reached("begun")
    with store.write():
        case = scene.open_case()
        reached("inside: case")
        scene.answer(case)
        store.ledger.finish(entry.id, ArrivalOutcome.HUMAN, NOON, case_id=case.case_id)
        store.mailops.move(entry.id, "Bot/Done", NOON)
        reached("inside: all")
    reached("done")
for batch in store.mailops.open("INBOX", NOON):
    store.mailops.done([errand.id for errand in batch.errands])
    reached("moved")
row = store.outbox.claim(NOON)
if row:
    reached("claimed")
    store.delivery.data_started(row.id, NOON)
    reached("data_started")
    store.delivery.accepted(row.id, NOON, 250, "Ok")
    reached("accepted")
"""


@pytest.mark.parametrize(
    ("step", "found", "errands", "letter"),
    [
        ("opened", {}, 0, None),  # the mailbox shows it again
        ("seen", {"seen": 1}, 0, None),  # fetched again
        ("on disk", {"seen": 1}, 0, None),  # fetched again, the same file
        ("stored", {"stored": 1}, 0, None),
        ("begun", {"stored": 1}, 0, None),
        ("inside: case", {"stored": 1}, 0, None),  # rolled back
        ("inside: all", {"stored": 1}, 0, None),
        ("done", {"human": 1}, 1, OutboxState.QUEUED),  # only the filing is repeated
        ("moved", {"human": 1}, 0, OutboxState.QUEUED),
        ("claimed", {"human": 1}, 0, OutboxState.QUEUED),  # nothing had left
        ("data_started", {"human": 1}, 0, OutboxState.UNKNOWN),  # nobody knows
        ("accepted", {"human": 1}, 0, OutboxState.ACCEPTED),
    ],
)
def test_a_kill_at_any_step_ends_with_one_case_and_one_letter(
    tmp_path: Path,
    start: Callable[..., Popen[str]],
    step: str,
    found: dict[str, int],
    errands: int,
    letter: OutboxState | None,
) -> None:
    folder, here = tmp_path / "data", Path(__file__).parent
    assert start(WORK_AND_DIE, folder, step, here).wait(timeout=60) == -9
    with Store(folder) as store:
        store.delivery.recover(NOON)
        assert store.ledger.counts() == found
        assert sum(len(batch.errands) for batch in store.mailops.open("INBOX", NOON)) == errands
        assert [row["state"] for row in store.db.rows("SELECT state FROM outbox")] == ([letter] if letter else [])
    assert start(WORK_AND_DIE, folder, "never", here).wait(timeout=60) == 0
    with Store(folder) as store:
        assert store.ledger.counts() == {"human": 1}
        assert len(store.cases.list()) == 1
        assert store.mailops.open("INBOX", NOON) == ()
        states = [row["state"] for row in store.db.rows("SELECT state FROM outbox")]
        assert states == [OutboxState.UNKNOWN if step == "data_started" else OutboxState.ACCEPTED]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("queued", OutboxState.QUEUED),
        ("claimed", OutboxState.QUEUED),  # nothing had left
        ("data_started", OutboxState.UNKNOWN),  # nobody knows
        ("unknown", OutboxState.UNKNOWN),
        ("accepted", OutboxState.ACCEPTED),
        ("held", OutboxState.HELD),
        ("failed", OutboxState.FAILED),
        ("superseded", OutboxState.SUPERSEDED),
    ],
)
def test_recovery_moves_states_forward_only(scene: Scene, before: str, after: OutboxState) -> None:
    case = scene.open_case()
    id_ = scene.answer(case, hold="staff_first" if before == "held" else "").id
    delivery = scene.store.delivery
    if before in {"claimed", "data_started", "unknown", "accepted", "failed"}:
        scene.store.outbox.claim(NOON)
    if before in {"data_started", "unknown", "accepted"}:
        delivery.data_started(id_, NOON)
    if before == "unknown":
        delivery.unknown(id_, NOON, "no answer")
    if before == "accepted":
        delivery.accepted(id_, NOON, 250, "Ok")
    if before == "failed":
        delivery.failed(id_, NOON, 550, "no")
    if before == "superseded":
        scene.store.outbox.supersede(case.case_id, NOON)
    assert scene.store.outbox.get(id_).state == before
    scene.store.close()
    for _ in range(2):  # recovery itself may be interrupted and run again
        with Store(scene.folder) as again:
            again.delivery.recover(NOON + timedelta(minutes=1))
            assert again.outbox.get(id_).state == after
            assert again.ledger.due(NOON) == ()
