"""What the tests of letters share: the delivered folder, facts for every letter, how languages write a day."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.core.model import Reply
from bot.replies import Letters
from bot.replies.inventory import INVENTORY

TEMPLATES = Path(__file__).parent.parent / "templates"
LETTERS = Letters(TEMPLATES, "en")
LANGUAGES = ("cs", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv", "tr", "zh")

FACTS: dict[str, object] = {
    "models": ["TANK T3 Ultra"],
    "known": [{"field": "order_number", "value": "KS20418"}, {"field": "description", "value": ""}],
    "asks": ["model", "photo_or_video"],
    "again": ["photo_or_video"],
    "files": [{"place": 2, "of": 3, "kind": "photo", "on": "2025-03-04", "fault": "blurred"}],
    "reply_by": "2025-03-14",
    "answer_by": "2025-03-14",
    "days": 3,
    "tracking": ["1Z999AA10123456784"],
    "carrier": "UPS",
    "step": 3,
    "next_actor": "we",
    "limit_mb": 25,
    "steps": [],
    "orders": ["KS20418"],
    **dict.fromkeys(("ship_by", "valid_until", "close_on", "promised_on", "asked_on", "on"), "2025-03-14"),
    "address": ["Service Centre", "Example Street 7"],
    "payer": "label",
    "pay": ["Bank of Example", "Example Shop"],
    "service": "free_repair",
    "quote": {"repair": "39.90", "shipping": "10.00", "total": "49.90", "currency": "EUR"},
    "clause": "broken_or_wet",
    "ground": "return_late",
    "window": 30,
    "written_on": "2025-03-14",
    "twice": [],
    "rough": {},
    "offers": ["paid_repair", "spare_part"],
    "result": "confirmed",
    "bought": {"delivery_date": "2022-03-14", "purchase_date": ""},
    "law": True,
    "own_store": False,
    "platform": "AliExpress",
    "text": ["It has one.", "", "The strap is 22 mm wide."],
    "open": True,
    "note": "We saw the glass on the second photo.",
}
WORDS_OF_14_MARCH = {
    "cs": "14. března 2025",
    "de": "14. März 2025",
    "en": "14 March 2025",
    "es": "14 de marzo de 2025",
    "fr": "14 mars 2025",
    "it": "14 marzo 2025",
    "ja": "2025年3月14日",
    "nl": "14 maart 2025",
    "pl": "14 marca 2025 r.",
    "pt": "14 de março de 2025",
    "ru": "14 марта 2025 г.",
    "sv": "14 mars 2025",
    "tr": "14 Mart 2025",
    "zh": "2025年3月14日",
}
# How each language says that the day itself still counts.
BY_14_MARCH = {
    "cs": "do 14. března 2025 včetně",
    "de": "bis zum 14. März 2025",
    "en": "by 14 March 2025",
    "es": "a más tardar el 14 de marzo de 2025",
    "fr": "au plus tard le 14 mars 2025",
    "it": "entro il 14 marzo 2025",
    "ja": "2025年3月14日までに",
    "nl": "uiterlijk 14 maart 2025",
    "pl": "do 14 marca 2025 r. włącznie",
    "pt": "até ao dia 14 de março de 2025",
    "ru": "до 14 марта 2025 г. включительно",
    "sv": "senast den 14 mars 2025",
    "tr": "en geç 14 Mart 2025 tarihine kadar",
    "zh": "2025年3月14日前（含当日）",
}


def reply_of(name: str, language: str = "en", **changed: object) -> Reply:
    facts = {fact: changed.get(fact, FACTS[fact]) for fact in INVENTORY[name]}
    return Reply(name=name, language=language, facts=facts)


def english_alone(directory: Path) -> Path:
    """A folder of letters with nothing but English, to be broken."""
    shutil.copytree(TEMPLATES / "en", directory / "en")
    return directory
