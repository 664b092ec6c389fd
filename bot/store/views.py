"""What staff and operators read, with the desk or with any SQLite program.

Columns are plain English; nothing here writes. A view has no clock either: "today" is the bot's own last time
(``meta.logical_now``), so an old copy of the file still shows its own day. A changed view needs a migration that
calls ``create_views`` again.
"""

# Names of tables and columns and whole conditions come from this code, values are always bound.
# ruff: noqa: S608
from __future__ import annotations

from sqlite_utils import Database as SchemaDatabase

from bot.core.model import State
from bot.store.states import OutboxState

CLOSED = f"('{State.COMPLETED}', '{State.WITHDRAWN}', '{State.CLOSED}')"
WAITING = (
    f"('{OutboxState.QUEUED}', '{OutboxState.CLAIMED}', '{OutboxState.DATA_STARTED}', "
    f"'{OutboxState.UNKNOWN}', '{OutboxState.HELD}', '{OutboxState.FAILED}')"
)
TODAY = "(SELECT substr(value, 1, 10) FROM meta WHERE key = 'logical_now')"
FLAGS = "(SELECT group_concat(flag, ', ') FROM (SELECT flag FROM flag WHERE case_id = c.id ORDER BY flag))"
CUSTOMER = "(SELECT address FROM party WHERE case_id = c.id ORDER BY since, address LIMIT 1)"
NAME = "(SELECT from_name FROM letter WHERE case_id = c.id AND from_name <> '' ORDER BY id LIMIT 1)"
LAST_MAIL = "(SELECT max(received_at) FROM letter WHERE case_id = c.id)"
# What the store itself knows about our letters and a person must settle, in the words of the list.
HELD = """(SELECT CASE o.held_reason
        WHEN 'maybe_sent' THEN 'a letter was perhaps sent: look, then release it or mark it as sent'
        ELSE 'a letter is held: ' || replace(o.held_reason, '_', ' ') END
    FROM outbox o WHERE o.case_id = c.id AND o.state = 'held' ORDER BY o.id DESC LIMIT 1)"""
# A letter that was refused or came back, until a person's letter got through: one of ours may come back as well, later.
UNSETTLED = """(o.state = 'failed' OR o.bounced_at IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM outbox p
        WHERE p.case_id = o.case_id AND p.id > o.id AND p.state = 'accepted' AND p.bounced_at IS NULL
        AND (p.automatic = 0 OR p.released_by <> ''))"""
FAILED = f"""(SELECT CASE WHEN o.bounced_at IS NOT NULL THEN 'our letter came back from ' || o.recipient
        ELSE 'our letter to ' || o.recipient || ' was refused: ' || o.smtp_text END
    FROM outbox o WHERE o.case_id = c.id AND {UNSETTLED} ORDER BY o.id DESC LIMIT 1)"""

VIEWS = {
    "case_overview": f"""
        SELECT c.number AS case_number, c.state, c.next_actor AS waiting_for, {NAME} AS customer,
            {CUSTOMER} AS address, c.language, c.kind, c.service, c.model, c.platform, c.order_number, c.missing,
            {FLAGS} AS flags, c.answer_by, c.reply_by, c.held AS taken_over,
            (SELECT count(*) FROM letter WHERE case_id = c.id) AS mails,
            (SELECT count(*) FROM outbox WHERE case_id = c.id AND state = 'accepted') AS letters,
            c.opened_at, {LAST_MAIL} AS last_mail_at, c.updated_at,
            (SELECT number FROM cases WHERE id = c.linked_to) AS linked_to
        FROM cases c""",
    "review_queue": f"""
        SELECT CASE
                WHEN EXISTS (SELECT 1 FROM flag WHERE case_id = c.id AND flag = 'safety_hazard') THEN 'hazard'
                WHEN c.answer_by < {TODAY} THEN 'overdue'
                WHEN c.answer_by = {TODAY} THEN 'today'
                ELSE 'later' END AS urgency,
            c.answer_by, c.number AS case_number, {NAME} AS customer, {CUSTOMER} AS address,
            COALESCE({HELD}, {FAILED}, NULLIF(c.why, ''), NULLIF(replace(c.doubt_id, '_', ' '), ''),
                'a person must look at this') AS why,
            c.doubt_id AS doubt, c.model, c.platform, c.service, {FLAGS} AS flags, c.missing, c.language, c.state,
            c.kind, {LAST_MAIL} AS last_mail_at, c.opened_at, c.held AS taken_over
        FROM cases c
        WHERE (c.next_actor = 'staff' AND c.state NOT IN {CLOSED})
            OR c.id IN (SELECT case_id FROM outbox WHERE state = 'held')
        ORDER BY CASE urgency WHEN 'hazard' THEN 1 WHEN 'overdue' THEN 2 WHEN 'today' THEN 3 ELSE 4 END,
            c.answer_by IS NULL, c.answer_by, c.opened_at, c.id""",
    "conversation": """
        SELECT * FROM (SELECT c.number AS case_number, l.received_at AS at,
            CASE WHEN l.automatic_rule = '' THEN 'customer' ELSE 'machine' END AS who,
            l.from_address AS address, l.from_name AS name, l.subject, l.own_words AS words, l.quoted,
            (SELECT count(*) FROM attachment WHERE letter_id = l.id) AS files,
            CASE WHEN l.automatic_rule = '' THEN 'received' ELSE l.automatic_reason END AS status,
            l.kind AS what, l.id AS letter_id, NULL AS outbox_id
        FROM letter l JOIN cases c ON c.id = l.case_id
        UNION ALL
        SELECT c.number, COALESCE(o.sent_at, o.data_started_at, o.created_at),
            CASE o.automatic WHEN 1 THEN 'bot' ELSE 'staff' END,
            o.recipient, '', o.subject, o.body_text, '', 0,
            CASE o.state WHEN 'accepted' THEN 'sent' WHEN 'superseded' THEN 'not sent: the case moved on'
                WHEN 'held' THEN 'held: ' || replace(o.held_reason, '_', ' ') WHEN 'failed' THEN 'refused'
                WHEN 'unknown' THEN 'perhaps sent' ELSE 'waiting' END,
            o.reply, NULL, o.id
        FROM outbox o JOIN cases c ON c.id = o.case_id) AS both
        ORDER BY case_number, at, letter_id IS NULL, letter_id, outbox_id""",
    "open_outbox": f"""
        SELECT o.id AS outbox_id, c.number AS case_number, o.recipient, o.reply, o.language, o.subject, o.state,
            CASE o.state WHEN 'held' THEN replace(o.held_reason, '_', ' ') ELSE o.smtp_text END AS why,
            o.attempts AS tries, CASE o.state WHEN 'queued' THEN o.next_try END AS next_try,
            CASE WHEN o.state IN ('unknown', 'held') AND o.data_started_at IS NOT NULL THEN 1 ELSE 0 END
                AS perhaps_sent,
            o.created_at AS waiting_since
        FROM outbox o LEFT JOIN cases c ON c.id = o.case_id
        WHERE o.state IN {WAITING}
        ORDER BY o.created_at, o.id""",
    "quarantine": """
        SELECT a.id AS mail, a.mailbox, a.received_at, a.size, a.attempts AS tries, a.reason,
            a.raw_sha256 AS original, c.number AS case_number
        FROM arrival a LEFT JOIN cases c ON c.id = a.case_id
        WHERE a.outcome = 'quarantined'
        ORDER BY a.received_at, a.id""",
}


def create_views(db: SchemaDatabase) -> None:
    """Make every view anew, inside the caller's transaction."""
    for name, query in VIEWS.items():
        db.execute(f"DROP VIEW IF EXISTS {name}")
        db.execute(f"CREATE VIEW {name} AS {query}")
