"""The tables for other programs: tokens they ask with, answers they may ask for again, and what they are told.

A token itself is never in here, only its SHA-256: it is long and made by chance, so nothing can be guessed from that.
Nothing of a customer's words is ever in a webhook. Made together with ``tables.py`` and under the same rules.
"""

from __future__ import annotations

from bot.store.columns import at, at_or_null, word, yes
from bot.store.states import Role, WebhookState

PROGRAMS = (
    f"""CREATE TABLE token (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        {word("role", Role)},
        sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
        created_by TEXT NOT NULL,
        {at("created_at")},
        {at_or_null("expires_at")},
        {at_or_null("last_used_at")},
        {at_or_null("revoked_at")}
    ) STRICT""",
    f"""CREATE TABLE answered (
        id INTEGER PRIMARY KEY,
        token_id INTEGER NOT NULL REFERENCES token (id),
        key TEXT NOT NULL,
        request_sha256 TEXT NOT NULL CHECK (length(request_sha256) = 64),
        answer TEXT NOT NULL,
        {at("at")},
        UNIQUE (token_id, key)
    ) STRICT""",
    "CREATE INDEX answered_at ON answered (at)",
    f"""CREATE TABLE listener (
        name TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        events TEXT NOT NULL,
        {yes("active")},
        {at("since")}
    ) STRICT""",
    f"""CREATE TABLE webhook (
        id INTEGER PRIMARY KEY,
        listener TEXT NOT NULL REFERENCES listener (name),
        event_id INTEGER NOT NULL REFERENCES event (id),
        case_id INTEGER NOT NULL REFERENCES cases (id),
        message_id TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL,
        {word("state", WebhookState)},
        attempts INTEGER NOT NULL DEFAULT 0,
        {at("next_try")},
        status INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        {at("created_at")},
        {at_or_null("done_at")},
        UNIQUE (listener, event_id),
        CHECK ((state = 'queued') = (done_at IS NULL))
    ) STRICT""",
    "CREATE INDEX webhook_work ON webhook (state, next_try)",
    "CREATE INDEX webhook_order ON webhook (listener, case_id, id)",
)
