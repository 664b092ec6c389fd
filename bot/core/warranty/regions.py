"""Which return address is near the customer: a proposal to staff, never a fact of a letter by itself.

Nobody is asked for a country. What names one is the shop ("amazon.de"), then a language that one country speaks; where
neither does, the desk's usual address is proposed, or the only one.
"""

from __future__ import annotations

import re

from bot.core.model import Case
from bot.core.warranty.staff_facts import Desk

# A shop's address that ends so sells in that country.
_SHOP = re.compile(r"\b[a-z-]+\.(?:com?\.)?([a-z]{2})\b")
_COUNTRY_OF = {"uk": "GB"}
# Languages of this desk that point to one country; English, Spanish and Portuguese do not.
_HOME = {
    "cs": "CZ",
    "de": "DE",
    "fr": "FR",
    "it": "IT",
    "ja": "JP",
    "nl": "NL",
    "pl": "PL",
    "ru": "RU",
    "sv": "SE",
    "tr": "TR",
    "zh": "CN",
}


def country_of(case: Case) -> str:
    """ISO code of the country the customer most likely writes from; empty when nothing tells."""
    for found in case.details.all("platform"):
        if found.is_sure and (shop := _SHOP.search(found.words.lower())):
            return _COUNTRY_OF.get(shop[1], shop[1].upper())
    return _HOME.get(case.language, "")


def address_for(case: Case, desk: Desk) -> str:
    """Id of the return address to propose; empty when a person must choose."""
    if len(desk.addresses) == 1:
        return next(iter(desk.addresses))
    country = country_of(case)
    near = next((id_ for id_, regions in desk.regions.items() if country and country in regions), "")
    return near or (desk.usual_address if desk.usual_address in desk.addresses else "")
