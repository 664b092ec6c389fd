"""A report as JSON: one line a mail that changes or cannot be replayed, and one line for all of it."""

from __future__ import annotations

from bot.rehearsal.model import Outcome, Report, Side


def mail_row(outcome: Outcome) -> dict[str, object]:
    """One mail: what changes, and both sides."""
    row: dict[str, object] = {"mail": outcome.mail.name, "file": str(outcome.mail.path), "case": outcome.case}
    if outcome.before is None or outcome.after is None:
        return {**row, "error": outcome.trouble, "unreadable": outcome.unreadable}
    changes = [{"what": c.what, "before": c.before, "after": c.after} for c in outcome.changes]
    return {**row, "changes": changes, "before": _side(outcome.before), "after": _side(outcome.after)}


def _side(side: Side) -> dict[str, object]:
    return {
        **side.facts,
        "checks": dict(side.rules),
        "reply": side.reply or None,
        "why_none": side.silence or None,
        "subject": side.subject,
        "body": side.text,
        "failure": side.failure or None,
    }


def report_row(report: Report) -> dict[str, object]:
    """The whole; ``stories`` are those that do not hold."""
    return {
        "total": report.total,
        "replayed": report.replayed,
        "unchanged": report.unchanged,
        "changed": report.changed,
        "unreadable": len(report.unreadable),
        "failed": len(report.failed),
        "unwritten": report.unwritten,
        "stopped": report.stopped,
        "groups": [
            {
                "mails": len(group.mails),
                "shown": group.shown.mail.name,
                "changes": [{"what": c.what, "before": c.before, "after": c.after} for c in group.changes],
            }
            for group in report.groups
        ],
        "rules": [
            {"rule": row.rule, "before": row.before, "after": row.after, "mails": row.mails} for row in report.rules
        ],
        "services": [{"before": was, "after": is_, "mails": count} for was, is_, count in report.services],
        "stories_run": len(report.stories),
        "stories": [{"story": story.name, "broken": list(story.broken)} for story in report.broken_stories],
        "seconds": round(report.seconds, 3),
    }
