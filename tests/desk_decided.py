"""Some decisions at the seeded desk, and the links of a page of numbers."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from desk_served import ServedDesk

from bot.worker.acting import perform


def links(text: str, start: str) -> list[tuple[str, str]]:
    """(address, number) of the links of a page that begin so; a number is the first in the link's words."""
    found = re.findall(rf'<a href="({start}[^"]*)"(?: aria-label="([^"]*)")?[^>]*>(.*?)</a>', text, re.DOTALL)
    return [(unescape(href), label or re.sub(r"<[^>]+>", "", body).strip()) for href, label, body in found]


def decide_some(desk: ServedDesk) -> dict[str, str]:
    """Some decisions: one as we would, one otherwise, one late, one taken back."""
    done: dict[str, str] = {}
    rows = desk.store.db.rows(
        "SELECT number, service, missing FROM cases WHERE state = 'ready_for_staff' AND missing = ''"
        " AND service IN ('free_repair', 'free_replacement') ORDER BY id"
    )
    assert len(rows) >= 4
    for row, what in zip(rows, ("as_we", "otherwise", "late", "undone"), strict=False):
        with desk.store.write():
            day = "2025-12-01" if what == "late" else "2025-12-09"
            desk.store.db.execute("UPDATE cases SET answer_by = :d WHERE number = :n", d=day, n=row["number"])
        desk.store.holds.open(desk.store.cases.id_of(row["number"]), "agent", desk.clock() - timedelta(seconds=40))
        values = {"service": row["service"], "address": "eu"}
        action = "approve"
        if what == "otherwise":
            action, values = "decline", {"reason": "out_of_warranty"}
        performed = perform(desk.w, row["number"], action, values, "agent")
        if what == "undone":
            assert performed.outbox_id
            desk.store.deeds.undo(performed.outbox_id, "agent", desk.clock())
        done[what] = row["number"]
    return done
