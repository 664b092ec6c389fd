"""Another program with a token, and what the desk answers it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from desk_served import ServedDesk

from bot.desk.api.problems import PROBLEMS, type_of

V1 = "/api/v1"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Program:
    """Another program with a token."""

    url: str
    token: str = ""

    def ask(self, method: str, path: str, said: Any = None, **headers: str) -> Reply:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("Authorization", f"Bearer {self.token}")
        body = None
        if method == "POST":
            named.setdefault("Content-Type", "application/json")
            body = said if isinstance(said, bytes) else json.dumps(said if said is not None else {}).encode()
        try:
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.headers.items()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", V1 + path, **headers)

    def act(self, number: str, action: str, said: Any = None, **headers: str) -> Reply:
        return self.ask("POST", f"{V1}/cases/{number}/actions/{action}", said, **headers)


def problem(reply: Reply) -> tuple[int, str]:
    assert reply.headers["content-type"] == "application/problem+json"
    told = reply.json
    assert told["status"] == reply.status
    assert told["title"]
    name = told["type"].removeprefix(type_of(""))
    assert PROBLEMS[name][0] == reply.status
    return reply.status, name


def case_row(desk: ServedDesk, number: str) -> dict[str, Any]:
    return desk.store.db.rows("SELECT * FROM cases WHERE number = :n", n=number)[0]
