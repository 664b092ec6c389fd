"""A slip in a template or phrase is named with its file before any letter is sent."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from delivered_letters import LANGUAGES, LETTERS, english_alone

from bot.core.model import Reply
from bot.errors import TemplateError
from bot.replies import Letters
from bot.replies.inventory import ASKS
from bot.replies.samples import CASE

BODY = "en/received/body.txt"
SUBJECT = "en/received/subject.txt"
PHRASES = "en/phrases.toml"
MESSAGE = "Your e-mail has arrived, and our team is reading it."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return english_alone(tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "what"),
    [
        (BODY, MESSAGE, "{{ modell }}", f"{BODY}:4: ", "'modell' is no fact of this letter"),  # a slip in a name
        (BODY, MESSAGE, "{{ tracking }}", f"{BODY}:4: ", "'tracking' is no fact"),  # the fact of another letter
        (BODY, MESSAGE, "{{ answer_by | dat }}", f"{BODY}:4: ", "no filter or test is called 'dat'"),
        (BODY, MESSAGE, "{% if known %}", f"{BODY}:5: ", "unknown tag 'endblock'"),  # never closed
        (BODY, MESSAGE, "{{ phrase('no.such') }}", f"{BODY}:4: ", "phrase 'no.such' is missing"),
        (BODY, MESSAGE, "Great news!", f"{BODY}:4: ", "an exclamation mark"),
        (BODY, MESSAGE, "We answer within 48 hours.", f"{BODY}:4: ", "'48' is a digit"),
        (BODY, MESSAGE, "PLEASE wait.", f"{BODY}:4: ", "'PLEASE' is in capitals"),
        (BODY, MESSAGE, "必ずPLEASEと", f"{BODY}:4: ", "'PLEASE' is in capitals"),  # no blanks around it
        (BODY, MESSAGE, "More: https://example.com/x", f"{BODY}:4: ", "'https://example.com/x' is not in"),
        (BODY, MESSAGE, "Write to ana@example.com.", f"{BODY}:4: ", "not in [check] links"),
        (BODY, MESSAGE, "Our team -> you.", f"{BODY}:4: ", "an arrow"),
        (BODY, MESSAGE, "-----", f"{BODY}:4: ", "a row of signs"),
        (BODY, MESSAGE, "We suspect Fraudulent use.", f"{BODY}:4: ", "says 'fraud'"),  # whatever its ending and case
        (BODY, MESSAGE, "Your repair is approved.", f"{BODY}:4: ", "says 'approved'"),  # only staff can promise
        (BODY, MESSAGE, "one two three four five " * 6, f"{BODY}:4: ", "a sentence of 30 words"),
        (BODY, MESSAGE, "We read it. Please wait for us now. " * 15, f"{BODY}: ", "at most 120"),
        (BODY, "{{ by(answer_by) }}", "then", f"{BODY}:7: ", "no date says when"),
        (
            BODY,
            "{% block next %}",
            "{% block known %}{% endblock %}{% block next %}",
            f"{BODY}: ",
            "'known' is not used",
        ),
        (BODY, "{% block next %}", "Bye.\n{% block next %}", f"{BODY}:7: ", "'Bye.' stands in no block"),
        (BODY, "{% block next %}", "{{ case }}\n{% block next %}", f"{BODY}:7: ", "stands in no block"),
        (BODY, '{% extends "_base/body.txt" %}', "", f"{BODY}:1: ", "does not extend _base/body.txt"),
        (BODY, "_base/body.txt", "_base/bodi.txt", f"{BODY}: ", "en/_base/bodi.txt, which does not exist"),
        (BODY, "block next", "block nxt", f"{BODY}: ", "block 'next' is missing"),
        (BODY, "block next", "block nxt", f"{BODY}:7: ", "the frame has no block 'nxt'"),
        (
            SUBJECT,
            "has arrived",
            "が届いたことをお知らせいたします",
            f"{SUBJECT}:2: ",
            "64 columns",
        ),  # wide ones count two
        (SUBJECT, "has arrived", "has arrived and " + "is read " * 5, f"{SUBJECT}:2: ", "at most 60"),
        (SUBJECT, '{% extends "_base/subject.txt" %}', "", f"{SUBJECT}:1: ", "does not extend"),
        (
            "en/_base/subject.txt",
            "KOSPET case",
            "KOSPET after-sales case",
            "en/_base/subject.txt:1: ",
            "within the first 25",
        ),
        ("en/_base/body.txt", "Case number {{ case }}.", "Bye.", "en/_base/body.txt:77: ", "the last line must hold"),
        ("en/_base/body.txt", "Hello,", "Hello {{ first_name }},", "en/_base/body.txt:6: ", "'first_name' is no fact"),
        (PHRASES, 'other = "{{ count }} working days"\n', "", f"{PHRASES}: ", "'working_days.other' is missing"),
        (PHRASES, 'received = "received"\n', "", f"{PHRASES}: ", "phrase 'known.received' is missing"),
        (PHRASES, 'by = "by {{ date }}"', 'by = "by {{ dat }}"', f"{PHRASES}:", "date.by: dat is no fact"),
        (PHRASES, '"by {{ date }}"', '"by {{ date }"', f"{PHRASES}:", "date.by: unexpected '}'"),
        (PHRASES, 'dark = "Too', 'dark = "TOO', f"{PHRASES}:", "advice.dark"),
        (PHRASES, 'unclear = "What', 'unclear = "Really? What', f"{PHRASES}: ", "doubt.unclear: is not one question"),
        (PHRASES, 'hazard = "', 'hazard = "' + "very " * 9, f"{PHRASES}: ", "at most 70"),
        (PHRASES, 'price_wanted = "', 'price = "', f"{PHRASES}: ", "phrase 'doubt.price_wanted' is missing"),
    ],
)
def test_a_broken_template_is_named_with_its_file(
    folder: Path, file: str, old: str, new: str, where: str, what: str
) -> None:
    path = folder / file
    source = path.read_text(encoding="utf-8")
    assert old in source
    changed = source.replace(old, new)
    if what == "advice.dark":
        changed = changed.replace("TOO dark", "MUCH too dark")
    path.write_text(changed, encoding="utf-8")
    problems = Letters(folder, "en").lint()
    assert any(p.startswith(where) and what in p for p in problems), "\n".join(problems)


@pytest.mark.parametrize("file", [BODY, SUBJECT, "en/_base/body.txt"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert any(file in problem for problem in Letters(folder, "en").lint())


def test_a_missing_letter_and_a_letter_nobody_sends_are_named(folder: Path) -> None:
    (folder / "en" / "received").rename(folder / "en" / "recieved")
    problems = Letters(folder, "en").lint()
    assert 'en/recieved: no letter has this name; did you mean "received"?' in problems
    assert f"{BODY} is missing" in problems


def test_all_problems_are_told_at_once(folder: Path) -> None:
    (folder / BODY).write_text("{{ x", encoding="utf-8")
    (folder / SUBJECT).unlink()
    with pytest.raises(TemplateError) as caught:
        Letters(folder, "en").check()
    assert len(caught.value.problems) >= 2
    assert all(problem in str(caught.value) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda root: (root / PHRASES).write_text("[ask", encoding="utf-8"), "en/phrases.toml:1: not TOML: "),
        (lambda root: (root / PHRASES).unlink(), "en/phrases.toml: cannot be read"),
        (lambda root: (root / "klingonese").mkdir(), "klingonese: no language has this code"),
        (lambda root: shutil.rmtree(root / "en"), "no folder for the default language 'en'"),
    ],
)
def test_a_folder_that_cannot_be_read_is_refused(folder: Path, make, what: str) -> None:  # type: ignore[no-untyped-def]
    make(folder)
    with pytest.raises(TemplateError, match=re.escape(what)):
        Letters(folder, "en")


def test_a_requirement_added_to_the_policy_needs_words_in_every_language() -> None:
    problems = LETTERS.lint(asks=(*ASKS, "strap_colour"))
    for language in LANGUAGES:
        assert f"{language}/phrases.toml: phrase 'ask.strap_colour' is missing" in problems
        assert f"{language}/phrases.toml: phrase 'ask_again.strap_colour' is missing" in problems


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"name": "no_such_letter"}, "no letter is called 'no_such_letter'"),
        ({"facts": {"known": []}}, "the reply lacks answer_by"),
        ({"facts": {"known": [], "answer_by": "soon"}}, "en/received/body.txt:8"),  # not a date
        ({"facts": {"known": [{"field": "shoe_size", "value": "42"}], "answer_by": "2025-03-14"}}, "known.shoe_size"),
        ({"facts": {"known": object(), "answer_by": "2025-03-14"}}, "a fact may not be a object"),
    ],
)
def test_a_reply_that_does_not_fit_is_refused(changed: dict[str, object], what: str) -> None:
    values: dict[str, object] = {"name": "received", "language": "en", "facts": {}} | changed
    with pytest.raises(TemplateError, match=re.escape(what)):
        LETTERS.render(Reply(**values), CASE)  # type: ignore[arg-type]
