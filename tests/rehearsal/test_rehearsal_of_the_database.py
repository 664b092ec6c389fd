"""Past mail of the database: replayed as it came, with what people did in between, and nothing is touched."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command import ROOT, run
from past_mails import SHIPPED, change, claim, rehearsed, working_files
from sink import Sink
from story_desk import Desk, open_desk, opened_once

from bot.config import load_config
from bot.rehearsal.past import from_database, ways_of
from bot.store.past import past_cases
from bot.worker.wiring import Wiring

STORIES = ROOT / "fixtures" / "stories"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# Every program of the command, children included, writes down whom it speaks to. (A library tries at its start
# whether there is IPv6 and speaks to nobody.)
WATCH = """
import os, sys
def hook(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "smtplib.connect"):
        with open(os.environ["HOME"] + "/spoken", "a") as file:
            file.write(event + "\\n")
sys.addaudithook(hook)
open(os.environ["HOME"] + "/watched", "a").write(f"{os.getpid()}\\n")
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    with opened_once(tmp_path_factory.mktemp("opened")) as wiring:
        yield wiring


@pytest.fixture
def desk(tmp_path: Path, sink: Sink, opened: Wiring) -> Iterator[Desk]:
    (tmp_path / "shop").mkdir()
    with open_desk(tmp_path / "shop", sink, opened) as desk:
        yield desk


def take(desk: Desk, story: str, *steps: int) -> None:
    for step in steps:
        desk.take((STORIES / story / f"{step}-customer.eml").read_bytes())


def everything(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder", path.lstat().st_mtime_ns
        )
        for path in sorted(folder.rglob("*"))
    }  # fmt: skip


def test_a_rehearsal_sends_nothing_stores_nothing_and_speaks_to_nobody(desk: Desk, tmp_path: Path, sink: Sink) -> None:
    take(desk, "missing-photo-then-sent", 1, 2)
    desk.take(claim(tmp_path / "more", "one.eml", days=40).read_bytes())
    new = working_files(tmp_path)
    change(new.templates / "en" / "details_needed" / "body.txt", "We have your request", "Your request is here,")
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    before, sent = everything(tmp_path / "shop"), len(sink.kept)
    done = run(
        "rehearse", "-c", tmp_path / "shop" / "config.toml", "--templates", new.templates, "--since", "2025-01-01",
        "--no-stories", "--json", HOME=str(tmp_path), PYTHONPATH=str(tmp_path / "watch"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    whole = json.loads(done.stdout.splitlines()[-1])
    assert whole["replayed"] == 3
    assert whole["changed"] >= 1
    assert everything(tmp_path / "shop") == before
    assert len(sink.kept) == sent
    assert len(set((tmp_path / "watched").read_text().split())) >= 2, "the command and its reading child were watched"
    assert not (tmp_path / "spoken").exists()


def test_mails_of_a_case_come_in_their_order_and_with_the_looks_that_were_taken(desk: Desk, tmp_path: Path) -> None:
    take(desk, "missing-photo-then-sent", 1, 2)
    desk.take(claim(tmp_path / "more", "one.eml", days=40).read_bytes())
    cases = from_database(desk.w.config.data.folder, LONG_AGO)
    days = [mail.name.partition(", ")[2] for mail in cases[0].mails]
    assert days == ["mail 1, 2025-06-11", "mail 2, 2025-06-12"]
    assert [look.kind for look in cases[0].mails[1].known.values()] == ["photo"]
    report, outcomes = rehearsed(working_files(tmp_path), cases)
    assert (report.replayed, report.changed) == (3, 0)
    states = [o.before.facts["state"] for o in outcomes if o.before]
    stored = desk.w.store.db.rows("SELECT state FROM cases ORDER BY id")
    assert [states[1], states[2]] == [row["state"] for row in stored], "it comes out as it did"


def test_what_people_did_stands_between_the_mails(desk: Desk, tmp_path: Path) -> None:
    story = "free-repair-all-eight-steps"
    take(desk, story, 1)
    desk.act({"action": "approve", "service": "free_repair", "address": "eu"})
    desk.act({"action": "correct", "field": "purchase_date", "value": "2025-03-01"})
    parcel = next(path for path in sorted((STORIES / story).glob("*-customer.eml")) if not path.name.startswith("1-"))
    desk.take(parcel.read_bytes())
    (case,) = from_database(desk.w.config.data.folder, LONG_AGO)
    done = [between.name for between in case.mails[1].between]
    assert done == ["approve", "correct"]
    _, outcomes = rehearsed(working_files(tmp_path), [case])
    after = outcomes[1].before
    assert after is not None
    assert after.facts["state"] == desk.w.store.db.rows("SELECT state FROM cases")[0]["state"] == "parcel_announced"
    assert after.facts["purchase_date"] == "2025-03-01"


def test_an_earlier_mail_leads_up_and_is_not_counted_and_the_newest_cases_are_taken(desk: Desk, tmp_path: Path) -> None:
    take(desk, "missing-photo-then-sent", 1, 2)
    desk.take(claim(tmp_path / "more", "one.eml", days=40).read_bytes())
    data = desk.w.config.data.folder
    cases = from_database(data, datetime(2025, 6, 12, tzinfo=UTC))
    assert [mail.counts for mail in cases[0].mails] == [False, True]
    report, outcomes = rehearsed(working_files(tmp_path), cases[:1])
    assert (report.total, report.replayed) == (1, 1)
    assert outcomes[0].before is not None
    assert outcomes[0].before.facts["kind"] == "details_followup"
    newest = past_cases(data, LONG_AGO, most=1)
    assert [case.number for case in newest] == [past_cases(data, LONG_AGO)[-1].number]


def test_promises_and_addresses_are_those_of_the_configuration(desk: Desk) -> None:
    ways = ways_of(load_config(desk.w.config.data.folder.parent / "config.toml"))
    assert ways.promises == desk.w.promises
    assert ways.own_addresses == tuple(desk.w.config.address.own)


def test_a_stop_gives_what_was_replayed_until_then(tmp_path: Path) -> None:
    new = working_files(tmp_path)
    change(new.templates / "en" / "details_needed" / "body.txt", "We have your request", "Your request is here,")
    for number in range(400):
        claim(tmp_path / "mails", f"{number:03}.eml", days=40)
    command = ["rehearse", "--templates", str(new.templates), "--no-stories", "--json", str(tmp_path / "mails")]
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *command], cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["changes"]
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read().splitlines()
        assert process.wait(60) == 130
    whole = json.loads(rest[-1])
    assert whole["stopped"] is True
    assert whole["total"] == 400
    assert 0 < whole["replayed"] < 400
    assert whole["replayed"] == len(rest), "each line before the last is a mail that changes, the first was read"


def test_without_a_database_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[mailbox]\ntype = "maildir"\n[maildir]\npath = "mail"\n[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\n'
        f'[address]\nown = ["shop@example.com"]\n[policy]\nfolder = "{SHIPPED.policy}"\n',
        encoding="utf-8",
    )
    new = working_files(tmp_path / "new")
    done = run("rehearse", "-c", tmp_path / "config.toml", "--policy", new.policy, "--no-stories")
    assert done.returncode == 1
    assert "there is no data in" in done.stderr
