"""The tables and indexes behind the desk's lists: whose turn it is since when, who looked, saved views, search.

Made together with the tables of ``tables.py`` and under the same rules. A list of the desk is read from indexes that
hold every column it is filtered and sorted by: the wide rows of ``cases`` are opened only for what is shown.
"""

from __future__ import annotations

from bot.core.model import State
from bot.store.columns import at

ENDED = f"('{State.COMPLETED}', '{State.WITHDRAWN}', '{State.CLOSED}')"

# Since when a case waits for whom it waits for: whatever changes the turn, in whichever room, the table notes it.
TURNS = (
    """CREATE TRIGGER case_turn_begins AFTER INSERT ON cases
        BEGIN UPDATE cases SET turn_since = NEW.opened_at WHERE id = NEW.id; END""",
    """CREATE TRIGGER case_turn_changes AFTER UPDATE OF next_actor ON cases WHEN OLD.next_actor <> NEW.next_actor
        BEGIN UPDATE cases SET turn_since = NEW.updated_at WHERE id = NEW.id; END""",
)

INDEXES = (
    """CREATE INDEX cases_desk ON cases (next_actor, state, answer_by, reply_by, opened_at, updated_at, turn_since,
        language, service, kind, doubt_id, model, platform, assigned_to)""",
    "CREATE INDEX cases_opened ON cases (opened_at, model)",
    """CREATE INDEX finding_symptom ON finding (case_id, value)
        WHERE field = 'symptom' AND counts = 1 AND confidence >= 0.5""",
    "CREATE INDEX arrival_received ON arrival (received_at, outcome, case_id)",
    "CREATE INDEX outbox_held ON outbox (case_id) WHERE state = 'held'",
    "CREATE INDEX outbox_bounced ON outbox (case_id) WHERE bounced_at IS NOT NULL",
    "CREATE INDEX flag_name ON flag (flag, case_id)",
    "CREATE INDEX arrival_aside ON arrival (received_at, case_id) WHERE outcome IN ('quarantined', 'oversize')",
)

_NOTE = """BEGIN INSERT INTO looked_at (case_id, at) VALUES (NEW.case_id, NEW.seen_at)
        ON CONFLICT (case_id) DO UPDATE SET at = max(at, excluded.at); END"""
# When somebody last had a case open: a mail that came since then nobody has seen.
LOOKED_AT = (
    f"""CREATE TABLE looked_at (
        case_id INTEGER PRIMARY KEY REFERENCES cases (id),
        {at("at")}
    ) STRICT""",
    f"CREATE TRIGGER case_is_looked_at AFTER INSERT ON hold {_NOTE}",
    f"CREATE TRIGGER case_is_looked_at_again AFTER UPDATE OF seen_at ON hold {_NOTE}",
)

SAVED_VIEWS = (
    f"""CREATE TABLE saved_view (
        id INTEGER PRIMARY KEY,
        person_id INTEGER NOT NULL REFERENCES person (id),
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
        query TEXT NOT NULL CHECK (length(query) <= 1000),
        {at("created_at")},
        UNIQUE (person_id, name)
    ) STRICT""",
)

# The words of a case for finding it, made ready by ``search.py``; its rowid is the case's id.
SEARCH = (
    """CREATE TABLE known_number (
        squeezed TEXT NOT NULL,
        case_id INTEGER NOT NULL REFERENCES cases (id),
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (squeezed, case_id, kind)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX known_number_case ON known_number (case_id)",
    """CREATE VIRTUAL TABLE search USING fts5 (people, details, mails, notes, columnsize = 0, prefix = '3',
        tokenize = "unicode61 remove_diacritics 2")""",
)

LISTS = (*TURNS, *INDEXES, *LOOKED_AT, *SAVED_VIEWS, *SEARCH)
