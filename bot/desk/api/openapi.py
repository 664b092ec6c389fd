"""The description of ``/api/v1`` as OpenAPI 3.1, made from the tables that the program works by.

Actions, their values, states, views, filters and columns come from where they are used, so the description cannot say
anything else. ``docs/openapi.json`` is this, written down; a test holds the two equal.
"""

from __future__ import annotations

from typing import Any

from bot import __version__
from bot.core.model import FLAGS, Kind, State
from bot.core.warranty.action_values import VALUES
from bot.core.warranty.actions import ACTIONS, ALWAYS, Action, allowed_states
from bot.desk.api.problems import MEDIA_TYPE, PROBLEMS, type_of
from bot.desk.numbers.period import CHOICES
from bot.desk.records import COLUMNS
from bot.store.listings import FILTERS, ORDERS, VIEWS
from bot.store.states import NextActor

Part = dict[str, Any]
KINDS: dict[str, Part] = {
    "text": {"type": "string"},
    "words": {"type": "array", "items": {"type": "string"}},
    "number": {"type": ["number", "null"]},
    "day": {"type": ["string", "null"], "format": "date"},
    "time": {"type": "string", "format": "date-time"},
    "yes": {"type": "boolean"},
}
# Columns that hold a word of a closed list.
WORDS: dict[str, tuple[str, ...]] = {
    "state": tuple(State),
    "next_actor": tuple(NextActor),
    "kind": tuple(Kind),
}
FILTER_WORDS: dict[str, tuple[str, ...]] = {"state": tuple(State), "kind": tuple(Kind), "flag": FLAGS}
LISTED = {"cases": "Case", "held": "HeldLetter", "unreadable": "UnreadableMail"}


def document() -> Part:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "After-sales desk",
            "version": __version__,
            "description": "The desk's lists and actions for other programs.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "made by: after-sales token add"}
            },
            "schemas": _schemas(),
            "responses": {"Problem": {"description": "What went wrong.", "content": {MEDIA_TYPE: _ref("Problem")}}},
        },
    }


def _paths() -> Part:
    number = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}, "example": "K7F3Q9"}
    etag = {"ETag": {"description": "the case's version", "schema": {"type": "string"}}}
    paths: Part = {
        "/api/v1/cases": {"get": _list("cases", "Cases of a view, filtered, or found by words.", _filters())},
        "/api/v1/cases/{number}": {
            "parameters": [number],
            "get": _get("case", "Everything about one case.", {"$ref": "#/components/schemas/WholeCase"}, etag),
        },
        "/api/v1/cases/{number}/actions": {
            "parameters": [number],
            "get": _get(
                "actions", "What can be done with a case now.", {"$ref": "#/components/schemas/PossibleActions"}, etag
            ),
        },
        "/api/v1/held": {"get": _list("held", "Letters that wait for a person.", [])},
        "/api/v1/unreadable": {"get": _list("unreadable", "Mails that could not be read.", [])},
        "/api/v1/numbers": {
            "get": {
                **_get("numbers", "The numbers of a period.", {"$ref": "#/components/schemas/Numbers"}),
                "parameters": [
                    _query("days", {"type": "integer", "enum": list(CHOICES)}, "so many days up to today"),
                    _query("from", {"type": "string", "format": "date"}, "first day, together with until"),
                    _query("until", {"type": "string", "format": "date"}, "last day, together with from"),
                ],
            }
        },
    }
    for name, action in ACTIONS.items():
        paths[f"/api/v1/cases/{{number}}/actions/{name}"] = {"parameters": [number], "post": _action(name, action)}
    return paths


def _action(name: str, action: Action) -> Part:
    states = ", ".join(allowed_states(name)) if action.event else "every state"
    values = {value: _value(value) for value in (*action.needs, *action.may, *ALWAYS)}
    said: Part = {"type": "object", "properties": values, "additionalProperties": False}
    if action.needs:
        said["required"] = list(action.needs)
    body: Part = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "values": said,
            "version": {"type": "integer", "minimum": 1, "description": "looked at; unless If-Match says it"},
            "body": {"type": "string", "description": "the letter's text instead of the drafted one"},
            "language": {"type": "string", "description": "the letter's language instead of the case's"},
            "dry_run": {"type": "boolean", "description": "say what would follow, and do nothing"},
        },
    }
    if action.needs:
        body["required"] = ["values"]
    return {
        "operationId": name.replace("-", "_"),
        "summary": action.does,
        "description": f"For the role {action.role} or a higher one. Possible in: {states}.",
        "parameters": [
            _header("If-Match", "the ETag of the case that was looked at"),
            _header("Idempotency-Key", "asking again with the same key gives the same answer and does nothing"),
        ],
        "requestBody": {"required": bool(action.needs), "content": {"application/json": {"schema": body}}},
        "responses": {"200": _ok({"$ref": "#/components/schemas/Done"}), "default": _problem()},
    }


def _value(name: str) -> Part:
    row = VALUES[name]
    one: Part = {"type": "string", **({"enum": list(row.choices)} if row.choices else {})}
    whole: Part = {"type": "array", "items": one, "minItems": 1} if row.many else one
    return {**whole, "description": row.means}


def _filters() -> list[Part]:
    filters = [
        _query(name, {"type": "string", **({"enum": list(FILTER_WORDS[name])} if name in FILTER_WORDS else {})}, "")
        for name in FILTERS
    ]
    return [
        _query("view", {"type": "string", "enum": list(VIEWS), "default": "all"}, "one of the desk's lists"),
        _query("sort", {"type": "string", "enum": list(ORDERS)}, ""),
        *filters,
        _query("q", {"type": "string"}, "a number, an address or words; then no filter counts"),
    ]


def _list(name: str, summary: str, parameters: list[Part]) -> Part:
    pages = [
        _query("limit", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}, ""),
        _query("offset", {"type": "integer", "minimum": 0, "default": 0}, ""),
    ]
    item = {"$ref": f"#/components/schemas/{LISTED[name]}"}
    page = {
        "type": "object",
        "required": ["items", "total", "next"],
        "properties": {
            "items": {"type": "array", "items": item},
            "total": {"type": "integer"},
            "next": {"type": ["string", "null"], "description": "address of the next page"},
        },
    }
    return {**_get(name, summary, page), "parameters": [*parameters, *pages]}


def _get(name: str, summary: str, schema: Part, headers: Part | None = None) -> Part:
    ok = _ok(schema)
    if headers:
        ok["headers"] = headers
    return {"operationId": f"get_{name}", "summary": summary, "responses": {"200": ok, "default": _problem()}}


def _schemas() -> Part:
    return {
        **{title: _row(name) for name, title in LISTED.items()},
        "WholeCase": {
            "type": "object",
            "description": "As after-sales case NUMBER --json prints it.",
            "required": ["case", "conversation", "findings", "checks", "events", "letters", "next", "proposals"],
            "properties": {
                "case": {"type": "object"},
                "next": {"type": ["object", "null"]},
                "proposals": {"type": "array", "items": {"type": "object"}, "description": "the likely actions"},
            },
            "additionalProperties": True,
        },
        "PossibleActions": {
            "type": "object",
            "required": ["case", "version", "actions"],
            "properties": {
                "case": {"type": "string"},
                "version": {"type": "integer"},
                "actions": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["action", "does", "needs", "may"],
                        "properties": {
                            "action": {"type": "string", "enum": list(ACTIONS)},
                            "does": {"type": "string"},
                            "needs": {"type": "array", "items": {"type": "string"}},
                            "may": {"type": "array", "items": {"type": "string"}},
                        },
                    },
                },
            },
        },
        "Done": {
            "type": "object",
            "required": ["case", "version", "state", "next_actor", "letter", "done_before"],
            "properties": {
                "case": {"type": "string"},
                "version": {"type": "integer"},
                "state": {"type": "string", "enum": list(State)},
                "next_actor": {"type": "string"},
                "letter": {
                    "type": ["object", "null"],
                    "properties": {
                        "outbox_id": {"type": ["integer", "null"]},
                        "recipient": {"type": "string"},
                        "subject": {"type": ["string", "null"]},
                        "text": {"type": ["string", "null"]},
                        "held": {"type": "string", "description": "why it waits for a person; empty when it goes out"},
                    },
                },
                "done_before": {"type": "boolean", "description": "exactly this had been done already"},
            },
        },
        "Numbers": {
            "type": "object",
            "required": ["period", "numbers", "overrides", "corrected", "radar"],
            "properties": {
                "period": {"type": "object"},
                **{
                    name: {"type": "array", "items": _row(name)}
                    for name in ("numbers", "overrides", "corrected", "radar")
                },
            },
        },
        "Problem": {
            "type": "object",
            "description": "RFC 9457.",
            "required": ["type", "title", "status"],
            "properties": {
                "type": {"type": "string", "enum": [type_of(name) for name in PROBLEMS]},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
            },
        },
    }


def _row(name: str) -> Part:
    columns = COLUMNS[name]
    properties = {
        column: {"type": "string", "enum": list(WORDS[column])} if column in WORDS and name == "cases" else KINDS[kind]
        for column, kind in columns.items()
    }
    return {"type": "object", "required": list(columns), "properties": properties}


def _query(name: str, schema: Part, means: str) -> Part:
    return {"name": name, "in": "query", "schema": schema, **({"description": means} if means else {})}


def _header(name: str, means: str) -> Part:
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": means}


def _ok(schema: Part) -> Part:
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


def _problem() -> Part:
    return {"$ref": "#/components/responses/Problem"}


def _ref(name: str) -> Part:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}
