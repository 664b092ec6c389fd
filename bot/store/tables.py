"""The tables as they were first made. A released table is never edited here: ``schema.py`` adds a migration.

STRICT, with a CHECK on every column that holds a word of a closed list (taken from the enums) or a time, foreign
keys, and an index for every question the bot asks often. Money, wording and policy are not in here.
"""

from __future__ import annotations

from bot.core.model import Kind, Outcome, State
from bot.store.columns import at, at_or_null, word, word_or_null, yes
from bot.store.desk_tables import DESK
from bot.store.edition_tables import EDITIONS
from bot.store.list_tables import LISTS
from bot.store.program_tables import PROGRAMS
from bot.store.states import (
    ArrivalOutcome,
    ArrivalState,
    Evidence,
    FileKind,
    Mailop,
    MailopState,
    NextActor,
    OutboxState,
)

MAIL_IN = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    f"""CREATE TABLE mailbox (
        name TEXT PRIMARY KEY,
        uidvalidity INTEGER NOT NULL,
        epoch INTEGER NOT NULL DEFAULT 1,
        {at_or_null("baseline_at")},
        {at_or_null("last_ok_poll")},
        last_error TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    f"""CREATE TABLE file (
        sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
        size INTEGER NOT NULL CHECK (size >= 0),
        {word("kind", FileKind)},
        {at("created_at")}
    ) STRICT""",
    f"""CREATE TABLE cases (
        id INTEGER PRIMARY KEY,
        number TEXT NOT NULL UNIQUE,
        {word("state", State)},
        version INTEGER NOT NULL DEFAULT 1,
        language TEXT NOT NULL DEFAULT '',
        {word("kind", Kind)},
        service TEXT,
        order_number TEXT NOT NULL DEFAULT '',
        platform TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        missing TEXT NOT NULL DEFAULT '',
        doubt_id TEXT NOT NULL DEFAULT '',
        doubt_facts TEXT NOT NULL DEFAULT '{{}}',
        why TEXT NOT NULL DEFAULT '',
        {word("next_actor", NextActor)},
        answer_by TEXT CHECK (answer_by LIKE '____-__-__'),
        reply_by TEXT CHECK (reply_by LIKE '____-__-__'),
        {yes("held")},
        {at("opened_at")},
        first_mail_on TEXT NOT NULL CHECK (first_mail_on LIKE '____-__-__'),
        {at("updated_at")},
        policy_hash TEXT NOT NULL,
        edition INTEGER REFERENCES editions (id),
        details TEXT NOT NULL,
        asked TEXT NOT NULL DEFAULT '{{}}',
        terms TEXT NOT NULL DEFAULT '{{}}',
        {at("state_since")},
        {at_or_null("turn_since")},
        assigned_to TEXT NOT NULL DEFAULT '',
        linked_to INTEGER REFERENCES cases (id),
        merged_into INTEGER REFERENCES cases (id)
    ) STRICT""",
    f"""CREATE TABLE arrival (
        id INTEGER PRIMARY KEY,
        mailbox TEXT NOT NULL REFERENCES mailbox (name),
        uidvalidity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        size INTEGER NOT NULL,
        {at("received_at")},
        raw_sha256 TEXT REFERENCES file (sha256),
        message_id TEXT NOT NULL DEFAULT '',
        content_key TEXT NOT NULL DEFAULT '',
        {word("state", ArrivalState)},
        {word_or_null("outcome", ArrivalOutcome)},
        reason TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0,
        misses INTEGER NOT NULL DEFAULT 0,
        {at_or_null("next_try")},
        case_id INTEGER REFERENCES cases (id),
        dup_of INTEGER REFERENCES arrival (id),
        {at("created_at")},
        {at("updated_at")},
        UNIQUE (mailbox, uidvalidity, uid),
        CHECK ((state = 'done') = (outcome IS NOT NULL)),
        CHECK (state <> 'stored' OR raw_sha256 IS NOT NULL)
    ) STRICT""",
    "CREATE INDEX arrival_work ON arrival (state, received_at)",
    "CREATE INDEX arrival_raw ON arrival (raw_sha256)",
    "CREATE INDEX arrival_content ON arrival (content_key)",
    "CREATE INDEX arrival_case ON arrival (case_id)",
)

# --- what a mail told, and what was concluded ------------------------------------------------------

CASE_PARTS = (
    f"""CREATE TABLE party (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        address TEXT NOT NULL,
        {at("since")},
        proof TEXT NOT NULL,
        PRIMARY KEY (case_id, address)
    ) STRICT""",
    "CREATE INDEX party_address ON party (address)",
    f"""CREATE TABLE letter (
        id INTEGER PRIMARY KEY,
        case_id INTEGER REFERENCES cases (id),
        number INTEGER,
        arrival_id INTEGER UNIQUE REFERENCES arrival (id),
        from_address TEXT NOT NULL DEFAULT '',
        from_name TEXT NOT NULL DEFAULT '',
        subject TEXT NOT NULL,
        own_words TEXT NOT NULL,
        quoted TEXT NOT NULL,
        text TEXT NOT NULL,
        language TEXT NOT NULL,
        {word("kind", Kind)},
        message_id TEXT NOT NULL DEFAULT '',
        {at_or_null("sent_at")},
        {at("received_at")},
        automatic_rule TEXT NOT NULL DEFAULT '',
        automatic_reason TEXT NOT NULL DEFAULT '',
        silence TEXT NOT NULL DEFAULT '',
        UNIQUE (case_id, number)
    ) STRICT""",
    "CREATE INDEX letter_reference ON letter (message_id)",
    "CREATE INDEX letter_sender ON letter (from_address, received_at)",
    f"""CREATE TABLE attachment (
        id INTEGER PRIMARY KEY,
        letter_id INTEGER NOT NULL REFERENCES letter (id),
        place INTEGER NOT NULL,
        sha256 TEXT REFERENCES file (sha256),
        name TEXT NOT NULL,
        declared_type TEXT NOT NULL,
        found_type TEXT NOT NULL,
        size INTEGER NOT NULL,
        {yes("inline")},
        look TEXT,
        UNIQUE (letter_id, place)
    ) STRICT""",
    "CREATE INDEX attachment_file ON attachment (sha256)",
    "CREATE INDEX attachment_picture ON attachment (json_extract(look, '$.picture_hash'))",
    f"""CREATE TABLE finding (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        letter_id INTEGER REFERENCES letter (id),
        letter_number INTEGER NOT NULL,
        field TEXT NOT NULL,
        value TEXT NOT NULL,
        place TEXT NOT NULL,
        span_start INTEGER NOT NULL,
        span_end INTEGER NOT NULL,
        words TEXT NOT NULL,
        confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
        note TEXT NOT NULL,
        {yes("counts")},
        UNIQUE (case_id, letter_number, field, value, place, span_start, span_end)
    ) STRICT""",
    "CREATE INDEX finding_value ON finding (field, value)",
    f"""CREATE TABLE checks (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        letter_id INTEGER NOT NULL REFERENCES letter (id),
        rule TEXT NOT NULL,
        {word("outcome", Outcome)},
        clause TEXT NOT NULL,
        words TEXT NOT NULL,
        policy_hash TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX checks_case ON checks (case_id, letter_id)",
    f"""CREATE TABLE flag (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        flag TEXT NOT NULL,
        {at("since")},
        words TEXT NOT NULL,
        PRIMARY KEY (case_id, flag)
    ) STRICT""",
    f"""CREATE TABLE correction (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        {at("at")},
        actor TEXT NOT NULL,
        field TEXT NOT NULL,
        value TEXT NOT NULL,
        {yes("gone")},
        because TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    "CREATE INDEX correction_case ON correction (case_id, id)",
    f"""CREATE TABLE timer (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        kind TEXT NOT NULL,
        period TEXT NOT NULL CHECK (period LIKE '____-__-__'),
        {at("at")},
        PRIMARY KEY (case_id, kind, period)
    ) STRICT""",
    f"""CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        {at("at")},
        actor TEXT NOT NULL,
        name TEXT NOT NULL,
        data TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX event_case ON event (case_id, id)",
    """CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'what happened is never changed'); END""",
    """CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'what happened is never removed'); END""",
    "CREATE INDEX cases_work ON cases (next_actor, answer_by, state)",
    "CREATE INDEX cases_changed ON cases (updated_at)",
    "CREATE INDEX cases_linked ON cases (linked_to)",
    "CREATE INDEX cases_state ON cases (state, state_since)",
)

# --- mail out, and the work around it --------------------------------------------------------------

MAIL_OUT = (
    f"""CREATE TABLE outbox (
        id INTEGER PRIMARY KEY,
        dedupe_key TEXT NOT NULL UNIQUE,
        case_id INTEGER REFERENCES cases (id),
        case_version INTEGER,
        cause_key TEXT NOT NULL,
        reply TEXT NOT NULL,
        language TEXT NOT NULL,
        recipient TEXT NOT NULL,
        recipient_domain TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        subject TEXT NOT NULL,
        body_text TEXT NOT NULL,
        raw_sha256 TEXT NOT NULL REFERENCES file (sha256),
        edition INTEGER REFERENCES editions (id),
        {yes("automatic")},
        {word("state", OutboxState)},
        attempts INTEGER NOT NULL DEFAULT 0,
        {at("next_try")},
        {at_or_null("not_before")},
        {at_or_null("first_try_at")},
        {at_or_null("data_started_at")},
        {at_or_null("unknown_at")},
        good_polls INTEGER NOT NULL DEFAULT 0,
        smtp_code INTEGER NOT NULL DEFAULT 0,
        smtp_text TEXT NOT NULL DEFAULT '',
        {word_or_null("evidence", Evidence)},
        {at_or_null("evidence_at")},
        {at_or_null("bounced_at")},
        held_reason TEXT NOT NULL DEFAULT '',
        released_by TEXT NOT NULL DEFAULT '',
        {at("created_at")},
        {at_or_null("sent_at")},
        CHECK ((state = 'held') = (held_reason <> '')),
        CHECK (state <> 'accepted' OR sent_at IS NOT NULL),
        CHECK ((case_id IS NULL) = (case_version IS NULL))
    ) STRICT""",
    "CREATE INDEX outbox_work ON outbox (state, next_try)",
    "CREATE INDEX outbox_case ON outbox (case_id)",
    "CREATE INDEX outbox_recipient ON outbox (recipient, sent_at)",
    "CREATE INDEX outbox_domain ON outbox (recipient_domain, sent_at)",
    "CREATE INDEX outbox_sent ON outbox (sent_at)",
    f"""CREATE TABLE mailop (
        id INTEGER PRIMARY KEY,
        arrival_id INTEGER REFERENCES arrival (id),
        outbox_id INTEGER REFERENCES outbox (id),
        mailbox TEXT NOT NULL REFERENCES mailbox (name),
        {word("op", Mailop)},
        target TEXT NOT NULL,
        {word("state", MailopState)},
        attempts INTEGER NOT NULL DEFAULT 0,
        {at("next_try")},
        last_error TEXT NOT NULL DEFAULT '',
        UNIQUE (arrival_id, op),
        UNIQUE (outbox_id, op),
        CHECK ((arrival_id IS NULL) <> (outbox_id IS NULL)),
        CHECK ((op = 'move') = (arrival_id IS NOT NULL))
    ) STRICT""",
    "CREATE INDEX mailop_work ON mailop (state, mailbox, target)",
    f"CREATE TABLE mute (address TEXT PRIMARY KEY, {at('until')}, why TEXT NOT NULL) STRICT",
    f"""CREATE TABLE alert (
        kind TEXT PRIMARY KEY,
        {at("since")},
        {at("last")},
        count INTEGER NOT NULL DEFAULT 1,
        text TEXT NOT NULL,
        {yes("acked")}
    ) STRICT""",
)

TABLES = EDITIONS + MAIL_IN + CASE_PARTS + MAIL_OUT + DESK + PROGRAMS + LISTS
