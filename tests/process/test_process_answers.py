"""A person's own answer: it goes out as it was written, tells what comes next, and hands the turn back."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from counter import CLAIM, Counter, photo

from bot.cli import main
from bot.core.model import State
from bot.core.warranty.actions import ACTIONS
from bot.errors import WrongValue
from bot.worker.acting import perform, rehearse
from bot.worker.proposing import offered

QUESTION = "Hello, does the TANK T3 Ultra have a compass?"
REPAIR = {"service": "free_repair", "address": "eu"}
PARCEL = "Sent with DHL, tracking number 00340434161094042557."
WORDS = "The strap is 22 mm wide."


def test_a_question_is_answered_and_closed_with_one_letter(counter: Counter) -> None:
    number = counter.mail(QUESTION)
    done = counter.staff(number, "close", text="It has one.")
    assert (done.state, done.next_actor) == (State.COMPLETED, "nobody")
    assert counter.replies(number) == ["general_question_received", "answer"]
    assert "It has one." in counter.text()
    assert number in str(counter.letters()[-1]["Subject"])
    assert counter.letters()[-1]["Auto-Submitted"] is None, "a person wrote it"


def test_an_answered_question_waits_for_nobody_but_the_customer_and_ends_by_itself(counter: Counter) -> None:
    number = counter.mail(QUESTION)
    done = counter.staff(number, "answer", text="It has one. Is that what you wanted to know?")
    assert (done.state, done.next_actor) == (State.READY_FOR_STAFF, "customer")
    assert counter.case(number)["answer_by"] is None
    counter.answer(number, "Thank you!")
    assert counter.case(number)["next_actor"] == "customer", "thanks for an answer are nobody's work"
    assert counter.wait(days=15) == []
    assert counter.case(number)["state"] == "completed"


def test_whoever_asks_on_is_with_a_person_again(counter: Counter) -> None:
    number = counter.mail(QUESTION)
    counter.staff(number, "answer", text="It has one.")
    counter.answer(number, "And does it have a barometer?")
    case = counter.case(number)
    assert (case["state"], case["next_actor"], case["doubt_id"]) == ("ready_for_staff", "staff", "question")


def test_the_case_goes_back_to_the_customer_with_its_day(counter: Counter) -> None:
    number = counter.mail(CLAIM, photo=photo())
    counter.staff(number, "approve", **REPAIR)
    counter.answer(number, "Which strap fits this watch?")
    assert (counter.case(number)["next_actor"], counter.case(number)["reply_by"]) == ("staff", None)
    counter.staff(number, "answer", text=WORDS)
    case = counter.case(number)
    assert (case["state"], case["next_actor"]) == ("approved", "customer")
    assert (case["reply_by"], case["answer_by"], case["doubt_id"]) == ("2025-03-24", None, "")
    assert WORDS in counter.text()
    assert "24 March 2025" in counter.text()


def test_the_case_goes_back_to_the_carrier_and_is_looked_for_in_time(counter: Counter) -> None:
    number = counter.mail(CLAIM, photo=photo())
    counter.staff(number, "approve", **REPAIR)
    counter.answer(number, PARCEL)
    counter.answer(number, "Which strap fits this watch?")
    assert counter.case(number)["next_actor"] == "staff"
    counter.staff(number, "answer", text=WORDS)
    assert (counter.case(number)["state"], counter.case(number)["next_actor"]) == ("parcel_announced", "carrier")
    counter.wait(days=16)
    assert counter.case(number)["doubt_id"] == "parcel_missing"


@pytest.mark.parametrize(
    ("first", "mail", "doubt"),
    [
        ((), "", "complete"),  # the decision on a claim
        (("quote", {"total": "39.90", "currency": "EUR"}), "Yes, please go ahead.", "consent_given"),
    ],
)
def test_what_is_to_be_decided_stays_with_staff(counter: Counter, first: Any, mail: str, doubt: str) -> None:
    number = counter.mail(CLAIM.replace("3 March 2025", "3 January 2025"), photo=photo())
    if first:
        counter.staff(number, first[0], **first[1])
        counter.answer(number, mail)
    before = counter.case(number)
    counter.staff(number, "answer", text=WORDS)
    case = counter.case(number)
    assert (before["doubt_id"], case["doubt_id"]) == (doubt, doubt)
    assert (case["state"], case["next_actor"], case["answer_by"]) == (before["state"], "staff", before["answer_by"])


def test_the_days_of_silence_begin_anew_with_an_answer(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.wait(days=3)
    counter.staff(number, "answer", text=WORDS)
    assert counter.wait(days=5) == []
    assert len(counter.wait(days=3)) == 1
    assert counter.replies(number)[-1] == "reminder_1"


def test_a_watch_that_may_burn_is_asked_for_by_no_answer(counter: Counter) -> None:
    number = counter.mail("My TANK T3 Ultra gets burning hot and the back is swollen! Order KS20418.")
    done = counter.staff(number, "answer", text="Please keep it outside.")
    assert done.next_actor == "staff"
    assert "your turn" not in counter.text()
    assert counter.case(number)["doubt_id"] == "hazard"


@pytest.mark.parametrize("action", ["answer", "close"])
@pytest.mark.parametrize(
    "words", ["Of course we repair it\nfree of charge.", "You get 20.00 EUR from us.", "You have it back tomorrow."]
)
def test_an_answer_that_promises_too_much_is_held(counter: Counter, action: str, words: str) -> None:
    number = counter.mail(QUESTION)
    sent = len(counter.letters())
    assert counter.staff(number, action, text=words).held == "promise"
    assert len(counter.letters()) == sent


def test_the_text_is_never_a_template_a_header_or_a_trick_of_signs(counter: Counter) -> None:
    number = counter.mail(QUESTION)
    typed = "\n\nSubject: {{ case }} {% if 1 %}\r\nBcc: eve@example.com\n\n\n\n<b>\u202eevil\u200b</b>\x07 \n"
    counter.staff(number, "answer", text=typed)
    letter, text = counter.letters()[-1], counter.text().replace("\r\n", "\n")
    assert "Subject: {{ case }} {% if 1 %}\nBcc: eve@example.com\n\n<b>evil</b>\n\nIf something" in text
    assert letter["Bcc"] is None
    html = letter.get_body(("html",))
    assert html is not None
    assert "<b>evil" not in html.get_content()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "needs text"),
        ({"text": " \n\u200b"}, "write at most 2000 characters"),
        ({"text": "long " * 500}, "write at most 2000 characters"),
        ({"text": "a\n" * 101}, "write at most 100 lines"),
    ],
)
def test_a_text_that_is_empty_or_too_long_changes_nothing(counter: Counter, values: dict[str, str], why: str) -> None:
    number = counter.mail(QUESTION)
    before = counter.everything()
    with pytest.raises(WrongValue, match=why):
        perform(counter.w, number, "answer", values, "maria")
    assert counter.everything() == before


def test_a_long_text_arrives_whole(counter: Counter) -> None:
    number = counter.mail(QUESTION)
    lines = [f"{n}. a line of the answer" for n in range(70)]
    draft = rehearse(counter.w, number, "answer", {"text": "\n".join(lines)}, "maria").draft
    assert draft is not None
    assert "\n".join(lines) in draft.text


@pytest.mark.parametrize(
    ("language", "mail", "closing"),
    [("de", "Guten Tag, hat die TANK T3 Ultra einen Kompass? Ich überlege, sie zu kaufen.", "Freundliche Grüße")],
)
def test_the_frame_is_in_the_customers_language(counter: Counter, language: str, mail: str, closing: str) -> None:
    number = counter.mail(mail)
    counter.staff(number, "answer", text="Ja.")
    assert counter.case(number)["language"] == language
    assert closing in counter.text()


def test_proposals_offer_the_answer_that_ends_a_question_first(counter: Counter) -> None:
    number = counter.mail(QUESTION)
    first, second = offered(counter.w, number)
    assert (first.proposal.action, first.proposal.open, first.draft) == ("close", ("text",), None)
    assert (second.proposal.action, second.proposal.open) == ("answer", ("text",))


def test_a_question_beside_a_claim_is_not_closed_by_its_answer(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    counter.answer(number, "Which strap fits this watch?")
    assert offered(counter.w, number)[0].proposal.action == "answer"
    counter.staff(number, "answer", text=WORDS)
    assert (counter.case(number)["state"], counter.case(number)["next_actor"]) == ("ready_for_staff", "staff")
    assert offered(counter.w, number)[0].proposal.action == "ask", "the photo is still missing"


# --- the command ----------------------------------------------------------------------------------


def call(folder: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*words, "-c", str(folder / "config.toml")])
    return int(ended.value.code or 0)


def queued(counter: Counter) -> str:
    """The words of the newest letter; it leaves by the clock of the machine, not by that of the tests."""
    rows = counter.w.store.db.rows("SELECT body_text FROM outbox ORDER BY id DESC LIMIT 1")
    return str(rows[0]["body_text"])


def test_the_command_takes_the_text_from_a_file_or_from_what_comes_in(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = counter.mail(QUESTION)
    answer = tmp_path / "answer.txt"
    answer.write_text("From a file.\n\nSecond paragraph: größer.", "utf-8")
    assert call(tmp_path, "case", number, "answer", "--text-file", str(answer)) == 0
    assert "From a file.\n\nSecond paragraph: größer." in queued(counter)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"It came in.")))
    assert call(tmp_path, "case", number, "answer", "--text-file", "-") == 0
    assert "It came in." in queued(counter)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "answer needs text"),
        (["--text", "a", "--text-file", "config.toml"], "not both"),
        (["--text-file", "empty.txt"], "is empty"),
    ],
)
def test_the_command_says_what_is_wrong_with_the_text(
    counter: Counter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    why: str,
) -> None:
    number = counter.mail(QUESTION)
    (tmp_path / "empty.txt").write_text(" \n")
    monkeypatch.chdir(tmp_path)
    before = counter.everything()
    assert call(tmp_path, "case", number, "answer", *words) == 2
    assert why in capsys.readouterr().err
    assert counter.everything() == before


def test_the_proposed_command_shows_where_the_text_goes(
    counter: Counter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = counter.mail(QUESTION)
    capsys.readouterr()
    assert call(tmp_path, "case", number, "--json") == 0
    command = json.loads(capsys.readouterr().out)["proposals"][0]["command"]
    assert shlex.split(command)[:6] == ["after-sales", "case", number, "close", "--text", "TEXT"]
    assert ACTIONS["close"].may == ("text", "name")
