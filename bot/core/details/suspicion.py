"""Signs that a mail is not what it says: for staff's eyes only, never a refusal and never told to the customer.

A verdict of a mail server that the sender is forged, a foreign address under our own name, and a receipt that names
another order than the text does. Innocent reasons exist for each; a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.details.codes import codes_in
from bot.core.details.scope import Scope
from bot.core.model import Finding

SUSPECTED = 0.7
_RESULT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*(\w+)")


def find_suspicion(scope: Scope) -> Iterator[Finding]:
    """possible_fraud, each time with the reason in the note."""
    for sign in (_forged_sender, _our_name, _other_order):
        reason = sign(scope)
        if reason:
            yield Finding(
                field="flag",
                value="possible_fraud",
                place="sender" if sign is not _other_order else "file",
                start=0,
                end=0,
                words="",
                confidence=SUSPECTED,
                note=reason,
            )


def _forged_sender(scope: Scope) -> str:
    """The topmost verdict speaks; suspicion needs less than trust, so it counts whoever wrote it."""
    verdicts = scope.letter.header_values("authentication-results")[:1]
    results = dict(_RESULT.findall(verdicts[0].lower())) if verdicts else {}
    failed = results.get("dmarc") == "fail" or (results.get("spf") == "fail" and results.get("dkim") != "pass")
    return "a mail server could not confirm the sender" if failed else ""


def _our_name(scope: Scope) -> str:
    sender = scope.letter.sender
    ours = scope.policy.contact.rpartition("@")[2].lower()
    # A shop's form or relay carries our name too; it names the customer as the one to answer.
    if sender is None or not ours or scope.letter.reply_to or scope.letter.header_values("list-id"):
        return ""
    host = sender.address.rpartition("@")[2]
    near = host != ours and not host.endswith("." + ours)
    named = ours.partition(".")[0] in sender.name.lower() or ours in sender.name.lower()
    return "a foreign address under our own name" if near and named else ""


def _other_order(scope: Scope) -> str:
    told = _orders(scope, "own_words") | _orders(scope, "subject")
    shown = {o for p in scope.evidence if p.place.startswith("file") for o in _orders(scope, p.place)}
    return "the file shows another order than the text names" if told and shown and not told & shown else ""


def _orders(scope: Scope, place: str) -> set[str]:
    passages = [p for p in (*scope.own, *scope.evidence) if p.place == place]
    return {c.compact for p in passages for c in codes_in(p, scope.book) if c.label == "order"}
