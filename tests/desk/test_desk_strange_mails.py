"""What mails bring that no designer thinks of: words without a break, other scripts, cases nobody has to answer yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from desk_mail import arrive, mail
from desk_served import ServedDesk

LONG = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstellenleiterin" * 2
ARABIC = "=?utf-8?b?2YXYrdmF2K8g2KfZhNi52YTZig==?= <ali@example.com>"


@pytest.mark.parametrize("width", [390, 1024, 1600])
def test_words_without_a_break_stay_in_their_column(desk: ServedDesk, open_tab: Callable[..., Any], width: int) -> None:
    text = f"Hello, my watch {LONG} is dead\n\n{'x' * 600}\n\norder KS18842"
    numbers = arrive(
        desk,
        mail(LONG, text, f"{LONG[:70]} <{'a' * 60}@example.com>", 1),
        mail("شكوى: الساعة لا تعمل", "ساعتي TANK T3 Ultra لا تشحن. رقم الطلب KS18843.", ARABIC, 2),
    )
    tab = open_tab(viewport={"width": width, "height": 900})
    desk.enter(tab, "lead")
    for address in (
        *(f"/case/{number}" for number in numbers),
        f"/case/{numbers[0]}/act/answer",
        "/queue?view=all",
        "/search?q=dead",
        "/numbers/mails?days=7",
    ):
        tab.goto(desk.url + address)
        wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
        over = tab.evaluate(
            "[...document.querySelectorAll('.own-words, .letter-head > *, .part-head > h2, .case-line > *')]"
            ".filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1 && !e.closest('.visually-hidden'))"
            ".map(e => e.className)"
        )
        assert over == [], address


def test_we_say_what_we_would_say_only_where_we_would_say_something(desk: ServedDesk) -> None:
    """Where details are missing nothing is proposed, and no approval stands ready to be sent by one chord."""
    [number] = arrive(desk, mail("Watch", "My watch broke. Order KS18843, TANK T3.", number=1))
    visitor = desk.visitor()
    waiting = visitor.get(f"/case/{number}")
    assert "What we would say" not in waiting.words
    assert "What usually comes next Answer in your own words" in waiting.words
    assert f'action="/case/{number}/act/answer"' in waiting.text.partition('id="letter-2"')[0]
    ready = visitor.get(f"/case/{desk.case('between-one-and-two-years')}")
    assert "What we would say." in ready.words
    assert "What usually comes next" not in ready.words


def test_a_hazard_is_to_be_answered_now_in_the_list_and_on_its_page(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, "agent", f"/case/{desk.case('hazard-swollen-battery')}")
    assert "answer now" in page.locator(".case-line").inner_text()


def test_a_title_begins_with_a_capital_letter_also_where_no_question_is_asked(desk: ServedDesk, page: Any) -> None:
    [number] = arrive(desk, mail("Watch", "My watch broke. Order KS18843, TANK T3.", number=1))
    desk.enter(page, "agent", f"/case/{number}")
    style = "getComputedStyle(document.querySelector('h1'), '::first-letter').textTransform"
    assert page.evaluate(style) == "uppercase"


@pytest.mark.parametrize(
    ("language", "place", "quote"),
    [("en", "services table, row 3", "“KOSPET online store”"), ("de", "Leistungstabelle, Zeile 3", "„KOSPET online"),
     ("zh", "服务表, 第 3 行", "“KOSPET online store”")],
)  # fmt: skip
def test_places_of_the_policy_and_quotes_are_written_in_the_readers_language(
    desk: ServedDesk, language: str, place: str, quote: str
) -> None:
    visitor, number = desk.visitor(), desk.case("between-one-and-two-years")
    visitor.post("/me/look", language=language)
    for path in (f"/case/{number}", f"/case/{number}/policy"):
        assert place in visitor.get(path).words, path
    assert quote in visitor.get(f"/case/{number}").words


def test_the_history_names_what_a_mail_was_in_the_readers_language(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    visitor.post("/me/look", language="de")
    said = visitor.get(f"/case/{desk.case('hazard-swollen-battery')}").words
    assert "erbetene Angaben" in said
    assert "details followup" not in said
