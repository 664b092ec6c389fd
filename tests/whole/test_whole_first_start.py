"""The first start answers nobody's old mail; the import builds cases without letters; a dry run changes nothing."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

from shop import Shop, answer, claim

from bot.worker.intake import poll

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def test_the_first_start_leaves_old_mail_alone(shop: Shop) -> None:
    shop.baseline = "first_run"
    for number in range(1, 4):
        shop.box.deliver(claim(number), YESTERDAY)
    shop.round()
    shop.clock.ahead = timedelta(minutes=1)
    shop.box.deliver(claim(4), datetime.now(UTC) + timedelta(seconds=30))
    shop.round()
    assert shop.outcomes() == ["old", "old", "old", "human"]
    assert [letter["To"] for letter in shop.letters()] == ["anna4@home4.example.com"]
    assert shop.box.mails() == [claim(number) for number in range(1, 4)]


def test_a_day_given_by_the_operator_is_the_border(shop: Shop) -> None:
    shop.baseline = YESTERDAY.date().isoformat()
    shop.box.deliver(claim(1), YESTERDAY - timedelta(days=2))
    shop.box.deliver(claim(2), YESTERDAY)
    shop.round()
    assert shop.outcomes() == ["old", "human"]


def test_the_import_builds_cases_and_writes_to_nobody(shop: Shop) -> None:
    shop.baseline = "first_run"
    shop.configure()
    for number in range(1, 4):
        shop.box.deliver(claim(number), YESTERDAY)
    result = shop.command("once", "--import", "--send")
    assert result.returncode == 0
    assert result.stdout.startswith("3 new mails, 3 handled, 0 letters sent")
    assert (shop.outcomes(), shop.count("cases"), shop.count("outbox")) == (["human"] * 3, 3, 0)
    assert {row["waiting_for"] for row in shop.rows("SELECT * FROM case_overview")} == {"nobody"}
    shop.round()
    assert shop.letters() == []
    assert shop.box.mails() == []


def test_the_import_works_after_the_first_start_too(shop: Shop) -> None:
    shop.baseline = "first_run"
    shop.box.deliver(claim(1), YESTERDAY)
    shop.round()
    assert shop.outcomes() == ["old"]
    assert shop.command("once", "--import", "--send").returncode == 0
    assert (shop.outcomes(), shop.letters()) == (["human"], [])


def test_an_import_that_was_cut_off_sends_no_letter_later(shop: Shop) -> None:
    """What the import had fetched is worked on by the next start, which does send letters."""
    shop.baseline = "first_run"
    shop.box.deliver(claim(1), YESTERDAY)
    with shop.open() as wiring:
        poll(wiring, keep_old=True)
    assert shop.outcomes() == ["stored"]
    shop.round()
    assert (shop.outcomes(), shop.letters()) == (["human"], [])


def test_a_new_mail_in_an_imported_case_is_answered(shop: Shop) -> None:
    shop.baseline = "first_run"
    shop.configure()
    shop.box.deliver(claim(1), YESTERDAY)
    shop.command("once", "--import", "--send")
    shop.clock.ahead = timedelta(minutes=1)
    text = "Any news? My TANK T3 Ultra, order KS20001, is still dead."
    shop.box.deliver(claim(9, "anna1@home1.example.com", text), datetime.now(UTC) + timedelta(seconds=30))
    shop.round()
    assert (shop.case("anna1@home1.example.com")["mails"], len(shop.letters())) == (2, 1)


def test_fresh_mail_waits_while_old_mail_is_imported(shop: Shop) -> None:
    shop.baseline = "first_run"
    shop.box.deliver(claim(1), YESTERDAY)
    shop.round()
    shop.box.deliver(claim(2), datetime.now(UTC) + timedelta(seconds=30))
    shop.configure()
    shop.command("once", "--import", "--send")
    assert (shop.outcomes(), shop.letters()) == (["human", "stored"], [])
    shop.clock.ahead = timedelta(minutes=1)
    shop.round()
    assert [letter["To"] for letter in shop.letters()] == ["anna2@home2.example.com"]


def test_a_dry_run_tells_everything_and_changes_nothing(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    shop.box.deliver(answer(shop.letters()[0], 2, "It was delivered on 3 March 2025."))
    shop.box.deliver(claim(3))
    before = shop.everything()
    result = shop.command("once")
    assert result.returncode == 0
    assert "2 new mails, 2 handled, 0 letters sent" in result.stdout
    assert "anna3@home3.example.com" in result.stdout
    assert "details_needed" in result.stdout
    assert shop.everything() == before
    shop.round()
    assert len(shop.letters()) == 3


def test_a_dry_run_before_the_first_start_makes_no_data(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    result = shop.command("once")
    assert (result.returncode, shop.letters()) == (0, [])
    assert "1 new mails, 1 handled" in result.stdout
    assert not (shop.folder / "data").exists()


def test_a_dry_run_beside_fetched_mail_reads_it(shop: Shop) -> None:
    """A bot that was stopped between fetching and answering: the copy must bring the mail along."""
    shop.box.deliver(claim(1))
    with shop.open() as wiring:
        poll(wiring)
    result = shop.command("once")
    assert "details_needed" in result.stdout
    assert shop.outcomes() == ["stored"]


def test_without_automatic_letters_every_claim_waits_for_a_person(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round("automation replies = false")
    assert shop.letters() == []
    case = shop.case("anna1@home1.example.com")
    assert (case["waiting_for"], case["answer_by"] is not None) == ("staff", True)
    assert [row["case_number"] for row in shop.rows("SELECT * FROM review_queue")] == [case["case_number"]]


def test_a_data_folder_that_lost_its_key_asks_for_it(shop: Shop) -> None:
    shop.box.deliver(claim(1))
    shop.round()
    (shop.folder / "data" / "secret").write_bytes(b"")
    result = shop.command("once", "--send")
    assert result.returncode == 1
    assert "is damaged" in result.stderr
    shutil.rmtree(shop.folder / "data")
