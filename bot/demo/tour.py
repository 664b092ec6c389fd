"""Today's customers: each of them writes, the real worker polls, decides and answers.

Nothing here decides anything: mails go into the embedded mailbox, the worker does what it does in production.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.utils import parseaddr

from bot.demo.mails import Story, stories
from bot.demo.stage import Stage


def tour(stage: Stage, say: Callable[[str], None]) -> list[str]:
    """Play all stories, today; the case numbers in the order they were opened. ``say`` is told what happens."""
    stage.clock.at = None
    before = {str(row["case_number"]) for row in stage.wiring.store.cases.list(limit=100)}
    for turn, mails in _rounds():
        for story in mails:
            stage.play(story)
            say(f"  {parseaddr(story.sender)[0]:<16} {story.subject}")
        counts = stage.round()
        say(f"  round {turn}: {counts['handled']} mails handled, {counts['sent']} letters sent")
    rows = sorted(stage.wiring.store.cases.list(limit=100), key=lambda r: str(r["opened_at"]))
    return [number for row in rows if (number := str(row["case_number"])) not in before]


def _rounds() -> Iterator[tuple[int, list[Story]]]:
    told = stories()
    for number in sorted({s.round for s in told}):
        yield number, [s for s in told if s.round == number]
