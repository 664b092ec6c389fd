"""Random lives of cases through the real worker, store and mail server: budgets hold, promises hold, nothing hangs."""

from __future__ import annotations

import tempfile
from collections import Counter as Count
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from time import sleep
from typing import Any

from counter import ANNA, CLAIM, Counter, open_counter, photo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sink import Sink

from bot.core.model import State
from bot.core.warranty.actions import ACTIONS
from bot.core.warranty.lifecycle import TRANSITIONS
from bot.errors import NotAllowed
from bot.replies.promises import promises_of
from bot.store.times import moment
from bot.worker.acting import perform
from bot.worker.wiring import Wiring

MAILS = (
    CLAIM,
    "Order KS20418, delivered on 3 March 2025.",
    "How far are you?",
    "Thank you!",
    "Yes, please go ahead.",
    "No thanks, too expensive.",
    "Please cancel my request.",
    "Sent with DHL, tracking number 00340434161094042557.",
    "It gets burning hot and the back is swollen!",
    "I will call my lawyer.",
)
STAFF: tuple[tuple[str, dict[str, Any]], ...] = (
    ("approve", {"service": "free_repair", "address": "eu"}),
    ("decline", {"reason": "misuse_or_accident"}),
    ("quote", {"total": "39.90", "currency": "EUR"}),
    ("consent", {"address": "us"}),
    ("decline", {"reason": "broken_or_wet", "note": "We repair it for free all the same."}),
    ("approve", {"service": "unconditional_return", "address": "eu", "note": "You get a voucher, too."}),
    ("safety", {"note": "Please send it to us, we refund you tomorrow."}),
    ("inspected", {"result": "liquid"}),
    ("inspected", {"result": "impact", "reason": "misuse_or_accident"}),
    ("received", {}),
    ("inspected", {"result": "confirmed", "service": "free_repair"}),
    ("sent-back", {"tracking": ["00340434161094042557"]}),
    ("refunded", {"total": "39.90", "currency": "EUR"}),
    ("answer", {"text": "Of course we repair it free of charge."}),
    ("answer", {"text": "The strap is 22 mm wide."}),
    ("close", {}),
    ("reopen", {}),
    ("take", {}),
    ("give-back", {}),
    ("correct", {"field": "delivery_date", "value": "2022-01-01"}),
)
# What a decision grants, and the letters that may say it: written down here again, apart from the guard.
GRANTED: dict[str, set[str]] = {
    "unconditional_return": {"approval", "refund"},
    "free_replacement": {"approval", "free_replacement", "we_pay_shipping"},
    "free_repair": {"approval", "free_repair", "we_pay_shipping"},
    **{service: set() for service in ("", "paid_service", "not_covered", "undecided")},
}
MAY_PROMISE = ("approved_return", "approved_replacement", "approved_repair", "inspection_result")
steps = st.lists(
    st.one_of(
        st.tuples(st.just("mail"), st.integers(0, len(MAILS) - 1)),
        st.tuples(st.just("photo"), st.just(0)),
        st.tuples(st.just("staff"), st.integers(0, len(STAFF) - 1)),
        st.tuples(st.just("days"), st.sampled_from((1, 4, 8, 15, 31))),
    ),
    min_size=3,
    max_size=9,
)


def live(counter: Counter, history: list[tuple[str, int]]) -> None:
    number, decided, seen = counter.mail(CLAIM), "", 0
    for what, which in history:
        if what == "mail":
            counter.answer(number, MAILS[which])
        elif what == "photo":
            counter.answer(number, "Here is the photo.", photo=photo())
        elif what == "days":
            counter.wait(days=which)
        else:
            action, values = STAFF[which]
            case = counter.case(number)
            allowed = not ACTIONS[action].event or ACTIONS[action].event in TRANSITIONS[State(case["state"])]
            before = counter.everything()
            try:
                perform(counter.w, number, action, values, "maria")
                decided = after(action, values, decided)
            except NotAllowed:
                assert not allowed or (action in ("approve", "consent") and hazardous(counter, number))
                assert counter.everything() == before, "what is not allowed changes nothing"
            counter.wait(minutes=5)
        letters = own_letters(counter)
        for sent in letters[seen:]:
            promises_nothing_else(counter, sent, decided, hazardous(counter, number))
        seen = len(letters)
        look(counter, number)


def own_letters(counter: Counter) -> list[EmailMessage]:
    """What the mail server took from this desk, all of it: it notes a mail a moment after it said yes."""
    taken = {row["message_id"] for row in counter.w.store.db.rows("SELECT * FROM outbox WHERE state = 'accepted'")}
    for _ in range(200):
        letters = [mail for mail in counter.letters() if str(mail["Message-ID"]).strip("<>") in taken]
        if len(letters) >= len(taken):
            break
        sleep(0.01)
    return letters


def after(action: str, values: dict[str, Any], decided: str) -> str:
    """What a person has decided on after an action, kept by this test alone."""
    if action == "decline" or values.get("reason"):
        return "not_covered"
    if action in ("quote", "consent"):
        return "paid_service"
    if action == "inspected":
        return str(values.get("service") or (decided if values["result"] == "confirmed" else "undecided"))
    return str(values.get("service") or decided)


def hazardous(counter: Counter, number: str) -> bool:
    cases = counter.w.store.cases
    return "safety_hazard" in cases.snapshot(cases.id_of(number)).flags


def promises_nothing_else(counter: Counter, sent: EmailMessage, decided: str, hazard: bool) -> None:
    """The bytes that the mail server took: their words promise what was decided, and nothing beyond it."""
    body = sent.get_body(("plain",))
    assert body is not None
    text = " ".join(str(body.get_content()).split())
    speech = counter.w.letters.speech(str(sent["Content-Language"]))
    name = str(sent["Message-ID"]).split(".")[1]
    refund = {"refund"} if GRANTED[decided] and name == "refund_ordered" else set()
    allowed = GRANTED[decided] if name in MAY_PROMISE else refund
    assert promises_of(f"{sent['Subject']}\n{text}", speech) <= allowed, f"{name} after {decided or 'no decision'}"
    if hazard:
        assert "Repair Street" not in text, name
        assert "UN 3481" not in text, name
        assert speech.phrase("try.intro") not in text, name


def look(counter: Counter, number: str) -> None:
    case = counter.case(number)
    assert case["next_actor"] in ("customer", "staff", "carrier", "nobody")
    assert (case["next_actor"] == "nobody") <= (case["state"] in ("completed", "withdrawn", "closed"))
    rows = counter.w.store.db.rows("SELECT * FROM outbox WHERE recipient = :a ORDER BY id", a=ANNA)
    automatic = [moment(r["sent_at"]) for r in rows if r["sent_at"] and r["automatic"] and not r["released_by"]]
    for days, most in ((1, counter.w.budgets.address_per_day), (7, counter.w.budgets.address_per_week)):
        assert busiest(automatic, timedelta(days=days)) <= most
    assert {r["held_reason"] for r in rows} <= {
        "",
        "address_day",
        "address_week",
        "same_reply",
        "case_taken_over",
        "case_changed",
        "promise",  # what staff typed beyond their decision: it never leaves
    }
    assert Count(r["message_id"] for r in rows).most_common(1)[0][1] == 1
    assert counter.w.store.db.rows("SELECT * FROM arrival WHERE outcome = 'quarantined'") == []
    counter.w.store.check()


def busiest(times: list[datetime], window: timedelta) -> int:
    """The most letters within any window of that length."""
    return max((sum(start <= t < start + window for t in times) for start in times), default=0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_no_history_breaks_a_budget_a_promise_or_the_tables(
    sink: Sink, shared: Wiring, history: list[tuple[str, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, open_counter(Path(folder), sink, shared) as counter:
        sink.kept.clear()
        live(counter, history)
