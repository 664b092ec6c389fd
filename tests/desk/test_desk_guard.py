"""What is refused before a page is asked, and what is said with every answer."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from desk_served import PASSWORD, ServedDesk
from desk_visitor import Answer, Visitor
from starlette.routing import Route

from bot.desk import app as application
from bot.desk.security import HEADERS, MAX_BODY
from bot.store.states import Role


def theme_of(desk: ServedDesk) -> str:
    return desk.store.people.named("agent").looks.theme


# --- forms --------------------------------------------------------------------------------------------


def test_a_form_of_ours_is_taken(desk: ServedDesk) -> None:
    assert desk.visitor().post("/me/look", theme="dark").status == 303
    assert theme_of(desk) == "dark"


@pytest.mark.parametrize(
    "token", ["", "x", "0" * 64, "of another session"], ids=["none", "rubbish", "zeros", "another's"]
)
def test_a_form_without_our_token_changes_nothing(desk: ServedDesk, token: str) -> None:
    visitor = desk.visitor()
    if token == "of another session":
        token = desk.visitor().token
    answer = visitor.post("/me/look", theme="dark", csrf=token)
    assert answer.status == 403
    assert "This page was too old." in answer.words
    assert theme_of(desk) == "auto"


def test_the_form_at_the_door_needs_its_token_too(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    visitor.get("/login")
    assert visitor.post("/login", name="agent", password=PASSWORD, csrf="").status == 403
    without_cookie = Visitor(desk.url, token=visitor.token)
    assert without_cookie.post("/login", name="agent", password=PASSWORD).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": ""},
        {"Origin": "null", "Sec-Fetch-Site": ""},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "", "Sec-Fetch-Site": "same-site"},
        {"Origin": "", "Sec-Fetch-Site": "none"},
        {"Origin": "", "Sec-Fetch-Site": ""},
        {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": ""},
        {"Origin": "https://127.0.0.1", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost.evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
def test_a_post_from_another_site_changes_nothing_even_with_the_right_token(
    desk: ServedDesk, headers: dict[str, str]
) -> None:
    visitor = desk.visitor()
    answer = visitor.post("/me/look", theme="dark", headers=headers)
    assert answer.status == 403
    assert theme_of(desk) == "auto"


def test_a_browser_that_says_only_one_of_the_two_is_let_in(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    assert visitor.post("/me/look", theme="dark", headers={"Sec-Fetch-Site": ""}).status == 303
    assert visitor.post("/me/look", theme="light", headers={"Origin": ""}).status == 303


def test_a_page_on_another_site_cannot_post_with_a_real_browser(desk: ServedDesk, open_tab: Any) -> None:
    page = open_tab()
    desk.enter(page)
    context = page.context
    context.route(
        "https://evil.example/*",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method="post" action="{desk.url}/me/look"><input name="theme" value="dark">'
            '<button>win a watch</button></form><p><a href="' + desk.url + '/queue">look</a>',
        ),
    )
    other = context.new_page()
    other.goto("https://evil.example/")
    other.click("button")
    assert "/me/look" in other.url
    assert theme_of(desk) == "auto"
    assert "This is not for you to do" in other.inner_text("body")
    # A link leads in all the same, although the strict cookie is not sent with the click.
    other.goto("https://evil.example/")
    other.click("a")
    other.wait_for_url("**/queue")
    other.wait_for_selector(".top-bar .me")


# --- hosts, sizes, methods, places -----------------------------------------------------------------------


def raw(desk: ServedDesk, request: str) -> str:
    parts = urlsplit(desk.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as sock:
        sock.sendall(request.encode("latin-1"))
        sock.settimeout(5)
        answer = b""
        while chunk := sock.recv(65536):
            answer += chunk
            if b"</html>" in answer or b"Content-Length: 0" in answer:
                break
    return answer.decode("latin-1")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "localhost.evil.example:{port}"])
def test_a_request_for_another_host_is_refused(desk: ServedDesk, host: str) -> None:
    host = host.format(port=urlsplit(desk.url).port)
    answer = raw(desk, f"GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
    assert answer.startswith("HTTP/1.1 421 ")
    assert "content-security-policy" in answer.lower()
    assert "<form" not in answer


def test_the_desk_is_known_as_localhost_too(desk: ServedDesk) -> None:
    port = urlsplit(desk.url).port
    answer = raw(desk, f"GET /login HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")
    assert answer.startswith("HTTP/1.1 200 ")


def test_what_is_too_large_is_refused_before_it_is_read(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    answer = visitor.post("/me/look", theme="dark", more="x" * MAX_BODY)
    assert (answer.status, "too much at once" in answer.words) == (413, True)
    assert theme_of(desk) == "auto"


def test_what_is_too_large_and_does_not_say_so_is_refused_while_it_is_read(desk: ServedDesk) -> None:
    visitor = desk.visitor()
    cookie = "; ".join(f"{n}={v}" for n, v in visitor.cookies.items())
    host = urlsplit(desk.url).netloc
    head = (
        f"POST /me/look HTTP/1.1\r\nHost: {host}\r\nOrigin: {desk.url}\r\nCookie: {cookie}\r\nConnection: close\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = "x" * 65536
    body = f"{len(chunk):x}\r\n{chunk}\r\n" * (MAX_BODY // len(chunk) + 1) + "0\r\n\r\n"
    assert raw(desk, head + body).startswith("HTTP/1.1 413 ")
    assert theme_of(desk) == "auto"


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/no-such-page", 404, "There is no such page."),
        ("GET", "/static/../app.py", 404, "There is no such page."),
        ("GET", "/static/%2e%2e/app.py", 404, "There is no such page."),
        ("POST", "/queue", 405, "This address takes no such request."),
        ("DELETE", "/me", 405, "This address takes no such request."),
        ("GET", "/me/password", 405, "This address takes no such request."),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(
    desk: ServedDesk, method: str, path: str, status: int, words: str
) -> None:
    visitor = desk.visitor()
    headers = {"Origin": desk.url, "Sec-Fetch-Site": "same-origin"}
    answer = visitor.ask(method, path, b"" if method == "POST" else None, headers)
    assert answer.status == status
    assert words in answer.words
    assert "To the queue" in answer.words
    assert "Ana Ferreira" in answer.words, "the frame stays"


def test_a_wrong_page_for_a_stranger_has_no_frame(desk: ServedDesk) -> None:
    answer = Visitor(desk.url).get("/no-such-page")
    assert answer.status == 404
    assert "main-menu" not in answer.text


# --- roles -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_works_here_sees_the_queue(desk: ServedDesk, role: Role) -> None:
    assert desk.visitor(role).get("/queue").status == 200


def test_no_page_but_the_door_is_open_to_strangers(desk: ServedDesk) -> None:
    """Every route there is, as a stranger: only the door, the way out, the reports and the static files answer."""
    open_to_all = {"/", "/login", "/logout", "/csp-report"}
    refused: dict[str, int] = {}
    for route in application._routes():
        if not isinstance(route, Route) or route.path in open_to_all or route.path.startswith("/api"):
            continue
        path = re.sub(r"{\w+:id}", "1", re.sub(r"{\w+}", desk.case("blurred-photo"), route.path))
        stranger = Visitor(desk.url)
        method = "GET" if "GET" in (route.methods or {}) else "POST"
        answer = stranger.get(path) if method == "GET" else stranger.post(path)
        if answer.status != 303 or not answer.place.startswith("/login"):
            refused[f"{method} {path}"] = answer.status
    assert refused == {}


# --- headers -----------------------------------------------------------------------------------------------


def answers(desk: ServedDesk) -> Iterator[tuple[str, Answer]]:
    visitor, stranger = desk.visitor("operator"), Visitor(desk.url)
    yield "page", visitor.get("/queue")
    yield "own", visitor.get("/me")
    yield "redirect", stranger.get("/queue")
    yield "door", stranger.get("/login")
    yield "static", stranger.get("/static/style.css")
    yield "script", stranger.get("/static/desk.js?v=1")
    yield "not found", visitor.get("/nothing")
    yield "static not found", visitor.get("/static/nothing.css")
    yield "method", visitor.ask("PUT", "/queue", b"", {"Origin": desk.url})
    yield "cross site", visitor.post("/me/look", headers={"Origin": "https://evil.example"})
    yield "token", visitor.post("/me/look", csrf="")
    yield "too large", visitor.post("/me/look", more="x" * MAX_BODY)
    yield "host", stranger.get("/login", host="evil.example")
    yield "case", visitor.get(f"/case/{desk.case('blurred-photo')}")
    yield "report", visitor.ask("POST", "/csp-report", b"{}", {"Origin": desk.url})


def test_every_answer_carries_every_header(desk: ServedDesk) -> None:
    for name, answer in answers(desk):
        lacking = [header for header in HEADERS if not answer.headers.get_all(header)]
        doubled = [header for header in HEADERS if len(answer.headers.get_all(header) or []) > 1]
        assert (lacking, doubled) == ([], []), name
        assert answer.headers["Server"] is None, "what serves is nobody's business"
        if name not in ("static", "script", "static not found"):
            assert answer.headers["Cache-Control"] == "no-store", name


def test_the_policy_allows_no_inline_script_or_style_and_no_frame(desk: ServedDesk) -> None:
    rules = dict(
        rule.strip().partition(" ")[::2]
        for rule in Visitor(desk.url).get("/login").headers["Content-Security-Policy"].split(";")
    )
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["base-uri"] == "'none'"
    assert not [rule for rule in rules.values() if "unsafe" in rule or "*" in rule or "data:" in rule]


def test_no_page_of_ours_holds_inline_script_style_or_foreign_address() -> None:
    found = []
    for file in sorted((application.STATIC.parent / "html").rglob("*.html")):
        text = file.read_text(encoding="utf-8")
        for pattern in (
            r"<style",
            r"\sstyle=",
            r"<script(?![^>]*\bsrc=)",
            r"\son[a-z]+=",
            r"(?:src|href|action)=\"https?:",
        ):
            found += [f"{file.name}: {hit}" for hit in re.findall(pattern, text)]
        if re.search(r"\|\s*safe\b|autoescape", text):
            found.append(f"{file.name}: escaping is switched off")
    assert found == []


def test_every_form_that_changes_something_carries_the_token() -> None:
    bare = []
    for file in sorted((application.STATIC.parent / "html").rglob("*.html")):
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", file.read_text(encoding="utf-8"), re.DOTALL):
            if "{{ csrf }}" not in form:
                bare.append(f"{file.name}: {form[:80]}")
    assert bare == []


def test_static_files_are_kept_for_ever_under_the_address_of_their_content(desk: ServedDesk) -> None:
    visitor = Visitor(desk.url)
    page = visitor.get("/login").text
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        answer = visitor.get(path)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"], path
        assert "?v=" in path


# --- reports and faults ----------------------------------------------------------------------------------------


def test_what_a_browser_refuses_is_counted(desk: ServedDesk, browser: Any) -> None:
    page = browser.new_page()
    desk.enter(page)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://evil.example/x.png?secret=1\">')")
    page.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)"
    )
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") is None
    page.close()
    reported = {(row["directive"], row["blocked"]) for row in desk.store.desk_facts.reports()}
    assert {
        ("img-src", "http://evil.example/x.png"),
        ("script-src-elem", "inline"),
        ("style-src-attr", "inline"),
    } <= reported
    assert "secret" not in str(desk.store.desk_facts.reports())
    assert {row["page"] for row in desk.store.desk_facts.reports()} == {"/queue"}


def test_reports_cannot_fill_the_disk(desk: ServedDesk) -> None:
    now = desk.clock()
    with desk.store.write():
        for n in range(600):
            long = ["img-src" + "x" * 900, f"https://{n}.example/" + "y" * 900, "/" + "z" * 900]
            desk.store.desk_facts.report(*long, now)
    rows = desk.store.desk_facts.reports()
    assert len(rows) == 500
    assert max(len(str(value)) for row in rows for value in row.values()) <= 200


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"csp-report": 3}', b"\xff", b'{"csp-report": {}}'])
def test_a_report_that_is_none_is_refused_or_empty(desk: ServedDesk, body: bytes) -> None:
    answer = Visitor(desk.url).ask("POST", "/csp-report", body, {"Origin": desk.url})
    assert answer.status in (204, 400)


def test_a_fault_of_ours_has_a_number_and_no_details(
    desk: ServedDesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away under a page: the person reads a sentence, whoever runs the desk finds the place."""
    visitor = desk.visitor()
    with desk.store.write():
        desk.store.db.execute("ALTER TABLE mailbox RENAME COLUMN last_error TO gone")
    answer = visitor.get("/me")
    assert answer.status == 500
    reference = re.search(r"tell whoever runs the desk: ([0-9A-F]{4}-[0-9A-F]{2})\.", answer.words)
    assert reference
    assert "last_error" not in answer.text
    assert "Traceback" not in answer.text
    printed = capsys.readouterr()
    assert reference[1] in printed.out + printed.err
    assert "no such column" not in printed.out + printed.err
