"""What an action asks of a person, made from the table of actions and the table of values: fields in, values out.

There is no form beside the tables: an action or a value that is added there has its field here at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import FormData

from bot.core.model import FLAGS, REQUIRED_DETAILS
from bot.core.warranty.action_values import VALUES
from bot.core.warranty.actions import ACTIONS, ALWAYS, HAZARD
from bot.core.warranty.corrections import CORRECTABLE
from bot.core.warranty.staff_facts import CUSTOMER_PAYS
from bot.desk.casework.labels import LABEL, Label
from bot.desk.state import DeskState

PARAGRAPHS = ("note", "because", "text")
DAYS = ("on",)
MONEY = ("repair", "shipping", "total")
CURRENCIES = ("EUR", "USD", "GBP", "PLN", "CZK", "SEK", "CHF", "JPY", "CNY")
# A file that goes out with the letter: who chooses one says with it who pays.
BY_FILE = ("payer", LABEL)
# Two values of the same form whose choices a person can tell apart only by the words before them.
PREFIX = "v."


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    """of the value, for example service"""
    input: str
    """of the form"""
    kind: str
    """line, paragraph, day, money, choice, many, file"""
    required: bool
    either: bool
    """it or another field is required"""
    choices: tuple[tuple[str, str], ...]
    """value and a name that is nobody's to translate, else ''"""
    given: tuple[str, ...]
    label: Label | None = None
    """the file that was chosen before"""


def fields(state: DeskState, action: str, given: Mapping[str, object], label: Label | None = None) -> tuple[Field, ...]:
    """The fields of an action, what it needs first; ``given`` are the values that stand in them."""
    needs, either = needed(action, given), label_or_payer(state, action, given)
    made = (
        _field(state, name, given.get(name), required=name in needs, either=name in either)
        for name in (*ACTIONS[action].needs, *ACTIONS[action].may, *ALWAYS)
    )
    return tuple(
        replace(f, label=label, given=(label.sha256,) if label else ()) if f.name == LABEL else f for f in made
    )


def names(action: str) -> tuple[str, ...]:
    """The values that are said in the fields of a form; a file comes beside them."""
    row = ACTIONS[action]
    return tuple(name for name in (*row.needs, *row.may, *ALWAYS) if name != LABEL)


def needed(action: str, given: Mapping[str, object]) -> tuple[str, ...]:
    """The values without which it cannot be done."""
    row = ACTIONS[action]
    return (*row.needs, "because") if action == "unflag" and given.get("flag") == HAZARD else row.needs


def label_or_payer(state: DeskState, action: str, given: Mapping[str, object]) -> tuple[str, ...]:
    """A label or who else pays: one of the two must be said where the desk usually sends a label."""
    by_label = state.w.desk.way_paid_by == LABEL and given.get("service") not in CUSTOMER_PAYS
    return (LABEL, BY_FILE[0]) if LABEL in ACTIONS[action].may and by_label else ()


def again(action: str, told: Mapping[str, object]) -> dict[str, object]:
    """What was said before, as far as a form can say it again."""
    return {n: v for n, v in told.items() if n in names(action) and (n, v) != BY_FILE}


def said(posted: FormData, action: str) -> dict[str, object]:
    """The values of an action from a posted form; empty ones are left out."""
    values: dict[str, object] = {}
    for name in names(action):
        texts = [text.strip() for text in posted.getlist(PREFIX + name) if isinstance(text, str) and text.strip()]
        if VALUES[name].many:
            # Several numbers may be typed into one field.
            texts = [part for text in texts for part in (text.split() if name == "tracking" else [text])]
        if texts:
            values[name] = texts if VALUES[name].many else texts[0]
    return values


def _field(state: DeskState, name: str, given: object, *, required: bool, either: bool) -> Field:
    listed = _choices(state, name)
    kind = "line"
    if name == LABEL:
        kind = "file"
    elif listed:
        kind = "many" if VALUES[name].many else "choice"
    elif name in PARAGRAPHS:
        kind = "paragraph"
    elif name in DAYS:
        kind = "day"
    elif name in MONEY:
        kind = "money"
    return Field(
        name=name,
        input=PREFIX + name,
        kind=kind,
        required=required,
        either=either,
        choices=listed,
        given=_texts(given),
    )


def _choices(state: DeskState, name: str) -> tuple[tuple[str, str], ...]:
    policy = state.w.policy
    if name == "address":
        lines = state.w.desk.addresses
        return tuple((id_, f"{id_}: {', '.join(lines[id_][:2])}") for id_ in lines)
    if name == "carrier":
        return tuple((row, row) for row in sorted({c.name for c in policy.carriers}))
    if name == "currency":
        return tuple((code, code) for code in CURRENCIES)
    if name == "field":
        return tuple((field, "") for field in CORRECTABLE)
    if name == "asks":
        return tuple((id_, "") for id_ in (*REQUIRED_DETAILS, "purchase_or_delivery_date"))
    if name == "flag":
        return tuple((id_, "") for id_ in FLAGS)
    return tuple((id_, "") for id_ in VALUES[name].choices if (name, id_) != BY_FILE)


def _texts(given: object) -> tuple[str, ...]:
    if given in (None, ""):
        return ()
    if isinstance(given, Sequence) and not isinstance(given, str):
        return tuple(str(part) for part in given)
    return (str(given),)
