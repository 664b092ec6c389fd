"""One request by two ways is one case, in either order; what cases of other people share is a quiet sign for staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from counter import ANNA, CLAIM, Counter, open_counter, photo
from sink import Sink

from bot.worker.wiring import Wiring

FORM = "returns@shop.example.com"
NOTICE = "New request in the Return Center.\n\nOrder number: KS20418\nReason: defective\nCustomer: Anna Example\n"


@pytest.fixture
def counter(tmp_path: Path, sink: Sink, shared: Wiring) -> Iterator[Counter]:
    with open_counter(tmp_path, sink, shared, f'[trust]\nform_senders = ["{FORM}"]\n') as made:
        yield made


def notice(counter: Counter, text: str = NOTICE, customer: str = ANNA) -> str:
    reply_to = {"Reply_To": f"Anna Example <{customer}>"} if customer else {}
    return counter.mail(text, sender=FORM, Subject="Return request", **reply_to)


def cases(counter: Counter) -> int:
    return len(counter.w.store.db.rows("SELECT id FROM cases"))


def test_the_form_first_and_then_the_mail(counter: Counter) -> None:
    assert notice(counter) == counter.mail(CLAIM)
    assert cases(counter) == 1


def test_the_mail_first_and_then_the_form(counter: Counter) -> None:
    first = counter.mail(CLAIM)
    sent = len(counter.letters())
    assert notice(counter) == first
    assert cases(counter) == 1
    assert len(counter.letters()) == sent, "the customer was asked already"


def test_the_form_without_an_order_is_known_by_the_customer(counter: Counter) -> None:
    first = notice(counter, "New request in the Return Center. Reason: defective.")
    assert counter.mail(CLAIM) == first


def test_the_form_that_names_no_customer_is_known_by_the_order(counter: Counter) -> None:
    first = notice(counter, customer="")
    assert counter.letters() == [], "nobody can be written to"
    assert counter.mail(CLAIM) == first
    assert counter.letters()[-1]["To"] == ANNA
    counter.staff(first, "approve", service="free_repair", address="eu")
    assert counter.letters()[-1]["To"] == ANNA
    assert counter.answer(first, "Here is more.") == first, "the sender is a party now"


def test_a_form_of_another_order_is_another_case(counter: Counter) -> None:
    first = counter.mail(CLAIM)
    assert notice(counter, NOTICE.replace("KS20418", "KS58213")) != first


def test_a_form_is_never_joined_to_somebody_elses_case(counter: Counter) -> None:
    first = counter.mail(CLAIM, sender="ben@example.com")
    second = notice(counter)
    assert second != first
    assert "same_order_elsewhere" in counter.w.store.cases.show(second)["case"]["flags"]


def test_a_form_beside_a_complete_request_is_confirmed(counter: Counter) -> None:
    first = counter.mail(CLAIM)
    with counter.w.store.write():
        counter.w.store.db.execute("UPDATE cases SET state = 'ready_for_staff', next_actor = 'staff'")
    assert notice(counter, NOTICE) == first
    assert counter.replies(first)[-1] == "case_joined"
    assert counter.letters()[-1]["To"] == ANNA


# --- quiet flags ----------------------------------------------------------------------------------


def flags(counter: Counter, number: str) -> set[str]:
    return set((counter.w.store.cases.show(number)["case"]["flags"] or "").split(", ")) - {""}


def test_the_same_order_from_another_sender_is_marked(counter: Counter) -> None:
    first = counter.mail(CLAIM)
    second = counter.mail(CLAIM, sender="ben@example.com")
    assert "same_order_elsewhere" not in flags(counter, first)
    assert "same_order_elsewhere" in flags(counter, second)
    assert counter.replies(second) == counter.replies(first), "no letter says so"
    counter.answer(second, "My order is KS20418, what else do you need?", sender="ben@example.com")
    assert "same_order_elsewhere" in flags(counter, second)


def test_the_same_order_from_the_same_sender_is_not(counter: Counter) -> None:
    first = counter.mail(CLAIM)
    counter.staff(first, "close")
    second = counter.mail(CLAIM)
    assert "same_order_elsewhere" not in flags(counter, second)


def test_the_same_picture_in_somebody_elses_case_is_marked(counter: Counter) -> None:
    counter.mail(CLAIM, photo=photo())
    second = counter.mail(CLAIM.replace("KS20418", "KS30003"), sender="ben@example.com", photo=photo())
    other = counter.mail(CLAIM.replace("KS20418", "KS30004"), sender="eve@example.com", photo=photo(seed=2))
    assert "same_picture_elsewhere" in flags(counter, second)
    assert "same_picture_elsewhere" not in flags(counter, other)


@pytest.mark.parametrize(("days", "older"), [(-30, True), (2, False)])
def test_a_picture_from_before_the_delivery_is_marked(counter: Counter, days: int, older: bool) -> None:
    taken = (counter.clock.at.replace(day=3) + timedelta(days=days)).date().isoformat()
    number = counter.mail(CLAIM, photo=photo(taken=taken))
    assert ("picture_older_than_delivery" in flags(counter, number)) is older
