"""The pages for operators over HTTP: who may what, files that cannot be named, two who edit at once, broken files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from desk_decided import decide_some
from desk_operating import ME, Operated, operated
from desk_served import ServedDesk
from sink import Sink
from starlette.routing import Route

from bot.desk.pages import letters, overridden, policy, publish, words_tried

LETTER = "/letters/en/details_needed"
BODY = "templates/en/details_needed/body.txt"
RULES = "/policy/file/warranty.toml"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """For tests that leave the files as they are."""
    folder = tmp_path_factory.mktemp("shared")
    with Sink(folder / "sink") as sink, operated(folder / "desk", sink) as desk:
        desk.customer_writes("Hello, my TANK T3 Ultra does not charge any more. I bought it at kospet.com.")
        yield desk


@pytest.fixture
def own(tmp_path: Path, sink: Sink) -> Iterator[Operated]:
    """For tests that change files."""
    with operated(tmp_path / "desk", sink) as desk:
        yield desk


# --- who may what ---------------------------------------------------------------------------------------

# (method, route) -> an address of it, and the least role; every route of these pages stands here.
ROUTES: dict[tuple[str, str], tuple[str, str]] = {
    ("GET", "/letters"): ("/letters", "lead"),
    ("GET", "/letters/{code}/{letter}"): (LETTER, "lead"),
    ("POST", "/letters/{code}/{letter}"): (LETTER, "operator"),
    ("GET", "/letters/{code}/{letter}/html"): (f"{LETTER}/html", "lead"),
    ("GET", "/policy"): ("/policy", "lead"),
    ("GET", "/policy/row"): ("/policy/row?kind=service&id=free_repair", "lead"),
    ("GET", "/policy/file/{name:path}"): (RULES, "lead"),
    ("POST", "/policy/file/{name:path}"): (RULES, "operator"),
    ("GET", "/policy/overridden"): ("/policy/overridden", "lead"),
    ("GET", "/policy/overridden/cases"): ("/policy/overridden/cases?rule=first_owner", "lead"),
    ("GET", "/policy/words"): ("/policy/words", "lead"),
    ("POST", "/policy/words"): ("/policy/words", "lead"),
    ("GET", "/publish"): ("/publish", "lead"),
    ("POST", "/publish"): ("/publish", "operator"),
    ("GET", "/publish/progress"): ("/publish/progress", "lead"),
    ("GET", "/publish/result"): ("/publish/result", "lead"),
    ("GET", "/publish/back/{number:id}"): ("/publish/back/1", "lead"),
    ("POST", "/publish/back/{number:id}"): ("/publish/back/1", "operator"),
}
ROLES = ("reader", "agent", "lead", "operator")


def test_every_route_of_an_operator_stands_in_the_table() -> None:
    modules = (letters, overridden, policy, publish, words_tried)
    there = {
        (method, route.path)
        for module in modules
        for route in module.routes
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert there == set(ROUTES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_below_is_refused_and_nothing_happens(shared: Operated, role: str) -> None:
    visitor = shared.visitor(role)
    before = shared.store.editions.live_number(), tree(shared)
    for (method, route), (address, least) in ROUTES.items():
        allowed = ROLES.index(role) >= ROLES.index(least)
        if method == "POST" and allowed:
            continue  # what these do has tests of its own
        answer = visitor.get(address) if method == "GET" else visitor.post(address, do="save", body="x", sentence="x")
        assert (answer.status in (200, 303)) if allowed else answer.status == 403, (role, method, route)
    assert (shared.store.editions.live_number(), tree(shared)) == before


def test_nobody_without_a_session_sees_anything(shared: Operated) -> None:
    visitor = shared.visitor(None)
    assert {visitor.get(address).status for (method, _), (address, _) in ROUTES.items() if method == "GET"} == {303}


@pytest.mark.parametrize("address", [LETTER, RULES, "/publish", "/publish/back/1"])
@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"csrf": ""}, "no token"),
        ({"csrf": "another"}, "a token of somebody else"),
        ({"headers": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}}, "another site"),
    ],
)
def test_a_post_that_is_not_from_our_page_changes_nothing(
    shared: Operated, address: str, more: dict[str, object], why: str
) -> None:
    visitor = shared.visitor("operator")
    visitor.get(LETTER)
    before = shared.store.editions.live_number(), tree(shared)
    answer = visitor.post(address, **{"do": "save", "body": "x", **more})  # type: ignore[arg-type]
    assert answer.status == 403, why
    assert (shared.store.editions.live_number(), tree(shared)) == before


def test_a_lead_looks_and_cannot_type(shared: Operated) -> None:
    lead = shared.visitor("lead")
    for address in (LETTER, RULES):
        text = lead.get(address).text
        assert "readonly" in text
        assert 'value="save"' not in text
    assert 'value="publish"' not in lead.get("/publish").text
    assert "/letters" in lead.get("/queue").text
    assert "/letters" not in shared.visitor("agent").get("/queue").text


# --- files that cannot be named, words that stay words -----------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/policy/file/../config.toml",
        "/policy/file/..%2fconfig.toml",
        "/policy/file/%2e%2e/config.toml",
        "/policy/file/words/../../config.toml",
        "/policy/file//etc/passwd",
        "/policy/file/warranty.toml%00",
        "/policy/file/WARRANTY.toml",
        "/policy/file/new.toml",
        "/policy/file/",
        "/letters/../received",
        "/letters/..%2f..%2fetc/received",
        "/letters/en/..%2f..%2fconfig",
        "/letters/en/no_such_letter",
        "/letters/xx/received",
        "/letters/_base/received",
        "/letters/en/.git",
    ],
)
def test_a_name_that_is_not_there_leads_nowhere(shared: Operated, address: str) -> None:
    operator, before = shared.visitor("operator"), tree(shared)
    operator.get(LETTER)
    assert operator.get(address).status == 404
    answer = operator.post(address, do="save", body="[mine]\n", subject="mine", seen_body="", seen_subject="")
    assert answer.status == 404
    assert tree(shared) == before


def test_what_is_typed_is_shown_as_text_and_filled_in_the_sandbox_alone(shared: Operated) -> None:
    operator, before = shared.visitor("operator"), tree(shared)
    hostile = (
        '{% extends "_base/body.txt" %}\n{% block message %}</textarea><script>alert(1)</script>'
        "{{ models.__class__.__mro__ }}{% endblock %}\n{% block next %}{{ by(reply_by) }}{% endblock %}\n"
    )
    answer = shared.saved(operator, LETTER, do="check", body=hostile)
    assert answer.status == 200
    assert "<script>alert" not in answer.text
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "tuple" not in answer.words
    assert re.search(r"1 stops publishing|\d+ stop publishing", answer.words)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert tree(shared) == before


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("{% for a in range(9999999) %}{% endfor %}", "range"),
        ("{% set x = 'a' * 999999999 %}", "assign"),
        ("{% include '/etc/passwd' %}", "include"),
        ("{{ modles }}", "did you mean"),
        ("{% if models %}", "line"),
    ],
)
def test_a_template_that_may_not_be_is_named_with_its_line_and_never_filled(
    shared: Operated, block: str, told: str
) -> None:
    body = f'{{% extends "_base/body.txt" %}}\n{{% block message %}}\n{block}\n{{% endblock %}}\n'
    answer = shared.saved(shared.visitor("operator"), LETTER, do="check", body=body)
    assert answer.status == 200
    assert told in answer.words.lower()
    assert "data-line=" in answer.text


def test_the_html_of_a_letter_is_shut_in(shared: Operated) -> None:
    answer = shared.visitor("operator").get(f"{LETTER}/html?facts=longest")
    assert answer.status == 200
    rules = answer.headers["Content-Security-Policy"]
    assert "sandbox" in rules
    assert "script-src 'self'" in rules or "script-src 'none'" in rules
    assert "<script" not in answer.text


# --- editing ---------------------------------------------------------------------------------------------


def test_of_two_who_edit_the_same_letter_the_second_is_told_and_loses_nothing(own: Operated) -> None:
    first, second = own.visitor("operator"), own.visitor("second")
    opened = second.get(LETTER).text
    seen = dict(re.findall(r'name="(seen_\w+)" value="(\w*)"', opened))
    subject, body = own.text("templates/en/details_needed/subject.txt"), own.text(BODY)
    assert own.saved(first, LETTER, body=body.replace("We can go on", "We are glad to go on")).status == 303
    theirs = own.text(BODY)
    mine = body.replace("We can go on", "We will go on")
    told = second.post(LETTER, do="save", subject=subject, body=mine, **seen)
    assert told.status == 409
    assert "Somebody else saved templates/en/details_needed/body.txt" in told.words
    assert "Omar Operator" in told.words
    assert "We are glad to go on" in told.words
    assert "We will go on" in told.words
    assert own.text(BODY) == theirs
    again = dict(re.findall(r'name="(seen_\w+)" value="(\w*)"', told.text))
    assert second.post(LETTER, do="save", subject=subject, body=mine, **again).status == 303
    assert own.text(BODY) == mine


def test_saving_writes_one_file_whole_and_keeps_its_line_ends_and_rights(own: Operated) -> None:
    file = own.file(BODY)
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    file.chmod(0o640)
    names = {path.name for path in file.parent.iterdir()}
    changed = own.text(BODY).replace("We can go on", "We go on")
    answer = own.saved(own.visitor("operator"), LETTER, body=changed.replace("\n", "\r\n"))
    assert answer.status == 303
    assert file.read_bytes().count(b"\r\n") == file.read_bytes().count(b"\n") > 3
    assert file.stat().st_mode & 0o777 == 0o640
    assert {path.name for path in file.parent.iterdir()} == names
    assert own.saved(own.visitor("operator"), LETTER).place.startswith(f"{LETTER}?said=same")


def test_a_file_that_cannot_be_written_is_said_and_the_words_stay(own: Operated) -> None:
    (own.file(BODY).parent / ".body.txt.new").mkdir()
    before = own.text(BODY)
    answer = own.saved(own.visitor("operator"), LETTER, body=before.replace("We can go on", "We go on"))
    assert answer.status == 422
    assert "could not be written" in answer.words
    assert "We go on" in answer.words
    assert own.text(BODY) == before


def test_files_that_came_with_the_program_are_shown_and_never_written(desk: ServedDesk) -> None:
    visitor = desk.visitor("operator")
    folder = desk.state.config.templates.folder
    before = (folder / "en/details_needed/body.txt").read_bytes()
    opened = visitor.get(LETTER)
    assert "came with the program" in opened.words
    seen = dict(re.findall(r'name="(seen_\w+)" value="(\w*)"', opened.text))
    answer = visitor.post(LETTER, do="save", subject="x", body="y", **seen)
    assert answer.status == 422
    assert (folder / "en/details_needed/body.txt").read_bytes() == before


def test_a_broken_policy_is_named_with_line_and_cure_and_stops_publishing(own: Operated) -> None:
    operator = own.visitor("operator")
    rules = own.text("policy/warranty.toml")
    wrong = rules.replace('sellers = ["official_store"]', 'sellers = ["offical_store"]', 1)
    line = 1 + wrong[: wrong.index("offical")].count("\n")
    checked = own.saved(operator, RULES, do="check", body=wrong)
    assert f'data-line="{line}"' in checked.text
    assert "official_store" in re.sub(r"<textarea.*?</textarea>", "", checked.text, flags=re.DOTALL)
    assert own.text("policy/warranty.toml") == rules
    assert own.saved(operator, RULES, body=wrong).status == 303
    for address in ("/policy", LETTER, "/policy/words", RULES):
        assert operator.get(address).status == 200, address
    shown = operator.get("/publish")
    assert f"Publishing waits for warranty.toml:{line}" in shown.words
    assert operator.post("/publish", do="publish", live="1", note="broken").status == 303
    job = own.done()
    assert job.edition is None
    assert any(f"warranty.toml:{line}" in told for told in job.problems)
    assert "Nothing was published" in operator.get("/publish").words
    assert own.store.editions.live_number() == 1


def test_a_page_that_lay_too_long_publishes_nothing_over_somebody_elses_edition(own: Operated) -> None:
    operator, body = own.visitor("operator"), own.text(BODY)
    own.saved(operator, LETTER, body=body.replace("We can go on", "We go on"))
    operator.post("/publish", do="publish", live="1", note="first")
    assert own.done().edition is not None
    own.saved(operator, LETTER, body=body.replace("We can go on", "We will go on"))
    operator.post("/publish", do="publish", live="1", note="from an old page")
    assert own.done().edition is None
    assert own.store.editions.live_number() == 2
    assert operator.post("/publish/back/1", live="1").status == 409
    history = operator.get("/publish").words
    assert "first" in history
    assert "from an old page" not in history


def test_a_trial_of_files_that_cannot_be_used_says_why_and_changes_nothing(own: Operated) -> None:
    operator = own.visitor("operator")
    wrong = own.text(BODY).replace("about(models)", "about(modles)")
    assert own.saved(operator, LETTER, body=wrong).status == 303
    operator.post("/publish", do="try")
    job = own.done()
    assert job.report is None
    assert any("details_needed/body.txt:4" in told for told in job.problems)
    words = operator.get("/publish").words
    assert "cannot be used as they are" in words
    assert "Publishing waits for" in words
    assert operator.get("/publish/result").status == 303
    assert own.store.editions.live_number() == 1


def test_a_trial_can_be_stopped_and_nothing_else_begins_meanwhile(own: Operated) -> None:
    operator = own.visitor("operator")
    own.customer_writes("Hello, my TANK T3 Ultra does not charge any more. I bought it at kospet.com.")
    before = own.store.db.value("SELECT count(*) FROM event"), len(own.sink.kept)
    operator.get("/publish")
    operator.post("/publish", do="try")
    under_way = own.bench.job
    assert 'value="stop"' in operator.get("/publish").text
    operator.post("/publish", do="publish", live="1")
    assert own.bench.job is under_way
    operator.post("/publish", do="stop")
    job = own.done()
    assert job.report is not None
    assert job.report.stopped
    assert "Stopped before its end" in operator.get("/publish").words
    assert (own.store.db.value("SELECT count(*) FROM event"), len(own.sink.kept)) == before


# --- tests to oneself, words, rules, overrides ---------------------------------------------------------------


def test_a_test_goes_to_the_operators_own_address_alone_and_is_stored_nowhere(shared: Operated) -> None:
    operator = shared.visitor("operator")
    count = shared.store.db.value("SELECT count(*) FROM outbox")
    before = len(shared.sink.kept)
    body = shared.text(BODY).replace("We can go on", "We are glad to go on")
    answer = shared.saved(operator, LETTER, do="test", body=body, recipient=ME)
    assert "handed to the mail server" in answer.words
    letters = shared.sink.kept[before:]
    assert [kept.recipients for kept in letters] == [(ME,)]
    raw = letters[0].raw.decode().replace("=\r\n", "")
    assert "[TEST]" in raw
    assert "We are glad to go on" in raw
    assert shared.saved(operator, LETTER, do="test", body=body, recipient="customer@example.com").status == 400
    assert len(shared.sink.kept) == before + 1
    assert shared.store.db.value("SELECT count(*) FROM outbox") == count
    assert shared.text(BODY) != body


def test_a_sentence_shows_what_is_read_and_the_line_of_the_word_that_did_it(shared: Operated) -> None:
    lead = shared.visitor("lead")
    lead.get("/policy/words")
    answer = lead.post("/policy/words", sentence="The battery is swollen", language="en")
    assert "flag.safety_hazard" in answer.words
    found = re.search(r"words/en\.toml:(\d+)", answer.words)
    assert found
    links = re.findall(r'href="/policy/file/words/en\.toml\?line=(\d+)#t-body"', answer.text)
    lines = shared.text("policy/words/en.toml").splitlines()
    assert any("swollen" in lines[int(line) - 1] for line in links)
    assert lead.post("/policy/words", sentence=" ").status == 422


def test_the_rules_are_tables_with_open_questions_first_and_the_cases_they_touched(shared: Operated) -> None:
    lead = shared.visitor("lead")
    text = lead.get("/policy").text
    assert text.index('id="open_question"') < text.index('id="service"') < text.index('id="exclusion"')
    rows = re.findall(r"/policy/file/warranty\.toml\?line=(\d+)#t-body", text)
    lines = shared.text("policy/warranty.toml").splitlines()
    assert {lines[int(line) - 1].strip() for line in rows} == {
        f"[[{kind}]]" for kind in ("service", "exclusion", "required", "offer", "open_question")
    }
    number = shared.store.db.value("SELECT number FROM cases ORDER BY id LIMIT 1")
    page = lead.get("/policy/row?kind=required&id=order_number")
    assert number in page.words
    assert "details, row" in page.words
    assert lead.get("/policy/row?kind=service&id=nothing").status == 404
    assert lead.get("/policy/row?kind=cases&id=1").status == 404


def test_what_people_decide_otherwise_is_told_by_check_and_model_and_leads_to_its_cases(desk: ServedDesk) -> None:
    done = decide_some(desk)
    lead = desk.visitor("lead")
    text = lead.get("/policy/overridden").text
    rows = dict(re.findall(r'<tr[^>]*><th scope="row">(.*?)</th>.*?rule=([^"]+)">', text, re.DOTALL))
    assert rows, "nothing was overridden"
    behind = [lead.get(f"/policy/overridden/cases?days=28&rule={rule}").words for rule in rows.values()]
    assert all(done["otherwise"] in words for words in behind)
    assert not any(done["as_we"] in words or done["undone"] in words for words in behind)
    model = desk.store.db.value("SELECT model FROM cases WHERE number = :n", n=done["otherwise"])
    assert f"{model} (1)" in lead.get("/policy/overridden").words


def tree(desk: Operated) -> str:
    """Everything in the working files and in the configuration."""
    total = sha256()
    for path in sorted([*desk.folder.glob("p*/**/*"), *desk.folder.glob("t*/**/*"), desk.config_file]):
        total.update(str(path).encode() + (path.read_bytes() if path.is_file() else b""))
    return total.hexdigest()
