"""What a rehearsal tells: exactly the mails that change, by the rule that does it, and the same change once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import run
from past_mails import SHIPPED, change, claim, rehearsed, working_files
from selectolax.lexbor import LexborHTMLParser
from written import mail

from bot.errors import FilesError
from bot.rehearsal.compare import GONE, NEW, differences
from bot.rehearsal.page import page
from bot.rehearsal.past import from_files
from bot.rehearsal.replay import open_pair


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    """Claims 10, 38, 40 and 60 days after the delivery, and three German ones."""
    folder = tmp_path / "mails"
    for days in (10, 38, 40, 60):
        claim(folder, f"after-{days}.eml", days=days)
    for days in (100, 200, 300):
        claim(folder, f"de-after-{days}.eml", days=days, language="de")
    return folder


def test_a_wider_window_changes_the_mails_inside_it_and_no_other(tmp_path: Path, mails: Path) -> None:
    new = working_files(tmp_path)
    change(new.policy / "warranty.toml", "days = 30", "days = 45", after='id = "free_replacement"')
    report, outcomes = rehearsed(new, from_files([mails]))
    changed = {outcome.mail.name for outcome in outcomes if outcome.changes}
    assert changed == {"after-38.eml", "after-40.eml"}
    assert [(r.rule, r.before, r.after, r.mails) for r in report.rules] == [
        ("free_replacement.window", "failed", "passed", 2)
    ]
    assert set(report.services) == {
        ("free_repair", "free_repair", 4),
        ("free_repair", "free_replacement", 2),
        ("free_replacement", "free_replacement", 1),
    }
    assert (report.total, report.replayed, report.unchanged, report.changed) == (7, 7, 5, 2)
    assert [len(group.mails) for group in report.groups] == [2], "the same change is told once"


def test_a_changed_sentence_changes_the_letters_of_its_language_alone_and_is_told_once(
    tmp_path: Path, mails: Path
) -> None:
    new = working_files(tmp_path)
    change(new.templates / "de" / "details_needed" / "body.txt", "ist da. Sobald", "ist bei uns angekommen. Sobald")
    report, outcomes = rehearsed(new, from_files([mails]))
    changed = [outcome for outcome in outcomes if outcome.changes]
    assert [outcome.mail.name for outcome in changed] == ["de-after-100.eml", "de-after-200.eml", "de-after-300.eml"]
    assert {change.what for outcome in changed for change in outcome.changes} == {"letter"}
    assert [len(group.mails) for group in report.groups] == [3]
    shown = report.groups[0].shown
    assert shown.before is not None
    assert shown.after is not None
    pieces = list(differences(shown.before.text, shown.after.text))
    assert [text for kind, text in pieces if kind == GONE] == ["da"]
    assert [text for kind, text in pieces if kind == NEW] == ["bei uns angekommen"]
    assert report.rules == ()


def test_the_same_files_change_nothing(tmp_path: Path, mails: Path) -> None:
    report, outcomes = rehearsed(working_files(tmp_path), from_files([mails]))
    assert (report.replayed, report.changed, report.groups) == (7, 0, ())
    assert all(outcome.before == outcome.after for outcome in outcomes)


def test_a_new_word_is_found_by_the_new_files_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    text = "Hello, my TANK T3 Ultra conked out on Monday. I bought it on kospet.com, order KS20533. Please help me."
    (folder / "one.eml").write_bytes(mail(text, "My watch"))
    new = working_files(tmp_path)
    change(new.policy / "words" / "en.toml", "\npower = [", '\npower = ["conked out", ')
    report, outcomes = rehearsed(new, from_files([folder]))
    assert report.changed == 1
    assert [c for c in outcomes[0].changes if c.what in ("missing", "letter", "reply")]


def test_a_new_model_is_read_with_the_new_files_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "one.eml").write_bytes(mail("My TANK T9 Ultra does not charge, order KS20533 from kospet.com", "Watch"))
    new = working_files(tmp_path)
    with (new.policy / "models.toml").open("a", encoding="utf-8") as models:
        models.write('\n[[model]]\nid = "TANK T9 Ultra"\nline = "TANK T"\nnames = ["T9 Ultra"]\ncommon_word = false\n')
    _, outcomes = rehearsed(new, from_files([folder]))
    assert outcomes[0].after is not None
    assert outcomes[0].after.facts["model"] == "TANK T9 Ultra"
    assert "model" in {change.what for change in outcomes[0].changes}


def test_mails_of_one_thread_are_one_case_and_a_bad_one_costs_only_itself(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    claim(folder, "1.eml", days=10)
    reply = mail(
        "Here is the rest: I bought it in your store.", "Re: My watch does not charge", "Ann <ann0@example.com>",
        date="Fri, 20 Jun 2025 10:00:00 +0000", message_id="<second@example.com>", In_Reply_To="<claim-0@example.com>",
    )  # fmt: skip
    (folder / "0-second.eml").write_bytes(reply)
    (folder / "empty.eml").write_bytes(b"")
    stranger = reply.replace(b"ann0@", b"somebody-else@").replace(b"<second@", b"<third@")
    (folder / "stranger.eml").write_bytes(stranger)
    named = [[mail.path.name for mail in case.mails] for case in from_files([folder])]
    assert sorted(named) == [["1.eml", "0-second.eml"], ["empty.eml"], ["stranger.eml"]], "oldest first, one writer"
    report, outcomes = rehearsed(working_files(tmp_path), from_files([folder]))
    assert [name for name, _ in report.unreadable] == ["empty.eml"]
    assert (report.total, report.replayed) == (4, 3)
    kinds = {o.mail.path.name: o.before.facts["kind"] for o in outcomes if o.before}
    assert kinds == {"1.eml": "new_claim", "0-second.eml": "details_followup", "stranger.eml": "new_claim"}


def test_broken_files_are_named_all_at_once_and_nothing_is_replayed(tmp_path: Path, mails: Path) -> None:
    new = working_files(tmp_path)
    change(new.policy / "warranty.toml", "days = 30", "days = -3", after='id = "free_replacement"')
    (new.templates / "de" / "phrases.toml").write_text("this is no toml", encoding="utf-8")
    done = run("rehearse", "--policy", new.policy, "--templates", new.templates, mails)
    assert done.returncode == 3
    assert done.stdout == ""
    assert "policy/warranty.toml" in done.stderr
    assert "templates/de/phrases.toml" in done.stderr
    with pytest.raises(FilesError) as caught:
        open_pair(SHIPPED, new)
    assert len(caught.value.problems) >= 2


def test_a_letter_that_the_new_files_cannot_write_is_told_first(tmp_path: Path, mails: Path) -> None:
    new = working_files(tmp_path)
    change(new.templates / "de" / "details_needed" / "body.txt", "{{ about(models) }}", "{{ nobody }}")
    report, _ = rehearsed(new, from_files([mails]))
    assert report.unwritten == 3
    assert report.breaks
    assert report.groups[0].changes[0].what == "failure"
    assert "de/details_needed/body.txt" in report.groups[0].changes[0].after


# --- the page -------------------------------------------------------------------------------------


def test_hostile_words_are_inert_in_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    claim(folder, "<img src=x onerror=alert(1)>.eml", days=40)
    (folder / "<script>alert(2)<_script>.eml").write_bytes(b"")
    hostile = mail(
        "My TANK T3 Ultra does not charge. Order KS20533 from kospet.com, delivered on 10 May 2025."
        " </pre><script>alert(3)</script>",
        '"><script>alert(4)</script>', '"<script>alert(5)</script>" <eve@example.com>',
    )  # fmt: skip
    (folder / "hostile.eml").write_bytes(hostile)
    new = working_files(tmp_path)
    change(new.policy / "warranty.toml", "days = 30", "days = 45", after='id = "free_replacement"')
    for language in ("en", "de"):
        body = new.templates / language / "details_needed" / "body.txt"
        change(body, "{% block next %}", "{% block next %}\n<script>alert(6)</script>\n")
    report, _ = rehearsed(new, from_files([folder]))
    assert report.changed >= 1
    assert len(report.unreadable) == 1
    shown = LexborHTMLParser(page(report, "<b>Try</b>"))
    tags = {node.tag for node in shown.css("*")}
    assert tags <= {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "h4", "p", "b", "table", "caption",
        "thead", "tbody", "tr", "th", "td", "ul", "li", "div", "section", "pre", "del", "ins", "span", "a",
    }  # fmt: skip
    attributes = {name for node in shown.css("*") for name in node.attributes}
    assert attributes <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope",
    }  # fmt: skip
    assert all(node.attributes["href"].startswith("#change-") for node in shown.css("a"))  # type: ignore[union-attr]
    text = shown.body.text()  # type: ignore[union-attr]
    assert "<img src=x onerror=alert(1)>.eml" in text
    assert "<script>alert(6)</script>" in text, "it is shown, as text"


def test_the_page_links_each_rule_to_its_mails_and_marks_the_words(tmp_path: Path, mails: Path) -> None:
    new = working_files(tmp_path)
    change(new.policy / "warranty.toml", "days = 30", "days = 45", after='id = "free_replacement"')
    change(new.templates / "de" / "details_needed" / "body.txt", "ist da. Sobald", "ist bei uns angekommen. Sobald")
    report, _ = rehearsed(new, from_files([mails]))
    shown = LexborHTMLParser(page(report))
    links = [node.attributes["href"] for node in shown.css("table a")]
    assert links == ["#change-1"]
    assert all(shown.css_first(str(link)) is not None for link in links)
    assert [node.text() for node in shown.css("del")] == ["da"]
    assert [node.text() for node in shown.css("ins")] == ["bei uns angekommen"]
    assert "de-after-300.eml" in shown.css_first("#change-2").text()
    assert "prefers-color-scheme" in page(report) or "light-dark(" in page(report)
    assert "@media print" in page(report)


# --- the command ------------------------------------------------------------------------------------


def test_the_command_tells_it_as_json_lines_and_writes_the_page(tmp_path: Path, mails: Path) -> None:
    new = working_files(tmp_path)
    change(new.policy / "warranty.toml", "days = 30", "days = 45", after='id = "free_replacement"')
    (mails / "empty.eml").write_bytes(b"")
    html = tmp_path / "report.html"
    told = run("rehearse", "--policy", new.policy, "--no-stories", "--json", "--html", html, mails)
    assert told.returncode == 0, told.stderr
    *rows, whole = [json.loads(line) for line in told.stdout.splitlines()]
    assert {row["mail"] for row in rows} == {"after-38.eml", "after-40.eml", "empty.eml"}
    assert [row["error"] for row in rows if "error" in row] == ["The mail is empty."]
    changed = next(row for row in rows if row["mail"] == "after-38.eml")
    assert (changed["before"]["service"], changed["after"]["service"]) == ("free_repair", "free_replacement")
    assert (whole["total"], whole["unchanged"], whole["changed"], whole["unreadable"]) == (8, 5, 2, 1)
    assert "free_replacement.window" in html.read_text(encoding="utf-8")
    assert html.stat().st_mode & 0o777 == 0o600, "it holds what customers told"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name mails to replay"),
        (("--since", "soon", "-c", "config.toml"), "is no time"),
        (("--since", "30d", "README.md"), "give it, or name mails"),
        (("README.md",), "both sides are the same folders"),
    ],
)
def test_wrong_use_is_said(arguments: tuple[str, ...], told: str) -> None:
    done = run("rehearse", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
