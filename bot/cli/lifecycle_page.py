"""``python -m bot.cli.lifecycle_page``: docs/lifecycle.md, made from the tables of the life cycle, its actions, timers,
letters and promises, so that none of them can differ from what the product does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.cli.lifecycle_letters import letters_in, letters_of_action, letters_of_time, letters_to_mails, may_promise
from bot.cli.lifecycle_picture import STEP_NAMES
from bot.cli.lifecycle_timers import HEAD as TIMER_HEAD
from bot.cli.lifecycle_timers import codes, days, general, timer_rows
from bot.config import default_folder
from bot.core.model import State
from bot.core.warranty.actions import ACTIONS, allowed_states, possible_actions
from bot.core.warranty.lifecycle import CUSTOMER, STAFF, STEPS, TIMER, TRANSITIONS, TURNS
from bot.core.warranty.timers import TIMERS
from bot.core.warranty.turn import parcel_runs
from bot.replies.inventory import INVENTORY, SENT_WHEN, SERVICES
from bot.settings import Config

HEAD = """# The life of a case

Made by `make docs` from the tables of the program; a test compares. The words are explained in the
[glossary](glossary.md).

![The life cycle of a case: eight steps, a box for each state, an arrow for each way forward](lifecycle.svg)

A case has a *state*. An *event*, such as a customer's mail, an action of staff or the end of a wait, leads to the next
state, or is not allowed and changes nothing. Each state has one who acts next, and a date or a timer for the case
that nobody does.
"""
STATES = """## The states

Step 1, the request in the Return Center, happens in the shop; its notice and the customer's mail become one case.
In every state: a day that we promised and that has passed brings an apology, once, and tells staff
({always}); and staff can do what is beside the life cycle: {beside}.

{table}"""
CELLS = """## Every state and every event

Each cell is the next state. What the actions of staff do is told [below](#the-actions-of-staff).
"""
TIME = """## The timers

A timer runs while the case is in its state and it is that one's turn. The days are settings under `[timers]` in
`config.toml`, here with their defaults. A timer with a letter waits for the end of the quiet hours. Hazards,
complaints and cases that a person took over get none of these letters.
"""
DOING = """## The actions of staff

On the command line: `after-sales case NUMBER ACTION`; see the [commands](commands.md).
"""
LETTERS = """## The letters in each state

What can go out while a case is in a state. When each letter is sent is told [with the letters](../templates/README.md).
"""
PROMISES = """## What a letter may promise: state, service, language

A letter may promise only what was decided. The guard reads each one before it goes out and holds it when it says more.
A row is a state and the service that was decided; letters that may promise something are named with what, all
others of that state may promise nothing. A star marks what depends on who pays the way to us. The columns of
languages count the letters of the row that exist in that language.
"""
# The fact of a letter that names a day for the customer -> the setting behind it.
DATES = {"ship_by": "ship_days", "valid_until": "quote_days", "reply_by": "reply_days"}
NOT_ALLOWED = "not allowed"
# Tables of states side by side: three parts, or no page is wide enough.
PARTS = {
    "Until the decision": {2, 3},
    "The parcel": {4, 5, 6, 7},
    "After the end": {8},
}
OVER = (State.COMPLETED, State.WITHDRAWN, State.CLOSED)
EVENTS: dict[str, str] = {
    "details_missing": "a mail, and something is still missing",
    "details_complete": "a mail, and everything is here",
    "person_needed": "a mail that only a person can answer",
    "parcel_announced": "a mail with a parcel's number",
    "silence": "a timer ran out",
    "consent_here": "the customer agreed to the price of a watch that is here already",
    "approve_sent": "a service was approved when the parcel number was known already",
    "consent_sent": "the customer agreed to the price, and the parcel number was known already",
}


def page() -> str:
    """The whole document."""
    parts = [
        HEAD,
        _states(),
        CELLS,
        *_transitions(),
        TIME,
        _table(TIMER_HEAD, timer_rows()),
        DOING,
        _actions(),
        LETTERS,
        _letters_by_state(),
    ]
    return "\n".join([*parts, PROMISES, _promises()])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _states() -> str:
    rows = (
        (
            f"{STEPS[state]}. {' '.join(STEP_NAMES[STEPS[state]])}",
            f"`{state}`",
            TURNS[state].actor,
            _next_date(state),
            "; ".join(f"`{t.id}` {days(t)}" for t in TIMERS if state in t.states and not general(t)) or "none",
            codes(name for name in possible_actions(state) if ACTIONS[name].event) or "none",
        )
        for state in sorted(TURNS, key=lambda s: STEPS[s])
    )
    head = ("step of the policy", "state", "acts next", "next date", "if nothing comes", "staff can")
    always = codes(t.id for t in TIMERS if general(t))
    beside = codes(name for name, row in ACTIONS.items() if not row.event)
    return STATES.format(always=always, beside=beside, table=_table(head, rows))


def _next_date(state: State) -> str:
    """The day that is named when a case comes into the state, and its setting."""
    promises = Config.model_fields["promises"].get_default()
    if parcel_runs(None, state):
        missing = Config.model_fields["timers"].get_default().parcel_missing
        return f"our answer, {missing} days and {promises.answer_working_days} working days"
    if TURNS[state].actor == "staff":
        return f"our answer, {promises.answer_working_days} working days"
    leading = (name for name, row in ACTIONS.items() if state in {r.get(row.event) for r in TRANSITIONS.values()})
    facts = {fact for name in leading for letter in letters_of_action(name) for fact in INVENTORY[letter]}
    named = next((setting for fact, setting in DATES.items() if fact in facts), "")
    if TURNS[state].actor != "customer" or not named:
        return "none"
    return f"the customer's, {getattr(promises, named)} days (`{named}`)"


def _transitions() -> Iterator[str]:
    events = list(dict.fromkeys((*CUSTOMER, *STAFF, *TIMER, *(e for row in TRANSITIONS.values() for e in row))))
    for title, steps in PARTS.items():
        over = steps == {8}
        states = [s for s in TURNS if (s in OVER if over else STEPS[s] in steps and s not in OVER)]
        yield f"### {title}\n"
        yield _table(
            ("event", "who", *(f"`{s}`" for s in states)),
            ((f"`{e}`", _cause(e), *(_cell(s, e) for s in states)) for e in events),
        )
    yield "Events that are not named after an action:\n"
    yield _table(("event", "what happened"), ((f"`{e}`", words) for e, words in EVENTS.items()))


def _cell(state: State, event: str) -> str:
    target = TRANSITIONS[state].get(event)
    return f"`{target}`" if target else NOT_ALLOWED


def _cause(event: str) -> str:
    return "customer" if event in CUSTOMER else "time" if event in TIMER else "staff"


# --- timers and actions -------------------------------------------------------------------------------


def _actions() -> str:
    rows = (
        (
            f"`{name}`",
            row.does,
            "every state" if len(allowed_states(name)) == len(State) else codes(allowed_states(name)),
            f"`{row.event}`" if row.event else "none",
            codes(letters_of_action(name)) or "none",
            codes(row.needs) or "nothing",
            codes((*row.may, "because")),
            row.role,
        )
        for name, row in ACTIONS.items()
    )
    head = ("action", "what it does", "in", "event", "letter", "must be said", "may be said", "who may")
    return _table(head, rows)


# --- letters ------------------------------------------------------------------------------------------


def _letters_by_state() -> str:
    rows = (
        (
            f"`{state}`",
            codes(letters_to_mails(state)) or "none",
            "; ".join(
                f"`{name}`: {codes(letters_of_action(name))}"
                for name in possible_actions(state)
                if letters_of_action(name)
            )
            or "none",
            codes(letters_of_time(state)) or "none",
        )
        for state in TURNS
    )
    return _table(("state", "to a mail", "by an action", "by a timer"), rows)


def _promises() -> str:
    folder = default_folder("templates")
    languages = sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith(("_", ".")))
    exist = {code: {p.name for p in (folder / code).iterdir() if (p / "body.txt").is_file()} for code in languages}

    def rows() -> Iterator[tuple[str, ...]]:
        for state in TURNS:
            letters = letters_in(state)
            for service in SERVICES:
                promising = {name: kinds for name in letters if (kinds := may_promise(name, service))}
                words = "; ".join(f"`{n}`: {', '.join(kinds).replace('_', ' ')}" for n, kinds in promising.items())
                yield (
                    f"`{state}`",
                    f"`{service}`",
                    words or "none",
                    f"{len(letters) - len(promising)}",
                    *(str(len(exist[code] & set(letters))) for code in languages),
                )

    return _table(("state", "service", "may promise", "may promise nothing", *languages), rows())


def undescribed() -> tuple[str, ...]:
    """Events and letters that this page would show without a word on what they are: none."""
    known = {*EVENTS, *(row.event for row in ACTIONS.values())}
    letters = {name for state in State for name in letters_in(state)} - set(SENT_WHEN)
    return (*sorted({e for row in TRANSITIONS.values() for e in row} - known), *sorted(letters))


if __name__ == "__main__":
    print(page(), end="")
