"""Actions for other programs: the same table, done once however often they are asked for, told plainly when not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk_program import Program, Reply, case_row, problem
from desk_served import ServedDesk

from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, possible_actions
from bot.store.states import Role

ROOT = Path(__file__).parents[2]


# --- actions ----------------------------------------------------------------------------------------


def test_a_program_approves_and_the_letter_goes_out(desk: ServedDesk, program: Callable[..., Program]) -> None:
    number = desk.case("complete-repair-request")
    asker = program("agent", "order-system")
    seen = asker.get(f"/cases/{number}")
    said = {"values": {"service": "free_repair", "address": "eu"}}
    reply = asker.act(number, "approve", said, If_Match=seen.headers["etag"])
    assert reply.status == 200, reply.body
    assert reply.json["state"] == "approved"
    assert reply.headers["etag"] == f'"{reply.json["version"]}"' == asker.get(f"/cases/{number}").headers["etag"]
    event = next(e for e in asker.get(f"/cases/{number}").json["events"] if e["name"] == "approve")
    assert event["actor"] == "program:order-system"
    desk.clock.skip(minutes=2)
    kept = desk.send()
    assert [k.recipients for k in kept] == [(reply.json["letter"]["recipient"],)]


def test_asking_again_with_the_same_key_does_nothing_and_says_the_same(
    desk: ServedDesk, program: Callable[..., Program]
) -> None:
    number, asker = desk.case("german-buyer"), program()
    version = case_row(desk, number)["version"]
    said = {"values": {"text": "called"}, "version": version}
    first = asker.act(number, "note", said, Idempotency_Key="one")
    again = asker.act(number, "note", said, Idempotency_Key="one")
    assert (first.status, again.status) == (200, 200)
    assert first.body == again.body
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert case_row(desk, number)["version"] == version + 1
    other = asker.act(number, "note", {**said, "values": {"text": "other"}}, Idempotency_Key="one")
    assert problem(other) == (422, "key-used")
    second = program("agent", "second").act(number, "note", said, Idempotency_Key="one")
    assert second.status == 200, "another program's key is another key"


def test_ten_at_once_with_one_key_is_done_once(desk: ServedDesk, program: Callable[..., Program]) -> None:
    number, asker = desk.case("german-buyer"), program()
    said = {"values": {"text": "at once"}, "version": case_row(desk, number)["version"]}
    replies: list[Reply] = []
    threads = [
        threading.Thread(target=lambda: replies.append(asker.act(number, "note", said, Idempotency_Key="k")))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    notes = [e for e in desk.store.cases.show(number)["events"] if e["name"] == "note"]
    assert len(notes) == 1


def test_a_failed_action_leaves_no_answer_behind_its_key(desk: ServedDesk, program: Callable[..., Program]) -> None:
    number, asker = desk.case("german-buyer"), program()
    version = case_row(desk, number)["version"]
    wrong = asker.act(number, "note", {"values": {}, "version": version}, Idempotency_Key="k")
    assert problem(wrong) == (422, "wrong-value")
    right = asker.act(number, "note", {"values": {"text": "x"}, "version": version}, Idempotency_Key="k")
    assert right.status == 200


def test_an_old_version_does_nothing(desk: ServedDesk, program: Callable[..., Program]) -> None:
    number, asker = desk.case("german-buyer"), program()
    version = case_row(desk, number)["version"]
    assert asker.act(number, "take", {"version": version}).status == 200
    before = case_row(desk, number)
    stale = {"values": {"text": "x"}}
    assert problem(asker.act(number, "note", {**stale, "version": version})) == (409, "overtaken")
    assert problem(asker.act(number, "note", stale, If_Match=f'"{version}"')) == (412, "version")
    assert problem(asker.act(number, "note", stale)) == (428, "no-version")
    assert case_row(desk, number) == before


def test_a_dry_run_shows_the_letter_and_changes_nothing(desk: ServedDesk, program: Callable[..., Program]) -> None:
    number = desk.case("complete-repair-request")
    before = case_row(desk, number)
    said = {"values": {"service": "free_repair", "address": "eu"}, "dry_run": True}
    reply = program().act(number, "approve", said)
    assert reply.status == 200
    assert "Example Service" in reply.json["letter"]["text"]
    assert case_row(desk, number) == before


@pytest.mark.parametrize(
    ("action", "said", "status", "name"),
    [
        ("explode", {"version": 1}, 404, "not-found"),
        ("consent", {"values": {"address": "eu"}}, 409, "not-allowed"),
        ("approve", {"values": {"service": "free_car", "address": "eu"}}, 422, "wrong-value"),
        ("approve", {"values": {"service": "free_repair"}}, 422, "wrong-value"),
        ("note", {"values": {"text": "x", "colour": "red"}}, 422, "wrong-value"),
        ("note", {"values": {"text": {"a": 1}}}, 422, "wrong-value"),
        ("note", {"values": ["x"]}, 400, "wrong-request"),
        ("note", {"values": {"text": "x"}, "versoin": 1}, 400, "wrong-request"),
        ("note", {"values": {"text": "x"}, "version": "1"}, 400, "wrong-request"),
        ("note", {"values": {"text": "x"}, "version": True}, 400, "wrong-request"),
        ("note", b"{", 400, "wrong-request"),
        ("note", b"[]", 400, "wrong-request"),
        ("note", b"[" * 100_000, 400, "wrong-request"),
        ("note", b"\xff\xfe", 400, "wrong-request"),
        ("note", b'{"values": {"text": "' + b"x" * (1 << 20) + b'"}}', 413, "too-large"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(
    desk: ServedDesk, program: Callable[..., Program], action: str, said: Any, status: int, name: str
) -> None:
    number = desk.case("complete-repair-request")
    before = case_row(desk, number)
    if isinstance(said, dict):
        said = {"version": before["version"], **said}
    assert problem(program().act(number, action, said)) == (status, name)
    assert case_row(desk, number) == before


@pytest.mark.parametrize("match", ["12", '"x"', '"1", "2"', "*", ""])
def test_an_if_match_that_is_no_etag_of_ours_is_refused(
    desk: ServedDesk, program: Callable[..., Program], match: str
) -> None:
    reply = program().act(desk.case("german-buyer"), "note", {"values": {"text": "x"}}, If_Match=match)
    assert reply.status == 400


def test_a_form_of_another_site_is_no_request(desk: ServedDesk, program: Callable[..., Program]) -> None:
    number = desk.case("german-buyer")
    reply = program().act(number, "note", b"text=x", Content_Type="application/x-www-form-urlencoded")
    assert problem(reply) == (400, "wrong-request")


def test_possible_actions_are_those_of_the_table_and_the_role(
    desk: ServedDesk, program: Callable[..., Program]
) -> None:
    number = desk.case("complete-repair-request")
    state = State(case_row(desk, number)["state"])
    names = {
        role: [a["action"] for a in program(role).get(f"/cases/{number}/actions").json["actions"]] for role in Role
    }
    assert names["lead"] == list(possible_actions(state))
    assert names["agent"] == [n for n in names["lead"] if ACTIONS[n].role == "agent"]
    assert names["reader"] == []
