"""Parcel numbers against a public list of real ones: valid ones are recognised, invalid ones not as their carrier's."""

import json
import os
import re
from pathlib import Path

import pytest
from written import ROOT, found, shipped_policy

from bot.core.details.parcel import CHECKS

CORPORA = Path(os.environ.get("AFTER_SALES_CORPORA", ROOT.parent / "shared" / "corpora"))
LIST = CORPORA / "labels" / "tracking.jsonl"


def carriers_of(number: str) -> list[str]:
    """Carriers whose shape and check digit fit."""
    compact = re.sub(r"[^0-9A-Z]", "", number.upper())
    fits = [c for c in shipped_policy().carriers if c.pattern and re.fullmatch(c.pattern, compact, re.IGNORECASE)]
    return [c.id for c in fits if CHECKS[c.check](compact)]


@pytest.mark.parametrize(
    ("number", "carrier", "right"),
    [
        ("1Z5R89390357567127", "ups", True),
        ("1Z5R89390357567128", "ups", False),  # one digit off
        ("RB123456785GB", "s10", True),
        ("RB123456786GB", "s10", False),
        ("C11031500001879", "ontrac", True),
        ("C11031500001889", "ontrac", False),
        ("9622001900000000000000776632517510", "fedex", True),
        ("9622001560001234567100794808390595", "fedex", False),
        ("K2479825491", "ups", True),
        ("K2479825492", "ups", False),
        ("6A1" + "7293804551", "colissimo", False),  # a mistyped one is still taken beside its label, see below
    ],
)
def test_check_digits_tell_right_numbers_from_mistyped_ones(number, carrier, right):
    assert (carrier in carriers_of(number)) is right


def test_a_mistyped_number_is_kept_beside_its_label():
    assert found("tracking number 1Z5R89390357567128").values("tracking_number") == ("1Z5R89390357567128",)


@pytest.mark.skipif(not LIST.is_file(), reason="the public list of parcel numbers is not here")
def test_every_number_of_the_public_list_is_judged_as_it_says():
    rows = [json.loads(line) for line in LIST.read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 200
    unknown = [r["number"] for r in rows if r["valid"] and not carriers_of(r["number"])]
    wrong = [r["number"] for r in rows if not r["valid"] and r["courier"] in carriers_of(r["number"])]
    assert (unknown, wrong) == ([], [])
