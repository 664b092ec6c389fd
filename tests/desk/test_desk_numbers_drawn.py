"""The arithmetic of the numbers and how they are drawn, by themselves and in a browser."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from desk_decided import decide_some, links
from desk_served import ServedDesk

from bot.core.warranty.proposal import is_otherwise
from bot.core.warranty.proposals import Proposal
from bot.desk.numbers.bars import BASE, bars, columns
from bot.desk.numbers.sums import is_unusual, quantile, share, step_of
from bot.desk.words import LANGUAGES

YEAR = "/numbers?days=365"

# --- the arithmetic -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "part", "expected"),
    [([], 0.5, None), ([5], 0.9, 5), ([1, 2, 3, 4], 0.5, 2), ([3, 1, 2], 0.5, 2), (list(range(1, 11)), 0.9, 9)],
)
def test_a_quantile_is_a_value_that_so_many_do_not_exceed(values: list[int], part: float, expected: int | None) -> None:
    assert quantile(values, part) == expected


@pytest.mark.parametrize(
    ("count", "usual", "expected"),
    [
        (9, 3.0, True),
        (5, 3.0, False),
        (2, 0.01, False),
        (3, 0.1, True),
        (3, 1.5, False),
        (300, 100.0, True),
        (110, 100.0, False),
        (0, 0.0, False),
        (3, 0.0, True),
    ],
)
def test_what_chance_would_bring_does_not_stand_out(count: int, usual: float, expected: bool) -> None:
    assert is_unusual(count, usual) is expected


@pytest.mark.parametrize(("most", "step"), [(0, 1), (3, 1), (4, 1), (5, 2), (38, 10), (100, 50), (1453, 500)])
def test_grid_lines_stand_at_round_numbers(most: int, step: int) -> None:
    assert step_of(most) == step


def test_bars_are_as_long_as_their_numbers() -> None:
    drawn = columns([("a", "/", "", 40, 10), ("b", "/", "", 20, 20), ("c", "/", "", 0, 0), ("d", "/", "", 1, 0)])
    whole = [BASE - c.top for c in drawn.columns]
    assert whole[0] == 2 * whole[1]
    assert [c.lower for c in drawn.columns] == [round(whole[0] / 4), whole[1], 0, 0]
    assert whole[2] == 0
    assert whole[3] >= 2, "one case can be seen"
    assert drawn.columns[-1].hit_x + drawn.columns[-1].hit_width <= 872
    rows = bars([("long", "/", 100, ""), ("half", "/", 50, ""), ("none", "/", 0, "")])
    assert (rows.bars[0].width, rows.bars[2].width) == (2 * rows.bars[1].width, 0)
    assert share(1, 3) == 33
    assert share(0, 0) is None


REPAIR = Proposal(action="approve", values={"service": "free_repair", "address": "eu"})
OVER = Proposal(action="decline", values={"reason": "out_of_warranty", "basis": "your_dates"})


@pytest.mark.parametrize(
    ("action", "values", "first", "expected"),
    [
        ("approve", {"service": "free_repair", "address": "us"}, REPAIR, False),
        ("approve", {"service": "free_replacement"}, REPAIR, True),
        ("decline", {"reason": "out_of_warranty"}, REPAIR, True),
        ("decline", {"reason": "out_of_warranty"}, OVER, False),
        ("decline", {"reason": "second_hand"}, OVER, True),
        ("ask", {"asks": ["photo_or_video"]}, REPAIR, True),
        ("ask", {"asks": ["photo_or_video"]}, Proposal(action="ask", values={"asks": ["model"]}), False),
        ("inspected", {"result": "confirmed", "service": "free_repair"},
         Proposal(action="inspected", values={"result": "confirmed"}), False),
        ("close", {}, REPAIR, None),
        ("close", {"text": "Yes."}, Proposal(action="close"), False),
        ("note", {"text": "Called her."}, REPAIR, None),
        ("take", {}, REPAIR, None),
        ("take", {}, Proposal(action="take"), False),
        ("approve", {"service": "free_repair"}, None, None),
    ],
)  # fmt: skip
def test_otherwise_is_what_we_did_not_propose_first(
    action: str, values: dict[str, object], first: Proposal | None, expected: bool | None
) -> None:
    assert is_otherwise(action, values, first) is expected


def test_a_fault_that_comes_more_often_than_usual_stands_out(desk: ServedDesk) -> None:
    with desk.store.write():
        db = desk.store.db
        db.execute("UPDATE cases SET opened_at = '2024-12-20T12:00:00Z' WHERE id = 1")
        ids = [row["id"] for row in db.rows("SELECT id FROM cases WHERE id > 1 ORDER BY id LIMIT 6")]
        for n in ids:
            db.execute("UPDATE cases SET opened_at = '2025-12-01T12:00:00Z', model = 'TANK T3' WHERE id = :n", n=n)
            db.execute(
                "INSERT INTO finding (case_id, letter_number, field, value, place, span_start, span_end, words,"
                " confidence, note, counts) VALUES (:n, 1, 'symptom', 'vibration', 'own_words', 0, 1, 'x', 0.9, '', 1)",
                n=n,
            )
    page = desk.visitor("reader").get("/numbers?days=28").text
    row = next(r for r in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if "TANK T3</th>" in r)
    assert 'class="stands-out"' in row
    assert "Vibration: 6, usually 0" in row
    href = next(h for h, n in links(row, "/queue[?]") if "vibration" in h and n == "6")
    assert len(json.loads(desk.visitor("reader").get(href.replace("/queue", "/export/queue.json")).text)) == 6


# --- the page in a browser --------------------------------------------------------------------------------


def test_the_page_is_accessible_and_fits(desk: ServedDesk, page: Any, barriers: Any) -> None:
    decide_some(desk)
    desk.enter(page, "agent", YEAR)
    for fold in page.locator("details.fold > summary").all():
        fold.click()
    assert barriers(page) == []


def test_each_drawing_is_a_table_as_well_and_works_by_keyboard_without_scripts(desk: ServedDesk, open_tab: Any) -> None:
    tab = open_tab(java_script_enabled=False)
    desk.enter(tab, "reader", "/numbers")
    tab.goto(f"{desk.url}{YEAR}")
    charts = tab.locator("figure.chart")
    assert charts.count() == 6
    for n in range(charts.count()):
        chart = charts.nth(n)
        if chart.locator("svg").count():
            assert chart.locator("svg > title").count() == 1
            assert chart.locator("svg > desc").count() == 1
            chart.locator("summary").click()
            bars_, rows = chart.locator("svg > a").count(), chart.locator("tbody tr").count()
            assert bars_ == rows > 0
    tab.locator("figure.chart svg > a").nth(6).focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/numbers/cases**")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language_of_the_desk(desk: ServedDesk, language: str) -> None:
    decide_some(desk)
    visitor = desk.visitor("agent")
    visitor.post("/me/look", language=language)
    for path in (YEAR, "/numbers?days=28", "/numbers/mails?days=365", "/numbers/cases?days=365&what=otherwise"):
        assert visitor.get(path).status == 200
    foreign = {"en": "Every number", "de": "Jede Zahl", "zh": "每个数字"}
    assert foreign[language] in visitor.get(YEAR).words
