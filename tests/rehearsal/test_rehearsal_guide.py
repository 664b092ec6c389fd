"""The worked example of the operator's guide, done as it is told; what it shows is what the command prints."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from command import on_a_terminal, run
from past_mails import change, claim, working_files
from written import ROOT

GUIDE = ROOT / "docs" / "operators-guide.md"
SHOWN = re.compile(r"(<!-- rehearsed: (.+?) -->\n```\n).*?(```\n<!-- end -->)", re.DOTALL)


def test_the_rehearsal_of_the_guide_is_real(tmp_path: Path, accept: Callable[[Path, str], None]) -> None:
    new = working_files(tmp_path / "try")
    change(new.policy / "warranty.toml", "days = 30", "days = 45", after='id = "free_replacement"')
    change(new.templates / "en" / "details_needed" / "body.txt", "We have your request", "Thank you for your request")
    for days, name in ((12, "ann"), (33, "bea"), (38, "carl"), (44, "dora"), (61, "emil"), (200, "fay")):
        claim(tmp_path / "june", f"{name}.eml", days=days)
    for days, name in ((33, "gabi"), (300, "hans")):
        claim(tmp_path / "june", f"{name}.eml", days=days, language="de")
    (tmp_path / "june" / "half-a-mail.eml").write_bytes(b"")
    story = ROOT / "fixtures" / "stories" / "only-the-date-is-missing"
    shutil.copytree(story, tmp_path / "my-desk" / "stories" / story.name)
    text = GUIDE.read_text(encoding="utf-8")
    found = SHOWN.search(text)
    assert found
    done = subprocess.run(
        [sys.executable, "-m", "bot", *shlex.split(found[2])[1:]], cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown = "\n".join(line.rstrip() for line in done.stdout.strip().splitlines()) + "\n"
    accept(GUIDE, text.replace(found[0], found[1] + shown + found[3]))


def test_somebody_who_watches_sees_a_bar_and_nobody_else_does(tmp_path: Path) -> None:
    new = working_files(tmp_path / "try")
    change(new.policy / "warranty.toml", "days = 30", "days = 45", after='id = "free_replacement"')
    for days in (12, 33):
        claim(tmp_path / "june", f"{days}.eml", days=days)
    command = ("rehearse", "--policy", new.policy, "--no-stories", tmp_path / "june")
    shown = on_a_terminal(*command, NO_COLOR="1", COLUMNS="120")
    assert "Replaying [" in shown
    assert "2 of 2 mails" in shown
    assert "\x1b[3" not in shown, "NO_COLOR: no colour, also on a terminal"
    assert "Replaying [" not in run(*command).stderr
