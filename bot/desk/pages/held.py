"""What waits beside the cases: letters that did not go out, and mails that could not be read.

A held letter is released or put away by a person whose role may, once: a second press of the button finds it gone
and says so. The original of a mail leaves only as a download that no browser opens.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.casework.plain import one_line, shown, writer
from bot.desk.listing import reader, why
from bot.desk.pages.queue import bar
from bot.desk.render import page
from bot.desk.request import desk, go, needs, person
from bot.desk.settling import settles
from bot.errors import Overtaken, StoreError
from bot.store.database import Row
from bot.store.states import Role
from bot.store.times import moment

# What a post came to; words stand under these names.
SAID = ("released", "discarded", "marked", "late", "retried", "gone")
ORIGINAL = {
    "Content-Type": "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@needs(Role.READER)
def held(request: Request) -> Response:
    """The letters that did not go out, and why."""
    state, who = desk(request), person(request)
    words = state.words(who)
    return page(
        request,
        "held.html",
        bar=bar(state, who, state.store.queue.counts(reader(request)), None, "held"),
        held=[_letter(row) | {"why": why(words, row["held_reason"])} for row in state.store.set_aside.held()],
        troubled=[_letter(row) for row in state.store.set_aside.troubled()],
        told=_said(request),
    )


@needs(Role.AGENT)
def release(request: Request) -> Response:
    """Send it after all, to the case as it stands now."""
    return _settle(request, "released")


@needs(Role.AGENT)
def discard(request: Request) -> Response:
    """Never send it."""
    return _settle(request, "discarded")


@needs(Role.AGENT)
def mark_sent(request: Request) -> Response:
    """A person knows that it arrived: nothing is sent."""
    return _settle(request, "marked")


@needs(Role.READER)
def unreadable(request: Request) -> Response:
    """The mails that could not be read; those whose case was answered meanwhile only when asked for."""
    state, who = desk(request), person(request)
    settled = request.query_params.get("all") == "yes"
    return page(
        request,
        "unreadable.html",
        bar=bar(state, who, state.store.queue.counts(reader(request)), None, "unreadable"),
        mails=[_mail(row) for row in state.store.set_aside.unreadable(settled=settled)],
        settled=settled,
        limit=state.config.limits.max_mail_mb,
        told=_said(request),
    )


@needs(Role.READER)
def original(request: Request) -> Response:
    """The bytes as they came, for a program that the person trusts. Never shown, never run."""
    store, entry_id = desk(request).store, request.path_params["id"]
    known = {row["id"]: row for row in store.set_aside.unreadable(settled=True)}
    row = known.get(entry_id)
    if row is None or not row["raw_sha256"]:
        return go("/unreadable?said=gone")
    name = f'attachment; filename="mail-{entry_id}.eml"'
    return Response(store.files.read(row["raw_sha256"]), headers={**ORIGINAL, "Content-Disposition": name})


@needs(Role.AGENT)
def retry(request: Request) -> Response:
    """Read it again in the next round."""
    state = desk(request)
    try:
        state.store.ledger.retry(request.path_params["id"], state.now())
    except StoreError:
        return go("/unreadable?said=gone")
    return go("/unreadable?said=retried")


def _settle(request: Request, how: str) -> Response:
    state, who, id_ = desk(request), person(request).name, request.path_params["id"]
    delivery, now = state.store.delivery, state.now()
    try:
        with state.store.write():
            letter = state.store.outbox.get(id_)
            if not person(request).role.may(settles(letter.state, letter.held_reason)):
                raise HTTPException(403, "role")
            if how == "released":
                delivery.release(id_, now, who)
            elif how == "discarded":
                delivery.discard(id_, now, who)
            else:
                delivery.mark_sent(id_, now, who)
    except (Overtaken, StoreError):
        return go("/held?said=late")
    return go(f"/held?said={how}")


def _said(request: Request) -> str:
    told = request.query_params.get("said", "")
    return told if told in SAID else ""


def _letter(row: Row) -> Row:
    to = writer(row["customer"] or "", row["recipient"])
    role = settles(row["state"], row["held_reason"])
    return {
        **row,
        "to": to,
        "role": role,
        "subject": one_line(row["subject"]),
        "text": shown(row["body_text"]),
        "since": _since(row),
    }


def _since(row: Row) -> object:
    return moment(row["bounced_at"] or row["unknown_at"] or row["created_at"])


def _mail(row: Row) -> Row:
    sender = writer(row["from_name"] or "", row["from_address"] or "")
    return {
        **row,
        "from": sender,
        "subject": one_line(row["subject"] or ""),
        "reason": one_line(row["reason"], 200),
        "received_at": moment(row["received_at"]),
        "kb": max(1, round(row["size"] / 1024)),
    }


routes = [
    Route("/held", held),
    Route("/held/{id:id}/release", release, methods=["POST"]),
    Route("/held/{id:id}/discard", discard, methods=["POST"]),
    Route("/held/{id:id}/sent", mark_sent, methods=["POST"]),
    Route("/unreadable", unreadable),
    Route("/unreadable/{id:id}/original", original),
    Route("/unreadable/{id:id}/retry", retry, methods=["POST"]),
]
