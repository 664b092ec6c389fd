"""The rows of policy/advice.toml: symptom -> steps a customer may try.

Read after the other files, because a row names their symptoms, lines and models. The file may be missing: then no
letter advises anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.core.details.phrases import phrase_problem
from bot.core.model import FLAGS, Advice, Model
from bot.core.warranty.policy_table import Table
from bot.core.warranty.staff_letters import STEPS_TO_TRY

FILE = "advice.toml"


def read_advice(
    table: Table, symptoms: Collection[str], models: Collection[Model]
) -> tuple[tuple[Advice, ...], Mapping[str, tuple[str, ...]]]:
    """The rows in their order, and the words for steps that were tried; mistakes go to the table's problems."""
    never = table.table("never", optional=True)
    flags = never.texts("flags", among=FLAGS, default=[]) if never else ()
    beside = never.texts("symptoms", among=symptoms, default=[]) if never else ()
    if never:
        never.finish()
    found: list[Advice] = []
    for row in table.rows("advice", optional=True):
        found.append(
            Advice(
                symptom=row.text("symptom", among=symptoms),
                steps=row.texts("steps", among=STEPS_TO_TRY),
                never_if_flags=(*flags, *row.texts("never_if_flags", among=FLAGS, default=[])),
                never_with=beside,
                not_lines=row.texts("not_lines", among=sorted({m.line for m in models}), default=[]),
                only_models=row.texts("only_models", among=[m.id for m in models], default=[]),
                means=row.text("means"),
            )
        )
        row.finish()
    if table.lines is not None and not found:
        table.say("advice", "the file is there and advises nothing", "add a block under [[advice]], or remove the file")
    tried = table.table("tried", optional=True)
    words = {step: tried.texts(step) for step in STEPS_TO_TRY if step in tried.data} if tried else {}
    for step, phrases in words.items():
        for phrase in phrases:
            if tried and (problem := phrase_problem(phrase, spaces=True)):
                tried.say(step, f'"{phrase}"', problem)
    if tried:
        tried.finish()
    return tuple(found), words
