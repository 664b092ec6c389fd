"""The desk's lists for other programs: with tokens, page by page, described to the letter."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from command import run as run_command
from desk_program import V1, Program, case_row, problem
from desk_served import ServedDesk
from openapi_spec_validator import validate

from bot.core.warranty.actions import ACTIONS
from bot.desk.api.asking import PER_MINUTE, WRONG_PER_MINUTE, Buckets
from bot.desk.pages.api import routes
from bot.desk.pages.openapi import text as openapi_text
from bot.store.listings import FILTERS, VIEWS
from bot.store.states import Role

ROOT = Path(__file__).parents[2]


# --- who may ask ------------------------------------------------------------------------------------


def test_without_a_valid_token_nothing_is_told(desk: ServedDesk, program: Callable[..., Program]) -> None:
    good = program("reader")
    for token in ("x", good.token[:-1], f"{good.token}x"):
        for path in ("/cases", "/cases/K7F3Q9", "/held", "/unreadable", "/numbers"):
            reply = Program(desk.url, token).get(path)
            assert problem(reply) == (401, "no-token")
            assert reply.headers["www-authenticate"] == "Bearer"
    assert good.get("/cases").status == 200


def test_a_cookie_of_a_person_opens_nothing_here(desk: ServedDesk) -> None:
    visitor = desk.visitor("operator")
    assert visitor.get(f"{V1}/cases").status == 401
    number = desk.case("german-buyer")
    said = json.dumps({"values": {"text": "x"}, "version": 1}).encode()
    headers = {"Content-Type": "application/json", "Origin": desk.url, "Sec-Fetch-Site": "same-origin"}
    answer = visitor.ask("POST", f"{V1}/cases/{number}/actions/note", said, headers)
    assert answer.status == 401, "the form of another page has no token"


def test_a_revoked_and_an_expired_token_open_nothing(desk: ServedDesk, program: Callable[..., Program]) -> None:
    ended = program("reader", "ended")
    desk.store.tokens.revoke("ended", desk.clock())
    assert problem(ended.get("/cases")) == (401, "no-token")
    late = desk.store.tokens.add("late", Role.READER, desk.clock() + timedelta(hours=1), "maria", desk.clock())
    assert Program(desk.url, late).get("/cases").status == 200
    desk.clock.skip(hours=2)
    assert problem(Program(desk.url, late).get("/cases")) == (401, "no-token")


@pytest.mark.parametrize(("role", "action"), [("reader", "note"), ("agent", "merge")])
def test_a_role_that_is_too_low_does_nothing(
    desk: ServedDesk, program: Callable[..., Program], role: str, action: str
) -> None:
    number = desk.case("german-buyer")
    before = case_row(desk, number)
    values = {"text": "x"} if action == "note" else {"into": desk.case("french-hazard")}
    reply = program(role).act(number, action, {"values": values, "version": before["version"]})
    assert problem(reply) == (403, "role")
    assert case_row(desk, number) == before


def test_who_tries_tokens_is_slowed_down(desk: ServedDesk, program: Callable[..., Program]) -> None:
    tried = [Program(desk.url, f"wrong{n}").get("/held") for n in range(WRONG_PER_MINUTE + 3)]
    assert {reply.status for reply in tried[:WRONG_PER_MINUTE]} == {401}
    assert problem(tried[-1]) == (429, "too-many")
    assert int(tried[-1].headers["retry-after"]) >= 1
    assert program("reader").get("/held").status == 200, "who has a token is not kept waiting by others"


def test_a_bucket_holds_a_minute_and_fills_again() -> None:
    clock = [0.0]
    buckets = Buckets(PER_MINUTE, lambda: clock[0])
    assert [buckets.take("one") for _ in range(PER_MINUTE)] == [0] * PER_MINUTE
    assert buckets.take("one") == 1
    assert buckets.take("other") == 0
    clock[0] += 60 / PER_MINUTE
    assert buckets.take("one") == 0
    assert buckets.take("one") > 0


# --- lists ------------------------------------------------------------------------------------------


def test_the_list_holds_every_case_page_by_page(desk: ServedDesk, program: Callable[..., Program]) -> None:
    asker, seen, path = program("reader"), [], "/cases?limit=7&sort=oldest"
    while path:
        reply = asker.get(path)
        assert reply.status == 200
        seen += [row["number"] for row in reply.json["items"]]
        following = reply.json["next"]
        assert (following is None) == ("link" not in reply.headers)
        path = following.removeprefix(V1) if following else ""
    assert len(seen) == len(set(seen)) == reply.json["total"] == desk.store.db.value("SELECT count(*) FROM cases")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_holds_what_the_page_shows(desk: ServedDesk, program: Callable[..., Program], view: str) -> None:
    rows = program("reader").get(f"/cases?view={view}&limit=500").json["items"]
    page = desk.visitor("reader").get(f"/queue?view={view}").text
    assert {row["number"] for row in rows} == {
        number for numbers in desk.cases.values() for number in numbers if f"/case/{number}" in page
    } | {row["number"] for row in rows if f"/case/{row['number']}" in page}


@pytest.mark.parametrize(
    ("filter_", "value"), [("language", "de"), ("state", "waiting_for_details"), ("flag", "safety_hazard")]
)
def test_a_filter_narrows_a_list(desk: ServedDesk, program: Callable[..., Program], filter_: str, value: str) -> None:
    rows = program("reader").get(f"/cases?{filter_}={value}&limit=500").json["items"]
    assert rows
    key = {"flag": "flags"}.get(filter_, filter_)
    assert all(row[key] == value or value in row[key] for row in rows)


def test_a_case_is_found_by_the_number_in_your_hand(desk: ServedDesk, program: Callable[..., Program]) -> None:
    number = desk.case("german-buyer")
    order = case_row(desk, number)["order_number"].split(", ")[0]
    assert number in [row["number"] for row in program("reader").get(f"/cases?q={order}").json["items"]]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "offset=-1", "view=nonsense", "colour=red", "limit=%D9%A1"]
)
def test_a_wrong_question_is_told_as_such(program: Callable[..., Program], query: str) -> None:
    assert problem(program("reader").get(f"/cases?{query}")) == (400, "wrong-request")


def test_one_case_is_what_the_command_line_prints(desk: ServedDesk, program: Callable[..., Program]) -> None:
    number = desk.case("missing-photo-then-sent")
    reply = program("reader").get(f"/cases/{number.lower()}")
    printed = run_command("case", number, "--json", "-c", str(desk.config_file))
    printed_parts = json.loads(printed.stdout)
    told = reply.json
    for parts in (told, printed_parts):
        assert [row["action"] for row in parts["proposals"]] == ["approve", "ask"]
        for row in parts["proposals"]:
            row["letter"] = bool(row["letter"])  # the two clocks differ, and with them the days in a letter
    assert told == printed_parts
    assert reply.headers["etag"] == f'"{case_row(desk, number)["version"]}"'
    assert reply.headers["cache-control"] == "no-store"


def test_a_case_that_is_none_is_told_as_such(program: Callable[..., Program]) -> None:
    assert problem(program("reader").get("/cases/A3A3A3")) == (404, "not-found")
    assert problem(program("reader").get("/nothing")) == (404, "not-found")


def test_numbers_are_those_of_the_page(desk: ServedDesk, program: Callable[..., Program]) -> None:
    told = program("reader").get("/numbers?days=365").json
    saved = json.loads(desk.visitor("reader").get("/export/numbers.json?days=365").text)
    assert told["numbers"] == saved
    assert told["period"] == {"from": "2024-12-04", "until": "2025-12-03", "zone": "UTC"}


def test_held_letters_and_unreadable_mails_are_lists_too(desk: ServedDesk, program: Callable[..., Program]) -> None:
    asker = program("reader")
    assert asker.get("/held").json["total"] == desk.store.set_aside.counts()["held"]
    assert asker.get("/unreadable").json["items"] == []


# --- the description ----------------------------------------------------------------------------------


def test_the_description_is_valid_current_and_served(desk: ServedDesk, accept: Callable[[Path, str], None]) -> None:
    validate(json.loads(openapi_text()))
    accept(ROOT / "docs" / "openapi.json", openapi_text())
    served = Program(desk.url).ask("GET", "/api/openapi.json")
    assert (served.status, served.body.decode()) == (200, openapi_text())


def test_every_address_and_action_is_described_and_nothing_else() -> None:
    described = set(json.loads(openapi_text())["paths"])
    there = {route.path for route in routes if "{action}" not in route.path}
    there |= {f"{V1}/cases/{{number}}/actions/{name}" for name in ACTIONS}
    assert described == there


def test_the_values_of_an_action_are_those_of_the_table() -> None:
    paths = json.loads(openapi_text())["paths"]
    for name, action in ACTIONS.items():
        body = paths[f"{V1}/cases/{{number}}/actions/{name}"]["post"]["requestBody"]
        values = body["content"]["application/json"]["schema"]["properties"]["values"]
        assert set(values["properties"]) == {*action.needs, *action.may, "because"}
        assert values.get("required", []) == list(action.needs)


def test_a_real_answer_fits_its_description(desk: ServedDesk, program: Callable[..., Program]) -> None:
    from jsonschema import Draft202012Validator

    document = json.loads(openapi_text())
    asker = program("lead")
    number = desk.case("complete-repair-request")
    for path, asked in (
        ("/cases", "/cases?limit=500"),
        ("/cases/{number}", f"/cases/{number}"),
        ("/cases/{number}/actions", f"/cases/{number}/actions"),
        ("/held", "/held"),
        ("/unreadable", "/unreadable"),
        ("/numbers", "/numbers?days=365"),
    ):
        schema = document["paths"][V1 + path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": document["components"]}
        assert list(Draft202012Validator(whole).iter_errors(asker.get(asked).json)) == []
    assert set(FILTERS) <= {p["name"] for p in document["paths"][f"{V1}/cases"]["get"]["parameters"]}
