"""Whatever is wrong with which watch and whatever was tried: advice is safe, new, short, and given once."""

from __future__ import annotations

from pathlib import Path

import pytest
from delivered_letters import LETTERS
from hypothesis import given, settings
from hypothesis import strategies as st
from written import found, letter, shipped_policy

from bot.config import load_policy
from bot.core.decide import decide
from bot.core.details.phrases import compile_phrases, fold
from bot.core.model import FLAGS, Case, Details, Finding, State
from bot.core.warranty.advice import MOST_STEPS, NEVER, steps_for
from bot.core.warranty.staff_letters import STEPS_TO_TRY

POLICY = load_policy(Path(__file__).parent.parent.parent / "policy")
SYMPTOMS = sorted({t.removeprefix("symptom.") for t in POLICY.words["en"].phrases if t.startswith("symptom.")})
ROWS = {row.symptom: row for row in POLICY.advice}
DANGER = sorted({name for row in POLICY.advice for name in row.never_with})
MODELS = ("", *(model.id for model in POLICY.models))
# One way to say that a step was done, for every step whose words are known.
DONE = {step: words[0].strip("*").replace("(", "").replace(")", "") for step, words in POLICY.tried_words.items()}


def finding(field: str, value: str, words: str = "") -> Finding:
    return Finding(field=field, value=value, place="own_words", start=0, end=0, words=words or value, confidence=0.9)


def told(symptoms: list[str], model: str, tried: list[str], flags: list[str]) -> tuple[str, ...]:
    found_ = [finding("symptom", s) for s in symptoms] + [finding("tried", "steps", DONE[t]) for t in tried]
    models = [finding("model", model)] if model else []
    return steps_for(Details(findings=(*found_, *models)), flags, POLICY)


@pytest.mark.parametrize("model", MODELS)
def test_every_symptom_of_every_model_with_every_single_step_tried(model: str) -> None:
    line = next((m.line for m in POLICY.models if m.id == model), "")
    for symptom in SYMPTOMS:
        row = ROWS.get(symptom)
        for tried in ([], *([step] for step in DONE), list(DONE)):
            steps = told([symptom], model, tried, [])
            assert len(steps) <= MOST_STEPS
            assert set(steps) <= set(STEPS_TO_TRY) - set(tried)
            if row is None or symptom in DANGER or line in row.not_lines:
                assert steps == (), f"{symptom} of {model or 'an unknown model'}"
            else:
                assert set(steps) <= set(row.steps)
            for flag in NEVER:
                assert told([symptom], model, tried, [flag]) == ()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(SYMPTOMS), max_size=4),
    st.sampled_from(MODELS),
    st.lists(st.sampled_from(sorted(DONE)), unique=True),
    st.lists(st.sampled_from(sorted(FLAGS)), max_size=3),
)
def test_no_mixture_leads_to_a_dangerous_known_or_long_advice(
    symptoms: list[str], model: str, tried: list[str], flags: list[str]
) -> None:
    steps = told(symptoms, model, tried, flags)
    assert len(steps) == len(set(steps)) <= MOST_STEPS
    assert not set(steps) & set(tried)
    if NEVER & set(flags) or set(DANGER) & set(symptoms):
        assert steps == ()


FORBIDDEN = (
    "flash",
    "root",
    "open the watch",
    "screw",
    "rice",
    "hair dryer",
    "oven",
    "freez",
    "pry",
    "alcohol",
    "pierce",
)


@pytest.mark.parametrize("step", STEPS_TO_TRY)
def test_no_step_is_one_that_the_policy_excludes(step: str) -> None:
    words = LETTERS.phrase("en", f"step_to_try.{step}").casefold()
    assert not [word for word in FORBIDDEN if word in words]


@pytest.mark.parametrize(
    ("words", "step", "named"),
    [
        ("I had it repaired last year", "pair_again", False),  # "pair" is a part of "repair"
        ("es wurde repariert", "pair_again", False),
        ("I paired it again", "pair_again", True),
        ("Ladekabel getauscht", "other_cable", True),  # a long word that ends in the cable
        ("mit dem Netzteil vom Tablet", "other_cable", True),
        ("det fungerar knappt", "hold_button", False),  # Swedish for hardly, not the button
        ("tryckte på strömknappen", "hold_button", True),
        ("Geschmackstastempfinden", "hold_button", False),
        ("die Einschalttaste gedrückt", "hold_button", True),
        ("the preset is wrong", "reset", False),
        ("I did a factory reset", "reset", True),
        ("uncleanable", "wipe_contacts", False),
        ("cleaned the pins", "wipe_contacts", True),
        ("充电线换过了", "other_cable", True),
    ],
)
def test_what_was_tried_is_named_by_whole_words(words: str, step: str, named: bool) -> None:
    row = next(row for row in POLICY.advice if step in row.steps)
    told_ = steps_for(Details(findings=(finding("tried", "steps", words), finding("symptom", row.symptom))), (), POLICY)
    assert (step not in told_) is named


def test_every_phrase_for_what_was_tried_is_found_where_it_stands() -> None:
    for step, words in POLICY.tried_words.items():
        for word in words:
            pattern = compile_phrases([word], not any("\u3040" <= c <= "\u9fff" for c in word))
            plain = word.replace("*", "").split("|")[0].replace("(", "").replace(")", "")
            assert pattern
            assert "(" in word or pattern.search(fold(f"x {plain} x").folded), f"{step}: {word}"


def test_steps_are_told_once_in_the_life_of_a_case() -> None:
    first = letter("My TANK T3 Ultra does not charge.")
    policy = shipped_policy()
    day = first.sent_at.date() if first.sent_at else None
    assert day is not None
    said = found(first.own_words, on=day)
    new = decide(first, said, None, policy, on=day, today=day, automatic=None)
    assert new.reply is not None
    assert new.reply.facts["steps"]
    case = Case(
        number="K7F3Q9",
        state=State.WAITING_FOR_DETAILS,
        version=1,
        language="en",
        first_mail_on=day,
        letters=1,
        details=new.details,
        asked={"troubleshooting": 1},
    )
    again = decide(letter("Any news about the charging?"), said, case, policy, on=day, today=day, automatic=None)
    assert again.reply is None or not again.reply.facts.get("steps")
