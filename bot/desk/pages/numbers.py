"""Numbers: where every mail is, how fast cases are answered, where people decide otherwise than we would.

Each number opens the list of what was counted. There is no score of a person, and no address that would give one.
"""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.warranty.proposal import ASKED
from bot.desk.casework.wording import answer_name
from bot.desk.listing import reader
from bot.desk.numbers import drawing, links, lists
from bot.desk.numbers.board import Board, gather
from bot.desk.numbers.period import CHOICES, Period, period_of
from bot.desk.numbers.radar import SYMPTOMS
from bot.desk.render import page
from bot.desk.request import desk, needs, person
from bot.desk.words import Words
from bot.store.figures import GROUPS, LOST
from bot.store.states import Role
from bot.store.times import moment

PAGE = 100
# Groups of the account that are told also when nothing is in them.
ALWAYS = ("joined", "machine", "notices", "unreadable")


@needs(Role.READER)
def show(request: Request) -> Response:
    """The page."""
    state, words = desk(request), words_for(request)
    period = chosen(request)
    board = gather(state.store, period)
    counts = state.store.queue.counts(reader(request))
    return page(
        request,
        "numbers.html",
        board=board,
        choices=[(n, words.t(f"numbers.days_{n}"), n == period.chosen) for n in CHOICES],
        account=_account(board, words),
        figures=drawing.figures(board, words),
        cases_chart=drawing.cases_chart(board, words),
        answers_chart=drawing.answers_chart(board, words),
        standing_chart=drawing.standing_chart(board, words, counts["needs"], counts["unreadable"]),
        share_chart=drawing.share_chart(board, words),
        asked_chart=drawing.asked_chart(board, words),
        took_chart=drawing.took_chart(board, words),
        links=links,
        percent=lambda value: drawing.percent(words, value),
        symptoms=board.radar.symptoms[:SYMPTOMS],
        more_symptoms=max(0, len(board.radar.symptoms) - SYMPTOMS),
        months=[(span, drawing.when(words, span, "month")) for span in period.months],
        instead=lambda row: _instead(words, *row.mostly),
        query=urlencode(period.query),
    )


@needs(Role.READER)
def cases(request: Request) -> Response:
    """The cases behind a number."""
    state, query, period = desk(request), request.query_params, chosen(request)
    name, value = query.get("what", ""), query.get("value", "")
    if name not in lists.NAMES:
        raise HTTPException(404)
    ids = lists.cases_of(state.store, period, name, value)
    begin = _offset(request)
    rows = state.store.queue.shown(ids[begin : begin + PAGE], reader(request))
    return page(
        request,
        "numbers_cases.html",
        period=period,
        name=name,
        value=_value_in_words(words_for(request), name, value),
        rows=rows,
        total=len(ids),
        begin=begin,
        older=_moved(request, begin + PAGE) if begin + PAGE < len(ids) else "",
        newer=_moved(request, max(0, begin - PAGE)) if begin else "",
        query=str(request.url.query),
    )


@needs(Role.READER)
def mails(request: Request) -> Response:
    """The mails behind a number of the account."""
    state, period, group = desk(request), chosen(request), request.query_params.get("group", "all")
    if group not in {*GROUPS, LOST, "all"}:
        raise HTTPException(404)
    begin = _offset(request)
    rows = state.store.figures.mails_of(group, period.span, limit=PAGE + 1, offset=begin)
    account = state.store.figures.account(period.span)
    total = {"all": account.total, LOST: account.lost}.get(group, account.groups.get(group, 0))
    return page(
        request,
        "numbers_mails.html",
        period=period,
        group=group,
        moment=moment,
        rows=rows[:PAGE],
        total=total,
        older=_moved(request, begin + PAGE) if len(rows) > PAGE else "",
        newer=_moved(request, max(0, begin - PAGE)) if begin else "",
        query=str(request.url.query),
    )


def words_for(request: Request) -> Words:
    """The person's words."""
    return desk(request).words(person(request))


def chosen(request: Request) -> Period:
    """The period of the address, in the person's own days."""
    words = words_for(request)
    return period_of(request.query_params, words.today(desk(request).now()), words.zone)


def _account(board: Board, words: Words) -> Markup:
    """The first line: every mail that came in, and what became of it."""
    account, period = board.account, board.period
    if not account.total:
        return Markup("{}").format(words.t("numbers.none_came"))
    said = []
    for group, count in [*account.groups.items(), (LOST, account.lost)]:
        if count or group in ALWAYS:
            number = _link(links.mails(period, group), words.number(count))
            facts = {"cases": _link(links.cases(period, "mails"), words.t("numbers.cases", n=account.cases))}
            facts = facts if group == "joined" else {}
            key = "all_readable" if group == "unreadable" and not count else group
            said.append(words.rich(f"numbers.mails_{key}", n=count, link=number, **facts))
    whole = _link(links.mails(period, "all"), words.t("numbers.mails", n=account.total))
    parts = Markup("{}").format(words.t("numbers.and")).join(said)
    head = words.rich("numbers.came_in", n=account.total, mails=whole, parts=parts)
    end = words.t("numbers.not_accounted" if account.lost else "numbers.all_accounted")
    return Markup('{} <span class="{}">{}</span>').format(head, "hazard-word" if account.lost else "", end)


def _instead(words: Words, action: str, what: str) -> str:
    """What people did instead most often."""
    for key in (f"{action}_{what}", action):
        if words.has(f"numbers_instead.{key}"):
            return words.t(f"numbers_instead.{key}")
    return words.t("numbers_instead.none")


def _link(href: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, text)


def _value_in_words(words: Words, name: str, value: str) -> str:
    if name == "proposed":
        doubt, _, answer = value.partition(ASKED)
        asked = words.said("numbers_doubt", doubt) if doubt else words.t("numbers.no_doubt")
        return f"{asked}: {answer_name(words, answer)}"
    prefix = {
        "answered": "numbers_answered",
        "took": "numbers_took",
        "asked": "missing",
        "corrected": "field",
        "doubt": "numbers_doubt",
        "doubt_otherwise": "numbers_doubt",
    }.get(name)
    return words.said(prefix, value) if prefix and value else ""


def _offset(request: Request) -> int:
    text = request.query_params.get("offset", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _moved(request: Request, offset: int) -> str:
    return str(request.url.include_query_params(offset=offset).query)


routes = [
    Route("/numbers", show),
    Route("/numbers/cases", cases),
    Route("/numbers/mails", mails),
]
