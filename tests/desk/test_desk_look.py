"""How the frame, the door and the person's page look: accessible, legible, never wider than the window."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from desk_served import PASSWORD, ServedDesk

from bot.desk.app import STATIC

WIDTHS = (320, 390, 1024, 1600)
STYLE = (STATIC / "style.css").read_text(encoding="utf-8")

# --- pages --------------------------------------------------------------------------------------------


def test_the_pages_pass_an_accessibility_check_and_fit_at_every_width(
    desk: ServedDesk, page: Any, barriers: Callable[[Any], list[str]]
) -> None:
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if wrong := too_wide(page):
                found[f"{name} at {width}"] = wrong
        if wrong := barriers(page):
            found[name] = wrong

    page.goto(f"{desk.url}/login")
    look("door")
    page.fill("#name", "agent")
    page.fill("#password", "wrong")
    page.click("button[type=submit]")
    look("door, wrong")
    desk.enter(page, path="/me")
    look("me")
    page.set_viewport_size({"width": 1600, "height": 900})
    page.click(".me summary")
    look("menu")
    page.set_viewport_size({"width": 1600, "height": 900})
    page.get_by_role("button", name="Show all keys").click()
    look("keys")
    page.goto(f"{desk.url}/no-such-page")
    look("not found")
    assert found == {}


@pytest.mark.parametrize("language", ["de", "zh"])
def test_longer_and_other_words_fit_too(
    desk: ServedDesk, page: Any, barriers: Callable[[Any], list[str]], language: str
) -> None:
    desk.visitor().post("/me/look", language=language)
    desk.enter(page, path="/me")
    assert barriers(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert too_wide(page) == []
        page.click(".me summary")
        assert too_wide(page) == []
        page.click(".me summary")


def too_wide(page: Any) -> list[str]:
    """What reaches beyond the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} pixels too wide"] if wide > 0 else []


def test_the_door_works_without_a_script(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    page = open_tab(java_script_enabled=False)
    desk.enter(page, path="/me")
    page.get_by_role("button", name="Dark").last.click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.click(".me summary")
    page.get_by_role("button", name="Sign out").first.click()
    assert page.url.endswith("/login")


def test_the_first_tab_stop_leads_past_the_frame(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, path="/me")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_wrong_field_has_the_focus(desk: ServedDesk, page: Any) -> None:
    page.goto(f"{desk.url}/login")
    assert page.evaluate("document.activeElement.id") == "name"
    page.fill("#name", "agent")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.evaluate("document.activeElement.id") == "password"
    assert page.input_value("#name") == "agent"
    assert page.input_value("#password") == ""


def test_nothing_moves_for_those_who_ask_for_it(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    page = open_tab(reduced_motion="reduce")
    desk.enter(page, path="/me")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration.split(', ')"
        ".some(t => parseFloat(t) > 0) || getComputedStyle(e).animationName !== 'none').length"
    )
    assert moving == 0


def test_a_finger_hits_what_it_aims_at(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    """On a phone nothing to press is lower than 44 pixels, links inside a sentence apart."""
    page = open_tab(viewport={"width": 390, "height": 844}, has_touch=True)
    desk.enter(page, path="/me")
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main input:not([type=hidden]), header a, header summary')]"
        ".filter(e => e.checkVisibility() && !e.matches('.visually-hidden, .skip-link'))"
        ".map(e => [e.outerHTML.slice(0, 80), Math.round(e.getBoundingClientRect().height)]).filter(e => e[1] < 44)"
    )
    assert small == []


# --- keys -----------------------------------------------------------------------------------------------------


def test_slash_goes_into_find_and_a_question_mark_shows_the_keys(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, path="/me")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("j?/")
    assert page.input_value("#find") == "j?/"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") != "find"
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_keys_are_silent_when_they_are_switched_off_or_with_another_modifier(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, path="/me")
    page.keyboard.press("Control+/")
    page.keyboard.press("Alt+?")
    assert not page.locator("#keys").is_visible()
    desk.visitor().post("/me/look", single_keys="off")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("/")
    assert not page.locator("#keys").is_visible()
    assert page.evaluate("document.activeElement.id") != "find"


def test_a_form_is_sent_once_however_often_it_is_pressed(desk: ServedDesk, page: Any) -> None:
    desk.enter(page, path="/me")
    posts: list[str] = []
    page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    page.evaluate(
        "() => { const b = document.querySelector('button[name=density][value=roomy]'); b.click(); b.click(); }"
    )
    page.locator("html[data-density=roomy]").wait_for()
    assert len(posts) == 1


# --- colours: computed anew from the tokens ------------------------------------------------------------------

TEXT, EDGE = 4.5, 3.0
TOKENS = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
WASHES = ("action", "hazard", "overdue", "waiting", "passed")
GROUNDS = ("paper", "sheet", "hollow")
PAIRS: list[tuple[str, str, float]] = [
    *((text, ground, TEXT) for text in ("ink", "ink-soft", "ink-faint", "action") for ground in GROUNDS),
    *((text, ground, TEXT) for text in ("hazard", "overdue", "waiting", "passed") for ground in GROUNDS),
    *((name, f"{name}-wash", TEXT) for name in WASHES),
    *((text, f"{wash}-wash", TEXT) for text in ("ink", "ink-soft") for wash in (*WASHES, "source")),
    *(("action", f"{wash}-wash", TEXT) for wash in WASHES),
    ("ink-faint", "action-wash", TEXT),
    *(("overdue", "action-wash", TEXT), ("hazard", "action-wash", TEXT)),
    *(("sheet", "ink", TEXT), ("on-action", "action-fill", TEXT), ("on-action", "action-press", TEXT)),
    ("on-action", "hazard-fill", TEXT),
    *(("edge", ground, EDGE) for ground in (*GROUNDS, *(f"{wash}-wash" for wash in WASHES))),
    *(("action-fill", "sheet", EDGE), ("action-fill", "paper", EDGE), ("hazard-fill", "sheet", EDGE)),
    *(("source-edge", ground, EDGE) for ground in ("sheet", "paper", "source-wash")),
    *(("focus", ground, EDGE) for ground in (*GROUNDS, "action-wash", "source-wash", "hazard-wash")),
    *(("passed", "rule", EDGE), ("overdue", "rule", EDGE)),
]


def tokens() -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in TOKENS.findall(STYLE)}


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_rule_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=lambda v: str(v))
def test_colours_can_be_told_apart_in_light_and_dark(front: str, ground: str, least: float) -> None:
    known = tokens()
    for scheme, place in (("light", 0), ("dark", 1)):
        assert contrast(known[front][place], known[ground][place]) >= least, scheme


def test_every_colour_is_a_token_and_every_token_is_measured() -> None:
    bare = re.sub(r"/\*.*?\*/", "", STYLE, flags=re.DOTALL)
    root, _, rules = bare.partition(':root[data-theme="light"]')
    colours = re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\([^)]*\)", strip_print(rules))
    assert set(colours) <= {"rgb(0 0 0 / 0.4)"}, "the shade behind a dialog is the only colour that is none of ours"
    measured = {name for front, ground, _ in PAIRS for name in (front, ground)}
    assert set(tokens()) - measured == set()
    assert len(re.findall(r"--[\w-]+:\s*#", root)) == 0, "each colour has a light and a dark one"


def strip_print(rules: str) -> str:
    return rules.partition("@media print")[0]


def used_tokens() -> Iterator[str]:
    yield from re.findall(r"var\(--([\w-]+)", STYLE)


def test_no_token_is_asked_for_that_is_not_there() -> None:
    defined = set(re.findall(r"--([\w-]+):", STYLE))
    assert set(used_tokens()) - defined == set()


def test_the_style_asks_nobody_for_anything() -> None:
    assert re.findall(r"@import|url\(|@font-face|expression\(", STYLE) == []


def test_the_password_field_is_named_for_password_managers(desk: ServedDesk, page: Any) -> None:
    page.goto(f"{desk.url}/login")
    assert page.get_attribute("#password", "autocomplete") == "current-password"
    assert page.get_attribute("#name", "autocomplete") == "username"
    page.fill("#password", PASSWORD)
    assert page.input_value("#password") == PASSWORD
