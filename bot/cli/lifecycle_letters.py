"""Which letters can go out in which state, found by asking the tables that choose them; for docs/lifecycle.md.

Letters of staff come from the table of actions, letters of time from the table of timers. For the answers to mails the
table of letters is asked with every kind of mail that it tells apart, in every state.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product

from bot.config import default_folder, load_policy
from bot.core.model import Case, Details, Finding, Kind, Letter, Policy, Reply, State, Verdict
from bot.core.warranty.action_values import VALUES
from bot.core.warranty.actions import ACTIONS, act, allowed_states, possible_actions
from bot.core.warranty.choice import Picture, choose_letter
from bot.core.warranty.timers import TIMERS
from bot.errors import WrongValue
from bot.replies.inventory import INVENTORY
from bot.replies.promises import granted

DAY = date(2025, 3, 10)
# A mail that cannot be read, or not whole, is answered before anything is decided.
UNREAD = ("unreadable_mail", "attachment_too_large")
PAYS = "we_pay_shipping"

_MAIL = Letter(
    message_id="", references=(), sender=None, sender_problem="", reply_to=(), to=(), cc=(), subject="", sent_at=None,
    text="", own_words="", quoted="", attachments=(), enclosures=(), headers=(), language="en", language_confidence=1.0,
    defects=(),
)  # fmt: skip


def _found(field: str, value: str, note: str = "") -> Finding:
    return Finding(
        field=field, value=value, place="own_words", start=0, end=0, words=value, confidence=1.0, note=note,
        replaces=note == "replaces",
    )  # fmt: skip


# What a mail may bring, one at a time; each is something that the table of letters looks at.
BRINGS: tuple[tuple[Finding, ...], ...] = (
    (),
    (_found("wish", "person"),),
    (_found("wish", "status"),),
    (_found("evidence", "media_link"),),
    (_found("evidence", "announced"),),
    (_found("evidence", "photo_blurred"),),
    (_found("model", "TANK T3 Ultra", "replaces"),),
    (_found("tracking_number", "1Z999AA10123456784", "ups"),),
    (_found("tracking_number", "1Z999AA10123456785", "ups"),),
    (_found("tracking_number", "1Z999AA10123456784", "ups"), _found("tracking_number", "1Z84F2A70398216654", "ups")),
)
MARKS: tuple[dict[str, object], ...] = (
    {},
    {"new_flags": frozenset({"safety_hazard"}), "flags": ("safety_hazard",)},
    {"new_flags": frozenset({"threat_or_legal"}), "flags": ("threat_or_legal",)},
    {"flags": ("possible_fraud",)},
    {"flags": ("between_one_and_two_years",)},
    {"stranger": "M4T7P3"},
    {"takes_back": True},
    {"notice": True},
    {"consent": "yes"},
)
MISSING = ((), ("photo_or_video",), ("item_condition",), ("purchase_or_delivery_date",), ("order_number", "model"))
KINDS = (*(k for k in Kind if k not in (Kind.AUTO_REPLY, Kind.BOUNCE, Kind.SPAM)),)


@cache
def _policy() -> Policy:
    return load_policy(default_folder("policy"))


def _case(state: State) -> Case:
    return Case(
        number="K7F3Q9", state=state, version=1, language="en", first_mail_on=DAY, letters=1, details=Details(),
        asked={},
    )  # fmt: skip


def _pictures(state: State) -> Iterator[Picture]:
    policy = _policy()
    empty = Verdict(service=None, checks=(), policy_hash="")
    case = _case(state)
    first = Picture(
        letter=_MAIL, kind=Kind.OTHER, fresh=Details(), details=Details(), flags=(), new_flags=frozenset(),
        missing=(), verdict=empty, case=None if state is State.NEW else case, policy=policy, stranger="",
    )  # fmt: skip
    for kind, brought, marks, missing, times in product(KINDS, BRINGS, MARKS, MISSING, (0, 1, 2)):
        if times and (state is State.NEW or not missing):
            continue
        asked = dict.fromkeys(missing, times) if times else {}
        yield replace(
            first,
            kind=kind,
            fresh=Details(findings=brought),
            details=Details(findings=brought),
            missing=missing,
            case=replace(case, asked=asked) if first.case else None,
            **marks,  # type: ignore[arg-type]
        )


@cache
def letters_to_mails(state: State) -> tuple[str, ...]:
    """The letters that may answer a customer's mail to a case in this state, in the order of the inventory."""
    found = {choose_letter(picture) for picture in _pictures(state)}
    found |= set(UNREAD) if state is State.NEW else set()
    return tuple(name for name in INVENTORY if name in found)


@cache
def letters_of_action(name: str) -> tuple[str, ...]:
    """The letters that an action may write, over everything that may be said with it."""
    row = ACTIONS[name]
    usual: dict[str, object] = {n: (VALUES[n].choices or ("1",))[0] for n in row.needs}
    said = [usual, *({**usual, n: one} for n in (*row.needs, *row.may) for one in VALUES[n].choices or ("1",))]
    case = _case(allowed_states(name)[0])
    found: dict[str, None] = {}
    for values in said:
        with suppress(WrongValue):  # two values that the action does not take together
            reply = act(case, name, values, "staff", _policy(), DAY).reply
            found |= {reply.name: None} if reply else {}
    return tuple(found)


@cache
def letters_of_time(state: State) -> tuple[str, ...]:
    """The letters that timers write in this state."""
    return tuple(dict.fromkeys(t.letter for t in TIMERS if state in t.states and t.letter))


@cache
def letters_in(state: State) -> tuple[str, ...]:
    """Every letter that can go out while a case is in this state."""
    staff = {letter for name in possible_actions(state) for letter in letters_of_action(name)}
    return tuple(n for n in INVENTORY if n in staff.union(letters_to_mails(state), letters_of_time(state)))


@cache
def may_promise(letter: str, service: str) -> tuple[str, ...]:
    """What a letter may promise when this service was decided; the way to us is marked where staff decides it."""
    ways = [
        granted(Reply(name=letter, language="en", facts={"payer": payer} if payer else {}), service)
        for payer in (("customer", "label") if "payer" in INVENTORY[letter] else ("",))
    ]
    always, sometimes = frozenset.intersection(*ways), frozenset.union(*ways)
    return (*sorted(always), *(f"{kind}*" for kind in sorted(sometimes - always)))
