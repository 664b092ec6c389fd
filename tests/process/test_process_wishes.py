"""What a person wants of a letter beside the action: other words, another language, time to take it back; once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from counter import CLAIM, Counter

from bot.errors import Overtaken, TooMuchPromised
from bot.worker.acting import Wish, done_before, perform, rehearse

SAID = {"service": "free_repair", "address": "eu"}


def test_other_words_go_out_under_the_same_subject_and_are_noted(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    drafted = rehearse(counter.w, number, "approve", SAID, "maria").draft
    assert drafted is not None
    words = drafted.text.replace("Hello,", "Good morning,")
    done = perform(counter.w, number, "approve", SAID, "maria", wish=Wish(body=words + "\u202e\r\n"))
    assert done.draft is not None
    assert (done.draft.text, done.draft.subject) == (words, drafted.subject)
    assert "<p>Good morning,</p>" in done.draft.html
    event = next(e for e in counter.events(number) if e["name"] == "approve")
    assert event["data"]["edited"] == 1


def test_the_drafted_words_are_no_edit_whatever_a_browser_does_to_line_ends(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    drafted = rehearse(counter.w, number, "approve", SAID, "maria").draft
    assert drafted is not None
    perform(counter.w, number, "approve", SAID, "maria", wish=Wish(body=drafted.text.replace("\n", "\r\n")))
    event = next(e for e in counter.events(number) if e["name"] == "approve")
    assert "edited" not in event["data"]


def test_an_edited_letter_of_an_event_is_a_persons_letter(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    drafted = rehearse(counter.w, number, "close", {}, "maria").draft
    assert drafted is not None
    perform(counter.w, number, "close", {}, "maria", wish=Wish(body=drafted.text + "\nAll the best, Maria"))
    letter = counter.w.store.casefile.letters(counter.w.store.cases.id_of(number))[-1]
    assert (letter["automatic"], letter["released_by"]) == (0, "")


def test_too_big_a_promise_is_refused_and_nothing_changed(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    before = counter.case(number)
    words = f"You get a brand new watch.\n{number}"
    with pytest.raises(TooMuchPromised) as refused:
        perform(counter.w, number, "approve", SAID, "maria", wish=Wish(body=words, strict=True))
    assert refused.value.broken == ("new_watch: brand new",)
    assert counter.case(number) == before
    held = rehearse(counter.w, number, "approve", SAID, "maria", Wish(body=words))
    assert held.held == "promise", "without strict it would wait for a person"


def test_the_letter_can_have_another_language(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    done = perform(counter.w, number, "approve", SAID, "maria", wish=Wish(language="de"))
    assert done.draft is not None
    assert done.draft.language == "de"
    event = next(e for e in counter.events(number) if e["name"] == "approve")
    assert event["data"]["language"] == "de"
    assert counter.w.store.cases.snapshot(counter.w.store.cases.id_of(number)).language == "en"


def test_the_longer_wait_counts(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    done = perform(counter.w, number, "approve", SAID, "maria", wish=Wish(wait=timedelta(seconds=10)))
    assert done.outbox_id is not None
    row = counter.w.store.outbox.get(done.outbox_id)
    assert row.not_before is not None
    assert row.not_before - row.created_at >= timedelta(seconds=10)


def test_the_same_form_is_done_once_and_tells_what_it_came_to(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    version = counter.case(number)["version"]
    first = perform(counter.w, number, "approve", SAID, "maria", version)
    second = perform(counter.w, number, "approve", SAID, "maria", version)
    assert (second.by, second.outbox_id, first.by) == ("maria", first.outbox_id, "")
    assert [e["name"] for e in counter.events(number)].count("approve") == 1
    with pytest.raises(Overtaken):
        perform(counter.w, number, "approve", {**SAID, "note": "And thank you."}, "maria", version)


def test_what_was_taken_back_is_not_done_already(counter: Counter) -> None:
    number = counter.mail(CLAIM)
    version = counter.case(number)["version"]
    done = perform(counter.w, number, "approve", SAID, "maria", version, Wish(wait=timedelta(seconds=10)))
    assert done.outbox_id is not None
    counter.w.store.deeds.undo(done.outbox_id, "maria", counter.w.now())
    assert done_before(counter.w, number, "approve", SAID, version, Wish(wait=timedelta(seconds=10))) is None
    again = perform(counter.w, number, "approve", SAID, "maria", counter.case(number)["version"])
    assert again.outbox_id not in (None, done.outbox_id)
