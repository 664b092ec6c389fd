"""The tables of the desk: who works there, signed-in browsers, what was tried at the door.

Passwords and session tokens are never in here, only what proves them: an argon2 hash, a SHA-256. Made together with
the tables of ``tables.py`` and under the same rules.
"""

from __future__ import annotations

from bot.store.columns import at, at_or_null, word, yes
from bot.store.states import Role

PEOPLE = (
    f"""CREATE TABLE person (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE CHECK (name = lower(name)),
        shown TEXT NOT NULL,
        {word("role", Role)},
        password_hash TEXT NOT NULL,
        {at("password_at")},
        {yes("disabled")},
        {at("created_at")},
        theme TEXT NOT NULL DEFAULT 'auto',
        density TEXT NOT NULL DEFAULT 'dense',
        single_keys TEXT NOT NULL DEFAULT 'on',
        after_sending TEXT NOT NULL DEFAULT 'next',
        zone TEXT NOT NULL DEFAULT '',
        language TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    f"""CREATE TABLE session (
        id INTEGER PRIMARY KEY,
        token_sha256 TEXT NOT NULL UNIQUE CHECK (length(token_sha256) = 64),
        person_id INTEGER NOT NULL REFERENCES person (id),
        {at("created_at")},
        {at("seen_at")},
        {at("ends_at")},
        {yes("lasting")},
        address TEXT NOT NULL,
        browser TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX session_person ON session (person_id)",
    f"""CREATE TABLE login_try (
        id INTEGER PRIMARY KEY,
        {at("at")},
        name_key TEXT NOT NULL,
        address TEXT NOT NULL,
        {yes("good")}
    ) STRICT""",
    "CREATE INDEX login_try_name ON login_try (name_key, at)",
    "CREATE INDEX login_try_address ON login_try (address, at)",
    f"""CREATE TABLE csp_report (
        id INTEGER PRIMARY KEY,
        directive TEXT NOT NULL,
        blocked TEXT NOT NULL,
        page TEXT NOT NULL,
        count INTEGER NOT NULL DEFAULT 1,
        {at("since")},
        {at_or_null("last")},
        UNIQUE (directive, blocked, page)
    ) STRICT""",
)

# A person's work at a case: who has it open, what was typed and not sent, what was done and can be taken back.
AT_WORK = (
    f"""CREATE TABLE hold (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        actor TEXT NOT NULL,
        {yes("has_it")},
        {at("since")},
        {at("seen_at")},
        {at_or_null("typed_at")},
        PRIMARY KEY (case_id, actor)
    ) STRICT""",
    "CREATE UNIQUE INDEX hold_one ON hold (case_id) WHERE has_it = 1",
    f"""CREATE TABLE draft (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        actor TEXT NOT NULL,
        answer TEXT NOT NULL,
        language TEXT NOT NULL DEFAULT '',
        told TEXT NOT NULL,
        body TEXT NOT NULL,
        {at("saved_at")},
        PRIMARY KEY (case_id, actor, answer)
    ) STRICT""",
    f"""CREATE TABLE deed (
        cause TEXT PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        {at("at")},
        version_after INTEGER NOT NULL,
        outbox_id INTEGER REFERENCES outbox (id),
        before TEXT NOT NULL,
        gave_way TEXT NOT NULL DEFAULT '[]',
        told TEXT NOT NULL DEFAULT '{{}}',
        body TEXT,
        proposed TEXT NOT NULL DEFAULT '',
        otherwise INTEGER CHECK (otherwise IN (0, 1)),
        {at_or_null("opened_at")},
        {at_or_null("undone_at")}
    ) STRICT""",
    "CREATE INDEX deed_case ON deed (case_id, at)",
    "CREATE INDEX deed_time ON deed (at)",
    "CREATE INDEX deed_letter ON deed (outbox_id)",
    "CREATE INDEX deed_proposed ON deed (proposed, at, otherwise, undone_at, case_id) WHERE proposed <> ''",
    "CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL",
)

DESK = PEOPLE + AT_WORK
