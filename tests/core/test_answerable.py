"""The gate before every automatic letter: who may get none although a person wrote."""

from __future__ import annotations

import pytest

from bot.core.model import Letter
from bot.core.reading.automatic import answerable, authentication
from bot.core.reading.letter import open_mail

OWN = ("after-sales@example.com",)
BASE = {
    "From": "Jane <jane@example.org>",
    "To": "after-sales@example.com",
    "Subject": "TANK T3 does not charge",
    "Message-ID": "<a@example.org>",
    "Return-Path": "<jane@example.org>",
}
BODY = "My watch does not charge since Monday. Order KS20418."


def letter(*extra: str, body: str = BODY, **changed: str) -> Letter:
    named = {key.lower().replace("-", "_"): key for key in BASE}
    headers = {**BASE, **{named.get(key, key.replace("_", "-")): value for key, value in changed.items()}}
    lines = [f"{key}: {value}" for key, value in headers.items() if value != "absent"]
    return open_mail(("\r\n".join([*lines, *extra]) + "\r\n\r\n" + body).encode()).letter(("en", "de"))


GATE: list[tuple[dict[str, str], str, str]] = [
    ({}, "", "an ordinary customer"),
    ({"x_auto_response_suppress": "All"}, "asks for no automatic answers", "item 5"),
    ({"x_auto_response_suppress": "DR, OOF"}, "asks for no automatic answers", "item 5"),
    ({"x_auto_response_suppress": "AutoReply"}, "asks for no automatic answers", "item 5"),
    ({"x_auto_response_suppress": "DR, NDR"}, "", "item 5: other wishes"),
    ({"from": "abuse@example.org"}, "takes no answers", "item 6"),
    ({"from": "root@example.org"}, "takes no answers", "item 6"),
    ({"from": "listserv@example.org"}, "takes no answers", "item 6"),
    ({"from": "watches-request@example.org"}, "takes no answers", "item 6"),
    ({"from": "noreply@example.org"}, "takes no answers", "item 6"),
    ({"from": "rooter@example.org"}, "", "item 6: a person's name"),
    ({"to": "undisclosed-recipients:;"}, "not among the recipients", "item 7"),
    ({"to": "bob@example.org"}, "not among the recipients", "item 7"),
    ({"to": "bob@example.org", "cc": "After <AFTER-SALES@example.com>"}, "", "item 7: copied"),
    ({"to": "after-sales+de@example.com"}, "", "item 7: with a tag"),
    ({"from": "jane@example.org, bob@example.org"}, "more than one address", "item 8"),
    ({"from": "nonsense"}, "no usable address", "item 8"),
    ({"reply_to": "jane@example.net"}, "another domain", "item 8"),
    ({"reply_to": "jane.doe@example.org"}, "", "item 8: same domain"),
    ({"reply_to": "a@example.org, b@example.org"}, "more than one address", "item 8"),
    ({"authentication_results": "mx.example.com; dmarc=fail header.from=example.org"}, "could not confirm", "item 9"),
    ({"authentication_results": "mx.example.com; dmarc=pass header.from=example.org"}, "", "item 9: confirmed"),
    ({"authentication_results": "mx.example.com; spf=fail; dkim=none"}, "could not confirm", "item 9"),
    ({"authentication_results": "mx.evil.net; dmarc=fail"}, "", "item 9: a stranger's verdict"),
    ({"x_spam_flag": "YES"}, "marks it as spam", "item 10"),
    ({"x_spam_status": "Yes, score=9"}, "marks it as spam", "item 10"),
    ({"x_spam_status": "No, score=1"}, "", "item 10: no spam"),
    ({"cc": ", ".join(f"p{i}@example.org" for i in range(31))}, "more than 30 recipients", "item 11"),
]


@pytest.mark.parametrize(("changed", "reason", "why"), GATE, ids=[f"{i:02}-{row[2]}" for i, row in enumerate(GATE)])
def test_the_gate_names_its_reason(changed: dict[str, str], reason: str, why: str) -> None:
    answer = answerable(letter(**changed), OWN, ("mx.example.com",))
    assert (reason in answer) if reason else answer == "", why


def test_a_known_form_may_answer_to_another_domain() -> None:
    form = letter(**{"from": "noreply@shop.example.com", "reply_to": "jane@example.org"})
    assert "takes no answers" in answerable(form, OWN)
    assert answerable(form, OWN, (), ("noreply@shop.example.com",)) == ""
    assert answerable(form, OWN, (), ("shop.example.com",)) == ""


VERDICTS = [
    ("mx.example.com; dmarc=pass", "pass", "DMARC speaks first"),
    ("mx.example.com 1; dmarc=pass", "pass", "a version number"),
    ("MX.EXAMPLE.COM; DMARC=PASS", "pass", "any case"),
    ("mx.example.com; dkim=pass header.d=example.org; spf=fail", "pass", "signed by the sender's domain"),
    ("mx.example.com; dkim=pass header.d=mail.evil.net; spf=none", "none", "signed by somebody else"),
    ("mx.example.com; dkim=pass header.i=@example.org", "pass", "the identity form"),
    ("mx.example.com; none", "none", "nothing checked"),
    ("mx.evil.net; dmarc=pass", "none", "not our server"),
    ("mx.example.com (mx.evil.net); dmarc=fail (p=none) header.from=example.org", "fail", "comments come off"),
]


@pytest.mark.parametrize(("value", "result", "why"), VERDICTS)
def test_only_our_own_servers_verdict_counts(value: str, result: str, why: str) -> None:
    assert authentication(letter(f"Authentication-Results: {value}"), ("mx.example.com",)) == result, why
    assert authentication(letter(f"Authentication-Results: {value}"), ()) == "none"


def test_a_verdict_that_came_with_the_mail_is_not_asked() -> None:
    both = letter(
        "Authentication-Results: mx.example.com; dmarc=fail", "Authentication-Results: mx.example.com; dmarc=pass"
    )
    assert authentication(both, ("mx.example.com",)) == "fail"
