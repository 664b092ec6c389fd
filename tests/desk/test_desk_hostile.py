"""Mail is hostile: whatever stands in it, and wherever, is shown as text and never runs.

The browser would tell: a dialog, a request elsewhere, an error on the console or a report of the content security
policy fails the test (see conftest).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from email.header import Header
from typing import Any
from urllib.parse import quote

import pytest
from desk_mail import arrive, mail
from desk_program import V1, Program
from desk_scenes import hold_a_letter, set_a_mail_aside, write_in_every_field
from desk_served import ServedDesk

STORY = "between-one-and-two-years"
PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<script>alert(1)//",
    "</script><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="x" onerror="alert(1)">',
    "<img/src='x'/onerror=alert(1)>",
    "<img src=x:alert(alt) onerror=eval(src) alt=0>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' onmouseover='alert(1)' x='",
    '" autofocus onfocus="alert(1)" x="',
    "' autofocus onfocus='alert(1)' x='",
    '" style="background:url(//evil.example/x)" x="',
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>click</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "javascript:alert(1)",
    "javascript:/*--></title></style></textarea></script></xmp><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+alert(1)//'>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<form action=//evil.example/><input type=submit>",
    "<form><button formaction=javascript:alert(1)>x</button></form>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<style>*{background:url(//evil.example/x)}</style>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<base href=//evil.example/>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<div hx-get=/logout hx-trigger=load>x</div>",
    "<div hx-on:load=alert(1) data-hx-post=/logout hx-trigger=load>x</div>",
    "<button popovertarget=keys data-key=e data-adds=x>x</button>",
    "{{ 7*7 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "${alert(1)} #{alert(1)} <%= alert(1) %>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u202e<script>alert(1)</script>\u202c",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "**bold** {who} {0} {csrf}",
)


def hostile(place: int, payload: str) -> bytes:
    """A mail that says it in its subject, name, text and the name of a file."""
    text = f"Hello {payload}\n\nmy TANK T3 Ultra {payload} is dead since Monday, order KS18842 {payload}\n\n{payload}"
    made = mail("X", text, number=place)
    made.add_attachment(b"not a picture", "image", "jpeg", filename=f"{payload}.jpg")
    name, subject = (Header(part, "utf-8", maxlinelen=900).encode() for part in (f"Ann {payload}", f"Watch {payload}"))
    raw = made.as_bytes().replace(
        b"From: Ann Example <ann@example.com>", f"From: {name} <ann{place}@example.com>".encode()
    )
    return raw.replace(b"Subject: X", f"Subject: {subject}".encode())


def calm(page: Any) -> list[str]:
    """What a page must not have: anything of a payload that became an element."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('iframe, object, embed, base, math, template, marquee, audio, video, keygen,"
        " style, [onerror], [onload], [onfocus], [onmouseover], [ontoggle], [hx-get]:not(#fresh),"
        " [hx-trigger]:not(#fresh), [srcdoc],"
        ' main script, main link, main meta, a[href^="javascript:"], a[href^="data:"]\')].map(e => e.outerHTML)'
    )
    return found


def dialogs(page: Any) -> list[str]:
    """What scripts said that should not have run."""
    said: list[str] = []

    def hear(dialog: Any) -> None:
        said.append(dialog.message)
        dialog.accept()

    page.on("dialog", hear)
    return said


def test_there_are_many_payloads_and_each_is_another() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


def test_no_payload_of_a_mail_runs(desk: ServedDesk, page: Any) -> None:
    numbers = arrive(desk, *(hostile(place, payload) for place, payload in enumerate(PAYLOADS, start=1)))
    assert len(numbers) >= len(PAYLOADS) * 0.9  # one or two may be taken for junk
    said = dialogs(page)
    desk.enter(page, "agent")
    assert calm(page) == []
    shown = 0
    for number in numbers:
        page.goto(f"{desk.url}/case/{number}")
        assert calm(page) == [], number
        shown += "Hello" in page.locator(".own-words").first.inner_text()
    assert shown == len(numbers)
    assert said == []
    page.goto(f"{desk.url}/case/{numbers[0]}")
    assert PAYLOADS[0] in page.locator(".own-words").first.inner_text()
    assert PAYLOADS[0] in page.locator(".letter-head").first.inner_text()
    assert PAYLOADS[0].replace("/", "") in page.locator("figcaption").first.inner_text().replace("/", "")


def test_no_payload_in_findings_events_or_the_words_of_colleagues_runs(desk: ServedDesk, page: Any) -> None:
    number = desk.case(STORY)
    case_id = desk.store.cases.id_of(number)
    said = dialogs(page)
    desk.enter(page, "agent", f"/case/{number}")
    details = desk.store.db.value("SELECT details FROM cases WHERE id = :id", id=case_id)
    for payload in PAYLOADS:
        with desk.store.write():
            poison(desk, case_id, payload, details)
        page.goto(f"{desk.url}/case/{number}")
        assert page.locator("#answers").count() == 1, payload
        assert calm(page) == [], payload
    assert said == []
    assert PAYLOADS[-1] in page.locator(".timeline").first.inner_text()


def poison(desk: ServedDesk, case_id: int, payload: str, details: str) -> None:
    """Put it wherever text of others is kept; a hostile finder, colleague or import could."""
    db = desk.store.db
    found = json.loads(details)
    for finding in found["findings"]:
        finding["words"] = payload
        finding["value"] = (
            payload if finding["field"] in ("order_number", "what", "symptom", "tried") else finding["value"]
        )
    db.execute("UPDATE cases SET details = :d, why = :p WHERE id = :id", d=json.dumps(found), p=payload, id=case_id)
    db.execute("UPDATE OR IGNORE finding SET words = :p WHERE case_id = :id", p=payload, id=case_id)
    db.execute("UPDATE checks SET words = :p, clause = :p WHERE case_id = :id", p=payload, id=case_id)
    db.execute("UPDATE flag SET words = :p WHERE case_id = :id", p=payload, id=case_id)
    db.execute("UPDATE letter SET quoted = :p, from_name = :p WHERE case_id = :id", p=payload, id=case_id)
    db.execute("UPDATE outbox SET body_text = :p, subject = :p WHERE case_id = :id", p=payload, id=case_id)
    db.execute("DELETE FROM draft WHERE case_id = :id", id=case_id)
    db.execute(
        "INSERT INTO draft (case_id, actor, answer, told, body, saved_at)"
        " VALUES (:id, 'agent', 'approve.free_repair', '{}', :p, :now)",
        id=case_id,
        p=payload,
        now=desk.clock(),
    )
    db.execute(
        "INSERT INTO event (case_id, at, actor, name, data) VALUES (:id, :now, :p, :p, :data)",
        id=case_id,
        p=payload,
        now=desk.clock(),
        data=json.dumps({"text": payload, "because": payload, "to": payload, "reason": payload, "reply": payload}),
    )


# Every page that shows text of others in a list.
LISTS = (
    "/queue",
    "/queue?view=all",
    "/queue?view=all&filter=yes&pick=yes",
    "/queue?view=customer",
    "/search?q=example",
    "/held",
    "/unreadable?all=yes",
    "/numbers?days=365",
    "/numbers/cases?what=opened&days=365",
    "/numbers/mails?days=365",
)
# What is typed into an address and comes back on the page.
ECHOES = ("/search?q=", "/queue?model=", "/queue?done=1&to=", "/queue?view=", "/login?next=/", "/numbers/cases?what=")


@pytest.mark.parametrize("half", [0, 1])
def test_no_payload_in_a_list_runs(desk: ServedDesk, page: Any, half: int) -> None:
    """Each case has one of them in its names, subjects, words, model, shop, findings and letters."""
    payloads = PAYLOADS[half::2]
    hold_a_letter(desk)
    set_a_mail_aside(desk, payloads[0])
    write_in_every_field(desk, *payloads)
    with desk.store.write():
        desk.store.db.execute("UPDATE arrival SET reason = :p WHERE outcome <> 'quarantined'", p=payloads[1])
        desk.store.saved_views.keep(desk.store.people.named("lead").id, payloads[2][:40], "language=de", desk.clock())
    said = dialogs(page)
    desk.enter(page, "lead")
    for address in LISTS:
        assert page.goto(desk.url + address).status == 200, address
        assert calm(page) == [], address
    page.goto(f"{desk.url}/queue?view=all")
    shown = page.locator("main").inner_text()
    assert sum(" ".join(payload.split())[:12] in shown for payload in payloads) > len(payloads) * 0.7
    assert said == []


def test_no_payload_in_an_address_runs(desk: ServedDesk, page: Any) -> None:
    said = dialogs(page)
    desk.enter(page, "lead")
    for place, payload in enumerate(PAYLOADS):
        address = ECHOES[place % len(ECHOES)] + quote(payload)
        page.goto(desk.url + address)
        assert calm(page) == [], address
    assert said == []


def test_no_payload_in_a_file_for_programs_is_a_page_or_a_formula(
    desk: ServedDesk, program: Callable[..., Program]
) -> None:
    """CSV, JSON and the interface for programs: data with a type that no browser renders, and never a formula."""
    formulas = ("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\uff1d1+1", '=HYPERLINK("//evil.example")')
    hold_a_letter(desk)
    set_a_mail_aside(desk)
    write_in_every_field(desk, *PAYLOADS[::2], *formulas)
    visitor, known = desk.visitor("lead"), program("lead")
    names = ("queue", "search", "held", "unreadable", "numbers", "numbers-cases", "mails", "overrides", "radar")
    more = {"queue": "view=all", "search": "q=example", "numbers-cases": "what=opened&days=365", "mails": "days=365"}
    for name in names:
        for kind, type_ in (("csv", "text/csv"), ("json", "application/json")):
            answer = visitor.get(f"/export/{name}.{kind}?{more.get(name, '')}&bom=no")
            assert answer.status == 200, name
            assert answer.headers["Content-Type"].startswith(type_)
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            if kind == "json":
                assert isinstance(json.loads(answer.text), list)
            for row in csv.reader(io.StringIO(answer.text)) if kind == "csv" else ():
                assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\uff1d")], row
    for path in (f"{V1}/cases", f"{V1}/cases/{desk.case(STORY)}", f"{V1}/held", f"{V1}/unreadable"):
        reply = known.ask("GET", path)
        assert reply.status == 200
        assert reply.headers["content-type"].startswith("application/json")
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.json
