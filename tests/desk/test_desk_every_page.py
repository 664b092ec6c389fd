"""Every page there is: it works, is accessible, fits, speaks every language, and asks nobody.

``PAGES`` has a row for each address that answers with a page, ``NOT_PAGES`` for all others; a route in neither is told
by the first test. What links lead to is followed beside it, so that no page is looked at only where it is well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from desk_decided import decide_some
from desk_scenes import hold_a_letter, set_a_mail_aside
from desk_served import ServedDesk
from starlette.routing import Match, Route

from bot.desk import app as application

# Route -> addresses that show it full, empty and in every form it has. ``{case}`` is a case with a doubt.
PAGES: dict[str, tuple[str, ...]] = {
    "/login": ("/login?next=/me",),
    "/queue": (
        "/queue",
        "/queue?view=customer",
        "/queue?view=parcels",  # empty
        "/queue?filter=yes&language=de",
        "/queue?pick=yes",
        "/queue?model=NONE",
        "/queue?done=1&to=agent&changed={case}",
        "/queue?sort=newest&flag=blurry_photo&missed=to",
    ),
    "/search": ("/search?q=KS1", "/search?q={case}1", "/search?q=nothing-like-this"),
    "/held": ("/held", "/held?said=released"),
    "/unreadable": ("/unreadable", "/unreadable?all=yes&said=retried"),
    "/me": ("/me", "/me?done=password"),
    "/numbers": ("/numbers?days=365", "/numbers?from=2020-01-01&until=2020-01-31"),
    "/numbers/cases": ("/numbers/cases?what=opened&days=365", "/numbers/cases?what=opened&from=2020-01-01"),
    "/numbers/mails": ("/numbers/mails?days=365", "/numbers/mails?group=machine&days=7"),
    "/case/{number}": (
        "/case/{case}",
        "/case/{hazard}",
        "/case/{foreign}",
        "/case/{question}?answer=3&said=noted",
        "/case/{set_aside}",
        "/case/{held_by}",
    ),
    "/case/{number}/mail/{mail:id}": ("/case/{first}/mail/1",),
    "/case/{number}/policy": ("/case/{case}/policy",),
    "/case/{number}/act/{action}": (
        "/case/{case}/act/approve?v.service=free_repair",
        "/case/{case}/act/decline",
        "/case/{case}/act/correct",
        "/case/{case}/act/merge",
        "/case/{hazard}/act/safety",
        "/case/{case}/act/refunded",  # not possible now
    ),
    "/letters": ("/letters",),
    "/letters/{code}/{letter}": ("/letters/ja/approved_repair?facts=longest", "/letters/de/phrases"),
    "/policy": ("/policy",),
    "/policy/row": ("/policy/row?kind=service&id=free_repair", "/policy/row?kind=model&id=TANK+T3+Ultra"),
    "/policy/file/{name:path}": ("/policy/file/warranty.toml?line=90",),
    "/policy/overridden": ("/policy/overridden?days=365",),
    "/policy/overridden/cases": ("/policy/overridden/cases?rule=first_owner",),
    "/policy/words": ("/policy/words",),
    "/publish": ("/publish",),
}
# Address -> why nobody looks at it as a page.
NOT_PAGES = {
    "/": "leads to the queue",
    "/queue/fresh": "a part of the queue",
    "/unreadable/{id:id}/original": "a download",
    "/files/{file:id}/{size}.jpg": "a picture",
    "/files/{file:id}/download": "a download",
    "/files/mail/{mail:id}": "a download",
    "/export/{name}.{kind}": "a download",
    "/letters/{code}/{letter}/html": "a letter shut in, as a customer's program gets it",
    "/publish/progress": "a part of the page",
    "/publish/result": "looked at where something was tried",
    "/publish/back/{number:id}": "looked at where something was published",
}

START = ("/queue", "/me", "/numbers", "/held", "/unreadable", "/search?q=TANK", "/search?q=nothing-like-this")
# Of one kind of page that many are seen: so many are looked at.
EACH = 2
NAMES = re.compile(r"(?:^|&)(\w+)=")
DOWNLOADS = (".csv", ".json", ".eml", ".jpg", ".png", ".bin")


def kind_of(address: str) -> str:
    """The route that answers: /case/{number} for every case, with the names of what is asked beside it."""
    path, _, query = address.partition("?")
    for route in application._routes():
        if isinstance(route, Route):
            match, _ = route.matches({"type": "http", "path": path, "method": "GET"})
            if match is Match.FULL:
                return f"{route.path}?{','.join(sorted(NAMES.findall(query)))}"
    return ""


def is_page(address: str) -> bool:
    path = address.partition("?")[0]
    return (
        address.startswith("/")
        and not path.endswith(DOWNLOADS)
        and not re.search(r"/static/|format=|/original", address)
    )


def every_page(desk: ServedDesk) -> list[str]:
    """Some addresses of each kind, breadth first; the same for every test, as all desks are copies of one."""
    numbers = tuple(number for story in desk.cases.values() for number in story)
    if numbers not in FOUND:
        FOUND[numbers] = crawled(desk)
    return FOUND[numbers]


FOUND: dict[tuple[str, ...], list[str]] = {}


def crawled(desk: ServedDesk) -> list[str]:
    visitor = desk.visitor("lead")
    waiting, seen, found = list(START), dict[str, int](), list[str]()
    waiting += [f"/case/{desk.case(story)}" for story in ("hazard-swollen-battery", "blurred-photo", "german-buyer")]
    known = set(waiting)
    while waiting and len(found) < 60:
        address = waiting.pop(0)
        kind = kind_of(address)
        if not kind or seen.get(kind, 0) >= EACH:
            continue
        answer = visitor.get(address)
        if "text/html" not in (answer.headers["Content-Type"] or ""):
            continue
        seen[kind] = seen.get(kind, 0) + 1
        found.append(address)
        for link in re.findall(r'href="(/[^"#]*)', answer.text.replace("&amp;", "&")):
            if link not in known and is_page(link):
                known.add(link)
                waiting.append(link)
    return found


def gets() -> Iterator[str]:
    for route in application._routes():
        if isinstance(route, Route) and "GET" in (route.methods or {}) and not route.path.startswith("/api/"):
            yield route.path


def test_every_address_is_a_page_in_the_table_or_none() -> None:
    assert sorted(gets()) == sorted([*PAGES, *NOT_PAGES])


def scene(desk: ServedDesk) -> dict[str, str]:
    """A desk where something is held, something could not be read, something was decided; names -> case numbers."""
    first = desk.store.db.rows("SELECT c.number FROM cases c JOIN letter l ON l.case_id = c.id WHERE l.id = 1")[0]
    found = {
        "case": desk.case("between-one-and-two-years"),
        "hazard": desk.case("hazard-swollen-battery"),
        "foreign": desk.case("spanish-price-question"),
        "question": desk.case("person-please"),
        "held_by": desk.case("german-buyer"),
        "first": str(first["number"]),
    }
    decide_some(desk)
    hold_a_letter(desk)
    hold_a_letter(desk, "maybe_sent", 1)
    aside = set_a_mail_aside(desk)
    row = desk.store.db.rows("SELECT number FROM cases WHERE id = (SELECT case_id FROM arrival WHERE id = :i)", i=aside)
    desk.store.holds.open(desk.store.cases.id_of(found["held_by"]), "agent", desk.clock())
    return found | {"set_aside": str(row[0]["number"])}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(2), ids=["lists", "cases"])
def test_every_page_is_accessible_and_fits_in_light_and_dark_on_a_phone_and_a_wide_screen(
    desk: ServedDesk, page: Any, barriers: Callable[[Any], list[str]], part: int
) -> None:
    found, wrong = scene(desk), dict[str, list[str]]()
    desk.enter(page, "lead")
    for route in [route for route in PAGES if route.startswith("/case/") == bool(part)]:
        for address in PAGES[route]:
            address = address.format(**found)
            if (answer := page.goto(desk.url + address)).status != 200 or kind_of(page.url[len(desk.url) :]) == "":
                wrong[address] = [str(answer.status)]
            elif lines := barriers(page):
                wrong[address] = lines
    assert not wrong, "\n".join(f"{where}: {line}" for where, lines in wrong.items() for line in lines)


@pytest.mark.slow
def test_every_page_that_says_no_is_accessible_and_fits(
    desk: ServedDesk, page: Any, browser: Any, barriers: Callable[[Any], list[str]]
) -> None:
    """What is shown instead of what was asked for: wrong, late, refused, gone, broken."""
    number, wrong = desk.case("between-one-and-two-years"), dict[str, list[str]]()
    case_id = desk.store.cases.id_of(number)
    desk.enter(page, "agent")

    def look(name: str, status: int, tab: Any = page) -> None:
        status_now = tab.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
        if lines := barriers(tab) + ([] if status_now == status else [f"{status_now} instead of {status}"]):
            wrong[name] = lines

    page.goto(f"{desk.url}/no-such-page")
    look("not found", 404)
    page.goto(f"{desk.url}/case/{number}/act/merge")
    look("not for you", 403)
    page.goto(f"{desk.url}/me")
    page.fill("[name=zone]", "Atlantis/Capital")
    page.locator("form:has([name=zone]) button").click()
    look("wrong zone", 422)
    page.goto(f"{desk.url}/case/{number}/act/correct")
    page.locator(".send-bar .is-main").click()
    page.wait_for_timeout(100)
    if page.evaluate("document.querySelector(':invalid') !== null"):  # the browser itself asks for what is needed
        page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true })")
        page.locator(".send-bar .is-main").click()
    look("a value is missing", 422)
    page.goto(f"{desk.url}/case/{number}/act/correct")
    with desk.store.write():
        desk.store.db.execute("UPDATE cases SET version = version + 1 WHERE id = :id", id=case_id)
    page.select_option("[name='v.field']", "purchase_date")
    page.fill("[name='v.value']", "2024-03-14")
    page.locator(".send-bar .is-main").click()
    look("overtaken", 409)
    page.goto(f"{desk.url}/case/{number}/act/correct")
    page.select_option("[name='v.field']", "purchase_date")
    page.fill("[name='v.value']", "2024-03-14")
    desk.store.holds.take_over(case_id, "lead", desk.clock())
    page.locator(".send-bar .is-main").click()
    look("somebody else has it", 409)
    with desk.store.write():
        desk.store.db.execute("ALTER TABLE mailbox RENAME COLUMN last_error TO gone")
    broken = browser.new_page()  # a tab of ``page`` would tell of the fault as of any other
    desk.enter(broken, "agent", "/me")
    look("broken", 500, broken)
    broken.context.close()
    assert not wrong, "\n".join(f"{where}: {line}" for where, lines in wrong.items() for line in lines)


def test_every_page_has_a_title_one_heading_and_a_language_and_keeps_its_forms_safe(desk: ServedDesk) -> None:
    visitor = desk.visitor("lead")
    wrong = {}
    for address in every_page(desk):
        answer = visitor.get(address)
        text, lacks = answer.text, [] if answer.status == 200 else [str(answer.status)]
        if len(re.findall(r"<h1\b", text)) != 1:
            lacks.append("one h1")
        if not re.search(r"<title>[^<]{3,} · [^<]+</title>", text):
            lacks.append("a title")
        forms = re.findall(r'<form\b[^>]*method="post".*?</form>', text, re.DOTALL)
        if [form for form in forms if 'name="csrf" value="' not in form]:
            lacks.append("a token in every form")
        if lacks:
            wrong[address] = lacks
    assert wrong == {}


@pytest.mark.parametrize("language", ["de", "zh"])
def test_every_page_speaks_the_other_languages(desk: ServedDesk, language: str) -> None:
    """No page falls over words, and what stands in the frame is of the language."""
    visitor = desk.visitor("lead")
    visitor.post("/me/look", language=language)
    for address in every_page(desk):
        answer = visitor.get(address)
        assert answer.status == 200, address
        assert f'<html lang="{language}"' in answer.text
