"""Public mail of many sources, all of it through the whole desk: every mail reaches its end, no machine gets a letter.

Skipped where the corpora are not at hand; they are read in place and never copied into the project. Every second mail
is taken, and all of them with AFTER_SALES_TESTS=all.
"""

from __future__ import annotations

import json
import os
import re
import time
from datetime import timedelta
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path

import pytest
from shop import OURS, Shop

from bot.worker.rounds import one_round

FOLDER = Path(os.environ.get("AFTER_SALES_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora")
PLAIN = re.compile(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
# What no person's mail program writes: whoever answers one of these answers a machine.
UNMISTAKABLE = re.compile(
    rb"^(?:auto-submitted: *auto|precedence: *(?:bulk|junk|list)|list-id:|return-path: *<>"
    rb"|content-type: *multipart/report|from:.*(?:mailer-daemon|postmaster))",
    re.IGNORECASE | re.MULTILINE,
)
STEP = 1 if os.environ.get("AFTER_SALES_TESTS") == "all" else 2
FINAL = {"human", "machine", "bounce", "echo", "list", "spam", "duplicate", "quarantined", "oversize"}

pytestmark = pytest.mark.skipif(not (FOLDER / "labels").is_dir(), reason="the corpora are not at hand")


def corpus() -> dict[str, bytes]:
    files = sorted(path for path in FOLDER.glob("*/mails/**/*") if path.is_file())
    return {str(path.relative_to(FOLDER)): path.read_bytes() for path in files[::STEP]}


def machines() -> set[str]:
    """The labelled ones. A bounce for nobody is a person's mail that its source keeps as a trap."""
    rows = map(json.loads, (FOLDER / "labels" / "class.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["file"] for row in rows if row.get("recipients") != []}


def recipients(mails: dict[str, bytes]) -> list[str]:
    """Everybody these mails went to and nobody who wrote one: as the desk's own addresses, so that it may answer."""
    named: dict[str, set[str]] = {"to": set(), "from": set()}
    for raw in mails.values():
        head = message_from_bytes(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0].lstrip())
        for header, found in named.items():
            values = [str(value) for value in head.get_all(header, [])]
            found.update(address.lower() for _, address in getaddresses(values))
    return sorted(address for address in named["to"] - named["from"] if PLAIN.fullmatch(address))


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_public_mail_reaches_its_end_and_no_machine_gets_a_letter(maildir_shop: Shop) -> None:
    shop, mails = maildir_shop, corpus()
    own = [OURS, *recipients(mails)]
    for raw in mails.values():
        shop.box.deliver(raw)
    began = time.monotonic()
    with shop.open(f"address own = {json.dumps(own)}") as wiring:
        for minutes in (0, 2, 8, 30):
            shop.clock.ahead = timedelta(minutes=minutes)
            one_round(wiring)
    seconds = time.monotonic() - began

    outcomes = shop.outcomes()
    assert len(outcomes) == len(mails)
    assert set(outcomes) <= FINAL
    assert outcomes.count("quarantined") <= 0.02 * len(mails)
    assert shop.box.mails() == []
    assert not shop.rows("SELECT 1 FROM arrival WHERE outcome IN ('human', 'quarantined') AND case_id IS NULL")

    labelled = {mails[name] for name in machines() if name in mails}
    answered = shop.rows(
        "SELECT DISTINCT a.raw_sha256 FROM outbox o JOIN arrival a ON a.case_id = o.case_id AND a.dup_of IS NULL"
        " AND (a.content_key = o.cause_key OR o.cause_key LIKE '%' || a.raw_sha256)"
    )
    assert len(answered) == shop.count("outbox") > 20, "a desk that answers nobody proves nothing"
    with shop.open() as wiring:
        causes = [wiring.store.files.read(row["raw_sha256"]) for row in answered]
    wrong = [raw[:200] for raw in causes if raw in labelled or UNMISTAKABLE.search(head_of(raw))]
    assert wrong == []
    print(f"{len(mails)} mails in {seconds:.0f} s, {len(answered)} answered")


def head_of(raw: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw.lstrip(), maxsplit=1)[0]
