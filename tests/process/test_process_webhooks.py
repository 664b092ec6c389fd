"""Other programs are told what happened to a case: once, in order, signed, and again when they could not listen.

The other side is a real HTTP server; the clock of the bot is set by hand, so every wait is as long as it should be.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from counter import ANNA, CLAIM, Counter, open_counter, photo
from hook_receiver import Receiver, Told
from sink import Sink

from bot.store.webhooks import BACK_OFF
from bot.worker.acting import perform
from bot.worker.webhooks import begin_to_listen, tell_due
from bot.worker.wiring import Wiring

KEY, OLD_KEY = bytes(range(32)), bytes(range(100, 132))
SECRETS = " ".join(f"whsec_{base64.b64encode(key).decode()}" for key in (KEY, OLD_KEY))
Open = Callable[..., Counter]


@pytest.fixture
def open_to(tmp_path: Path, sink: Sink, shared: Wiring) -> Iterator[Open]:
    """``open_to(receiver, 'events = ["approve"]')``: a desk that tells this receiver."""
    with ExitStack() as stack:

        def opened(*receivers: Receiver | str, more: str = "") -> Counter:
            (tmp_path / "hook-secret").write_text(SECRETS)
            (tmp_path / "hook-secret").chmod(0o600)
            blocks = "".join(
                f'[[webhook]]\nname = "program-{n}"\nurl = "{r if isinstance(r, str) else r.url}"\n'
                f'secret_file = "hook-secret"\nprivate_address = true\ntimeout = 1\n{more}\n'
                for n, r in enumerate(receivers, 1)
            )
            return stack.enter_context(open_counter(tmp_path, sink, shared, blocks))

        yield opened


def verified(told: Told, key: bytes = KEY) -> dict[str, Any]:
    """The body, after checking it the way the specification tells a receiver to: with nothing of ours."""
    message_id, when = told.headers["webhook-id"], told.headers["webhook-timestamp"]
    wanted = hmac.new(key, b".".join([message_id.encode(), when.encode(), told.body]), hashlib.sha256).digest()
    given = [s.partition(",") for s in told.headers["webhook-signature"].split(" ")]
    assert any(v == "v1" and hmac.compare_digest(base64.b64decode(s), wanted) for v, _, s in given)
    body: dict[str, Any] = json.loads(told.body)
    return body


def names(receiver: Receiver) -> list[str]:
    return [verified(told)["data"]["name"] for told in receiver.told]


def queued(counter: Counter) -> list[dict[str, Any]]:
    return counter.w.store.db.rows("SELECT * FROM webhook ORDER BY id")


def quiet_case(counter: Counter, text: str = CLAIM) -> str:
    """A case whose own webhooks are out of the way."""
    number = counter.mail(text)
    while any(row["state"] == "queued" for row in queued(counter)):
        counter.clock.at += timedelta(days=1)
        assert tell_due(counter.w) or True
    return number


# --- what is told -----------------------------------------------------------------------------------


def test_a_program_is_told_what_happened_in_order_and_signed(open_to: Open) -> None:
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        number = counter.mail(CLAIM, photo=photo())
        counter.staff(number, "approve", service="free_repair", address="eu")
        history = [event["name"] for event in counter.events(number)]
        assert names(receiver) == history
        assert "approve" in history
        assert "letter_sent" in history
    approval = next(verified(t) for t in receiver.told if verified(t)["data"]["name"] == "approve")
    assert approval["type"] == "case.approve"
    assert approval["data"] == {
        "event": approval["data"]["event"],
        "name": "approve",
        "actor": "staff",
        "case": number,
        "version": 2,
        "state": "approved",
        "next_actor": "customer",
        "service": "free_replacement",
        "granted": "free_repair",
        "flags": [],
    }
    assert len({told.headers["webhook-id"] for told in receiver.told}) == len(receiver.told)


def test_nothing_a_customer_wrote_and_no_name_is_told(open_to: Open) -> None:
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        number = counter.mail(CLAIM, sender="canary@example.com", Subject="canary subject")
        counter.staff(number, "note", actor="maria-canary", text="canary note")
        said = b"".join(told.body for told in receiver.told).lower()
    assert len(receiver.told) > 2
    for word in (b"canary", b"maria", b"anna", b"@", b"ks20418", b"official store"):
        assert word not in said


def test_both_secrets_sign_while_one_replaces_the_other(open_to: Open) -> None:
    with Receiver(200) as receiver:
        open_to(receiver).mail(CLAIM)
    assert verified(receiver.told[0], KEY) == verified(receiver.told[0], OLD_KEY)
    with pytest.raises(AssertionError):
        verified(receiver.told[0], bytes(32))


def test_a_body_that_was_changed_on_the_way_is_not_verified(open_to: Open) -> None:
    with Receiver(200) as receiver:
        open_to(receiver).mail(CLAIM)
    told = receiver.told[0]
    forged = Told(told.path, told.headers, told.body.replace(b'"customer"', b'"staff"'), told.at)
    assert forged.body != told.body
    with pytest.raises(AssertionError):
        verified(forged)


def test_a_program_is_told_only_what_it_asked_for(open_to: Open) -> None:
    with Receiver(200) as receiver:
        counter = open_to(receiver, more='events = ["approve", "close"]')
        number = counter.mail(CLAIM, photo=photo())
        counter.staff(number, "approve", service="free_repair", address="eu")
        assert names(receiver) == ["approve"]


def test_an_action_that_was_not_possible_tells_nothing(open_to: Open) -> None:
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        number = quiet_case(counter)
        before = len(queued(counter))
        with pytest.raises(Exception, match="cannot be changed"):
            perform(counter.w, number, "consent", {"address": "eu"}, "maria")
        with suppress(RuntimeError), counter.w.store.write():
            perform(counter.w, number, "note", {"text": "x"}, "maria")
            raise RuntimeError("the transaction of the event is undone")
        assert len(queued(counter)) == before


def test_an_action_on_the_command_line_is_told_as_well(open_to: Open) -> None:
    """Any process that writes an event writes what is told of it; the running bot tells it later."""
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        number = quiet_case(counter)
        perform(counter.w, number, "note", {"text": "called"}, "maria")
        assert names(receiver)[-1] != "note"
        tell_due(counter.w)
        assert names(receiver)[-1] == "note"


# --- what goes wrong --------------------------------------------------------------------------------


def test_a_500_and_then_a_200_is_one_retry_with_the_same_id(open_to: Open) -> None:
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        number = quiet_case(counter)
        receiver.told.clear()
        receiver.answers = [500, 200]
        perform(counter.w, number, "note", {"text": "x"}, "maria")
        assert tell_due(counter.w) == 0
        assert tell_due(counter.w) == 0, "not before its time"
        assert len(receiver.told) == 1
        counter.clock.at += BACK_OFF[0]
        assert tell_due(counter.w) == 1
        counter.clock.at += timedelta(days=3)
        assert tell_due(counter.w) == 0
        first, second = receiver.told
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body
        waited = int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"])
        assert waited == BACK_OFF[0].total_seconds()
        verified(second)


def test_a_program_that_never_answers_well_is_tried_exactly_so_often_and_then_given_up(open_to: Open) -> None:
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        number = quiet_case(counter)
        receiver.told.clear()
        receiver.answers = [500]
        perform(counter.w, number, "note", {"text": "x"}, "maria")
        tell_due(counter.w)
        for n, pause in enumerate(BACK_OFF, 1):
            counter.clock.at += pause - timedelta(seconds=1)
            tell_due(counter.w)
            assert len(receiver.told) == n, f"not before {pause}"
            counter.clock.at += timedelta(seconds=1)
            tell_due(counter.w)
            assert len(receiver.told) == n + 1
        assert queued(counter)[-1]["state"] == "dead"
        counter.clock.at += timedelta(days=30)
        tell_due(counter.w)
        assert len(receiver.told) == len(BACK_OFF) + 1
        alert = next(a for a in counter.w.store.alerts.open() if a["kind"] == "webhooks")
        assert "program-1" in alert["text"]
        assert "status 500" in alert["text"]


def test_a_dead_one_is_sent_again_when_an_operator_says_so(open_to: Open) -> None:
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        number = quiet_case(counter)
        receiver.answers = [410]
        perform(counter.w, number, "note", {"text": "x"}, "maria")
        tell_due(counter.w)
        dead = queued(counter)[-1]
        assert (dead["state"], dead["attempts"]) == ("dead", 1), "410 means never again"
        receiver.answers = [200]
        counter.w.store.webhooks.again(dead["id"], counter.w.now())
        assert tell_due(counter.w) == 1


def test_the_second_of_a_case_waits_for_the_first_and_other_cases_do_not(open_to: Open) -> None:
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        one = quiet_case(counter)
        other = quiet_case(counter, CLAIM.replace("KS20418", "KS20999").replace("T3 Ultra", "M3"))
        assert one != other
        receiver.told.clear()
        perform(counter.w, one, "note", {"text": "first"}, "maria")
        perform(counter.w, one, "take", {}, "maria")
        perform(counter.w, other, "note", {"text": "other"}, "maria")
        receiver.answers = [503, 200]
        tell_due(counter.w)
        said = [(verified(t)["data"]["case"], verified(t)["data"]["name"]) for t in receiver.told]
        assert said == [(one, "note"), (other, "note")], "the second of the case is not sent before the first"
        counter.clock.at += BACK_OFF[0]
        tell_due(counter.w)
        said = [(verified(t)["data"]["case"], verified(t)["data"]["name"]) for t in receiver.told]
        assert said[2:] == [(one, "note"), (one, "take")]


def test_one_program_that_fails_does_not_keep_the_other_waiting(open_to: Open) -> None:
    with Receiver(500) as broken, Receiver(200) as well:
        counter = open_to(broken, well)
        number = counter.mail(CLAIM)
        counter.clock.at += timedelta(minutes=1)
        tell_due(counter.w)
        assert names(well) == [event["name"] for event in counter.events(number)]


@pytest.mark.parametrize("trouble", ["hang", "drip", "close", "garbage"])
def test_whatever_a_program_does_the_worker_goes_on_in_time(open_to: Open, trouble: str) -> None:
    with Receiver(trouble) as receiver:
        counter = open_to(receiver)
        number = quiet_case_without(counter)
        began = time.monotonic()
        perform(counter.w, number, "note", {"text": "x"}, "maria")
        tell_due(counter.w)
        assert time.monotonic() - began < 4, "the timeout is one second"
        last = queued(counter)[-1]
        assert (last["state"], last["attempts"], last["status"]) == ("queued", 1, 0)
        assert last["error"].startswith("no answer")


def quiet_case_without(counter: Counter) -> str:
    """A case from before anybody listened."""
    number = counter.mail(CLAIM)
    with counter.w.store.write():
        counter.w.store.db.execute("DELETE FROM webhook")
    return number


def test_a_redirect_is_not_followed(open_to: Open) -> None:
    with Receiver("redirect") as receiver:
        counter = open_to(receiver)
        counter.mail(CLAIM)
        assert {told.path for told in receiver.told} == {"/hook"}
        assert "redirects are not followed" in queued(counter)[0]["error"]


def test_a_crash_after_the_answer_sends_the_same_id_again(open_to: Open) -> None:
    """Between the answer and our note of it nobody can know: the other side tells them apart by the id."""
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        number = quiet_case(counter)
        perform(counter.w, number, "note", {"text": "x"}, "maria")
        tell_due(counter.w)
        with counter.w.store.write():
            sql = "UPDATE webhook SET state = 'queued', done_at = NULL WHERE id = :id"
            counter.w.store.db.execute(sql, id=queued(counter)[-1]["id"])
        tell_due(counter.w)
        assert receiver.told[-1].headers["webhook-id"] == receiver.told[-2].headers["webhook-id"]


def test_who_is_no_longer_configured_is_told_nothing_more(open_to: Open) -> None:
    with Receiver(500) as receiver:
        counter = open_to(receiver)
        counter.mail(CLAIM)
        counter.w.config = counter.w.config.model_copy(update={"webhook": ()})
        begin_to_listen(counter.w)
        assert {row["state"] for row in queued(counter)} == {"dead"}
        before = len(queued(counter))
        counter.mail(CLAIM, sender="kim@example.com")
        assert len(queued(counter)) == before


def test_a_private_address_is_refused_in_the_worker_too(open_to: Open) -> None:
    with Receiver(200) as receiver:
        counter = open_to(receiver)
        rows = tuple(row.model_copy(update={"private_address": False}) for row in counter.w.config.webhook)
        for fresh, old in zip(rows, counter.w.config.webhook, strict=True):
            fresh._keys = old.keys
        counter.w.config = counter.w.config.model_copy(update={"webhook": rows})
        counter.mail(CLAIM, sender=ANNA)
        assert receiver.told == []
        assert "not in the public internet" in queued(counter)[0]["error"]
