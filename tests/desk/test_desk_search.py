"""Finding a case from any page: by the number in your hand, by any word in any script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from desk_served import ServedDesk

TYPED = (
    '"', "*", "a AND", "NEAR(", "people: x", "'; DROP TABLE search; --", "\x00", "<script>alert(1)</script>", "💥", " ",
    "a" * 3000, "%", "\u202e", "{{ 7*7 }}", "",
)  # fmt: skip


def hits(page: Any) -> list[str]:
    return [row.get_attribute("id").removeprefix("case-") for row in page.locator(".case-row").all()]


def an_order(desk: ServedDesk) -> tuple[str, str]:
    """An order number that only one case has, and that case."""
    row = desk.store.db.rows(
        "SELECT order_number, number FROM cases WHERE order_number LIKE 'KS_____' GROUP BY order_number"
        " HAVING count(*) = 1 LIMIT 1"
    )[0]
    return str(row["order_number"]), str(row["number"])


def test_the_number_in_your_hand_finds_its_case_first(desk: ServedDesk, page: Any) -> None:
    order, number = an_order(desk)
    desk.enter(page)
    page.fill("#find", f"#{order[:2].lower()} {order[2:]}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert hits(page)[0] == number
    assert page.locator(".case-row .by").first.inner_text() == "order number"
    assert page.locator(".case-row mark").first.inner_text() == order


@pytest.mark.parametrize("shape", ["{}", "#{}", " {} "])
def test_a_case_number_leads_straight_to_its_case(desk: ServedDesk, shape: str) -> None:
    number = desk.case("missing-photo-then-sent")
    answer = desk.visitor().get(f"/search?q={quote(shape.format(number.lower()))}")
    assert (answer.status, answer.place) == (303, f"/case/{number}")


def test_a_word_is_found_and_shown_with_the_words_around_it(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, path="/search?q=charger")
    assert hits(page)
    for row in page.locator(".case-row").all():
        assert "charger" in row.locator(".doubt").inner_text().lower()
    assert page.locator("mark").first.inner_text().lower() == "charger"
    assert page.input_value("#find") == "charger"


@pytest.mark.parametrize(
    ("written", "query"), [("手表的电池坏了", "电池"), ("バッテリーが膨らんでいます", "バッテリー")]
)
def test_a_word_of_a_script_without_spaces_is_found(desk: ServedDesk, page: Any, written: str, query: str) -> None:
    number = desk.case("missing-photo-then-sent")
    with desk.store.write():
        desk.store.db.execute(
            "UPDATE letter SET text = :t, own_words = :t WHERE case_id = (SELECT id FROM cases WHERE number = :n)",
            t=written,
            n=number,
        )
    desk.store.search.rebuild()
    desk.enter(page, path=f"/search?q={quote(query)}")
    assert hits(page) == [number]
    assert page.locator("mark").first.inner_text() == query


def test_no_result_says_where_it_looked_and_offers_the_closest_number(desk: ServedDesk, page: Any) -> None:
    order, number = an_order(desk)
    slip = order[:-1] + ("X" if order[-1] != "X" else "Y")
    desk.enter(page, path=f"/search?q={slip}")
    told = page.locator(".empty").inner_text()
    assert f"No case with “{slip}”" in told
    assert f"{desk.store.db.value('SELECT count(*) FROM cases')} cases" in told
    page.click(f".empty a:has-text('{order}')")
    page.wait_for_url(f"**/case/{number}")


def test_find_works_without_a_script(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    order, number = an_order(desk)
    page = open_tab(java_script_enabled=False)
    desk.enter(page)
    page.fill("#find", order)
    page.press("#find", "Enter")
    page.wait_for_url("**/search?q=*")
    assert hits(page)[0] == number
    page.click(f"#case-{number} a")
    page.wait_for_url(f"**/case/{number}")


def test_whatever_is_typed_is_only_text(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    for query in TYPED:
        answer = visitor.get(f"/search?q={quote(query)}")
        assert answer.status == 200, query
        assert b"<script>alert" not in answer.body
        assert "\u202e" not in answer.text


def test_keys_lead_through_what_was_found(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, path="/search?q=watch")
    order = hits(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/case/{order[1]}")


def test_nobody_finds_anything_without_signing_in(desk: ServedDesk) -> None:
    answer = desk.visitor(None).get("/search?q=watch")
    assert (answer.status, answer.place.partition("?")[0]) == (303, "/login")


def test_no_barrier_in_any_size_or_colour(desk: ServedDesk, page: Any, barriers: Callable[[Any], list[str]]) -> None:
    """What was found and what was not are among all pages."""
    desk.enter(page)
    for path in ("/search?q=KS00000", "/search"):
        page.goto(desk.url + path)
        assert barriers(page) == [], path
