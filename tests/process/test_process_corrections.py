"""Corrections stand beside what was read and count instead of it; marks of a person outlive later mails; merging."""

from __future__ import annotations

import json

import pytest
from counter import CLAIM, Counter

from bot.core.codec import load
from bot.core.model import Details
from bot.errors import NotAllowed
from bot.worker.acting import perform


def details(counter: Counter, number: str) -> Details:
    return load(Details, counter.case(number)["details"])


def test_a_corrected_detail_counts_and_the_read_one_is_kept(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "correct", field="order_number", value="KS99999", because="typed wrong")
    assert counter.case(number)["order_number"] == "KS99999"
    assert details(counter, number).values("order_number") == ("KS99999",)
    found = [f for f in counter.w.store.cases.show(number)["findings"] if f["field"] == "order_number"]
    assert [(f["value"], f["counts"]) for f in found] == [("KS20418", 0)]
    kept = counter.w.store.cases.show(number)["corrections"]
    assert [(c["field"], c["value"], c["actor"], c["because"]) for c in kept] == [
        ("order_number", "KS99999", "maria", "typed wrong")
    ]
    event = next(e for e in counter.events(number) if e["name"] == "correct")
    assert event["data"]["was"] == ["KS20418"]


def test_a_later_mail_does_not_undo_a_correction(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "correct", field="platform", value="amazon")
    counter.answer(number, "As I said, it is from the official KOSPET store, order KS20418.")
    assert counter.case(number)["platform"] == "amazon"


def test_a_correction_changes_the_verdict(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    assert counter.case(number)["service"] == "free_replacement"
    counter.staff(number, "correct", field="delivery_date", value="2022-01-10")
    case = counter.case(number)
    assert case["service"] == "not_covered"
    shown = counter.w.store.cases.show(number)
    assert "out_of_warranty" in shown["case"]["flags"]
    assert next(c["outcome"] for c in shown["checks"] if c["rule"] == "free_repair.window") == "failed"
    counter.staff(number, "correct", field="delivery_date", value="2025-03-03")
    assert counter.case(number)["service"] == "free_replacement"
    assert not counter.w.store.cases.show(number)["case"]["flags"]


def test_the_last_missing_detail_said_by_staff_ends_the_wait(counter: Counter) -> None:
    number = counter.mail(CLAIM.replace("Order KS20418 from", "It is from").replace("TANK T3 Ultra", "watch"))
    case = counter.case(number)
    assert case["state"] == "waiting_for_details"
    for field, value in (("order_number", "KS20418"), ("model", "tank t3 ultra")):
        counter.staff(number, "correct", field=field, value=value)
    case = counter.case(number)
    assert (case["missing"], case["state"]) == ("photo_or_video", "waiting_for_details"), "a photo is the customer's"
    assert case["model"] == "TANK T3 Ultra"


def test_a_mark_of_a_person_stays_and_one_taken_away_stays_away(counter: Counter) -> None:
    number = counter.mail(CLAIM + "\nI got it second hand from a friend.")
    assert "second_hand" in counter.w.store.cases.show(number)["case"]["flags"]
    counter.staff(number, "unflag", flag="second_hand", because="a gift, the friend is the buyer's wife")
    counter.staff(number, "flag", flag="water_damage")
    counter.answer(number, "Here again: I got it second hand from a friend.")
    flags = counter.w.store.cases.show(number)["case"]["flags"].split(", ")
    assert "second_hand" not in flags
    assert "water_damage" in flags


def test_the_read_findings_of_a_case_never_hold_a_correction(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.staff(number, "correct", field="order_number", value="KS99999")
    counter.answer(number, "Anything else you need?")
    places = {f["place"] for f in counter.w.store.cases.show(number)["findings"]}
    assert "staff" not in places
    assert json.loads(counter.case(number)["details"])["corrections"]


# --- merging --------------------------------------------------------------------------------------

SECOND = "Hello, the strap of my TANK T3 Ultra also came off, order KS30001, bought at your official store.\n"


def merged(counter: Counter) -> tuple[str, str]:
    first = counter.mail(CLAIM)
    second = counter.mail(SECOND)
    assert first != second
    counter.staff(second, "merge", into=first.lower(), because="one customer, one parcel")
    return first, second


def test_a_merged_case_gives_its_mails_parties_and_letters(counter: Counter) -> None:
    first, second = merged(counter)
    one, two = counter.w.store.cases.show(first), counter.w.store.cases.show(second)
    assert sorted(m["who"] for m in one["conversation"]) == ["bot", "bot", "customer", "customer"]
    assert two["conversation"] == []
    assert (two["case"]["state"], two["case"]["waiting_for"], two["case"]["merged_into"]) == ("closed", "nobody", first)
    assert set(counter.case(first)["order_number"].split(", ")) == {"KS20418", "KS30001"}
    assert [e["name"] for e in counter.events(first)][-1] == "took_in"
    assert "merge" in [e["name"] for e in counter.events(second)]
    rows = counter.w.store.db.rows("SELECT letter_number FROM finding f JOIN cases c ON c.id = f.case_id")
    assert {r["letter_number"] for r in rows} == {1, 2}


def test_later_mail_follows_the_merge(counter: Counter) -> None:
    first = counter.mail(CLAIM)
    second = counter.mail(SECOND)
    last = counter.letters()[-1]["Message-ID"]
    counter.staff(second, "merge", into=first)
    assert counter.mail("Any news?", In_Reply_To=last, References=last) == first
    assert counter.mail("One more thing about order KS30001: the buckle is bent.") == first


def test_nothing_is_done_with_a_case_that_went_into_another(counter: Counter) -> None:
    first, second = merged(counter)
    for action, values in (("reopen", {}), ("note", {"text": "x"}), ("merge", {"into": first})):
        with pytest.raises(NotAllowed, match=f"went into {first}"):
            perform(counter.w, second, action, values, "maria")
    with pytest.raises(NotAllowed, match="with itself"):
        perform(counter.w, first, "merge", {"into": second}, "maria")


def test_no_timer_runs_for_a_case_that_went_into_another(counter: Counter) -> None:
    first, second = merged(counter)
    for _ in range(40):
        counter.wait(days=1)
    assert counter.replies(second) == []
    assert counter.replies(first).count("reminder_1") == 1


def test_two_merges_in_a_row_lead_to_the_last(counter: Counter) -> None:
    first, second = merged(counter)
    third = counter.mail("Another TANK T3 Ultra, order KS40001, has no sound.", sender="ben@example.com")
    counter.staff(first, "merge", into=third)
    assert counter.mail("About order KS30001: any news?", Subject="Hello") == third
    assert counter.w.store.cases.heir_of(counter.w.store.cases.id_of(second)) == counter.w.store.cases.id_of(third)
