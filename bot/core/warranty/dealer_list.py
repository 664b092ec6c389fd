"""``dealers.toml`` as a new table changes it: what comes, what differs, what stays, and the text of the file. Pure.

A dealer is the same one when he has the same name; his id never changes again, because cases hold it. Names that were
added by hand are kept, and so are dealers that the table does not name, unless it is said to be the whole list.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.details.phrases import fold
from bot.core.warranty.dealer_sheet import Dealer
from bot.core.warranty.policy_dealers import PREFIX
from bot.core.warranty.policy_rows import plain_name

HEAD = """\
# The authorised dealers: their buyers have what authorised_dealer stands for in warranty.toml.
# Written by `after-sales policy dealers FILE.csv`. Names may be added by hand and stay; comments do not.
#
# names      how customers write it; without them the name alone. Plain words; case and accents do not matter
# hosts      web addresses; subdomains count too
# countries  where the dealer sells, for you to read
"""
KEYS = ("names", "hosts", "countries")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One block of the file."""

    id: str
    name: str
    names: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Changed:
    """The new list and how it came about; ``text`` is the whole file."""

    text: str
    added: tuple[Row, ...]
    changed: tuple[tuple[Row, Row], ...]
    """before and after"""
    unchanged: int
    absent: tuple[Row, ...]
    """that the table does not name: kept, or taken out"""


def change(old: str, dealers: Sequence[Dealer], *, whole: bool) -> Changed:
    """``old`` is the text of the file, empty when there is none. Raises ValueError when it is no TOML."""
    before = [_row(data) for data in tomllib.loads(old).get("dealer", [])]
    by_name = {plain_name(name): row for row in before for name in (*row.names, row.name)}
    taken = {row.id for row in before}
    after: dict[str, Row] = {}
    added: list[Row] = []
    for dealer in dealers:
        known = by_name.get(plain_name(dealer.name))
        was = after.get(known.id, known) if known else None
        if was is None:
            row = Row(
                id=_id(dealer, taken), name=dealer.name, names=dealer.names, hosts=dealer.hosts,
                countries=dealer.countries,
            )  # fmt: skip
            taken.add(row.id)
            added.append(row)
        else:
            row = _renewed(was, dealer)
        after[row.id] = row
    changed = [(row, after[row.id]) for row in before if row.id in after and after[row.id] != row]
    absent = tuple(row for row in before if row.id not in after)
    kept = [after.get(row.id, row) for row in before if row.id in after or not whole]
    return Changed(
        text=written([*kept, *added]),
        added=tuple(added),
        changed=tuple(changed),
        unchanged=sum(after.get(row.id) == row for row in before),
        absent=absent,
    )


def _row(data: Mapping[str, object]) -> Row:
    def texts(key: str) -> tuple[str, ...]:
        value = data.get(key, [])
        return tuple(str(v) for v in value) if isinstance(value, list) else ()

    name = str(data.get("name", ""))
    return Row(
        id=str(data.get("id", "")), name=name, names=texts("names") or (name,), hosts=texts("hosts"),
        countries=texts("countries"),
    )  # fmt: skip


def _renewed(row: Row, dealer: Dealer) -> Row:
    """Addresses and countries as the table says them where it says any; names of both."""
    return Row(
        id=row.id,
        name=row.name if plain_name(row.name) != plain_name(dealer.name) else dealer.name,
        names=tuple({plain_name(n): n for n in (*row.names, *dealer.names)}.values()),
        hosts=dealer.hosts or row.hosts,
        countries=dealer.countries or row.countries,
    )


def _id(dealer: Dealer, taken: Iterable[str]) -> str:
    """From the name; from the address where the name has no Latin letters."""
    stem = next((s for s in map(_slug, (dealer.name, *dealer.hosts)) if s), "shop")
    known, number, id_ = set(taken), 1, PREFIX + stem
    while id_ in known:
        number += 1
        id_ = f"{PREFIX}{stem}_{number}"
    return id_


def _slug(text: str) -> str:
    return "_".join(re.findall("[a-z0-9]+", fold(text).folded))[:40].strip("_")


def written(rows: Iterable[Row]) -> str:
    """The text of the file."""
    return HEAD + "".join(_block(row) for row in rows)


def _block(row: Row) -> str:
    lines = [f'\n[[dealer]]\nid = "{row.id}"\nname = {_text(row.name)}']
    lines += [f"{key} = [{', '.join(map(_text, values))}]" for key in KEYS if (values := getattr(row, key))]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    # A JSON text is a TOML text as well, but for the one sign that TOML forbids and no name holds.
    return json.dumps(value, ensure_ascii=False)
