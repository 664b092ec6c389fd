"""What the desk shows on every page, and what browsers report about it. Pages have modules of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Database
from bot.store.listings import NEED
from bot.store.times import moment_or_none

REPORTS_KEPT = 500  # different reports; a page cannot fill the disk with them
WORD = 200  # characters of a report that are kept


@dataclass(frozen=True, kw_only=True, slots=True)
class MailState:
    """How fetching mail goes."""

    last_ok: datetime | None
    error: str


class DeskFacts:
    """Read for the frame; written for reports."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def mail_state(self, mailbox: str) -> MailState:
        """When mail was last fetched without trouble, and what the trouble is."""
        row = self._db.row("SELECT last_ok_poll, last_error FROM mailbox WHERE name = :name", name=mailbox) or {}
        return MailState(last_ok=moment_or_none(row.get("last_ok_poll")), error=str(row.get("last_error") or ""))

    def waiting_for_staff(self) -> int:
        """How many cases need a person."""
        return int(self._db.value(f"SELECT count(*) FROM ({NEED})"))  # noqa: S608 - ours

    def report(self, directive: str, blocked: str, page: str, now: datetime) -> bool:
        """Count one thing that a browser refused to do on a page of ours; whether it is a new one."""
        with self._db.write():
            known = {"directive": directive[:WORD], "blocked": blocked[:WORD], "page": page[:WORD]}
            seen = self._db.execute(
                "UPDATE csp_report SET count = count + 1, last = :now"
                " WHERE directive = :directive AND blocked = :blocked AND page = :page",
                now=now,
                **known,
            )
            fresh = not seen and int(self._db.value("SELECT count(*) FROM csp_report")) < REPORTS_KEPT
            if fresh:
                self._db.insert("csp_report", {**known, "since": now, "last": now})
        return fresh

    def reports(self) -> list[dict[str, object]]:
        """What was reported, the newest first."""
        return self._db.rows("SELECT * FROM csp_report ORDER BY last DESC, id DESC")
