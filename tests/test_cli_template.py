"""``after-sales template``: the letters as an operator sees, tries and compares them; real processes throughout."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
from pathlib import Path

import pytest
from command import ROOT, run
from config_text import write
from sink import Sink
from story_desk import CONFIG, SHOP, Clock, Desk

from bot.config import load_config
from bot.replies.inventory import INVENTORY
from bot.worker.wiring import open_wiring

STORY = ROOT / "fixtures" / "stories" / "complete-repair-request" / "1-customer.eml"
TESTER = "operator@example.com"
RECEIVED = "Your e-mail has arrived, and our team is reading it."


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """English and German letters that may be changed."""
    for code in ("en", "de"):
        shutil.copytree(ROOT / "templates" / code, tmp_path / "templates" / code)
    return tmp_path / "templates"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path, sink: Sink) -> Path:
    """A desk that has taken in one mail; its config.toml."""
    for part in ("new", "cur", "tmp"):
        (tmp_path / "mail" / part).mkdir(parents=True)
    text = CONFIG.format(host=sink.host, port=sink.port, shop=SHOP)
    config = write(tmp_path, f'{text}[operator]\ntest_address = ["{TESTER}"]\n')
    clock = Clock()
    with open_wiring(load_config(config), clock=clock) as wiring:
        Desk(wiring, clock, sink, tmp_path / "mail").take(STORY.read_bytes())
    return config


def case_number(config: Path) -> str:
    rows = json.loads(run("cases", "--json", "-c", config).stdout)
    return str(rows[0]["case_number"])


# --- list and show -----------------------------------------------------------------------------------


def test_the_list_names_every_letter_with_its_languages_and_when_it_is_sent() -> None:
    rows = json.loads(run("template", "list", "--json").stdout)
    assert [row["letter"] for row in rows] == list(INVENTORY)
    assert all(len(row["languages"]) == 14 for row in rows)
    table = run("template", "list", COLUMNS="200").stdout
    assert "approved_repair" in table
    assert "staff approve a free repair" in table


def test_the_list_says_which_language_lacks_a_letter(templates: Path) -> None:
    shutil.rmtree(templates / "de" / "received")
    shown = run("template", "list", "--templates", templates, COLUMNS="200").stdout
    (row,) = [line for line in shown.splitlines() if line.startswith("received ")]
    assert "1 of 2, not in de" in row


def test_show_numbers_the_lines_and_tells_where_the_phrases_stand() -> None:
    shown = run("template", "show", "approved_repair", "de").stdout
    source = (ROOT / "templates/de/approved_repair/body.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(source, 1):
        assert f"{number:>4}  {line}".rstrip() in shown.splitlines()
    phrases = (ROOT / "templates/de/phrases.toml").read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(phrases, 1) if text.startswith("switch_off = "))
    assert f"de/phrases.toml:{line}" in shown


@pytest.mark.parametrize("command", ["show", "preview"])
def test_a_letter_that_there_is_not_is_refused_with_the_nearest_name(command: str) -> None:
    done = run("template", command, "tracking_recieved")
    assert done.returncode == 2
    assert 'did you mean "tracking_received"?' in done.stderr


def test_a_language_that_there_is_not_is_refused_with_those_that_are() -> None:
    done = run("template", "show", "received", "fi")
    assert done.returncode == 2
    assert "cs, de, en" in done.stderr


# --- preview -----------------------------------------------------------------------------------------


def test_a_preview_without_a_case_shows_the_awkward_ones_too(tmp_path: Path) -> None:
    page = tmp_path / "letter.html"
    done = run("template", "preview", "approved_repair", "--html", page)
    assert done.returncode == 0, done.stderr
    assert "Hello," in done.stdout, "a letter to somebody whose name we do not know"
    assert "Maximiliane Wolfeschlegelsteinhausenbergerdorff" in done.stdout
    written = page.read_text(encoding="utf-8")
    assert written.count("<section>") == 3
    assert "Maximiliane" in written
    assert "http" not in written.replace("https://www.kospet.com", ""), "nothing from elsewhere"


def test_a_preview_of_a_story_shows_the_very_letter_that_was_decided() -> None:
    done = run("template", "preview", "ready_for_staff", "--story", "complete-repair-request")
    assert done.returncode == 0, done.stderr
    told = (ROOT / "fixtures/stories/complete-repair-request/1-reply.txt").read_text(encoding="utf-8")
    assert "- Order number: KS20418" in told
    assert "- Order number: KS20418" in done.stdout
    assert "not known of it" not in done.stdout


def test_a_story_that_there_is_not_is_refused_with_the_nearest_name() -> None:
    done = run("template", "preview", "received", "--story", "complete-repair-requests")
    assert (done.returncode, 'did you mean "complete-repair-request"?' in done.stderr) == (1, True)


def test_a_preview_of_a_case_shows_its_facts_and_names_those_it_does_not_know(shop: Path) -> None:
    done = run("template", "preview", "declined", "de", "--case", case_number(shop).lower(), "-c", shop)
    assert done.returncode == 0, done.stderr
    assert "TANK T3 Ultra" in done.stdout
    assert case_number(shop) in done.stdout
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("not known of it")]
    assert "clause" in told
    assert "models" not in told


def test_looking_at_a_letter_changes_nothing(shop: Path) -> None:
    before = run("case", case_number(shop), "--json", "-c", shop).stdout
    run("template", "preview", "approved_repair", "--case", case_number(shop), "-c", shop)
    assert run("case", case_number(shop), "--json", "-c", shop).stdout == before


# --- the test letter -----------------------------------------------------------------------------------


def test_a_test_letter_is_marked_and_belongs_to_no_case(shop: Path, sink: Sink) -> None:
    number = case_number(shop)
    before = run("case", number, "--json", "-c", shop).stdout
    sent = len(sink.kept)
    done = run("template", "preview", "declined", "--case", number, "--send", TESTER.upper(), "-c", shop)
    assert done.returncode == 0, done.stderr
    (kept,) = sink.kept[sent:]
    assert kept.recipients == (TESTER,)
    mail = email.message_from_bytes(kept.raw, policy=email.policy.default)
    assert str(mail["Subject"]).startswith("[TEST] KOSPET case K7F3Q9: ")
    assert number not in kept.raw.decode("utf-8", "replace"), "an answer must not find its way into the case"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Reply-To"] == TESTER
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None
    assert not str(mail["Message-ID"]).startswith("<kb."), "it is none of the letters that we count"
    assert run("case", number, "--json", "-c", shop).stdout == before


@pytest.mark.parametrize("address", ["customer@example.com", SHOP, "operator@example.com.evil.example", "nobody"])
def test_a_test_letter_goes_to_no_other_address(shop: Path, sink: Sink, address: str) -> None:
    sent = len(sink.kept)
    done = run("template", "preview", "received", "--send", address, "-c", shop)
    assert done.returncode == 2
    assert f"a test may go to {TESTER}" in done.stderr
    assert len(sink.kept) == sent


def test_without_an_address_in_the_configuration_no_test_goes_anywhere(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(host="127.0.0.1", port=25, shop=SHOP))
    for where in (("-c", config), ()):
        done = run("template", "preview", "received", "--send", TESTER, *where)
        assert done.returncode == 2
        assert '[operator] test_address = ["you@example.com"]' in done.stderr


# --- lint and diff ---------------------------------------------------------------------------------------


def test_lint_says_nothing_is_wrong_with_the_letters_that_come_with_the_program() -> None:
    done = run("template", "lint")
    assert (done.returncode, done.stderr) == (0, "")
    assert "every letter is fine in cs, de, en" in done.stdout


def test_lint_names_file_line_and_what_was_meant(templates: Path) -> None:
    edit(templates / "en/received/body.txt", RECEIVED, "{{ tracking_nmber }} {{ phrase('about.nome') }}")
    edit(templates / "de/tracking_received/body.txt", "{{ carrier }}", "{{ carier }}")
    done = run("template", "lint", "--templates", templates)
    assert done.returncode == 1
    told = done.stdout.splitlines()
    assert any(line.startswith("de/tracking_received/body.txt:7: 'carier' is no fact") for line in told)
    assert any(line.endswith('did you mean "carrier"?') for line in told)
    assert any(
        line.startswith("en/received/body.txt:4: phrase 'about.nome'") and 'mean "about.none"' in line for line in told
    )
    assert json.loads(run("template", "lint", "--templates", templates, "--json").stdout) == told


def test_lint_tells_a_language_that_does_otherwise_than_the_others(templates: Path) -> None:
    shutil.copytree(ROOT / "templates" / "fr", templates / "fr")
    edit(templates / "fr/tracking_received/body.txt", "{{ by(answer_by) }}", "{{ answer_by | date }}")
    shutil.copy(templates / "en/closed/body.txt", templates / "de/closed/body.txt")
    told = run("template", "lint", "--templates", templates).stdout
    assert "fr/tracking_received/body.txt: does without by, which other languages have" in told
    assert "de/closed/body.txt:4: stands there as in en; translate it" in told


def test_diff_tells_sentences_and_not_lines(templates: Path) -> None:
    body = templates / "en/received/body.txt"
    body.write_text(body.read_text(encoding="utf-8").replace("\n\n", "\n\n\n"), encoding="utf-8")  # no word changed
    edit(templates / "de/phrases.toml", "Arbeitstage", "Werktage")
    edit(templates / "en/closed/subject.txt", "{% block about %}", "{% block about %}now ")
    done = run("template", "diff", ROOT / "templates", "--templates", templates, "--json")
    assert done.returncode == 1
    rows = [row for row in json.loads(done.stdout) if row["was"] != "the whole language"]
    assert {row["letter"] for row in rows} == {"de/phrases.toml", "en/closed"}
    assert {row["what"] for row in rows} == {"changed"}
    shown = run("template", "diff", ROOT / "templates", "--templates", templates).stdout
    assert "working_days.other" in shown
    assert "en/closed/subject.txt:2" in shown


def test_nothing_differs_from_what_came_with_the_program() -> None:
    done = run("template", "diff")
    assert done.returncode == 0
    assert "nothing differs from the files that came with the program" in done.stdout


def test_the_working_letters_are_held_against_the_live_edition(shop: Path, templates: Path) -> None:
    own = run("template", "diff", "-c", shop)
    assert (own.returncode, "edition 1, which is live" in own.stdout) == (0, True), own.stdout + own.stderr
    edit(templates / "en/received/body.txt", RECEIVED, "We have your e-mail, and our team is reading it.")
    done = run("template", "diff", "-c", shop, "--templates", templates)
    assert done.returncode == 1
    assert f"was: {RECEIVED}" in done.stdout
    assert "is:  We have your e-mail, and our team is reading it." in done.stdout
