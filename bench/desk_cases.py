"""Invented cases for ``bench/desk.py``: a database as a busy desk has it after some years, written by plain SQL.

The shares are a guess at a busy year: three cases in a hundred wait for a person, one in ten for the customer, the
rest is over. Mails are put together from sentences in eight languages, numbers follow the shops' shapes.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.store.cases import DIGITS, LETTERS
from bot.store.database import Database
from bot.store.engine import Store
from bot.store.times import stamp

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DAYS = 900
OPEN_DAYS = 150
NAMES = {
    "en": ("Erin Walsh", "Samuel Osei", "Oliver Grant", "Aisha Rahman", "Ben Carter"),
    "de": ("Jana Reuter", "Hannah Fischer", "Jonas Keller", "Jürgen Groß"),
    "fr": ("Claire Dubois", "Ines Moreau", "Lucie Bernard"),
    "es": ("Tomás Herrera", "Carlos Vidal"),
    "it": ("Giulia Ferrante", "Nadia Rossi"),
    "pl": ("Paweł Wójcik", "Ewa Nowak"),
    "ja": ("田中ゆき", "佐藤健"),
    "zh": ("王伟", "李娜"),
}
SENTENCES = {
    "en": "My watch does not turn on any more. I charged it for two hours with another cable. The screen stays black."
    " The battery is empty after half a day. It was bought in your store. I restarted it twice. A photo is attached.",
    "de": "Meine Uhr geht nicht mehr an. Ich habe sie zwei Stunden mit einem anderen Kabel geladen. Das Display bleibt"
    " schwarz. Der Akku ist nach einem halben Tag leer. Ein Foto liegt bei. Was soll ich tun.",
    "fr": "Ma montre ne s'allume plus. Je l'ai chargée deux heures avec un autre câble. L'écran reste noir. La batterie"
    " est vide après une demi-journée. Vous trouverez une photo.",
    "es": "Mi reloj ya no se enciende. Lo cargué dos horas con otro cable. La pantalla sigue negra. Adjunto una foto.",
    "it": "Il mio orologio non si accende più. L'ho caricato due ore con un altro cavo. Lo schermo resta nero.",
    "pl": "Mój zegarek się nie włącza. Ładowałem go dwie godziny innym kablem. Ekran pozostaje czarny.",
    "ja": "時計の電源が入りません。 別のケーブルで二時間充電しました。 画面が黒いままです。"
    " バッテリーがすぐに切れます。",
    "zh": "手表无法开机。 我用另一根线充了两个小时电。 屏幕一直是黑的。 电池半天就没电了。",
}
MODELS = ("TANK T3 Ultra", "TANK T3 Ultra 2", "TANK M3", "TANK M3 Ultra", "TANK T2", "MAGIC P10", "MAGIC R10", "ORB 2")
PLATFORMS = ("kospet_store", "kospet_store", "kospet_store", "amazon", "aliexpress", "ebay", "")
SERVICES = ("free_repair", "free_repair", "free_replacement", "unconditional_return", "paid_service", None)
FLAGS = ("between_one_and_two_years", "blurry_photo", "third_party_seller", "second_hand", "water_damage", "unclear")
SYMPTOMS = ("power", "battery", "display", "strap", "pairing")
DOUBTS = (
    ("complete", {"service": "free_repair", "model": "TANK T3 Ultra"}),
    ("between_one_and_two_years", {"months": 16}),
    ("third_party_seller", {"platform": "Amazon"}),
    ("excluded", {"flag": "water_damage"}),
    ("second_hand", {}),
    ("unclear", {}),
    ("threat", {}),
)
# state, whose turn, how often in a thousand
SHARES = (
    ("ready_for_staff", "staff", 24),
    ("at_service_centre", "staff", 4),
    ("inspected", "staff", 2),
    ("waiting_for_details", "customer", 60),
    ("quoted", "customer", 10),
    ("approved", "customer", 20),
    ("parcel_announced", "carrier", 15),
    ("returning", "carrier", 15),
    ("closed", "nobody", 250),
    ("completed", "nobody", 600),
)
TABLES = {
    "cases": "id, number, state, language, kind, service, order_number, platform, model, doubt_id, doubt_facts, why,"
    " next_actor, answer_by, reply_by, opened_at, first_mail_on, updated_at, policy_hash, details, state_since",
    "party": "case_id, address, since, proof",
    "letter": "id, case_id, number, from_address, from_name, subject, own_words, quoted, text, language, kind,"
    " message_id, sent_at, received_at",
    "finding": "case_id, letter_id, letter_number, field, value, place, span_start, span_end, words, confidence, note,"
    " counts",
    "flag": "case_id, flag, since, words",
    "event": "case_id, at, actor, name, data",
    "file": "sha256, size, kind, created_at",
    "outbox": "dedupe_key, case_id, case_version, cause_key, reply, language, recipient, recipient_domain, message_id,"
    " subject, body_text, raw_sha256, automatic, state, next_try, held_reason, created_at, sent_at",
}
Rows = dict[str, list[tuple[object, ...]]]


def fill(store: Store, cases: int, chance: random.Random) -> None:
    """Write so many cases, the oldest first, and index them as the product does."""
    insert(store.db, cases, chance)
    store.search.rebuild()
    store.set_logical_now(NOW)


def insert(db: Database, cases: int, chance: random.Random) -> None:
    """The rows alone, in transactions of a thousand cases."""
    numbers = case_numbers(chance)
    for first in range(1, cases + 1, 1000):
        rows: Rows = {table: [] for table in TABLES}
        for place in range(first, min(first + 1000, cases + 1)):
            one_case(rows, place, next(numbers), cases, chance)
        with db.write():
            for table, columns in TABLES.items():
                marks = ", ".join("?" * len(columns.split(",")))
                db.writer.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows[table])


def case_numbers(chance: random.Random) -> Iterator[str]:
    """Different ones, in the product's shape."""
    seen: set[str] = set()
    while True:
        number = "".join(chance.choice(LETTERS) + chance.choice(DIGITS) for _ in range(3))
        if number not in seen:
            seen.add(number)
            yield number


def order_number(platform: str, chance: random.Random) -> str:
    """In the shape of its shop."""
    digits = [f"{chance.randrange(10**7):07}" for _ in range(2)]
    return "-".join(("302", *digits)) if platform == "amazon" else f"KS{chance.randrange(10**5, 10**7)}"


def one_case(rows: Rows, place: int, number: str, cases: int, chance: random.Random) -> None:
    """One case with its mails, details, marks, events and letters."""
    at = NOW - timedelta(days=DAYS * (1 - place / cases), minutes=chance.randrange(600))
    open_ = at > NOW - timedelta(days=OPEN_DAYS)
    state, actor, _ = chance.choices(SHARES, [s[2] * (8 if open_ and s[1] != "nobody" else 1) for s in SHARES])[0]
    if not open_ and actor == "staff":
        state, actor = "completed", "nobody"
    language = chance.choices(tuple(NAMES), (30, 25, 12, 8, 8, 7, 5, 5))[0]
    name = chance.choice(NAMES[language])
    address = f"customer{place}@example.com"
    platform, model, service = chance.choice(PLATFORMS), chance.choice(MODELS), chance.choice(SERVICES)
    order = order_number(platform, chance)
    doubt, facts = chance.choice(DOUBTS) if actor == "staff" else ("", {})
    day = at.date()
    answer_by = (NOW + timedelta(days=chance.randrange(-3, 4))).date().isoformat() if actor == "staff" else None
    reply_by = (day + timedelta(days=14)).isoformat() if actor == "customer" else None
    changed = min(at + timedelta(days=chance.randrange(12)), NOW)
    found = [("order_number", order), ("platform", platform), ("model", model), ("symptom", chance.choice(SYMPTOMS))]
    if actor == "carrier" or chance.random() < 0.2:
        found.append(("tracking_number", f"00340434{chance.randrange(10**12):012}"))
    details = details_of(found, chance)
    rows["cases"].append((
        place, number, state, language, "new_claim", service, order, platform, model, doubt, json.dumps(facts), doubt,
        actor, answer_by, reply_by, stamp(at), day.isoformat(), stamp(changed), "p", details, stamp(changed),
    ))  # fmt: skip
    rows["party"].append((place, address, stamp(at), "first mail"))
    for n in range(chance.choice((1, 1, 2, 3))):
        words = " ".join(chance.choices(SENTENCES[language].split(". "), k=chance.randrange(3, 12)))
        words = f"{words}\n{order} {model}\n{name}"
        rows["letter"].append((
            place * 4 + n, place, n + 1, address, name, f"{model}: {words[:40]}", words, "", words, language,
            "new_claim", f"m{place}.{n}@example.com", stamp(at), stamp(at + timedelta(hours=n)),
        ))  # fmt: skip
    for field, value in found:
        rows["finding"].append((place, place * 4, 1, field, value, "own_words", 0, 5, value, 0.9, "", 1))
    marks = set(chance.sample(FLAGS, chance.choice((0, 0, 1, 2))))
    if chance.random() < 0.01:
        marks.add("safety_hazard")
    rows["flag"] += [(place, flag, stamp(at), "") for flag in sorted(marks)]
    rows["event"] += [(place, stamp(at), "bot", name, "{}") for name in ("opened", "asked", "letter_sent")]
    for n in range(chance.choice((1, 2))):
        sha256 = hashlib.sha256(f"{place}.{n}".encode()).hexdigest()
        held = actor == "customer" and chance.random() < 0.005
        rows["file"].append((sha256, 2000, "letter", stamp(at)))
        rows["outbox"].append((
            f"{place}.{n}", place, 1, "", "details_needed", language, address, "example.com",
            f"o{place}.{n}@example.com", "Your watch", "Please send a photo.", sha256, int(chance.random() < 0.7),
            "held" if held else "accepted", stamp(at), "address_day" if held else "", stamp(at),
            None if held else stamp(changed),
        ))  # fmt: skip


def details_of(found: list[tuple[str, str]], chance: random.Random) -> str:
    """As long as the details of a real case are."""
    place = {"place": "own_words", "start": 0, "end": 5, "confidence": 0.9}
    place |= {"letter": 1, "replaces": False, "note": ""}
    rows = [{"field": field, "value": value, "words": value, **place} for field, value in found]
    return json.dumps({"findings": rows * chance.randrange(1, 4), "corrections": []})
