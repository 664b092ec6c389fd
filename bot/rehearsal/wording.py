"""A report in words: the same sentences on the terminal, in the page and at the desk."""

from __future__ import annotations

from collections.abc import Iterator

from bot.rehearsal.compare import GONE, NEW, RULE, SAME, differences
from bot.rehearsal.model import Change, Group, Outcome, Report, Story

ARROW = "→"
LONGEST = 160  # letters of one line of an excerpt
NAMES = {"letter": "wording", "failure": "cannot be written", "reply": "letter", "next_actor": "next"}


def counted(count: int, one: str, many: str = "") -> str:
    """``1 mail``, ``2,000 mails``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def change_in_words(change: Change) -> str:
    """``service: free_repair → not_covered``."""
    if change.what == "letter":
        return f"other words ({change.after})"
    if change.what == "failure":
        return f"the letter cannot be written: {change.after}"
    if change.what.startswith(RULE):
        name, nothing = change.what.removeprefix(RULE), "not looked at"
    else:
        name = NAMES.get(change.what, change.what).replace("_", " ")
        nothing = "no letter" if change.what == "reply" else "nothing"
    return f"{name}: {change.before or nothing} {ARROW} {change.after or nothing}"


def group_in_words(group: Group) -> str:
    """What changes in all its mails, in one line; checks stand in the list of rules."""
    told = [change_in_words(c) for c in group.changes if not c.what.startswith(RULE)]
    told = told or [change_in_words(c) for c in group.changes]
    letter = group.shown.after.reply if group.shown.after else ""
    words = "; ".join(told)
    return f"{letter}: {words}" if letter and group.changes[-1].what == "letter" == group.changes[0].what else words


def excerpt(outcome: Outcome) -> tuple[str, str]:
    """The first line of the letter that differs, as it was and as it is; empty where no letter is on both sides."""
    before, after = outcome.before, outcome.after
    if before is None or after is None or not before.text or not after.text or before.reply != after.reply:
        return "", ""
    was, is_, seen = "", "", False
    for kind, text in differences(f"{before.subject}\n{before.text}", f"{after.subject}\n{after.text}"):
        if kind == SAME:
            head, line_end, _ = text.partition("\n")
            if seen and line_end:
                was, is_ = was + head, is_ + head
                break
            tail = text if seen else text.rpartition("\n")[2]
            was, is_ = was + tail, is_ + tail
            continue
        seen = True
        was += text if kind == GONE else ""
        is_ += text if kind == NEW else ""
    return _shortened(was), _shortened(is_)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def totals(report: Report) -> Iterator[tuple[str, str]]:
    """What became of every mail: the numbers add up."""
    yield "to replay", counted(report.total, "mail")
    yield "unchanged", counted(report.unchanged, "mail")
    yield "changed", f"{counted(report.changed, 'mail')} in {counted(len(report.groups), 'way')}"
    yield "cannot be read", counted(len(report.unreadable), "mail")
    if report.failed:
        yield "not replayed by a fault of ours", counted(len(report.failed), "mail")
    if left := report.total - report.replayed - len(report.unreadable) - len(report.failed):
        yield "not reached before the stop", counted(left, "mail")
    if report.unwritten:
        yield "letters that can no longer be written", f"{report.unwritten:,}"


def stories_in_words(report: Report) -> str:
    """How the golden stories came out, in one sentence."""
    if not report.stories:
        return "No golden stories were run."
    every = len(report.stories)
    whole = sum(story.whole for story in report.stories)
    reworded = sum(bool(story.reworded) for story in report.stories)
    parts = [f"{every - len(report.broken_stories):,} of {every:,} golden stories hold"]
    if whole < every:
        parts.append(f"{whole:,} run to their end, the others up to the first step of a person or a timer")
    if reworded:
        parts.append(f"{reworded:,} in other words")
    if before := sum(bool(story.broken_before) for story in report.stories):
        parts.append(f"{before:,} differ with the live files already")
    return "; ".join(parts) + "."


def story_problems(stories: tuple[Story, ...]) -> Iterator[str]:
    """Each thing that no longer is as it is told."""
    for story in stories:
        yield from story.broken
