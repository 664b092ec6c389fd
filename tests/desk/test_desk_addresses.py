"""Addresses that nobody writes by hand: numbers beyond all bounds, paths that climb, ids of other things.

Whatever stands in an address, the answer is a page with a sentence; nothing of ours breaks and nothing is found that
the address does not name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

import pytest
from desk_served import ServedDesk
from starlette.routing import Route

from bot.desk import app as application

# What may stand where an address has a number.
NUMBERS = {
    "none has it": "4294967296",
    "one more than the database can hold": str(1 << 63),
    "more digits than Python turns into a number": "9" * 5000,
    "digits of another script": quote("١٢٣"),
    "below nothing": "-1",
    "a fraction": "1.5",
    "not written": "%20",
}
# What may stand where an address has a word.
WORDS = {
    "climbs": "..%2f..%2fetc%2fpasswd",
    "climbs twice encoded": "%252e%252e%252f",
    "ends a string": "x%00.html",
    "a line of its own": "x%0d%0aSet-Cookie:%20a=b",
    "quotes": "'%20OR%20'1'='1",
    "a script": "%3Cscript%3Ealert(1)%3C/script%3E",
    "very long": "A" * 8000,
    "no letters": "%ff%fe",
    "turned around": "%E2%80%AEexe.gpj",
}
# What a page is asked beside its address: (page, name of what is asked).
ASKED = [
    *(("/queue", name) for name in ("view", "from", "sort", "language", "model", "opened_from", "flag", "at")),
    *(("/queue/fresh", name) for name in ("at", "n")),
    *(("/search", name) for name in ("q", "from")),
    *(("/numbers", name) for name in ("days", "from", "until")),
    *(("/numbers/cases?what=opened", name) for name in ("offset", "value", "from", "days")),
    *(("/numbers/mails", name) for name in ("offset", "group")),
    *(("/held", name) for name in ("said",)),
    *(("/unreadable", name) for name in ("said", "all")),
    *(("/me", name) for name in ("done",)),
    *(("/case/{case}", name) for name in ("said", "sent", "answer", "letter", "view", "from")),
    *(("/case/{case}/act/approve", name) for name in ("v.service", "v.address", "letter")),
    *(("/export/queue.csv", name) for name in ("view", "model", "bom")),
    *(("/export/search.json", name) for name in ("q",)),
    *(("/export/numbers.csv", name) for name in ("days", "from")),
]


def addresses(desk: ServedDesk) -> Iterator[str]:
    """Every GET route with every odd thing in every place of its address."""
    for route in application._routes():
        if not isinstance(route, Route) or "GET" not in (route.methods or {}) or route.path.startswith("/api"):
            continue
        for name, kind in re.findall(r"{(\w+)(?::(\w+))?}", route.path):
            for odd in (NUMBERS if kind == "id" else WORDS).values():
                path = re.sub(rf"{{{name}(:\w+)?}}", lambda _, odd=odd: odd, route.path)
                yield re.sub(r"{\w+:id}", "1", re.sub(r"{\w+}", desk.case("blurred-photo"), path))


def test_no_odd_address_breaks_a_page(desk: ServedDesk) -> None:
    visitor = desk.visitor("operator")
    wrong = {}
    for address in addresses(desk):
        answer = visitor.get(address)
        if answer.status not in (303, 400, 404, 405) or "Set-Cookie: a=b" in str(answer.headers):
            wrong[address[:90]] = answer.status
    assert wrong == {}


@pytest.mark.parametrize(("page", "name"), ASKED)
def test_nothing_odd_beside_an_address_breaks_a_page(desk: ServedDesk, page: str, name: str) -> None:
    visitor = desk.visitor("operator")
    address = page.format(case=desk.case("blurred-photo"))
    wrong = {}
    for reason, odd in {**NUMBERS, **WORDS}.items():
        answer = visitor.get(f"{address}{'&' if '?' in address else '?'}{name}={odd}")
        if answer.status not in (200, 204, 303, 404) or "<script>alert" in answer.body.decode("utf-8", "replace"):
            wrong[reason] = answer.status
    assert wrong == {}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/case/{case}/act/note", "version"),
        ("/case/{case}/act/note", "seen"),
        ("/case/{case}/act/approve", "version"),
        ("/case/{case}/act/approve", "list"),
        ("/case/{case}/act/approve", "letter_language"),
        ("/case/{case}/act/approve", "do"),
        ("/case/{case}/draft", "action"),
        ("/case/{case}/draft", "version"),
        ("/case/{case}/hold", "do"),
        ("/case/{case}/hold", "list"),
        ("/queue/assign", "case"),
        ("/queue/assign", "to"),
        ("/queue/assign", "list"),
        ("/queue/keep", "name"),
        ("/queue/keep", "list"),
        ("/me/look", "zone"),
        ("/me/look", "theme"),
        ("/me/end", "session"),
        ("/me/password", "new"),
    ],
)
def test_nothing_odd_in_a_form_breaks_a_page(desk: ServedDesk, path: str, name: str) -> None:
    visitor = desk.visitor("operator")
    address = path.format(case=desk.case("blurred-photo"))
    usual = {"do": "send", "v.text": "a note", "v.service": "free_repair", "action": "approve", "version": "1"}
    wrong = {}
    for reason, odd in {**NUMBERS, **WORDS}.items():
        answer = visitor.post(address, **{**usual, name: unquote(odd)})
        if answer.status >= 500 or "evil" in answer.place:
            wrong[reason] = answer.status
    assert wrong == {}
