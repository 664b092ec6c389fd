"""The desk's lists of cases: who is in them, in which order, what lies beside a case, what is new."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from scenes import NOON, Scene, decision, finding, for_staff, letter

from bot.core.model import Doubt, State
from bot.store.listings import ORDERS, VIEWS, Wanted
from bot.store.queue import Reader
from bot.store.records import Recorded

TODAY = NOON.date()


def reader(scene: Scene, actor: str = "ana") -> Reader:
    now = scene.now
    return Reader(
        actor=actor, now=now, today=now.date(), today_begins=datetime(*now.timetuple()[:3], tzinfo=now.tzinfo)
    )


def numbers(scene: Scene, **wanted: str) -> list[str]:
    return [row.number for row in scene.store.queue.page(Wanted(**wanted), reader(scene)).rows]


def by_staff(scene: Scene, day: int, **changes: object) -> Recorded:
    """A case to be answered so many days from today."""
    return scene.open_case(for_staff(answer_by=TODAY + timedelta(days=day), **changes))


@pytest.fixture
def crowd(scene: Scene) -> dict[str, Recorded]:
    """One case of each sort, opened a minute apart in an order that no list has."""
    made: dict[str, Recorded] = {}
    for name, make in {
        "later": lambda: by_staff(scene, 5),
        "customer": lambda: scene.open_case(decision(language="de")),
        "today": lambda: by_staff(scene, 0),
        "done": lambda: scene.open_case(for_staff(state=State.COMPLETED, next_actor="nobody")),
        "hazard": lambda: by_staff(scene, 3, flags=("safety_hazard", "second_hand")),
        "late": lambda: by_staff(scene, -2),
        "undated": lambda: scene.open_case(for_staff(answer_by=None)),
        "unreadable": lambda: by_staff(scene, 1, doubt=Doubt(id="unreadable")),
        "parcel": lambda: scene.open_case(decision(state=State.PARCEL_ANNOUNCED, next_actor="carrier", reply_by=None)),
        "held": lambda: scene.open_case(decision(reply_by=date(2025, 3, 20))),
    }.items():
        scene.later(minutes=1)
        made[name] = make()
    scene.answer(made["held"], hold="address_day")
    return made


def test_what_needs_a_person_stands_most_urgent_first(scene: Scene, crowd: dict[str, Recorded]) -> None:
    rows = scene.store.queue.page(Wanted(), reader(scene)).rows
    names = {case.number: name for name, case in crowd.items()}
    assert [(names[row.number], row.urgency) for row in rows] == [
        ("hazard", "hazard"),
        ("late", "overdue"),
        ("today", "today"),
        ("unreadable", "tomorrow"),
        ("later", "later"),
        ("undated", "later"),
        ("held", "later"),
    ]


@pytest.mark.parametrize(
    ("view", "holds"),
    [
        ("hazard", ["hazard"]),
        ("decide", ["hazard", "late", "today", "later", "undated"]),
        ("overdue", ["late"]),
        ("held", ["held"]),
        ("unreadable", ["unreadable"]),
        ("mine", []),
        ("customer", ["held", "customer"]),  # the earlier day of reply first
        ("parcels", ["parcel"]),
        ("answered", []),
    ],
)
def test_each_view_holds_its_own(scene: Scene, crowd: dict[str, Recorded], view: str, holds: list[str]) -> None:
    assert numbers(scene, view=view) == [crowd[name].number for name in holds]
    assert scene.store.queue.counts(reader(scene))[view] == len(holds)


def test_all_holds_every_case_the_last_changed_first(scene: Scene, crowd: dict[str, Recorded]) -> None:
    assert numbers(scene, view="all") == [case.number for case in reversed(crowd.values())]


def test_answered_today_is_what_a_person_s_letter_went_out_for(scene: Scene) -> None:
    by_bot, by_person, released = (scene.open_case() for _ in range(3))
    scene.answer(by_bot)
    scene.answer(by_person, automatic=False, reply="approved_repair")
    scene.answer(released, reply="parcel_received", released_by="ana")
    while scene.send():
        scene.later(minutes=1)
    assert set(numbers(scene, view="answered")) == {by_person.number, released.number}
    scene.later(days=1)
    assert numbers(scene, view="answered") == []


def test_counts_name_every_view_and_agree_with_the_lists(scene: Scene, crowd: dict[str, Recorded]) -> None:
    counts = scene.store.queue.counts(reader(scene))
    assert counts == {view: len(numbers(scene, view=view)) for view in VIEWS}


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"view": "all", "language": "de"}, {"customer"}),
        ({"flag": "second_hand"}, {"hazard"}),
        ({"service": "not_covered"}, set()),
        ({"view": "all", "state": "completed"}, {"done"}),
        ({"view": "all", "model": "TANK T3 Ultra", "state": "parcel_announced"}, {"parcel"}),
        ({"view": "all", "model": "TANK T3"}, set()),  # half a name is no name
        ({"doubt": "unreadable"}, {"unreadable"}),
        ({"assigned": "nobody", "view": "overdue"}, {"late"}),
        ({"view": "all", "opened_from": "2025-03-15"}, set()),
        ({"view": "overdue", "opened_until": "2025-03-14"}, {"late"}),
        ({"language": "' OR 1=1 --"}, set()),
    ],
)
def test_a_filter_narrows_a_list(
    scene: Scene, crowd: dict[str, Recorded], wanted: dict[str, str], holds: set[str]
) -> None:
    assert set(numbers(scene, **wanted)) == {crowd[name].number for name in holds}
    assert scene.store.queue.total(Wanted(**wanted), reader(scene)) == len(holds)


def test_what_no_list_knows_becomes_the_plain_one() -> None:
    assert Wanted(view="nonsense", sort="price; DROP TABLE cases", opened_from="yesterday") == Wanted()
    assert Wanted().pairs() == {}
    assert Wanted(view="all", language="de", sort="oldest").pairs() == {
        "view": "all", "language": "de", "sort": "oldest",
    }  # fmt: skip


@pytest.mark.parametrize("sort", ["", *ORDERS])
@pytest.mark.parametrize("view", VIEWS)
def test_next_and_previous_walk_any_list_from_end_to_end(
    scene: Scene, crowd: dict[str, Recorded], view: str, sort: str
) -> None:
    wanted = Wanted(view=view, sort=sort)
    listed = numbers(scene, view=view, sort=sort)
    for place, number in enumerate(listed):
        beside = scene.store.queue.neighbours(wanted, number, reader(scene))
        assert (beside.position, beside.total) == (place + 1, len(listed))
        assert beside.previous == (listed[place - 1] if place else "")
        assert beside.next == (listed[place + 1] if place + 1 < len(listed) else "")


def test_a_case_that_left_the_list_leads_to_its_first(scene: Scene, crowd: dict[str, Recorded]) -> None:
    beside = scene.store.queue.neighbours(Wanted(), crowd["done"].number, reader(scene))
    assert (beside.position, beside.previous, beside.next) == (0, "", crowd["hazard"].number)


def test_a_case_that_somebody_has_open_is_shown_and_passed_over(scene: Scene, crowd: dict[str, Recorded]) -> None:
    scene.store.holds.open(crowd["late"].case_id, "mira", scene.now)
    rows = {row.number: row for row in scene.store.queue.page(Wanted(), reader(scene)).rows}
    assert rows[crowd["late"].number].holder == "mira"
    beside = scene.store.queue.neighbours(Wanted(), crowd["hazard"].number, reader(scene))
    assert beside.next == crowd["today"].number
    assert (
        scene.store.queue.neighbours(Wanted(), crowd["hazard"].number, reader(scene, "mira")).next
        == crowd["late"].number
    ), "her own case is hers to go on with"
    scene.later(minutes=16)
    assert not scene.store.queue.page(Wanted(view="overdue"), reader(scene)).rows[0].holder


def test_a_page_is_part_of_a_list_and_knows_the_whole(scene: Scene, crowd: dict[str, Recorded]) -> None:
    listed = numbers(scene)
    second = scene.store.queue.page(Wanted(), reader(scene), offset=3, limit=3)
    assert [row.number for row in second.rows] == listed[3:6]
    assert second.total == len(listed)
    beyond = scene.store.queue.page(Wanted(), reader(scene), offset=30, limit=3)
    assert (beyond.rows, beyond.total) == ((), len(listed))


def test_a_row_says_what_a_person_needs(scene: Scene) -> None:
    made = for_staff(
        flags=("blurry_photo", "second_hand"), doubt=Doubt(id="third_party_seller", facts={"platform": "Amazon"})
    )
    details = decision(finding("symptom", "battery"), finding("model", "ORB 2")).details
    case = scene.open_case(for_staff(**{**fields(made), "details": details}), why="Is the seller a dealer?")
    row = scene.store.queue.page(Wanted(), reader(scene)).rows[0]
    assert (row.number, row.customer, row.address) == (case.number, "Anna Example", "anna@example.com")
    assert (row.doubt_id, row.doubt_facts) == ("third_party_seller", {"platform": "Amazon"})
    assert (row.flags, row.symptoms, row.model) == (("blurry_photo", "second_hand"), ("battery",), "ORB 2")
    assert (row.why, row.service, row.version) == ("Is the seller a dealer?", "free_repair", 1)


def fields(made: object) -> dict[str, object]:
    return {name: getattr(made, name) for name in ("flags", "doubt")}


def test_a_letter_that_was_refused_shows_until_another_arrived(scene: Scene) -> None:
    case = scene.open_case()
    refused = scene.answer(case)
    scene.store.outbox.claim(NOON)
    scene.store.delivery.failed(refused.id, NOON, 550, "no such user")
    assert [row.undelivered for row in scene.store.queue.page(Wanted(), reader(scene)).rows] == ["refused"]


def test_a_case_is_new_until_somebody_opened_it_and_again_after_a_mail(scene: Scene) -> None:
    case = by_staff(scene, 1)

    def is_new() -> bool:
        return scene.store.queue.page(Wanted(), reader(scene)).rows[0].is_new

    assert is_new()
    scene.later(minutes=1)
    scene.store.holds.open(case.case_id, "ana", scene.now)
    assert not is_new()
    scene.store.holds.leave(case.case_id, "ana")
    assert not is_new(), "who left it has seen it"
    scene.later(minutes=1)
    scene.add_mail(scene.store.cases.snapshot(case.case_id), for_staff(), letter(message_id="<n@example.com>"))
    assert is_new()


def test_a_list_tells_what_came_and_went_since_it_was_shown(scene: Scene) -> None:
    first, _ = by_staff(scene, 1), by_staff(scene, 2)
    since = scene.now
    assert fresh(scene, since, 2) == (0, 0)
    scene.later(minutes=2)
    by_staff(scene, 0)
    assert fresh(scene, since, 2) == (1, 0)
    with scene.store.write():
        scene.store.db.execute(
            "UPDATE cases SET next_actor = 'customer', updated_at = :now WHERE id = :id",
            now=scene.now,
            id=first.case_id,
        )
    assert fresh(scene, since, 2) == (1, 1)
    scene.answer(scene.open_case(), hold="address_day")
    assert fresh(scene, since, 2) == (2, 1), "a held letter brings its case into the list"


def fresh(scene: Scene, since: datetime, shown: int) -> tuple[int, int]:
    changed = scene.store.queue.fresh(Wanted(), reader(scene), since, shown)
    return changed.new, changed.done


def test_whose_turn_it_is_is_noted_with_its_time_by_the_table_itself(scene: Scene) -> None:
    case = scene.open_case()
    since = "SELECT turn_since FROM cases WHERE id = :id"
    assert scene.column(since, id=case.case_id) == ["2025-03-14T12:00:00Z"]
    scene.later(hours=1)
    same = scene.add_mail(scene.store.cases.snapshot(case.case_id))
    assert scene.column(since, id=case.case_id) == ["2025-03-14T12:00:00Z"], "still the customer's turn"
    scene.later(hours=1)
    scene.add_mail(scene.store.cases.snapshot(same.case_id), for_staff())
    assert scene.column(since, id=case.case_id) == ["2025-03-14T14:00:00Z"]


def test_a_list_is_read_from_its_index_alone(scene: Scene, crowd: dict[str, Recorded]) -> None:
    """The wide rows of cases are opened only for the cases that are shown."""
    plan = scene.store.db.rows(
        f"EXPLAIN QUERY PLAN SELECT id {Wanted(view='all', language='de').condition()}", language="de"
    )
    assert any("COVERING INDEX cases_desk" in row["detail"] for row in plan)
    needed = scene.store.db.rows(f"EXPLAIN QUERY PLAN SELECT count(*) {Wanted().condition()}")
    assert any("COVERING INDEX cases_desk (next_actor=?)" in row["detail"] for row in needed)
