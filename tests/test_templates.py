"""The letters: complete in every language, and saying what they must."""

from __future__ import annotations

import re

import pytest
from delivered_letters import BY_14_MARCH, LANGUAGES, LETTERS, TEMPLATES, WORDS_OF_14_MARCH, reply_of
from selectolax.lexbor import LexborHTMLParser

from bot.core.model import Doubt, Reply
from bot.replies.inventory import ASKS, DOUBT_LIMIT, DOUBTS, INVENTORY, SENT_WHEN, describe
from bot.replies.lint import DOUBT_SAMPLES
from bot.replies.samples import CASE, combine
from bot.replies.wording import columns


def test_the_delivered_letters_have_no_problem() -> None:
    assert LETTERS.lint() == []


def test_the_delivered_languages_are_the_folders() -> None:
    assert LETTERS.languages == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", INVENTORY)
class TestEveryLetter:
    def test_has_a_subject_and_a_body_file(self, name: str, language: str) -> None:
        assert (TEMPLATES / language / name / "subject.txt").is_file()
        assert (TEMPLATES / language / name / "body.txt").is_file()

    def test_names_the_case_in_the_subject_and_in_the_last_line(self, name: str, language: str) -> None:
        draft = LETTERS.render(reply_of(name, language), CASE)
        assert 0 <= draft.subject.index(CASE) <= 25 - len(CASE)
        assert columns(draft.subject) <= 60
        assert CASE in draft.text.rstrip().splitlines()[-1]

    def test_says_a_date_in_words_and_shouts_nowhere(self, name: str, language: str) -> None:
        draft = LETTERS.render(reply_of(name, language), CASE)
        any_time = LETTERS.phrase(language, "date.any_time")
        assert any(words in draft.text for words in (BY_14_MARCH[language], WORDS_OF_14_MARCH[language], any_time))
        assert not set("!¡！") & set(draft.subject + draft.text)
        assert "2025-" not in draft.text

    def test_holds_no_digit_but_those_of_its_facts(self, name: str, language: str) -> None:
        reply = reply_of(name, language)
        text = re.sub(r"^\d\. ", "", LETTERS.render(reply, CASE).text, flags=re.MULTILINE)
        typed = reply.facts.get("text", [])  # a person's own lines, digits and all
        assert isinstance(typed, list)
        speech = LETTERS.speech(language)
        prices = [speech.money(amount, "EUR") for amount in ("39.90", "10.00", "49.90")]
        days = [WORDS_OF_14_MARCH[language], speech.date("2022-03-14")]
        for kept in (
            CASE,
            "KS20418",
            "TANK T3 Ultra",
            "1Z999AA10123456784",
            "Example Street 7",
            "UN 3481",
            *prices,
            *days,
            *filter(None, typed),
        ):
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
        assert not re.search(r"<(?:img|link|script|a|iframe|style)\b|url\(", html)
        named = set(re.findall(r"https?://[^\s<]+", html))
        assert named <= set(LETTERS.speech(language).check["links"])


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
    assert LETTERS.render(reply_of("received"), CASE, name="Ana Ruiz").text.startswith("Hello,\n")
    assert LETTERS.render(reply_of("declined"), CASE).text.startswith("Hello,\n")
    assert LETTERS.render(reply_of("declined"), CASE, name="Ana Ruiz").text.startswith("Dear Ana Ruiz,\n")


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
    assert list(SENT_WHEN) == list(INVENTORY)
    written = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    assert written == describe(), "run: python -m bot.replies > templates/README.md"
