"""What other programs are told of an event: written down beside it, in the same transaction, for whoever listens.

A webhook holds ids and words of closed lists and nothing else: no text of a customer, no address, no name of a person.
It is sent later (``webhooks.py``); whoever wants more asks for the case.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime

from bot.store.database import Database
from bot.store.times import stamp

ALL = "*"
# Who may stand in a webhook as the one who acted; everybody else is staff, without a name.
NAMELESS = ("bot", "customer", "machine")
STAFF = "staff"


def announce(db: Database, event_id: int, case_id: int, now: datetime, name: str, actor: str) -> int:
    """Write a webhook for every listener of this event, inside the caller's ``write()``; how many."""
    listeners = [
        row["name"]
        for row in db.rows("SELECT name, events FROM listener WHERE active = 1 ORDER BY name")
        if {name, ALL} & set(json.loads(row["events"]))
    ]
    if not listeners:
        return 0
    body = _body(db, event_id, case_id, now, name, actor)
    for listener in listeners:
        db.insert(
            "webhook",
            {
                "listener": listener,
                "event_id": event_id,
                "case_id": case_id,
                "message_id": f"msg_{secrets.token_hex(16)}",
                "body": body,
                "state": "queued",
                "next_try": now,
                "created_at": now,
            },
        )
    return len(listeners)


def _body(db: Database, event_id: int, case_id: int, now: datetime, name: str, actor: str) -> str:
    """The JSON text that is signed and sent, to the byte."""
    case = db.rows(
        "SELECT number, version, state, next_actor, service, json_extract(terms, '$.service') AS granted"
        " FROM cases WHERE id = :id",
        id=case_id,
    )[0]
    flags = [row["flag"] for row in db.rows("SELECT flag FROM flag WHERE case_id = :id ORDER BY flag", id=case_id)]
    data = {
        "event": event_id,
        "name": name,
        "actor": actor if actor in NAMELESS else STAFF,
        "case": case["number"],
        "version": case["version"],
        "state": case["state"],
        "next_actor": case["next_actor"],
        "service": case["service"],  # what would apply if the facts are true
        "granted": case["granted"],  # what staff granted
        "flags": flags,
    }
    return json.dumps({"type": f"case.{name}", "timestamp": stamp(now), "data": data}, separators=(",", ":"))
