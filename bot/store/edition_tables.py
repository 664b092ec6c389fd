"""The table of editions: every published set of policy, words and letters, one row each, never changed afterwards.

The files themselves lie in the data folder under their hash. Made together with ``tables.py`` and under the same rules.
"""

from __future__ import annotations

from bot.store.columns import at, word
from bot.store.states import EditionKind

EDITIONS = (
    f"""CREATE TABLE editions (
        id INTEGER PRIMARY KEY,
        hash TEXT NOT NULL CHECK (length(hash) = 64),
        author TEXT NOT NULL CHECK (author <> ''),
        note TEXT NOT NULL DEFAULT '',
        {at("published_at")},
        {word("kind", EditionKind)},
        back_to INTEGER REFERENCES editions (id),
        program TEXT NOT NULL,
        files INTEGER NOT NULL CHECK (files > 0),
        changed TEXT NOT NULL DEFAULT '[]',
        CHECK ((kind = 'rollback') = (back_to IS NOT NULL))
    ) STRICT""",
    """CREATE TRIGGER edition_is_never_changed BEFORE UPDATE ON editions
        BEGIN SELECT RAISE(ABORT, 'what was published is never changed'); END""",
    """CREATE TRIGGER edition_is_never_removed BEFORE DELETE ON editions
        BEGIN SELECT RAISE(ABORT, 'what was published is never removed'); END""",
)
