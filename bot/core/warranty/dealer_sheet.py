"""A table of dealers, as a spreadsheet program or a shop system saves it, read into rows; nothing is ever computed.

Separator, encoding and the order of the columns are found out. A cell that begins like a formula is the text that
stands there. Every row that cannot be used is named with its line; rows of the same name are one dealer with several
addresses. Pure: the caller reads the file, and decides what becomes of rows.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from babel import Locale

from bot.core.nearest import did_you_mean
from bot.core.warranty.policy_rows import plain_name

MAX_BYTES, MAX_ROWS, MAX_NAME = 8 << 20, 20_000, 80
SEPARATORS = ";,\t|"
# Column -> what it is called at the top of a table.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": (
        "name",
        "dealer",
        "dealer name",
        "shop",
        "store",
        "company",
        "retailer",
        "firma",
        "händler",
        "名称",
        "经销商",
    ),
    "host": ("host", "hosts", "website", "web", "url", "site", "domain", "homepage", "webseite", "网站", "网址"),
    "country": ("country", "countries", "land", "country code", "pays", "país", "国家"),
    "also": ("also", "aliases", "alias", "other names", "also known as"),
}
ENCODINGS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
             (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
SPOKEN = ("en", "de", "fr", "es", "it", "nl", "pl", "zh")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, kw_only=True)
class Dealer:
    """One dealer of the table."""

    name: str
    names: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    """ISO 3166 codes"""
    line: int = 0
    """where it stands first"""


@dataclass
class Sheet:
    """What was read. ``problems`` and ``repeated`` are sentences that begin with the line."""

    dealers: list[Dealer] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class NoTable(ValueError):
    """The file is no table of dealers; the message says why and what to do."""


def read_sheet(data: bytes, owners: Mapping[tuple[str, str], str]) -> Sheet:
    """All rows; ``owners`` are the names and addresses that other shops have (``policy_dealers.owners_of``).

    Raises NoTable when there is no row that could be meant.
    """
    sheet = Sheet()
    text = _decoded(data, sheet)
    separator, head, rows = _opened(text)
    places = _places(head, sheet)
    hosts: dict[str, Dealer] = {}
    found: dict[str, Dealer] = {}
    for line, cells in _rows(rows, separator, sheet):
        told = _dealer(line, cells, places, len(head))
        if isinstance(told, Dealer):
            told = _alone(told, owners, hosts) or told
        if isinstance(told, str):
            sheet.problems.append(told)
            continue
        key = plain_name(told.name)
        known = found.get(key)
        found[key] = joined = told if known is None else _joined(known, told)
        hosts |= dict.fromkeys(told.hosts, joined)
        if known == joined:
            sheet.repeated.append(f'line {line}: "{told.name}" stands in line {joined.line} already')
    sheet.dealers = list(found.values())
    if not found and not sheet.problems:
        raise NoTable("the table has a first line and no rows")
    return sheet


def _joined(one: Dealer, two: Dealer) -> Dealer:
    def both(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*getattr(one, name), *getattr(two, name))))

    return replace(one, names=both("names"), hosts=both("hosts"), countries=both("countries"))


def _alone(told: Dealer, owners: Mapping[tuple[str, str], str], hosts: Mapping[str, Dealer]) -> str:
    """What is wrong with a dealer beside the other shops; empty when nothing is."""
    for key, value in (*(("names", plain_name(name)) for name in told.names), *(("hosts", h) for h in told.hosts)):
        if owner := owners.get((key, value)):
            return (
                f'line {told.line}: "{told.name}": is "{owner}" in platforms.toml already; take the row out, or change'
                " the seller there"
            )
    for host in told.hosts:
        if (other := hosts.get(host)) and plain_name(other.name) != plain_name(told.name):
            return f'line {told.line}: "{told.name}": {host} belongs to "{other.name}" of line {other.line}; keep one'
    return ""


# --- the file ---------------------------------------------------------------------------------


def _decoded(data: bytes, sheet: Sheet) -> str:
    if len(data) > MAX_BYTES:
        raise NoTable(f"the file has more than {MAX_BYTES >> 20} megabytes; is it the right one?")
    encoding = next((name for mark, name in ENCODINGS if data.startswith(mark)), "")
    if not encoding and b"\0" in data[:200]:
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "cp1252":
            sheet.notes.append("read as Windows-1252; if letters with accents look wrong, save the file as CSV UTF-8")
        if "\0" in text:
            break
        return text
    raise NoTable("the file is no text; save it as CSV UTF-8 (a workbook such as .xlsx is none)")


def _opened(text: str) -> tuple[str, list[str], str]:
    """The separator, the cells of the first line, and all of the text from that line on."""
    told = re.match(r"\s*sep=(.)\r?\n", text)
    start = len(text) - len(text.lstrip("\r\n")) if told is None else 0
    body = text[start:]
    first = body[told.end() :] if told else body
    line = first.split("\n", 1)[0].rstrip("\r")
    best = max(told[1] if told else SEPARATORS, key=lambda sign: (_known(line, sign), line.count(sign)))
    head = next(csv.reader([line], delimiter=best), [])
    if "name" not in {_column(cell) for cell in head}:
        hint = next((h for cell in head if (h := did_you_mean(cell.strip(), COLUMNS["name"]))), "")
        raise NoTable(
            f"the first line names no column for the dealer; write: name;host;country{hint or f'; it says {line[:50]}'}"
        )
    return best, head, text


def _known(line: str, sign: str) -> int:
    return sum(bool(_column(cell)) for cell in next(csv.reader([line], delimiter=sign), []))


def _column(cell: str) -> str:
    word = " ".join(cell.replace("_", " ").split()).casefold()
    return next((name for name, words in COLUMNS.items() if word in words), "")


def _places(head: Sequence[str], sheet: Sheet) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(head):
        name = _column(cell)
        if name and name not in places:
            places[name] = place
        elif cell.strip():
            hint = "" if name else did_you_mean(cell.strip(), [w for words in COLUMNS.values() for w in words])
            sheet.notes.append(f'column "{cell.strip()}" is {"there twice" if name else "not used"}{hint}')
    return places


def _rows(text: str, separator: str, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """``(line, cells)`` below the first line; empty rows are none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    began, seen_head, count = 0, False, 0
    while True:
        line = began + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            sheet.problems.append(f"line {line}: cannot be read ({error}); close the quotes of this row")
            return
        began = reader.line_num
        if not any(cell.strip() for cell in cells) or (not seen_head and re.fullmatch(r"\s*sep=", cells[0])):
            continue
        if not seen_head:
            seen_head = True
            continue
        count += 1
        if count > MAX_ROWS:
            raise NoTable(f"the table has more than {MAX_ROWS} rows; is it the right one?")
        yield line, cells


# --- one row ----------------------------------------------------------------------------------


def _dealer(line: int, cells: Sequence[str], places: Mapping[str, int], width: int) -> Dealer | str:
    """The dealer, or what is wrong with the row."""

    def cell(name: str) -> str:
        place = places.get(name, width)
        return unicodedata.normalize("NFC", " ".join(cells[place].split())) if place < len(cells) else ""

    name = cell("name")
    where = f"line {line}" + (f': "{name[:40]}"' if name else "")
    if any(extra.strip() for extra in cells[width:]):
        return f"{where}: has more cells than the first line; put quotes around text that holds the separator"
    if not name:
        return f"{where}: has no name; write one or take the row out"
    names = (name, *filter(None, (part.strip() for part in re.split(r"[|;,]", cell("also")))))
    for one in names:
        if wrong := _wrong_name(one):
            return f"{where}: {wrong}"
    hosts, countries = [], []
    for part in filter(None, re.split(r"[\s,;|]+", cell("host"))):
        host = _host(part)
        if not host:
            return f"{where}: {part[:60]} is no web address; write it like shop.example.com, or leave it empty"
        hosts.append(host)
    for part in filter(None, (p.strip() for p in re.split(r"[,;|/]", cell("country")))):
        code = _country(part)
        if not code:
            hint = did_you_mean(part, [n for n in _countries() if len(n) > 2])
            return f"{where}: {part[:40]} is no country; write its two letters or its name{hint}"
        countries.append(code)
    return Dealer(
        name=name, names=tuple(dict.fromkeys(names)), hosts=tuple(dict.fromkeys(hosts)),
        countries=tuple(dict.fromkeys(countries)), line=line,
    )  # fmt: skip


def _wrong_name(name: str) -> str:
    if re.search(r"[*|()#]|\.\.\.", name):
        return "the name holds signs that words of customers never have ( * | ( ) # ... ); write it plainly"
    if any(unicodedata.category(c) in ("Cc", "Cf") for c in name):
        return "the name holds signs that cannot be seen; type it anew"
    if len(plain_name(name)) < 2:
        return "the name is too short; write at least two letters"
    return f"the name is longer than {MAX_NAME} letters; shorten it" if len(name) > MAX_NAME else ""


def _host(text: str) -> str:
    """``https://www.Shop.example.com/de/`` -> ``shop.example.com``; empty for what is none."""
    host = re.sub(r"^[a-z]+://", "", text.casefold()).split("/")[0].split("?")[0].removeprefix("www.")
    host = re.sub(r":\d+$", "", host).rstrip(".")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return host if _HOST.fullmatch(host) and len(host) <= 253 else ""


@cache
def _countries() -> dict[str, str]:
    """A country as it is written -> its code."""
    known: dict[str, str] = {}
    for language in SPOKEN:
        for code, name in Locale(language).territories.items():
            if re.fullmatch("[A-Z]{2}", code) and code not in ("EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"):
                known.setdefault(name.casefold(), code)
                known.setdefault(code.casefold(), code)
    return known | {"uk": "GB", "usa": "US"}


def _country(text: str) -> str:
    return _countries().get(text.casefold(), "")
