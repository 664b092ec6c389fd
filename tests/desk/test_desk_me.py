"""A person's own settings, with a real browser where it matters how it looks."""

from __future__ import annotations

from typing import Any

import pytest
from desk_served import PASSWORD, ServedDesk
from desk_visitor import Visitor

NEW = "quite another sentence"


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme", "dark"), ("density", "roomy"), ("single_keys", "off"), ("after_sending", "stay")],
)
def test_a_choice_is_stored_with_the_person(desk: ServedDesk, name: str, value: str) -> None:
    visitor = desk.visitor()
    answer = visitor.post("/me/look", headers={"Referer": f"{desk.url}/me"}, **{name: value})
    assert answer.place == "/me"
    assert getattr(desk.store.people.named("agent").looks, name) == value
    shown = desk.visitor().get("/me").text
    assert f'name="{name}" value="{value}" aria-pressed="true"' in shown


def test_the_page_wears_what_was_chosen(desk: ServedDesk, page: Any) -> None:
    page.emulate_media(color_scheme="light")
    desk.enter(page, path="/me")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark").last.click()
    page.locator("html[data-theme=dark]").wait_for()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != paper
    page.get_by_role("button", name="Deutsch").click()
    page.locator("html[lang=de]").wait_for()
    assert page.inner_text("h1") == "Ihre Einstellungen"


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme", "pink"), ("density", ""), ("single_keys", "yes"), ("language", "xx"), ("after_sending", "<b>")],
)
def test_what_is_no_choice_is_refused(desk: ServedDesk, name: str, value: str) -> None:
    before = desk.store.people.named("agent").looks
    assert desk.visitor().post("/me/look", **{name: value}).status == 400
    assert desk.store.people.named("agent").looks == before


def test_the_clock_is_the_persons_own(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    assert "It is 10:05 now in UTC" in visitor.get("/me").words
    assert visitor.post("/me/look", zone="Asia/Shanghai").status == 303
    assert "It is 18:05 now in Asia/Shanghai" in visitor.get("/me").words
    assert visitor.post("/me/look", zone="").status == 303
    assert "in UTC" in visitor.get("/me").words


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "x" * 300, "\x00"])
def test_a_zone_that_is_none_is_told_at_its_field(desk: ServedDesk, zone: str) -> None:
    answer = desk.visitor().post("/me/look", zone=zone)
    assert answer.status == 422
    assert "There is no such time zone" in answer.words
    assert desk.store.people.named("agent").looks.zone == ""


# --- the password -------------------------------------------------------------------------------------


def test_the_password_is_changed_and_other_browsers_are_out(desk: ServedDesk) -> None:
    here, elsewhere = desk.visitor(), desk.visitor()
    answer = here.post("/me/password", old=PASSWORD, new=NEW, again=NEW)
    assert answer.place == "/me?done=password"
    assert "Your password is changed" in here.get(answer.place).words
    assert elsewhere.get("/me").status == 303
    assert Visitor(desk.url).sign_in("agent", PASSWORD).status == 422
    assert Visitor(desk.url).sign_in("agent", NEW).status == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "This is not your password."),
        (PASSWORD, "short", "short", "This is too short."),
        (PASSWORD, "agent agent agent", "agent agent agent", "This holds your name."),
        (PASSWORD, "aaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaa", "This repeats too few characters."),
        (PASSWORD, NEW, NEW + "x", "The two are not the same."),
        ("", "", "", "This is not your password."),
    ],
)
def test_a_password_that_cannot_be_changed_says_why(
    desk: ServedDesk, old: str, new: str, again: str, said: str
) -> None:
    answer = desk.visitor().post("/me/password", old=old, new=new, again=again)
    assert answer.status == 422
    assert said in answer.words
    assert 'aria-invalid="true"' in answer.text
    assert desk.visitor().get("/me").status == 200


def test_the_old_password_cannot_be_guessed_on_a_desk_that_was_left_open(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    for _ in range(5):
        visitor.post("/me/password", old="wrong", new=NEW, again=NEW)
    assert "Too many wrong tries" in visitor.post("/me/password", old=PASSWORD, new=NEW, again=NEW).words
    assert desk.visitor().get("/me").status == 200


# --- browsers --------------------------------------------------------------------------------------------


def test_other_browsers_are_listed_and_signed_out_one_by_one(desk: ServedDesk, page: Any) -> None:
    phone = Visitor(desk.url)
    phone.get("/login")
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
    phone.post("/login", name="agent", password=PASSWORD, headers={"User-Agent": agent})
    desk.enter(page, path="/me")
    page.get_by_role("button", name="Sign out Safari on iPhone").click()
    page.wait_for_url("**/me?done=session")
    assert phone.get("/me").status == 303
    assert page.get_by_text("this browser").is_visible()
    assert page.get_by_role("button", name="Sign out Safari on iPhone").count() == 0


def test_all_others_are_signed_out_at_once(desk: ServedDesk) -> None:
    others, here, colleague = [desk.visitor() for _ in range(3)], desk.visitor(), desk.visitor("lead")
    assert here.post("/me/end", session="others").status == 303
    assert [other.get("/me").status for other in others] == [303, 303, 303]
    assert (here.get("/me").status, colleague.get("/me").status) == (200, 200)


def test_nobody_signs_out_somebody_else(desk: ServedDesk) -> None:
    colleague, here = desk.visitor("lead"), desk.visitor()
    rows = desk.store.db.rows("SELECT id FROM session")
    for row in rows:
        here.post("/me/end", session=str(row["id"]))
    assert colleague.get("/me").status == 200


def test_a_hostile_browser_name_is_only_text(desk: ServedDesk, page: Any) -> None:
    hostile = Visitor(desk.url)
    hostile.get("/login")
    hostile.post(
        "/login",
        name="agent",
        password=PASSWORD,
        headers={"User-Agent": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"},
    )
    desk.enter(page, path="/me")
    assert page.get_by_text("Unknown browser").count() == 1
