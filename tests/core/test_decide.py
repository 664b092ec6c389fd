"""The one function the worker calls: which kind, which letter, which question for staff, and when silence."""

from dataclasses import replace
from datetime import date

import pytest
from written import NOON, found, letter, shipped_policy

from bot.core.decide import decide
from bot.core.model import Automatic, Case, Details, Kind, State
from bot.core.warranty.answer import REPLIES, working_days_after

DAY = NOON.date()
CLAIM = "My TANK T2 does not charge since Monday. Bought on kospet.com, order KS20418, delivered on June 2, 2025."
FULL = CLAIM + " I cleaned the pins and tried another cable."


def case(**changes):
    base = Case(
        number="K7F3Q9",
        state=State.WAITING_FOR_DETAILS,
        version=1,
        language="en",
        first_mail_on=date(2025, 6, 10),
        letters=1,
        details=found(FULL),
        asked={"photo_or_video": 1},
    )
    return replace(base, **changes)


def decided(text, subject="", known=None, **more):
    mail = letter(text, subject)
    return decide(
        mail,
        found(text, subject),
        known,
        shipped_policy(),
        on=DAY,
        today=DAY,
        automatic=more.pop("automatic", None),
        **more,
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CLAIM, Kind.NEW_CLAIM),
        ("Does the TANK T4 work with Strava? And is the strap 22 mm wide?", Kind.GENERAL_QUESTION),
        ("Where is my order? It has not arrived yet.", Kind.GENERAL_QUESTION),
        ("I want to return the watch, the box is still sealed.", Kind.RETURN_REQUEST),
        ("We can bring you to the first page of Google. Ask for our price list and get more traffic.", Kind.SPAM),
        ("My T2 won't turn on, what can I do?", Kind.NEW_CLAIM),  # a question about a fault is a claim
    ],
)
def test_the_kind_of_a_first_mail(text, kind):
    assert decided(text).kind is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Order number is KS20419", Kind.DETAILS_FOLLOWUP),
        ("Thank you very much!", Kind.OTHER),
        ("I sent the parcel today with UPS, 1Z5R89390357567127", Kind.TRACKING_FOLLOWUP),
        ("Is there any news? I am still waiting.", Kind.GENERAL_QUESTION),
    ],
)
def test_the_kind_of_a_later_mail(text, kind):
    assert decided(text, known=case()).kind is kind


@pytest.mark.parametrize(
    ("text", "known", "letter_name"),
    [
        (CLAIM, None, "details_needed"),
        ("the battery is swollen and hot", None, "hazard_stop_using"),
        ("I will call my lawyer, the watch is dead", None, "complaint_received"),
        ("I want to talk to a real person please", None, "handed_to_person"),
        ("Does the TANK T4 work with Strava?", None, "general_question_received"),
        ("still no idea", case(), "details_partly_received"),
        ("still no idea", case(asked={"photo_or_video": 2}), "handed_to_person"),  # never a third time
        ("see https://drive.google.com/file/d/abc for the video", case(), "media_link"),
        ("photo attached", case(), "attachment_missing"),
        ("Any news? I am still waiting for your answer.", case(), "status_answer"),
        ("I sent it today with UPS, 1Z5R89390357567127", case(), "tracking_before_approval"),
        ("I sent it today with UPS, 1Z5R89390357567127", case(state=State.APPROVED), "tracking_received"),
    ],
)
def test_which_letter_answers(text, known, letter_name):
    decision = decided(text, known=known)
    assert decision.reply is not None, decision.silence
    assert decision.reply.name == letter_name


def test_a_complete_claim_goes_to_staff_with_its_question():
    decision = decided(FULL, known=case(details=Details(), asked={}, letters=0))
    photo = replace(found(FULL).findings[0], field="evidence", value="photo", place="file 1", words="")
    mail = letter(FULL)
    decision = decide(
        mail,
        Details(findings=(*found(FULL).findings, photo)),
        None,
        shipped_policy(),
        on=DAY,
        today=DAY,
        automatic=None,
    )
    assert decision.reply.name == "ready_for_staff"
    assert decision.state is State.READY_FOR_STAFF
    assert decision.doubt.id == "complete"
    assert decision.verdict.service == "free_replacement"
    assert decision.answer_by == working_days_after(DAY, 3)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"automatic": Automatic(kind=Kind.AUTO_REPLY, rule="away", reason="It is an absence note.")}, "absence"),
        ({"unanswerable": "The sender's address takes no answers."}, "takes no answers"),
        ({"known": case(held=True)}, "a person"),
        ({"known": case(flags=("safety_hazard",))}, "a person"),
    ],
)
def test_when_there_is_no_letter_the_reason_is_told(more, why):
    decision = decided(FULL, **more)
    assert decision.reply is None
    assert why in decision.silence


def test_a_machines_mail_changes_nothing_and_asks_nothing():
    auto = Automatic(kind=Kind.BOUNCE, rule="report", reason="It is a delivery report.")
    decision = decided(FULL, automatic=auto, known=case())
    assert decision.kind is Kind.BOUNCE
    assert decision.state is State.WAITING_FOR_DETAILS
    assert decision.missing == ()


def test_a_stranger_learns_nothing_of_the_other_case():
    decision = decided("Here is the photo you asked for", stranger="K7F3Q9")
    assert decision.reply.name == "sender_not_known"
    assert set(decision.reply.facts) == {"answer_by"}
    assert decision.doubt.id == "stranger"


def test_a_letter_repeats_only_what_this_very_mail_said():
    decision = decided("here is my order number KS20419", known=case())
    assert {"field": "order_number", "value": "KS20419"} in decision.reply.facts["known"]
    assert "TANK T2" not in str(decision.reply.facts["known"])  # said in the mail before


@pytest.mark.parametrize(
    ("text", "known", "steps"),
    [
        (CLAIM, None, ["wipe_contacts", "other_cable", "charge_hour"]),
        (FULL, None, []),  # what was tried is told: not asked, so nothing is advised
        (CLAIM + " It fell on the floor.", None, []),  # a damage: trying is useless
        ("My TANK T2 does not charge.", case(details=found(CLAIM), asked={"troubleshooting": 1}), []),  # told before
    ],
)
def test_steps_to_try_stand_beside_their_question_and_are_told_once(text, known, steps):
    decision = decided(text, known=known)
    assert decision.reply.name in ("details_needed", "details_partly_received")
    assert decision.reply.facts["steps"] == steps


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_every_letter_in_the_inventory_can_be_chosen_or_is_written_by_the_worker(name):
    from bot.core.warranty.choice import LETTERS

    assert name in {n for n, _ in LETTERS} | {"unreadable_mail", "attachment_too_large"}


def test_no_letter_ever_approves_or_refuses():
    assert not [name for name in REPLIES if name.startswith(("approved", "declined"))]


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2025, 6, 18), 3, date(2025, 6, 23)),  # Wednesday, over a weekend
        (date(2025, 6, 20), 1, date(2025, 6, 23)),  # Friday
        (date(2025, 6, 21), 1, date(2025, 6, 23)),  # Saturday
    ],
)
def test_working_days_skip_the_weekend(day, count, then):
    assert working_days_after(day, count) == then


@pytest.mark.parametrize(
    ("text", "asked", "field", "value"),
    [
        ("1250847731", "order_number", "order_number", "1250847731"),  # nothing but a number
        ("here it is: 1250847731, thanks", "order_number", "order_number", "1250847731"),
        ("my phone is +31 6 5550 0144", "order_number", "order_number", None),  # a phone is no answer
        ("It is the Hope", "model", "model", "HOPE"),  # an ordinary word answers "which model"
        ("No.", "troubleshooting", "tried", "nothing"),
        ("It just sits there and makes a funny whirring noise", "description", "what", "said"),
    ],
)
def test_a_bare_answer_is_read_by_the_question_before_it(text, asked, field, value):
    known = case(details=found("My kospet watch is odd"), asked={asked: 1})
    values = [v.upper() if field == "model" else v for v in decided(text, known=known).details.values(field, 0.5)]
    assert (value in values) if value else not values


def test_nobody_asked_so_a_bare_number_stays_a_number():
    assert decided("1250847731").details.values("order_number", 0.5) == ()


@pytest.mark.parametrize(
    ("promised", "then"),
    [
        (date(2025, 6, 19), date(2025, 6, 19)),  # a later mail puts nothing off
        (date(2025, 6, 30), date(2025, 6, 23)),  # and may bring it forward
        (date(2025, 6, 17), date(2025, 6, 23)),  # no letter names a day that is over
        (None, date(2025, 6, 23)),
    ],
)
def test_letter_and_queue_name_the_day_that_was_promised_first(promised, then):
    decision = decided("Any news?", known=case(state=State.READY_FOR_STAFF, answer_by=promised))
    assert decision.reply.name == "status_answer"
    assert (decision.answer_by, decision.reply.facts["answer_by"]) == (then, then.isoformat())


def test_asking_how_far_a_case_is_changes_nothing_for_staff():
    decision = decided("Any news?", known=case(state=State.READY_FOR_STAFF, asked={}))
    assert decision.doubt.id != "question"
    waiting = decided("Any news?", known=case(reply_by=date(2025, 7, 1)))
    assert (waiting.state, waiting.next_actor) == (State.WAITING_FOR_DETAILS, "customer")
    assert waiting.reply_by == date(2025, 7, 1)


def test_another_question_beside_an_open_claim_is_in_the_queue():
    decision = decided("Which strap size does the watch have?", known=case())
    assert decision.reply.name == "general_question_received"
    assert (decision.state, decision.next_actor) == (State.READY_FOR_STAFF, "staff")
    assert decision.doubt.id == "question"
    assert decision.answer_by is not None


def test_who_returns_a_watch_and_opened_it_opened_the_box():
    known = case(kind=Kind.RETURN_REQUEST, details=found("I want to return my TANK T2, order KS20418, kospet.com"))
    decision = decided("I opened it and wore it for one evening.", known=known)
    assert "disassembled" not in decision.flags
    assert (decision.missing, decision.doubt.id) == ((), "return_opened")
