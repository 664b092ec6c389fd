"""The page of numbers: every mail is somewhere, every number opens what it counts, and nobody gets a score."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from desk_decided import decide_some, links
from desk_served import NAMES, ServedDesk

from bot.desk.numbers.board import gather
from bot.desk.numbers.period import Period, period_of
from bot.store.figures import GROUPS

YEAR = "/numbers?days=365"
TODAY = date(2025, 12, 3)
UTC_ZONE = ZoneInfo("UTC")


def year() -> Period:
    return period_of({"days": "365"}, TODAY, UTC_ZONE)


# --- the account --------------------------------------------------------------------------------------


def test_every_mail_that_came_in_is_somewhere(desk: ServedDesk) -> None:
    account = desk.store.figures.account(year().span)
    assert account.total == desk.store.db.value("SELECT count(*) FROM arrival") > 40
    assert sum(account.groups.values()) == account.total
    assert account.lost == 0
    assert account.groups["joined"] > account.cases > 30
    words = desk.visitor("reader").get(YEAR).words
    assert f"{account.total} mails came in: {account.groups['joined']} belong to {account.cases} cases" in words
    assert "Nothing is unaccounted for." in words


@pytest.mark.parametrize("group", GROUPS)
def test_the_account_breaks_when_a_group_is_forgotten(
    desk: ServedDesk, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    """The sum is made of the groups and the whole is counted apart: a mail in no group is seen."""
    outcomes = {"machine": "machine", "notices": "bounce", "unreadable": "oversize", "copies": "duplicate"}
    outcome = {**outcomes, "before": "old", "gone": "vanished"}.get(group)
    with desk.store.write():
        if group == "under_way":
            desk.store.db.execute("UPDATE arrival SET state = 'stored', outcome = NULL WHERE id = 1")
        elif outcome:
            desk.store.db.execute("UPDATE arrival SET outcome = :outcome WHERE id = 1", outcome=outcome)
    assert desk.store.figures.account(year().span).lost == 0
    monkeypatch.delitem(GROUPS, group)
    account = desk.store.figures.account(year().span)
    assert account.lost >= 1


def test_a_mail_that_is_nowhere_is_told_loudly_and_can_be_looked_at(desk: ServedDesk) -> None:
    with desk.store.write():
        desk.store.db.execute("UPDATE arrival SET case_id = NULL WHERE id = 1")
    page = desk.visitor("reader").get(YEAR)
    assert "1 is unaccounted for" in page.words
    assert "Nothing is unaccounted for" not in page.words
    assert "is-hazard" in page.text
    listed = desk.visitor("reader").get("/numbers/mails?days=365&group=lost")
    assert "1 mail" in listed.words


def test_no_mail_at_all_is_told_as_such(desk: ServedDesk) -> None:
    words = desk.visitor("reader").get("/numbers?from=2021-01-01&until=2021-01-07").words
    assert "No mail came in." in words


# --- numbers and their lists ----------------------------------------------------------------------------


def test_decisions_are_counted_and_one_that_was_taken_back_is_none(desk: ServedDesk) -> None:
    done = decide_some(desk)
    board = gather(desk.store, year())
    assert (board.sums.decided, board.sums.otherwise, board.sums.late) == (3, 1, 1)
    assert board.took.counted == 3
    assert board.took.half is not None
    assert 40 <= board.took.half < 60
    visitor = desk.visitor("reader")
    for what, number in (("otherwise", done["otherwise"]), ("late", done["late"])):
        listed = visitor.get(f"/numbers/cases?days=365&what={what}").text
        assert [n for n in done.values() if f"/case/{n}" in listed] == [number]
    words = visitor.get(YEAR).words
    assert "1 of 3 cases" in words


def test_every_number_and_bar_opens_exactly_what_it_counts(desk: ServedDesk) -> None:
    decide_some(desk)
    visitor = desk.visitor("reader")
    page = visitor.get(YEAR).text
    checked = 0
    for href, label in links(page, "/numbers/(?:cases|mails)") + links(page, "/queue[?]"):
        told = (
            int(re.search(r"(\d[\d,]*)(?!.*\d)", label.replace(",", "")).group(1)) if re.search(r"\d", label) else None
        )
        path, query = urlsplit(href).path, urlsplit(href).query
        if path == "/numbers/mails":
            rows = json.loads(visitor.get(f"/export/mails.json?{query}").text)
        elif path == "/queue":
            rows = json.loads(visitor.get(f"/export/queue.json?{query}").text)
        else:
            rows = json.loads(visitor.get(f"/export/numbers-cases.json?{query}").text)
        what = parse_qs(query).get("what", [""])[0]
        if told is None or "%" in label or re.search(r"\b(s|min|h|days?)$", label) or what in ("opened", "timed"):
            assert visitor.get(href).status == 200
            continue
        if ":" in label and "cases," in label:  # a column: the whole of it
            told = int(re.search(r": (\d+)", label).group(1))
        if what == "alone":
            continue  # says a share
        assert len(rows) == told, (href, label)
        checked += 1
    assert checked > 40


def test_no_number_is_about_a_person(desk: ServedDesk) -> None:
    decide_some(desk)
    page = desk.visitor("reader").get(YEAR)
    main = page.text.split("<main")[1].split("</main>")[0]
    for name, shown in NAMES.items():
        assert shown not in main
        assert not re.search(rf">\s*{name}\s*<", main)
    everything = json.dumps([json.loads(desk.visitor("reader").get(f"/export/{n}.json?days=365").text)
                             for n in ("numbers", "overrides", "corrected", "radar")])  # fmt: skip
    assert not re.search(r"agent|Ana Ferreira", everything)


@pytest.mark.parametrize("path", ["/numbers", "/numbers/cases?what=opened", "/numbers/mails"])
def test_nobody_looks_without_signing_in(desk: ServedDesk, path: str) -> None:
    answer = desk.visitor(None).get(path)
    assert answer.status == 303
    assert answer.place.startswith("/login")


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", "2025-11-06", "2025-12-03"),
        ("days=7", "2025-11-27", "2025-12-03"),
        ("days=nonsense", "2025-11-06", "2025-12-03"),
        ("days=100000", "2025-11-06", "2025-12-03"),
        ("from=2025-06-01&until=2025-06-30", "2025-06-01", "2025-06-30"),
        ("from=2025-06-30&until=2025-06-01", "2025-11-06", "2025-12-03"),
        ("from=1025-06-30&until=2025-06-01", "2025-11-06", "2025-12-03"),
        ("from=%00&until=x", "2025-11-06", "2025-12-03"),
    ],
)
def test_a_period_is_what_the_address_says_or_the_usual_one(query: str, first: str, last: str) -> None:
    params = {name: values[0] for name, values in parse_qs(query).items()}
    period = period_of(params, TODAY, UTC_ZONE)
    assert (period.span.first.isoformat(), period.span.last.isoformat()) == (first, last)
    assert period.parts[0].begins == period.span.begins
    assert period.parts[-1].ends == period.span.ends
    assert all(a.ends == b.begins for a, b in zip(period.parts, period.parts[1:], strict=False))
    assert period.before.ends == period.span.begins


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia"])
def test_days_of_any_zone_follow_each_other_without_a_gap_over_the_change_of_clocks(zone: str) -> None:
    period = period_of({"from": "2025-03-20", "until": "2025-04-10"}, TODAY, ZoneInfo(zone))
    assert len(period.parts) == 22
    assert all(a.ends == b.begins for a, b in zip(period.parts, period.parts[1:], strict=False))
    assert period.span.begins == datetime(2025, 3, 20, tzinfo=ZoneInfo(zone)).astimezone(UTC)
