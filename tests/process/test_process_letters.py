"""What a person adds to a letter: a label, other words, a paragraph. The guard reads all of it; a hazard stays home."""

from __future__ import annotations

from typing import Any

import pytest
from counter import CLAIM, Counter, photo

from bot.core.warranty.actions import ACTIONS
from bot.errors import NotAllowed, WrongValue
from bot.worker.acted import Performed, Wish
from bot.worker.acting import perform, rehearse
from bot.worker.rounds import one_round

LABEL = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
REPAIR = {"service": "free_repair", "address": "eu"}


def ready(counter: Counter) -> str:
    return counter.mail(CLAIM, photo=photo())


def act(counter: Counter, number: str, action: str, values: dict[str, Any], **more: Any) -> Performed:
    done = perform(counter.w, number, action, values, "maria", **more)
    one_round(counter.w)
    return done


def test_a_label_leaves_with_the_approval_and_the_letter_says_so(counter: Counter) -> None:
    number = ready(counter)
    done = act(counter, number, "approve", REPAIR, wish=Wish(label=LABEL))
    assert done.held == ""
    sent = counter.letters()[-1]
    (file,) = sent.iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        "shipping-label.pdf",
        "application/pdf",
        LABEL,
    )
    assert "The shipping label is attached" in counter.text()
    (event,) = [e for e in counter.events(number) if e["name"] == "approve"]
    assert len(event["data"]["label"]) == 64  # which file it was


def test_without_a_label_no_letter_speaks_of_one(counter: Counter) -> None:
    number = ready(counter)
    act(counter, number, "approve", REPAIR)
    assert list(counter.letters()[-1].iter_attachments()) == []
    assert "label" not in counter.text()
    assert "we refund the postage" in counter.text()


@pytest.mark.parametrize(
    ("action", "values", "label", "why"),
    [
        ("approve", {**REPAIR, "payer": "label"}, b"", "name its file"),
        ("approve", REPAIR, b"GIF89a", "neither a PDF nor a PNG"),
        ("approve", {**REPAIR, "payer": "refunded"}, LABEL, "a label is for the payer label"),
        ("approve", {**REPAIR, "label": "/etc/passwd"}, b"", "was not taken in"),
        ("decline", {"reason": "broken_or_wet"}, LABEL, "knows no label"),
    ],
)
def test_a_label_that_cannot_go_out_changes_nothing(
    counter: Counter, action: str, values: dict[str, str], label: bytes, why: str
) -> None:
    number = ready(counter)
    before = counter.everything()
    with pytest.raises(WrongValue, match=why):
        perform(counter.w, number, action, values, "maria", wish=Wish(label=label))
    assert counter.everything() == before


def test_a_letter_in_a_persons_own_words_goes_out_as_it_was_written(counter: Counter) -> None:
    number = ready(counter)
    text = f"Hello Anna,\n\nwe look at it again and write by Friday.\n\nCase number {number}"
    done = act(counter, number, "decline", {"reason": "broken_or_wet"}, wish=Wish(body=text))
    assert done.held == ""
    assert counter.text().replace("\r\n", "\n").strip() == text
    html = counter.letters()[-1].get_body(("html",))
    assert html is not None
    assert "we look at it again" in html.get_content()


@pytest.mark.parametrize(
    ("action", "values", "words"),
    [
        ("decline", {"reason": "broken_or_wet"}, "We repair it for free."),
        ("decline", {"reason": "broken_or_wet"}, "We repair\nit for free."),  # broken by hand
        ("approve", REPAIR, "You get a free replacement."),  # another service was decided
        ("approve", REPAIR, "We add a voucher."),
        ("approve", REPAIR, "You have it back tomorrow."),
        ("quote", {"total": "39.90", "currency": "EUR"}, "For you it is 29.90 EUR."),
        ("received", {}, "The repair will be free."),  # nobody has decided
    ],
)
def test_own_words_that_promise_more_than_was_decided_are_held(
    counter: Counter, action: str, values: dict[str, str], words: str
) -> None:
    number = ready(counter)
    text = f"Hello,\n\n{words}\n\nCase number {number}"
    assert rehearse(counter.w, number, action, values, "maria", Wish(body=text)).held == "promise"
    before = len(counter.letters())
    assert act(counter, number, action, values, wish=Wish(body=text)).held == "promise"
    assert len(counter.letters()) == before


def test_own_words_without_the_case_number_or_without_a_letter_are_refused(counter: Counter) -> None:
    number = ready(counter)
    with pytest.raises(WrongValue, match="must hold the case number"):
        perform(counter.w, number, "decline", {"reason": "broken_or_wet"}, "maria", wish=Wish(body="Hello"))
    with pytest.raises(WrongValue, match="writes no letter"):
        perform(counter.w, number, "take", {}, "maria", wish=Wish(body=f"Hello {number}"))


def test_a_result_nobody_granted_anything_for_promises_nothing(counter: Counter) -> None:
    number = ready(counter)  # the bot recommends a free repair; nobody approved it
    act(counter, number, "received", {})
    assert act(counter, number, "inspected", {"result": "confirmed"}).held == ""
    assert "free" not in counter.text()
    assert "Our team now decides" in counter.text()
    act(counter, number, "inspected", {"result": "confirmed", "service": "free_repair"})
    assert "We repair the watch free of charge" in counter.text()


def test_a_hazard_is_never_asked_to_be_sent_in_whatever_happens(counter: Counter) -> None:
    """Mails, time and every action of staff: no address, no packing words, no steps to try, until a person unflags."""
    number = counter.mail("My TANK T3 Ultra gets burning hot and the back is swollen! Order KS20418.")
    assert counter.replies(number) == ["hazard_stop_using"]
    for text in ("Where do I send it?", "It does not charge any more.", "Sent with DHL, 00340434161094042557."):
        counter.answer(number, text, photo=photo())
    for days in (1, 2, 8, 15, 31):
        counter.wait(days=days)
    for action, row in ACTIONS.items():
        values = {"approve": REPAIR, "ask": {"asks": ["troubleshooting"]}, "consent": {"address": "eu"}}.get(action, {})
        if row.event in ("approve", "consent") or action == "ask":
            with pytest.raises(NotAllowed):
                perform(counter.w, number, action, values, "maria")
    act(counter, number, "safety", {"note": "Please keep it outside on stone."})
    counter.wait(days=40)
    said = [mail.get_body(("plain",)).get_content() for mail in counter.letters()]  # type: ignore[union-attr]
    speech = counter.w.letters.speech("en")
    asking = ("Repair Street", "UN 3481", speech.phrase("try.intro"), speech.phrase("parcel.intro"), "Please send")
    assert [words for words in asking for text in said if words in text] == []
    assert any("keep it outside on stone" in text for text in said)
    perform(counter.w, number, "unflag", {"flag": "safety_hazard", "because": "a photo of a sound watch"}, "maria")
    assert act(counter, number, "approve", REPAIR).held == ""
    assert "Repair Street" in counter.text()
