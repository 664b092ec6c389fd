"""One row of the policy with everything that hangs on it: clause, letters, services, flags, words, open questions.

A row is found by its id, a shop, model or carrier by any of its names, a clause by its section. Pure: reads a checked
policy, knows no file; ``path`` says where in the files the row stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.core.model import FLAGS, Exclusion, Model, Offer, OpenQuestion, Platform, Policy, Required, Service
from bot.core.warranty import said
from bot.core.warranty.actions import APPROVALS
from bot.core.warranty.answer import REPLIES
from bot.core.warranty.policy_dealers import FILE as DEALERS
from bot.core.warranty.policy_dealers import PREFIX, SELLER
from bot.core.warranty.policy_rows import plain_name
from bot.core.warranty.staff_letters import CLAUSES, LATER

LETTERS = {**REPLIES, **LATER}
WARRANTY = "warranty.toml"


@dataclass(frozen=True)
class Explained:
    """One row: what it is, where it stands, and lines of (label, words)."""

    kind: str
    id: str
    file: str
    path: tuple[str | int, ...]
    lines: tuple[tuple[str, str], ...]


def explain(policy: Policy, wanted: str) -> list[Explained]:
    """Every row, flag and clause of this name; none when there is none."""
    word = wanted.strip()
    return [row for find in FINDERS for row in find(policy, word)]


def names_of(policy: Policy) -> list[str]:
    """Everything that can be asked for."""
    rows = _resting(policy)
    tables = [p.id for p in policy.platforms] + [m.id for m in policy.models] + [c.id for c in policy.carriers]
    names = [row.id for row in rows] + [q.id for q in policy.open_questions] + tables
    names += [name for model in policy.models for name in model.names]
    clauses = [row.clause for row in rows]
    return list(dict.fromkeys([*names, *FLAGS, *clauses, *(clause.partition(", ")[0] for clause in clauses)]))


def _resting(policy: Policy) -> list[Service | Exclusion | Required | Offer]:
    """The rows that each rest on one clause."""
    return [*policy.services, *policy.exclusions, *policy.required, *policy.offers]


def _services(policy: Policy, word: str) -> Iterator[Explained]:
    for place, row in enumerate(policy.services):
        if row.id == word:
            yield Explained("service", row.id, WARRANTY, ("service", place), tuple(_service(policy, row, place)))


def _service(policy: Policy, row: Service, place: int) -> Iterator[tuple[str, str]]:
    before = [s.id for s in policy.services[:place] if s.request == row.request]
    yield "means", row.means
    yield "for", f"a customer who bought from {said.sellers(row.sellers)} and says that {said.requests([row.request])}"
    yield "window", f"{said.window(row.window)} to the first mail, the last day included"
    if row.undisputed:
        yield "undisputed", f"{said.window(row.undisputed)}; after it a person decides: {row.open_question}"
    yield "needs", f"the watch is {said.listed(row.needs)}" if row.needs else "no special state of the watch"
    yield "leads to", f"{row.solution}; the {row.shipping_paid_by} pays the shipping"
    yield "looked at", f"after {said.listed(before)}" if before else f"first of those for {row.request}"
    yield "clause", row.clause
    yield "letter", f"{APPROVALS[row.id]}, when a person approves" if row.id in APPROVALS else "none of its own"
    yield "asks for", said.listed(r.id for r in policy.required if row.request in r.requests)
    served = [p.id for p in policy.platforms if p.seller in row.sellers and not p.id.startswith(PREFIX)]
    listed = sum(p.id.startswith(PREFIX) for p in policy.platforms) if SELLER in row.sellers else 0
    yield "shops", said.listed([*served, *([f"{listed} of {DEALERS}"] if listed else [])])
    yield from _question(policy, row.open_question)
    for terms in policy.earlier:
        for old in terms.services:
            if old.id == row.id and old.window != row.window:
                yield "earlier", f"{said.window(old.window)} for watches bought until {terms.until} ({terms.file})"


def _question(policy: Policy, id_: str) -> Iterator[tuple[str, str]]:
    for question in policy.open_questions:
        if question.id == id_:
            yield (
                "open question",
                f"{id_}: {question.question} Until then {said.UNTIL[question.until_decided]}.",
            )


def _exclusions(policy: Policy, word: str) -> Iterator[Explained]:
    for place, row in enumerate(policy.exclusions):
        if row.id == word:
            path = ("exclusion", place)
            yield Explained("exclusion", row.id, WARRANTY, path, tuple(_exclusion(policy, row)))


def _exclusion(policy: Policy, row: Exclusion) -> Iterator[tuple[str, str]]:
    yield "means", row.means
    yield "seen", said.CHECKED.get(row.checked_at, row.checked_at)
    if row.flag:
        yield "flag", f"{row.flag}: a match never refuses, it asks a person"
        yield "words", _word_counts(policy, f"flag.{row.flag}")
    yield "clause", row.clause
    letters = [name for name, facts in LETTERS.items() if "clause" in facts]
    yield "letters", f"{said.listed(letters)}, with the phrase clause.{row.id}" if row.id in CLAUSES else "none"
    yield "offers after it", said.listed(o.id for o in policy.offers if row.id in o.exclusions)
    yield from _question(policy, row.open_question)


def _word_counts(policy: Policy, topic: str) -> str:
    counts = {code: len(words.phrases.get(topic, ())) for code, words in policy.words.items()}
    told = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()) if count)
    return f"[{topic}] has {told}" if told else f"[{topic}] has no words: it follows from dates, shops or other cases"


def _required(policy: Policy, word: str) -> Iterator[Explained]:
    for place, row in enumerate(policy.required):
        if row.id == word:
            lines = tuple(_asked(row))
            yield Explained("required detail", row.id, WARRANTY, ("required", place), lines)


def _asked(row: Required) -> Iterator[tuple[str, str]]:
    yield "means", row.means
    yield "asked when", said.requests(row.requests)
    yield "not asked when", f"the case has {said.listed(row.unless_flags)}" if row.unless_flags else "always asked"
    yield "clause", row.clause
    letters = [name for name, facts in LETTERS.items() if "asks" in facts]
    yield "letters", f"{said.listed(letters)}, with the phrases ask.{row.id} and ask_again.{row.id}"


def _offers(policy: Policy, word: str) -> Iterator[Explained]:
    for place, row in enumerate(policy.offers):
        if row.id == word:
            yield Explained("offer", row.id, WARRANTY, ("offer", place), tuple(_offer(row)))


def _offer(row: Offer) -> Iterator[tuple[str, str]]:
    yield "means", row.means
    yield "after", said.listed(row.exclusions)
    yield "shipping", f"the {row.shipping_paid_by} pays it"
    if row.link:
        yield "link", row.link
    yield "clause", row.clause
    letters = [name for name, facts in LETTERS.items() if "offers" in facts]
    yield "letters", f"{said.listed(letters)}, with the phrase offer.{row.id}"


def _questions(policy: Policy, word: str) -> Iterator[Explained]:
    for place, row in enumerate(policy.open_questions):
        if row.id == word:
            path = ("open_question", place)
            yield Explained("open question", row.id, WARRANTY, path, tuple(_open(policy, row)))


def _open(policy: Policy, row: OpenQuestion) -> Iterator[tuple[str, str]]:
    yield "question", row.question
    yield "default", row.default
    yield "until decided", said.UNTIL[row.until_decided]
    if row.flag:
        yield "touched by", f"the flag {row.flag}"
    for key, values in row.when.items():
        yield "touched when", f"{key} is {said.listed(values)}"
    yield "clauses", "; ".join(row.clauses)
    rows = [s.id for s in policy.services if s.open_question == row.id]
    yield "rows", said.listed([*rows, *(e.id for e in policy.exclusions if e.open_question == row.id)])


def _platforms(policy: Policy, word: str) -> Iterator[Explained]:
    for place, row in enumerate(policy.platforms):
        if row.id == word or plain_name(word) in {plain_name(name) for name in (*row.names, row.name)}:
            lines = tuple(_platform(policy, row))
            if row.id.startswith(PREFIX):
                first = sum(not one.id.startswith(PREFIX) for one in policy.platforms)
                yield Explained("dealer", row.id, DEALERS, ("dealer", place - first), lines)
            else:
                yield Explained("shop", row.id, "platforms.toml", ("platform", place), lines)


def _platform(policy: Policy, row: Platform) -> Iterator[tuple[str, str]]:
    yield "means", f"{row.name}: {said.sellers([row.seller])}"
    yield "services", said.listed(s.id for s in policy.services if row.seller in s.sellers)
    yield "known by", said.listed((*row.names, *row.hosts))
    if row.order_pattern:
        sure = "which alone names the shop" if row.sure else "beside the shop's name"
        yield "order number", f"{row.order_pattern} such as {said.listed(row.samples)}, {sure}"


def _models(policy: Policy, word: str) -> Iterator[Explained]:
    for place, row in enumerate(policy.models):
        if plain_name(word) in {plain_name(name) for name in (*row.names, row.id)}:
            yield Explained("model", row.id, "models.toml", ("model", place), tuple(_model(policy, row)))


def _model(policy: Policy, row: Model) -> Iterator[tuple[str, str]]:
    yield "line", row.line
    yield "known by", said.listed(row.names)
    if row.common_word:
        yield "ordinary word", "it counts only near KOSPET or a watch"
    steps = [a.symptom for a in policy.advice if row.line not in a.not_lines and row.id in (a.only_models or (row.id,))]
    yield "advice for", said.listed(dict.fromkeys(steps))


def _carriers(policy: Policy, word: str) -> Iterator[Explained]:
    ids = list(dict.fromkeys(row.id for row in policy.carriers))
    for place, id_ in enumerate(ids):
        rows = [row for row in policy.carriers if row.id == id_]
        if id_ == word or plain_name(word) in {plain_name(name) for name in (*rows[0].names, rows[0].name)}:
            lines = [("means", rows[0].name), ("known by", said.listed((*rows[0].names, *rows[0].hosts)))]
            for row in rows:
                beside = "beside a word for parcel" if row.needs_word else "alone"
                shape = f"{row.pattern} such as {said.listed(row.samples)}"
                lines.append(("number", f"{shape}, {beside}, check {row.check}"))
            yield Explained("carrier", id_, "carriers.toml", ("carrier", place), tuple(lines))


def _flags(policy: Policy, word: str) -> Iterator[Explained]:
    if word not in FLAGS:
        return
    lines = [
        ("words", _word_counts(policy, f"flag.{word}")),
        ("exclusions", said.listed(e.id for e in policy.exclusions if e.flag == word)),
        ("open questions", said.listed(q.id for q in policy.open_questions if q.flag == word)),
        ("not asked then", said.listed(r.id for r in policy.required if word in r.unless_flags)),
        ("no advice then", said.listed(dict.fromkeys(a.symptom for a in policy.advice if word in a.never_if_flags))),
    ]
    yield Explained("flag", word, f"words/{policy.default_language}.toml", ("flag", word), tuple(lines))


def _clauses(policy: Policy, word: str) -> Iterator[Explained]:
    """A section of the policy, or one row of it, with the rows that rest on it."""
    lines = [(row.clause, f"{type(row).__name__.lower()} {row.id}: {row.means}") for row in _resting(policy)]
    lines += [(clause, f"open question {q.id}: {q.question}") for q in policy.open_questions for clause in q.clauses]
    found = tuple(line for line in lines if line[0] == word or line[0].partition(", ")[0] == word)
    if found:
        yield Explained("clause", word, WARRANTY, ("section",), found)


FINDERS: tuple[Callable[[Policy, str], Iterator[Explained]], ...] = (
    _services, _exclusions, _required, _offers, _questions, _platforms, _models, _carriers, _flags, _clauses,
)  # fmt: skip
