"""A customer pastes our own letter without quote marks: what it says is not what he says."""

from __future__ import annotations

from counter import CLAIM, Counter

from bot.core.reading.own_words import holds_ours

# A claim whose first letter tells steps to try, with the warning that goes with them.
CHARGING = "Hello,\n\nmy TANK T3 Ultra does not charge since Monday. Order KS20418 from kospet.com.\n"
PASTED = "Here is the order page, I cannot take a photo today.\n\n{letter}\n"


def findings(counter: Counter, number: str, letter: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = counter.w.store.cases.show(number)["findings"]
    return [row for row in rows if row["letter"] == letter]


def test_our_letter_pasted_without_marks_yields_no_flags_and_no_findings(counter: Counter) -> None:
    number = counter.mail(CHARGING)
    ours = counter.w.store.db.rows("SELECT body_text FROM outbox ORDER BY id DESC LIMIT 1")[0]["body_text"]
    assert "swollen" in ours, "the letter warns, and must not be read as a hazard"
    assert counter.mail(PASTED.format(letter=ours), References="", Subject="photo") == number
    case = counter.w.store.cases.show(number)["case"]
    assert case["flags"] in (None, "")
    assert "hazard_stop_using" not in counter.replies(number)
    own = "Here is the order page, I cannot take a photo today."
    assert [f for f in findings(counter, number, 2) if str(f["words"]) not in own] == []
    told = [row["words"].strip() for row in counter.w.store.cases.show(number)["conversation"]]
    assert own in told


def test_the_same_words_from_somebody_we_never_wrote_to_are_his_own(counter: Counter) -> None:
    counter.mail(CHARGING)
    ours = counter.w.store.db.rows("SELECT body_text FROM outbox ORDER BY id DESC LIMIT 1")[0]["body_text"]
    line = next(line for line in ours.splitlines() if "swollen" in line)
    other = counter.mail(f"My watch is hot and swollen.\n\n{line}", sender="eve@example.com")
    assert "safety_hazard" in (counter.w.store.cases.show(other)["case"]["flags"] or "")


def test_a_hazard_beside_a_pasted_letter_is_still_one(counter: Counter) -> None:
    number = counter.mail(CHARGING)
    ours = counter.w.store.db.rows("SELECT body_text FROM outbox ORDER BY id DESC LIMIT 1")[0]["body_text"]
    counter.answer(number, f"The back is swollen now and it gets burning hot!\n\n{ours}")
    assert counter.replies(number)[-1] == "hazard_stop_using"


def test_short_lines_that_anybody_writes_are_no_sign_of_our_letter() -> None:
    assert not holds_ours("Thank you\nKind regards", ["Thank you\nKind regards"])
    assert holds_ours(
        "ok\nPlease reply to this e-mail. A short answer.", ["Please reply to this e-mail. A short answer."]
    )
    assert not holds_ours(CLAIM, [])
