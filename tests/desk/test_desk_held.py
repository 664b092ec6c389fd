"""Letters that wait for a person and mails that could not be read: settled once, looked at safely."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk_scenes import hold_a_letter, set_a_mail_aside
from desk_served import ServedDesk

from bot.desk import words
from bot.desk.settling import SETTLES, settles
from bot.store.states import ArrivalState, OutboxState, Role


def test_a_held_letter_says_why_and_shows_its_words(desk: ServedDesk, page: Any) -> None:
    held = hold_a_letter(desk)
    row = desk.store.outbox.get(held)
    desk.enter(page, "lead", "/held")
    letter = page.locator(f"#letter-{held}")
    assert "Held: this address has had its letters for today." in letter.inner_text()
    assert row.recipient in letter.inner_text()
    letter.locator("summary").click()
    assert row.body_text.strip().splitlines()[0] in letter.locator(".letter-text").inner_text()


def test_a_released_letter_goes_out_through_the_real_mail_server(desk: ServedDesk, page: Any) -> None:
    held = hold_a_letter(desk)
    desk.enter(page, "lead", "/held")
    page.click(f"#letter-{held} button:has-text('Send it')")
    assert "goes out with the next round" in page.locator(".notice").first.inner_text()
    assert page.locator(f"#letter-{held}").count() == 0
    (sent,) = desk.send()
    assert desk.store.outbox.get(held).state is OutboxState.ACCEPTED
    assert desk.store.outbox.get(held).released_by == "lead"
    assert desk.store.outbox.get(held).recipient in str(sent)


def test_a_discarded_letter_never_goes_out_and_its_case_needs_a_person(desk: ServedDesk, page: Any) -> None:
    held = hold_a_letter(desk)
    number = desk.store.cases.number_of(desk.store.outbox.get(held).case_id)
    desk.enter(page, "lead", "/held")
    page.click(f"#letter-{held} button:has-text('Do not send it')")
    assert "The letter is not sent" in page.locator(".notice").first.inner_text()
    assert desk.send() == []
    page.goto(f"{desk.url}/queue")
    assert page.locator(f"#case-{number}").count() == 1


def test_a_letter_that_was_perhaps_sent_is_marked_without_sending_it_again(desk: ServedDesk, page: Any) -> None:
    held = hold_a_letter(desk, "maybe_sent")
    desk.enter(page, "lead", "/held")
    page.click(f"#letter-{held} button:has-text('It was sent')")
    assert desk.store.outbox.get(held).evidence == "staff"
    assert desk.send() == []


@pytest.mark.parametrize("second", ["release", "discard", "sent"])
def test_two_people_settle_a_letter_once(desk: ServedDesk, second: str) -> None:
    held = hold_a_letter(desk, "maybe_sent")
    lena, omar = desk.visitor("lead"), desk.visitor("operator")
    for visitor in (lena, omar):
        visitor.get("/held")
    assert lena.post(f"/held/{held}/discard").place == "/held?said=discarded"
    assert omar.post(f"/held/{held}/{second}").place == "/held?said=late"
    assert "Somebody was quicker" in omar.get("/held?said=late").words
    assert desk.store.outbox.get(held).state is OutboxState.SUPERSEDED
    assert desk.send() == []


@pytest.mark.parametrize("how", ["release", "discard"])
@pytest.mark.parametrize("reason", SETTLES)
def test_a_letter_is_settled_by_those_the_table_names_and_nobody_else(desk: ServedDesk, reason: str, how: str) -> None:
    held = hold_a_letter(desk, reason)
    for role in Role:
        may = role.may(SETTLES[reason])
        visitor = desk.visitor(role)
        page = visitor.get("/held")
        assert (f'action="/held/{held}/{how}"' in page.text) is may, role
        assert ("sends this letter or decides against it" in page.words) is not may, role
        told = visitor.post(f"/held/{held}/{how}")
        assert told.status == (303 if may else 403), role
        if may:
            break
        assert desk.store.outbox.get(held).state is OutboxState.HELD


def test_an_agent_sends_what_only_waited_for_its_case_and_no_promise() -> None:
    assert [reason for reason, role in SETTLES.items() if role is Role.AGENT] == [
        "case_changed", "case_taken_over", "same_reply", "staff_first",
    ]  # fmt: skip
    assert settles(OutboxState.HELD, "promise") is Role.LEAD
    assert settles(OutboxState.HELD, "a reason of tomorrow") is Role.LEAD


def test_every_reason_a_letter_is_held_for_has_a_row_and_words() -> None:
    said = {key.removeprefix("held.why_") for key in words.sentences("en") if key.startswith("held.why_")}
    assert said == set(SETTLES)


def test_a_refused_letter_is_tried_again_by_an_agent(desk: ServedDesk) -> None:
    held = hold_a_letter(desk)
    with desk.store.write():
        desk.store.db.execute("UPDATE outbox SET state = 'failed', held_reason = '' WHERE id = :id", id=held)
    reader, agent = desk.visitor("reader"), desk.visitor("agent")
    for visitor in (reader, agent):
        visitor.get("/held")
    assert reader.post(f"/held/{held}/release").status == 403
    assert agent.post(f"/held/{held}/release").place == "/held?said=released"
    assert len(desk.send()) == 1


def test_who_only_looks_reads_no_mail_again(desk: ServedDesk) -> None:
    mail = set_a_mail_aside(desk)
    reader = desk.visitor("reader")
    assert "/retry" not in reader.get("/unreadable").text
    assert reader.post(f"/unreadable/{mail}/retry").status == 403
    assert desk.store.ledger.get(mail).state is ArrivalState.DONE


@pytest.mark.parametrize("path", ["/held/1/release", "/held/1/discard", "/held/1/sent", "/unreadable/1/retry"])
def test_nothing_is_settled_by_a_link_or_a_foreign_form(desk: ServedDesk, path: str) -> None:
    visitor = desk.visitor("lead")
    assert visitor.get(path).status == 405
    assert visitor.post(path, csrf="forged").status == 403
    assert visitor.post(path, headers={"Origin": "https://example.net", "Sec-Fetch-Site": "cross-site"}).status == 403


def test_a_letter_that_does_not_exist_is_told_kindly(desk: ServedDesk) -> None:
    visitor = desk.visitor("lead")
    visitor.get("/held")
    assert visitor.post("/held/999999/release").place == "/held?said=late"
    assert visitor.get("/held?said=%3Cscript%3E").status == 200


# --- mails that could not be read -----------------------------------------------------------------------


def test_an_unreadable_mail_shows_its_reason_and_leads_to_its_case(desk: ServedDesk, page: Any) -> None:
    mail = set_a_mail_aside(desk, "attachment 2 cannot be opened: <script>alert(1)</script>")
    desk.enter(page, "agent", "/unreadable")
    shown = page.locator(f"#mail-{mail}")
    assert "attachment 2 cannot be opened: <script>alert(1)</script>" in shown.inner_text()
    assert page.locator(".views a[aria-current] .count").inner_text() == "1"
    shown.locator("a:has-text('Look at the case')").click()
    page.wait_for_url("**/case/*")


def test_the_original_is_only_ever_a_download(desk: ServedDesk, page: Any, tmp_path: Path) -> None:
    mail = set_a_mail_aside(desk)
    raw = desk.store.files.read(str(desk.store.ledger.get(mail).raw_sha256))
    answer = desk.visitor("reader").get(f"/unreadable/{mail}/original")
    assert answer.body == raw
    told = {name.lower(): value for name, value in answer.headers.items()}
    assert told["content-type"] == "application/octet-stream"
    assert told["content-disposition"] == f'attachment; filename="mail-{mail}.eml"'
    assert told["x-content-type-options"] == "nosniff"
    assert told["content-security-policy"] == "sandbox; default-src 'none'"
    assert "no-store" in told["cache-control"]
    desk.enter(page, "agent", "/unreadable")
    with page.expect_download() as downloading:
        page.click("text=Download the original")
    saved = tmp_path / "saved"
    downloading.value.save_as(saved)
    assert saved.read_bytes() == raw


@pytest.mark.parametrize("mail", ["999999", "1", "0"])
def test_the_original_of_a_mail_that_could_be_read_is_not_handed_out_here(desk: ServedDesk, mail: str) -> None:
    answer = desk.visitor("reader").get(f"/unreadable/{mail}/original")
    assert answer.place == "/unreadable?said=gone"


def test_a_mail_is_read_again_once(desk: ServedDesk, page: Any) -> None:
    mail = set_a_mail_aside(desk)
    second = desk.visitor("agent")
    second.get("/unreadable")
    desk.enter(page, "agent", "/unreadable")
    page.click("button:has-text('Try again')")
    assert "read again in the next round" in page.locator(".notice").first.inner_text()
    assert desk.store.ledger.get(mail).state is ArrivalState.STORED
    assert second.post(f"/unreadable/{mail}/retry").place == "/unreadable?said=gone"


def test_a_mail_whose_case_was_answered_is_shown_when_asked_for(desk: ServedDesk) -> None:
    mail = set_a_mail_aside(desk)
    with desk.store.write():
        desk.store.db.execute(
            "UPDATE cases SET next_actor = 'customer', doubt_id = '' WHERE id ="
            " (SELECT case_id FROM arrival WHERE id = :id)",
            id=mail,
        )
    visitor = desk.visitor()
    assert f"mail-{mail}" not in visitor.get("/unreadable").text
    assert f"mail-{mail}" in visitor.get("/unreadable?all=yes").text


def test_no_barrier_in_any_size_or_colour(desk: ServedDesk, page: Any, barriers: Callable[[Any], list[str]]) -> None:
    hold_a_letter(desk)
    hold_a_letter(desk, "maybe_sent", place=1)
    set_a_mail_aside(desk)
    desk.enter(page, "lead")
    for path in ("/held", "/unreadable"):
        page.goto(desk.url + path)
        assert barriers(page) == [], path


def test_without_a_script_letters_and_mails_are_settled_too(desk: ServedDesk, open_tab: Callable[..., Any]) -> None:
    held, mail = hold_a_letter(desk), set_a_mail_aside(desk)
    page = open_tab(java_script_enabled=False)
    desk.enter(page, "lead", "/held")
    page.click(f"#letter-{held} button:has-text('Send it')")
    assert desk.store.outbox.get(held).state is OutboxState.QUEUED
    page.goto(f"{desk.url}/unreadable")
    page.click(f"#mail-{mail} button:has-text('Try again')")
    assert desk.store.ledger.get(mail).state is ArrivalState.STORED
