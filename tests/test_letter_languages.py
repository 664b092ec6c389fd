"""How each language writes days, deadlines, counts and our own shop, and which language answers."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from delivered_letters import LANGUAGES, LETTERS, TEMPLATES, english_alone, reply_of

from bot.replies import Letters
from bot.replies.samples import CASE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return english_alone(tmp_path)


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
        ("it", "2025-03-01", "1º marzo 2025"),
        ("it", "2025-03-08/2025-03-14", "tra l'8 marzo 2025 e il 14 marzo 2025"),  # the article hears the number
        ("it", "2025-03/2025-04", "tra marzo 2025 e aprile 2025"),  # months have none
        ("pt", "2025-03", "março de 2025"),
        ("pl", "2025-03", "marzec 2025"),  # a month alone is not in the genitive
        ("pl", "2025-03-01", "1 marca 2025 r."),
        ("ja", "2025-03", "2025年3月"),
        ("zh", "2025-03-01/2025-03-14", "2025年3月1日至2025年3月14日之间"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(language: str, value: str, words: str) -> None:
    assert LETTERS.speech(language).date(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2025-03-01", "entro il 1º marzo 2025"),
        ("2025-03-08", "entro l'8 marzo 2025"),
        ("2025-03-11", "entro l'11 marzo 2025"),
        ("2025-03-18", "entro il 18 marzo 2025"),  # ends like 8, sounds otherwise
    ],
)
def test_an_article_before_a_date_fits_the_sound_of_the_day(value: str, words: str) -> None:
    assert LETTERS.speech("it").by(value) == words


def test_a_file_that_came_on_the_eighth_has_its_article_too() -> None:
    file = {"place": 1, "of": 1, "kind": "photo", "on": "2025-03-08", "fault": "dark"}
    assert "Foto 1 di 1, ricevuta l'8 marzo 2025: " in LETTERS.speech("it").file_line(file)


@pytest.mark.parametrize(
    ("language", "days", "words"),
    [
        ("en", 1, "within 1 working day."),
        ("en", 3, "within 3 working days."),
        ("de", 1, "innerhalb eines Arbeitstags."),
        ("de", 3, "innerhalb von 3 Arbeitstagen."),
        ("fr", 1, "dans un délai de 1 jour ouvré."),
        ("es", 3, "en un plazo de 3 días hábiles."),
        ("it", 1, "entro 1 giorno lavorativo."),
        ("pt", 3, "no prazo de 3 dias úteis."),
        ("nl", 1, "binnen 1 werkdag."),
        ("pl", 1, "w ciągu 1 dnia roboczego."),
        ("pl", 3, "w ciągu 3 dni roboczych."),  # few
        ("pl", 5, "w ciągu 5 dni roboczych."),  # many
        ("cs", 1, "do 1 pracovního dne."),
        ("cs", 3, "do 3 pracovních dnů."),
        ("sv", 3, "inom 3 arbetsdagar."),
        ("ru", 1, "в течение 1 рабочего дня."),
        ("ru", 5, "в течение 5 рабочих дней."),
        ("ru", 21, "в течение 21 рабочего дня."),  # one again
        ("tr", 3, "3 iş günü içinde"),  # the noun stays singular
        ("ja", 3, "3営業日以内に"),
        ("zh", 3, "并在 3 个工作日内答复。"),
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
        ("fi", "en"),  # no folder
        ("", "en"),  # too little was written to tell
    ],
)
def test_the_nearest_folder_answers(wanted: str, chosen: str) -> None:
    assert LETTERS.render(reply_of("received", wanted), CASE).language == chosen


def test_a_customer_whose_language_has_no_folder_may_go_on_in_it() -> None:
    line = "in the language you prefer"
    assert line in LETTERS.render(reply_of("received", "fi"), CASE).text
    assert line not in LETTERS.render(reply_of("received", ""), CASE).text
    assert line not in LETTERS.render(reply_of("received", "en-GB"), CASE).text


@pytest.mark.parametrize(
    ("language", "shop"),
    [
        ("cs", "oficiální obchod KOSPET"),
        ("de", "offizieller KOSPET-Shop"),
        ("en", "official KOSPET store"),
        ("es", "tienda oficial de KOSPET"),
        ("fr", "boutique officielle KOSPET"),
        ("it", "negozio ufficiale KOSPET"),
        ("ja", "KOSPET公式ストア"),
        ("nl", "officiële KOSPET-winkel"),
        ("pl", "oficjalny sklep KOSPET"),
        ("pt", "loja oficial KOSPET"),
        ("ru", "официальный магазин KOSPET"),
        ("sv", "KOSPETs officiella butik"),
        ("tr", "resmî KOSPET mağazası"),
        ("zh", "KOSPET 官方商店"),
    ],
)
def test_our_own_store_has_a_name_in_every_language_and_other_shops_keep_theirs(language: str, shop: str) -> None:
    known = [
        {"field": "order_platform", "value": "KOSPET store", "id": "kospet_store"},
        {"field": "order_platform", "value": "AliExpress", "id": "aliexpress"},  # no words: its own name
        {"field": "order_platform", "value": "seen in no table"},  # no id: never shown
    ]
    shown = [LETTERS.speech(language).known_line(item) for item in known]
    assert shown[0].endswith(shop)
    assert shown[1].endswith("AliExpress")
    assert shown[2].endswith(LETTERS.phrase(language, "known.received"))


def test_every_shop_with_words_of_its_own_is_in_the_table_of_shops() -> None:
    table = tomllib.loads((TEMPLATES.parent / "policy" / "platforms.toml").read_text(encoding="utf-8"))
    platforms = {row["id"] for row in table["platform"]}
    for language in LANGUAGES:
        worded = {id_ for id_ in LETTERS.speech(language).phrases if id_.startswith("value.order_platform.")}
        assert {id_.rpartition(".")[2] for id_ in worded} <= platforms
