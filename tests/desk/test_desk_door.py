"""Signing in and out, and who is kept out."""

from __future__ import annotations

import re
import statistics
import time
from datetime import timedelta

import pytest
from desk_served import HASH, PASSWORD, ServedDesk
from desk_visitor import Visitor

from bot.desk.people import LIMITS, plain_name, wrong_with
from bot.store.states import Role

WRONG = "Name and password do not go together"


def test_name_and_password_open_the_queue(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    answer = visitor.post("/login", name=" Agent ", password=PASSWORD)
    assert (answer.status, answer.place) == (303, "/queue")
    assert visitor.get("/me").status == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [("agent", "something else entirely"), ("nobody-of-that-name", PASSWORD), ("", ""), ("agent", "x" * 5000)],
    ids=["wrong password", "unknown name", "nothing", "a password that is a book"],
)
def test_everything_wrong_gets_the_same_sentence(desk: ServedDesk, name: str, password: str) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    answer = visitor.post("/login", name=name, password=password)
    assert answer.status == 422
    assert f"{WRONG}. After 4 more tries this name rests for 10 minutes." in answer.words
    assert "desk_session" not in visitor.cookies
    assert password not in answer.text or not password


def test_a_known_name_takes_no_longer_than_an_unknown_one(desk: ServedDesk) -> None:
    def seconds(name: str) -> float:
        began = time.perf_counter()
        desk.state.door.knock(name, "a wrong password", f"192.0.2.{name}", desk.clock())
        return time.perf_counter() - began

    times = {name: [seconds(name) for _ in range(5)] for name in ("agent", "nobody")}
    known, unknown = (statistics.median(times[name]) for name in ("agent", "nobody"))
    assert 0.4 < known / unknown < 2.5


@pytest.mark.parametrize("name", ["agent", "nobody"], ids=["a name that exists", "one that does not"])
def test_a_name_rests_after_too_many_wrong_tries_and_opens_again(desk: ServedDesk, name: str) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    for left in (4, 3, 2, 1):
        more = "one more try" if left == 1 else f"{left} more tries"
        assert f"After {more} this name rests" in visitor.post("/login", name=name, password="wrong").words
    assert "Try again in 10 minutes" in visitor.post("/login", name=name, password="wrong").words
    resting = visitor.post("/login", name=name, password=PASSWORD)
    assert (resting.status, "Try again in 10 minutes" in resting.words) == (429, True)

    desk.clock.skip(minutes=11)
    assert visitor.post("/login", name=name, password=PASSWORD).status == (303 if name == "agent" else 422)


def test_the_resting_door_is_remembered_by_the_database(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    for _ in range(5):
        visitor.post("/login", name="agent", password="wrong")
    from bot.desk.people import Door

    after_a_restart = Door(desk.store.people)
    assert after_a_restart.knock("agent", PASSWORD, "127.0.0.1", desk.clock()).person is None


def test_a_stranger_elsewhere_cannot_lock_a_colleague_out(desk: ServedDesk) -> None:
    for _ in range(8):
        desk.state.door.knock("agent", "wrong", "198.51.100.7", desk.clock())
    assert desk.visitor("agent").get("/me").status == 200


@pytest.mark.parametrize("limit", LIMITS, ids=lambda one: f"{one.tries} tries")
def test_each_limit_holds_and_ends(desk: ServedDesk, limit: object) -> None:
    from bot.desk.people import Limit

    assert isinstance(limit, Limit)
    people, now = desk.store.people, desk.clock()
    for n in range(limit.tries):
        name = "agent" if limit.by_name else f"name-{n}"
        address = "192.0.2.1" if limit.by_address else f"192.0.2.{n}"
        people.note_try(key_of(name), address, now, good=False)
    assert (
        desk.state.door.knock("agent", PASSWORD, "192.0.2.1", now).rests_until
        == now.replace(microsecond=0) + limit.within
    )
    later = now + limit.within + timedelta(seconds=1)
    assert desk.state.door.knock("agent", PASSWORD, "192.0.2.1", later).person is not None


def key_of(name: str) -> str:
    import hashlib

    return hashlib.sha256(plain_name(name).encode()).hexdigest()


def test_a_good_sign_in_wipes_the_slate(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    for _ in range(4):
        visitor.post("/login", name="agent", password="wrong")
    assert visitor.post("/login", name="agent", password=PASSWORD).status == 303
    assert "After 4 more tries" in fresh_wrong_try(desk)


def fresh_wrong_try(desk: ServedDesk) -> str:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    return visitor.post("/login", name="agent", password="wrong").words


def test_nothing_that_was_typed_is_kept(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    visitor.post("/login", name="my-secret-password", password="typed-into-the-wrong-field")
    dump = "\n".join(desk.store.db.writer.iterdump())
    assert "my-secret-password" not in dump
    assert "typed-into-the-wrong-field" not in dump
    assert PASSWORD not in dump


# --- sessions ---------------------------------------------------------------------------------------


def test_the_cookie_is_shut_away_from_scripts_and_other_sites(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    answer = visitor.post("/login", name="agent", password=PASSWORD)
    [cookie] = [line for line in answer.headers.get_all("Set-Cookie", []) if line.startswith("desk_session=")]
    assert re.search(r"; HttpOnly\b", cookie)
    assert re.search(r"; SameSite=strict\b", cookie, re.IGNORECASE)
    assert "Path=/" in cookie
    assert "Max-Age" not in cookie


def test_staying_signed_in_lasts_the_hours_that_are_set(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    answer = visitor.post("/login", name="agent", password=PASSWORD, remember="yes")
    [cookie] = [line for line in answer.headers.get_all("Set-Cookie", []) if line.startswith("desk_session=")]
    assert "Max-Age=43200" in cookie
    desk.clock.skip(hours=11)
    assert visitor.get("/me").status == 200
    desk.clock.skip(hours=2)
    assert visitor.get("/me").status == 303


def test_a_browser_that_lies_idle_is_signed_out(desk: ServedDesk) -> None:
    visitor = desk.visitor("agent")
    desk.clock.skip(minutes=119)
    assert visitor.get("/me").status == 200
    desk.clock.skip(minutes=121)
    assert visitor.get("/me").status == 303


def test_every_sign_in_has_a_token_of_its_own_and_ends_the_one_before(desk: ServedDesk) -> None:
    visitor = desk.visitor("agent")
    before = visitor.cookies["desk_session"]
    visitor.get("/me")
    assert visitor.post("/login", name="agent", password=PASSWORD).status == 303
    assert visitor.cookies["desk_session"] != before
    assert Visitor(desk.url, cookies={"desk_session": before}).get("/me").status == 303


def test_signing_out_ends_the_session_on_the_server(desk: ServedDesk) -> None:
    visitor = desk.visitor("agent")
    stolen = Visitor(desk.url, cookies=dict(visitor.cookies))
    assert stolen.get("/me").status == 200
    assert visitor.post("/logout").place == "/login"
    assert stolen.get("/me").status == 303


def test_the_database_holds_no_token_that_opens_anything(desk: ServedDesk) -> None:
    visitor = desk.visitor("agent")
    assert visitor.cookies["desk_session"] not in "\n".join(desk.store.db.writer.iterdump())


def test_somebody_shut_out_is_out_at_the_next_click(desk: ServedDesk) -> None:
    visitor = desk.visitor("agent")
    desk.store.people.set_disabled(desk.store.people.named("agent").id, True)
    assert visitor.get("/me").status == 303
    assert WRONG in fresh_wrong_try(desk)
    visitor.get("/login")
    assert visitor.post("/login", name="agent", password=PASSWORD).status == 422


def test_a_forged_cookie_opens_nothing(desk: ServedDesk) -> None:
    for value in ("", "x", "0" * 43, "../../etc/passwd", "a" * 5000):
        assert Visitor(desk.url, cookies={"desk_session": value}).get("/me").status == 303


# --- where one comes out ------------------------------------------------------------------------------


def test_signing_in_leads_back_to_the_page_that_was_asked_for(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    answer = visitor.get("/me?done=password")
    assert answer.place == "/login?next=%2Fme%3Fdone%3Dpassword"
    shown = visitor.get(answer.place)
    assert 'name="next" value="/me?done=password"' in shown.text
    assert (
        visitor.post("/login", name="agent", password=PASSWORD, next="/me?done=password").place == "/me?done=password"
    )


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\r\nb: c",
    ],
)
def test_signing_in_never_leads_to_another_site(desk: ServedDesk, place: str) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    assert visitor.post("/login", name="agent", password=PASSWORD, next=place).place == "/queue"


def test_a_form_that_was_posted_after_the_session_ended_leads_back_to_its_page(desk: ServedDesk) -> None:
    visitor = desk.visitor("agent")
    desk.clock.skip(hours=13)
    answer = visitor.post("/me/look", theme="dark", headers={"Referer": f"{desk.url}/me"})
    assert answer.place == "/login?next=%2Fme"
    stranger = visitor.post("/me/look", theme="dark", headers={"Referer": "https://evil.example/me"})
    assert stranger.place == "/login"


def test_a_link_in_a_mail_finds_the_session_at_the_second_try(desk: ServedDesk) -> None:
    """A browser does not send the strict cookie with a click on another site; our own page loads itself once more."""
    visitor = Visitor(desk.url)
    answer = visitor.get("/queue", sec_fetch_site="cross-site")
    assert answer.status == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.text
    assert visitor.get("/queue", sec_fetch_site="same-origin").place.startswith("/login")


def test_the_script_is_told_to_go_to_the_door(desk: ServedDesk) -> None:
    answer = Visitor(desk.url).get("/queue", hx_request="true")
    assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/login?next=%2Fqueue")


def test_the_door_speaks_the_language_of_the_browser(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    for accepted, word in [
        ("de-CH,de;q=0.9,en;q=0.5", "Anmelden"),
        ("zh-CN", "登录"),
        ("fr-FR,fr;q=0.9", "Sign in"),
        ("en;q=0.1,de;q=0.8", "Anmelden"),
        (";;;,,q=x", "Sign in"),
    ]:
        assert word in visitor.get("/login", accept_language=accepted).words, accepted


def test_the_door_says_nothing_about_the_desk(desk: ServedDesk) -> None:
    shown = Visitor(desk.url).get("/login").words
    assert not re.search(r"\d{2,}", shown.replace("12 hours", ""))
    assert "Ana" not in shown


# --- passwords -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "too_short"),
        ("elevenchars", "too_short"),
        ("aaaabbbbccccdddd", "too_plain"),
        ("ana.ferreira2025", "like_name"),
        ("x" * 50 + "abcde" * 31, "too_long"),
        ("a long enough sentence", ""),
        ("密码短语也可以写得很长很长", ""),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str, why: str) -> None:
    assert wrong_with(password, "ana.ferreira@example.com") == why


def test_a_hash_with_older_parameters_is_made_anew_at_the_next_sign_in(desk: ServedDesk) -> None:
    from argon2 import PasswordHasher

    person = desk.store.people.named("agent")
    desk.store.people.set_hash(person.id, PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD))
    assert Visitor(desk.url).sign_in("agent", PASSWORD).status == 303
    kept = desk.store.people.secret_of("agent")
    assert kept
    assert kept[1].split("$")[3] == HASH.split("$")[3]


def test_roles_are_a_ladder() -> None:
    steps = list(Role)
    assert [[role.may(needed) for needed in steps] for role in steps] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]
