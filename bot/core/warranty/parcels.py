"""Which parcel numbers of a mail are a parcel of the customer's to us.

The number of the watch that we sent back, quoted in a question, is ours; the order number that the case already has is
no parcel, whatever word stands beside it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.details.parcel import is_mistyped
from bot.core.model import Case, Details, Policy

PLAIN_CODE = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9-]{3,39}")  # what may stand in a letter


def theirs(fresh: Details, case: Case | None) -> Details:
    """The findings of a mail without parcel numbers that are not the customer's."""
    if case is None:
        return fresh
    sent = case.terms.get("sent_back")
    ours = [*(sent if isinstance(sent, list | tuple) else ()), *case.details.sure("order_number")]
    known = {_plain(str(number)) for number in ours}
    kept = tuple(f for f in fresh.findings if f.field != "tracking_number" or _plain(f.value) not in known)
    return fresh if len(kept) == len(fresh.findings) else replace(fresh, findings=kept)


def on_the_way(case: Case, policy: Policy) -> tuple[str, ...]:
    """The customer's parcels to us that have not come: told of before anybody approved one, too.

    A number with a wrong check digit is none, and neither is one whose parcel was booked in or is lost.
    """
    done = case.terms.get("parcels_done")
    if done is None and case.terms.get("result"):
        return ()  # a watch was looked at, so its parcel has come
    over = {_plain(str(number)) for number in (done if isinstance(done, list | tuple) else ())}
    found = [f for f in theirs(case.details, case).all("tracking_number") if f.is_sure]
    sound = [f.value for f in found if not is_mistyped(f, policy) and PLAIN_CODE.fullmatch(f.value)]
    return tuple(dict.fromkeys(n for n in sound if _plain(n) not in over))


def parcels_of(case: Case) -> tuple[str, ...]:
    """Every parcel number the case has, ours aside."""
    return tuple(dict.fromkeys(theirs(case.details, case).sure("tracking_number")))


def nothing_new(fresh: Details, case: Case) -> bool:
    """Every parcel number of a mail stood in an earlier one."""
    known = {_plain(number) for number in case.details.values("tracking_number")}
    return all(_plain(number) in known for number in fresh.values("tracking_number"))


def mistyped_before(case: Case | None, policy: Policy) -> bool:
    """The customer was asked already to look at a parcel number again."""
    found = case.details.all("tracking_number") if case else ()
    return any(f.is_sure and is_mistyped(f, policy) for f in found)


def _plain(number: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", number.upper())
