"""What counts as evidence: the rule on top of all looks."""

from __future__ import annotations

import pytest

from bot.core.details.evidence import counts_as_evidence, may_show_the_watch, shows_an_order
from bot.core.model import Look


@pytest.mark.parametrize(
    ("kind", "faults", "text", "evidence", "order"),
    [
        ("photo", (), "", True, False),
        ("photo", ("blurred",), "", False, False),
        ("photo", ("dark",), "", False, False),
        ("photo", ("small",), "", False, False),
        ("video", (), "", True, False),
        ("video", ("not_opened",), "", False, False),
        ("screenshot", (), "Order #48213 Total $129.99", False, True),  # an order
        ("screenshot", (), "Bestellnummer 302-1234567-7654321 Summe 99,00 €", False, True),
        ("screenshot", (), "Heart rate 180 bpm 12:45", False, False),  # the watch's app: a person decides
        ("screenshot", (), "Battery 3% Version 1.0.12", False, False),
        ("document", (), "Invoice 4410022991 EUR 129.00", False, True),
        ("logo", (), "", False, False),
        ("unreadable", ("not_opened",), "", False, False),
        ("other", (), "", False, False),
    ],
)
def test_what_counts_as_evidence(kind: str, faults: tuple[str, ...], text: str, evidence: bool, order: bool) -> None:
    found = Look(kind=kind, faults=faults, text=text)
    assert counts_as_evidence(found) is evidence
    assert shows_an_order(found) is order
    assert may_show_the_watch(found) is (kind == "screenshot" and not order)
