"""What the tests of the lists begin with: a letter that is held, a mail that could not be read, hostile names."""

from __future__ import annotations

import json

from desk_served import ServedDesk

# Each would run, turn a line around, or break out of an attribute, if a page took it for more than text.
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "{{ 7*7 }}",
    "${7*7}",
    "</td></table><h1>owned",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "\u202egpj.exe",
    "&lt;b&gt;",
    "<!--",
    "]]>",
    "<bdo dir=rtl>x",
)


def hold_a_letter(desk: ServedDesk, reason: str = "address_day", place: int = 0) -> int:
    """A letter of the bot that did not go out; its id."""
    store = desk.store
    rows = store.db.rows("SELECT id FROM outbox WHERE case_id IS NOT NULL AND state = 'accepted' ORDER BY id DESC")
    started = "created_at" if reason == "maybe_sent" else "NULL"
    with store.write():
        store.db.execute(
            "UPDATE outbox SET state = 'held', held_reason = :reason, sent_at = NULL, evidence = NULL,"
            f" automatic = 1, data_started_at = {started} WHERE id = :id",
            reason=reason,
            id=rows[place]["id"],
        )
    return int(rows[place]["id"])


def set_a_mail_aside(desk: ServedDesk, reason: str = "the mail has more than 500 parts") -> int:
    """A mail that could not be read, with its case; the mail's id."""
    store = desk.store
    row = store.db.rows("SELECT id, case_id FROM arrival WHERE outcome = 'human' ORDER BY id LIMIT 1")[0]
    with store.write():
        store.db.execute(
            "UPDATE arrival SET outcome = 'quarantined', attempts = 3, reason = :reason WHERE id = :id",
            reason=reason,
            id=row["id"],
        )
        store.db.execute(
            "UPDATE cases SET doubt_id = 'unreadable', doubt_facts = '{}', next_actor = 'staff',"
            " state = 'ready_for_staff' WHERE id = :id",
            id=row["case_id"],
        )
    return int(row["id"])


def write_in_every_field(desk: ServedDesk, *texts: str) -> None:
    """Hostile texts wherever a customer's words can stand: each case has one of them."""
    store = desk.store
    which = f"(SELECT value FROM json_each(:texts) WHERE key = {{id}} % {len(texts)})"
    of_case, of_mail = which.format(id="cases.id"), which.format(id="case_id")
    with store.write():
        for sql in (
            f"UPDATE letter SET from_name = {of_mail}, subject = {of_mail}, own_words = {of_mail}, text = {of_mail}",
            f"UPDATE cases SET model = {of_case}, platform = {of_case}, why = {of_case}, doubt_id = ''",
            f"UPDATE outbox SET subject = {of_mail}, body_text = {of_mail}",
            f"UPDATE finding SET value = {of_mail} || finding.id WHERE field IN ('symptom', 'order_number')",
        ):
            store.db.execute(sql, texts=json.dumps(texts))
    store.search.rebuild()
