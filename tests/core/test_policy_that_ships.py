"""The policy that comes with the program: it loads, says what the warranty says, and reads the numbers people send."""

from __future__ import annotations

import re
import time

import pytest

from bot.config import default_folder, load_policy
from bot.core.codec import dump, load
from bot.core.details.parcel import CHECKS
from bot.core.model import Policy, Window
from bot.core.warranty.policy_patterns import matches
from bot.core.warranty.policy_rows import CHECK_RULES

PLATFORMS = [
    "kospet_store",
    "amazon",
    "aliexpress",
    "ebay",
    "walmart",
    "tiktok_shop",
    "temu",
    "shopee",
    "lazada",
    "banggood",
    "geekbuying",
    "allegro",
    "ozon",
    "mercado_libre",
    "bol",
    "alza",
    "mediamarkt",
    "retailer",
    "olx",
    "instagram",
    "other",
]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(default_folder("policy"))


def test_the_policy_that_ships_loads_and_survives_json(policy: Policy) -> None:
    assert load(Policy, dump(policy)) == policy


def test_the_three_services_are_those_of_the_table(policy: Policy) -> None:
    rows = [(s.id, s.request, s.sellers, s.window, s.shipping_paid_by) for s in policy.services]
    assert rows == [
        ("unconditional_return", "return", ("official_store",), Window(days=30, since="delivery"), "customer"),
        ("free_replacement", "quality", ("official_store",), Window(days=30, since="delivery"), "seller"),
        (
            "free_repair",
            "quality",
            ("official_store", "authorised_dealer"),
            Window(years=2, since="delivery"),
            "seller",
        ),
    ]


def test_a_sealed_return_is_asked_for_its_condition_and_not_for_a_defect(policy: Policy) -> None:
    asked = {r.id for r in policy.required if "return" in r.requests}
    assert asked == {"order_number", "order_platform", "model", "item_condition"}


def test_a_hazard_is_never_asked_what_was_tried(policy: Policy) -> None:
    (row,) = (r for r in policy.required if r.id == "troubleshooting")
    assert "safety_hazard" in row.unless_flags


def test_no_row_asks_for_a_product_registration(policy: Policy) -> None:
    assert not [r.id for r in policy.required if "regist" in r.id]


def test_there_are_nine_exclusions_one_for_each_row_of_the_policy(policy: Policy) -> None:
    assert [e.clause for e in policy.exclusions] == [f"exclusions, row {n}" for n in range(1, 10)]


def test_every_contradiction_of_the_policy_goes_to_a_person_or_has_a_default(policy: Policy) -> None:
    assert {q.flag for q in policy.open_questions if q.until_decided == "staff" and q.flag} >= {
        "between_one_and_two_years",
        "third_party_seller",
        "second_hand",
    }
    assert all(q.default and q.clauses for q in policy.open_questions)


def test_all_platforms_of_the_vocabulary_are_there_and_only_the_store_is_official(policy: Policy) -> None:
    assert [p.id for p in policy.platforms] == PLATFORMS
    assert [p.id for p in policy.platforms if p.seller == "official_store"] == ["kospet_store"]


@pytest.mark.parametrize(
    ("number", "platforms"),
    [
        ("KS20418", ["kospet_store"]),
        ("#EU10234", ["kospet_store"]),
        ("302-7741093-2265841", ["amazon"]),
        ("250-3381746-5590218", ["amazon"]),  # Japan
        ("8187 5530 0146 7722", ["aliexpress"]),  # as the app shows it
        ("2000009184417723", ["mercado_libre"]),  # also 16 digits
        ("14-08321-77452", ["ebay"]),
        ("2000132-49321375", ["walmart"]),
        ("576461413038785512", ["tiktok_shop"]),
        ("PO-211-07733916623872", ["temu"]),
        ("251227DGWNKEAV", ["shopee"]),
        ("20251227123456", []),  # digits only: no Shopee order
        ("48120573-0192", ["ozon"]),
        ("a3f1c2d0-5b7e-11ef-9c44-0f2b7d6e8a91", ["allegro"]),
        ("354812091234567", []),  # an IMEI
        ("1Z5R89390357567127", []),  # a parcel
        ("01711234567", []),  # a phone
    ],
)
def test_an_order_number_has_the_shape_of_one_platform(policy: Policy, number: str, platforms: list[str]) -> None:
    fits = [p.id for p in policy.platforms if p.order_pattern and matches(p.order_pattern, number)]
    assert fits == platforms


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("1Z5R89390357567127", "ups"),
        ("00340434292135100186", "dhl"),
        ("6A17293804550", "colissimo"),
        ("RR473018255CN", "s10"),
        ("UF473018255YP", "yanwen"),
        ("YT2229521272164446", "yunexpress"),
        ("3SDEVC012345678", "postnl"),
        ("Z1234567890", "packeta"),
        ("TBA123456789012", "amazon_logistics"),
        ("PR110604670130400C", "correos"),
        ("9405803699300124287899", "usps"),
        ("JT1234567890123", "jt_express"),
    ],
)
def test_a_number_with_a_mark_of_its_own_names_its_carrier(policy: Policy, number: str, carrier: str) -> None:
    assert {c.id for c in policy.carriers if not c.needs_word and matches(c.pattern, number)} == {carrier}


@pytest.mark.parametrize(
    "number",
    ["123456789012", "1234567890", "09980000020033", "354812091234567", "8187553001467722", "620012345678901234567890"],
)
def test_digits_alone_never_name_a_carrier(policy: Policy, number: str) -> None:
    fits = [c for c in policy.carriers if matches(c.pattern, number)]
    assert fits
    assert all(c.needs_word for c in fits)


def test_every_check_rule_that_may_be_written_exists() -> None:
    assert set(CHECK_RULES) <= set(CHECKS)


def test_every_sample_of_a_parcel_number_passes_the_check_of_its_row(policy: Policy) -> None:
    failing = [(c.id, c.check, n) for c in policy.carriers for n in c.samples if not CHECKS[c.check](n)]
    assert failing == []


def test_the_models_that_are_easily_confused_are_rows_of_their_own(policy: Policy) -> None:
    ids = {m.id for m in policy.models}
    assert {"TANK T3", "TANK T3 Ultra", "TANK T3 Ultra 2", "TANK M3", "TANK M3 Ultra", "MAGIC R10"} <= ids


def test_every_model_is_known_by_its_own_name(policy: Policy) -> None:
    for model in policy.models:
        assert model.id.lower() in {name.lower() for name in model.names}, model.id


def test_names_that_are_also_ordinary_words_are_marked(policy: Policy) -> None:
    marked = {m.id for m in policy.models if m.common_word}
    assert {"HOPE", "PRIME", "NOTE", "ROCK", "TANK X1", "TANK T1", "TANK S1"} <= marked
    assert "TANK T3 Ultra" not in marked


def test_no_pattern_that_ships_is_slow(policy: Policy) -> None:
    patterns = [p.order_pattern for p in policy.platforms] + [p.labelled_pattern for p in policy.platforms]
    patterns += [c.pattern for c in policy.carriers]
    hostile = ["1" * 5000, "1-" * 2500, "A1" * 2500, "1" * 63 + "!", "PO-211-" + "1" * 5000]
    began = time.perf_counter()
    for pattern in filter(None, patterns):
        for text in hostile:
            re.fullmatch(pattern, text, re.IGNORECASE)
            re.search(pattern, text, re.IGNORECASE)
    assert time.perf_counter() - began < 5
