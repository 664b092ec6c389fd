"""The list of authorised dealers, ``dealers.toml``: more shops, all of one class.

The file is written by ``after-sales policy dealers`` from a table (``dealer_sheet``) and may be edited by hand too. A
dealer becomes a ``Platform`` like every other shop; its name and addresses must not belong to a row of
``platforms.toml``, because a shop in two classes would decide by chance. Without the file there are no dealers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.model import Platform
from bot.core.warranty import policy_rows as rows
from bot.core.warranty.policy_table import Table
from bot.core.warranty.policy_terms import read_rows

FILE = "dealers.toml"
SELLER = "authorised_dealer"
PREFIX = "dealer_"
"""every id begins so: whoever reads an id knows its file"""
_COUNTRY = re.compile("[A-Z]{2}")


def read_dealers(table: Table, platforms: Sequence[Platform]) -> tuple[Platform, ...]:
    """The rows of ``[[dealer]]``, with every mistake noted."""
    owners = owners_of(platforms)

    def read(row: Table) -> Platform:
        dealer = _read(row)
        for key, name in (("names", dealer.name), *(("names", n) for n in dealer.names), *_hosts(dealer)):
            if owner := owners.get(_known_by(key, name)):
                row.say(key, f'"{name}" already belongs to "{owner}" in platforms.toml', "keep it in one of both files")
        return dealer

    return read_rows(table, "dealer", read, optional=True, named=True)


def owners_of(platforms: Sequence[Platform]) -> dict[tuple[str, str], str]:
    """What customers know a shop by -> its id."""
    known = {("names", rows.plain_name(name)): row.id for row in platforms for name in (row.name, *row.names)}
    return known | {("hosts", host): row.id for row in platforms for host in (*row.hosts, *row.relay_hosts)}


def _known_by(key: str, name: str) -> tuple[str, str]:
    return key, rows.plain_name(name) if key == "names" else name


def _hosts(dealer: Platform) -> list[tuple[str, str]]:
    return [("hosts", host) for host in dealer.hosts]


def _read(row: Table) -> Platform:
    shop = rows.read_shop(row)
    if shop.id and not shop.id.startswith(PREFIX):
        row.say("id", f'"{shop.id}" does not begin with {PREFIX}', f'write "{PREFIX}{shop.id}"')
    for country in row.texts("countries", default=[]):
        if not _COUNTRY.fullmatch(country):
            row.say("countries", f'"{country}" is no country', 'write two large letters such as "DE"')
    return shop
