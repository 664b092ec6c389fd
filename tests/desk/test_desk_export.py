"""Files of the desk's lists: complete, readable by any program, and nothing in them is taken for a formula."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from desk_served import ServedDesk

from bot.desk.csv_text import BOM, lines, safe
from bot.desk.pages.export import EXPORTS
from bot.desk.records import COLUMNS, PIECE

YEAR = "days=365"
HOSTILE = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u200b=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    'x";=1+1',
    "x;=cmd|' /C calc'!A0",
    "x\n=1+1",
    '=HYPERLINK("http://example.com","x")',
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_begins_like_a_formula_whatever_separator_a_program_uses(text: str, separator: str) -> None:
    file = "".join(lines(["a", "b", "c"], [{"a": "before", "b": text, "c": text}], bom=False))
    for row in csv.reader(io.StringIO(file), delimiter=separator):
        for cell in row:
            assert cell.strip('" \t\r\n\u200b')[:1] not in tuple("=+-@＝＋－＠"), cell
            assert cell[:1] not in ("\t", "\r", "\n")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("Anna Example", "Anna Example"),
        ("K-7", "K-7"),
        ("a@example.com", "a@example.com"),
        ("1 + 1", "1 + 1"),
        (-3, "-3"),
        (True, "yes"),
        (None, ""),
        (["one", "two"], "one, two"),
        ("=x", "'=x"),
        ("a\x00b", "ab"),
    ],
)
def test_ordinary_values_stay_as_they_are(value: object, cell: str) -> None:
    assert safe(value) == cell


def table(desk: ServedDesk, path: str, role: str = "reader") -> list[dict[str, str]]:
    answer = desk.visitor(role).get(path)
    assert answer.status == 200
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix(BOM))))


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_every_list_can_be_saved(desk: ServedDesk, name: str, kind: str) -> None:
    query = f"{YEAR}&view=all&q=watch&what=opened&group=all"
    answer = desk.visitor("reader").get(f"/export/{name}.{kind}?{query}")
    assert answer.status == 200
    assert f'attachment; filename="after-sales-{name}-2025-12-03.{kind}"' == answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    columns = list(COLUMNS[EXPORTS[name][0]])
    if kind == "csv":
        head = next(csv.reader(io.StringIO(answer.text.removeprefix(BOM))))
        assert head == columns
    else:
        assert all(list(row) == columns for row in json.loads(answer.text))


def test_the_file_holds_the_list_of_the_page_in_its_order(desk: ServedDesk) -> None:
    rows = table(desk, "/export/queue.csv?view=needs&language=de")
    page = desk.visitor("reader").get("/queue?view=needs&language=de").text
    assert rows
    places = [page.index(f"/case/{row['number']}") for row in rows]
    assert places == sorted(places)
    assert {row["language"] for row in rows} == {"de"}


def test_a_list_longer_than_a_piece_is_complete(desk: ServedDesk) -> None:
    with desk.store.write():
        for n in range(2 * PIECE):
            desk.store.db.execute(
                "INSERT INTO cases (number, state, kind, next_actor, opened_at, state_since, first_mail_on, updated_at,"
                " policy_hash, details) SELECT :number, state, kind, next_actor, opened_at, state_since, first_mail_on,"
                " updated_at, policy_hash, details FROM cases WHERE id = 1",
                number=f"X{n}",
            )
    rows = table(desk, "/export/queue.csv?view=all")
    assert len(rows) == len({row["number"] for row in rows}) == desk.store.db.value("SELECT count(*) FROM cases")


def test_the_mark_for_old_programs_can_be_left_out(desk: ServedDesk) -> None:
    visitor = desk.visitor("reader")
    assert visitor.get("/export/queue.csv?view=all").body.startswith(b"\xef\xbb\xbf")
    assert visitor.get("/export/queue.csv?view=all&bom=no").body.startswith(b'"number"')
    assert not visitor.get("/export/queue.json?view=all").body.startswith(b"\xef")


def test_a_customer_called_like_a_formula_is_a_name(desk: ServedDesk) -> None:
    number = desk.case("german-buyer")
    with desk.store.write():
        desk.store.db.execute(
            "UPDATE letter SET from_name = '=cmd|'' /C calc''!A0'"
            " WHERE case_id = (SELECT id FROM cases WHERE number = :n)",
            n=number,
        )
    row = next(r for r in table(desk, "/export/queue.csv?view=all") if r["number"] == number)
    assert row["customer"] == "'=cmd|' /C calc'!A0"
    listed = json.loads(desk.visitor("reader").get("/export/queue.json?view=all").text)
    assert next(r for r in listed if r["number"] == number)["customer"] == "=cmd|' /C calc'!A0", "JSON is exact"


def test_the_cases_behind_a_number_are_those_that_were_counted(desk: ServedDesk) -> None:
    figures = json.loads(desk.visitor("reader").get(f"/export/numbers.json?{YEAR}").text)
    values = {(row["name"], row["about"]): row["value"] for row in figures}
    for what, key in (("opened", ("cases", "")), ("by_person", ("by_person", "")), ("mails", ("cases_of_mails", ""))):
        rows = table(desk, f"/export/numbers-cases.csv?{YEAR}&what={what}")
        assert len(rows) == values[key] > 0


@pytest.mark.parametrize(
    "path",
    ["/export/queue.xlsx", "/export/people.csv", "/export/numbers-cases.csv?what=nobody", "/export/mails.csv?group=x"],
)
def test_what_is_no_list_is_no_file(desk: ServedDesk, path: str) -> None:
    assert desk.visitor("reader").get(path).status == 404


def test_nobody_saves_a_list_without_signing_in(desk: ServedDesk) -> None:
    answer = desk.visitor(None).get("/export/queue.csv")
    assert answer.status in (200, 303)
    assert b"number" not in answer.body


def test_a_day_ends_at_the_midnight_of_the_reader(desk: ServedDesk) -> None:
    """The same list for somebody in another part of the world holds the cases of that part's day."""
    visitor = desk.visitor("reader")
    day = desk.clock().date() - timedelta(days=2)
    with desk.store.write():
        desk.store.db.execute("UPDATE cases SET opened_at = :at WHERE id = 1", at=f"{day}T20:00:00Z")
    number = desk.store.cases.number_of(1)
    path = f"/export/queue.csv?view=all&opened_from={day}&opened_until={day}"
    assert number in visitor.get(path).text
    visitor.post("/me/look", zone="Asia/Shanghai")
    assert number not in visitor.get(path).text
