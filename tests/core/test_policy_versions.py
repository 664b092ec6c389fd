"""Terms that changed: a watch is judged by those of the day it was bought, and what contradicts itself is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import Details, Finding, Kind, Outcome, Policy
from bot.core.warranty.assess import DATE, assess
from bot.core.warranty.contradictions import contradictions, open_questions_for_staff
from bot.core.warranty.policy import parse_policy
from bot.core.warranty.versions import terms_for
from bot.errors import PolicyError

ROOT = Path(__file__).parents[2]
EARLIER = "warranty-until-2024-12-31.toml"
MAIL = date(2025, 6, 18)


def files() -> dict[str, bytes]:
    folder = ROOT / "policy"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.toml")}


def changed(old: str, new: str, file: str = "warranty.toml", into: str = "") -> Policy:
    """The shipped policy with one change; ``into`` puts the changed text beside the old one."""
    all_files = files()
    text = all_files[file].decode()
    assert text.count(old) == 1, "the change must hit one place"
    all_files[into or file] = text.replace(old, new).encode()
    return parse_policy(all_files)


# The terms of before: one year of free repair instead of two.
YEARS = 'window = { years = 2, since = "delivery" }\nundisputed = { years = 1, since = "delivery" }\n'
BEFORE = changed(YEARS, YEARS.replace("years = 2", "months = 13"), into=EARLIER)


def bought(**days: str) -> Details:
    said = {"platform": "kospet_store", **days}
    return Details(
        findings=tuple(
            Finding(field=f, value=v, place="own_words", start=0, end=1, words=f"about {v}", confidence=0.9)
            for f, v in said.items()
        )
    )


def judged(policy: Policy = BEFORE, on: date = MAIL, **days: str) -> tuple[str | None, bool]:
    """The service, and whether the date is asked."""
    found = assess(bought(**days), Kind.NEW_CLAIM, None, policy, on)
    return found.verdict.service, DATE in found.missing


@pytest.mark.parametrize(
    ("on", "days", "expected"),
    [
        (date(2026, 6, 1), {"purchase_date": "2025-01-01"}, ("free_repair", False)),  # the first day of the new terms
        (date(2026, 6, 1), {"purchase_date": "2024-12-31"}, ("not_covered", False)),  # the last day of the old ones
        (date(2026, 6, 1), {"purchase_date": "2024-12-31", "delivery_date": "2025-01-03"}, ("not_covered", False)),
        (date(2026, 6, 1), {"delivery_date": "2025-01-03"}, ("free_repair", False)),  # delivery stands for purchase
        (date(2026, 6, 1), {"purchase_date": "2024-12-20/2025-01-10"}, ("undecided", True)),  # the terms differ
        (date(2025, 6, 18), {"purchase_date": "2024-12-20/2025-01-10"}, ("free_repair", False)),  # they agree
        (date(2025, 6, 18), {}, ("undecided", True)),  # no day at all
    ],
)
def test_the_terms_are_those_of_the_day_of_purchase(on: date, days: dict[str, str], expected: tuple[str, bool]) -> None:
    assert judged(on=on, **days) == expected


def test_what_hangs_on_the_terms_is_an_unknown_check_with_the_words_it_rests_on() -> None:
    found = assess(bought(purchase_date="2024-12-20/2025-01-10"), Kind.NEW_CLAIM, None, BEFORE, date(2026, 6, 1))
    (check,) = [c for c in found.verdict.checks if c.rule == "terms"]
    assert (check.outcome, check.words) == (Outcome.UNKNOWN, "purchase_date: 2024-12-20/2025-01-10")


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2023, 1, 1), date(2025, 6, 18)), st.integers(0, 90))
def test_a_day_has_one_set_of_terms_and_a_span_has_those_of_its_days(first: date, width: int) -> None:
    last = date.fromordinal(min(first.toordinal() + width, MAIL.toordinal()))
    days = [date.fromordinal(n).isoformat() for n in range(first.toordinal(), last.toordinal() + 1)]
    each = [terms_for(BEFORE, bought(purchase_date=day)) for day in days]
    assert all(len(terms) == 1 for terms in each)
    span = terms_for(BEFORE, bought(purchase_date=f"{first}/{last}"))
    assert {t.services for t in span} == {terms[0].services for terms in each}


def test_older_terms_are_read_by_the_same_rules() -> None:
    with pytest.raises(PolicyError) as caught:
        changed('sellers = ["official_store", "authorised_dealer"]', 'sellers = ["friends"]', into=EARLIER)
    assert [p.partition(":")[0] for p in caught.value.problems] == [EARLIER]
    with pytest.raises(PolicyError) as caught:
        changed("years = 1", "years = 1", into="warranty-until-2024-02-31.toml")
    assert "no day of the calendar" in caught.value.problems[0]


def test_older_terms_change_the_hash_of_the_policy() -> None:
    assert parse_policy(files()).hash != BEFORE.hash


# --- contradictions -----------------------------------------------------------------------------


def test_the_policy_that_ships_contradicts_itself_only_where_it_says_so() -> None:
    policy = parse_policy(files())
    assert contradictions(policy) == ()
    told = open_questions_for_staff(policy)
    assert len(told) == sum(q.until_decided == "staff" for q in policy.open_questions)
    assert any("two_years_or_one" in line and "last paragraph" in line for line in told)


REPAIR = 'id = "free_repair"\nfor = "quality"\nsellers = ["official_store", "authorised_dealer"]\n' + YEARS


def shorter(days: int) -> str:
    """The repair as a service of the official store that ends early."""
    own = REPAIR.replace(', "authorised_dealer"', "")
    return own.replace("years = 2", f"days = {days}").replace("years = 1", "days = 9")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            REPAIR,
            shorter(30),
            '"free_replacement" and "free_repair" fit the same cases and lead to different solutions',
        ),
        (
            REPAIR,
            shorter(20),
            '"free_repair" is never reached: "free_replacement" stands before it',
        ),
        (
            REPAIR,
            REPAIR.replace('years = 2, since = "delivery"', 'years = 2, since = "purchase"'),
            '"free_replacement" counts from delivery and "free_repair" from purchase',
        ),
        (REPAIR, REPAIR.replace("years = 1", "years = 2"), "the undisputed time is not shorter than the window"),
        ('flag = "continued_use"', 'flag = "blurry_photo"', "no word of any language sets blurry_photo"),
        ('flag = "continued_use"', 'flag = "disassembled"', "hang on the same flag disassembled"),
        ('flag = "between_one_and_two_years"\n', "", 'its open question "two_years_or_one" has no flag'),
        (
            'until_decided = "staff"\nflag = "between_one_and_two_years"',
            'until_decided = "default"\nflag = "between_one_and_two_years"',
            'still names "two_years_or_one", which is decided',
        ),
        (
            'id = "item_condition"\nfor = ["return"]',
            'id = "item_condition"\nfor = ["quality"]',
            '"unconditional_return" needs a condition that nobody is asked for',
        ),
    ],
)
def test_rows_that_contradict_each_other_are_told(old: str, new: str, told: str) -> None:
    found = contradictions(changed(old, new))
    assert any(told in line for line in found), found
    assert all(line.startswith("warranty.toml: ") and "; " in line for line in found)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'hosts = ["amazon.com",',
            'hosts = ["deals.kospet.com", "amazon.com",',
            '"deals.kospet.com" lies below "kospet.com"',
        ),
        (
            'name = "Amazon"\nseller = "unknown"',
            'name = "KOSPET store"\nseller = "unknown"',
            '"KOSPET store" is official',
        ),
    ],
)
def test_a_shop_in_two_classes_is_told(old: str, new: str, told: str) -> None:
    found = contradictions(changed(old, new, "platforms.toml"))
    assert any(told in line for line in found), found


def test_older_terms_are_looked_at_too_and_named_by_their_file() -> None:
    policy = changed(REPAIR, REPAIR.replace("years = 1", "years = 2"), into=EARLIER)
    assert [line.partition(": ")[0] for line in contradictions(policy)] == [EARLIER]
