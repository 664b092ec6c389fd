"""A seeded desk on a real server for every test of its pages, and a real browser before it.

``desk``      a copy of the seeded data, served on a loopback port; ``desk.visitor("agent")`` is signed in over HTTP
``page``      a tab of Chromium; ``desk.enter(page, "agent")`` signs it in. After the test: nothing on the console,
              nothing refused by the content security policy, no page that failed
``axe``       ``axe(page)`` gives what an accessibility check finds
``barriers``  ``barriers(page)`` gives the same in light on a phone and in dark on a wide screen, and what is too wide
The browser is Debian's Chromium, without any traffic of its own. Without it browser tests are skipped, and fail when
REQUIRE_REAL_SERVERS is set, as it is in CI.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import NO_TRAFFIC, find_chromium
from desk_program import Program
from desk_seed import Seeded, once_for_all
from desk_served import ServedDesk, served
from sink import Sink

from bot.desk import words
from bot.store.states import Role

AXE = Path(__file__).parent / "axe" / "axe.min.js"
# Each page is looked at twice: on a phone in light, on a wide screen in dark. Colours do not depend on the width.
EYES = (("light", 390), ("dark", 1600))
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a browser is marked so."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("needs_chromium")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """All stories, worked through once."""
    base = tmp_path_factory.getbasetemp()
    return once_for_all((base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "seeded")


@pytest.fixture
def desk_settings() -> str:
    """More lines for the configuration; a test module may override it."""
    return ""


@pytest.fixture
def desk(seeded: Seeded, tmp_path: Path, sink: Sink, desk_settings: str) -> Iterator[ServedDesk]:
    """A desk of its own for one test, with one person for each role; the name is the role."""
    with served(tmp_path / "desk", seeded, sink, desk_settings) as running:
        yield running
    assert set() == words.MISSED, "a page asked for words that are in no file"


@pytest.fixture
def program(desk: ServedDesk) -> Callable[..., Program]:
    """``program("agent")``: a program whose token has this role."""
    count = itertools.count(1)

    def make(role: str = "agent", name: str = "") -> Program:
        name = name or f"{role}-program-{next(count)}"
        return Program(desk.url, desk.store.tokens.add(name, Role(role), None, "maria", desk.clock()))

    return make


# --- the browser ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests of a process."""
    program = find_chromium()
    if program is None:
        if os.environ.get("REQUIRE_REAL_SERVERS"):
            pytest.fail("Chromium is not installed, and REQUIRE_REAL_SERVERS is set")
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=NO_TRAFFIC)
        yield running
        running.close()


@pytest.fixture
def tab_options() -> dict[str, Any]:
    """How the tab is opened: size, colours, scripts; a test may override it by parametrizing."""
    return {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def open_tab(browser: Any, desk: ServedDesk) -> Iterator[Callable[..., Any]]:
    """``open_tab(java_script_enabled=False)``: a tab with cookies of its own. What goes wrong in any is told after."""
    contexts: list[Any] = []
    trouble: list[str] = []

    def open_one(**options: Any) -> Any:
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda said: trouble.append(said.text) if is_trouble(said) else None)
        tab.on("pageerror", lambda error: trouble.append(str(error)))
        tab.on("request", lambda asked: None if asked.url.startswith(desk.url) else trouble.append(asked.url))
        return tab

    yield open_one
    for context in contexts:
        context.close()
    assert trouble == []
    assert desk.store.desk_facts.reports() == []


def is_trouble(said: Any) -> bool:
    """An answer such as 422, or a line that a test cut, is said on the console by the browser itself, and is none."""
    usual = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
    return said.type in ("error", "warning") and not any(words in said.text for words in usual)


@pytest.fixture
def page(open_tab: Callable[..., Any], tab_options: dict[str, Any]) -> Any:
    """One tab."""
    return open_tab(**tab_options)


@pytest.fixture
def axe() -> Callable[[Any], list[str]]:
    """``axe(page)``: rule and place of every violation of WCAG 2.2 AA and of good practice."""
    source = AXE.read_text(encoding="utf-8")

    def look(page: Any, context: str = "document") -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        found = page.evaluate(f"axe.run({context}, {{runOnly: {WCAG}}})")
        return [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found["violations"] for n in v["nodes"]]

    return look


@pytest.fixture
def barriers(axe: Callable[[Any], list[str]]) -> Callable[[Any], list[str]]:
    """``barriers(page)``: everything that keeps somebody from using the page as it stands there."""

    def look(page: Any) -> list[str]:
        found: list[str] = []
        for scheme, width in EYES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour half-way between two
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wrong = axe(page) + ([f"{wide} pixels too wide"] if wide > 0 else [])
            found += [f"{scheme}, {width}: {line}" for line in wrong]
        return found

    return look
