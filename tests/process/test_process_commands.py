"""The actions on the command line: made from the table, each says what went wrong and what is possible instead."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from counter import CLAIM, Counter, open_counter, photo
from sink import Sink

from bot.cli import main
from bot.cli.act import EXAMPLES, command_of
from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, allowed_states
from bot.worker.wiring import Wiring

Call = Callable[..., int]


@pytest.fixture
def counter(tmp_path: Path, sink: Sink, shared: Wiring) -> Iterator[Counter]:
    folder = f'[templates]\nfolder = "{shared.letters.directory}"\n'
    with open_counter(tmp_path, sink, shared, folder) as made:
        yield made


@pytest.fixture
def call(tmp_path: Path) -> Call:
    def run(*words: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main([*words, "-c", str(tmp_path / "config.toml")])
        return int(ended.value.code or 0)

    return run


def test_a_person_approves_and_the_letter_goes_out(
    counter: Counter, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    number = counter.mail(CLAIM)
    assert call("case", number, "approve", "--service", "free_repair", "--address", "eu", "--actor", "maria") == 0
    shown = capsys.readouterr().out
    assert f"Case {number} is approved, waiting for customer" in shown
    assert "Repair Street 1" in shown
    counter.clock.at = datetime.now(UTC)  # a command has the machine's clock
    assert [m["To"] for m in counter.wait(minutes=1)] == ["anna@example.com"]
    assert [e["actor"] for e in counter.events(number) if e["name"] == "approve"] == ["maria"]


def test_a_dry_run_shows_the_letter_and_changes_nothing(
    counter: Counter, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    number = counter.mail(CLAIM)
    before = counter.everything()
    assert call("case", number.lower(), "decline", "--reason", "second_hand", "--dry-run") == 0
    shown = capsys.readouterr().out
    assert f"Case {number} would be declined" in shown
    assert "Subject: " in shown
    assert counter.everything() == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("inspected", "--result", "confirmed"), 1, "possible are approve"),
        (("approve", "--service", "free_repair", "--address", "mars"), 2, "is not one of eu, us"),
        (("approve", "--service", "free_repiar", "--address", "eu"), 2, "did you mean free_repair"),
        (("approve", "--address", "eu"), 2, "Missing option '--service'"),
        (("aprove",), 2, "No such action 'aprove'. Did you mean 'approve'?"),
        (("sent_back",), 2, "Did you mean 'sent-back'?"),
        (("xyz",), 2, "There are: approve, decline"),
        (("correct", "order_number"), 2, "Missing argument 'VALUE'"),
        (("note", "hello", "--version", "99"), 1, "changed since you looked at it"),
        (("merge", "A3A3A3"), 1, "there is no case A3A3A3"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_cure(
    counter: Counter, call: Call, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    number = counter.mail(CLAIM)
    before = counter.everything()
    assert call("case", number, *words) == code
    assert said in capsys.readouterr().err
    assert counter.everything() == before


def test_there_is_no_such_case(counter: Counter, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    number = counter.mail(CLAIM)
    for words in (("A3A3A3", "note", "hello"), ("A3A3A3",)):
        assert call("case", *words) == 1
        assert "there is no case A3A3A3; after-sales cases lists all" in capsys.readouterr().err
    assert call("case", f"{number[:5]}{'3' if number[5] != '3' else '4'}") == 1
    assert f"did you mean {number}?" in capsys.readouterr().err


def test_the_case_shows_commands_that_can_be_given_as_they_stand(
    counter: Counter, call: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    number = counter.mail(CLAIM, photo=photo())
    capsys.readouterr()
    assert call("case", number) == 0
    shown = capsys.readouterr().out.partition("Possible now\n")[2].partition("  beside:")[0]
    lines = [shlex.split(line.strip().split("  ")[0]) for line in shown.splitlines()]
    assert ["approve", "--service", str(counter.case(number)["service"]), "--address", "eu"] in lines
    for words in lines:
        assert call("case", number, *words, "--dry-run") == 0, words
        assert "Nothing is changed or sent" in capsys.readouterr().out


def test_a_case_is_short_until_all_of_it_is_wanted(
    counter: Counter, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    number = counter.mail(CLAIM)
    shown = {}
    for full in ((), ("--full",)):
        capsys.readouterr()
        assert call("case", number, *full) == 0
        shown[full] = capsys.readouterr().out
    assert "Please keep it in the subject line" not in shown[()]
    assert "Please keep it in the subject line" in shown[("--full",)]
    assert "letter_queued" not in shown[()]
    assert "letter_queued" in shown[("--full",)]
    assert len(shown[()].splitlines()) < len(shown[("--full",)].splitlines())


@pytest.mark.parametrize(
    ("filter_", "said"),
    [
        (("--state", "ready_for_stuff"), 'state: "ready_for_stuff"'),
        (("--flag", "safety"), "did you mean safety_hazard?"),
        (("--service", "repair"), "did you mean free_repair?"),
    ],
)
def test_a_filter_that_nobody_knows_is_no_empty_list(
    counter: Counter, call: Call, capsys: pytest.CaptureFixture[str], filter_: tuple[str, ...], said: str
) -> None:
    counter.mail(CLAIM)
    assert call("cases", *filter_) == 2
    assert said in capsys.readouterr().err


def test_the_list_tells_until_when_somebody_waits(
    counter: Counter, call: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.mail(CLAIM)
    due = counter.w.store.cases.list()[0]["reply_by"]
    assert due
    for columns in ("70", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        capsys.readouterr()
        assert call("cases") == 0
        shown = capsys.readouterr().out
        assert due in shown
        assert "TANK T3 Ultra" in shown, "what has no room goes on below"
        assert max(map(len, shown.splitlines())) <= int(columns)


def test_what_is_beside_the_life_cycle_needs_no_names(counter: Counter, call: Call) -> None:
    number = counter.mail(CLAIM)
    for words in (
        ("note", "called the customer"),
        ("assign", "otto"),
        ("flag", "second_hand", "--because", "says so on the phone"),
        ("unflag", "second_hand"),
        ("correct", "order_number", "KS77777"),
        ("take",),
        ("give-back",),
    ):
        assert call("case", number, *words) == 0, words
    case = counter.case(number)
    assert (case["order_number"], case["held"]) == ("KS77777", 0)


def test_the_case_is_shown_with_what_staff_did(
    counter: Counter, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "correct", field="order_number", value="KS77777", because="typed wrong")
    counter.staff(number, "note", text="called the customer")
    capsys.readouterr()
    assert call("case", number) == 0
    shown = capsys.readouterr().out
    for words in (
        "Corrected by staff",
        "KS77777",
        "typed wrong",
        "called the customer",
        "Possible now\n  approve --service",
    ):
        assert words in shown
    assert call("case", number, "--json") == 0
    parts = json.loads(capsys.readouterr().out)
    assert [c["value"] for c in parts["corrections"]] == ["KS77777"]
    assert parts["case"]["version"] >= 3


@pytest.mark.parametrize("action", list(ACTIONS))
def test_every_action_has_a_command_made_from_its_row(action: str) -> None:
    command = command_of(action)
    assert command is not None
    row = ACTIONS[action]
    assert {p.name for p in command.params} == {
        *row.needs,
        *row.may,
        "because",
        "actor",
        "version",
        "dry_run",
        "config",
        *(("letter",) if row.letter else ()),
        *(("text_file",) if action in ("answer", "close") else ()),  # those with words of one's own
    }
    assert [p.name for p in command.params if p.param_type_name == "option" and not getattr(p, "help", "")] == []
    assert command.help
    assert command.help.startswith(row.does)
    assert "Exit codes: 0 done" in command.help
    states = allowed_states(action)
    assert ("Possible in every state" if len(states) == len(State) else f" {states[0]}") in command.help
    assert set(row.needs) <= set(EXAMPLES), "the help shows an example with everything that is needed"


def test_options_may_stand_before_the_number_too(
    counter: Counter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = counter.mail(CLAIM)
    capsys.readouterr()
    config = str(tmp_path / "config.toml")
    for words in (("-c", config, number, "note", "one"), (number, "-c", config, "note", "two")):
        with pytest.raises(SystemExit) as ended:
            main(["case", *words])
        assert ended.value.code == 0
    assert [e["data"]["text"] for e in counter.events(number) if e["name"] == "note"] == ["one", "two"]
