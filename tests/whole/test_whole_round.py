"""Mail in, one right answer out, everything in its place: the main job on real servers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from servers import Account
from shop import OURS, ROOT, Shop, answer, claim, mail, read

from bot.errors import Overtaken
from bot.worker.acting import perform
from bot.worker.answering import apply
from bot.worker.gather import gather
from bot.worker.intake import poll
from bot.worker.rounds import one_round

NUMBER = re.compile(r"\b([ACDEFGHJKMNPQRTVWXY][34679]){3}\b")


def test_a_mail_gets_one_answer_that_continues_the_thread(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    (letter,) = shop.letters()
    (kept,) = shop.sink.kept
    case = shop.case("anna1@home1.example.com")

    assert kept.recipients == ("anna1@home1.example.com",)
    assert kept.sender == OURS
    assert letter["To"] == "anna1@home1.example.com"
    assert str(letter["From"]).endswith(f"<{OURS}>")
    assert letter["In-Reply-To"] == "<claim-1@home.example.com>"
    assert str(letter["References"]).split() == ["<claim-1@home.example.com>"]
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["X-Loop"] == letter["Message-ID"]
    assert re.fullmatch(r"<kb\.[^@\s]+@shop\.example\.com>", str(letter["Message-ID"]))
    assert case["case_number"] in letter["Subject"]
    assert {name.lower() for name in letter} == {
        *("date", "from", "to", "subject", "message-id", "in-reply-to", "references", "auto-submitted"),
        *("x-auto-response-suppress", "x-loop", "content-language", "mime-version", "content-type"),
    }
    assert (case["state"], case["waiting_for"], case["order_number"]) == ("waiting_for_details", "customer", "KS20001")
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "KS20001" in text
    assert "Anna" not in text, "an automatic letter holds no name"


def test_the_mail_is_filed_and_our_copy_lies_in_sent_once(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    for _ in range(3):
        shop.round()
    (letter,) = shop.letters()
    assert shop.box.mails() == []
    assert shop.box.mails("Handled") == [claim(1)]
    assert [read(raw)["Message-ID"] for raw in shop.box.mails("Sent")] == [letter["Message-ID"]]
    assert shop.outcomes() == ["human"]


def test_fetching_leaves_seen_as_it_was(account: Account, shop: Shop) -> None:
    shop.box.deliver(claim(1))
    with shop.open() as wiring:
        poll(wiring, touch=False)
    assert shop.outcomes() == ["stored"]
    assert account.flags() == [""]


def test_an_answer_to_our_letter_continues_its_case(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    (first,) = shop.letters()
    shop.box.deliver(answer(first, 2, "Sorry, I forgot: it was delivered on 3 March 2025 and was never wet."))
    shop.round()

    case = shop.case("anna1@home1.example.com")
    assert (case["mails"], case["letters"]) == (2, 2)
    second = shop.letters()[1]
    assert case["case_number"] in second["Subject"]
    assert second["In-Reply-To"] == "<claim-2@home.example.com>"
    assert str(first["Message-ID"]) in str(second["References"]).split()
    assert second["Message-ID"] != first["Message-ID"]


def test_people_are_answered_in_their_language_and_order(shop: Shop, tmp_path: Path) -> None:
    for language in ("en", "de"):
        shutil.copytree(ROOT / "templates" / language, tmp_path / "templates" / language)
    shop.templates = tmp_path / "templates"
    german = (
        "Guten Tag,\n\nmeine TANK T3 Ultra lässt sich seit Montag nicht mehr einschalten. Ich habe sie eine Nacht\n"
        "lang geladen. Bestellnummer KS20777.\n\nMit freundlichen Grüßen\nBert Beispiel\n"
    )
    shop.box.deliver(claim(1))
    shop.box.deliver(claim(2, text=german, Content_Type="text/plain; charset=utf-8"))
    assert shop.round() == {"new": 2, "handled": 2, "sent": 2}
    assert [letter["Content-Language"] for letter in shop.letters()] == ["en", "de"]
    numbers = [NUMBER.search(str(letter["Subject"])) for letter in shop.letters()]
    assert all(numbers)
    assert len({number[0] for number in numbers if number}) == 2


def test_a_claim_beside_a_question_stays_a_claim(shop: Shop) -> None:
    ask = "Do you also sell straps for this watch, and what do they cost?"
    shop.box.deliver(claim(1))
    shop.round()
    shop.box.deliver(answer(shop.letters()[0], 2, ask))
    shop.round()
    assert shop.case("anna1@home1.example.com")["kind"] == "new_claim"


def test_a_question_that_becomes_a_claim_is_one(shop: Shop) -> None:
    headers = {"From": "cora@example.com", "To": OURS, "Subject": "Straps", "Message-ID": "<q1@example.com>"}
    shop.box.deliver(mail("Hello, do you sell straps for the TANK T3 Ultra?\n", **headers))
    shop.round()
    assert shop.case("cora@example.com")["kind"] == "general_question"
    text = "By the way, my TANK T3 Ultra does not turn on any more. Order KS20999."
    shop.box.deliver(answer(shop.letters()[0], 2, text))
    shop.round()
    assert shop.case("cora@example.com")["kind"] == "new_claim"


def test_a_question_may_be_asked_again_and_is_answered_again(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    for number in (2, 3):
        shop.box.deliver(answer(shop.letters()[0], number, "What is the status of my case? How far are you?"))
        shop.round()
    replies = [row["reply"] for row in shop.rows("SELECT reply FROM outbox WHERE state = 'accepted' ORDER BY id")]
    assert replies[1:] == ["status_answer", "status_answer"]


def test_a_case_that_staff_takes_over_meanwhile_is_decided_anew(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    shop.box.deliver(answer(shop.letters()[0], 2, "It was delivered on 3 March 2025."))
    with shop.open() as wiring:
        poll(wiring)
        (entry,) = wiring.store.ledger.due(wiring.now())
        known = gather(wiring, entry)
        perform(wiring, wiring.store.cases.number_of(1), "take", {}, "Kim")
        with pytest.raises(Overtaken):
            apply(wiring, known)
        assert shop.count("letter") == 1, "nothing of it stays"
        one_round(wiring)
    assert (shop.outcomes(), len(shop.letters())) == (["human", "human"], 1)
    assert shop.rows("SELECT silence FROM letter ORDER BY id DESC LIMIT 1")[0]["silence"] == (
        "a person has taken this case over"
    )
