"""Finding cases: numbers first, any word in any script, and the index never behind what was written."""

from __future__ import annotations

import contextlib
import dataclasses

import pytest
from scenes import ANNA, NOON, Scene, decision, finding, for_staff, letter

from bot.core.model import Event
from bot.store.records import Recorded
from bot.store.search import index_case
from bot.store.searchable import asked, neighbours_of, ready, squeezed


def found(scene: Scene, query: str) -> list[str]:
    """The numbers of the cases that a query finds."""
    return [scene.store.cases.number_of(hit.case_id) for hit in scene.store.search.find(query).hits]


@pytest.fixture
def three(scene: Scene) -> dict[str, Recorded]:
    """Three customers, who write German, Japanese and Chinese."""
    return {
        "de": scene.open_case(
            decision(finding("order_number", "302-7741093-2265841"), finding("model", "TANK M3")),
            mail("jana.reuter@example.com", "Jana Größ", "Akku der Uhr", "Der Akku ist nach einem Tag leer."),
        ),
        "ja": scene.open_case(
            decision(finding("order_number", "KS20418"), finding("tracking_number", "00340434161094042557")),
            mail("yuki@example.com", "田中ゆき", "充電について", "バッテリーが膨らんでいます。画面は黒いままです。"),
        ),
        "zh": scene.open_case(
            decision(finding("order_number", "KS20419")),
            mail("wang@example.com", "王伟", "手表", "手表的电池坏了，屏幕一直是黑的。型号是TANK T3。"),
        ),
    }


def mail(sender: str, name: str, subject: str, text: str) -> object:
    plain = letter(sender, message_id=f"<{sender}>", subject=subject, text=text, own_words=text)
    assert plain.sender
    return dataclasses.replace(plain, sender=dataclasses.replace(plain.sender, name=name))


@pytest.mark.parametrize(
    ("query", "case", "why"),
    [
        ("302-7741093-2265841", "de", "an order number as it is written"),
        ("302 7741093 2265841", "de", "with other separators"),
        ("30277410932265841", "de", "without any"),
        ("#KS20418", "ja", "with the sign that people write before it"),
        ("ks-20418", "ja", "small letters"),
        ("０ks20418"[1:], "ja", "as typed"),
        ("ＫＳ２０４１８", "ja", "letters of full width"),
        ("00340434161094042557", "ja", "a parcel number"),
        ("0034 0434 1610 9404 2557", "ja", "a parcel number in groups"),
        ("order KS20418 please", "ja", "a number inside a sentence"),
        ("jana.reuter@example.com", "de", "an address"),
        ("JANA.REUTER@EXAMPLE.COM", "de", "an address in capitals"),
        ("reuter", "de", "part of an address"),
        ("größ", "de", "a name"),
        ("GROSS", "de", "the same without its letters"),
        ("akku leer", "de", "two words that do not stand together"),
        ("Akk", "de", "the beginning of a word"),
        ('"nach einem tag"', "de", "words as they stand"),
        ("田中", "ja", "a name in Japanese"),
        ("バッテリー", "ja", "a word in katakana"),
        ("ﾊﾞｯﾃﾘｰ", "ja", "the same in narrow letters"),
        ("膨らん", "ja", "kanji and kana together"),
        ("画面 黒い", "ja", "two Japanese words"),
        ("电池", "zh", "a Chinese word of two letters, inside a sentence without spaces"),
        ("坏", "zh", "one Chinese letter"),
        ("屏幕一直", "zh", "four letters in a row"),
        ("T3", "zh", "a Latin word between Chinese ones"),
        ("tank m3", "de", "a model"),
    ],
)
def test_a_case_is_found_by(scene: Scene, three: dict[str, Recorded], query: str, case: str, why: str) -> None:
    assert found(scene, query) == [three[case].number], why


def test_a_case_is_found_by_its_number_in_any_shape(scene: Scene, three: dict[str, Recorded]) -> None:
    number = three["ja"].number
    for query in (number, number.lower(), f"#{number}", f"case {number}", f" {number[:3]} {number[3:]} "):
        assert found(scene, query)[:1] == [number]
    assert scene.store.search.find(number).hits[0].by == "case"


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("池电", "the letters in another order are another word"),
        ("バッテリ交換", "only half of it stands there"),
        ("hello", "nobody wrote it"),
        ("akku hello", "every word must be there"),
        ('"tag nach einem"', "not in this order"),
    ],
)
def test_nothing_is_found_by(scene: Scene, three: dict[str, Recorded], query: str, why: str) -> None:
    assert found(scene, query) == [], why


HOSTILE = [
    '"', '""', "'", "*", "a*", "-a", "+a", "^a", "(", ")", "a AND", "AND", "OR", "NOT", "NEAR", "NEAR(a b, 2)",
    "people: anna", "{people mails}: anna", "a : b", 'a" OR mails: "b', "'; DROP TABLE search; --", "\\", "%", "_",
    "\x00", "a\x00b", "\u202egnp", "\ufffd", "💥", "𠮷野家",
    "a" * 5000,
    "a " * 3000, "電" * 3000, '"' * 999, "<script>alert(1)</script>", "${7*7}", "{{ 7*7 }}", "\n\r\t", "𝕏",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_only_text(scene: Scene, three: dict[str, Recorded], query: str) -> None:
    before = scene.store.db.rows("SELECT rowid, * FROM search")
    answer = scene.store.search.find(query)
    assert answer.looked_in == 3
    scene.store.search.excerpts(answer.query, [case.case_id for case in three.values()])
    assert scene.store.db.rows("SELECT rowid, * FROM search") == before


def test_words_of_the_query_language_are_words(scene: Scene) -> None:
    case = scene.open_case(sent=letter(text="It is dead AND cold, NOT warm", own_words="x"))
    assert found(scene, "AND") == found(scene, "NOT cold") == [case.number]


def test_exact_numbers_come_first_then_addresses_then_words(scene: Scene) -> None:
    by_word = scene.open_case(sent=letter("x@example.com", text="My neighbour has KS20418 too", message_id="<1@e>"),
                              made=decision(finding("order_number", "KS99999")))  # fmt: skip
    longer = scene.open_case(decision(finding("order_number", "KS204181")), letter("y@example.com", message_id="<2@e>"))
    exact = scene.open_case(decision(finding("order_number", "KS20418")), letter("z@example.com", message_id="<3@e>"))
    newest = scene.open_case(sent=letter("w@example.com", text="I ask about KS20418", message_id="<4@e>"),
                             made=decision(finding("order_number", "KS88888")))  # fmt: skip
    answer = scene.store.search.find("ks20418")
    assert [(hit.case_id, hit.by) for hit in answer.hits] == [
        (exact.case_id, "order"),
        (longer.case_id, "order"),
        (newest.case_id, "words"),
        (by_word.case_id, "words"),
    ]


@pytest.mark.parametrize(
    ("query", "closest", "slip"),
    [
        ("KS2041", "KS20418", "not a slip: the number's beginning"),
        ("KS20481", "KS20418", "two figures changed places"),
        ("KS0418", "KS20418", "one is missing"),
        ("KS204188", "KS20418", "one too many"),
        ("KS20415", "KS20418", "one is another"),
        ("0034043416109404255", "00340434161094042557", "a parcel number without its end"),
    ],
)
def test_the_closest_number_is_offered(
    scene: Scene, three: dict[str, Recorded], query: str, closest: str, slip: str
) -> None:
    answer = scene.store.search.find(query)
    offered = [near.value for near in answer.closest] + [hit.value for hit in answer.hits]
    assert closest in offered, slip


def test_a_search_without_a_hit_says_how_much_it_looked_through(scene: Scene, three: dict[str, Recorded]) -> None:
    answer = scene.store.search.find("Waldmeister")
    assert (answer.hits, answer.total, answer.looked_in, answer.closest) == ((), 0, 3, ())


def test_every_hit_can_be_reached_page_by_page(scene: Scene) -> None:
    for n in range(7):
        scene.open_case(
            decision(finding("order_number", f"KS3000{n}")), letter(f"p{n}@example.com", message_id=f"<{n}@e>")
        )
    pages = [scene.store.search.find("turn on", offset=offset, limit=3) for offset in (0, 3, 6)]
    assert [len(page.hits) for page in pages] == [3, 3, 1]
    assert len({hit.case_id for page in pages for hit in page.hits}) == 7
    assert {page.total for page in pages} == {7}


def test_the_words_around_a_hit_are_shown(scene: Scene, three: dict[str, Recorded]) -> None:
    ids = [case.case_id for case in three.values()]
    around = scene.store.search.excerpts("akku", ids)[three["de"].case_id]
    assert (around.place, [piece.text for piece in around.pieces if piece.hit]) == ("mail", ["Akku"])
    around = scene.store.search.excerpts("电池", ids)[three["zh"].case_id]
    assert [piece.text for piece in around.pieces if piece.hit] == ["电池"]


# --- the index and what it indexes -----------------------------------------------------------------


def test_a_further_mail_a_note_and_a_correction_are_found(scene: Scene) -> None:
    case = scene.open_case()
    scene.add_mail(
        scene.store.cases.snapshot(case.case_id),
        sent=letter(message_id="<2@example.com>", text="It smells of Waldmeister"),
    )
    assert found(scene, "waldmeister") == [case.number]
    note = Event(name="note", actor="ana", data={"text": "Rang her up, she is on holiday"})
    scene.store.acts.apply(scene.store.cases.snapshot(case.case_id), note, {}, NOON)
    assert found(scene, "holiday") == [case.number]
    scene.store.acts.correct(case.case_id, finding("order_number", "KS77777", place="staff"), "ana", "", NOON)
    seen = Event(name="correct", actor="ana", data={"because": "read from the invoice"})
    scene.store.acts.apply(scene.store.cases.snapshot(case.case_id), seen, {}, NOON)
    assert found(scene, "KS77777") == found(scene, "invoice") == [case.number]


def test_an_automatic_mail_that_belongs_to_a_case_is_found(scene: Scene) -> None:
    from bot.core.model import Kind
    from bot.store.records import Received

    case = scene.open_case()
    away = Received(letter=letter(message_id="<away@example.com>", text="Back on Thursday"), received_at=NOON)
    scene.store.records.keep(away, Kind.AUTO_REPLY, NOON, case_id=case.case_id)
    assert found(scene, "thursday") == [case.number]


def test_a_merged_case_hands_its_words_on_and_keeps_its_number(scene: Scene) -> None:
    gone = scene.open_case(sent=letter("b@example.com", message_id="<b@example.com>", text="Waldmeister"))
    into = scene.open_case(sent=letter(message_id="<a@example.com>"))
    with scene.store.write():
        scene.store.acts.merge(gone.case_id, into.case_id)
    assert found(scene, "waldmeister") == [into.number]
    assert found(scene, gone.number) == [gone.number]


def test_what_was_not_kept_is_not_found(scene: Scene) -> None:
    with contextlib.suppress(RuntimeError), scene.store.write():
        scene.open_case(sent=letter(text="Waldmeister"))
        raise RuntimeError
    assert scene.store.search.find("waldmeister").hits == ()
    assert scene.store.db.value("SELECT count(*) FROM search") == 0


def test_the_index_is_what_a_rebuild_would_write(scene: Scene, three: dict[str, Recorded]) -> None:
    scene.add_mail(scene.store.cases.snapshot(three["de"].case_id), for_staff(), letter(ANNA, message_id="<x@e>"))
    tables = ("SELECT rowid, * FROM search ORDER BY rowid", "SELECT * FROM known_number ORDER BY 1, 2, 3")
    before = [scene.store.db.rows(sql) for sql in tables]
    assert scene.store.search.rebuild() == 3
    assert [scene.store.db.rows(sql) for sql in tables] == before
    with scene.store.write():
        scene.store.db.execute("INSERT INTO search (search) VALUES ('integrity-check')")


def test_an_index_outside_a_transaction_is_refused(scene: Scene, three: dict[str, Recorded]) -> None:
    from bot.errors import StoreError

    with pytest.raises(StoreError, match="outside"):
        index_case(scene.store.db, three["de"].case_id)


# --- single steps --------------------------------------------------------------------------------------


def test_a_slip_of_the_finger_is_one_step_away() -> None:
    near = set(neighbours_of("AB1"))
    assert {"AB", "A1", "B1", "BA1", "A1B", "AB12", "XAB1", "AC1", "AB9"} <= near
    assert "CD1" not in near


@pytest.mark.parametrize(
    ("typed", "number"),
    [("#ks-204 18", "KS20418"), ("302–7741093–2265841", "30277410932265841"), ("№ 12/34", "NO1234"), ("", "")],
)
def test_a_number_is_squeezed(typed: str, number: str) -> None:
    assert squeezed(typed) == number


def test_text_is_made_ready_the_same_way_for_the_index_and_for_a_query() -> None:
    assert ready("Straße 電池T3").split() == ["strasse", "電", "池", "t3"]
    assert asked("a\u202eb\u200bc\x00d" + "x" * 500).startswith("abc dxx")
