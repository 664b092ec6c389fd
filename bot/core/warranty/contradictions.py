"""What a policy that can be read still says twice, in two ways, or in vain: a report for operators.

Mistakes that make a row unusable are refused when the files are read (``policy``). Here are rows that each make sense
and together do not. RULES is the list of what is looked for; every line names the rows and the cure. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations

from bot.core.details.calendar import months_before
from bot.core.model import Platform, Policy, Service, Window
from bot.core.warranty.policy_dealers import FILE as DEALERS
from bot.core.warranty.policy_dealers import PREFIX
from bot.core.warranty.versions import terms_of_each

# Flags that no word sets: they follow from dates, from the seller, or from a look at other cases.
DERIVED = ("out_of_warranty", "between_one_and_two_years", "third_party_seller")
_ANY_DAY = date(2025, 6, 30)


def contradictions(policy: Policy) -> tuple[str, ...]:
    """One line for each contradiction and each row that can never count, in all terms of the policy."""
    lines = []
    for file, terms in terms_of_each(policy):
        lines += [f"{file}: {line}" for rule in RULES for line in rule(terms)]
    return (*lines, *_shops(policy))


def open_questions_for_staff(policy: Policy) -> tuple[str, ...]:
    """The known contradictions: what KOSPET has to decide and staff decides until then, with the places in the text."""
    used = {s.open_question for s in policy.services} | {e.open_question for e in policy.exclusions}
    return tuple(
        f"{q.id}: {q.question} ({'; '.join(q.clauses)})"
        + ("" if q.flag or q.when or q.id in used else " - no mail shows it, only people can")
        for q in policy.open_questions
        if q.until_decided == "staff"
    )


def length_of(window: Window) -> int:
    """Days, for comparing windows."""
    if window.days:
        return window.days
    return (_ANY_DAY - months_before(_ANY_DAY, window.months + 12 * window.years)).days


def _pairs(policy: Policy) -> Iterator[tuple[Service, Service]]:
    """Services for the same request of the same buyers, in their order."""
    for one, two in combinations(policy.services, 2):
        if one.request == two.request and set(one.sellers) & set(two.sellers):
            yield one, two


def _same_twice(policy: Policy) -> Iterator[str]:
    for one, two in _pairs(policy):
        alike = set(one.sellers) == set(two.sellers) and set(one.needs) == set(two.needs) and one.window == two.window
        if alike and one.shipping_paid_by != two.shipping_paid_by:
            payers = f"{one.shipping_paid_by} in one and {two.shipping_paid_by} in the other"
            yield f'"{one.id}" and "{two.id}" fit the same cases, and the shipping is paid by the {payers}; keep one'
        elif alike and one.solution != two.solution:
            yield f'"{one.id}" and "{two.id}" fit the same cases and lead to different solutions; keep one'


def _never_reached(policy: Policy) -> Iterator[str]:
    for one, two in _pairs(policy):
        wider = set(two.sellers) <= set(one.sellers) and set(one.needs) <= set(two.needs)
        if wider and length_of(one.window) >= length_of(two.window) and one.window.since == two.window.since:
            yield f'"{two.id}" is never reached: "{one.id}" stands before it and fits all its cases; change their order'


def _starts(policy: Policy) -> Iterator[str]:
    for one, two in _pairs(policy):
        if one.window.since != two.window.since:
            yield (
                f'"{one.id}" counts from {one.window.since} and "{two.id}" from {two.window.since}: between the two '
                "days a case may have both or none; count both from the same day"
            )


def _undisputed(policy: Policy) -> Iterator[str]:
    questions = {q.id: q for q in policy.open_questions}
    for row in policy.services:
        if row.undisputed is None:
            continue
        if row.undisputed.since != row.window.since:
            yield f'"{row.id}": window and undisputed count from different days; count both from the same'
        elif length_of(row.undisputed) >= length_of(row.window):
            yield f'"{row.id}": the undisputed time is not shorter than the window; shorten it'
        question = questions.get(row.open_question)
        if question and not question.flag:
            yield f'"{row.id}": its open question "{question.id}" has no flag to find its cases by; give it one'


def _exclusions(policy: Policy) -> Iterator[str]:
    topics = {topic for words in policy.words.values() for topic in words.phrases}
    owners: dict[str, str] = {}
    for row in policy.exclusions:
        if row.flag and row.flag in owners:
            yield f'exclusions "{owners[row.flag]}" and "{row.id}" hang on the same flag {row.flag}; give each its own'
        owners.setdefault(row.flag, row.id)
        if row.flag and row.flag not in DERIVED and f"flag.{row.flag}" not in topics:
            yield f'exclusion "{row.id}": no word of any language sets {row.flag}; add words, or check it at inspection'


def _questions(policy: Policy) -> Iterator[str]:
    for row in policy.open_questions:
        decided = [s.id for s in policy.services if s.open_question == row.id and row.until_decided == "default"]
        for id_ in decided:
            yield f'"{id_}" still names "{row.id}", which is decided; remove undisputed and open_question from the row'


def _asked(policy: Policy) -> Iterator[str]:
    asked = {request for row in policy.required for request in row.requests}
    for request in sorted({s.request for s in policy.services} - asked):
        yield f"nothing is required for {request}: such a request is complete with its first word; add a required row"
    told = {request for row in policy.required if row.id == "item_condition" for request in row.requests}
    for service in (s for s in policy.services if s.needs and s.request not in told):
        yield f'"{service.id}" needs a condition that nobody is asked for; require item_condition for {service.request}'


def _shops(policy: Policy) -> Iterator[str]:
    place = {row.id: number for number, row in enumerate(policy.platforms)}
    owners = {host: row for row in policy.platforms for host in row.hosts}
    called: dict[str, list[Platform]] = {}
    for row in policy.platforms:
        for a, b in ((host, above) for host in row.hosts for above in _above(host) if above in owners):
            one, two = sorted((row, owners[b]), key=lambda shop: place[shop.id])
            if one.seller != two.seller:
                yield (
                    f'{_file(row)}: "{a}" lies below "{b}", and "{one.id}" is {one.seller}, "{two.id}" {two.seller}:'
                    " who names it is in two classes; keep the host in one row"
                )
        for one in called.get(row.name, ()):
            if one.seller != row.seller:
                told = f'{one.seller} in "{one.id}" and {row.seller} in "{row.id}"'
                yield f'{_file(row)}: "{row.name}" is {told}; keep one'
        called.setdefault(row.name, []).append(row)
    dealers = [row for row in policy.platforms if row.id.startswith(PREFIX)]
    for row in (*(row for row in policy.platforms if row not in dealers), *dealers[:1]):
        served = [s for s in policy.services if row.seller in s.sellers]
        if row.seller != "unknown" and not served:
            yield f'{_file(row)}: no service is for {row.seller}, so buyers of "{row.id}" have none; name it in one'


def _above(host: str) -> Iterator[str]:
    """``shop.example.com`` -> example.com, com."""
    while "." in host:
        host = host.partition(".")[2]
        yield host


def _file(row: Platform) -> str:
    return DEALERS if row.id.startswith(PREFIX) else "platforms.toml"


RULES: tuple[Callable[[Policy], Iterator[str]], ...] = (
    _same_twice,
    _never_reached,
    _starts,
    _undisputed,
    _exclusions,
    _questions,
    _asked,
)
