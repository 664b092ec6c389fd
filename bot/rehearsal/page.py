"""The report as one HTML file: no script, nothing from elsewhere, every word of a mail escaped.

Made by hand from small pieces: a template would be one more thing that could let a word through unescaped. Both colour
schemes, and on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from bot.rehearsal.compare import GONE, NEW, RULE, differences
from bot.rehearsal.model import Group, Report, RuleChange, Side
from bot.rehearsal.style import STYLE
from bot.rehearsal.wording import (
    change_in_words,
    counted,
    group_in_words,
    stories_in_words,
    story_problems,
    totals,
)

MOST_SHOWN = 300  # groups that are shown whole
MOST_NAMES = 200  # mails of one group that are named
# Nothing may be fetched or run, whatever a mail holds.
GUARD = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(report: Report, title: str = "Rehearsal") -> str:
    """The whole file."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{GUARD}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>",
        *_opening(report),
        *_rules(report.rules),
        *_services(report),
        *_groups(report.groups),
        *_not_replayed(report),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _opening(report: Report) -> Iterator[str]:
    if report.stopped:
        yield '<p class="notice">Stopped before its end: the figures are of what was replayed until then.</p>'
    yield '<table class="facts"><caption>Mails</caption>'
    for name, value in totals(report):
        yield f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
    yield "</table>"
    yield f"<p>{escape(stories_in_words(report))}</p>"
    yield from _list(story_problems(report.stories), "broken")


def _list(items: Iterable[str], kind: str) -> Iterator[str]:
    lines = [f"<li>{escape(item)}</li>" for item in items]
    if lines:
        yield f'<ul class="{kind}">{"".join(lines)}</ul>'


def _rules(rules: tuple[RuleChange, ...]) -> Iterator[str]:
    if not rules:
        return
    yield "<h2>By rule</h2><table><thead><tr>"
    yield "".join(f'<th scope="col">{name}</th>' for name in ("rule", "was", "is", "mails", "see")) + "</tr></thead>"
    for row in rules:
        links = " ".join(
            f'<a href="#change-{number}">{number}</a>' for number in row.groups[:MOST_SHOWN] if number <= MOST_SHOWN
        )
        cells = f"<td>{_outcome(row.before)}</td><td>{_outcome(row.after)}</td><td>{row.mails:,}</td><td>{links}</td>"
        yield f'<tr><th scope="row">{escape(row.rule)}</th>{cells}</tr>'
    yield "</table>"


def _outcome(word: str) -> str:
    return f'<span class="{escape(word)}">{escape(word)}</span>' if word else "not looked at"


def _services(report: Report) -> Iterator[str]:
    if not report.services:
        return
    names = sorted({name for was, is_, _ in report.services for name in (was, is_)})
    count = {(was, is_): number for was, is_, number in report.services}
    yield "<h2>Services, before and after</h2>"
    yield "<p>A row is the service before, a column the service after. What stays stands on the diagonal.</p>"
    yield '<div class="wide"><table><thead><tr><td></td>'
    yield "".join(f'<th scope="col">{escape(name or "none")}</th>' for name in names) + "</tr></thead>"
    for was in names:
        cells = ""
        for is_ in names:
            number = count.get((was, is_), 0)
            kind = "stays" if was == is_ else "moves" if number else ""
            cells += f'<td class="{kind}">{number:,}</td>' if number else "<td></td>"
        yield f'<tr><th scope="row">{escape(was or "none")}</th>{cells}</tr>'
    yield "</table></div>"


def _groups(groups: tuple[Group, ...]) -> Iterator[str]:
    if not groups:
        yield "<h2>Changes</h2><p>Nobody would have got anything else.</p>"
        return
    yield "<h2>Changes, the most telling first</h2>"
    for group in groups[:MOST_SHOWN]:
        yield from _group(group)
    if left := groups[MOST_SHOWN:]:
        mails = sum(len(group.mails) for group in left)
        yield f"<p>{counted(len(left), 'more change')} in {counted(mails, 'mail')}; --json tells each.</p>"


def _group(group: Group) -> Iterator[str]:
    yield f'<section id="change-{group.id}">'
    yield f"<h3>{group.id}. {escape(counted(len(group.mails), 'mail'))}: {escape(group_in_words(group))}</h3>"
    checks = [change_in_words(change) for change in group.changes if change.what.startswith(RULE)]
    yield from _list(checks, "checks")
    before, after = group.shown.before, group.shown.after
    assert before is not None
    assert after is not None
    which = "This mail" if len(group.mails) == 1 else "One of them"
    yield f'<p class="which">{which}: <b>{escape(group.shown.mail.name)}</b></p>'
    old, new = _marked(before, after)
    yield '<div class="sides">'
    yield f"<div><h4>Before</h4>{_letter(before, old)}</div><div><h4>After</h4>{_letter(after, new)}</div></div>"
    if len(group.mails) > 1:
        names = " · ".join(escape(name) for name in group.mails[:MOST_NAMES])
        more = f" · and {len(group.mails) - MOST_NAMES:,} more" if len(group.mails) > MOST_NAMES else ""
        yield f'<p class="mails">{names}{more}</p>'
    yield "</section>"


def _letter(side: Side, marked: str) -> str:
    if side.failure:
        return f'<p class="notice">Cannot be written: {escape(side.failure)}</p>'
    if not side.reply:
        return f'<p class="none">No letter: {escape(side.silence)}</p>'
    head = f"{escape(side.reply)} ({escape(side.language)})"
    return f'<p class="name">{head}</p><pre lang="{escape(side.language)}">{marked}</pre>'


def _marked(before: Side, after: Side) -> tuple[str, str]:
    """Subject and text of both, with the words marked that are gone and that are new. Another letter has no marks."""
    was, is_ = (f"{side.subject}\n\n{side.text}" for side in (before, after))
    if before.reply != after.reply or not before.text or not after.text:
        return escape(was), escape(is_)
    old, new = [], []
    for kind, text in differences(was, is_):
        words = escape(text)
        if kind == GONE:
            old.append(f"<del>{words}</del>")
        elif kind == NEW:
            new.append(f"<ins>{words}</ins>")
        else:
            old.append(words)
            new.append(words)
    return "".join(old), "".join(new)


def _not_replayed(report: Report) -> Iterator[str]:
    for title, mails in (("Could not be read", report.unreadable), ("Not replayed", report.failed)):
        if mails:
            yield f"<h2>{title}</h2>"
            yield from _list((f"{name}: {reason}" for name, reason in mails[: MOST_SHOWN * 2]), "unread")
            if len(mails) > MOST_SHOWN * 2:
                yield f"<p>and {len(mails) - MOST_SHOWN * 2:,} more</p>"
