"""The letters of staff, of parcels and of timers: what only they have, in every language."""

from __future__ import annotations

import re
import tomllib

import pytest
from delivered_letters import LANGUAGES, LETTERS, TEMPLATES, reply_of

from bot.core.model import REQUIRED_DETAILS
from bot.core.reading.own_words import split
from bot.core.warranty.staff_letters import BY_EVENT, BY_STAFF, BY_TIMER, CLAUSES, LATER, OFFERS, RESULTS, STEPS_TO_TRY
from bot.errors import TemplateError
from bot.replies.inventory import INVENTORY
from bot.replies.samples import CASE

PARCEL_LETTERS = tuple(name for name, facts in LATER.items() if "address" in facts)
REFUSALS = tuple(name for name, facts in LATER.items() if "law" in facts)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def last_part(name: str, language: str) -> str:
    """The line before the case number: in an automatic letter it says that it is one."""
    return LETTERS.render(reply_of(name, language), CASE).text.strip().split("\n\n")[-2]


@every_language
def test_only_letters_that_no_person_approved_say_that_they_are_automatic(language: str) -> None:
    automatic = last_part("received", language)
    close = last_part("declined", language)
    assert automatic != close
    assert {last_part(name, language) for name in BY_STAFF} == {close}
    assert {last_part(name, language) for name in (*BY_EVENT, *BY_TIMER)} == {automatic}


@every_language
@pytest.mark.parametrize("name", [name for name, facts in BY_STAFF.items() if "note" in facts])
def test_the_paragraph_of_a_person_is_one_line_of_plain_text(name: str, language: str) -> None:
    note = "First line.\n\n1. order {{ case }} <b>now</b>\x07"
    draft = LETTERS.render(reply_of(name, language, note=note), CASE)
    assert "First line. 1. order {{ case }} <b>now</b>" in draft.text.splitlines()
    assert "<b>" not in draft.html
    without = LETTERS.render(reply_of(name, language, note=""), CASE).text
    assert len(without.split("\n\n")) == len(draft.text.split("\n\n")) - 1


def test_a_long_paragraph_of_a_person_is_kept_whole() -> None:
    note = "word " * 300
    assert note.strip() in LETTERS.render(reply_of("declined", note=note), CASE).text


@every_language
@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_and_a_price_end_with_the_line_on_rights_by_law(name: str, language: str) -> None:
    seller, own = LETTERS.phrase(language, "law.with_seller"), LETTERS.phrase(language, "law.line")
    assert seller != own
    lines = LETTERS.render(reply_of(name, language), CASE).text.splitlines()
    assert seller in lines
    assert own not in lines
    if "own_store" in LATER[name]:
        lines = LETTERS.render(reply_of(name, language, own_store=True), CASE).text.splitlines()
        assert own in lines
        assert seller not in lines
    lines = LETTERS.render(reply_of(name, language, law=False), CASE).text.splitlines()
    assert not {own, seller} & set(lines)


@every_language
@pytest.mark.parametrize("name", PARCEL_LETTERS)
def test_who_sends_a_watch_learns_where_to_how_and_what_to_write_outside(name: str, language: str) -> None:
    text = LETTERS.render(reply_of(name, language), CASE).text
    lines = text.splitlines()
    at = lines.index("Service Centre")
    assert lines[at + 1] == "Example Street 7"
    assert "UN 3481" in text
    assert LETTERS.phrase(language, "parcel.unsafe") in text
    assert LETTERS.phrase(language, "parcel.mark", case=CASE) in text


@every_language
@pytest.mark.parametrize("name", PARCEL_LETTERS)
def test_who_told_us_the_parcel_number_is_not_asked_for_it(name: str, language: str) -> None:
    """The last step of sending a watch; without it four are left, of a repair five."""
    asks = LETTERS.phrase(language, "parcel.number")
    steps = {}
    for told in ((), ("00340434161094042557",)):
        text = LETTERS.render(reply_of(name, language, tracking=list(told)), CASE).text
        numbers = [int(m[1]) for line in text.splitlines() if (m := re.match(r"(\d)\. ", line))]
        assert numbers == list(range(1, len(numbers) + 1))
        assert (asks in text, LETTERS.phrase(language, "parcel.intro") in text) == (not told, not told)
        assert all(number in text for number in told)
        steps[bool(told)] = len(numbers)
    assert steps[False] >= 5
    assert steps[True] == steps[False] - 1


@every_language
def test_a_return_stays_sealed_and_nothing_in_it_is_switched_off(language: str) -> None:
    text = LETTERS.render(reply_of("approved_return", language, payer="customer"), CASE).text
    assert LETTERS.phrase(language, "parcel.sealed") in text
    assert LETTERS.phrase(language, "parcel.switch_off") not in text
    assert LETTERS.phrase(language, "payer.customer") in text


@pytest.mark.parametrize(
    ("language", "amount", "currency", "words"),
    [
        ("en", "49.90", "EUR", "49.90\u00a0EUR"),
        ("de", "49.90", "EUR", "49,90\u00a0EUR"),  # the comma of the language
        ("en", "1290", "JPY", "1,290\u00a0JPY"),  # yen have no cents
        ("pl", "12905.00", "PLN", "12\u00a0905,00\u00a0PLN"),
        ("ja", "5980", "JPY", "5,980\u00a0JPY"),
    ],
)
def test_money_is_written_as_the_language_writes_numbers(language: str, amount: str, currency: str, words: str) -> None:
    assert LETTERS.speech(language).money(amount, currency) == words


def test_a_price_that_is_no_amount_is_never_sent() -> None:
    quote = {"repair": "", "shipping": "", "total": "", "currency": "EUR"}
    with pytest.raises(TemplateError, match="is no amount"):
        LETTERS.render(reply_of("paid_quote", quote=quote), CASE)


@every_language
def test_the_parts_of_a_price_are_left_out_when_there_are_none(language: str) -> None:
    quote = {"repair": "", "shipping": "", "total": "49.90", "currency": "EUR"}
    text = LETTERS.render(reply_of("paid_quote", language, quote=quote), CASE).text
    assert text.count("\u00a0EUR") == 1
    assert LETTERS.phrase(language, "price.total") in text


@every_language
@pytest.mark.parametrize("id_", REQUIRED_DETAILS)
def test_no_two_letters_of_a_silent_customer_ask_in_the_same_words(id_: str, language: str) -> None:
    """First the question, then why and another way, then only what is missing, also where it was asked twice before."""

    def questions(name: str, **facts: object) -> list[str]:
        text = LETTERS.render(reply_of(name, language, asks=[id_], **facts), CASE).text
        return [line for line in text.splitlines() if line.startswith("1. ")]

    first, second = questions("details_needed"), questions("reminder_1")
    assert (first, second) == (
        [f"1. {LETTERS.phrase(language, f'ask.{id_}')}"],
        [f"1. {LETTERS.phrase(language, f'ask_again.{id_}')}"],
    )
    assert first != second
    named = [f"1. {LETTERS.phrase(language, f'known.{id_}')}"]
    assert questions("reminder_2") == questions("reminder_1", twice=[id_]) == named


@every_language
@pytest.mark.parametrize(
    ("letter", "fact", "section", "ids"),
    [
        ("declined", "clause", "clause", CLAUSES),
        ("inspection_result", "result", "result", RESULTS),
    ],
)
def test_every_reason_and_every_result_has_words_of_its_own(
    letter: str, fact: str, section: str, ids: tuple[str, ...], language: str
) -> None:
    worded = {LETTERS.phrase(language, f"{section}.{id_}") for id_ in ids}
    assert len(worded) == len(ids)
    for id_ in ids:
        text = LETTERS.render(reply_of(letter, language, **{fact: id_}), CASE).text
        assert LETTERS.phrase(language, f"{section}.{id_}") in text


@every_language
def test_offers_are_numbered_and_no_offer_leaves_no_empty_list(language: str) -> None:
    text = LETTERS.render(reply_of("declined", language, offers=list(OFFERS)), CASE).text
    for number, offer in enumerate(OFFERS, start=1):
        assert f"{number}. {LETTERS.phrase(language, f'offer.{offer}')}" in text.splitlines()
    text = LETTERS.render(reply_of("declined", language, offers=[]), CASE).text
    assert LETTERS.phrase(language, "offer.intro") not in text
    assert not re.search(r"^\d\. ", text, re.MULTILINE)


def test_the_link_of_an_offer_is_the_one_of_the_policy() -> None:
    policy = tomllib.loads((TEMPLATES.parent / "policy" / "warranty.toml").read_text(encoding="utf-8"))
    links = {row["link"] for row in policy["offer"] if row.get("link")}
    for language in LANGUAGES:
        assert set(LETTERS.speech(language).check["links"]) == links


# --- steps to try -------------------------------------------------------------------------------


@every_language
@pytest.mark.parametrize("name", ["details_needed", "details_partly_received"])
def test_steps_stand_below_the_questions_and_apart_from_them(name: str, language: str) -> None:
    steps = ["restart", "reset"]
    asks = ["model", "troubleshooting", "photo_or_video"]
    parts = LETTERS.render(reply_of(name, language, asks=asks, again=[], steps=steps), CASE).text.split("\n\n")
    at = parts.index(LETTERS.phrase(language, "try.intro"))
    assert parts[at - 1].splitlines()[-1] == f"3. {LETTERS.phrase(language, 'ask.photo_or_video')}"
    assert parts[at + 1].splitlines() == [f"- {LETTERS.phrase(language, f'step_to_try.{s}')}" for s in steps]


@every_language
def test_steps_without_their_question_are_not_told(language: str) -> None:
    text = LETTERS.render(reply_of("details_needed", language, asks=["model"], steps=["restart"]), CASE).text
    assert LETTERS.phrase(language, "step_to_try.restart") not in text


@every_language
def test_every_step_has_words_of_its_own(language: str) -> None:
    assert len({LETTERS.phrase(language, f"step_to_try.{step}") for step in STEPS_TO_TRY}) == len(STEPS_TO_TRY)


# --- quoted back --------------------------------------------------------------------------------

OWN = "Model is TANK T2"
QUOTED = {
    "marked": OWN + "\n\nOn 12 May 2025 at 09:43, KOSPET wrote:\n{marked}",
    "block": OWN + "\n\nFrom: KOSPET <desk@example.com>\nSent: 12 May 2025\nTo: Jane\nSubject: watch\n\n{plain}",
}


@every_language
@pytest.mark.parametrize("name", INVENTORY)
def test_a_letter_of_ours_that_is_quoted_back_says_nothing(name: str, language: str) -> None:
    changed: dict[str, object] = {"steps": list(STEPS_TO_TRY[:4]), "asks": ["model", "troubleshooting"], "again": []}
    plain = LETTERS.render(reply_of(name, language, **changed), CASE).text
    marked = "\n".join(f"> {line}" for line in plain.splitlines())
    own = {kind: split(mail.format(plain=plain, marked=marked)).own for kind, mail in QUOTED.items()}
    assert own == dict.fromkeys(QUOTED, OWN)
