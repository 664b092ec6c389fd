"""The day a mail was written: relative dates ("yesterday") count from it.

The Date header is a claim of the sender, in the sender's own time zone. It is believed when it lies near the day
the mail arrived; where no arrival is known it is all there is.
"""

from __future__ import annotations

from datetime import date
from email.utils import parsedate_to_datetime

from bot.core.model import Letter

_BELIEVED = 14  # days between writing and arrival


def day_written(letter: Letter, arrived: date | None) -> date | None:
    """The sender's own calendar day, or the day of arrival; None when neither is known."""
    own = _own_day(letter)
    if own is None or arrived is None:
        return own or arrived
    return own if -1 <= (arrived - own).days <= _BELIEVED else arrived


def _own_day(letter: Letter) -> date | None:
    if letter.sent_at is None:
        return None
    for value in letter.header_values("date"):
        try:
            return parsedate_to_datetime(value).date()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return letter.sent_at.date()
