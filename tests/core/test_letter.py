"""Every odd mail of fixtures/odd-mails reads as its .toml says; no bytes at all can do worse than UnreadableLetter."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.core.codec import dump, load
from bot.core.model import Letter
from bot.core.reading.letter import open_mail
from bot.errors import UnreadableLetter

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "ru", "tr", "ja", "zh")
FOLDER = Path(__file__).parents[2] / "fixtures" / "odd-mails"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))
PLAIN = b"From: Jane <jane@example.com>\r\nTo: desk@example.com\r\nSubject: Watch\r\nMessage-ID: <a@example.com>\r\n"


def read(raw: bytes) -> Letter:
    return open_mail(raw).letter(LANGUAGES)


def test_there_are_enough_odd_mails_and_each_has_its_expectation() -> None:
    assert len(NAMES) >= 25
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_mail_reads_as_expected(name: str) -> None:
    raw = (FOLDER / f"{name}.eml").read_bytes()
    want = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert want.pop("why")
    if "error" in want:
        with pytest.raises(UnreadableLetter, match=want["error"]):
            read(raw)
        return
    letter = read(raw)
    assert want, "an expectation without content cannot fail"
    for key in ("message_id", "subject", "own_words", "quoted", "text", "language"):
        if key in want:
            assert getattr(letter, key) == want[key]
    if "sender" in want:
        assert (letter.sender.address if letter.sender else "") == want["sender"]
        assert (letter.sender is None) == bool(letter.sender_problem)
    if "sender_problem" in want:
        assert want["sender_problem"] in letter.sender_problem
    if "sent_at" in want:
        assert (letter.sent_at.isoformat() if letter.sent_at else "") == want["sent_at"]
    if "attachment_count" in want:
        assert len(letter.attachments) == want["attachment_count"]
    if "attachments" in want:
        got = [{"name": a.name, "found_type": a.found_type, "inline": a.inline} for a in letter.attachments]
        assert got == want["attachments"]
    if "enclosures" in want:
        assert len(letter.enclosures) == len(want["enclosures"])
        for got_one, wanted in zip(letter.enclosures, want["enclosures"], strict=True):
            assert (got_one.subject, got_one.text.strip(), got_one.how) == (
                wanted["subject"],
                wanted["text"],
                wanted["how"],
            )
            assert wanted["sender"] in got_one.sender
    for defect in want.get("defects", ()):
        assert defect in letter.defects


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_survives_the_border_between_processes(name: str) -> None:
    try:
        letter = read((FOLDER / f"{name}.eml").read_bytes())
    except UnreadableLetter:
        return
    assert load(Letter, dump(letter)) == letter


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_handed_out_under_its_place_and_hash(name: str) -> None:
    import hashlib

    try:
        mail = open_mail((FOLDER / f"{name}.eml").read_bytes())
    except UnreadableLetter:
        return
    for attachment in mail.letter(LANGUAGES).attachments:
        data = mail.file(attachment.place)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (attachment.size, attachment.sha256)


def test_a_place_without_a_file_is_an_index_error() -> None:
    mail = open_mail(PLAIN + b"\r\nhello")
    for place in (0, 1, -1):
        with pytest.raises(IndexError):
            mail.file(place)


def nested(depth: int) -> bytes:
    out = PLAIN
    for level in range(depth):
        out += f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n'.encode()
    return out + b"Content-Type: text/plain\r\n\r\nhello\r\n"


def fields(count: int, value: bytes) -> bytes:
    return PLAIN + b"".join(b"X-%d: %s\r\n" % (i, value) for i in range(count)) + b"\r\nhi"


MIXED = PLAIN + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
HTML = PLAIN + b"Content-Type: text/html\r\n\r\n"
ATTACHED = PLAIN + b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\nSubject: "
MANY = b", ".join(b"a%d@example.com" % i for i in range(9000))

REFUSED = [
    ("header block over 256 KiB", fields(300, b"a" * 900), "header block"),
    ("more than 1000 fields", PLAIN + b"X-A: b\r\n" * 1100 + b"\r\nhi", "header fields"),
    ("encoded words without end", fields(60, b"=?utf-8?q?a?= " * 100), "encoded words"),
    ("3000 empty parts", MIXED + b"--b\r\n\r\n" * 3000, "too many parts"),
    ("30 levels", nested(30), "nested"),
    ("400 levels", nested(400), "nested|cannot be read"),
]


@pytest.mark.parametrize(("why", "raw", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_mail_over_the_limits_is_refused_with_a_plain_reason(why: str, raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableLetter, match=reason):
        read(raw)


READ = [
    ("20 levels but one", nested(19)),
    ("one header of 200 KB", PLAIN + b"X-Spam-Status: " + b"word " * 40000 + b"\r\n\r\nhello"),
    ("a long header in an attached mail", ATTACHED + b"a " * 30000 + b"\r\n\r\nhi"),
    ("9,000 recipients", PLAIN.replace(b"desk@example.com", MANY) + b"\r\nhello"),
    ("quotes without end in From", b"From: " + b'"' * 9000 + b" <jane@example.com>\r\n\r\nhello"),
    ("brackets without end in From", b"From: " + b"(" * 9000 + b" jane@example.com\r\n\r\nhello"),
    ("5000 nested tags", HTML + b"<div>" * 5000 + b"hello"),
    ("comments without end", HTML + b"hello" + b"<!--" * 40000),
    ("100 KB of quote marks", PLAIN + b"\r\n" + b"> " * 50000 + b"hello"),
    ("50,000 label lines", PLAIN + b"\r\n" + b"From: x\r\n" * 50000),
    ("one line of 400 KB", PLAIN + b"\r\n" + b"sent from my " * 30000),
    ("a wall of dates and colons", PLAIN + b"\r\n" + b"On 12.05.2025 at 09:43 a@example.com wrote:\r\n" * 8000),
    ("numbered questions without end", PLAIN + b"\r\n" + b"> 1. question (open\r\n> 2. (\r\n" * 4500),
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("why", "raw"), READ, ids=[row[0] for row in READ])
def test_a_heavy_mail_within_the_limits_is_read_in_linear_time(why: str, raw: bytes) -> None:
    import time

    start = time.process_time()
    letter = read(raw)
    assert time.process_time() - start < 8.0  # the slow ones took minutes
    assert letter.text or letter.enclosures


def test_references_come_newest_last_and_without_repeats_or_rubbish() -> None:
    raw = PLAIN + b"References: <a@x> <b@x>\r\n <a@x> junk <c d@x>\r\nIn-Reply-To: <b@x>\r\n\r\nhi"
    assert read(raw).references == ("a@x", "b@x")


def test_a_long_reference_is_known_also_where_a_program_folded_it_into_encoded_words() -> None:
    ours = f"kb.{'x' * 90}.K7F3Q9@after-sales.example.com"
    answer = EmailMessage()
    answer["From"], answer["Message-ID"] = "anna@example.com", "<answer@example.com>"
    answer["References"] = answer["In-Reply-To"] = f"<{ours}>"
    answer.set_content("Here it is.")
    raw = answer.as_bytes()
    assert b"=?utf-8?q?" in raw, "this Python folds as the standard asks; write the header by hand"
    assert read(raw).references == (ours,)


def test_headers_outside_the_list_never_leave_the_reader() -> None:
    letter = read(PLAIN + b"X-Zammad-Ticket-Owner: eve\r\nBcc: eve@example.com\r\nAuto-Submitted: no\r\n\r\nhi")
    assert {name for name, _ in letter.headers} == {"from", "to", "subject", "message-id", "auto-submitted"}


def test_the_date_is_the_senders_claim_in_utc() -> None:
    sent = read(PLAIN + b"Date: Tue, 3 Jun 2025 10:00:00 +0200 (CEST)\r\n\r\nhi").sent_at
    assert sent is not None
    assert sent.isoformat() == "2025-06-03T08:00:00+00:00"
    assert sent.utcoffset() == timedelta(0)


def test_a_report_is_kept_as_a_report_and_its_original_as_an_enclosure() -> None:
    raw = (Path(__file__).parents[2] / "fixtures" / "automatic" / "bounce-standard.eml").read_bytes()
    kinds = [enclosure.how for enclosure in read(raw).enclosures]
    assert kinds == ["report", "attached"]
    assert "Final-Recipient" in read(raw).enclosures[0].text
    assert "Returned-Message-ID: <ours-1@example.com>" in read(raw).enclosures[0].text
    assert "KS" not in read(raw).own_words


def test_our_own_letter_passed_back_is_a_quote_and_no_evidence() -> None:
    body = (
        "Here.\n\n---------- Forwarded message ---------\n"
        "From: Desk <desk@example.com>\nDate: Mon, 12 May 2025 at 09:43\n"
        "Subject: Your request\nTo: jane@example.com\n\nOrder number (for example #KS12345)?"
    )
    letter = read(PLAIN.replace(b"Watch", b"Fwd: Your request") + b"\r\n" + body.encode())
    assert letter.own_words == "Here."
    assert letter.enclosures == ()
    assert "KS12345" in letter.quoted


@pytest.mark.parametrize(
    "ours",
    [
        "On 20 Jun 2025, at 10:01, KOSPET After-Sales <desk@example.com> wrote:\n> 1. The order number, as KS99999.",
        "On Fri, 20 Jun 2025 at 10:01, KOSPET Desk\n<desk@example.com> wrote:\n\n> 1. The order number, KS99999.",
        "From: KOSPET <desk@example.com>\nSent: Friday\nTo: Jane\nSubject: ask\n\n1. The order number, as KS99999.",
    ],
    ids=["marked", "wrapped", "header block"],
)
def test_our_letter_below_a_forward_is_no_evidence(ours: str) -> None:
    shop = "---------- Forwarded message ---------\nFrom: Shop <orders@example.org>\nSubject: Order KS20644\nTo: Jane\n"
    letter = read(PLAIN + f"\nsee below\n\n{shop}\nThank you. Order KS20644\nTANK T3 x 1\n\n{ours}\n".encode())
    assert letter.own_words == "see below"
    assert letter.enclosures[0].text.endswith("TANK T3 x 1")
    assert "KS99999" in letter.quoted


def test_a_customer_who_forwards_her_own_earlier_mail_wrote_it() -> None:
    block = "From: Jane <jane@example.com>\nSent: Monday, May 12, 2025\nTo: shop@example.net\nSubject: Watch"
    body = f"{block}\n\nIt does not charge."
    letter = read(PLAIN.replace(b"Watch", b"FW: Watch") + b"\r\n" + body.encode())
    assert letter.own_words == "It does not charge."
    assert letter.enclosures[0].how == "forwarded"


def is_clean(letter: Letter) -> bool:
    texts = (letter.text, letter.own_words, letter.quoted, letter.subject, *(a.name for a in letter.attachments))
    return not any(
        (ord(c) < 32 and c != "\n") or 0xD800 <= ord(c) <= 0xDFFF or c == "\x7f" for text in texts for c in text
    )


mail_bytes = st.builds(
    lambda headers, body: b"".join(headers) + b"\r\n" + body,
    st.lists(
        st.sampled_from(
            [
                b"From: jane@example.com\r\n",
                b"From: \xff<\r\n",
                b"Subject: =?utf-8?q?=00=ff?=\r\n",
                b"Date: 99\r\n",
                b'Content-Type: multipart/mixed; boundary="b"\r\n',
                b"Content-Type: text/html\r\n",
                b"Content-Type: message/rfc822\r\n",
                b"Content-Type: text/plain; charset=iso-2022-jp\r\n",
                b"Content-Type: text/plain; charset=utf-16\r\n",
                b"Content-Transfer-Encoding: base64\r\n",
                b"Content-Transfer-Encoding: x-uuencode\r\n",
                b"Content-Type: multipart/alternative\r\n",
                b"Content-Type: text/plain; charset*=x'y'z%\r\n",
                b"Message-ID: <>\r\n",
                b"Content-Disposition: attachment; filename*0*=\r\n",
                b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
            ]
        ),
        max_size=6,
    ),
    st.one_of(
        st.binary(max_size=200),
        st.sampled_from([b"--b\r\n\r\nx\r\n--b--", b"begin 644 a\r\n!!\r\nend", b"\x1b$B;~", b"<table><td>"]),
    ),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=600), mail_bytes))
@example(b"Content-Type: text/plain; charset=\x00\r\n\r\nhi")
@example(b'From: "\\\r\n\r\n')
def test_any_bytes_are_a_letter_or_an_unreadable_letter(raw: bytes) -> None:
    try:
        mail = open_mail(raw)
        letter = mail.letter(LANGUAGES)
    except UnreadableLetter:
        return
    assert is_clean(letter)
    assert load(Letter, dump(letter)) == letter
    assert all(isinstance(mail.file(a.place), bytes) for a in letter.attachments)
