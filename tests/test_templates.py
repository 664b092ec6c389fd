"""The letters: complete in every language, within their rules, and safe against their own templates and facts."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from bot.core.model import Doubt, Reply
from bot.core.warranty.answer import REPLIES
from bot.errors import TemplateError
from bot.replies import Letters
from bot.replies.inventory import ASKS, DOUBT_LIMIT, DOUBTS, SENT_WHEN, describe
from bot.replies.lint import DOUBT_SAMPLES
from bot.replies.samples import CASE, combine

TEMPLATES = Path(__file__).parent.parent / "templates"
LETTERS = Letters(TEMPLATES, "en")
LANGUAGES = ("de", "en", "es", "fr")

FACTS: dict[str, object] = {
    "models": ["TANK T3 Ultra"],
    "known": [{"field": "order_number", "value": "KS20418"}, {"field": "description", "value": ""}],
    "asks": ["model", "photo_or_video"],
    "again": ["photo_or_video"],
    "files": [{"place": 2, "of": 3, "kind": "photo", "on": "2025-03-04", "fault": "blurred"}],
    "reply_by": "2025-03-14",
    "answer_by": "2025-03-14",
    "days": 3,
    "tracking": ["1Z999AA10123456784"],
    "carrier": "UPS",
    "step": 3,
    "next_actor": "we",
    "limit_mb": 25,
}
WORDS_OF_14_MARCH = {
    "de": "14. März 2025",
    "en": "14 March 2025",
    "es": "14 de marzo de 2025",
    "fr": "14 mars 2025",
}


def reply_of(name: str, language: str = "en", **changed: object) -> Reply:
    facts = {fact: changed.get(fact, FACTS[fact]) for fact in REPLIES[name]}
    return Reply(name=name, language=language, facts=facts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """English alone, to be broken."""
    shutil.copytree(TEMPLATES / "en", tmp_path / "en")
    return tmp_path


def test_the_delivered_letters_have_no_problem() -> None:
    assert LETTERS.lint() == []


def test_the_delivered_languages_are_the_folders() -> None:
    assert LETTERS.languages == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPLIES)
class TestEveryLetter:
    def test_has_a_subject_and_a_body_file(self, name: str, language: str) -> None:
        assert (TEMPLATES / language / name / "subject.txt").is_file()
        assert (TEMPLATES / language / name / "body.txt").is_file()

    def test_names_the_case_in_the_subject_and_in_the_last_line(self, name: str, language: str) -> None:
        draft = LETTERS.render(reply_of(name, language), CASE)
        assert 0 <= draft.subject.index(CASE) <= 25 - len(CASE)
        assert len(draft.subject) <= 60
        assert CASE in draft.text.rstrip().splitlines()[-1]

    def test_says_a_date_in_words_and_shouts_nowhere(self, name: str, language: str) -> None:
        draft = LETTERS.render(reply_of(name, language), CASE)
        assert WORDS_OF_14_MARCH[language] in draft.text
        assert not set("!¡") & set(draft.subject + draft.text)
        assert "2025-" not in draft.text

    def test_holds_no_digit_but_those_of_its_facts(self, name: str, language: str) -> None:
        text = LETTERS.render(reply_of(name, language), CASE).text
        text = re.sub(r"^\d\. ", "", text, flags=re.MULTILINE)
        for kept in (CASE, "KS20418", "TANK T3 Ultra", "1Z999AA10123456784", WORDS_OF_14_MARCH[language]):
            text = text.replace(kept, "")
        # From the facts: 2 of 3 files on 4 March 2025, 3 days, 25 MB, step 3 of 8. Allowed: 20 to 30 cm, 10 to 30 s.
        assert set(re.findall(r"\d+", text)) <= {"2", "3", "4", "2025", "25", "8", "10", "20", "30"}

    def test_is_the_same_in_html(self, name: str, language: str) -> None:
        for number, facts in enumerate(combine(name, ASKS)):
            if number % 7:  # a sample of the samples
                continue
            draft = LETTERS.render(Reply(name=name, language=language, facts=facts), CASE)
            page = LexborHTMLParser(draft.html)
            assert page.body is not None
            assert page.body.text().split() == draft.text.split()
            assert page.html is not None
            assert f'<html lang="{language}"' in page.html

    def test_html_brings_nothing_from_elsewhere(self, name: str, language: str) -> None:
        html = LETTERS.render(reply_of(name, language), CASE).html
        assert not re.search(r"<(?:img|link|script|a|iframe|style)\b|https?:|url\(", html)


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [
        ("en", "2025-03-14", "14 March 2025"),  # never month first
        ("de", "2025-03-14", "14. März 2025"),
        ("fr", "2025-03-14", "14 mars 2025"),
        ("fr", "2025-03-01", "1er mars 2025"),  # the first day has a form of its own
        ("fr", "2025-03-11", "11 mars 2025"),  # and only the first
        ("es", "2025-03-01", "1 de marzo de 2025"),
        ("en", "2024-02-29", "29 February 2024"),  # leap day
        ("de", "2025-03", "März 2025"),  # only the month is known
        ("es", "2025-03", "marzo de 2025"),
        ("en", "2025-02-28/2025-03-14", "between 28 February 2025 and 14 March 2025"),
        ("fr", "2025-03-01/2025-03-14", "entre le 1er mars 2025 et le 14 mars 2025"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(language: str, value: str, words: str) -> None:
    assert LETTERS.speech(language).date(value) == words


@pytest.mark.parametrize(
    ("language", "days", "words"),
    [
        ("en", 1, "within 1 working day."),
        ("en", 3, "within 3 working days."),
        ("de", 1, "innerhalb eines Arbeitstags."),
        ("de", 3, "innerhalb von 3 Arbeitstagen."),
        ("fr", 1, "dans un délai de 1 jour ouvré."),
        ("es", 3, "en un plazo de 3 días hábiles."),
    ],
)
def test_working_days_are_counted_in_the_right_form(language: str, days: int, words: str) -> None:
    assert words in LETTERS.render(reply_of("details_needed", language, days=days), CASE).text


def test_a_language_with_more_plurals_needs_more_phrases(folder: Path) -> None:
    shutil.copytree(folder / "en", folder / "pl")
    problems = Letters(folder, "en").lint()
    assert "pl/phrases.toml: phrase 'working_days.few' is missing" in problems
    assert "pl/phrases.toml: phrase 'working_days.many' is missing" in problems
    phrases = folder / "pl" / "phrases.toml"
    added = '[working_days]\nfew = "{{ count }} dni"\nmany = "{{ count }} dni roboczych"\n'
    phrases.write_text(phrases.read_text(encoding="utf-8").replace("[working_days]", added, 1), encoding="utf-8")
    letters = Letters(folder, "en")
    text = letters.render(reply_of("details_needed", "pl", days=3), CASE).text
    assert "within 3 dni." in text
    assert [problem for problem in letters.lint() if "working_days" in problem] == []


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("de", "de"),
        ("de-AT", "de"),  # a region falls back to its language
        ("de_CH", "de"),  # the other way to write it
        ("DE", "de"),
        ("pl", "en"),  # no folder
        ("", "en"),  # too little was written to tell
    ],
)
def test_the_nearest_folder_answers(wanted: str, chosen: str) -> None:
    assert LETTERS.render(reply_of("received", wanted), CASE).language == chosen


def test_a_customer_whose_language_has_no_folder_may_go_on_in_it() -> None:
    line = "in the language you prefer"
    assert line in LETTERS.render(reply_of("received", "pl"), CASE).text
    assert line not in LETTERS.render(reply_of("received", ""), CASE).text
    assert line not in LETTERS.render(reply_of("received", "en-GB"), CASE).text


# --- what the letters say ---------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_we_understood_is_left_out_when_there_is_nothing(language: str) -> None:
    with_it = LETTERS.render(reply_of("details_needed", language), CASE).text
    without = LETTERS.render(reply_of("details_needed", language, known=[]), CASE).text
    assert "\n- " in with_it
    assert "\n- " not in without
    assert len(without.split("\n\n")) == len(with_it.split("\n\n")) - 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_is_missing_is_asked_and_numbered_from_one(language: str) -> None:
    asks = ["order_number", "troubleshooting", "purchase_or_delivery_date"]
    text = LETTERS.render(reply_of("details_needed", language, asks=asks), CASE).text
    numbered = [line for line in text.splitlines() if re.match(r"\d+\. ", line)]
    assert numbered == [f"{n}. {LETTERS.phrase(language, f'ask.{id_}')}" for n, id_ in enumerate(asks, start=1)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ask", ASKS)
def test_a_second_ask_uses_other_words(ask: str, language: str) -> None:
    text = LETTERS.render(reply_of("details_partly_received", language, asks=[ask], again=[ask]), CASE).text
    assert LETTERS.phrase(language, f"ask_again.{ask}") in text
    assert LETTERS.phrase(language, f"ask.{ask}") not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hazard_letter_commands_first_and_does_not_speak_of_machines(language: str) -> None:
    hazard = LETTERS.render(reply_of("hazard_stop_using", language), CASE).text.split("\n\n")
    other = LETTERS.render(reply_of("received", language), CASE).text.split("\n\n")
    greeting, command, steps, _next, _close, _number = hazard  # no other part, no question
    assert greeting == other[0]
    assert len(command.splitlines()) == 1
    assert [line[:3] for line in steps.splitlines()] == ["1. ", "2. ", "3. ", "4. ", "5. "]
    assert "?" not in "".join(hazard)
    automatic = other[-2]
    assert automatic not in hazard


def test_an_automatic_letter_has_no_name_and_an_approved_one_may() -> None:
    assert LETTERS.render(reply_of("received"), CASE).text.startswith("Hello,\n")
    assert LETTERS.render(reply_of("received"), CASE, name="Ana Ruiz").text.startswith("Dear Ana Ruiz,\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("actor", ["we", "you"])
def test_the_status_says_whose_turn_it_is_and_asks_only_the_customer(language: str, actor: str) -> None:
    asked = LETTERS.phrase(language, "ask.model")
    reply = reply_of("status_answer", language, next_actor=actor, answer_by="2025-03-14", reply_by="2025-03-21")
    text = LETTERS.render(reply, CASE).text
    assert (asked in text) == (actor == "you")
    assert LETTERS.speech(language).date("2025-03-14" if actor == "we" else "2025-03-21") in text


def test_a_status_without_a_date_for_the_customer_sets_none() -> None:
    text = LETTERS.render(reply_of("status_answer", next_actor="you", asks=[], reply_by="", step=4), CASE).text
    assert "please send the watch" in text
    assert "You can reply at any time." in text


def test_a_known_value_is_shown_in_words_and_an_unknown_id_never() -> None:
    known = [
        {"field": "condition", "value": "opened"},
        {"field": "item_condition", "value": "x_state_9"},
        {"field": "delivery_date", "value": "2025-03"},
    ]
    text = LETTERS.render(reply_of("received", "de", known=known), CASE).text
    assert "- Zustand der Uhr: geöffnet\n- Zustand der Uhr: erhalten\n- Lieferdatum: März 2025\n" in text


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_doubt_is_one_short_question_in_any_language_of_the_customer(doubt: str) -> None:
    facts = {name: DOUBT_SAMPLES[name] for name in DOUBTS[doubt]}
    text = LETTERS.doubt("fr", Doubt(id=doubt, facts=facts))
    assert len(text) <= DOUBT_LIMIT
    assert text.endswith("?")
    assert text.count("?") == 1


@pytest.mark.parametrize(
    ("doubt", "facts", "words"),
    [
        ("complete", {"service": "", "model": ""}, "the watch"),  # nothing is known of either
        ("between_one_and_two_years", {"months": 0}, "over a year ago"),  # the count is not known
        ("between_one_and_two_years", {"months": 16}, "16 months ago"),
        ("third_party_seller", {"platform": ""}, "shop not named"),
        ("asked_twice", {"missing": "photo_or_video"}, "a clear photo"),
        ("language", {"code": "pt"}, "Portuguese"),
        ("language", {"code": "q0"}, "q0"),  # no language has this code
    ],
)
def test_a_doubt_reads_well_when_a_fact_is_empty(doubt: str, facts: dict[str, object], words: str) -> None:
    text = LETTERS.doubt("en", Doubt(id=doubt, facts=facts))
    assert words in text
    assert "  " not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unclear_photo_without_a_place_or_a_date_is_still_asked_for_again(language: str) -> None:
    text = LETTERS.render(reply_of("photo_unclear", language, files=[]), CASE).text
    assert f"\n1. {LETTERS.phrase(language, 'ask.photo_or_video')}\n" in text
    undated = [{"place": 1, "of": 1, "kind": "video", "on": "", "fault": "dark"}]
    text = LETTERS.render(reply_of("photo_unclear", language, files=undated), CASE).text
    assert LETTERS.phrase(language, "fault.dark") in text
    assert LETTERS.phrase(language, "advice.dark") in text


def test_a_new_flag_or_service_of_the_policy_needs_no_words_to_be_doubted() -> None:
    text = LETTERS.doubt("en", Doubt(id="excluded", facts={"flag": "struck_by_lightning"}))
    assert "struck by lightning" in text


def test_every_letter_says_when_it_is_sent_and_the_readme_tells() -> None:
    assert list(SENT_WHEN) == list(REPLIES)
    written = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    assert written == describe(), "run: python -m bot.replies > templates/README.md"


# --- broken templates -------------------------------------------------------------------------

BODY = "en/received/body.txt"
SUBJECT = "en/received/subject.txt"
PHRASES = "en/phrases.toml"
MESSAGE = "Your e-mail has arrived, and our team is reading it."


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
        (BODY, MESSAGE, "More: https://example.com/x", f"{BODY}:4: ", "'https://example.com/x' is not in"),
        (BODY, MESSAGE, "Write to ana@example.com.", f"{BODY}:4: ", "not in [check] links"),
        (BODY, MESSAGE, "Our team -> you.", f"{BODY}:4: ", "an arrow"),
        (BODY, MESSAGE, "-----", f"{BODY}:4: ", "a row of signs"),
        (BODY, MESSAGE, "We suspect Fraudulent use.", f"{BODY}: ", "says 'fraud'"),  # whatever its ending and case
        (BODY, MESSAGE, "Your repair is approved.", f"{BODY}: ", "says 'approved'"),  # only staff can promise
        (BODY, MESSAGE, "one two three four five " * 6, f"{BODY}: ", "a sentence of 30 words"),
        (BODY, MESSAGE, "We read it. Please wait for us now. " * 15, f"{BODY}: ", "at most 120"),
        (BODY, "{{ by(answer_by) }}", "then", f"{BODY}: ", "no date says when"),
        (
            BODY,
            "{% block next %}",
            "{% block known %}{% endblock %}{% block next %}",
            f"{BODY}: ",
            "'known' is not used",
        ),
        (BODY, '{% extends "_base/body.txt" %}', "", f"{BODY}:1: ", "does not extend _base/body.txt"),
        (BODY, "_base/body.txt", "_base/bodi.txt", f"{BODY}: ", "en/_base/bodi.txt, which does not exist"),
        (BODY, "block next", "block nxt", f"{BODY}: ", "block 'next' is missing"),
        (BODY, "block next", "block nxt", f"{BODY}:7: ", "the frame has no block 'nxt'"),
        (SUBJECT, "has arrived", "has arrived and " + "is read " * 5, f"{SUBJECT}: ", "at most 60"),
        (SUBJECT, '{% extends "_base/subject.txt" %}', "", f"{SUBJECT}:1: ", "does not extend"),
        ("en/_base/subject.txt", "KOSPET case", "KOSPET after-sales case", f"{SUBJECT}: ", "within the first 25"),
        ("en/_base/body.txt", "Case number {{ case }}.", "Bye.", f"{BODY}: ", "the last line must hold"),
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
    assert "en/recieved: no letter has this name" in problems
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
        (lambda root: (root / PHRASES).write_text("[ask", encoding="utf-8"), "en/phrases.toml: cannot be read"),
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


# --- attacks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",  # the way to every class
        "{{ known['__class__'] }}",
        "{{ ask.__globals__ }}",
        "{{ by.__self__.press }}",
        "{{ self.__init__.__globals__ }}",
        "{{ case.upper() }}",  # methods can build anything
        "{{ 'a'.center(1000000000) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ case | center(1000000000) }}",
        "{{ range(1000000000) }}",
        "{{ lipsum(1000) }}",
        "{% set x = 'a' %}{% set x = x ~ x %}",  # doubling
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",  # endless
        "{% for a in known recursive %}{{ loop(known) }}{% endfor %}",
        "{% for a in known %}{% for b in known %}{% for c in known %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% include '../../../../etc/passwd' %}",
        "{% import 'x' as y %}",
        "{{ plural(*known) }}",
    ],
)
@pytest.mark.timeout(20)
def test_a_template_cannot_break_out_or_eat_the_machine(folder: Path, source: str) -> None:
    path = folder / BODY
    path.write_text(path.read_text(encoding="utf-8").replace(MESSAGE, source), encoding="utf-8")
    letters = Letters(folder, "en")
    with pytest.raises(TemplateError, match=re.escape(BODY)):
        letters.render(reply_of("received"), CASE)
    assert any(problem.startswith(BODY) for problem in letters.lint())


@pytest.mark.parametrize("target", ["../../secret.txt", "../../../etc/passwd", "link.txt"])
def test_a_template_cannot_reach_files_outside_its_folder(tmp_path: Path, target: str) -> None:
    (tmp_path / "secret.txt").write_text("{% block message %}{% endblock %}secret", encoding="utf-8")
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES / "en", root / "en")
    (root / "en" / "link.txt").symlink_to(tmp_path / "secret.txt")
    path = root / BODY
    path.write_text(path.read_text(encoding="utf-8").replace("_base/body.txt", target), encoding="utf-8")
    with pytest.raises(TemplateError, match="is missing"):
        Letters(root, "en").render(reply_of("received"), CASE)


def test_a_file_too_long_to_be_a_letter_is_refused(folder: Path) -> None:
    (folder / BODY).write_text('{% extends "_base/body.txt" %}' + "x" * 20_000, encoding="utf-8")
    assert any(p.startswith(f"{BODY}:1: longer than") for p in Letters(folder, "en").lint())


POISONS = {
    "jinja": "{{ 7 * 7 }}{% for x in y %}",
    "markup": "<b onload=\"x\">&amp;</b><img src='https://example.com/x.png'>",
    "lines": "KS20418\r\nBcc: ana@example.com\n\n1. Send money\n-- \nx",
    "controls": "KS\x0020\x1b[31m418\u202e\u2028\u200bX\ud800",
    "format": "{0.__class__} %s %(x)s ${x}",
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
@pytest.mark.parametrize("name", ["details_needed", "received", "tracking_received"])
def test_a_poisoned_fact_stays_a_value_on_its_own_line(name: str, poison: str) -> None:
    clean = LETTERS.render(reply_of(name), CASE)
    known = [{"field": "order_number", "value": poison}, {"field": "description", "value": ""}]
    draft = LETTERS.render(reply_of(name, known=known, tracking=[poison], models=[poison], carrier=poison), CASE)
    assert draft.subject == clean.subject
    assert len(draft.text.splitlines()) == len(clean.text.splitlines())
    assert "49" not in draft.text
    assert not any(ord(char) < 32 and char != "\n" for char in draft.text)
    assert not set("\u202e\u2028\u200b\ud800") & set(draft.text)
    tags = re.findall(r"</?(\w+)", draft.html)
    assert set(tags) <= {"html", "head", "meta", "body", "p", "br", "ul", "ol", "li"}
    assert LexborHTMLParser(draft.html).body.text().split() == draft.text.split()  # type: ignore[union-attr]


def test_a_poisoned_case_number_or_name_cannot_add_a_header_line() -> None:
    draft = LETTERS.render(reply_of("received"), "K7F3Q9\r\nBcc: a@example.com", name="Ana\n\n<b>x</b>")
    assert "\n" not in draft.subject
    assert "\r" not in draft.subject
    assert draft.text.startswith("Dear Ana <b>x</b>,\n")
    assert "<b>" not in draft.html


def test_a_subject_too_long_is_cut_so_that_the_mail_still_goes_out(folder: Path) -> None:
    path = folder / SUBJECT
    path.write_text(path.read_text(encoding="utf-8").replace("arrived", "arrived " * 12), encoding="utf-8")
    assert len(Letters(folder, "en").render(reply_of("received"), CASE).subject) <= 60


def test_a_long_value_and_a_long_list_are_cut() -> None:
    known = [{"field": "order_number", "value": "9" * 5000}] * 500
    text = LETTERS.render(reply_of("received", known=known[:20]), CASE).text
    assert max(len(line) for line in text.splitlines()) < 250
    with pytest.raises(TemplateError, match="longer than"):
        LETTERS.render(reply_of("received", known=known), CASE)
