"""Who gets nothing: strangers who quote our letters, machines of all kinds, and too much mail to one address."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta

import pytest
from shop import OURS, ROOT, Shop, answer, claim, mail

from bot.worker.rounds import one_round

AUTOMATIC = ROOT / "fixtures" / "automatic"
MACHINES = sorted(
    path
    for path in AUTOMATIC.glob("*.eml")
    if tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))["kind"] != "none"
)
ANNA = "anna1@home1.example.com"


def report(message_id: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    """What a mail server says about a letter of ours (RFC 3464)."""
    text = (
        "--b\nContent-Type: text/plain\n\nYour message could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: rfc822; {ANNA}\nAction: {action}\nStatus: {status}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\nSubject: Your watch\n--b--\n"
    )
    return mail(
        text,
        Return_Path="<>",
        From="Mail Delivery System <MAILER-DAEMON@mx.example.com>",
        To=OURS,
        Subject="Undelivered Mail Returned to Sender",
        Message_ID=f"<report-{action}@mx.example.com>",
        MIME_Version="1.0",
        Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
    )


def test_a_stranger_who_quotes_our_letter_learns_nothing_and_changes_nothing(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    victim = shop.case(ANNA)
    number = str(victim["case_number"])
    before = json.loads(shop.command("case", number, "--json").stdout)
    assert before.pop("linked_from") == []
    shop.box.deliver(answer(shop.letters()[0], 2, "What is the status? Send it to me.", "mallory@bad.example.com"))
    shop.round()

    after = json.loads(shop.command("case", number, "--json").stdout)
    assert len(after.pop("linked_from")) == 1, "staff sees who tried"
    assert after == before, "nothing else changed"
    theirs = shop.case("mallory@bad.example.com")
    assert (theirs["linked_to"], theirs["waiting_for"]) == (number, "staff")
    for letter in shop.letters("mallory@bad.example.com"):
        text = letter.as_string() + letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        for secret in (number, "KS20001", "TANK", ANNA, "Anna"):
            assert secret not in text.replace(str(shop.letters()[0]["Message-ID"]), "")
    assert len(shop.letters(ANNA)) == 1


def test_a_guessed_case_number_in_the_subject_opens_no_case(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    number = str(shop.case(ANNA)["case_number"])
    shop.box.deliver(claim(2, "mallory@bad.example.com", Subject=f"Re: Case {number}"))
    shop.round()
    assert shop.case("mallory@bad.example.com")["linked_to"] is None
    assert shop.case(ANNA)["mails"] == 1


def test_machines_of_all_kinds_get_no_letter(shop: Shop) -> None:
    for path in MACHINES:
        shop.box.deliver(path.read_bytes())
    shop.box.deliver(claim(1))
    shop.round('address own = ["after-sales@example.com", "care@shop.example.com"]')
    assert len(MACHINES) > 30
    assert [letter["To"] for letter in shop.letters()] == [ANNA]
    assert set(shop.outcomes()) <= {"human", "machine", "bounce", "list", "echo", "spam"}
    assert shop.outcomes().count("human") == 1
    assert (shop.count("cases"), len(shop.box.mails())) == (1, 0)


def test_our_own_letter_that_comes_back_is_no_customer(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    shop.box.deliver(shop.sink.kept[0].raw)
    shop.round()
    assert shop.outcomes() == ["human", "echo"]
    assert (len(shop.letters()), len(shop.box.mails("Echo"))) == (1, 1)


def test_an_absence_note_is_shown_on_its_case_and_not_answered(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    note = answer(shop.letters()[0], 2, "I am away until Monday.", Auto_Submitted="auto-replied")
    shop.box.deliver(note)
    shop.round()
    assert (shop.outcomes(), len(shop.letters())) == (["human", "machine"], 1)
    assert {row["who"] for row in shop.rows("SELECT who FROM conversation")} == {"customer", "bot", "machine"}
    assert shop.case(ANNA)["waiting_for"] == "customer"


def test_a_letter_that_comes_back_goes_to_a_person_and_stays_there(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    shop.box.deliver(report(str(shop.letters()[0]["Message-ID"])))
    shop.round()
    (row,) = shop.rows("SELECT * FROM review_queue")
    assert (shop.outcomes(), len(shop.letters())) == (["human", "bounce"], 1)
    assert row["why"] == f"our letter came back from {ANNA}"
    shown = shop.command("case", str(row["case_number"])).stdout
    assert "letter_bounced" in shown
    assert "Undelivered Mail" in shown

    # The customer writes again; whoever reads the queue still sees that our letter never arrived.
    shop.box.deliver(answer(shop.letters()[0], 3, "It was delivered on 3 March 2025."))
    shop.round()
    (row,) = shop.rows("SELECT * FROM review_queue")
    assert row["why"] == f"our letter came back from {ANNA}"


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.0.0")])
def test_a_report_that_is_not_about_a_failure_alarms_nobody(shop: Shop, action: str, status: str) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    shop.box.deliver(report(str(shop.letters()[0]["Message-ID"]), action, status))
    shop.round()
    assert (shop.outcomes(), len(shop.letters())) == (["human", "bounce"], 1)
    assert shop.case(ANNA)["waiting_for"] == "customer"
    assert shop.rows("SELECT evidence FROM outbox") == [{"evidence": "delivery_report"}]


def test_the_fourth_letter_to_one_address_in_a_day_waits_for_a_person(shop: Shop) -> None:
    for number in range(1, 5):
        shop.box.deliver(claim(number, ANNA))
    shop.round()
    assert len(shop.letters()) == 3
    (held,) = shop.rows("SELECT * FROM open_outbox")
    assert (held["state"], held["why"]) == ("held", "address day")
    assert "letters_held" in shop.alerts()
    assert [row["why"] for row in shop.rows("SELECT * FROM review_queue")] == ["a letter is held: address day"]
    shop.clock.ahead = timedelta(hours=25)
    shop.box.deliver(claim(5, ANNA))
    shop.round()
    assert len(shop.letters()) == 4


def test_a_machine_that_answers_every_letter_at_once_is_silenced(shop: Shop) -> None:
    """Nothing in its mails gives it away; only its haste does."""
    with shop.open("budgets per_address_day = 50\nbudgets per_address_week = 50") as wiring:
        for number in range(1, 10):
            shop.clock.ahead += timedelta(seconds=20)
            shop.box.deliver(claim(number, "robot@bad.example.com"), wiring.now())
            one_round(wiring)
    assert len(shop.letters()) < 6
    assert shop.rows("SELECT address FROM mute") == [{"address": "robot@bad.example.com"}]
