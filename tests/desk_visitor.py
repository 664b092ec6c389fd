"""A browser without a screen: cookies, forms, no scripts. Sends the headers that a browser sends."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPMessage
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def words(self) -> str:
        """What a person reads: without tags, spaces joined."""
        plain = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", plain)).split())

    @property
    def place(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("Location", "")


@dataclass
class Visitor:
    """``visitor.get("/queue")``, ``visitor.post("/me/look", theme="dark")``."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    """of the last form that was seen"""

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, /, *, headers: dict[str, str] | None = None, **fields: str) -> Answer:
        """A form with the token of the last page; ``csrf=""`` sends none."""
        said = {"csrf": self.token, **fields}
        body = urlencode({name: value for name, value in said.items() if not (name == "csrf" and not value)})
        usual = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url}
        usual |= {"Sec-Fetch-Site": "same-origin", **(headers or {})}
        return self.ask("POST", path, body.encode(), {n: v for n, v in usual.items() if v})

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, {**({"Cookie": cookie} if cookie else {}), **named})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        if found := TOKEN.search(answer.body.decode("utf-8", "replace")):
            self.token = found[1]
        return answer

    def sign_in(self, name: str, password: str, **more: str) -> Answer:
        """Through the form at the door."""
        self.get("/login")
        answer = self.post("/login", name=name, password=password, **more)
        if answer.status == 303:
            self.get("/me")  # for the token of the new session
        return answer
