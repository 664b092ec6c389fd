"""From a checked table to a row of the policy: one function for each kind of row.

What an operator may write is the list of keys asked for here; closed vocabularies stand at the top or in ``model``.
References between rows are put together in ``policy``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.details.phrases import fold
from bot.core.model import (
    FLAGS,
    REQUESTS,
    REQUIRED_DETAILS,
    SELLERS,
    Carrier,
    Exclusion,
    Model,
    Offer,
    OpenQuestion,
    Platform,
    Required,
    Service,
    Window,
)
from bot.core.warranty.policy_patterns import Shape
from bot.core.warranty.policy_table import Table

PAYERS = ("customer", "seller")
CONDITIONS = ("unopened", "unused", "original_packaging")
CHECKED_AT = ("mail", "inspection")
UNTIL_DECIDED = ("staff", "default")
# What an open question may be touched by, beside a flag.
WHEN = ("for", "wish", "condition", "symptom")
ITEM_STATES = ("unopened", "opened", "used")
CHECK_RULES = (
    "none",
    "s10",
    "mod7",
    "mod10_12",
    "mod10_31",
    "mod10_49",
    "mod37_36",
    "fedex",
    "fedex_32",
    "fedex_34",
    "fedex_96",
    "ontrac",
    "ups",
    "usps",
)
LONGEST = {"days": 3650, "months": 120, "years": 10}
"""of a window: longer ones would reach before the calendar begins"""
_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def read_service(table: Table) -> Service:
    """One ``[[service]]``."""
    undisputed = table.table("undisputed", optional=True)
    row = Service(
        id=_id(table),
        request=table.text("for", among=REQUESTS),
        sellers=table.texts("sellers", among=SELLERS),
        window=_window(table.table("window")),
        needs=table.texts("needs", among=CONDITIONS, default=[]),
        shipping_paid_by=table.text("shipping_paid_by", among=PAYERS),
        solution=table.text("solution"),
        clause=table.text("clause"),
        undisputed=_window(undisputed) if undisputed else None,
        open_question=table.text("open_question", default=""),
        means=table.text("means"),
    )
    if row.undisputed and not row.open_question:
        table.say("open_question", "is missing", "name the question that holds after the undisputed time")
    return row


def read_offer(table: Table) -> Offer:
    """One ``[[offer]]``."""
    link = table.text("link", default="")
    if link and not re.fullmatch(r"https://[!-~]+", link):
        table.say("link", f'"{link}" is not a web address', "write it with https:// and without spaces")
    return Offer(
        id=_id(table),
        exclusions=table.texts("exclusions"),
        shipping_paid_by=table.text("shipping_paid_by", among=PAYERS),
        link=link,
        clause=table.text("clause"),
        means=table.text("means"),
    )


def read_required(table: Table) -> Required:
    """One ``[[required]]``."""
    return Required(
        id=table.text("id", among=REQUIRED_DETAILS),
        requests=table.texts("for", among=REQUESTS),
        unless_flags=table.texts("unless_flags", among=FLAGS, default=[]),
        clause=table.text("clause"),
        means=table.text("means"),
    )


def read_exclusion(table: Table) -> Exclusion:
    """One ``[[exclusion]]``."""
    row = Exclusion(
        id=_id(table),
        flag=table.text("flag", among=FLAGS, default=""),
        checked_at=table.text("checked_at", among=CHECKED_AT),
        clause=table.text("clause"),
        open_question=table.text("open_question", default=""),
        means=table.text("means"),
    )
    if row.checked_at == "mail" and not row.flag:
        table.say(
            "flag", "is missing", 'a mail can only show it by a flag; name one or write checked_at = "inspection"'
        )
    return row


def read_open_question(table: Table) -> OpenQuestion:
    """One ``[[open_question]]``."""
    return OpenQuestion(
        id=_id(table),
        question=table.text("question"),
        default=table.text("default"),
        until_decided=table.text("until_decided", among=UNTIL_DECIDED),
        flag=table.text("flag", among=FLAGS, default=""),
        clauses=table.texts("clauses"),
        when=_when(table.table("when", optional=True)),
    )


def read_platform(table: Table, shapes: list[Shape]) -> Platform:
    """One ``[[platform]]``; its patterns are added to ``shapes``."""
    row = Platform(
        id=_id(table),
        name=table.text("name"),
        seller=table.text("seller", among=SELLERS),
        names=_names(table),
        hosts=_hosts(table, "hosts"),
        order_pattern=table.text("order_pattern", default=""),
        sure=table.flag("sure"),
        relay_hosts=_hosts(table, "relay_hosts"),
        labelled_pattern=table.text("labelled_pattern", default=""),
        samples=table.texts("samples", default=[]),
    )
    if row.order_pattern:
        shapes.append(Shape(table, "order_pattern", row.order_pattern, row.samples, row.sure))
    elif row.sure:
        table.say("sure", "is true without an order_pattern", "add the pattern or write sure = false")
    elif row.samples:
        table.say("samples", "stand there without an order_pattern", "add the pattern or remove the samples")
    if row.labelled_pattern:
        shapes.append(Shape(table, "labelled_pattern", row.labelled_pattern, None, False))
    return row


def read_shop(table: Table) -> Platform:
    """One ``[[dealer]]``: a shop that is known by name and address only."""
    return Platform(
        id=_id(table),
        name=table.text("name"),
        seller="authorised_dealer",
        names=_names(table, optional=True) or (str(table.data.get("name", "")),),
        hosts=_hosts(table, "hosts"),
        order_pattern="",
        sure=False,
    )


def read_model(table: Table) -> Model:
    """One ``[[model]]``."""
    return Model(
        id=table.text("id"),
        line=table.text("line"),
        names=_names(table),
        common_word=table.flag("common_word"),
    )


def read_carrier(table: Table, shapes: list[Shape]) -> Iterator[Carrier]:
    """One ``[[carrier]]``, as one ``Carrier`` for each of its ``[[carrier.number]]`` blocks."""
    id_, name, names = _id(table), table.text("name"), _names(table)
    hosts, page = _hosts(table, "hosts"), table.text("page", default="")
    if page and not (page.startswith("https://") and "{N}" in page):
        table.say("page", f'"{page}" cannot be used', "write https:// and {N} where the number goes")
    for number in table.rows("number"):
        pattern, samples = number.text("pattern"), number.texts("samples")
        check, needs_word = number.text("check", among=CHECK_RULES), number.flag("needs_word")
        if pattern and samples:
            shapes.append(Shape(number, "pattern", pattern, samples, not needs_word))
        number.finish()
        yield Carrier(
            id=id_,
            name=name,
            names=names,
            pattern=pattern,
            check=check,
            needs_word=needs_word,
            hosts=hosts,
            page=page,
            samples=samples,
        )


def plain_name(name: str) -> str:
    """A name without case, accents, spaces and hyphens: two names that read alike are the same."""
    return re.sub(r"[\s_-]", "", fold(name).folded)


def _id(table: Table) -> str:
    value = table.text("id")
    if value and not _ID.fullmatch(value):
        table.say("id", f'"{value}" is not an id', "use small letters, digits and single underscores")
    return value


def _window(table: Table | None) -> Window:
    if table is None:
        return Window()
    since = table.text("since", among=("delivery", "purchase"))
    lengths = {key: table.number(key, default=0) for key in ("days", "months", "years")}
    table.finish()
    for key, longest in LONGEST.items():
        if lengths[key] > longest:
            table.say(key, f"{lengths[key]} is longer than any warranty", f"write at most {longest}")
            lengths[key] = longest
    if sum(1 for value in lengths.values() if value) != 1:
        table.say("", "gives no single length", "write exactly one of days, months, years, above 0")
    return Window(since=since or "delivery", **lengths)


def _when(table: Table | None) -> dict[str, tuple[str, ...]]:
    if table is None:
        return {}
    among = {"for": REQUESTS, "condition": ITEM_STATES}
    when = {key: table.texts(key, among=among.get(key), default=[]) for key in WHEN if key in table.data}
    for key in WHEN:
        table.texts(key, default=[])
    table.finish()
    if not any(when.values()):
        table.say("", "names nothing", f"write at least one of {', '.join(WHEN)} with a list")
    return when


def _names(table: Table, *, optional: bool = False) -> tuple[str, ...]:
    names = table.texts("names", default=[] if optional else None)
    for name in names:
        if re.search(r"[*|()#]|\.\.\.", name):
            table.say("names", f'"{name}" holds signs of the phrase notation', "write plain words")
        elif len(plain_name(name)) < 2:
            table.say("names", f'"{name}" is too short', "write at least two letters")
    return names


def _hosts(table: Table, key: str) -> tuple[str, ...]:
    hosts = table.texts(key, default=[])
    for host in hosts:
        if not _HOST.fullmatch(host):
            table.say(key, f'"{host}" is not a host', "write it in small letters without https:// and path")
    return hosts
