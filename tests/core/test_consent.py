"""Yes and no to an offer, and "forget it", in every language; what only looks like one of them is none."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace

import pytest
from written import NOON, ROOT, letter, shipped_policy

from bot.core.details.consent import find_consent, takes_back
from bot.core.model import Letter

ANSWERS = [
    ("en", "Yes, please go ahead.", "yes"),
    ("en", "Yes.", "yes"),
    ("en", "I accept your offer.", "yes"),
    ("en", "No thanks.", "no"),
    ("en", "That is too expensive for me.", "no"),
    ("en", "Ok, thanks.", ""),
    ("en", "No problem, I will think about it.", ""),
    ("en", "Yes, but only for 20 euro?", ""),
    ("en", "I do not agree.", "no"),
    ("en", "Yes I got your mail, and no, I have not decided.", ""),
    ("de", "Ja, bitte reparieren.", "yes"),
    ("de", "Einverstanden.", "yes"),
    ("de", "Nein danke, zu teuer.", "no"),
    ("de", "Nicht einverstanden.", "no"),
    ("de", "Danke für das Angebot.", ""),
    ("fr", "Oui, je suis d'accord.", "yes"),
    ("fr", "Non merci.", "no"),
    ("fr", "Je ne suis pas d'accord.", "no"),
    ("es", "Sí, acepto.", "yes"),
    ("es", "No, gracias, es muy caro.", "no"),
    ("es", "Si es posible, me gustaría pensarlo.", ""),
    ("it", "Accetto, procedete.", "yes"),
    ("it", "No grazie.", "no"),
    ("nl", "Akkoord, ga uw gang.", "yes"),
    ("nl", "Nee bedankt, te duur.", "no"),
    ("pl", "Tak, zgadzam się.", "yes"),
    ("pl", "Nie, dziękuję.", "no"),
    ("pt", "Sim, aceito.", "yes"),
    ("pt", "Não aceito.", "no"),
    ("sv", "Ja tack, kör på.", "yes"),
    ("sv", "Nej tack.", "no"),
    ("cs", "Ano, souhlasím.", "yes"),
    ("cs", "Ne, děkuji, nemám zájem.", "no"),
    ("ru", "Да, согласен.", "yes"),
    ("ru", "Нет, слишком дорого.", "no"),
    ("tr", "Evet, kabul ediyorum.", "yes"),
    ("tr", "Hayır, çok pahalı.", "no"),
    ("ja", "はい、お願いします。", "yes"),
    ("ja", "高すぎるので、結構です。", "no"),
    ("zh", "同意，请维修。", "yes"),
    ("zh", "太贵了，不修了。", "no"),
]


def said(text: str, language: str) -> Letter:
    return replace(letter(text), own_words=text, text=text, language=language)


@pytest.mark.parametrize(("language", "text", "expected"), ANSWERS)
def test_a_short_answer_to_an_offer(language: str, text: str, expected: str) -> None:
    assert find_consent(said(text, language), shipped_policy(), NOON.date()) == expected


def test_a_long_mail_is_neither_yes_nor_no() -> None:
    text = "Yes. " + "There is more to say about it, and I will say all of it now. " * 8
    assert find_consent(said(text, "en"), shipped_policy(), NOON.date()) == ""


@pytest.mark.parametrize("language", sorted(path.stem for path in (ROOT / "policy" / "words").glob("*.toml")))
def test_the_word_that_our_reminders_offer_ends_the_matter(language: str) -> None:
    phrases = tomllib.loads((ROOT / "templates" / language / "phrases.toml").read_text("utf-8"))
    sentence = phrases["remind"]["ways_out"]
    word = re.findall(r"[\"“”„«‘「]\s?([^\"“”„«»‘’「」]+?)\s?[\"“”»’」]", sentence)[-1]
    for text in (word, f"{word}.", word.capitalize()):
        assert takes_back(said(text, language), shipped_policy(), NOON.date()), text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I am not done with the photos yet."),
        ("en", "Can you cancel my request?"),
        ("en", "It has never worked again."),
        ("de", "Das hat sich noch nicht erledigt."),
    ],
)
def test_what_only_sounds_like_the_end_is_none(language: str, text: str) -> None:
    assert not takes_back(said(text, language), shipped_policy(), NOON.date())
