"""One action for a program: checked, done and answered in one transaction, once for each Idempotency-Key.

The program says which version of the case it looked at, by If-Match or in the body. Asking again with the same key
gives the first answer again; the same key for something else is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.core.warranty.actions import ACTIONS
from bot.desk.api.problems import Problem
from bot.desk.request import desk
from bot.desk.state import DeskState
from bot.errors import ComposeError, NotAllowed, Overtaken, StoreError, TemplateError, TooMuchPromised, WrongValue
from bot.store.states import Role
from bot.store.tokens import Token
from bot.worker.acting import Performed, Wish, perform, rehearse

ACTOR = "program:"
SAID = ("values", "version", "body", "language", "dry_run")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def act(request: Request, token: Token) -> Response:
    """The whole of it."""
    state, said = desk(request), request.state.said
    number, action = request.path_params["number"], request.path_params["action"]
    if action not in ACTIONS:
        raise Problem("not-found", f"there is no action {action}", more={"actions": list(ACTIONS)})
    if not token.role.may(Role(ACTIONS[action].role)):
        raise Problem("role", f"{action} is for the role {ACTIONS[action].role}")
    if unknown := sorted(set(said) - set(SAID)):
        raise Problem("wrong-request", f"the body knows no {', '.join(unknown)}; it knows {', '.join(SAID)}")
    case = number_of_case(state, number)
    version, matched = _version(request, said)
    values, wish = _values(said), _wish(said)
    if said.get("dry_run") is True:
        return _answer(_done(lambda: rehearse(state.w, case, action, values, ACTOR + token.name, wish), matched))
    if version is None:
        raise Problem("no-version", 'send If-Match: "12" with the ETag of the case, or version in the body')
    key, digest = _key(request), _digest(case, action, version, said)
    with state.store.write():
        known = state.store.tokens.answered(token, key) if key else None
        if known is not None:
            if known.request_sha256 != digest:
                raise Problem("key-used", "choose a new key for every new action")
            return _answer(json.loads(known.answer), replayed=True)
        actor = ACTOR + token.name
        done = _done(lambda: perform(state.w, case, action, values, actor, version, wish), matched)
        if key:
            state.store.tokens.remember(token, key, digest, json.dumps(done), state.now())
    return _answer(done)


def number_of_case(state: DeskState, number: str) -> str:
    """The number as it is written. Raises Problem when there is no such case."""
    try:
        return state.store.cases.number_of(state.store.cases.id_of(number))
    except StoreError as error:
        raise Problem("not-found", str(error)) from error


def etag(version: int) -> str:
    """The version of a case as an ETag."""
    return f'"{version}"'


def _done(work: Callable[[], Performed], matched: bool) -> dict[str, Any]:
    """What it came to, as JSON values; the desk's errors as problems."""
    try:
        return _told(work())
    except Overtaken as error:
        raise Problem("version" if matched else "overtaken", str(error)) from error
    except (WrongValue, TooMuchPromised) as error:
        raise Problem("wrong-value", str(error)) from error
    except NotAllowed as error:
        raise Problem("not-allowed", str(error)) from error
    except (TemplateError, ComposeError) as error:
        raise Problem("ours", f"the letter cannot be written: {error}") from error


def _told(done: Performed) -> dict[str, Any]:
    letter = None
    if done.recipient:
        letter = {
            "outbox_id": done.outbox_id,
            "recipient": done.recipient,
            "subject": done.draft.subject if done.draft else None,
            "text": done.draft.text if done.draft else None,
            "held": done.held,
        }
    return {
        "case": done.number,
        "version": done.version,
        "state": str(done.state),
        "next_actor": str(done.next_actor),
        "letter": letter,
        "done_before": bool(done.by),
    }


def _answer(done: dict[str, Any], *, replayed: bool = False) -> Response:
    headers = {"ETag": etag(done["version"]), **({"Idempotent-Replayed": "true"} if replayed else {})}
    return Response(json.dumps(done, ensure_ascii=False), 200, headers, "application/json")


def _version(request: Request, said: dict[str, Any]) -> tuple[int | None, bool]:
    """The version the program looked at, and whether it was said by If-Match."""
    told = said.get("version")
    if told is not None and (type(told) is not int or told < 1):
        raise Problem("wrong-request", "version is a whole number")
    header = request.headers.get("if-match")
    if header is None:
        return told, False
    found = _ETAG.fullmatch(header.strip())
    if found is None:
        raise Problem("wrong-request", 'If-Match is one ETag of the case, such as "12"')
    if told not in (None, int(found[1])):
        raise Problem("wrong-request", "If-Match and version say different things")
    return int(found[1]), True


def _values(said: dict[str, Any]) -> dict[str, Any]:
    values = said.get("values", {})
    if not isinstance(values, dict):
        raise Problem("wrong-request", "values is an object: name and value")
    for name, value in values.items():
        many = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in many):
            raise Problem("wrong-value", f"{name}: a text, a number, or a list of them")
    return values


def _wish(said: dict[str, Any]) -> Wish:
    for name in ("body", "language"):
        if said.get(name) is not None and not isinstance(said[name], str):
            raise Problem("wrong-request", f"{name} is a text")
    return Wish(body=said.get("body"), language=said.get("language") or "", strict=True)


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "").strip('" ')
    if key and not _KEY.fullmatch(key):
        raise Problem("wrong-request", "Idempotency-Key is up to 255 plain letters without spaces")
    return key


def _digest(*parts: object) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
