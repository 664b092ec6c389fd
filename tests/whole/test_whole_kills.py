"""kill -9 at every place where something leaves the process, and at random moments: nothing lost, nothing twice.

The one thing that cannot be known is whether a letter arrived whose payload had begun: such a letter may have been
accepted once, or is held as perhaps sent; it is never sent a second time. With AFTER_SALES_TESTS=all every place is
tried, which takes some minutes.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shop import ROOT, Shop, child_environment, claim, mail, read

from bot.store.engine import Store

MORE = "budgets per_hour = 5000\nbudgets per_day = 5000"
ALL = os.environ.get("AFTER_SALES_TESTS") == "all"
KILLS, FIRST_STARTS = (10_000, 10_000) if ALL else (48, 8)
RANDOM_KILLS = 10
PER_TRIAL = 10  # numbers of mails
WINDOW = ("smtp._deliver", "delivery.data_started", "delivery.accepted")


def away(number: int) -> bytes:
    return mail(
        "I am out of the office until Monday.\n",
        From=f"robot{number}@home{number}.example.com",
        To="care@shop.example.com",
        Subject="Automatic reply: away",
        Message_ID=f"<away-{number}@home.example.com>",
        Auto_Submitted="auto-replied",
    )


def deliver(shop: Shop, trial: int) -> list[int]:
    """Two people, a machine, and one of the people once more; the people's numbers."""
    first = trial * PER_TRIAL
    for raw in (claim(first + 1), away(first + 3), claim(first + 2), claim(first + 1)):
        shop.box.deliver(raw)
    return [first + 1, first + 2]


def killed(shop: Shop, **environment: str) -> int:
    """One real round that ends at a place; the exit code of the process."""
    result = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "killing.py"), "once", "--send", "-c", str(shop.folder / "config.toml")],
        env=child_environment(**environment),
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return result.returncode


def places(shop: Shop, trial: int) -> Counter[str]:
    """All places that one round passes, in order, and how often."""
    deliver(shop, trial)
    listed = shop.folder / f"places-{trial}"
    assert killed(shop, KILL_LIST=str(listed)) == 0
    return Counter(listed.read_text(encoding="utf-8").splitlines())


def spread(places: list[str], count: int) -> list[str]:
    """At most ``count`` of them, from the first to the last."""
    step = max(1.0, len(places) / count)
    return [places[int(n * step)] for n in range(min(count, len(places)))]


def problems(shop: Shop, people: Iterable[int]) -> list[str]:
    """What is not as promised, for these people's mails."""
    found = []
    sent = Counter(str(letter["To"]) for letter in shop.letters())
    doubtful = {row["recipient"] for row in shop.rows("SELECT recipient FROM open_outbox WHERE perhaps_sent = 1")}
    cases = Counter(row["address"] for row in shop.rows("SELECT address FROM case_overview"))
    human = Counter(row["message_id"] for row in shop.rows("SELECT message_id FROM arrival WHERE outcome = 'human'"))
    for number in people:
        address, message_id = f"anna{number}@home{number}.example.com", f"<claim-{number}@home.example.com>"
        if not (sent[address] == 1 or (sent[address] == 0 and address in doubtful)):
            found.append(f"{sent[address]} letters for mail {number}")
        if cases[address] != 1:
            found.append(f"{cases[address]} cases for mail {number}")
        if human[message_id] + human[message_id.strip("<>")] != 1:
            found.append(f"mail {number} stands {human[message_id]} times in the ledger")
    open_ends = [o for o in shop.outcomes() if o not in ("human", "machine", "duplicate")]
    found += [f"a mail ended as {o}" for o in open_ends]
    found += [f"a machine got a letter: {address}" for address in sent if address.startswith("robot")]
    found += [f"{len(shop.box.mails())} mails lie in the inbox"] * bool(shop.box.mails())
    return found + damage(shop)


def damage(shop: Shop) -> list[str]:
    with Store(shop.folder / "data", prepare=False) as store:
        checks = [row for name in ("integrity_check", "foreign_key_check") for row in store.db.rows(f"PRAGMA {name}")]
        lost = store.files.damaged(datetime(2000, 1, 1, tzinfo=UTC))
    return [str(row) for row in checks if row != {"integrity_check": "ok"}] + [f"file {name}" for name in lost]


def settle(shop: Shop) -> None:
    """Two hours later every doubt is either settled or with a person."""
    for minutes in (10, 40, 60, 120):
        shop.clock.ahead = timedelta(minutes=minutes)
        shop.round(MORE)


@pytest.mark.slow
@pytest.mark.timeout(7200 if ALL else 900)
@pytest.mark.parametrize("half", [0, 1], ids=["first half", "second half"])
def test_killed_anywhere_nothing_is_lost_and_nothing_is_sent_twice(shop: Shop, half: int) -> None:
    shop.configure(MORE)
    people = list(deliver(shop, 0))
    shop.round(MORE)  # so that the places of the first start are not among these
    passed = places(shop, 1)
    people += [PER_TRIAL + 1, PER_TRIAL + 2]
    assert len(passed) > 100
    # The few moments at which a letter is on its way are all tried, the others are spread over the whole way.
    window = [place for place in passed if any(name in place for name in WINDOW)]
    chosen = window + spread([place for place in passed if place not in window], KILLS - len(window))
    hit = 0
    for trial, place in enumerate(chosen[half::2], 2):
        people += deliver(shop, trial)
        turn = min(1 + trial % 2, passed[place])  # what is passed once, as at a start, has no second time
        code = killed(shop, KILL_AT=place, KILL_TURN=str(turn))
        hit += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL), place
        shop.round(MORE)
        assert problems(shop, people[-2:]) == [], place
    assert hit >= 0.8 * len(chosen[half::2]), "most places must be reached"
    settle(shop)
    assert problems(shop, people) == []
    ids = Counter(str(letter["Message-ID"]) for letter in shop.letters())
    assert set(ids.values()) == {1}
    copies = Counter(read(raw)["Message-ID"] for raw in shop.box.mails("Sent"))
    assert set(copies.values()) == {1}
    ends = Counter(row["state"] for row in shop.rows("SELECT state FROM outbox"))
    assert set(ends) <= {"accepted", "held"}
    assert len(copies) == ends["accepted"]


@pytest.mark.slow
@pytest.mark.timeout(3600 if ALL else 600)
def test_killed_during_the_first_start_the_next_one_begins_afresh(shop: Shop) -> None:
    shop.configure(MORE)
    passed = places(shop, 0)
    begin = [
        place
        for place in passed
        if "own_secret" in place or "migrate" in place or "Store" in place or "engine." in place
    ]
    begin += [place for place in passed if place not in begin and "wiring." in place]
    assert len(begin) > 8
    for trial, place in enumerate(spread(begin, FIRST_STARTS), 1):
        shutil.rmtree(shop.folder / "data")
        people = deliver(shop, trial)
        assert killed(shop, KILL_AT=place) == -signal.SIGKILL, place
        shop.round(MORE)
        assert problems(shop, people) == [], place
        assert len((shop.folder / "data" / "secret").read_bytes()) == 32, place


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_random_moments_the_service_goes_on_where_it_was(shop: Shop) -> None:
    chance = random.Random(20_250_314)
    shop.configure(MORE + "\nschedule poll_seconds = 1\nschedule send_seconds = 1")
    people: list[int] = []
    for trial in range(RANDOM_KILLS):
        people += deliver(shop, trial)
        with shop.program("run") as process:
            assert process.stderr
            for line in process.stderr:
                if "running" in line:
                    break
            time.sleep(chance.uniform(0.0, 1.6))
            process.kill()
        if trial % 2:  # or one mail could be hit three times, and would rightly be set aside
            shop.round(MORE)
    settle(shop)
    assert problems(shop, people) == []


def test_the_kill_switch_kills(shop: Shop, tmp_path: Path) -> None:
    """A switch that never strikes would make every test above pass."""
    shop.configure(MORE)
    passed = places(shop, 0)
    assert any("sendall" in place and "smtp" in place for place in passed)
    assert any("answering._record" in place for place in passed)
    assert any("errands._move" in place for place in passed)
    assert any("errands._copy_to_sent" in place for place in passed)
    deliver(shop, 1)
    commit = next(place for place in passed if "answering._record" in place)
    assert killed(shop, KILL_AT=commit) == -signal.SIGKILL
    assert shop.count("cases") == 2, "the case of the second round was not yet kept"
