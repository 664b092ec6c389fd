"""A shipping label on the form of an approval: chosen once, looked at, and in the letter that goes out."""

from __future__ import annotations

import email
import email.policy
import io
import re
from pathlib import Path
from typing import Any

import pytest
from desk_forms import form_of
from desk_served import ServedDesk
from desk_visitor import Answer, Visitor
from PIL import Image

from bot.core.model import State
from bot.mail.enclosure import MOST_BYTES


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("1", (40, 30)).save(data, "PNG")
    return data.getvalue()


STORY = "between-one-and-two-years"
LABEL = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = picture()
BY_LABEL = ['[returns]\nway_paid_by = "label"\n']


def enclosed(raw: bytes) -> list[tuple[str, bytes]]:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return [(part.get_filename() or "", part.get_payload(decode=True)) for part in message.iter_attachments()]  # type: ignore[attr-defined]


def sent(visitor: Visitor, number: str, fields: dict[str, str], chosen: bytes = b"") -> Answer:
    """The form with a file, as a browser sends it."""
    edge = "edge-of-a-form"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {"csrf": visitor.token, **fields}.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="label_file"; filename="my label.exe"\r\n'
    parts.append(head.encode() + b"Content-Type: text/html\r\n\r\n" + chosen + f"\r\n--{edge}--\r\n".encode())
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Origin": visitor.url}
    return visitor.ask("POST", f"/case/{number}/act/approve", b"".join(parts), headers)


def state_of(desk: ServedDesk, number: str) -> State:
    return State(desk.store.cases.snapshot(desk.store.cases.id_of(number)).state)


def test_a_label_is_chosen_shown_and_sent_in_a_browser(desk: ServedDesk, page: Any, tmp_path: Path) -> None:
    number = desk.case(STORY)
    file = tmp_path / "anything.pdf"
    file.write_bytes(LABEL)
    desk.enter(page, "agent", f"/case/{number}")
    letter = page.locator("#letter-1")
    letter.locator("summary", has_text="Address, name, note and more").click()
    letter.get_by_label("Shipping label").set_input_files(file)
    letter.get_by_role("button", name="Write it anew").click()
    assert "shipping-label.pdf" in page.locator(".draft-to").inner_text()
    assert "shipping label is attached" in page.locator("[data-body]").input_value()
    page.get_by_role("button", name="Send and open next").click()
    page.wait_for_url("**sent=**")
    desk.clock.skip(seconds=61)
    [kept] = desk.send()
    assert enclosed(kept.raw) == [("shipping-label.pdf", LABEL)]


@pytest.mark.parametrize("desk_settings", BY_LABEL)
def test_where_a_label_is_usual_its_file_stands_open_and_the_letter_waits_for_it(desk: ServedDesk, page: Any) -> None:
    number = desk.case(STORY)
    desk.enter(page, "agent", f"/case/{number}")
    letter = page.locator("#letter-1")
    assert letter.get_by_label("Shipping label").is_visible()
    assert letter.get_by_label("Who pays the way to us").is_visible()
    assert letter.locator("[data-body]").count() == 0
    letter.get_by_label("Shipping label").set_input_files({"name": "x.png", "mimeType": "", "buffer": PNG})
    letter.get_by_role("button", name="Show the letter").click()
    page.get_by_role("button", name="Send and open next").click()
    page.wait_for_url("**sent=**")
    desk.clock.skip(seconds=61)
    assert [name for name, _ in enclosed(desk.send()[0].raw)] == ["shipping-label.png"]


def test_the_label_is_kept_when_the_form_comes_back_with_another_fault(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    first = form_of(agent.get(f"/case/{number}"), "approve") | {"v.address": "mars", "do": "show"}
    refused = sent(agent, number, first, LABEL)
    assert refused.status == 422
    assert "shipping-label.pdf" in refused.words
    right = form_of(refused, "approve") | {"v.address": "eu", "do": "show"}
    shown = form_of(sent(agent, number, right), "approve") | {"v.address": "eu"}
    assert sent(agent, number, shown).status == 303
    desk.clock.skip(seconds=61)
    assert enclosed(desk.send()[0].raw) == [("shipping-label.pdf", LABEL)]


def test_the_label_comes_back_with_a_letter_that_was_taken_back(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    shown = sent(
        agent, number, form_of(agent.get(f"/case/{number}"), "approve") | {"v.address": "eu", "do": "show"}, LABEL
    )
    told = sent(agent, number, form_of(shown, "approve") | {"v.address": "eu"})
    outbox = re.search(r"sent=(\d+)", told.place)
    assert outbox
    agent.get(told.place)
    back = agent.get(agent.post(f"/case/{number}/undo/{outbox[1]}").place)
    assert "shipping-label.pdf" in back.words
    again = sent(agent, number, form_of(back, "approve") | {"v.address": "eu"})
    assert "sent=" in again.place
    desk.clock.skip(seconds=61)
    assert enclosed(desk.send()[0].raw) == [("shipping-label.pdf", LABEL)]


def test_the_label_goes_along_when_the_case_changed_and_the_letter_is_sent_all_the_same(desk: ServedDesk) -> None:
    agent, lead, number = desk.visitor("agent"), desk.visitor("lead"), desk.case(STORY)
    first = form_of(agent.get(f"/case/{number}"), "approve") | {"v.address": "eu", "do": "show"}
    shown = form_of(sent(agent, number, first, LABEL), "approve") | {"v.address": "eu"}
    note = form_of(lead.get(f"/case/{number}"), "note") | {"v.text": "She called."}
    assert lead.post(f"/case/{number}/act/note", **note).status == 303
    refused = sent(agent, number, shown)
    assert refused.status == 409
    assert agent.post(f"/case/{number}/act/approve", **form_of(refused, "approve")).status == 303
    desk.clock.skip(seconds=61)
    assert enclosed(desk.send()[0].raw) == [("shipping-label.pdf", LABEL)]


def test_a_label_can_be_left_out_again(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    shown = sent(
        agent, number, form_of(agent.get(f"/case/{number}"), "approve") | {"v.address": "eu", "do": "show"}, LABEL
    )
    without = form_of(shown, "approve") | {"v.address": "eu", "do": "show", "label_drop": "yes"}
    bare = sent(agent, number, without)
    assert "shipping-label.pdf" not in bare.words
    assert "label is attached" not in form_of(bare, "approve")["body"]


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script></html>",
        LABEL.replace(b"%%EOF", b""),
        LABEL.replace(b"/Type", b"/JavaScript /Type", 1),
        PNG[:-20],
        b"%PDF-1.4\n" + b"x" * (MOST_BYTES + 1) + b"%%EOF",
    ],
    ids=["a page", "cut off", "a script in it", "half a picture", "too large"],
)
def test_a_file_that_is_no_label_is_refused_in_words_and_nothing_happens(desk: ServedDesk, data: bytes) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    fields = form_of(agent.get(f"/case/{number}"), "approve") | {"v.address": "eu", "do": "send"}
    fields["body"] += "\nYours, Ana"
    refused = sent(agent, number, fields, data)
    assert refused.status == 422
    assert "This file cannot be sent" in refused.words
    assert "Yours, Ana" in refused.text
    assert state_of(desk, number) is State.READY_FOR_STAFF


def test_no_other_file_of_ours_can_be_named_as_a_label(desk: ServedDesk) -> None:
    agent, lead, number = desk.visitor("agent"), desk.visitor("lead"), desk.case(STORY)
    fields = form_of(agent.get(f"/case/{number}"), "approve") | {"v.address": "eu", "do": "show"}
    mine = form_of(sent(agent, number, fields, LABEL), "approve")["label_kept"]
    sha = mine.partition(".")[0]
    photo = desk.store.db.rows("SELECT sha256 FROM attachment WHERE sha256 IS NOT NULL LIMIT 1")[0]["sha256"]
    forged = (f"{sha}.{'0' * 32}", f"{photo}.{mine.partition('.')[2]}", sha, "../../etc/passwd.x", "ä.ö")
    for token in forged:
        assert "label_kept" not in form_of(sent(agent, number, fields | {"label_kept": token}), "approve"), token
    other = form_of(lead.get(f"/case/{number}/act/approve"), "approve") | {
        "v.service": "free_repair",
        "v.address": "eu",
    }
    assert "label_kept" not in form_of(sent(lead, number, other | {"do": "show", "label_kept": mine}), "approve")


def test_a_file_is_taken_where_an_action_may_have_one_only(desk: ServedDesk) -> None:
    agent, number = desk.visitor("agent"), desk.case(STORY)
    assert 'type="file"' in agent.get(f"/case/{number}/act/approve").text
    for action in ("decline", "quote", "consent", "note", "answer"):
        page = agent.get(f"/case/{number}/act/{action}")
        assert 'type="file"' not in page.text, action
        assert "multipart" not in page.text, action
    huge = sent(agent, number, form_of(agent.get(f"/case/{number}"), "approve"), b"%PDF-1.4" + b"x" * (4 << 20))
    assert huge.status == 413
