"""A list of authorised dealers from any spreadsheet: read, refused row by row, written, and read by the bot."""

from __future__ import annotations

import json
import shutil
import time
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from command import run
from written import ROOT, mail

from bot.config import load_policy
from bot.core.details.find import find_details
from bot.core.reading.letter import open_mail
from bot.core.warranty.contradictions import contradictions
from bot.core.warranty.dealer_list import change, written
from bot.core.warranty.dealer_sheet import NoTable, Sheet, read_sheet
from bot.core.warranty.explained import explain
from bot.core.warranty.policy_dealers import owners_of
from bot.errors import PolicyError

DAY = date(2025, 6, 18)
Imported = Callable[..., tuple[int, dict[str, object]]]
PLAIN = "name,host,country\nUhren Beispiel,uhren-beispiel.example.com,DE\nMontre Exemple,,FR\n"
TWO = [("Uhren Beispiel", ("uhren-beispiel.example.com",), ("DE",)), ("Montre Exemple", (), ("FR",))]


def read(data: bytes | str) -> Sheet:
    owners = owners_of(load_policy(ROOT / "policy").platforms)
    return read_sheet(data.encode() if isinstance(data, str) else data, owners)


def told(sheet: Sheet) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(dealer.name, dealer.hosts, dealer.countries) for dealer in sheet.dealers]


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "policy", tmp_path / "policy")
    return tmp_path / "policy"


@pytest.fixture
def imported(policy: Path, tmp_path: Path) -> Imported:
    """The command on a table: its exit code and what it says as JSON."""

    def do(table: str | bytes, *options: str) -> tuple[int, dict[str, object]]:
        file = tmp_path / "dealers.csv"
        file.write_bytes(table.encode() if isinstance(table, str) else table)
        done = run("policy", "dealers", file, "--policy", policy, "--json", *options)
        return done.returncode, json.loads(done.stdout) if done.stdout else {"said": done.stderr}

    return do


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (PLAIN.encode(), "plain"),
        (PLAIN.replace(",", ";").encode("cp1252"), "a German Excel"),
        (PLAIN.encode("utf-8-sig"), "UTF-8 with a mark"),
        (PLAIN.encode("utf-16"), "UTF-16 with a mark"),
        (PLAIN.encode("utf-16-le"), "UTF-16 without one"),
        (PLAIN.replace(",", "\t").encode("utf-16"), "Unicode text of Excel"),
        (("sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n")).encode(), "Excel's own first line"),
        (("\n\n" + PLAIN.replace("\nM", "\n\n,,\n  \nM") + "\n\n").encode(), "empty rows"),
        (PLAIN.replace("name,host", "Dealer Name,Website").encode(), "other words at the top"),
        (PLAIN.replace("DE", "Deutschland").replace("FR", "france").encode(), "countries by name"),
        (PLAIN.replace("uhren-b", "https://www.Uhren-B").replace(".com", ".com/shop?x=1").encode(), "a whole address"),
        (PLAIN.replace("Uhren Beispiel", '"Uhren  Beispiel"').encode(), "quotes and two blanks"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_table_is_read_as_it_was_saved(data: bytes, why: str) -> None:
    sheet = read(data)
    assert (told(sheet), sheet.problems) == (TWO, []), why


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",shop.example.com,DE", "has no name"),
        ("Beispiel (Berlin),,DE", "signs that words of customers never have"),
        ('"=HYPERLINK(""http://evil.example.com"")",,DE', "signs that words of customers never have"),
        ("X,,DE", "too short"),
        ("A" * 81 + ",,DE", "longer than 80"),
        ("Uhren\u200bland,,DE", "cannot be seen"),
        ("Uhrenland,not a host,DE", "is no web address"),
        ("Uhrenland,info@example.com,DE", "is no web address"),
        ("Uhrenland,,Germny", 'is no country; write its two letters or its name; did you mean "germany"?'),
        ("Uhrenland,,DE,more", "has more cells"),
        ("Amazon,,DE", 'is "amazon" in platforms.toml already'),
        ("Uhrenland,amazon.de,DE", 'is "amazon" in platforms.toml already'),
        ("Uhrenland,uhren-beispiel.example.com,DE", 'belongs to "Uhren Beispiel" of line 2'),
        ('"Uhrenland,,DE', "close the quotes"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_line(row: str, problem: str) -> None:
    sheet = read(PLAIN + row + "\n")
    assert told(sheet) == TWO
    assert len(sheet.problems) == 1
    assert sheet.problems[0].startswith("line 4")
    assert problem in sheet.problems[0]


def test_the_line_counts_rows_of_several_lines_and_empty_ones() -> None:
    sheet = read('name,host\n\n"Uhren\nBeispiel",\n\nX,\n')
    assert told(sheet) == [("Uhren Beispiel", (), ())]
    assert sheet.problems[0].startswith("line 6")


def test_a_cell_like_a_formula_is_the_text_that_stands_there() -> None:
    rows = ("+Plus Uhren", "-10 Prozent", "@home Watches", "=1+1")
    sheet = read("name\n" + "\n".join(rows) + "\n")
    assert [dealer.name for dealer in sheet.dealers] == list(rows)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "names no column"),
        (b"nmae,host\nUhrenland,\n", 'did you mean "name"?'),
        (b"Uhrenland,shop.example.com\n", "names no column"),
        (b"name,host\n", "no rows"),
        (b"PK\x03\x04\x00\x00\x00\x08\x00\x81\x00\x00", "is no text"),
        (b"\xff\xfe\x00", "is no text"),
        (b"name\n" + b"x" * (9 << 20), "megabytes"),
    ],
)
def test_what_is_no_table_is_said_so(data: bytes, why: str) -> None:
    with pytest.raises(NoTable, match=why.replace("?", r"\?")):
        read(data)


def test_the_same_dealer_twice_is_one_with_all_addresses() -> None:
    sheet = read(
        "name,host,country\nUhrenland,a.example.com,DE\nuhren-land,b.example.com,AT\nUhrenland,a.example.com,DE\n"
    )
    assert told(sheet) == [("Uhrenland", ("a.example.com", "b.example.com"), ("DE", "AT"))]
    assert sheet.repeated == ['line 4: "Uhrenland" stands in line 2 already']


def test_columns_that_nobody_uses_are_named() -> None:
    assert read("name,contry,phone\nUhrenland,DE,1\n").notes == [
        'column "contry" is not used; did you mean "country"?',
        'column "phone" is not used',
    ]


def test_a_new_list_changes_what_it_names_and_keeps_the_rest() -> None:
    first = change("", read(PLAIN).dealers, whole=False)
    assert [row.id for row in first.added] == ["dealer_uhren_beispiel", "dealer_montre_exemple"]
    by_hand = first.text.replace('names = ["Montre Exemple"]', 'names = ["Montre Exemple", "chez exemple"]')
    later = "name,host,country\nMONTRE EXEMPLE,montre.example.com,\n時計の例,tokei.example.com,JP\n"
    second = change(by_hand, read(later).dealers, whole=False)
    assert [row.name for row in second.absent] == ["Uhren Beispiel"]
    rows = {row["id"]: row for row in tomllib.loads(second.text)["dealer"]}
    assert list(rows) == ["dealer_uhren_beispiel", "dealer_montre_exemple", "dealer_tokei_example_com"]
    assert rows["dealer_montre_exemple"] == {
        "id": "dealer_montre_exemple", "name": "MONTRE EXEMPLE", "names": ["MONTRE EXEMPLE", "chez exemple"],
        "hosts": ["montre.example.com"], "countries": ["FR"],
    }  # fmt: skip
    assert change(second.text, read(later).dealers, whole=False).text == second.text
    assert len(tomllib.loads(change(second.text, read(later).dealers, whole=True).text)["dealer"]) == 2


def test_a_name_with_quotes_comes_back_as_it_was() -> None:
    rows = change("", read('name\n"Uhren ""Zum Turm"" \\ Söhne"\n').dealers, whole=False).added
    assert tomllib.loads(written(rows))["dealer"][0]["name"] == 'Uhren "Zum Turm" \\ Söhne'


def test_nothing_is_written_while_a_row_is_bad(policy: Path, imported: Imported) -> None:
    before = (policy / "platforms.toml").read_bytes()
    code, said = imported(PLAIN + "Amazon,,\n")
    assert (code, said["written"]) == (1, False)
    assert not (policy / "dealers.toml").exists()
    code, said = imported(PLAIN + "Amazon,,\n", "--skip-bad", "--dry-run")
    assert not (policy / "dealers.toml").exists()
    code, said = imported(PLAIN + "Amazon,,\n", "--skip-bad")
    assert (code, said["written"], said["added"]) == (1, True, ["Uhren Beispiel", "Montre Exemple"])
    code, said = imported(PLAIN)
    assert (code, said["written"], said["unchanged"]) == (0, False, 2)
    code, said = imported("name\nMontre Exemple\n", "--replace")
    assert (code, said["removed"]) == (0, ["Uhren Beispiel"])
    assert [p.name for p in load_policy(policy).platforms if p.seller == "authorised_dealer"] == ["Montre Exemple"]
    assert (policy / "platforms.toml").read_bytes() == before, "comments of other files stay"


def test_a_file_that_is_no_table_is_wrong_use(imported: Imported) -> None:
    code, said = imported(b"firm;www\nUhrenland;\n")
    assert code == 2
    assert "write: name;host;country" in str(said["said"])


def test_the_policy_of_the_program_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "dealers.csv").write_text(PLAIN)
    done = run("policy", "dealers", tmp_path / "dealers.csv")
    assert done.returncode == 2
    assert "after-sales init" in done.stderr


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('id = "uhrenland"\nname = "Uhrenland"', 'does not begin with dealer_; write "dealer_uhrenland"'),
        ('id = "dealer_a"\nname = "Amazon"', 'names: "Amazon" already belongs to "amazon" in platforms.toml'),
        ('id = "dealer_a"\nname = "Uhrenland"\nhosts = ["amazon.de"]', 'hosts: "amazon.de" already belongs'),
        ('id = "dealer_a"\nname = "Uhrenland"\ncountries = ["Germany"]', '"Germany" is no country'),
        ('id = "dealer_a"\nname = "Uhrenland"\nhost = ["a.example.com"]', 'rename it; did you mean "hosts"?'),
        ('id = "dealer_a"', "name: is missing"),
    ],
)  # fmt: skip
def test_a_dealer_that_was_spoilt_by_hand_is_named(policy: Path, row: str, problem: str) -> None:
    (policy / "dealers.toml").write_text(f"[[dealer]]\n{row}\n", "utf-8")
    with pytest.raises(PolicyError) as caught:
        load_policy(policy)
    assert [p for p in caught.value.problems if p.startswith("dealers.toml:") and problem in p], caught.value.problems


def test_five_thousand_dealers_are_imported_read_and_searched_quickly(policy: Path, imported: Imported) -> None:
    rows = "".join(f"Uhren Nummer {n},shop{n}.example.com,DE\n" for n in range(5000))
    code, said = imported("name,host,country\n" + rows)
    assert (code, len(said["added"])) == (0, 5000)  # type: ignore[arg-type]
    rules = load_policy(policy)
    assert contradictions(rules) == ()
    text = "My TANK T3 Ultra does not charge. I bought it at Uhren Nummer 4711 in May 2025, order 123456."
    letter = open_mail(mail(text)).letter(("en",))
    find_details(letter, rules, DAY)
    began = time.process_time()
    assert find_details(letter, rules, DAY).values("platform", 0.5) == ("dealer_uhren_nummer_4711",)
    other = open_mail(mail(text.replace("Uhren Nummer 4711", "a friend"))).letter(("en",))
    find_details(other, rules, DAY)
    assert time.process_time() - began < 5
    assert [(one.kind, one.file) for one in explain(rules, "Uhren Nummer 4711")] == [("dealer", "dealers.toml")]
