"""The same desk over a Maildir, and the demo over the embedded servers."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from shop import ROOT, Shop, answer, child_environment, claim

from bot.cli.scenes import show_scene
from bot.cli.show import columns_of
from bot.demo.life import LIFE, Page, Scene
from bot.store.engine import Store


def test_a_maildir_serves_as_the_mailbox(maildir_shop: Shop) -> None:
    shop = maildir_shop
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(1))
    shop.round()
    (letter,) = shop.letters()
    shop.box.deliver(answer(letter, 2, "It was delivered on 3 March 2025."))
    shop.round()
    assert shop.outcomes() == ["human", "duplicate", "human"]
    assert (shop.count("cases"), len(shop.letters())) == (1, 2)
    assert (len(shop.box.mails()), len(shop.box.mails("Handled")), len(shop.box.mails("Sent"))) == (0, 3, 2)


def test_a_dry_run_over_a_maildir_moves_nothing(maildir_shop: Shop) -> None:
    shop = maildir_shop
    shop.box.deliver(claim(1))
    result = shop.command("once")
    assert result.returncode == 0
    assert "details_needed" in result.stdout
    assert (shop.box.mails(), shop.letters()) == ([claim(1)], [])
    assert not (shop.folder / "data").exists()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that the demo leaves, and what it said."""
    folder = tmp_path_factory.mktemp("shown") / "demo"
    began = time.monotonic()
    result = commanded("demo", "--folder", str(folder))
    seconds = time.monotonic() - began
    assert (result.returncode, result.stderr) == (0, "")
    assert seconds < 110, "nothing sleeps"
    return folder, result.stdout


def commanded(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env=child_environment(PYTHONPATH=str(ROOT), **environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_demo_shows_the_whole_product(demo: tuple[Path, str]) -> None:
    folder, out = demo
    assert len(re.findall(r"^Case [A-Z0-9]{6}: ", out, re.MULTILINE)) >= 5
    assert {"CUSTOMER", "BOT", "MACHINE"} <= set(re.findall(r"^  ([A-Z]+)  ", out, re.MULTILINE))
    queue = out.partition("What needs a person, most urgent first")[2].partition("All cases")[0]
    assert queue.strip().splitlines()[1].split()[1] == "hazard", "the battery comes first"
    counts = dict(re.findall(r"(\d+) (\w+)", out.partition("Nothing is unaccounted for")[2].partition("Try next")[0]))
    assert {"seen", "stored", "quarantined"}.isdisjoint(counts.values())
    assert (folder / "data" / "after-sales.db").is_file()
    assert "\x1b[" not in out, "no colour into a file"
    assert len(out.splitlines()) < 320, "short enough to read"
    assert max(map(len, out.partition("Try next")[0].splitlines())) <= 120


def test_the_demo_walks_one_case_through_all_eight_steps_in_two_languages(demo: tuple[Path, str]) -> None:
    folder, out = demo
    life = out.partition("Today five customers")[0]
    steps = [int(step) for step in re.findall(r"^Step (\d) of 8", life, re.MULTILINE)]
    assert sorted(set(steps)) == list(range(1, 9))
    assert steps == sorted(steps)
    days = [datetime.strptime(d, "%d %B %Y") for d in re.findall(r"day (\d+ \w+ 20\d\d)$", life, re.MULTILINE)]
    assert days == sorted(days)
    assert (days[-1] - days[0]).days > 30, "the clock was moved"
    assert days[-1] < datetime.now(), "the present is left for today's customers"
    states = re.findall(r"State (\w+), next is (\w+)", life)
    assert states == [
        ("waiting_for_details", "customer"),
        ("ready_for_staff", "staff"),
        ("approved", "customer"),
        ("approved", "customer"),
        ("parcel_announced", "carrier"),
        ("at_service_centre", "staff"),
        ("inspected", "staff"),
        ("returning", "carrier"),
        ("completed", "nobody"),
    ]
    numbers = dict(re.findall(r", (en|de), case ([A-Z0-9]{6})", life))
    with Store(folder / "data", prepare=False) as store:
        for language, number in numbers.items():
            parts = store.cases.show(number)
            assert (parts["case"]["state"], parts["case"]["language"]) == ("completed", language)
            assert {row["language"] for row in parts["letters"]} == {language}
            assert {row["state"] for row in parts["letters"]} == {"accepted"}
            assert {"maria", "bot", "customer"} <= {event["actor"] for event in parts["events"]}
            assert all(" ".join(letter["subject"].split()[:3]) in life for letter in parts["letters"])
            assert parts["timers"], "time did something by itself"
    assert set(numbers) == {"en", "de"}


def test_what_the_demo_says_to_try_next_can_be_tried(demo: tuple[Path, str]) -> None:
    _, out = demo
    lines = re.findall(r"^  after-sales (.+)$", out.partition("Try next")[2], re.MULTILINE)
    assert len(lines) == 3
    for line in lines:
        result = commanded(*line.split())
        assert (result.returncode, result.stderr) == (0, ""), line
        assert len(result.stdout.splitlines()) > 5


def test_the_page_of_a_case_says_that_our_letter_came_back(demo: tuple[Path, str]) -> None:
    folder, out = demo
    came_back = re.search(r"^Case ([A-Z0-9]{6}): .*(?:\n(?!Case ).*)*Undelivered Mail", out, re.MULTILINE)
    assert came_back
    shown = commanded("case", came_back[1], "-c", str(folder / "config.toml")).stdout
    assert "our letter came back from jonas.kehl@example.com" in shown.partition("Checks")[0]


@pytest.mark.parametrize("columns", [80, 120])
def test_a_scene_fits_its_terminal_in_every_script(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    said = (
        "kospet.comで購入したTANK T3 Ultra（注文番号KS20614）が、先週から毎晩、充電が十分でも勝手に電源が切れます。" * 3
    )
    page = Page(
        language="ja", customer="田中 さくら", number="K7F3Q9", said=said, command="after-sales case K7F3Q9 received",
        subject="KOSPET 受付番号 K7F3Q9：荷物が届きました", lines=(said, "a" * 200), state="approved",
        next_actor="customer", until="2025-03-24", timer=("ship_reminder", "2025-03-19"),
    )  # fmt: skip
    show_scene(Scene(beat=LIFE[2], on=date(2025, 3, 10), pages=(page, page)), columns, named=True)
    shown = capsys.readouterr().out.splitlines()
    assert max(map(columns_of, shown)) <= columns
    assert any(line.count("荷物が届きました") == 2 for line in shown) == (columns == 120), "side by side where it fits"
