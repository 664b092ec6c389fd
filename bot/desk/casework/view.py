"""Everything the case page shows, gathered in one place for the page itself and for the pages that lie over it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from bot.core.model import Case, Doubt
from bot.core.warranty.lifecycle import STEPS
from bot.desk.casework import answers, facts
from bot.desk.casework.clock import clock
from bot.desk.casework.conversation import ASKED_SHARPNESS, Came, conversation, marks_of, visible
from bot.desk.casework.forms import PREFIX
from bot.desk.casework.history import history
from bot.desk.casework.plain import one_line
from bot.desk.casework.wording import Wording
from bot.desk.request import desk, person
from bot.desk.state import DeskState
from bot.errors import TemplateError
from bot.store.drafts import Kept
from bot.store.holds import IDLE
from bot.store.listings import Wanted
from bot.store.people import Person
from bot.store.queue import Neighbours, Reader
from bot.store.states import Role
from bot.store.times import day_or_none, moment

# Two to four words of letters: no address, no title, nothing that only pretends to be a name.
NAME = re.compile(r"[^\W\d_][^\W\d_.'’-]*\.?(?:[ '’-][^\W\d_][^\W\d_'’-]*\.?){1,4}")
LIST_FIELDS = tuple(Wanted.__dataclass_fields__)


def wanted(request: Request) -> Wanted:
    """The list the case was opened from, as the address names it."""
    return Wanted(**{name: request.query_params[name] for name in LIST_FIELDS if name in request.query_params})


def list_query(request: Request) -> str:
    """The same as the end of an address, '' for the plain list."""
    return urlencode(list_pairs(request))


def list_pairs(request: Request) -> list[tuple[str, str]]:
    """The same as fields of a form."""
    return [(n, request.query_params[n]) for n in LIST_FIELDS if request.query_params.get(n)]


def kept_query(kept: Kept) -> str:
    """The address of a draft's form, after the ``?``: what was said with it."""
    return urlencode({f"{PREFIX}{name}": value for name, value in kept.told.items()}, doseq=True)


def people(state: DeskState) -> dict[str, str]:
    """Name of everybody who works here -> how they are shown."""
    return {row["name"]: row["shown"] for row in state.store.people.every()}


def case_view(request: Request, number: str) -> dict[str, Any]:
    """The facts of case.html. Raises StoreError when there is no such case."""
    state, who = desk(request), person(request)
    words = state.words(who)
    case_id = state.store.cases.id_of(number)
    shown = state.store.cases.show(number)
    case = state.store.cases.snapshot(case_id)
    mails, letters = state.store.casefile.mails(case_id), state.store.casefile.letters(case_id)
    marks = marks_of(shown["findings"], mails)
    entries = conversation(mails, letters, marks, _own_hosts(state))
    known = facts.known(case, shown, state.w.policy, visible(entries))
    names = people(state)
    company = state.store.holds.open(case_id, who.name, state.now(), may_have=who.role.may(Role.AGENT))
    drafts = state.store.drafts.of(case_id, who.name)
    wording = Wording(words, state.w.policy, case, names)
    may_act = who.role.may(Role.AGENT) and not case.merged_into
    likely = answers.likely(state, case, who, drafts, _letter_language(request), greeted(entries)) if may_act else []
    keys = {answer.key for answer in likely}
    return {
        "case": case,
        "case_id": case_id,
        "row": shown["case"],
        "customer": _customer(entries, shown),
        "question": question(state, case, shown["case"], words.language),
        "step": STEPS[case.state],
        "answer_by": day_or_none(shown["case"]["answer_by"]),
        "reply_by": day_or_none(shown["case"]["reply_by"]),
        "hazard": "safety_hazard" in case.flags,
        "entries": entries,
        "photos": [file for entry in entries if isinstance(entry, Came) for file in entry.files if file.picture],
        "known": known,
        "gists": {
            e.id: read_in(e, known.rows) for e in entries if isinstance(e, Came) and e.language != words.language
        },
        "clock": clock(case, state.w.policy, known.request),
        "policy": state.w.policy,
        "detail_choices": {
            field: facts.choices(field, state.w.policy) for row in known.rows for field in row.correctable
        },
        "answers": likely,
        "ours": answers.is_ours(state, case, likely),
        "agreement": answers.agreement(state, case, who, likely),
        "others": answers.others(case, who) if may_act else (),
        "loose_drafts": [kept for key, kept in drafts.items() if key not in keys and kept.answer.partition(".")[0]],
        "may_act": may_act,
        "locked": company.holder is not None,
        "company": company,
        "holder_idle": company.holder is not None and state.now() - company.holder.last_sign > IDLE,
        "people": names,
        "happened": history(shown["events"], words, names),
        "seen": state.store.casefile.last_event(case_id),
        "others_beside": state.store.casefile.others(case_id),
        "same_fault": state.store.casefile.same_fault(
            case_id, shown["case"]["model"], list(case.details.values("symptom"))
        ),
        "languages": state.letters.languages,
        "canned": canned(state, _letter_language(request) or case.language),
        "undo_seconds": answers.undo_seconds(state),
        "neighbours": neighbours(request, number),
        "list_query": list_query(request),
        "moment_of": moment,
        "asked_sharpness": ASKED_SHARPNESS,
        "flag_words": {row["flag"]: one_line(row["words"], 90) for row in shown["flags"]},
        "list_pairs": list_pairs(request),
        "letter_language": _letter_language(request) or state.letters.choose(case.language),
        "doubt_line": wording.explained(known.missing),
        "kept_query": kept_query,
        "send_words": f"act.send_{who.looks.after_sending}",
        **wording.facts(),
    }


def question(state: DeskState, case: Case, row: Mapping[str, Any], language: str) -> str:
    """The one question a person must answer; what is known instead where there is none."""
    if case.doubt:
        try:
            return state.letters.doubt(language, Doubt(id=case.doubt.id, facts=case.doubt.facts))
        except TemplateError:
            pass
    return str(row["why"] or "")


def neighbours(request: Request, number: str) -> Neighbours:
    """The case's place in its list."""
    state, who = desk(request), person(request)
    return state.store.queue.neighbours(wanted(request), number, reader(state, who))


def reader(state: DeskState, who: Person) -> Reader:
    """Who asks for a list, and when it is there."""
    words, now = state.words(who), state.now()
    begins = now.astimezone(words.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Reader(actor=who.name, now=now, today=words.today(now), today_begins=begins)


def canned(state: DeskState, language: str) -> list[tuple[str, str, str]]:
    """Short paragraphs that a person may add: id, words, language; of the default one where a language has none."""
    order = dict.fromkeys((state.letters.choose(language), state.letters.default_language))
    for code in order:
        speech = state.letters.speech(code)
        found = [id_ for id_ in speech.phrases if id_.startswith("canned.")]
        if found:
            return [(id_.partition(".")[2], speech.phrase(id_), code) for id_ in found]
    return []


def read_in(mail: Came, rows: Sequence[facts.Row]) -> tuple[facts.Row, ...]:
    """The details that words of this mail became: the hint of what it says for who does not read its language."""
    marked = {piece.to for block in mail.words for line in block for piece in line if piece.to}
    return tuple(row for row in rows if row.values and f"d-{row.id}" in marked)


def _customer(entries: list[Any], shown: Mapping[str, Any]) -> str:
    first = [entry for entry in entries if isinstance(entry, Came) and not entry.machine]
    return first[-1].writer.name if first else str(shown["case"]["address"] or "")


def greeted(entries: Sequence[Any]) -> str:
    """How a letter may greet the customer: the name of the first mail, where it can be nothing else."""
    first = [e.writer for e in entries if isinstance(e, Came) and not e.machine][-1:]
    plain = first and not first[0].signs and NAME.fullmatch(first[0].name)
    return first[0].name if plain else ""


def greeted_in(state: DeskState, case_id: int) -> str:
    """The same from the case's mails."""
    return greeted(conversation(state.store.casefile.mails(case_id), (), {}, _own_hosts(state)))


def _letter_language(request: Request) -> str:
    wanted = request.query_params.get("letter", "")
    return wanted if wanted in desk(request).letters.languages else ""


def _own_hosts(state: DeskState) -> tuple[str, ...]:
    ours = [*state.config.address.own, state.w.policy.contact]
    return tuple(dict.fromkeys(address.rpartition("@")[2].lower() for address in ours))
