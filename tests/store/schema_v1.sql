CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE editions (
        id INTEGER PRIMARY KEY,
        hash TEXT NOT NULL CHECK (length(hash) = 64),
        author TEXT NOT NULL CHECK (author <> ''),
        note TEXT NOT NULL DEFAULT '',
        published_at TEXT NOT NULL CHECK (published_at LIKE '____-__-__T__:__:__Z'),
        kind TEXT NOT NULL CHECK (kind IN ('first', 'publish', 'rollback')),
        back_to INTEGER REFERENCES editions (id),
        program TEXT NOT NULL,
        files INTEGER NOT NULL CHECK (files > 0),
        changed TEXT NOT NULL DEFAULT '[]',
        CHECK ((kind = 'rollback') = (back_to IS NOT NULL))
    ) STRICT;
CREATE TRIGGER edition_is_never_changed BEFORE UPDATE ON editions
        BEGIN SELECT RAISE(ABORT, 'what was published is never changed'); END;
CREATE TRIGGER edition_is_never_removed BEFORE DELETE ON editions
        BEGIN SELECT RAISE(ABORT, 'what was published is never removed'); END;
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
        edition INTEGER REFERENCES editions (id),
        details TEXT NOT NULL,
        asked TEXT NOT NULL DEFAULT '{}',
        terms TEXT NOT NULL DEFAULT '{}',
        state_since TEXT NOT NULL CHECK (state_since LIKE '____-__-__T__:__:__Z'),
        turn_since TEXT CHECK (turn_since LIKE '____-__-__T__:__:__Z'),
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
CREATE INDEX cases_work ON cases (next_actor, answer_by, state);
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
        edition INTEGER REFERENCES editions (id),
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
CREATE TABLE person (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE CHECK (name = lower(name)),
        shown TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('reader', 'agent', 'lead', 'operator')),
        password_hash TEXT NOT NULL,
        password_at TEXT NOT NULL CHECK (password_at LIKE '____-__-__T__:__:__Z'),
        disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
        created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z'),
        theme TEXT NOT NULL DEFAULT 'auto',
        density TEXT NOT NULL DEFAULT 'dense',
        single_keys TEXT NOT NULL DEFAULT 'on',
        after_sending TEXT NOT NULL DEFAULT 'next',
        zone TEXT NOT NULL DEFAULT '',
        language TEXT NOT NULL DEFAULT ''
    ) STRICT;
CREATE TABLE session (
        id INTEGER PRIMARY KEY,
        token_sha256 TEXT NOT NULL UNIQUE CHECK (length(token_sha256) = 64),
        person_id INTEGER NOT NULL REFERENCES person (id),
        created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z'),
        seen_at TEXT NOT NULL CHECK (seen_at LIKE '____-__-__T__:__:__Z'),
        ends_at TEXT NOT NULL CHECK (ends_at LIKE '____-__-__T__:__:__Z'),
        lasting INTEGER NOT NULL DEFAULT 0 CHECK (lasting IN (0, 1)),
        address TEXT NOT NULL,
        browser TEXT NOT NULL
    ) STRICT;
CREATE INDEX session_person ON session (person_id);
CREATE TABLE login_try (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__Z'),
        name_key TEXT NOT NULL,
        address TEXT NOT NULL,
        good INTEGER NOT NULL DEFAULT 0 CHECK (good IN (0, 1))
    ) STRICT;
CREATE INDEX login_try_name ON login_try (name_key, at);
CREATE INDEX login_try_address ON login_try (address, at);
CREATE TABLE csp_report (
        id INTEGER PRIMARY KEY,
        directive TEXT NOT NULL,
        blocked TEXT NOT NULL,
        page TEXT NOT NULL,
        count INTEGER NOT NULL DEFAULT 1,
        since TEXT NOT NULL CHECK (since LIKE '____-__-__T__:__:__Z'),
        last TEXT CHECK (last LIKE '____-__-__T__:__:__Z'),
        UNIQUE (directive, blocked, page)
    ) STRICT;
CREATE TABLE hold (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        actor TEXT NOT NULL,
        has_it INTEGER NOT NULL DEFAULT 0 CHECK (has_it IN (0, 1)),
        since TEXT NOT NULL CHECK (since LIKE '____-__-__T__:__:__Z'),
        seen_at TEXT NOT NULL CHECK (seen_at LIKE '____-__-__T__:__:__Z'),
        typed_at TEXT CHECK (typed_at LIKE '____-__-__T__:__:__Z'),
        PRIMARY KEY (case_id, actor)
    ) STRICT;
CREATE UNIQUE INDEX hold_one ON hold (case_id) WHERE has_it = 1;
CREATE TABLE draft (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        actor TEXT NOT NULL,
        answer TEXT NOT NULL,
        language TEXT NOT NULL DEFAULT '',
        told TEXT NOT NULL,
        body TEXT NOT NULL,
        saved_at TEXT NOT NULL CHECK (saved_at LIKE '____-__-__T__:__:__Z'),
        PRIMARY KEY (case_id, actor, answer)
    ) STRICT;
CREATE TABLE deed (
        cause TEXT PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        at TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__Z'),
        version_after INTEGER NOT NULL,
        outbox_id INTEGER REFERENCES outbox (id),
        before TEXT NOT NULL,
        gave_way TEXT NOT NULL DEFAULT '[]',
        told TEXT NOT NULL DEFAULT '{}',
        body TEXT,
        proposed TEXT NOT NULL DEFAULT '',
        otherwise INTEGER CHECK (otherwise IN (0, 1)),
        opened_at TEXT CHECK (opened_at LIKE '____-__-__T__:__:__Z'),
        undone_at TEXT CHECK (undone_at LIKE '____-__-__T__:__:__Z')
    ) STRICT;
CREATE INDEX deed_case ON deed (case_id, at);
CREATE INDEX deed_time ON deed (at);
CREATE INDEX deed_letter ON deed (outbox_id);
CREATE INDEX deed_proposed ON deed (proposed, at, otherwise, undone_at, case_id) WHERE proposed <> '';
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE token (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('reader', 'agent', 'lead', 'operator')),
        sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
        created_by TEXT NOT NULL,
        created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z'),
        expires_at TEXT CHECK (expires_at LIKE '____-__-__T__:__:__Z'),
        last_used_at TEXT CHECK (last_used_at LIKE '____-__-__T__:__:__Z'),
        revoked_at TEXT CHECK (revoked_at LIKE '____-__-__T__:__:__Z')
    ) STRICT;
CREATE TABLE answered (
        id INTEGER PRIMARY KEY,
        token_id INTEGER NOT NULL REFERENCES token (id),
        key TEXT NOT NULL,
        request_sha256 TEXT NOT NULL CHECK (length(request_sha256) = 64),
        answer TEXT NOT NULL,
        at TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__Z'),
        UNIQUE (token_id, key)
    ) STRICT;
CREATE INDEX answered_at ON answered (at);
CREATE TABLE listener (
        name TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        events TEXT NOT NULL,
        active INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1)),
        since TEXT NOT NULL CHECK (since LIKE '____-__-__T__:__:__Z')
    ) STRICT;
CREATE TABLE webhook (
        id INTEGER PRIMARY KEY,
        listener TEXT NOT NULL REFERENCES listener (name),
        event_id INTEGER NOT NULL REFERENCES event (id),
        case_id INTEGER NOT NULL REFERENCES cases (id),
        message_id TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'taken', 'dead')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try TEXT NOT NULL CHECK (next_try LIKE '____-__-__T__:__:__Z'),
        status INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z'),
        done_at TEXT CHECK (done_at LIKE '____-__-__T__:__:__Z'),
        UNIQUE (listener, event_id),
        CHECK ((state = 'queued') = (done_at IS NULL))
    ) STRICT;
CREATE INDEX webhook_work ON webhook (state, next_try);
CREATE INDEX webhook_order ON webhook (listener, case_id, id);
CREATE TRIGGER case_turn_begins AFTER INSERT ON cases
        BEGIN UPDATE cases SET turn_since = NEW.opened_at WHERE id = NEW.id; END;
CREATE TRIGGER case_turn_changes AFTER UPDATE OF next_actor ON cases WHEN OLD.next_actor <> NEW.next_actor
        BEGIN UPDATE cases SET turn_since = NEW.updated_at WHERE id = NEW.id; END;
CREATE INDEX cases_desk ON cases (next_actor, state, answer_by, reply_by, opened_at, updated_at, turn_since,
        language, service, kind, doubt_id, model, platform, assigned_to);
CREATE INDEX cases_opened ON cases (opened_at, model);
CREATE INDEX finding_symptom ON finding (case_id, value)
        WHERE field = 'symptom' AND counts = 1 AND confidence >= 0.5;
CREATE INDEX arrival_received ON arrival (received_at, outcome, case_id);
CREATE INDEX outbox_held ON outbox (case_id) WHERE state = 'held';
CREATE INDEX outbox_bounced ON outbox (case_id) WHERE bounced_at IS NOT NULL;
CREATE INDEX flag_name ON flag (flag, case_id);
CREATE INDEX arrival_aside ON arrival (received_at, case_id) WHERE outcome IN ('quarantined', 'oversize');
CREATE TABLE looked_at (
        case_id INTEGER PRIMARY KEY REFERENCES cases (id),
        at TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__Z')
    ) STRICT;
CREATE TRIGGER case_is_looked_at AFTER INSERT ON hold BEGIN INSERT INTO looked_at (case_id, at) VALUES (NEW.case_id, NEW.seen_at)
        ON CONFLICT (case_id) DO UPDATE SET at = max(at, excluded.at); END;
CREATE TRIGGER case_is_looked_at_again AFTER UPDATE OF seen_at ON hold BEGIN INSERT INTO looked_at (case_id, at) VALUES (NEW.case_id, NEW.seen_at)
        ON CONFLICT (case_id) DO UPDATE SET at = max(at, excluded.at); END;
CREATE TABLE saved_view (
        id INTEGER PRIMARY KEY,
        person_id INTEGER NOT NULL REFERENCES person (id),
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
        query TEXT NOT NULL CHECK (length(query) <= 1000),
        created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z'),
        UNIQUE (person_id, name)
    ) STRICT;
CREATE TABLE known_number (
        squeezed TEXT NOT NULL,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (squeezed, case_id, kind)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX known_number_case ON known_number (case_id);
CREATE VIRTUAL TABLE search USING fts5 (people, details, mails, notes, columnsize = 0, prefix = '3',
        tokenize = "unicode61 remove_diacritics 2");
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('after-sales', 'm001_tables', '2025-03-14 12:00:00+00:00');
