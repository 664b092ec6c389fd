"""Public mail of many sources reads as its labels say. Skipped where the corpora are not at hand."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.core.codec import dump
from bot.core.model import Letter
from bot.core.reading.automatic import recognise
from bot.core.reading.letter import open_mail
from bot.core.reading.own_words import split
from bot.errors import UnreadableLetter

FOLDER = Path(os.environ.get("AFTER_SALES_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora")
OWN = ("after-sales@example.com",)
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "ru", "tr", "ja", "zh")
# Sources whose mails people wrote; their machine mails are named by what their headers say.
HUMAN_SOURCES = (
    "talon",
    "github-reply",
    "zapier-reply",
    "mail-parser-reply",
    "mikel-mail",
    "mime4j",
    "imap_tools",
    "django-helpdesk",
)
MACHINE_SIGN = re.compile(
    r"^(?:list-|precedence: *(?:bulk|junk|list)|auto-submitted: *auto|x-mailing-list|x-mailman|return-path: *<>|"
    r"x-beenthere|sender: *owner-)"
    r"|^from:.*(?:mailer-daemon|postmaster|mail delivery|no-?reply|ne-pas-repondre)|"
    r"^content-type: *multipart/report|do not reply to this|unsubscribe",
    re.IGNORECASE | re.MULTILINE,
)

pytestmark = pytest.mark.skipif(not (FOLDER / "labels").is_dir(), reason="the corpora are not at hand")


def labels(name: str) -> list[dict[str, Any]]:
    path = FOLDER / "labels" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


@cache
def read(name: str) -> Letter:
    return open_mail((FOLDER / name).read_bytes()).letter(LANGUAGES)


def mails() -> Iterator[str]:
    for path in sorted(FOLDER.glob("*/mails/**/*")):
        if path.is_file():
            yield str(path.relative_to(FOLDER))


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_every_mail_is_read_in_linear_time_or_refused_with_a_reason() -> None:
    refused: list[tuple[str, str]] = []
    slow: list[tuple[str, float]] = []
    count = 0
    for name in mails():
        raw = (FOLDER / name).read_bytes()
        start = time.process_time()
        try:
            mail = open_mail(raw)
            letter = mail.letter(LANGUAGES)
            assert sum(len(mail.file(a.place)) for a in letter.attachments) == sum(a.size for a in letter.attachments)
            dump(letter).encode("utf-8")
        except UnreadableLetter as problem:
            refused.append((name, str(problem)))
        if time.process_time() - start > 8.0:
            slow.append((name, time.process_time() - start))
        count += 1
    assert count > 600
    assert slow == []
    # Two of them are empty files.
    assert [row for row in refused if row[1] != "The mail is empty."] == []
    assert len(refused) <= 2


def test_99_of_100_bounces_responders_and_lists_are_recognised() -> None:
    rows = labels("class")
    missed = [row["file"] for row in rows if recognise(read(row["file"]), OWN) is None]
    # One of them, groupwise_03, is a person's answer kept there to prove that it is no bounce.
    assert len(missed) <= 0.01 * len(rows), missed


def test_a_bounce_is_called_a_bounce_and_a_responder_a_responder() -> None:
    kinds = {"bounce": "bounce", "delay": "bounce", "auto-reply": "auto_reply"}
    rows = [(row, recognise(read(row["file"]), OWN)) for row in labels("class")]
    wrong = [row["file"] for row, found in rows if found is None or found.kind.value != kinds[row["label"]]]
    assert len(wrong) <= 0.02 * len(rows), wrong


def test_at_most_one_in_a_hundred_people_is_taken_for_a_machine() -> None:
    people: list[str] = []
    taken: list[tuple[str, str]] = []
    for name in mails():
        if not name.startswith(HUMAN_SOURCES):
            continue
        text = (FOLDER / name).read_bytes().decode("latin-1")
        if MACHINE_SIGN.search(text):
            continue
        try:
            found = recognise(read(name), OWN)
        except UnreadableLetter:
            continue
        people.append(name)
        if found:
            taken.append((name, found.rule))
    assert len(people) > 250
    assert len(taken) <= 0.01 * len(people), taken


def test_the_reply_is_found_in_all_twelve_standard_mails() -> None:
    right = 0
    for row in labels("reply"):
        taken = split(read(row["eml"]).text)
        # The labels count a signature as part of the reply; ours stands apart.
        right += folded(f"{taken.own} {taken.signature}") == folded(row["reply"])
    assert right >= 11


# Why our text or files differ from imap_tools' on purpose; everything else must be equal.
EXPLAINED = {
    "attachment_2_base64.eml": "attached mails are enclosures, their source is no text of the letter",
    "attachment_7bit.eml": "the text stands in an attached mail",
    "attachment_8bit.eml": "part of the text stands in an attached mail",
    "attachment_message_rfc822.eml": "attached mail; its PDF belongs to it",
    "forwarded_message.eml": "the text stands in an attached mail",
    "raw_email_with_mimepart_without_content_type.eml": "delivery report and returned mail are enclosures",
    "multi_address_bounce1.eml": "delivery report and returned mail are enclosures",
    "multi_address_bounce2.eml": "delivery report and returned mail are enclosures",
    "multipart_report_multiple_status.eml": "delivery report and returned mail are enclosures",
    "content_transfer_encoding_7-bit.eml": "undeclared bytes are UTF-8, not Latin-1",
    "content_transfer_encoding_plain.eml": "control characters are dropped",
    "raw_email6.eml": "flowed lines are joined differently at a quote",
    "missing_content_disposition.eml": "a photo without a name is a file",
    "text_with_content_id.eml": "the only text is text, whatever its Content-ID",
}


def test_text_and_files_equal_the_labels_or_differ_for_a_known_reason() -> None:
    rows = labels("fields")
    unknown: list[str] = []
    for row in rows:
        letter = read(row["file"])
        name = row["file"].rsplit("/", 1)[-1]
        same_text = not row["text"] or folded(clean_of(row["text"])) == folded(letter.text)
        same_files = sorted(a["sha256"] for a in row["attachments"]) == sorted(a.sha256 for a in letter.attachments)
        if not (same_text and same_files) and name not in EXPLAINED:
            unknown.append(name)
    assert len(rows) > 100
    assert unknown == []


def clean_of(text: str) -> str:
    return text.replace("\u200b", "").replace("\xad", "")


def test_senders_and_subjects_equal_the_labels() -> None:
    different: list[str] = []
    for row in labels("fields"):
        letter = read(row["file"])
        sender = letter.sender.address if letter.sender else ""
        if sender and sender != (row["from_"] or "").lower():
            different.append(row["file"])
        if not letter.sender and not letter.sender_problem:
            different.append(row["file"])
        if folded(row["subject"]).replace(" ", "").isascii() and folded(row["subject"]) != letter.subject:
            different.append(row["file"])
    assert [name for name in different if "invalid_subject_characters" not in name] == []
