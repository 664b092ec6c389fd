"""Writing a decision down and reading it back, and the thread rule."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date, timedelta

import pytest
from scenes import ANNA, NOON, Scene, decision, finding, for_staff, letter, taken

from bot.core.model import Address, Automatic, Details, Kind, State
from bot.errors import Overtaken, StoreError
from bot.store.cases import Match
from bot.store.records import Received

BERT = "bert@example.com"


def test_a_decision_comes_back_as_the_case(scene: Scene) -> None:
    made = decision(flags=("second_hand", "shipping_damage"))
    recorded = scene.open_case(made)
    case = scene.store.cases.snapshot(recorded.case_id)
    assert (case.number, case.version, case.letters) == (recorded.number, 1, 1)
    assert (case.state, case.kind, case.language) == (State.WAITING_FOR_DETAILS, Kind.NEW_CLAIM, "en")
    assert (case.service, case.first_mail_on, case.reply_by) == ("free_repair", NOON.date(), date(2025, 3, 28))
    assert case.details == made.details
    assert set(case.flags) == {"second_hand", "shipping_damage"}
    assert case.asked == {"photo_or_video": 1}
    assert not case.held


def test_a_further_mail_moves_the_case_on(scene: Scene) -> None:
    first = scene.open_case(decision(flags=("second_hand",)))
    before = scene.store.cases.snapshot(first.case_id)
    scene.later(days=1)
    joined = before.details.joined_with(Details(findings=(finding("platform", "amazon"),)), letter=2)
    second = scene.add_mail(before, for_staff(details=joined, flags=("not_clear",)))
    case = scene.store.cases.snapshot(first.case_id)
    assert (second.case_id, second.number, second.version) == (first.case_id, first.number, 2)
    assert (case.version, case.letters, case.state) == (2, 2, State.READY_FOR_STAFF)
    assert case.details == joined
    assert case.flags == ("not_clear",)
    assert case.first_mail_on == NOON.date()
    assert case.asked == {"photo_or_video": 1}  # the second decision asked for nothing


@pytest.mark.parametrize(
    ("changes", "asked", "counts"),
    [
        ({}, None, {"photo_or_video": 1}),
        ({}, ("model",), {"model": 1}),  # the letter asked for one thing only
        ({"reply": None, "silence": "machine"}, None, {}),  # nothing was sent
        ({"next_actor": "staff"}, None, {}),  # the letter tells that a person answers
    ],
)
def test_what_was_asked_is_counted(
    scene: Scene, changes: dict[str, object], asked: tuple[str, ...] | None, counts: dict[str, int]
) -> None:
    recorded = scene.open_case(decision(**changes), asked=asked)
    assert scene.store.cases.snapshot(recorded.case_id).asked == counts


def test_a_decision_on_an_old_state_of_the_case_leaves_nothing(scene: Scene) -> None:
    recorded = scene.open_case()
    old = scene.store.cases.snapshot(recorded.case_id)
    scene.add_mail(old)
    letters = scene.store.db.value("SELECT count(*) FROM letter")
    events = scene.store.db.value("SELECT count(*) FROM event")
    with pytest.raises(Overtaken, match="changed while"):
        scene.add_mail(old)
    assert scene.store.db.value("SELECT count(*) FROM letter") == letters
    assert scene.store.db.value("SELECT count(*) FROM event") == events


def test_corrected_findings_stay_in_the_history_and_count_no_more(scene: Scene) -> None:
    recorded = scene.open_case(decision(finding("order_number", "KS1"), finding("model", "TANK T3")))
    before = scene.store.cases.snapshot(recorded.case_id)
    newer = Details(findings=(finding("order_number", "KS2", replaces=True),))
    scene.add_mail(before, decision(details=before.details.joined_with(newer, letter=2)))
    rows = scene.store.cases.show(recorded.number)["findings"]
    assert {(row["value"], row["letter"], row["counts"]) for row in rows} == {
        ("KS1", 1, 0),
        ("KS2", 2, 1),
        ("TANK T3", 1, 1),
    }
    assert scene.store.db.value("SELECT count(*) FROM finding WHERE letter_id IS NULL") == 0
    assert scene.store.cases.list()[0]["order_number"] == "KS2"


def test_unsure_values_are_kept_but_not_shown_as_facts(scene: Scene) -> None:
    scene.open_case(decision(finding("order_number", "KS1", confidence=0.3), finding("order_number", "KS2")))
    assert scene.store.cases.list()[0]["order_number"] == "KS2"


def test_attachments_are_rows_that_point_to_files(scene: Scene) -> None:
    photo = scene.photo()
    recorded = scene.open_case(sent=letter(attachments=(photo, dataclasses.replace(scene.photo(2), inline=True))))
    files = scene.store.cases.show(recorded.number)["files"]
    assert [(row["place"], row["sha256"] == photo.sha256, row["inline"]) for row in files] == [
        (1, True, 0),
        (2, False, 1),
    ]
    assert files[0]["look"]["faults"] == ["blurred"]


def test_a_file_that_is_not_on_disk_stops_the_record(scene: Scene) -> None:
    ghost = dataclasses.replace(scene.photo(), sha256="0" * 64)
    with pytest.raises(StoreError, match="must be on disk"):
        scene.open_case(sent=letter(attachments=(ghost,)))
    assert scene.store.cases.list() == []


def test_a_mail_that_could_not_be_opened_at_all_is_a_case_too(scene: Scene) -> None:
    nobody = letter(sender="", message_id="")
    recorded = scene.open_case(for_staff(details=Details()), nobody)
    assert scene.store.cases.show(recorded.number)["parties"] == []
    assert scene.store.cases.queue()[0]["case_number"] == recorded.number


def test_show_is_json(scene: Scene) -> None:
    recorded = scene.open_case(for_staff(flags=("second_hand",)), letter(attachments=(scene.photo(),)))
    scene.answer(recorded)
    shown = json.loads(json.dumps(scene.store.cases.show("#" + recorded.number.lower())))
    assert shown["case"]["doubt_facts"] == {"seller": "a shop"}
    assert [row["outcome"] for row in shown["checks"]] == ["passed", "unknown"]
    assert [row["name"] for row in shown["events"]] == ["details_asked", "letter_queued"]
    assert shown["letters"][0]["state"] == "queued"
    with pytest.raises(StoreError, match="no case"):
        scene.store.cases.show("XXXXXX")


def test_case_numbers_cannot_be_guessed_or_misread(scene: Scene) -> None:
    numbers = {scene.store.cases.new_number() for _ in range(200)}
    assert len(numbers) > 195
    assert all(re.fullmatch(r"(?:[AC-HJKMNP-RTV-Y][34679]){3}", number) for number in numbers)


@pytest.mark.parametrize(
    ("filters", "hits"),
    [
        ({}, 2),
        ({"state": "ready_for_staff"}, 1),
        ({"waiting_for": "customer"}, 1),
        ({"flag": "second_hand"}, 1),
        ({"flag": "second"}, 0),  # a whole word only
        ({"address": BERT}, 1),
        ({"order_number": "KS20418"}, 2),
        ({"language": "de"}, 0),
        ({"state": "ready_for_staff", "address": ANNA}, 0),
    ],
)
def test_cases_are_filtered(scene: Scene, filters: dict[str, str], hits: int) -> None:
    scene.open_case()
    scene.open_case(for_staff(flags=("angry", "second_hand")), letter(BERT))
    assert len(scene.store.cases.list(**filters)) == hits


def test_an_unknown_filter_names_the_known_ones(scene: Scene) -> None:
    with pytest.raises(StoreError, match="colour; by state"):
        scene.store.cases.list(colour="red")


def test_a_machine_mail_is_kept_and_changes_no_case(scene: Scene) -> None:
    recorded = scene.open_case()
    away = Automatic(kind=Kind.AUTO_REPLY, rule="auto_submitted", reason="says it is an automatic reply")
    scene.store.records.keep(
        Received(letter=letter(message_id="<away@example.com>"), received_at=NOON),
        Kind.AUTO_REPLY,
        NOON,
        automatic=away,
        case_id=recorded.case_id,
    )
    case = scene.store.cases.snapshot(recorded.case_id)
    assert (case.version, case.letters) == (1, 1)
    talk = scene.store.cases.show(recorded.number)["conversation"]
    assert [(row["who"], row["status"]) for row in talk] == [
        ("customer", "received"),
        ("machine", "says it is an automatic reply"),
    ]


def test_a_person_takes_a_case_and_the_queued_letter_stays_here(scene: Scene) -> None:
    recorded = scene.open_case()
    sent = scene.answer(recorded)
    taken(scene, recorded.case_id)
    assert scene.store.cases.snapshot(recorded.case_id).held
    assert scene.store.outbox.claim(NOON) is None
    assert scene.store.outbox.get(sent.id).state in {"superseded", "held"}


# --- the thread rule --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("references", "sender", "relation"),
    [
        (("<kb.2@desk.example.com>",), ANNA, "party"),  # our letter answered by its customer
        (("kb.2@desk.example.com",), ANNA, "party"),  # the X-Loop token, without brackets
        (("<other@example.com>", "<kb.2@desk.example.com>"), ANNA, "party"),
        (("<kb.2@desk.example.com>",), ANNA.upper(), "party"),
        (("<kb.2@desk.example.com>",), BERT, "stranger"),  # stolen or forwarded reference
        (("<first@example.com>",), ANNA, "party"),  # the customer answers their own mail
        (("<first@example.com>",), BERT, None),  # somebody else names it: nothing of ours is proved
        (("<KB.2@desk.example.com>",), ANNA, None),  # an id is exact
        (("<kb.2@desk.example.com.evil.example>",), ANNA, None),
        (("<kb.%@desk.example.com>",), ANNA, None),
        (("",), ANNA, None),
        ((), ANNA, None),
    ],
)
def test_references_lead_to_a_case(
    scene: Scene, references: tuple[str, ...], sender: str, relation: str | None
) -> None:
    recorded = scene.open_case(sent=letter())
    scene.answer(recorded)
    match = scene.store.cases.match(references, sender)
    if relation is None:
        assert match == Match()
    else:
        assert match == Match(case_id=recorded.case_id, number=recorded.number, relation=relation)


def test_the_newest_reference_of_ours_counts(scene: Scene) -> None:
    old, new = scene.open_case(), scene.open_case()
    scene.answer(old, message_id="<old@desk.example.com>")
    scene.answer(new, message_id="<new@desk.example.com>", reply="received")
    match = scene.store.cases.match(("<old@desk.example.com>", "<new@desk.example.com>"), ANNA)
    assert match.case_id == new.case_id


def test_a_mail_without_a_message_id_is_no_reference(scene: Scene) -> None:
    scene.open_case(sent=letter(message_id=""))
    assert scene.store.cases.match(("<>", " "), ANNA) == Match()


def test_a_stranger_gets_a_linked_case_and_the_old_one_is_untouched(scene: Scene) -> None:
    victim = scene.open_case()
    before = scene.store.cases.show(victim.number)
    linked = scene.open_case(sent=letter(BERT), linked_to=victim.case_id, proof="wrote of a case of somebody else")
    after = scene.store.cases.show(victim.number)
    assert after.pop("linked_from") == [{"case_number": linked.number, "opened_at": "2025-03-14T12:00:00Z"}]
    before.pop("linked_from")
    assert after == before
    assert scene.store.cases.show(linked.number)["case"]["linked_to"] == victim.number
    assert scene.store.cases.match((), BERT) == Match()


def test_a_second_sender_never_becomes_a_party_by_writing(scene: Scene) -> None:
    recorded = scene.open_case()
    scene.add_mail(
        scene.store.cases.snapshot(recorded.case_id), sent=letter(BERT, cc=(Address(address="c@example.com"),))
    )
    assert [row["address"] for row in scene.store.cases.show(recorded.number)["parties"]] == [ANNA]


@pytest.mark.parametrize(
    ("sender", "orders", "state", "joins"),
    [
        (ANNA, ("KS20418",), State.WAITING_FOR_DETAILS, True),
        (ANNA, ("KS9", "KS20418"), State.READY_FOR_STAFF, True),
        (ANNA, ("KS2041",), State.WAITING_FOR_DETAILS, False),  # part of a number
        (ANNA, (), State.WAITING_FOR_DETAILS, False),
        (ANNA, ("",), State.WAITING_FOR_DETAILS, False),
        (BERT, ("KS20418",), State.WAITING_FOR_DETAILS, False),  # somebody else's order
        (ANNA, ("KS20418",), State.COMPLETED, False),  # a new fault is a new case
    ],
)
def test_the_same_sender_with_the_same_order_joins(
    scene: Scene, sender: str, orders: tuple[str, ...], state: State, joins: bool
) -> None:
    recorded = scene.open_case(decision(state=state))
    match = scene.store.cases.match_same_case(sender, orders)
    assert (match.case_id == recorded.case_id) is joins


def test_times_are_kept_in_utc(scene: Scene) -> None:
    tokyo = NOON.astimezone().replace(tzinfo=None)
    with pytest.raises(ValueError, match="no time zone"):
        scene.open_case(sent=letter(sent_at=tokyo))
    assert scene.store.cases.list() == []
    scene.later(hours=1)
    scene.open_case()
    assert scene.store.cases.list()[0]["opened_at"] == "2025-03-14T13:00:00Z"
    assert scene.now - NOON == timedelta(hours=1)
