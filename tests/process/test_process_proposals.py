"""A case that needs a person carries its most likely answers, each with the letter ready and one command to send it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from counter import CLAIM, Counter, open_counter, photo
from sink import Sink

from bot.cli import main
from bot.core.warranty.actions import possible_actions
from bot.core.warranty.choice import DOUBTS
from bot.core.warranty.lifecycle import TURNS
from bot.core.warranty.proposals import BY_STATE, PROPOSALS
from bot.core.warranty.timers import TIMERS
from bot.worker.proposing import Offered, offered
from bot.worker.wiring import Wiring

DROPPED = CLAIM + "It fell on the floor and the glass cracked.\n"
OLD = CLAIM.replace("3 March 2025", "3 March 2022")
SECOND = CLAIM.replace("3 March 2025", "3 December 2023")


@pytest.fixture
def counter(tmp_path: Path, sink: Sink, shared: Wiring) -> Iterator[Counter]:
    folder = f'[templates]\nfolder = "{shared.letters.directory}"\n[returns]\naddress = "eu"\n'
    with open_counter(tmp_path, sink, shared, folder) as made:
        yield made


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., int]:
    def run(*words: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main([*words, "-c", str(tmp_path / "config.toml")])
        return int(ended.value.code or 0)

    return run


def said(offers: tuple[Offered, ...]) -> list[tuple[str, str]]:
    """Action, and the service or reason."""
    return [
        (o.proposal.action, str(o.proposal.values.get("service") or o.proposal.values.get("reason") or ""))
        for o in offers
    ]


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        (CLAIM, [("approve", "free_replacement"), ("ask", "")]),
        (DROPPED, [("decline", "misuse_or_accident"), ("approve", "free_replacement")]),
        (OLD, [("decline", "out_of_warranty"), ("quote", "")]),
        (SECOND, [("approve", "free_repair"), ("decline", "out_of_warranty")]),
        (CLAIM + "I bought it second hand.", [("decline", "second_hand"), ("approve", "free_replacement")]),
        (CLAIM + "I will send my lawyer.", [("approve", "free_replacement")]),
        (DROPPED + "I will send my lawyer.", [("approve", "free_replacement"), ("decline", "misuse_or_accident")]),
        (CLAIM.replace("your official store", "Amazon"), [("approve", "free_repair"), ("correct", "")]),
        (CLAIM + "I want a real person.", [("take", ""), ("approve", "free_replacement")]),
        (CLAIM + "The back is swollen and hot.", [("safety", ""), ("take", "")]),
    ],
)
def test_what_is_proposed_follows_from_the_verdict_and_the_doubt(
    counter: Counter, text: str, proposed: list[tuple[str, str]]
) -> None:
    number = counter.mail(text, photo=photo())
    assert counter.case(number)["next_actor"] == "staff"
    assert said(offered(counter.w, number)) == proposed


@pytest.mark.parametrize("text", [CLAIM, DROPPED, OLD, SECOND])
def test_each_proposal_that_lacks_nothing_has_its_letter_and_writes_nothing(counter: Counter, text: str) -> None:
    number = counter.mail(text, photo=photo())
    before = counter.everything()
    offers = offered(counter.w, number)
    assert counter.everything() == before
    for offer in offers:
        assert offer.why_none == ""
        if not offer.proposal.open:
            assert offer.draft is not None
            assert offer.recipient == "anna@example.com"


def test_a_refusal_is_drafted_with_its_reason_and_what_can_be_had_instead(counter: Counter) -> None:
    number = counter.mail(DROPPED, photo=photo())
    refusal = offered(counter.w, number)[0]
    assert refusal.draft is not None
    assert "does not cover damage by a fall" in refusal.draft.text
    assert "rights under the law" in refusal.draft.text
    assert (refusal.proposal.clause, refusal.state) == ("exclusions, row 2", "declined")


def test_a_price_is_left_to_a_person(counter: Counter) -> None:
    number = counter.mail(DROPPED + "How much would a repair cost?", photo=photo())
    quote = offered(counter.w, number)[0]
    assert (quote.proposal.action, quote.proposal.open, quote.draft) == ("quote", ("total", "currency"), None)


def test_one_command_sends_what_was_shown(
    counter: Counter, call: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    number = counter.mail(DROPPED, photo=photo())
    capsys.readouterr()
    assert call("case", number, "--json") == 0
    rows = json.loads(capsys.readouterr().out)["proposals"]
    assert [row["action"] for row in rows] == ["decline", "approve"]
    words = shlex.split(rows[0]["command"])
    assert words[:4] == ["after-sales", "case", number, "decline"]
    assert call("case", number) == 0
    shown = capsys.readouterr().out
    assert "Proposed" in shown
    assert rows[0]["command"] in shown
    assert rows[0]["letter"]["subject"] in shown
    assert call(*words[1:]) == 0
    assert counter.case(number)["state"] == "declined"
    sent = counter.w.store.db.rows("SELECT subject, body_text FROM outbox ORDER BY id DESC LIMIT 1")[0]
    assert sent == {"subject": rows[0]["letter"]["subject"], "body_text": rows[0]["letter"]["text"]}


def test_nothing_is_proposed_where_it_is_not_our_turn(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    assert counter.case(number)["next_actor"] == "customer"
    assert offered(counter.w, number) == ()


def test_after_the_parcel_the_next_step_is_proposed(counter: Counter) -> None:
    number = counter.mail(CLAIM, photo=photo())
    counter.staff(number, "approve", service="free_replacement", address="eu")
    counter.answer(number, "I sent it today with DHL, tracking number 00340434161094042557.")
    assert said(offered(counter.w, number)) == [("received", "")]
    counter.staff(number, "received")
    assert [o.proposal.action for o in offered(counter.w, number)] == ["inspected", "inspected"]
    counter.staff(number, "inspected", result="confirmed")
    assert [o.proposal.action for o in offered(counter.w, number)] == ["sent-back", "refunded"]


def test_the_address_of_the_customers_country_is_proposed(tmp_path: Path, sink: Sink, shared: Wiring) -> None:
    with open_counter(tmp_path / "de", sink, shared) as counter:
        german = counter.mail(
            CLAIM.replace("KS20418", "302-7741093-2265841").replace("your official store", "amazon.de"), photo=photo()
        )
        address = {o.proposal.action: o.proposal.values.get("address") for o in offered(counter.w, german)}
        assert address["approve"] == "eu"
        english = counter.mail(CLAIM.replace("KS20418", "KS30003"), sender="ben@example.com", photo=photo(seed=2))
        approve = offered(counter.w, english)[0].proposal
        assert (approve.action, approve.open) == ("approve", ("address",)), (
            "nothing tells the country: a person chooses"
        )


# --- the table ----------------------------------------------------------------------------------


def test_every_doubt_that_staff_can_get_has_its_proposals() -> None:
    alerts = {timer.alert for timer in TIMERS} - {"", "overdue"}
    assert {name for name, _, _ in DOUBTS} | alerts | {"unreadable"} <= set(PROPOSALS)


def test_every_state_in_which_staff_act_has_its_proposals() -> None:
    assert {s for s, turn in TURNS.items() if turn.actor == "staff"} - {"new"} <= set(BY_STATE)
    assert all(possible_actions(state) for state in BY_STATE)
