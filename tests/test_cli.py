"""The command line from outside: exit codes, help, cases, colour, pipes. Each command is a real process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command import ROOT, on_a_terminal, run
from written import NOON

from bot.cli import COMMANDS
from bot.config import load_config
from bot.worker.rounds import one_round
from bot.worker.wiring import open_wiring

STORY = ROOT / "fixtures" / "stories" / "complete-repair-request" / "1-customer.eml"
CONFIG = """
[mailbox]
type = "maildir"
[maildir]
path = "mail"
[smtp]
host = "127.0.0.1"
port = 9
security = "none"
[address]
own = ["after-sales@kospet.com"]
[start]
baseline = "2020-01-01"
[limits]
min_free_mb = 1
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with two cases: one waits for staff, one for its customer. No mail server listens."""
    folder = tmp_path_factory.mktemp("desk")
    for part in ("tmp", "new", "cur"):
        (folder / "mail" / part).mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG)
    for name in ("complete-repair-request", "missing-photo-then-sent"):
        shutil.copy(ROOT / "fixtures" / "stories" / name / "1-customer.eml", folder / "mail" / "new" / name)
    with open_wiring(load_config(folder / "config.toml"), clock=lambda: NOON) as wiring:
        one_round(wiring)
    return folder


# --- help and wrong use --------------------------------------------------------------------------------

SUBCOMMANDS = [(name,) for name in COMMANDS] + [("quarantine", name) for name in ("list", "show", "retry")]


@pytest.mark.parametrize("command", [(), *SUBCOMMANDS], ids=" ".join)
def test_every_command_explains_itself_with_an_example(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert f"Usage: after-sales {' '.join(command)}".strip() in result.stdout
    examples = result.stdout.partition("Examples:")[2]
    assert " ".join(("after-sales", *command)) in examples
    assert len(command) == 2 or "Exit codes: 0" in result.stdout


def test_the_version_is_told() -> None:
    assert run("--version").stdout.startswith("after-sales, version ")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("explan",), 2, "Did you mean 'explain'?"),
        (("explain",), 2, "Missing argument"),
        (("explain", "nothing.eml"), 1, "there is no such file"),
        (("explain", "--policy", "nowhere", str(STORY)), 3, "nowhere"),
        (("cases", "-c", "nowhere.toml"), 3, "after-sales init"),
        (("case", "K7F3Q9", "-c", "{desk}"), 1, "there is no case K7F3Q9"),
        (("quarantine", "retry", "1", "-c", "{desk}"), 1, "not in quarantine"),
        (("quarantine", "show", "999", "-c", "{desk}"), 1, "there is no mail 999"),
        (("quarantine", "retry", "x"), 2, "not a valid integer"),
        (("cases", "--waiting-for", "godot"), 2, "godot"),
        (("run", "-c", "nowhere.toml"), 3, "nowhere.toml"),
        (("once", "-c", "nowhere.toml"), 3, "nowhere.toml"),
    ],
)
def test_a_failure_has_its_code_and_names_its_cause(
    desk: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = run(*(argument.replace("{desk}", str(desk / "config.toml")) for argument in arguments))
    assert result.returncode == code
    assert says in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_look_before_the_first_start_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "mail").mkdir()
    result = run("cases", "-c", tmp_path / "config.toml")
    assert (result.returncode, "run the bot once" in result.stderr) == (1, True)


# --- cases ---------------------------------------------------------------------------------------------


def listed(desk: Path, *arguments: str) -> list[dict[str, Any]]:
    result = run("cases", "-c", desk / "config.toml", "--json", *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    rows = json.loads(result.stdout)
    assert isinstance(rows, list)
    return rows


def test_cases_are_listed_filtered_and_queued(desk: Path) -> None:
    rows = listed(desk)
    assert {row["state"] for row in rows} == {"ready_for_staff", "waiting_for_details"}
    assert set(rows[0]) >= {
        *("case_number", "state", "waiting_for", "customer", "address", "language", "kind", "service", "model"),
        *("platform", "order_number", "missing", "flags", "answer_by", "reply_by", "mails", "letters", "opened_at"),
    }
    (ready,) = listed(desk, "--state", "ready_for_staff")
    assert listed(desk, "--order", ready["order_number"]) == [ready]
    assert listed(desk, "--address", ready["address"]) == [ready]
    assert listed(desk, "--waiting-for", "nobody") == []
    assert len(listed(desk, "--limit", "1")) == 1
    (queued,) = listed(desk, "--queue")
    assert (queued["case_number"], bool(queued["why"])) == (ready["case_number"], True)


def test_the_list_for_reading_has_a_line_for_each_case(desk: Path) -> None:
    shown = run("cases", "-c", desk / "config.toml").stdout.splitlines()
    assert [line.split()[0] for line in shown[1:] if not line.startswith(" ")] == [
        row["case_number"] for row in listed(desk)
    ]
    none = run("cases", "-c", desk / "config.toml", "--language", "xx")
    assert (none.returncode, none.stdout) == (0, "No case fits.\n")


def test_a_case_is_shown_with_everything_known_of_it(desk: Path) -> None:
    (row,) = listed(desk, "--state", "ready_for_staff")
    number = row["case_number"]
    whole = json.loads(run("case", number.lower(), "-c", desk / "config.toml", "--json").stdout)
    assert set(whole) == {
        *("case", "conversation", "parties", "files", "findings", "checks"),
        *("flags", "events", "letters", "linked_from"),
        *("corrections", "timers", "next", "proposals"),
    }
    assert whole["case"]["case_number"] == number
    assert all(finding["place"] and finding["span_end"] >= finding["span_start"] for finding in whole["findings"])
    assert all(check["clause"] for check in whole["checks"])
    shown = run("case", number, "-c", desk / "config.toml").stdout
    for heading in ("Conversation", "Found", "Checks", "Our letters", "What happened"):
        assert f"\n{heading}\n" in shown
    assert f"Case {number}: ready_for_staff, waiting for staff" in shown


def test_an_empty_quarantine_is_said_to_be_empty(desk: Path) -> None:
    assert run("quarantine", "list", "-c", desk / "config.toml").stdout == "Nothing is in quarantine.\n"
    assert json.loads(run("quarantine", "list", "--json", "-c", desk / "config.toml").stdout) == []


# --- colour and pipes ----------------------------------------------------------------------------------


def test_colour_is_for_terminals_and_only_if_wanted(desk: Path) -> None:
    shown = ("cases", "-c", desk / "config.toml")
    assert "\x1b[" in on_a_terminal(*shown)
    assert "\x1b[" not in on_a_terminal(*shown, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(*shown, TERM="dumb")
    assert "\x1b[" not in run(*shown).stdout


@pytest.mark.parametrize("command", ["cases", "explain"])
def test_a_reader_that_has_seen_enough_is_no_error(desk: Path, command: str) -> None:
    arguments = ["cases", "--json", "-c", str(desk / "config.toml")] if command == "cases" else ["explain", str(STORY)]
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(60), said) == (0, b"")
