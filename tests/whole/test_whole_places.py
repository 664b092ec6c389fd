"""The same desk over a Maildir, and the demo over the embedded servers."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from shop import ROOT, Shop, answer, child_environment, claim


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


def test_the_demo_shows_the_whole_product(tmp_path: Path) -> None:
    began = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--folder", str(tmp_path / "demo")],
        cwd=ROOT,
        env=child_environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    seconds = time.monotonic() - began
    assert (result.returncode, result.stderr) == (0, "")
    assert seconds < 110
    out = result.stdout
    assert len(re.findall(r"^Case [A-Z0-9]{6}: ", out, re.MULTILINE)) >= 5
    assert {"CUSTOMER", "BOT", "MACHINE"} <= set(re.findall(r"^  ([A-Z]+)  ", out, re.MULTILINE))
    queue = out.partition("What needs a person, most urgent first")[2].partition("All cases")[0]
    assert queue.strip().splitlines()[1].split()[1] == "hazard", "the battery comes first"
    counts = dict(re.findall(r"(\d+) (\w+)", out.partition("Nothing is unaccounted for")[2].partition("Left for")[0]))
    assert {"seen", "stored", "quarantined"}.isdisjoint(counts.values())
    assert (tmp_path / "demo" / "data" / "after-sales.db").is_file()
    assert "\x1b[" not in out, "no colour into a file"
