"""Steps to try: the right ones, few, none that were done, none where trying is dangerous or useless."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import load_policy
from bot.core.model import Details, Finding, Policy
from bot.core.warranty.advice import MOST_STEPS, NEVER, steps_for
from bot.core.warranty.policy import parse_policy
from bot.core.warranty.staff_letters import STEPS_TO_TRY
from bot.errors import PolicyError

FOLDER = Path(__file__).parent.parent.parent / "policy"
POLICY = load_policy(FOLDER)


def found(field: str, value: str, words: str = "", confidence: float = 0.9) -> Finding:
    return Finding(
        field=field, value=value, place="own_words", start=0, end=0, words=words or value, confidence=confidence
    )


def steps(*findings: Finding, flags: tuple[str, ...] = (), policy: Policy = POLICY) -> tuple[str, ...]:
    return steps_for(Details(findings=findings), flags, policy)


@pytest.mark.parametrize(
    ("symptom", "told"),
    [
        ("charging", ("wipe_contacts", "other_cable", "charge_hour")),
        ("power", ("charge_hour", "hold_button")),
        ("pairing", ("right_app", "pair_again", "second_phone")),
        ("battery", ("measure_a_day", "restart")),
        ("sound", ("wipe_openings", "restart")),
        ("wrong_item", ()),  # nothing to try
        ("cosmetic", ()),
        ("vague", ()),  # nobody knows what is wrong
    ],
)
def test_a_symptom_has_its_steps(symptom: str, told: tuple[str, ...]) -> None:
    assert steps(found("symptom", symptom)) == told


def test_two_symptoms_share_the_places_and_no_step_is_told_twice() -> None:
    told = steps(found("symptom", "charging"), found("symptom", "power"), found("symptom", "pairing"))
    assert len(told) == MOST_STEPS
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("flag", sorted(NEVER))
def test_a_hazard_or_a_damage_stops_every_step(flag: str) -> None:
    assert steps(found("symptom", "charging"), flags=(flag,)) == ()


def test_a_doubtful_sign_of_danger_stops_every_step_too() -> None:
    assert steps(found("symptom", "charging"), found("flag", "safety_hazard", confidence=0.3)) == ()


@pytest.mark.parametrize("beside", ["heat", "housing", "condensation"])
def test_heat_a_lifted_glass_or_mist_beside_another_symptom_stops_every_step(beside: str) -> None:
    assert steps(found("symptom", "charging"), found("symptom", beside)) == ()
    assert steps(found("symptom", "charging"), found("symptom", beside, confidence=0.3)) == ()


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("I tried another cable", "other_cable"),
        ("ich habe die Kontakte gereinigt", "wipe_contacts"),
        ("il caricatore di un amico", "other_cable"),
        ("充電器を替えました", "other_cable"),
        ("оставил на всю ночь", "charge_hour"),
    ],
)
def test_a_step_the_customer_names_is_not_told_again(words: str, gone: str) -> None:
    told = steps(found("symptom", "charging"), found("tried", "steps", words))
    assert gone not in told
    assert len(told) == 2


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("TANK T3 Ultra", ("open_sky",)),  # has a receiver of its own
        ("TANK M1", ()),  # uses the phone's position
        ("", ()),  # unknown
    ],
)
def test_the_sky_helps_only_a_watch_with_a_receiver(model: str, told: tuple[str, ...]) -> None:
    models = [found("model", model)] if model else []
    assert steps(found("symptom", "gps"), *models) == told


def test_a_watch_that_is_a_phone_itself_is_not_paired_by_an_app() -> None:
    assert steps(found("symptom", "pairing"), found("model", "OPTIMUS 2")) == ()


def test_every_step_of_the_list_is_advised_somewhere() -> None:
    assert {step for row in POLICY.advice for step in row.steps} == set(STEPS_TO_TRY)


def test_the_words_for_what_was_tried_belong_to_steps() -> None:
    assert set(POLICY.tried_words) <= set(STEPS_TO_TRY)


def files(advice: str | None) -> dict[str, bytes]:
    read = {f.relative_to(FOLDER).as_posix(): f.read_bytes() for f in FOLDER.rglob("*.toml")}
    read.pop("advice.toml")
    return read if advice is None else {**read, "advice.toml": advice.encode()}


def test_without_the_file_nothing_is_advised() -> None:
    policy = parse_policy(files(None))
    assert steps(found("symptom", "charging"), policy=policy) == ()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('symptom = "chargin"\nsteps = ["restart"]\nmeans = "x"', '"chargin" is not known'),
        ('symptom = "charging"\nsteps = ["flash_it"]\nmeans = "x"', '"flash_it" is not known'),
        ('symptom = "charging"\nsteps = []\nmeans = "x"', "the list is empty"),
        ('symptom = "charging"\nsteps = ["restart"]\nnot_lines = ["TANK Z"]\nmeans = "x"', '"TANK Z" is not known'),
        ('symptom = "charging"\nsteps = ["restart"]\nonly_models = ["T99"]\nmeans = "x"', '"T99" is not known'),
        ('symptom = "charging"\nsteps = ["restart"]\nmean = "x"', "unknown key"),
    ],
)
def test_a_mistake_in_the_table_is_told_with_its_place(row: str, problem: str) -> None:
    with pytest.raises(PolicyError) as error:
        parse_policy(files(f"[[advice]]\n{row}\n"))
    assert any(
        re.match(r"advice\.toml:\d+: \[\[advice\]\] 1: ", line) and problem in line for line in error.value.problems
    )
