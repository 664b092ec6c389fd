CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE mailbox (
        name TEXT PRIMARY KEY,
        uidvalidity INTEGER NOT NULL,
        epoch INTEGER NOT NULL DEFAULT 1,
        baseline_at TEXT CHECK (baseline_at LIKE '____-__-__T__:__:__Z'),
        last_ok_poll TEXT CHECK (last_ok_poll LIKE '____-__-__T__:__:__Z'),
        last_error TEXT NOT NULL DEFAULT ''
    ) STRICT;
CREATE TABLE file (
        sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
        size INTEGER NOT NULL CHECK (size >= 0),
        kind TEXT NOT NULL CHECK (kind IN ('mail', 'attachment', 'letter')),
        created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z')
    ) STRICT;
CREATE TABLE cases (
        id INTEGER PRIMARY KEY,
        number TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('new', 'waiting_for_details', 'ready_for_staff', 'quoted', 'approved', 'declined', 'parcel_announced', 'at_service_centre', 'inspected', 'returning', 'completed', 'withdrawn', 'lost', 'closed')),
        version INTEGER NOT NULL DEFAULT 1,
        language TEXT NOT NULL DEFAULT '',
        kind TEXT NOT NULL CHECK (kind IN ('new_claim', 'details_followup', 'tracking_followup', 'general_question', 'return_request', 'auto_reply', 'bounce', 'spam', 'other')),
        service TEXT,
        order_number TEXT NOT NULL DEFAULT '',
        platform TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        missing TEXT NOT NULL DEFAULT '',
        doubt_id TEXT NOT NULL DEFAULT '',
        doubt_facts TEXT NOT NULL DEFAULT '{}',
        why TEXT NOT NULL DEFAULT '',
        next_actor TEXT NOT NULL CHECK (next_actor IN ('customer', 'staff', 'carrier', 'nobody')),
        answer_by TEXT CHECK (answer_by LIKE '____-__-__'),
        reply_by TEXT CHECK (reply_by LIKE '____-__-__'),
        held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
        opened_at TEXT NOT NULL CHECK (opened_at LIKE '____-__-__T__:__:__Z'),
        first_mail_on TEXT NOT NULL CHECK (first_mail_on LIKE '____-__-__'),
        updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__Z'),
        policy_hash TEXT NOT NULL,
        details TEXT NOT NULL,
        asked TEXT NOT NULL DEFAULT '{}',
        terms TEXT NOT NULL DEFAULT '{}',
        state_since TEXT NOT NULL CHECK (state_since LIKE '____-__-__T__:__:__Z'),
        assigned_to TEXT NOT NULL DEFAULT '',
        linked_to INTEGER REFERENCES cases (id),
        merged_into INTEGER REFERENCES cases (id)
    ) STRICT;
CREATE TABLE arrival (
        id INTEGER PRIMARY KEY,
        mailbox TEXT NOT NULL REFERENCES mailbox (name),
        uidvalidity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        size INTEGER NOT NULL,
        received_at TEXT NOT NULL CHECK (received_at LIKE '____-__-__T__:__:__Z'),
        raw_sha256 TEXT REFERENCES file (sha256),
        message_id TEXT NOT NULL DEFAULT '',
        content_key TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL CHECK (state IN ('seen', 'stored', 'done')),
        outcome TEXT CHECK (outcome IN ('human', 'machine', 'bounce', 'echo', 'list', 'spam', 'duplicate', 'oversize', 'old', 'quarantined', 'vanished')),
        reason TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0,
        misses INTEGER NOT NULL DEFAULT 0,
        next_try TEXT CHECK (next_try LIKE '____-__-__T__:__:__Z'),
        case_id INTEGER REFERENCES cases (id),
        dup_of INTEGER REFERENCES arrival (id),
        created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z'),
        updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__Z'),
        UNIQUE (mailbox, uidvalidity, uid),
        CHECK ((state = 'done') = (outcome IS NOT NULL)),
        CHECK (state <> 'stored' OR raw_sha256 IS NOT NULL)
    ) STRICT;
CREATE INDEX arrival_work ON arrival (state, received_at);
CREATE INDEX arrival_raw ON arrival (raw_sha256);
CREATE INDEX arrival_content ON arrival (content_key);
CREATE INDEX arrival_case ON arrival (case_id);
CREATE TABLE party (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        address TEXT NOT NULL,
        since TEXT NOT NULL CHECK (since LIKE '____-__-__T__:__:__Z'),
        proof TEXT NOT NULL,
        PRIMARY KEY (case_id, address)
    ) STRICT;
CREATE INDEX party_address ON party (address);
CREATE TABLE letter (
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
        kind TEXT NOT NULL CHECK (kind IN ('new_claim', 'details_followup', 'tracking_followup', 'general_question', 'return_request', 'auto_reply', 'bounce', 'spam', 'other')),
        message_id TEXT NOT NULL DEFAULT '',
        sent_at TEXT CHECK (sent_at LIKE '____-__-__T__:__:__Z'),
        received_at TEXT NOT NULL CHECK (received_at LIKE '____-__-__T__:__:__Z'),
        automatic_rule TEXT NOT NULL DEFAULT '',
        automatic_reason TEXT NOT NULL DEFAULT '',
        silence TEXT NOT NULL DEFAULT '',
        UNIQUE (case_id, number)
    ) STRICT;
CREATE INDEX letter_reference ON letter (message_id);
CREATE INDEX letter_sender ON letter (from_address, received_at);
CREATE TABLE attachment (
        id INTEGER PRIMARY KEY,
        letter_id INTEGER NOT NULL REFERENCES letter (id),
        place INTEGER NOT NULL,
        sha256 TEXT REFERENCES file (sha256),
        name TEXT NOT NULL,
        declared_type TEXT NOT NULL,
        found_type TEXT NOT NULL,
        size INTEGER NOT NULL,
        inline INTEGER NOT NULL DEFAULT 0 CHECK (inline IN (0, 1)),
        look TEXT,
        UNIQUE (letter_id, place)
    ) STRICT;
CREATE INDEX attachment_file ON attachment (sha256);
CREATE INDEX attachment_picture ON attachment (json_extract(look, '$.picture_hash'));
CREATE TABLE finding (
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
        counts INTEGER NOT NULL DEFAULT 0 CHECK (counts IN (0, 1)),
        UNIQUE (case_id, letter_number, field, value, place, span_start, span_end)
    ) STRICT;
CREATE INDEX finding_value ON finding (field, value);
CREATE TABLE checks (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        letter_id INTEGER NOT NULL REFERENCES letter (id),
        rule TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'unknown')),
        clause TEXT NOT NULL,
        words TEXT NOT NULL,
        policy_hash TEXT NOT NULL
    ) STRICT;
CREATE INDEX checks_case ON checks (case_id, letter_id);
CREATE TABLE flag (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        flag TEXT NOT NULL,
        since TEXT NOT NULL CHECK (since LIKE '____-__-__T__:__:__Z'),
        words TEXT NOT NULL,
        PRIMARY KEY (case_id, flag)
    ) STRICT;
CREATE TABLE correction (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        at TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__Z'),
        actor TEXT NOT NULL,
        field TEXT NOT NULL,
        value TEXT NOT NULL,
        gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
        because TEXT NOT NULL DEFAULT ''
    ) STRICT;
CREATE INDEX correction_case ON correction (case_id, id);
CREATE TABLE timer (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        kind TEXT NOT NULL,
        period TEXT NOT NULL CHECK (period LIKE '____-__-__'),
        at TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__Z'),
        PRIMARY KEY (case_id, kind, period)
    ) STRICT;
CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        at TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__Z'),
        actor TEXT NOT NULL,
        name TEXT NOT NULL,
        data TEXT NOT NULL
    ) STRICT;
CREATE INDEX event_case ON event (case_id, id);
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'what happened is never changed'); END;
CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'what happened is never removed'); END;
CREATE INDEX cases_work ON cases (next_actor, answer_by);
CREATE INDEX cases_changed ON cases (updated_at);
CREATE INDEX cases_linked ON cases (linked_to);
CREATE INDEX cases_state ON cases (state, state_since);
CREATE TABLE outbox (
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
        automatic INTEGER NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)),
        state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'data_started', 'accepted', 'failed', 'unknown', 'held', 'superseded')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try TEXT NOT NULL CHECK (next_try LIKE '____-__-__T__:__:__Z'),
        not_before TEXT CHECK (not_before LIKE '____-__-__T__:__:__Z'),
        first_try_at TEXT CHECK (first_try_at LIKE '____-__-__T__:__:__Z'),
        data_started_at TEXT CHECK (data_started_at LIKE '____-__-__T__:__:__Z'),
        unknown_at TEXT CHECK (unknown_at LIKE '____-__-__T__:__:__Z'),
        good_polls INTEGER NOT NULL DEFAULT 0,
        smtp_code INTEGER NOT NULL DEFAULT 0,
        smtp_text TEXT NOT NULL DEFAULT '',
        evidence TEXT CHECK (evidence IN ('echo', 'sent_folder', 'delivery_report', 'staff')),
        evidence_at TEXT CHECK (evidence_at LIKE '____-__-__T__:__:__Z'),
        bounced_at TEXT CHECK (bounced_at LIKE '____-__-__T__:__:__Z'),
        held_reason TEXT NOT NULL DEFAULT '',
        released_by TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z'),
        sent_at TEXT CHECK (sent_at LIKE '____-__-__T__:__:__Z'),
        CHECK ((state = 'held') = (held_reason <> '')),
        CHECK (state <> 'accepted' OR sent_at IS NOT NULL),
        CHECK ((case_id IS NULL) = (case_version IS NULL))
    ) STRICT;
CREATE INDEX outbox_work ON outbox (state, next_try);
CREATE INDEX outbox_case ON outbox (case_id);
CREATE INDEX outbox_recipient ON outbox (recipient, sent_at);
CREATE INDEX outbox_domain ON outbox (recipient_domain, sent_at);
CREATE INDEX outbox_sent ON outbox (sent_at);
CREATE TABLE mailop (
        id INTEGER PRIMARY KEY,
        arrival_id INTEGER REFERENCES arrival (id),
        outbox_id INTEGER REFERENCES outbox (id),
        mailbox TEXT NOT NULL REFERENCES mailbox (name),
        op TEXT NOT NULL CHECK (op IN ('move', 'append_sent')),
        target TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try TEXT NOT NULL CHECK (next_try LIKE '____-__-__T__:__:__Z'),
        last_error TEXT NOT NULL DEFAULT '',
        UNIQUE (arrival_id, op),
        UNIQUE (outbox_id, op),
        CHECK ((arrival_id IS NULL) <> (outbox_id IS NULL)),
        CHECK ((op = 'move') = (arrival_id IS NOT NULL))
    ) STRICT;
CREATE INDEX mailop_work ON mailop (state, mailbox, target);
CREATE TABLE mute (address TEXT PRIMARY KEY, until TEXT NOT NULL CHECK (until LIKE '____-__-__T__:__:__Z'), why TEXT NOT NULL) STRICT;
CREATE TABLE alert (
        kind TEXT PRIMARY KEY,
        since TEXT NOT NULL CHECK (since LIKE '____-__-__T__:__:__Z'),
        last TEXT NOT NULL CHECK (last LIKE '____-__-__T__:__:__Z'),
        count INTEGER NOT NULL DEFAULT 1,
        text TEXT NOT NULL,
        acked INTEGER NOT NULL DEFAULT 0 CHECK (acked IN (0, 1))
    ) STRICT;
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('after-sales', 'm001_tables', '2025-03-14 12:00:00+00:00');
