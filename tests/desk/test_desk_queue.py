"""The queue as people use it: with a mouse, by keys alone, without a script, on a phone, two at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from desk_scenes import HOSTILE, hold_a_letter, write_in_every_field
from desk_served import ServedDesk

from bot.store.listings import Wanted
from bot.store.queue import Reader

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
LAPTOP = {"viewport": {"width": 1024, "height": 768}}
WIDE = {"viewport": {"width": 1600, "height": 1000}}


def listed(desk: ServedDesk, **wanted: str) -> list[str]:
    """The numbers of a list in their order, from the store."""
    now = desk.state.now()
    reader = Reader(actor="agent", now=now, today=now.date(), today_begins=now.replace(hour=0, minute=0, second=0))
    return [row.number for row in desk.store.queue.page(Wanted(**wanted), reader).rows]


def rows(page: Any) -> list[str]:
    """The numbers of the rows that a person sees."""
    return [row.get_attribute("id").removeprefix("case-") for row in page.locator(".case-row").all()]


def test_the_queue_shows_the_most_urgent_case_first_with_its_question(desk: ServedDesk, page: Any) -> None:
    desk.enter(page)
    assert rows(page) == listed(desk)
    first = page.locator(".case-row").first
    assert first.locator(".due").inner_text() == "now"
    assert "Hazard: is anyone hurt, and where is the watch now?" in first.locator(".doubt").inner_text()
    assert "is-hazard" in first.get_attribute("class")
    assert "safety hazard" not in page.locator("main").inner_text().lower(), "the flag's name is not the question"


def test_the_question_is_the_widest_column(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    for size in (WIDE, LAPTOP, PHONE):
        tab = open_tab(**size)
        desk.enter(tab)
        cells = tab.locator(".case-row").nth(3).locator("td").all()
        widths = {
            cell.get_attribute("class").split()[0]: (cell.bounding_box() or {"width": 0})["width"] for cell in cells
        }
        assert max(widths, key=lambda name: widths[name]) == "doubt"
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]


@pytest.mark.parametrize("view", ["needs", "hazard", "decide", "overdue", "customer", "all"])
def test_each_view_says_how_many_it_holds_and_holds_them(desk: ServedDesk, page: Any, view: str) -> None:
    desk.enter(page)
    if view != "needs":
        page.click(f".views a[href='/queue?view={view}']")
        page.wait_for_url(f"**/queue?view={view}")
    chosen = page.locator(".views a[aria-current]")
    assert rows(page) == listed(desk, view=view)
    assert int(chosen.locator(".count").inner_text()) == len(rows(page))


def test_the_whole_row_is_one_link_and_the_list_goes_with_it(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, path="/queue?view=decide")
    number = rows(page)[2]
    box = page.locator(f"#case-{number} .language").bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    page.wait_for_url(f"**/case/{number}?view=decide")


def test_keys_alone_lead_through_the_list(desk: ServedDesk, page: Any) -> None:
    desk.enter(page)
    order = rows(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.locator(".case-row.is-here").get_attribute("id") == f"case-{order[1]}"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/case/{order[1]}*")
    page.go_back()
    page.wait_for_selector(f"#case-{order[1]}.is-here")


def test_slash_goes_into_find_and_keys_are_silent_there(desk: ServedDesk, page: Any) -> None:
    desk.enter(page)
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert page.input_value("#find") == "jk"
    assert page.locator(".case-row.is-here").count() == 0


def test_everything_works_without_a_script(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    page = open_tab(java_script_enabled=False, **WIDE)
    desk.enter(page, "agent", "/queue")
    assert rows(page) == listed(desk)
    page.click("text=Filter")
    page.select_option("#f-language", "de")
    page.click(".filter-form button")
    assert rows(page) == listed(desk, language="de")
    page.click(".chip")
    assert rows(page) == listed(desk)
    page.goto(f"{desk.url}/queue?pick=yes")
    page.check(f"#case-{rows(page)[0]} input")
    page.click(".pick-bar button")
    assert "1 case is now with agent." in page.locator(".notice").inner_text()


# --- filters and lists of one's own --------------------------------------------------------------------


def test_filters_stand_in_the_address_and_are_said_in_words(desk: ServedDesk, page: Any) -> None:
    desk.enter(page)
    page.click("text=Filter")
    page.select_option("#f-flag", "second_hand")
    page.click(".filter-form button")
    assert "flag=second_hand" in page.url
    assert rows(page) == listed(desk, flag="second_hand")
    assert page.locator(".chip").inner_text().startswith("Mark: second hand")


@pytest.mark.parametrize(
    "address",
    [
        "/queue?view=nonsense", "/queue?language=%27%20OR%201=1", "/queue?sort=price", "/queue?opened_from=yesterday",
        "/queue?from=-5", "/queue?from=abc", "/queue?from=99999999999", "/queue?view=all&from=1000", "/queue?pick=",
        "/queue?done=999999&to=%3Cscript%3E&changed=%3Cscript%3E", "/queue?filter=yes&state=x&symptom=%00",
        "/queue/fresh", "/queue/fresh?at=soon&n=2", "/queue/fresh?at=2025-12-03T10:05:00Z&n=-4",
    ],
)  # fmt: skip
def test_no_address_breaks_the_queue(desk: ServedDesk, address: str) -> None:
    answer = desk.visitor().get(address)
    assert answer.status in (200, 204)
    assert b"<script>" not in answer.body


def test_a_list_is_kept_under_a_name_and_forgotten_again(desk: ServedDesk, page: Any) -> None:
    desk.enter(page)
    page.goto(f"{desk.url}/queue?view=decide&flag=second_hand")
    page.click("text=Change")
    page.fill("#keep-name", "Second hand <b>")
    page.click("button:has-text('Keep')")
    own = page.locator(".views .is-own")
    assert (own.inner_text(), own.get_attribute("aria-current")) == ("Second hand <b>", "page")
    assert own.get_attribute("href") == "/queue?view=decide&flag=second_hand"
    other = desk.visitor("lead").get("/queue")
    assert "Second hand" not in other.text
    page.goto(f"{desk.url}/queue?filter=yes")
    page.click("button:has-text('Forget')")
    assert page.locator(".views .is-own").count() == 0


def test_what_is_kept_is_an_address_of_the_queue_and_nothing_else(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    visitor.get("/queue?filter=yes")
    hostile = 'view=all&next=https://example.net/&language=x"><script>alert(1)</script>'
    assert visitor.post("/queue/keep", name="x", list=hostile).place.startswith("/queue?view=all&language=")
    (kept,) = desk.store.saved_views.of(desk.store.people.named("agent").id)
    assert "example.net" not in kept.query
    assert "<" not in kept.query


# --- what is done to several cases ---------------------------------------------------------------------


def test_several_cases_are_given_to_a_colleague_and_what_changed_meanwhile_is_named(
    desk: ServedDesk, page: Any
) -> None:
    desk.enter(page)
    page.click("text=Assign")
    first, second, third = rows(page)[:3]
    for number in (first, second, third):
        page.check(f"#case-{number} input")
    other = desk.store.db.value("SELECT id FROM cases WHERE number = :n", n=second)
    with desk.store.write():
        desk.store.db.execute("UPDATE cases SET version = version + 1 WHERE id = :id", id=other)
    page.select_option("#to", "lead")
    page.click(".pick-bar button")
    told = page.locator(".notice").inner_text()
    assert "2 cases are now with lead." in told
    assert second in told
    assert page.locator(f"#case-{first} .holder").inner_text() == "Lena L."
    assert page.locator(f"#case-{second} .holder").inner_text() == ""
    events = desk.store.cases.show(third)["events"]
    assert (events[-1]["name"], events[-1]["actor"]) == ("assign", "agent")


def test_the_second_press_of_the_same_button_gives_nothing_twice(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    page = visitor.get("/queue?pick=yes")
    box = re.search(r'name="case" value="([^"]+)"', page.text)
    assert box
    said = {"case": box[1], "to": "lead", "list": ""}
    for _ in range(2):
        assert "done=1" in visitor.post("/queue/assign", **said).place
    events = desk.store.cases.show(box[1].partition(":")[0])["events"]
    assert [event["name"] for event in events].count("assign") == 1
    other = visitor.post("/queue/assign", **{**said, "to": "agent"}).place
    assert "done=0" in other
    assert f"changed={box[1].partition(':')[0]}" in other, "another wish for the case as it was is not carried out"


@pytest.mark.parametrize("to", ["nobody-of-us", "", "<script>"])
def test_only_a_colleague_can_be_given_cases(desk: ServedDesk, to: str) -> None:
    visitor = desk.visitor()
    box = re.search(r'name="case" value="([^"]+)"', visitor.get("/queue?pick=yes").text)
    assert box
    assert "missed=to" in visitor.post("/queue/assign", case=box[1], to=to, list="").place
    assert desk.store.db.value("SELECT count(*) FROM cases WHERE assigned_to <> ''") == 0


def test_who_only_looks_gives_nothing_away(desk: ServedDesk) -> None:
    visitor = desk.visitor("reader")
    assert "Assign" not in visitor.get("/queue").words
    assert visitor.post("/queue/assign", case="x:1", to="reader", list="").status == 403


# --- two at once, and time going by --------------------------------------------------------------------


def test_a_case_that_a_colleague_has_open_is_grey_and_says_who(desk: ServedDesk, page: Any) -> None:
    number = listed(desk)[4]
    desk.store.holds.open(desk.store.cases.id_of(number), "lead", desk.state.now())
    desk.enter(page)
    row = page.locator(f"#case-{number}")
    assert row.locator(".holder").inner_text() == "Lena L."
    assert "is-held" in row.get_attribute("class")


def test_the_list_stands_still_and_says_what_came(desk: ServedDesk, page: Any) -> None:
    desk.enter(page)
    before = rows(page)
    desk.clock.skip(minutes=2)
    waiting = desk.store.db.rows("SELECT id FROM cases WHERE next_actor = 'customer' LIMIT 1")[0]["id"]
    with desk.store.write():
        desk.store.db.execute(
            "UPDATE cases SET next_actor = 'staff', state = 'ready_for_staff', updated_at = :now WHERE id = :id",
            now=desk.state.now(),
            id=waiting,
        )
    page.evaluate("htmx.trigger('#fresh', 'every')")
    page.evaluate("htmx.ajax('GET', document.querySelector('#fresh').getAttribute('hx-get'), '#fresh')")
    news = page.locator("#fresh a")
    news.wait_for()
    assert re.fullmatch(r"1 new since \d\d:\d\d, show", news.inner_text())
    assert rows(page) == before, "nothing moved under the eye"
    news.click()
    page.wait_for_selector(f"#case-{desk.store.cases.number_of(waiting)}")
    assert len(rows(page)) == len(before) + 1


def test_asking_for_news_is_no_sign_of_life(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    seen = "SELECT seen_at FROM session ORDER BY id DESC LIMIT 1"
    before = desk.store.db.value(seen)
    desk.clock.skip(minutes=10)
    assert visitor.get("/queue/fresh?at=2025-12-03T10:05:00Z&n=0").status in (200, 204)
    assert desk.store.db.value(seen) == before
    visitor.get("/queue")
    assert desk.store.db.value(seen) > before


def test_who_was_signed_out_comes_back_to_the_list_and_not_to_its_news(desk: ServedDesk) -> None:
    visitor = desk.visitor(None)
    answer = visitor.get(
        "/queue/fresh?at=2025-12-03T10:05:00Z&n=1", HX_Request="true", HX_Current_URL=f"{desk.url}/queue?view=decide"
    )
    assert (answer.status, answer.headers["HX-Redirect"]) == (
        401,
        f"/login?next={quote('/queue?view=decide', safe='')}",
    )


def test_a_held_letter_brings_its_case_into_the_queue_with_its_reason(desk: ServedDesk, page: Any) -> None:
    held = hold_a_letter(desk)
    number = desk.store.cases.number_of(desk.store.outbox.get(held).case_id)
    desk.enter(page)
    question = page.locator(f"#case-{number} .doubt").inner_text()
    assert question.startswith("A letter is held (this address has had its letters for today): send it or not?")


def test_an_empty_queue_says_so_and_what_runs_by_itself(desk: ServedDesk, page: Any, axe: Callable[..., Any]) -> None:
    with desk.store.write():
        desk.store.db.execute("UPDATE cases SET next_actor = 'customer'")
    desk.enter(page)
    assert page.locator(".empty h2").inner_text() == "Nobody waits for a person"
    assert axe(page) == []


# --- hostile mail, other languages, eyes and hands ------------------------------------------------------


def test_what_a_customer_writes_is_only_text(desk: ServedDesk) -> None:
    hold_a_letter(desk)
    write_in_every_field(desk, *HOSTILE)
    visitor = desk.visitor("lead")
    paths = ["/queue", "/queue?view=all", "/queue?pick=yes", "/held", "/unreadable?all=yes"]
    for path in [*paths, *(f"/search?q={quote(text)}" for text in HOSTILE)]:
        answer = visitor.get(path)
        assert answer.status == 200, path
        inside = answer.text.partition("<main")[2].partition("</main>")[0]
        for broken in ("<script", "<img", "<svg onload", "<h1>owned", "<a href='java", "<bdo", "\u202e", ">49<"):
            assert broken not in inside, path


def test_hostile_names_do_not_run_in_a_real_browser(desk: ServedDesk, page: Any) -> None:
    hold_a_letter(desk)
    write_in_every_field(desk, *HOSTILE)
    page.on("dialog", lambda dialog: pytest.fail("a script of a mail ran"))
    desk.enter(page, "lead")
    for path in ("/queue?view=all", "/search?q=alert", "/held"):
        page.goto(desk.url + path)
    page.wait_for_timeout(200)


def test_a_name_that_hides_something_says_look_twice(desk: ServedDesk, page: Any) -> None:
    number = listed(desk)[3]
    with desk.store.write():
        desk.store.db.execute(
            "UPDATE letter SET from_name = :name WHERE case_id = (SELECT id FROM cases WHERE number = :number)",
            name="K\u043espet Support \u202egnp",
            number=number,
        )
    desk.enter(page)
    assert "look twice" in page.locator(f"#case-{number} .customer").inner_text()


@pytest.mark.parametrize(("language", "says"), [("de", "Braucht jemanden"), ("zh", "需要人工处理")])
def test_the_queue_speaks_the_persons_language(desk: ServedDesk, page: Any, language: str, says: str) -> None:
    desk.enter(page)
    agent = desk.store.people.named("agent")
    desk.store.people.set_looks(agent.id, type(agent.looks)(language=language))
    page.reload()
    assert says in page.locator(".views").inner_text()
    assert rows(page) == listed(desk)


def test_no_barrier_in_any_size_or_colour(
    desk: ServedDesk, open_tab: Callable[..., Any], barriers: Callable[[Any], list[str]]
) -> None:
    tab = open_tab(**LAPTOP)
    desk.enter(tab)
    for path in ("/queue", "/queue?view=all&language=en&filter=yes", "/queue?pick=yes", "/queue?view=parcels"):
        tab.goto(desk.url + path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= LAPTOP["viewport"]["width"], path
        if "filter" in path or "pick" in path:  # the plain list is among all pages
            assert barriers(tab) == [], path
            tab.set_viewport_size(LAPTOP["viewport"])


def test_targets_are_large_enough_for_a_finger(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    tab = open_tab(**PHONE)
    desk.enter(tab)
    heights = tab.evaluate(
        "[...document.querySelectorAll('.views a, .queue-tools a, .case-row')]"
        ".map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


def test_a_model_is_a_name_and_no_pattern_and_is_found_beside_another(desk: ServedDesk) -> None:
    two = desk.case("two-watches")
    model = desk.store.db.value("SELECT model FROM cases WHERE number = :n", n=two).split(", ")
    assert len(model) == 2
    for name in model:
        found = listed(desk, view="all", model=name)
        assert two in found
        models = desk.store.db.rows("SELECT number, model FROM cases")
        assert set(found) == {row["number"] for row in models if name in row["model"].split(", ")}
    for pattern in ("%", "_", "TANK", ", "):
        assert listed(desk, view="all", model=pattern) == []
