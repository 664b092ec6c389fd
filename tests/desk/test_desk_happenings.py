"""What really happened to the cases of all stories is what other programs can ask for."""

from __future__ import annotations

from desk_decided import decide_some
from desk_served import ServedDesk

from bot.core.warranty.happenings import HAPPENINGS


def test_nothing_happens_that_has_no_name(desk: ServedDesk) -> None:
    decide_some(desk)
    desk.clock.skip(minutes=5)
    desk.send()
    names = {row["name"] for row in desk.store.db.rows("SELECT DISTINCT name FROM event")}
    assert len(names) > 10
    assert names <= set(HAPPENINGS)
