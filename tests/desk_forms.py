"""A form on a page of the desk, as a browser would send it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from desk_served import ServedDesk
from desk_visitor import Answer, Visitor

FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
BODY = re.compile(r'<textarea[^>]*name="body"[^>]*>(.*?)</textarea>', re.DOTALL)
CHOSEN = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>.*?</select>', re.DOTALL)
OPTION = re.compile(r'<option value="([^"]*)" selected>')
TYPED = re.compile(r'<input type="text"[^>]*name="([^"]+)" value="([^"]*)"')


def form_of(answer: Answer, action: str) -> dict[str, str]:
    """The fields of an action's form on a page, as a browser would send them."""
    found = re.search(rf'<form[^>]*action="[^"]*/act/{action}"[^>]*method="post".*?</form>', answer.text, re.DOTALL)
    assert found, answer.words[:300]
    html = found[0]
    values = {name: unescape(value) for name, value in FIELD.findall(html)}
    values |= {name: unescape(value) for name, value in TYPED.findall(html) if value}
    for select in CHOSEN.finditer(html):
        if picked := OPTION.search(select[0]):
            values[select[1]] = unescape(picked[1])
    if body := BODY.search(html):
        values["body"] = unescape(body[1])
    values.pop("csrf", None)
    return values


def approval(visitor: Visitor, number: str) -> dict[str, str]:
    return form_of(visitor.get(f"/case/{number}"), "approve")


def state_of(desk: ServedDesk, number: str) -> tuple[str, int]:
    case = desk.store.cases.snapshot(desk.store.cases.id_of(number))
    return case.state, case.version


def letters_of(desk: ServedDesk, number: str) -> list[dict[str, Any]]:
    return [row for row in desk.store.cases.show(number)["letters"] if row["reply"].startswith("approved")]
