"""Time as the database keeps it: UTC text of one fixed shape, so that text order is time order.

No clock here. A time without a zone is refused at the door: it would be off by hours and nobody would see it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime


def stamp(moment: datetime) -> str:
    """``2025-03-14T09:26:53Z``. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """The aware UTC time of a stamp."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def moment_or_none(text: str | None) -> datetime | None:
    """The same for a column that may be empty."""
    return moment(text) if text else None


def day_or_none(text: str | None) -> date | None:
    """The day of an ISO date column that may be empty."""
    return date.fromisoformat(text) if text else None
