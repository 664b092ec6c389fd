"""The running program tells another one what happens, also what a command beside it did, and after it was killed."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable

from hook_receiver import Receiver
from shop import Shop, claim

BLOCK = """
[[webhook]]
name = "orders"
url = "{url}"
secret_file = "hook"
private_address = true
timeout = 2
"""
QUICK = "schedule poll_seconds = 1\nschedule send_seconds = 1"


def wait_for(what: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come in time"
        time.sleep(0.05)


def names(receiver: Receiver) -> list[str]:
    return [json.loads(told.body)["data"]["name"] for told in receiver.told]


def test_the_running_program_tells_what_it_and_a_command_beside_it_did(maildir_shop: Shop) -> None:
    shop = maildir_shop
    with Receiver(200) as receiver:
        file = shop.configure(QUICK)
        (shop.folder / "hook").write_text("whsec_" + base64.b64encode(bytes(32)).decode())
        (shop.folder / "hook").chmod(0o600)
        file.write_text(file.read_text() + BLOCK.format(url=receiver.url))
        shop.box.deliver(claim(1))
        first = shop.program("run")
        try:
            wait_for(lambda: "letter_sent" in names(receiver))
            number = json.loads(receiver.told[0].body)["data"]["case"]
            first.kill()
            first.communicate(timeout=20)
            noted = shop.command("case", number, "note", "called the customer")
            assert noted.returncode == 0, noted.stderr
            assert "note" not in names(receiver), "nobody is there to tell it"
            second = shop.program("run")
            try:
                wait_for(lambda: "note" in names(receiver))
            finally:
                second.kill()
                second.communicate(timeout=20)
        finally:
            first.kill()
        history = [row["name"] for row in shop.rows("SELECT name FROM event ORDER BY id")]
        seen = {told.headers["webhook-id"]: json.loads(told.body)["data"]["name"] for told in receiver.told}
        assert list(seen.values()) == history
